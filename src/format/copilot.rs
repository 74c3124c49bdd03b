//! GitHub Copilot CLI: `events.jsonl`, an event a line. The hooks of its editor's agent write the same.
//!
//! A call is told twice, in the message that asks for it and when it starts; it counts once.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::{Answer, arguments};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, list, member, owned, string, text, time};
use super::{Carries, Format, Head, Place, Proof, diff, numbered, outcome};
use crate::event::{Action, Change, Context, EventKind, FileEdit, ToolResult, Usage};

pub(super) const FORMAT: Format = Format {
    name: "copilot",
    title: "GitHub Copilot CLI events",
    location: "~/.copilot/session-state/<session>/events.jsonl",
    places: PLACES,
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: false },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Copilot>("copilot", bytes),
};

/// Where its sessions lie.
const PLACES: &[Place] = &[
    Place { base: ".copilot", files: "session-state/*/events.jsonl", ..Place::BELOW_HOME },
    Place { base: ".copilot", files: "session-state/*.jsonl", ..Place::BELOW_HOME },
];

const MAPPED: &[&str] = &[
    "abort",
    "assistant.message",
    "assistant.reasoning",
    "session.compaction_complete",
    "session.context_changed",
    "session.model_change",
    "session.resume",
    "session.start",
    "session.title_changed",
    "system.message",
    "system.notification",
    "tool.execution_complete",
    "tool.execution_start",
    "user.message",
];

/// Events that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("assistant.turn_end", "marks the end of what was told"),
    ("assistant.turn_start", "marks the beginning of what is told next"),
    ("hook.end", "a hook of the host ended; what it did to the session stands in other events"),
    ("hook.start", "repeats the call or the message that set the hook off"),
    ("permission.completed", "the answer of the tool says whether it ran"),
    ("permission.requested", "repeats the call that needs permission"),
    ("session.auto_mode_resolved", "how the host chose the model; the model is told elsewhere"),
    ("session.compaction_start", "the compaction follows"),
    ("session.error", "trouble between the host and the model's provider"),
    ("session.info", "a remark of the host on its screen"),
    ("session.plan_changed", "says only that the plan's file changed; the edit is told as a call"),
    ("session.shutdown", "sums up what was told"),
    ("session.truncation", "figures of what was cut before the model; the file still has it"),
    ("session.usage_checkpoint", "what the host charges, in units of its own"),
    ("session.warning", "a remark of the host on its screen"),
    ("subagent.completed", "figures of a subagent; its report is the answer of the call"),
    ("subagent.started", "repeats the call that started the subagent"),
];

fn claims(head: &Head) -> bool {
    head.records.iter().any(is_event)
}

fn is_event(record: &Value) -> bool {
    let families = ["session.", "user.", "assistant.", "tool.", "hook.", "system."];
    let kind = text(record, "type");
    record["data"].is_object() && families.iter().any(|family| kind.starts_with(family))
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| add(text(record, "type")))
}

#[derive(Default)]
struct Copilot;

impl Records for Copilot {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        out.time = time(&record["timestamp"]);
        event(text(&record, "type"), &record["data"], out);
    }
}

fn event(kind: &str, data: &Value, out: &mut Sink) {
    match kind {
        "session.start" | "session.resume" => start(data, out),
        "session.context_changed" => out.context(place(data)),
        "session.model_change" => {
            out.context(Context { model: owned(data, &["newModel"]), ..Context::default() });
        }
        "session.title_changed" => {
            out.context(Context { title: owned(data, &["title"]), ..Context::default() });
        }
        "user.message" => out.user(text(data, "content")),
        "system.message" | "system.notification" => out.inject(text(data, "content")),
        "assistant.message" => message(data, out),
        "assistant.reasoning" => out.think(text(data, "content")),
        "tool.execution_start" => call(text(data, "toolName"), data, out),
        "tool.execution_complete" => complete(data, out),
        "session.compaction_complete" => {
            let summary = owned(data, &["summaryContent", "summary"]);
            out.tell(EventKind::Compacted { summary });
        }
        "abort" => drop(out.tell(EventKind::Interrupted)),
        kind => out.other(kind, IGNORED),
    }
}

fn start(data: &Value, out: &mut Sink) {
    let agent = owned(data, &["copilotVersion"]).map(|version| format!("copilot {version}"));
    let (session, model) = (owned(data, &["sessionId"]), owned(data, &["selectedModel"]));
    out.context(Context { session, model, agent, ..place(&data["context"]) });
}

fn place(data: &Value) -> Context {
    Context {
        cwd: owned(data, &["cwd"]),
        branch: owned(data, &["branch"]),
        commit: owned(data, &["headCommit"]),
        repository: owned(data, &["repository"]),
        ..Context::default()
    }
}

fn message(data: &Value, out: &mut Sink) {
    out.think(text(data, "reasoningText"));
    out.assistant(text(data, "content"));
    for request in list(data, "toolRequests") {
        call(text(request, "name"), request, out);
    }
    out.usage(Usage { output: count(data, "outputTokens"), ..Usage::default() });
}

fn call(tool: &str, data: &Value, out: &mut Sink) {
    let id = string(data, &["toolCallId"]);
    if !id.is_some_and(|id| out.knows(id)) {
        out.call(id, tool, &arguments(&data["arguments"]));
    }
}

fn complete(data: &Value, out: &mut Sink) {
    let result = &data["result"];
    let text = member(result, &["content"]).as_str().or(data["error"]["message"].as_str());
    let id = string(data, &["toolCallId"]);
    let action = out.action_of(id).cloned();
    let answered = out.answer(Answer {
        id,
        text: text.unwrap_or_default().to_owned(),
        failed: data["success"].as_bool().map(|success| !success),
        ..Answer::default()
    });
    match action {
        Some(Action::Edit(edits)) => answered.edits = placed(text_of(result), &edits),
        Some(Action::Read { path, .. }) => answered.read = numbered::dotted(&path, &answered.text),
        Some(Action::Run { .. }) => exit(answered),
        _ => {}
    }
}

fn text_of(result: &Value) -> &str {
    result["detailedContent"].as_str().unwrap_or_default()
}

/// What was called, with the places that the host's diff gives. It puts its `a` right before the slash of a path.
fn placed(diff: &str, called: &[FileEdit]) -> Vec<FileEdit> {
    let mut shown = diff::unified(diff, None);
    let mut hunks = |path: &str| {
        let is_it = |edit: &FileEdit| edit.path == path || Some(edit.path.as_str()) == path.strip_prefix('/');
        shown.iter_mut().find(|edit| is_it(edit)).map(|edit| std::mem::take(&mut edit.hunks))
    };
    let place = |called: &FileEdit| match called.change {
        Change::Edited | Change::Renamed { .. } => {
            FileEdit { hunks: hunks(&called.path).unwrap_or_else(|| called.hunks.clone()), ..called.clone() }
        }
        Change::Created | Change::Deleted => called.clone(),
    };
    called.iter().map(place).collect()
}

/// The host's last line on a command: `<shellId: 9 completed with exit code 0>`.
fn exit(result: &mut ToolResult) {
    let last = result.text.trim_end().lines().next_back().unwrap_or_default();
    let code = last.strip_suffix('>').and_then(|line| line.rsplit_once("exit code ")).map(|(_, code)| code);
    outcome::exited(result, code.and_then(|code| code.parse().ok()));
}
