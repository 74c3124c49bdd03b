//! Qwen Code: `<session>.jsonl`, a record a line with a message in Gemini's shape; a tree by their parents.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::branches::Branches;
use super::conversation::Role;
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, list, owned, prose, text};
use super::{Carries, Format, Head, Place, Proof, diff};
use crate::event::{Change, Context, EventKind, FileEdit, Usage};

pub(super) const FORMAT: Format = Format {
    name: "qwen",
    title: "Qwen Code session",
    location: "~/.qwen/projects/<folder>/chats/<session>.jsonl",
    places: PLACES,
    proof: Proof::Samples,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Qwen>("qwen", bytes),
};

/// Where its sessions lie.
const PLACES: &[Place] = &[Place { base: ".qwen", files: "projects/*/chats/*.jsonl", ..Place::BELOW_HOME }];

const MAPPED: &[&str] = &[
    "assistant",
    "system chat_compression",
    "system custom_title",
    "system rewind",
    "tool_result",
    "user",
    "user cron",
    "user mid_turn_user_message",
    "user notification",
];

/// Records that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("system at_command", "names files whose text is in the message"),
    ("system file_history_snapshot", "names the host's backups of files that edits name already"),
    ("system session_artifact_snapshot", "what the host keeps of the session for its screen"),
    ("system slash_command", "a command to the host itself"),
    ("system ui_telemetry", "figures for the host"),
];

fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| {
        let kinds = ["user", "assistant", "tool_result", "system"];
        let of_tree = record["uuid"].is_string() && record["sessionId"].is_string();
        let has_parts = record["message"]["parts"].is_array();
        let is_system = text(record, "type") == "system" && record["systemPayload"].is_object();
        of_tree && kinds.contains(&text(record, "type")) && (has_parts || is_system)
    })
}

fn kind(record: &Value) -> String {
    format!("{} {}", text(record, "type"), text(record, "subtype")).trim_end().to_owned()
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| add(&kind(record)))
}

#[derive(Default)]
struct Qwen {
    branches: Branches,
}

impl Records for Qwen {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        let kind = kind(&record);
        if kind == "system rewind" {
            self.branches.rewind(text(&record["systemPayload"], "targetUuid"), &mut out.transcript.events);
        }
        self.branches.grow(&record, ["uuid", "parentUuid"], out, |out| {
            entry(&kind, &record, out);
            kind == "user"
        });
    }
}

fn entry(kind: &str, record: &Value, out: &mut Sink) {
    let payload = &record["systemPayload"];
    match kind {
        "user" | "user mid_turn_user_message" => {
            place(record, out);
            list(&record["message"], "parts").for_each(|part| user(part, out));
        }
        "user notification" | "user cron" => out.inject(&prose(&record["message"]["parts"])),
        "assistant" => assistant(record, out),
        "tool_result" => answer(record, out),
        "system custom_title" => {
            out.context(Context { title: owned(payload, &["customTitle"]), ..Context::default() });
        }
        "system chat_compression" => {
            let last = list(payload, "compressedHistory").next();
            let summary = last.map(|message| prose(&message["parts"])).filter(|text| !text.is_empty());
            out.tell(EventKind::Compacted { summary });
        }
        "system rewind" => place(record, out),
        kind => out.other(kind, IGNORED),
    }
}

fn place(record: &Value, out: &mut Sink) {
    out.context(Context {
        session: owned(record, &["sessionId"]),
        cwd: owned(record, &["cwd"]),
        branch: owned(record, &["gitBranch"]),
        agent: owned(record, &["version"]).map(|version| format!("qwen-code {version}")),
        model: owned(record, &["model"]),
        ..Context::default()
    });
}

/// What the user typed, or what a hook of the host put beside it.
fn user(part: &Value, out: &mut Sink) {
    if text(part, "text").starts_with("<qwen:") {
        out.inject(text(part, "text"));
    } else {
        out.part(Role::User, part);
    }
}

fn assistant(record: &Value, out: &mut Sink) {
    place(record, out);
    out.content(Role::Assistant, &record["message"]["parts"]);
    let tokens = |key| count(&record["usageMetadata"], key);
    let output = tokens("candidatesTokenCount") + tokens("thoughtsTokenCount");
    out.usage(Usage { input: tokens("promptTokenCount"), cached: tokens("cachedContentTokenCount"), output });
}

fn answer(record: &Value, out: &mut Sink) {
    let start = out.transcript.events.len();
    out.content(Role::Tool, &record["message"]["parts"]);
    let display = &record["toolCallResult"]["resultDisplay"];
    let Some(path) = owned(display, &["filePath", "fileName"]) else { return };
    let hunks = diff::hunks(text(display, "fileDiff"));
    let is_new = display["isNewFile"] == Value::Bool(true) || display["originalContent"].is_null();
    let change = if is_new { Change::Created } else { Change::Edited };
    for event in &mut out.transcript.events[start..] {
        if let EventKind::Result(result) = &mut event.kind {
            result.edits = vec![FileEdit {
                path: path.clone(),
                change: change.clone(),
                hunks: hunks.clone(),
                content: None,
            }];
        }
    }
}
