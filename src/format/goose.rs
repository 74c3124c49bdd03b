//! Goose: a session as JSON Lines (a header, then a message a line), or as its database holds it, written out so.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::{Answer, Role, role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, list, member, owned, prose, string, text, time};
use super::{Carries, Format, Head, Place, Proof};
use crate::event::{Context, Usage};
use crate::surroundings::Platform;

pub(super) const FORMAT: Format = Format {
    name: "goose",
    title: "Goose session",
    location: "~/.local/share/goose/sessions/sessions.db or *.jsonl",
    places: PLACES,
    proof: Proof::Documentation,
    carries: Carries { edits: true, ranges: false, exit_status: false, usage: true, plans: false },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Goose>("goose", bytes),
};

/// Where its sessions lie.
const PLACES: &[Place] = &[
    Place { files: "goose/sessions/sessions.db", database: true, ..DATA },
    Place { files: "goose/sessions/*.jsonl", ..DATA },
    Place { files: "Block/goose/data/sessions/sessions.db", database: true, ..WINDOWS },
    Place { files: "Block/goose/data/sessions/*.jsonl", ..WINDOWS },
];

const DATA: Place = Place {
    on: &[Platform::Linux, Platform::MacOs],
    variable: "XDG_DATA_HOME",
    base: ".local/share",
    ..Place::BELOW_HOME
};

const WINDOWS: Place =
    Place { on: &[Platform::Windows], variable: "APPDATA", base: "AppData/Roaming", ..Place::BELOW_HOME };

const MAPPED: &[&str] = &["(session)", "reasoning", "text", "thinking", "toolRequest", "toolResponse"];

/// Parts that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("contextLengthExceeded", "a remark of the host on its screen"),
    ("frontendToolRequest", "a call that the screen carries out by itself"),
    ("image", "a picture; only its place is in the text"),
    ("redactedThinking", "encrypted"),
    ("summarizationRequested", "a remark of the host on its screen"),
    ("systemNotification", "a remark of the host on its screen"),
    ("toolConfirmationRequest", "repeats the call that needs permission"),
];

pub(super) fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| {
        let is_header = record["working_dir"].is_string() && record.get("description").is_some();
        let has_call = |part: &Value| part["toolCall"].is_object() || part["toolResult"].is_object();
        is_header || (record["role"].is_string() && list(record, "content").any(has_call))
    })
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| match record.get("role") {
        Some(_) => list(record, "content").for_each(|part| add(text(part, "type"))),
        None => add("(session)"),
    })
}

#[derive(Default)]
struct Goose;

impl Records for Goose {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        out.time = time(member(&record, &["created", "created_timestamp"]));
        match string(&record, &["role"]).and_then(role) {
            Some(role) => list(&record, "content").for_each(|part| self::part(role, part, out)),
            None => session(&record, out),
        }
    }
}

fn session(record: &Value, out: &mut Sink) {
    out.context(Context {
        session: owned(record, &["id", "session_id"]),
        cwd: owned(record, &["working_dir"]),
        title: owned(record, &["name", "description"]),
        model: owned(&record["model_config"], &["model_name"]),
        ..Context::default()
    });
    let total = |key: &str| count(record, &format!("accumulated_{key}_tokens"));
    out.usage(Usage { input: total("input"), cached: 0, output: total("output") });
}

fn part(role: Role, part: &Value, out: &mut Sink) {
    let id = string(part, &["id"]);
    match text(part, "type") {
        "text" => out.say(role, text(part, "text")),
        "thinking" | "reasoning" => out.think(string(part, &["thinking", "text"]).unwrap_or_default()),
        "toolRequest" => {
            let call = &part["toolCall"]["value"];
            // Names begin with that of the extension: `developer__shell`.
            let tool = text(call, "name").rsplit("__").next().unwrap_or_default();
            out.call(id, tool, &call["arguments"]);
        }
        "toolResponse" => {
            let result = &part["toolResult"];
            let content = member(&result["value"], &["content"]);
            let shown = if content.is_null() { member(result, &["value", "error"]) } else { content };
            let failed = text(result, "status") == "error" || result["value"]["isError"] == Value::Bool(true);
            out.answer(Answer { id, text: prose(shown), failed: Some(failed), ..Answer::default() });
        }
        kind => out.other(kind, IGNORED),
    }
}
