//! Claude.ai: the export of all conversations of an account, or one of them.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::role;
use super::kinds::{self, Kinds};
use super::lines::{self, Records};
use super::sink::Sink;
use super::value::{list, owned, string, text, time};
use super::{Carries, Format, Head, Proof, choice, document};
use crate::event::{Context, Transcript};

const HOLDERS: &[&str] = &["chat_messages"];

pub(super) const FORMAT: Format = Format {
    name: "claude-ai",
    title: "Claude.ai export (one conversation of it)",
    location: "conversations.json of an export",
    places: &[],
    proof: Proof::Documentation,
    carries: Carries { edits: false, ranges: false, exit_status: false, usage: false, plans: false },
    kinds: Kinds { of: kinds_of, mapped: &["assistant", "human"], ignored: IGNORED },
    claims,
    read,
};

const IGNORED: &[(&str, &str)] = &[];

fn claims(head: &Head) -> bool {
    let document = head.document.as_ref();
    let first = document.and_then(|document| document.item(0)).or(document);
    first.is_some_and(|first| first["chat_messages"].is_array())
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    let whole = serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let all = whole.as_array().map_or(std::slice::from_ref(&whole), Vec::as_slice);
    let messages = all.iter().flat_map(|one| list(one, "chat_messages")).cloned().map(Some);
    kinds::tally(messages, |message, add| add(text(message, "sender")))
}

fn read(bytes: &[u8]) -> Transcript {
    let text = lines::text(bytes);
    let mut out = Sink::of(FORMAT.name);
    let Some(start) = choice::only(&text, &mut out) else { return out.transcript };
    document::read_from::<ClaudeAi>(out, &text, start, HOLDERS)
}

#[derive(Default)]
struct ClaudeAi;

impl Records for ClaudeAi {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        out.time = time(&record["created_at"]);
        let Some(sender) = string(&record, &["sender"]) else {
            let (session, title) = (owned(&record, &["uuid"]), owned(&record, &["name"]));
            return out.context(Context { session, title, ..Context::default() });
        };
        let Some(role) = role(sender) else { return out.other(sender, IGNORED) };
        for attachment in list(&record, "attachments") {
            out.inject(text(attachment, "extracted_content"));
        }
        let parts = record["content"].as_array().is_some_and(|parts| !parts.is_empty());
        out.content(role, if parts { &record["content"] } else { &record["text"] });
    }
}
