//! Gemini CLI: a session as one JSON document, since 0.40 as JSON Lines, and the stream of a run without a screen.
//!
//! A message of the model holds its thoughts, its words, and each call with its answer.

use std::collections::BTreeMap;

use crate::format::json::Value;
use rustc_hash::FxHashMap;

use super::conversation::{Answer, Role, role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, list, member, owned, prose, string, text, time};
use super::{Carries, Format, Head, Place, Proof, diff, document, outcome};
use crate::event::{Change, Context, EventKind, FileEdit, ToolResult, Usage};

const HOLDERS: &[&str] = &["messages"];

pub(super) const FORMAT: Format = Format {
    name: "gemini",
    title: "Gemini CLI session",
    location: "~/.gemini/tmp/<project>/chats/session-*.json",
    places: PLACES,
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| document::read::<Gemini>("gemini", bytes, HOLDERS),
};

/// Where its sessions lie.
const PLACES: &[Place] = &[
    Place { base: ".gemini", files: "tmp/*/chats/session-*.json", ..Place::BELOW_HOME },
    Place { base: ".gemini", files: "tmp/*/chats/session-*.jsonl", ..Place::BELOW_HOME },
];

const MAPPED: &[&str] = &[
    "$rewindTo",
    "$set messages",
    "(session)",
    "gemini",
    "init",
    "message",
    "result",
    "tool_result",
    "tool_use",
    "user",
];

/// Records that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("$set", "when the file was last written"),
    ("error", "a message on the screen about trouble with the model's provider"),
    ("info", "a remark of the host on its screen"),
    ("warning", "a remark of the host on its screen"),
];

fn claims(head: &Head) -> bool {
    head.document.iter().chain(&head.records).any(|record| {
        let has = |key: &str| record.get(key).is_some();
        let kind = text(record, "type");
        (has("projectHash") && has("sessionId"))
            || (kind == "gemini" && has("content"))
            || (kind == "init" && has("session_id") && has("model"))
            || (kind == "tool_use" && has("tool_name") && has("tool_id"))
    })
}

fn kind(record: &Value) -> &str {
    let marks = ["$set", "$rewindTo"];
    if record["$set"].get("messages").is_some() {
        return "$set messages";
    }
    let mark = marks.into_iter().find(|mark| record.get(mark).is_some());
    match mark.or(string(record, &["type"])).unwrap_or("(session)") {
        // Some versions call the model by its role.
        "model" => "gemini",
        kind => kind,
    }
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_document(bytes, HOLDERS, |record, add| add(kind(record)))
}

#[derive(Default)]
struct Gemini {
    /// Where the events of each message begin.
    messages: FxHashMap<String, usize>,
}

impl Records for Gemini {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        out.time = time(&record["timestamp"]);
        match kind(&record) {
            "(session)" | "init" => session(&record, out),
            "user" => {
                self.begins(&record, out);
                out.content(Role::User, member(&record, &["content", "parts"]));
            }
            "gemini" => self.gemini(&record, out),
            "$rewindTo" => self.rewind(text(&record, "$rewindTo"), out),
            "$set messages" => begun(&record["$set"], out),
            "message" => streamed(&record, out),
            "tool_use" => {
                out.call(string(&record, &["tool_id"]), text(&record, "tool_name"), &record["parameters"]);
            }
            "tool_result" => drop(out.answer(Answer {
                id: string(&record, &["tool_id"]),
                text: prose(member(&record, &["output", "error"])),
                failed: string(&record, &["status"]).map(|status| status != "success"),
                ..Answer::default()
            })),
            "result" => {
                let stats = &record["stats"];
                let (input, output) = (count(stats, "input_tokens"), count(stats, "output_tokens"));
                out.usage(Usage { input, output, cached: count(stats, "cached") });
            }
            kind => out.other(kind, IGNORED),
        }
    }
}

fn session(record: &Value, out: &mut Sink) {
    let directory = record["directories"][0].as_str().map(str::to_owned);
    out.context(Context {
        session: owned(record, &["sessionId", "session_id"]),
        model: owned(record, &["model"]),
        title: owned(record, &["summary"]),
        cwd: directory,
        ..Context::default()
    });
}

/// The list of messages as the host sets it: the first tells where the session runs; the others are records of their own.
fn begun(set: &Value, out: &mut Sink) {
    let first = prose(member(&set["messages"][0], &["content", "parts"]));
    let Some((_, folders)) = first.split_once("**Workspace Directories:**") else { return };
    let folder = folders.trim_start().lines().next().and_then(|line| line.strip_prefix("- "));
    out.context(Context { cwd: folder.map(|path| path.trim().to_owned()), ..Context::default() });
    out.inject(&first);
}

