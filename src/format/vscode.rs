//! VS Code's chat: an export or a stored session as one document, or the log of changes to it that newer versions
//! keep, one a line, from which the document is made first.

mod log;

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::Answer;
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{list, member, owned, prose, string, text, time};
use super::{Carries, Format, Head, Place, Proof, document, tool};
use crate::event::{
    Action, Call, Context, EventKind, FileEdit, Hunk, HunkPosition, Todo, TodoState, Transcript,
};
use crate::surroundings::Platform;

const HOLDERS: &[&str] = &["requests"];

pub(super) const FORMAT: Format = Format {
    name: "vscode",
    title: "VS Code chat (export or stored session)",
    location: "workspaceStorage/<id>/chatSessions/*.json",
    places: PLACES,
    proof: Proof::Documentation,
    carries: Carries { edits: true, ranges: true, exit_status: false, usage: false, plans: true },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read,
};

/// Below the editor's own folder.
const PLACES: &[Place] = &[
    Place { on: &[Platform::Linux], variable: "XDG_CONFIG_HOME", base: ".config", ..CHATS },
    Place { on: &[Platform::MacOs], base: "Library/Application Support", ..CHATS },
    Place { on: &[Platform::Windows], variable: "APPDATA", base: "AppData/Roaming", ..CHATS },
];

const CHATS: Place =
    Place { files: "Code/User/workspaceStorage/*/chatSessions/*.json*", ..Place::BELOW_HOME };

const MAPPED: &[&str] = &[
    "(request)",
    "(session)",
    "inlineReference",
    "markdown",
    "markdownContent",
    "textEditGroup",
    "thinking",
    "toolInvocationSerialized",
];

/// Parts that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("codeblockUri", "names the file of the edit that follows"),
    ("command", "a button on the screen"),
    ("confirmation", "a question of the host whether to go on"),
    ("elicitation", "a question of the host whether to go on"),
    ("mcpServersStarting", "the host's own affairs"),
    ("prepareToolInvocation", "the call follows"),
    ("progressMessage", "a remark of the host on its screen"),
    ("progressTaskSerialized", "a remark of the host on its screen"),
    ("undoStop", "marks a place that one can go back to"),
    ("warning", "a remark of the host on its screen"),
];

fn claims(head: &Head) -> bool {
    let whole = |value: &Value| {
        let first = &value["requests"][0];
        value["requests"].is_array()
            && (first.is_null() || first["response"].is_array() || first["message"].is_object())
    };
    let logged =
        head.records.first().is_some_and(|first| first["kind"].as_u64() == Some(0) && whole(&first["v"]));
    logged || head.document.as_ref().is_some_and(whole)
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    let made = log::made(bytes);
    kinds::of_document(made.as_deref().unwrap_or(bytes), HOLDERS, |record, add| {
        add(if record.get("message").is_some() { "(request)" } else { "(session)" });
        list(record, "response").for_each(|part| add(kind(part)));
    })
}

fn kind(part: &Value) -> &str {
    string(part, &["kind"]).unwrap_or("markdown")
}

fn read(bytes: &[u8]) -> Transcript {
    let made = log::made(bytes);
    let mut transcript = document::read::<VsCode>(FORMAT.name, made.as_deref().unwrap_or(bytes), HOLDERS);
    if made.is_some() {
        // The document that the log makes has no lines in the file: its first line began it.
        transcript.events.iter_mut().for_each(|event| event.line = 1);
        transcript.warnings.iter_mut().for_each(|warning| warning.line = 1);
    }
    transcript
}

#[derive(Default)]
struct VsCode;

impl Records for VsCode {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        if record.get("message").is_none() {
            let (session, title) = (owned(&record, &["sessionId"]), owned(&record, &["customTitle"]));
            return out.context(Context { session, title, ..Context::default() });
        }
        out.time = time(&record["timestamp"]);
        out.context(Context { model: owned(&record, &["modelId"]), ..Context::default() });
        let said = &record["message"];
        out.user(said.as_str().unwrap_or_else(|| text(said, "text")));
        let mut words = String::new();
        for part in list(&record, "response") {
            match kind(part) {
                "markdown" | "markdownContent" => words.push_str(&markdown(part)),
                "inlineReference" => words.push_str(&reference(part)),
                kind => {
                    out.assistant(&std::mem::take(&mut words));
                    self::part(kind, part, out);
                }
            }
        }
        out.assistant(&words);
        if record["isCanceled"] == Value::Bool(true) {
            out.tell(EventKind::Interrupted);
        }
    }
}

