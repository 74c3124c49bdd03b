//! Factory's Droid: the session as it keeps it, and the stream of a run without a screen; a record a line in both.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::branches::Branches;
use super::conversation::{Answer, role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, integer, member, owned, prose, string, text};
use super::{Carries, Format, Head, Place, Proof, outcome};
use crate::event::{Context, EventKind, Usage};

pub(super) const FORMAT: Format = Format {
    name: "droid",
    title: "Factory Droid session",
    location: "~/.factory/sessions/<folder>/<session>.jsonl",
    places: PLACES,
    proof: Proof::Samples,
    carries: Carries { edits: true, ranges: false, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Droid>("droid", bytes),
};

/// Where its sessions lie.
const PLACES: &[Place] = &[Place { base: ".factory", files: "sessions/*/*.jsonl", ..Place::BELOW_HOME }];

const MAPPED: &[&str] = &[
    "compaction_state",
    "completion",
    "message",
    "reasoning",
    "session_start",
    "system",
    "tool_call",
    "tool_result",
];

/// Records that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("error", "trouble between the host and the model's provider"),
    ("session_end", "marks the end of what was told"),
    ("todo_state", "repeats the call that sets the list"),
];

pub(super) fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| {
        let named = record["session_id"].is_string() || record["sessionId"].is_string();
        match text(record, "type") {
            "session_start" => record["id"].is_string(),
            "message" => named && record["role"].is_string() && record["text"].is_string(),
            "tool_call" => named && record["toolName"].is_string(),
            "completion" => named && record.get("finalText").is_some(),
            _ => false,
        }
    })
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| add(text(record, "type")))
}

#[derive(Default)]
struct Droid {
    branches: Branches,
}

impl Records for Droid {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        self.branches.grow(&record, ["id", "parentId"], out, |out| {
            let start = out.transcript.events.len();
            entry(&record, out);
            let mut told = out.transcript.events[start..].iter();
            told.any(|event| matches!(event.kind, EventKind::User { .. }))
        });
    }
}

fn entry(record: &Value, out: &mut Sink) {
    match text(record, "type") {
        "session_start" | "system" => session(record, out),
        "message" => message(record, out),
        "reasoning" => out.think(text(record, "text")),
        "tool_call" => {
            let id = string(record, &["toolCallId", "id"]);
            out.call(id, text(record, "toolName"), &record["parameters"]);
        }
        "tool_result" => answer(record, out),
        "completion" => completion(record, out),
        "compaction_state" => {
            let summary = owned(record, &["summaryText", "summary"]);
            out.tell(EventKind::Compacted { summary });
        }
        kind => out.other(kind, IGNORED),
    }
}

fn session(record: &Value, out: &mut Sink) {
    let is_start = text(record, "type") == "session_start";
    out.context(Context {
        session: owned(record, if is_start { &["id"] } else { &["session_id", "sessionId"] }),
        cwd: owned(record, &["cwd"]),
        title: owned(record, &["sessionTitle", "title"]),
        model: owned(record, &["model"]),
        agent: owned(record, &["version"]).filter(|_| is_start).map(|version| format!("droid {version}")),
        ..Context::default()
    });
}

fn message(record: &Value, out: &mut Sink) {
    let message = record.get("message").unwrap_or(record);
    let Some(role) = string(message, &["role"]).and_then(role) else { return };
    if text(message, "visibility") == "llm_only" {
        return out.inject(&prose(&message["content"]));
    }
    out.content(role, member(message, &["content", "text"]));
}

fn answer(record: &Value, out: &mut Sink) {
    let value = member(record, &["value", "error"]);
    let streams = ["stdout", "stderr"].iter().filter_map(|stream| value[*stream].as_str());
    let streams = streams.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
    let result = out.answer(Answer {
        id: string(record, &["toolCallId", "id"]),
        text: if value.get("stdout").is_some() { streams } else { prose(value) },
        failed: record["isError"].as_bool(),
        ..Answer::default()
    });
    outcome::exited(result, integer(&value["exitCode"]));
}

fn completion(record: &Value, out: &mut Sink) {
    let last = out.transcript.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Assistant { text } => Some(text.as_str()),
        _ => None,
    });
    // The stream ends with the last message once more.
    if last != Some(text(record, "finalText")) {
        out.assistant(text(record, "finalText"));
    }
    let tokens = |key| count(&record["usage"], key);
    let cached = tokens("cache_read_input_tokens");
    let input = tokens("input_tokens") + cached + tokens("cache_creation_input_tokens");
    out.usage(Usage { input, cached, output: tokens("output_tokens") });
}
