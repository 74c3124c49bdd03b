//! Kimi Code: `wire.jsonl`, everything that went over the wire between the host and its agent, a record a line.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::{Answer, Role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, owned, prose, string, text, time};
use super::{Carries, Format, Head, Place, Proof};
use crate::event::{Context, EventKind, Usage};

pub(super) const FORMAT: Format = Format {
    name: "kimi",
    title: "Kimi Code session",
    location: "~/.kimi-code/sessions/<project>/<session>/agents/<agent>/wire.jsonl",
    places: PLACES,
    proof: Proof::Samples,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Kimi>("kimi", bytes),
};

/// Where its sessions lie.
const PLACES: &[Place] =
    &[Place { base: ".kimi-code", files: "sessions/*/*/agents/main/wire.jsonl", ..Place::BELOW_HOME }];

const MAPPED: &[&str] = &[
    "config.update",
    "content.part",
    "context.append_message",
    "context.apply_compaction",
    "llm.request",
    "profile.bind",
    "step.end",
    "tool.call",
    "tool.result",
    "turn.cancel",
];

/// Records that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("full_compaction.begin", "the compaction follows"),
    ("full_compaction.complete", "the compaction is a record of its own"),
    ("llm.tools_snapshot", "which tools there are"),
    ("metadata", "the version of the protocol"),
    ("permission.record_approval_result", "the answer of the tool says whether it ran"),
    ("permission.set_mode", "what the host asks permission for"),
    ("plan_mode.enter", "a setting of the host"),
    ("plan_mode.exit", "a setting of the host"),
    ("plugin.session_start", "the host's own affairs"),
    ("runtime.set_binding", "where the host runs the agent"),
    ("step.begin", "marks a beginning"),
    ("token_counting.measured", "the host's own count; the provider's figures stand in the step"),
    ("token_counting.turn_recorded", "the host's own count; the provider's figures stand in the step"),
    ("tools.set_active_tools", "which tools there are"),
    ("turn.ended", "marks the end of what was told"),
    ("turn.prompt", "repeats the message that follows"),
    ("turn.steer", "repeats the message that follows"),
    ("usage.record", "repeats the figures of the step"),
];

fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| {
        let kind = text(record, "type");
        kind.starts_with("context.append_")
            || (kind == "metadata" && record["protocol_version"].is_string())
            || (kind == "turn.prompt" && record["input"].is_array())
    })
}

/// The kind of a record, or of the event that it holds.
fn kind(record: &Value) -> &str {
    string(&record["event"], &["type"]).unwrap_or_else(|| text(record, "type"))
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| add(kind(record)))
}

#[derive(Default)]
struct Kimi;

impl Records for Kimi {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        out.time = time(&record["time"]);
        let event = &record["event"];
        match kind(&record) {
            "config.update" | "llm.request" | "profile.bind" => context(&record, out),
            "context.append_message" => message(&record["message"], out),
            "content.part" => part(&event["part"], out),
            "tool.call" => {
                out.call(string(event, &["toolCallId"]), text(event, "name"), &event["args"]);
            }
            "tool.result" => drop(out.answer(Answer {
                id: string(event, &["toolCallId"]),
                text: prose(&event["result"]["output"]),
                failed: event["result"]["isError"].as_bool(),
                ..Answer::default()
            })),
            "step.end" => usage(&event["usage"], out),
            "turn.cancel" => drop(out.tell(EventKind::Interrupted)),
            "context.apply_compaction" => {
                let summary = owned(&record, &["summary", "contextSummary"]);
                out.tell(EventKind::Compacted { summary });
            }
            kind => out.other(kind, IGNORED),
        }
    }
}

fn context(record: &Value, out: &mut Sink) {
    let disclosed = owned(&record["environmentDisclosure"], &["cwd"]);
    let model = owned(record, &["model"]);
    out.context(Context { cwd: owned(record, &["cwd"]).or(disclosed), model, ..Context::default() });
}

/// What was put before the model, by the user or in their name.
fn message(message: &Value, out: &mut Sink) {
    let typed = matches!(text(&message["origin"], "kind"), "" | "user" | "system_trigger");
    match text(message, "role") {
        "user" if typed => out.content(Role::User, &message["content"]),
        "assistant" => out.content(Role::Assistant, &message["content"]),
        _ => out.inject(&prose(&message["content"])),
    }
}

fn part(part: &Value, out: &mut Sink) {
    match text(part, "type") {
        "think" => out.think(text(part, "think")),
        _ => out.part(Role::Assistant, part),
    }
}

fn usage(usage: &Value, out: &mut Sink) {
    let tokens = |key| count(usage, key);
    let cached = tokens("inputCacheRead");
    let input = tokens("inputOther") + cached + tokens("inputCacheCreation");
    out.usage(Usage { input, cached, output: tokens("output") });
}
