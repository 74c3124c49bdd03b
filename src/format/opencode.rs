//! `OpenCode`: the export of a session as one document, and the events of its server, one a line.

mod part;
mod stream;

use std::collections::BTreeMap;

use crate::format::json::Value;
use rustc_hash::{FxHashMap, FxHashSet};

use self::part::part;
use super::conversation::{Role, role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, list, owned, string, text, time};
use super::{Carries, Format, Head, Place, Proof, document};
use crate::event::{Actor, Context, EventKind, Usage};

const HOLDERS: &[&str] = &["messages"];

pub(super) const FORMAT: Format = Format {
    name: "opencode",
    title: "OpenCode session (export, events or storage)",
    location: "~/.local/share/opencode/opencode.db or storage/",
    places: PLACES,
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| document::read::<OpenCode>("opencode", bytes, HOLDERS),
};

/// Where its sessions lie.
const PLACES: &[Place] = &[
    Place { files: "opencode/opencode*.db", database: true, ..DATA },
    Place { files: "opencode/storage/session/*/ses_*.json", ..DATA },
];

const DATA: Place = Place { variable: "XDG_DATA_HOME", base: ".local/share", ..Place::BELOW_HOME };

const MAPPED: &[&str] = &[
    "(session)",
    "message assistant",
    "message user",
    "message.part.updated",
    "message.updated",
    "part compaction",
    "part reasoning",
    "part subtask",
    "part text",
    "part tool",
    "session.created",
    "session.idle",
    "session.updated",
];

/// Records that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("file.edited", "names a file that a call names already"),
    ("file.watcher.updated", "a file on disk changed, whoever did it"),
    ("lsp.client.diagnostics", "says that there are diagnostics, not which"),
    ("message.part.delta", "a piece of a part that comes whole"),
    ("part agent", "names the agent that a message is for"),
    ("part file", "an attachment; what the model saw of it is a text of its own"),
    ("part patch", "names files that edits name already"),
    ("part retry", "trouble between the host and the model's provider"),
    ("part snapshot", "names a state that the host keeps for itself"),
    ("part step-finish", "repeats the figures of its message"),
    ("part step-start", "marks a beginning"),
    ("permission.asked", "repeats the call that needs permission"),
    ("permission.replied", "the answer of the tool says whether it ran"),
    ("permission.updated", "repeats the call that needs permission"),
    ("question.asked", "repeats the call that asks"),
    ("question.replied", "the answer of the tool says what was answered"),
    ("server.connected", "the host's own affairs"),
    ("session.diff", "the sum of edits that are told one by one"),
    ("session.error", "trouble between the host and the model's provider"),
    ("session.status", "whether the host is busy"),
    ("todo.updated", "repeats the call that sets the list"),
    ("tui.toast.show", "a remark of the host on its screen"),
];

fn claims(head: &Head) -> bool {
    head.document.iter().chain(&head.records).any(|record| {
        let info = &record["info"];
        let exported =
            info["id"].as_str().is_some_and(|id| id.starts_with("ses")) || info["sessionID"].is_string();
        let told = text(&record["event"], "type").contains('.') && record["event"]["properties"].is_object();
        let stored = record["sessionID"].is_string() && record["role"].is_string();
        exported || told || stored
    })
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_document(bytes, HOLDERS, |record, add| {
        let told = &record["event"]["properties"]["part"];
        let kind = match (string(&record["event"], &["type"]), string(info(record), &["role"])) {
            (Some(kind), _) => kind.to_owned(),
            (None, Some(role)) => format!("message {role}"),
            (None, None) => "(session)".to_owned(),
        };
        add(&kind);
        let parts = list(record, "parts").chain(Some(told).filter(|told| told.is_object()));
        parts.for_each(|part| add(&format!("part {}", text(part, "type"))));
    })
}

/// A message's description, which stands beside its parts or is all there is.
fn info(record: &Value) -> &Value {
    record.get("info").unwrap_or(record)
}

#[derive(Default)]
struct OpenCode {
    /// The session that the file is about; others are those of subagents.
    session: Option<String>,
    /// The role of each message.
    roles: FxHashMap<String, Role>,
    /// Texts that are still being written, in order.
    open: Vec<(String, Value)>,
    /// Parts and messages that are told already.
    told: FxHashSet<String>,
}

impl Records for OpenCode {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        if let Some(kind) = string(&record["event"], &["type"]) {
            out.time = time(&record["timestamp"]);
            self.event(kind, &record["event"]["properties"], out);
        } else {
            self.exported(&record, out);
        }
    }
}

impl OpenCode {
    fn exported(&mut self, record: &Value, out: &mut Sink) {
        let info = info(record);
        out.time = time(&info["time"]["created"]);
        let Some(role) = string(info, &["role"]).and_then(role) else { return self.about(info, out) };
        self.actor(info, out);
        if role == Role::Assistant {
            assistant(info, out);
        }
        for piece in list(record, "parts") {
            if info["summary"] == Value::Bool(true) && text(piece, "type") == "text" {
                let summary = owned(piece, &["text"]);
                out.tell(EventKind::Compacted { summary });
            } else {
                part(role, piece, out);
            }
        }
        usage(info, out);
        interrupted(info, out);
    }

    /// What the session is.
    fn about(&mut self, info: &Value, out: &mut Sink) {
        let id = owned(info, &["id"]);
        if self.session.is_some() && self.session != id {
            return;
        }
        self.session.clone_from(&id);
        out.context(Context {
            session: id,
            cwd: owned(info, &["directory"]),
            title: owned(info, &["title"]).filter(|title| !title.starts_with("New session - ")),
            agent: owned(info, &["version"]).map(|version| format!("opencode {version}")),
            ..Context::default()
        });
    }

    fn actor(&mut self, record: &Value, out: &mut Sink) {
        let session = string(record, &["sessionID"]).map(str::to_owned);
        let own = self.session.is_none() || session.is_none() || session == self.session;
        self.session = self.session.take().or(session);
        out.actor = if own { Actor::Main } else { Actor::Subagent };
    }
}

fn assistant(info: &Value, out: &mut Sink) {
    let cwd = owned(&info["path"], &["cwd"]).filter(|_| out.actor == Actor::Main);
    let model = owned(info, &["modelID"]).filter(|_| out.actor == Actor::Main);
    out.context(Context { cwd, model, ..Context::default() });
}

fn usage(info: &Value, out: &mut Sink) {
    let (tokens, cache) = (&info["tokens"], &info["tokens"]["cache"]);
    let cached = count(cache, "read");
    let input = count(tokens, "input") + cached + count(cache, "write");
    out.usage(Usage { input, cached, output: count(tokens, "output") + count(tokens, "reasoning") });
}

fn interrupted(info: &Value, out: &mut Sink) {
    if text(&info["error"], "name") == "MessageAbortedError" {
        out.tell(EventKind::Interrupted);
    }
}