/// A piece of a message, or a whole one.
fn streamed(record: &Value, out: &mut Sink) {
    let Some(role) = role(text(record, "role")) else { return };
    let piece = text(record, "content");
    if record["delta"] == Value::Bool(true)
        && let Some(EventKind::Assistant { text }) =
            out.transcript.events.last_mut().map(|event| &mut event.kind)
    {
        return text.push_str(piece);
    }
    out.say(role, piece);
}

impl Gemini {
    /// Notes where a message begins; false if it was told before, as newer versions do when its calls have ended.
    fn begins(&mut self, record: &Value, out: &Sink) -> bool {
        let Some(id) = string(record, &["id"]) else { return true };
        let here = out.transcript.events.len();
        let is_new = !self.messages.contains_key(id);
        self.messages.entry(id.to_owned()).or_insert(here);
        is_new
    }

    fn gemini(&mut self, record: &Value, out: &mut Sink) {
        let is_new = self.begins(record, out);
        if is_new {
            out.context(Context { model: owned(record, &["model"]), ..Context::default() });
            for thought in list(record, "thoughts") {
                let parts = [text(thought, "subject"), text(thought, "description")];
                out.think(parts.join("\n").trim());
            }
            out.content(Role::Assistant, member(record, &["content", "parts"]));
        }
        for call in list(record, "toolCalls") {
            called(call, out);
        }
        if is_new {
            let tokens = |key| count(&record["tokens"], key);
            let output = tokens("output") + tokens("thoughts");
            out.usage(Usage { input: tokens("input"), cached: tokens("cached"), output });
        }
    }

    /// The user went back to before that message.
    fn rewind(&mut self, id: &str, out: &mut Sink) {
        let Some(from) = self.messages.get(id) else { return };
        for event in &mut out.transcript.events[*from..] {
            event.abandoned = true;
        }
    }
}

/// A call, and its answer where there is one.
fn called(call: &Value, out: &mut Sink) {
    let id = string(call, &["id"]);
    if !id.is_some_and(|id| out.knows(id)) {
        out.call(id, text(call, "name"), &call["args"]);
    } else if call.get("result").is_none() {
        return;
    }
    out.time = time(&call["timestamp"]).or(out.time);
    let status = text(call, "status");
    let display = &call["resultDisplay"];
    let responses = list(call, "result").map(response).collect::<Vec<_>>().join("\n");
    let shown = if responses.is_empty() { display.as_str().unwrap_or_default() } else { &responses };
    if shown.is_empty() && !matches!(status, "error" | "cancelled") {
        return;
    }
    let answer =
        Answer { id, tool: string(call, &["name"]), text: shown.to_owned(), failed: Some(status == "error") };
    let result = out.answer(answer);
    if status == "cancelled" {
        outcome::refused(result);
    }
    exit(result);
    result.edits.extend(edit(display));
}

fn response(part: &Value) -> String {
    let response = &part["functionResponse"]["response"];
    match part.get("functionResponse") {
        Some(_) => prose(member(response, &["output", "error"])),
        None => prose(part),
    }
}

/// The host's account of a command, a line for each thing it knows.
fn exit(result: &mut ToolResult) {
    let line = result.text.lines().rev().find_map(|line| line.strip_prefix("Exit Code: "));
    outcome::exited(result, line.and_then(|code| code.trim().parse().ok()));
}

/// The change of a file as the screen showed it.
fn edit(display: &Value) -> Option<FileEdit> {
    let path = owned(display, &["filePath", "fileName"])?;
    let hunks = diff::hunks(text(display, "fileDiff"));
    let is_new = display["isNewFile"] == Value::Bool(true);
    let change = if is_new { Change::Created } else { Change::Edited };
    let content = is_new.then(|| owned(display, &["newContent"])).flatten();
    Some(FileEdit { path, change, hunks, content })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_that_is_set_tells_the_folder() {
        let check = |text: &str, expected: Option<&str>| {
            let set =
                serde_json::json!({"$set": {"messages": [{"type": "user", "content": [{"text": text}]}]}});
            let transcript = (FORMAT.read)(set.to_string().as_bytes());
            let folders = transcript.events.iter().filter_map(|event| match &event.kind {
                EventKind::Context(context) => context.cwd.as_deref(),
                _ => None,
            });
            assert_eq!(folders.collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>(), "{text}");
        };
        let told = "<session_context>\n- **Workspace Directories:**\n  - /src/my tool\n  - /src/other\n";
        check(told, Some("/src/my tool"));
        check("- **Workspace Directories:**", None);
        check("go on", None);
    }
}
