//! pi, and `OpenClaw`, which is built on it: an entry a line; newer ones are a tree by their parents.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::branches::Branches;
use super::conversation::{Answer, Role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, integer, owned, prose, string, text};
use super::{Carries, Format, Head, Place, Proof, numbered, outcome};
use crate::event::{Context, EventKind, Status, Usage};

pub(super) const FORMAT: Format = Format {
    name: "pi",
    title: "pi or OpenClaw session",
    location: "~/.pi/agent/sessions/<folder>/*.jsonl",
    places: PLACES,
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: false },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Pi>("pi", bytes),
};

/// Where its sessions lie.
const PLACES: &[Place] = &[
    Place {
        base: ".pi",
        files: "agent/sessions/{project}/*.jsonl",
        encode: Some(folder_name),
        ..Place::BELOW_HOME
    },
    Place { base: ".openclaw", files: "agents/*/sessions/*.jsonl", ..Place::BELOW_HOME },
];

/// How the name of the folder of a project's sessions begins; that of a folder below goes on where this one ends.
fn folder_name(path: &str) -> String {
    let path = path.trim_start_matches(['/', '\\']);
    format!("--{}", path.replace(['/', '\\', ':'], "-"))
}

const MAPPED: &[&str] = &[
    "branch_summary",
    "compaction",
    "custom_message",
    "message assistant",
    "message bashExecution",
    "message branchSummary",
    "message compactionSummary",
    "message custom",
    "message system",
    "message toolResult",
    "message user",
    "model_change",
    "session",
    "session_info",
];

/// Entries that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("compact", "marks a compaction of which nothing more is told"),
    ("custom", "what an extension keeps for itself; the model does not see it"),
    ("label", "a bookmark of the user's on an entry"),
    ("thinking_level_change", "how long the model may think"),
];

fn claims(head: &Head) -> bool {
    let is_message = |record: &Value| {
        let roles = ["user", "assistant", "toolResult", "bashExecution"];
        text(record, "type") == "message" && roles.contains(&text(&record["message"], "role"))
    };
    let is_session = |record: &Value| text(record, "type") == "session" && record.get("cwd").is_some();
    !super::droid::claims(head) && head.records.iter().any(|record| is_session(record) || is_message(record))
}

fn kind(record: &Value) -> String {
    let role = text(&record["message"], "role");
    format!("{} {role}", text(record, "type")).trim_end().to_owned()
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| add(&kind(record)))
}

#[derive(Default)]
struct Pi {
    branches: Branches,
}

impl Records for Pi {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        let kind = kind(&record);
        self.branches.grow(&record, ["id", "parentId"], out, |out| {
            entry(&kind, &record, out);
            kind == "message user"
        });
    }
}

fn entry(kind: &str, record: &Value, out: &mut Sink) {
    let message = &record["message"];
    match kind {
        "session" => session(record, out),
        "model_change" => out.context(Context { model: owned(record, &["modelId"]), ..Context::default() }),
        "session_info" => out.context(Context { title: owned(record, &["name"]), ..Context::default() }),
        "compaction" => {
            out.tell(EventKind::Compacted { summary: owned(record, &["summary"]) });
        }
        "message compactionSummary" => {
            out.tell(EventKind::Compacted { summary: owned(message, &["summary"]) });
        }
        "branch_summary" => out.inject(text(record, "summary")),
        "message branchSummary" => out.inject(text(message, "summary")),
        "custom_message" => out.inject(&prose(&record["content"])),
        "message system" | "message custom" => out.inject(&prose(&message["content"])),
        "message user" => out.content(Role::User, &message["content"]),
        "message assistant" => assistant(message, out),
        "message toolResult" => answer(message, out),
        "message bashExecution" => shell(message, out),
        kind => out.other(kind, IGNORED),
    }
}

fn session(record: &Value, out: &mut Sink) {
    out.context(Context {
        session: owned(record, &["id"]),
        cwd: owned(record, &["cwd"]),
        model: owned(record, &["modelId"]),
        ..Context::default()
    });
}

fn assistant(message: &Value, out: &mut Sink) {
    out.context(Context { model: owned(message, &["model"]), ..Context::default() });
    out.content(Role::Assistant, &message["content"]);
    if text(message, "stopReason") == "aborted" {
        out.tell(EventKind::Interrupted);
    }
    let tokens = |key| count(&message["usage"], key);
    let cached = tokens("cacheRead");
    let input = tokens("input") + cached + tokens("cacheWrite");
    out.usage(Usage { input, cached, output: tokens("output") });
}

fn answer(message: &Value, out: &mut Sink) {
    let id = string(message, &["toolCallId"]);
    let edits = out.shown_edit(id, numbered::hunks(text(&message["details"], "diff")));
    let result = out.answer(Answer {
        id,
        tool: string(message, &["toolName"]),
        text: prose(&message["content"]),
        failed: message["isError"].as_bool(),
    });
    result.edits = edits;
}

/// A command that the user ran.
fn shell(message: &Value, out: &mut Sink) {
    out.call(None, "bash", &Value::object([("command", text(message, "command"))]));
    let output = text(message, "output").to_owned();
    let result = out.answer(Answer { tool: Some("bash"), text: output, ..Answer::default() });
    outcome::exited(result, integer(&message["exitCode"]));
    if message["cancelled"] == Value::Bool(true) {
        result.status = Status::Interrupted;
    }
}
