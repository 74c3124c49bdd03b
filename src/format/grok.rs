//! Grok's command line: `chat_history.jsonl`, a message a line.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::{Answer, Role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::parts::reasoning;
use super::value::{owned, prose, string, text};
use super::{Carries, Format, Head, Place, Proof};
use crate::event::{Context, EventKind};

pub(super) const FORMAT: Format = Format {
    name: "grok",
    title: "Grok CLI session",
    location: "~/.grok/sessions/<folder>/<session>/chat_history.jsonl",
    places: PLACES,
    proof: Proof::Samples,
    carries: Carries { edits: true, ranges: false, exit_status: true, usage: false, plans: true },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Grok>("grok", bytes),
};

/// Where its sessions lie.
const PLACES: &[Place] =
    &[Place { base: ".grok", files: "sessions/*/*/chat_history.jsonl", ..Place::BELOW_HOME }];

const MAPPED: &[&str] = &["assistant", "backend_tool_call", "reasoning", "system", "tool_result", "user"];

const IGNORED: &[(&str, &str)] = &[];

fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| {
        let said = record["content"].is_string() || record["content"].is_array();
        let apart =
            ["message", "role", "uuid", "v", "session_id", "sessionId", "subtype", "projectHash", "id"];
        let plain = said && !apart.iter().any(|key| record.get(key).is_some());
        match text(record, "type") {
            "assistant" => plain && record["model_id"].is_string(),
            "user" => {
                plain && (record.get("prompt_index").is_some() || record.get("synthetic_reason").is_some())
            }
            "tool_result" => plain && record["tool_call_id"].is_string(),
            _ => false,
        }
    })
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| add(text(record, "type")))
}

#[derive(Default)]
struct Grok;

impl Records for Grok {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        match text(&record, "type") {
            "system" => out.inject(&prose(&record["content"])),
            "user" => user(&record, out),
            "reasoning" => out.think(&reasoning(&record)),
            "assistant" => {
                out.context(Context { model: owned(&record, &["model_id"]), ..Context::default() });
                out.content(Role::Assistant, &record["content"]);
                out.tool_calls(&record);
            }
            "tool_result" => drop(out.answer(Answer {
                id: string(&record, &["tool_call_id"]),
                text: prose(&record["content"]),
                ..Answer::default()
            })),
            "backend_tool_call" => {
                let call = &record["kind"];
                out.call(string(call, &["id"]), text(call, "tool_type"), &call["action"]);
            }
            kind => out.other(kind, IGNORED),
        }
    }
}

fn user(record: &Value, out: &mut Sink) {
    if record["prior_turn_interrupt"].is_string() {
        out.tell(EventKind::Interrupted);
    }
    if record["synthetic_reason"].is_string() {
        out.inject(&prose(&record["content"]));
    } else {
        out.content(Role::User, &record["content"]);
    }
}
