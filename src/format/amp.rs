//! Amp: a thread as one JSON document.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::{Answer, role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, integer, list, member, owned, prose, string, text, time};
use super::{Carries, Format, Head, Place, Proof, diff, document, outcome};
use crate::event::{Context, EventKind, Status, Usage};

const HOLDERS: &[&str] = &["messages"];

pub(super) const FORMAT: Format = Format {
    name: "amp",
    title: "Amp thread",
    location: "~/.local/share/amp/threads/T-*.json",
    places: PLACES,
    proof: Proof::Documentation,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds_of, mapped: &["(thread)", "assistant", "user"], ignored: IGNORED },
    claims,
    read: |bytes| document::read::<Amp>("amp", bytes, HOLDERS),
};

/// Where its threads lie.
const PLACES: &[Place] = &[Place {
    variable: "XDG_DATA_HOME",
    base: ".local/share",
    files: "amp/threads/T-*.json",
    ..Place::BELOW_HOME
}];

const IGNORED: &[(&str, &str)] = &[("info", "a remark of the host on its screen")];

fn claims(head: &Head) -> bool {
    head.document.as_ref().is_some_and(|document| {
        text(document, "id").starts_with("T-") && document["v"].is_number() && document["messages"].is_array()
    })
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_document(bytes, HOLDERS, |record, add| add(string(record, &["role"]).unwrap_or("(thread)")))
}

#[derive(Default)]
struct Amp;

impl Records for Amp {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        let name = string(&record, &["role"]);
        let Some(role) = name.and_then(role) else {
            match name {
                Some(name) => out.other(name, IGNORED),
                None => thread(&record, out),
            }
            return;
        };
        out.time = time(&record["meta"]["sentAt"]);
        let tokens = |key| count(&record["usage"], key);
        out.context(Context { model: owned(&record["usage"], &["model"]), ..Context::default() });
        for part in list(&record, "content") {
            match text(part, "type") {
                "tool_result" => answer(part, out),
                _ => out.part(role, part),
            }
        }
        if text(&record["state"], "type") == "cancelled" {
            out.tell(EventKind::Interrupted);
        }
        let cached = tokens("cacheReadInputTokens");
        let input = tokens("inputTokens") + cached + tokens("cacheCreationInputTokens");
        out.usage(Usage { input, cached, output: tokens("outputTokens") });
    }
}

fn thread(record: &Value, out: &mut Sink) {
    let tree = &record["env"]["initial"]["trees"][0];
    out.time = time(&record["created"]);
    out.context(Context {
        session: owned(record, &["id"]),
        title: owned(record, &["title"]),
        cwd: owned(tree, &["uri"]).map(|uri| uri.trim_start_matches("file://").to_owned()),
        branch: owned(&tree["repository"], &["ref"]),
        commit: owned(&tree["repository"], &["sha"]),
        repository: owned(&tree["repository"], &["url"]),
        ..Context::default()
    });
}

fn answer(part: &Value, out: &mut Sink) {
    let run = &part["run"];
    let shown = member(run, &["result", "error"]);
    let status = text(run, "status");
    let said = member(shown, &["output", "content", "message"]);
    let id = string(part, &["toolUseID", "tool_use_id"]);
    let diff = text(shown, "diff").trim_start_matches("```diff").trim_end_matches("```");
    let edits = out.shown_edit(id, diff::hunks(diff));
    let result = out.answer(Answer {
        id,
        text: prose(if said.is_null() { shown } else { said }),
        failed: Some(matches!(status, "error" | "failed")),
        ..Answer::default()
    });
    result.edits = edits;
    outcome::exited(result, integer(&shown["exitCode"]));
    match status {
        "rejected-by-user" => outcome::refused(result),
        "cancelled" => result.status = Status::Interrupted,
        _ => {}
    }
}
