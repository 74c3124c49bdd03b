//! Cursor's store: a chat as its database holds it, written out one entry a line (see `source`): the chat itself,
//! then its bubbles, each a message, a thought or a call with its answer.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::{Answer, Role, arguments};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, integer, member, owned, string, text, time};
use super::{Carries, Format, Head, Place, Proof, outcome};
use crate::event::{Context, Usage};
use crate::surroundings::Platform;

pub(super) const FORMAT: Format = Format {
    name: "cursor-store",
    title: "Cursor chat (its database)",
    location: "Cursor/User/globalStorage/state.vscdb",
    places: PLACES,
    proof: Proof::Documentation,
    carries: Carries { edits: true, ranges: false, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds_of, mapped: &["(bubble)", "(chat)"], ignored: &[] },
    claims,
    read: |bytes| lines::read::<Store>("cursor-store", bytes),
};

/// Below the editor's own folder.
const PLACES: &[Place] = &[
    Place { on: &[Platform::Linux], variable: "XDG_CONFIG_HOME", base: ".config", ..STATE },
    Place { on: &[Platform::MacOs], base: "Library/Application Support", ..STATE },
    Place { on: &[Platform::Windows], variable: "APPDATA", base: "AppData/Roaming", ..STATE },
];

const STATE: Place =
    Place { files: "Cursor/User/globalStorage/state.vscdb", database: true, ..Place::BELOW_HOME };

fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| {
        let is_bubble = record["bubbleId"].is_string() && record["type"].is_number();
        is_bubble || (record["composerId"].is_string() && record.get("fullConversationHeadersOnly").is_some())
    })
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| {
        add(if record.get("bubbleId").is_some() { "(bubble)" } else { "(chat)" });
    })
}

#[derive(Default)]
struct Store;

impl Records for Store {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        if record.get("bubbleId").is_none() {
            out.time = time(&record["createdAt"]);
            let (session, title) = (owned(&record, &["composerId"]), owned(&record, &["name"]));
            let model = owned(&record["modelConfig"], &["modelName"]);
            return out.context(Context { session, model, title, ..Context::default() });
        }
        let started = &record["timingInfo"]["clientStartTime"];
        out.time = time(&record["createdAt"]).or_else(|| time(started));
        out.think(text(&record["thinking"], "text"));
        let role = if record["type"].as_u64() == Some(1) { Role::User } else { Role::Assistant };
        out.say(role, text(&record, "text"));
        if record["toolFormerData"]["name"].is_string() {
            tool(&record["toolFormerData"], out);
        }
        let tokens = |key| count(&record["tokenCount"], key);
        out.usage(Usage { input: tokens("inputTokens"), cached: 0, output: tokens("outputTokens") });
    }
}

fn tool(call: &Value, out: &mut Sink) {
    let id = string(call, &["toolCallId"]);
    out.call(id, text(call, "name"), &arguments(member(call, &["rawArgs", "params"])));
    let status = text(call, "status");
    let Some(shown) = string(call, &["result", "error"]).or((status == "error").then_some("")) else {
        return;
    };
    let failed = Some(status == "error");
    let output: Value = serde_json::from_str(shown).unwrap_or_default();
    let words = string(&output, &["output", "contents", "result"]).unwrap_or(shown).to_owned();
    let result = out.answer(Answer { id, text: words, failed, ..Answer::default() });
    outcome::exited(result, integer(member(&output, &["exitCodeV2", "exitCode"])));
    if text(call, "userDecision") == "rejected" {
        outcome::refused(result);
    }
}