fn markdown(part: &Value) -> String {
    let content = member(part, &["content", "value"]);
    string(content, &["value"]).map_or_else(|| prose(content), str::to_owned)
}

/// A file or a symbol that the model names in its words.
fn reference(part: &Value) -> String {
    let at = &part["inlineReference"];
    let name =
        string(part, &["name"]).or_else(|| string(at, &["name"])).or_else(|| string(at, &["fsPath", "path"]));
    format!("`{}`", name.unwrap_or_default())
}

fn part(kind: &str, part: &Value, out: &mut Sink) {
    match kind {
        "thinking" => out.think(&prose(&part["value"])),
        "textEditGroup" => edit(part, out),
        "toolInvocationSerialized" => invocation(part, out),
        kind => out.other(kind, IGNORED),
    }
}

/// Edits with their places: the text in a range of lines is another now. What it was before is not told.
fn edit(part: &Value, out: &mut Sink) {
    let Some(path) = owned(&part["uri"], &["fsPath", "path"]) else { return };
    let edits: Vec<&Value> =
        list(part, "edits").flat_map(|group| group.as_array().into_iter().flatten()).collect();
    let texts: Vec<&str> = edits.iter().map(|edit| text(edit, "text")).collect();
    let hunks: Vec<Hunk> = edits.iter().filter_map(|edit| inserted(edit)).collect();
    let change = FileEdit { hunks, ..tool::edited(&path) };
    let call =
        Call { tool: "textEdit".to_owned(), input: texts.join("\n"), action: Action::Edit(vec![change]) };
    let index = out.tell(EventKind::Call(call));
    out.called(None, "textEdit", index);
    out.answer(Answer { tool: Some("textEdit"), ..Answer::default() });
}

/// Lines that were put in: with an empty range it is known that nothing was taken away.
fn inserted(edit: &Value) -> Option<Hunk> {
    let number = |key: &str| edit["range"][key].as_u64().and_then(|number| u32::try_from(number).ok());
    let (start, end) = (number("startLineNumber")?, number("endLineNumber")?);
    let at_start = number("startColumn") == Some(1) && number("endColumn") == Some(1);
    let added = text(edit, "text");
    if start != end || !at_start || !added.ends_with('\n') {
        return None;
    }
    let lines: Vec<String> = added.lines().map(|line| format!("+{line}")).collect();
    let new_lines = u32::try_from(lines.len()).ok()?;
    let position =
        HunkPosition { old_start: start.saturating_sub(1), old_lines: 0, new_start: start, new_lines };
    Some(Hunk { position: Some(position), lines: lines.join("\n"), ..Hunk::default() })
}

fn invocation(part: &Value, out: &mut Sink) {
    let (specific, id) = (&part["toolSpecificData"], string(part, &["toolCallId"]));
    match text(specific, "kind") {
        "terminal" => {
            let command =
                string(specific, &["command"]).unwrap_or_else(|| text(&specific["commandLine"], "original"));
            out.call(id, text(part, "toolId"), &Value::object([("command", command)]));
        }
        "todoList" => {
            let todos = list(specific, "todoList").map(|entry| Todo {
                text: string(entry, &["title", "description"]).unwrap_or_default().to_owned(),
                state: match text(entry, "status") {
                    "completed" => TodoState::Completed,
                    "in-progress" => TodoState::InProgress,
                    _ => TodoState::Pending,
                },
            });
            out.tell(EventKind::Todos(todos.collect()));
            return;
        }
        _ => {
            let input = member(specific, &["rawInput", "input"]);
            out.call(id, text(part, "toolId"), input);
        }
    }
    let said = member(part, &["pastTenseMessage", "invocationMessage"]);
    let shown = string(said, &["value"]).or(said.as_str()).unwrap_or_default();
    let output = owned(&part["resultDetails"], &["output"]);
    out.answer(Answer { id, text: output.unwrap_or_else(|| shown.to_owned()), ..Answer::default() });
}
