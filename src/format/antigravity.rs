//! Antigravity's command line: a step a line. The model plans in one step, and each tool it calls answers in one of
//! its own, whose kind is the tool's.

use std::collections::BTreeMap;

use crate::format::json::{Object, Value};

use super::conversation::Answer;
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{list, owned, text, time};
use super::{Carries, Format, Head, Place, Proof};
use crate::event::EventKind;

pub(super) const FORMAT: Format = Format {
    name: "antigravity",
    title: "Antigravity CLI session",
    location: "~/.gemini/antigravity-cli/conversations/*.jsonl",
    places: PLACES,
    proof: Proof::Samples,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: false, plans: false },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Antigravity>("antigravity", bytes),
};

/// Where its sessions lie.
const PLACES: &[Place] =
    &[Place { base: ".gemini/antigravity-cli", files: "conversations/*.jsonl", ..Place::BELOW_HOME }];

const MAPPED: &[&str] = &["(tool)", "CHECKPOINT", "PLANNER_RESPONSE", "SYSTEM_MESSAGE", "USER_INPUT"];

/// Steps that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] =
    &[("CONVERSATION_HISTORY", "says that earlier chats were looked at, not what they hold")];

fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| record["step_index"].is_number() && record["source"].is_string())
}

fn kind(record: &Value) -> &str {
    let kind = text(record, "type");
    let known = MAPPED.contains(&kind) || IGNORED.iter().any(|(name, _)| *name == kind);
    if known || kind.is_empty() { kind } else { "(tool)" }
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| add(kind(record)))
}

#[derive(Default)]
struct Antigravity;

impl Records for Antigravity {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        out.time = time(&record["created_at"]);
        let content = text(&record, "content");
        match kind(&record) {
            "USER_INPUT" => user(content, out),
            "PLANNER_RESPONSE" => {
                out.think(text(&record, "thinking"));
                out.assistant(content);
                for call in list(&record, "tool_calls") {
                    out.call(None, text(call, "name"), &unquoted(&call["args"]));
                }
            }
            "CHECKPOINT" => drop(out.tell(EventKind::Compacted { summary: owned(&record, &["content"]) })),
            "SYSTEM_MESSAGE" => out.inject(content),
            "(tool)" => {
                let failed = Some(text(&record, "status") == "ERROR");
                out.answer(Answer { text: content.to_owned(), failed, ..Answer::default() });
            }
            kind => out.other(kind, IGNORED),
        }
    }
}

/// The words stand in a block of their own, and what the host adds in others.
fn user(content: &str, out: &mut Sink) {
    match content.split_once("</USER_REQUEST>") {
        Some((words, added)) => {
            out.user(&format!("{words}</USER_REQUEST>"));
            out.inject(added);
        }
        None => out.user(content),
    }
}

/// The arguments, each of which is JSON in a string.
fn unquoted(arguments: &Value) -> Value {
    let open = |value: &Value| {
        let written = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        written.unwrap_or_else(|| value.clone())
    };
    let members = arguments.as_object().into_iter().flat_map(Object::iter);
    members.map(|(key, value)| (key.to_owned(), open(value))).collect()
}
