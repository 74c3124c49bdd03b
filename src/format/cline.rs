//! Cline and Roo Code: `api_conversation_history.json`, a list of messages in Anthropic's shape. Older versions write
//! calls as XML tags into the text, and the answers into the user's next message. `ui_messages.json` beside it is read
//! as well.

mod screen;
mod tags;

use std::collections::BTreeMap;

use crate::format::json::Value;

use self::tags::Piece;
use super::conversation::{Answer, Role, role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, list, owned, string, text, time};
use super::{Carries, Format, Head, Place, Proof, document, outcome};
use crate::event::{Context, Usage};
use crate::surroundings::Platform;

pub(super) const FORMAT: Format = Format {
    name: "cline",
    title: "Cline or Roo Code task",
    location: "globalStorage/<extension>/tasks/<task>/api_conversation_history.json",
    places: PLACES,
    proof: Proof::Documentation,
    carries: Carries { edits: true, ranges: false, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds_of, mapped: screen::MAPPED, ignored: screen::IGNORED },
    claims,
    read: |bytes| document::read::<Cline>("cline", bytes, &[]),
};

/// Below the editor's own folder, for each of the two extensions.
const PLACES: &[Place] = &[
    Place { files: CLINE, ..LINUX },
    Place { files: ROO, ..LINUX },
    Place { files: CLINE, ..MAC },
    Place { files: ROO, ..MAC },
    Place { files: CLINE, ..WINDOWS },
    Place { files: ROO, ..WINDOWS },
];

const CLINE: &str = "Code/User/globalStorage/saoudrizwan.claude-dev/tasks/*/api_conversation_history.json";
const ROO: &str = "Code/User/globalStorage/rooveterinaryinc.roo-cline/tasks/*/api_conversation_history.json";
const LINUX: Place =
    Place { on: &[Platform::Linux], variable: "XDG_CONFIG_HOME", base: ".config", ..Place::BELOW_HOME };
const MAC: Place = Place { on: &[Platform::MacOs], base: "Library/Application Support", ..Place::BELOW_HOME };
const WINDOWS: Place =
    Place { on: &[Platform::Windows], variable: "APPDATA", base: "AppData/Roaming", ..Place::BELOW_HOME };

/// Claims lines of the screen, and a list of messages of which the first has the marks of this host.
pub(super) fn claims(head: &Head) -> bool {
    let Some(first) = head.document.as_ref().and_then(|document| document.item(0)) else { return false };
    let marks = ["<task>", "<user_message>", "<environment_details>"];
    let texts = list(first, "content").map(|part| text(part, "text")).chain([text(first, "content")]);
    let is_message = text(first, "role") == "user"
        && texts.into_iter().any(|text| marks.iter().any(|mark| text.contains(mark)));
    is_message || (screen::is_line(first) && first["ts"].is_number())
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_document(bytes, &[], |record, add| {
        if screen::is_line(record) { add(&screen::kind(record)) } else { add(text(record, "role")) }
    })
}

#[derive(Default)]
struct Cline;

impl Records for Cline {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        out.time = time(&record["ts"]);
        if screen::is_line(&record) {
            return screen::tell(&record, out);
        }
        let Some(role) = string(&record, &["role"]).and_then(role) else {
            return out.other(text(&record, "role"), screen::IGNORED);
        };
        let model = owned(&record["modelInfo"], &["modelId"]);
        out.context(Context { model, ..Context::default() });
        match &record["content"] {
            Value::String(words) => said(role, words, out),
            content => content.as_array().into_iter().flatten().for_each(|part| self::part(role, part, out)),
        }
        let tokens = &record["metrics"]["tokens"];
        let cached = count(tokens, "cached");
        let (input, output) = (count(tokens, "prompt") + cached, count(tokens, "completion"));
        out.usage(Usage { input, cached, output });
    }
}

fn part(role: Role, part: &Value, out: &mut Sink) {
    match string(part, &["type"]) {
        Some("text") => said(role, text(part, "text"), out),
        _ => out.part(role, part),
    }
}

fn said(role: Role, words: &str, out: &mut Sink) {
    match role {
        Role::Assistant => spoken(words, out),
        Role::User => match tags::answered(words) {
            Some((tool, answer)) => answered(tool, answer, out),
            None => out.user(words),
        },
        role => out.say(role, words),
    }
}

/// Words of the model, and calls among them.
fn spoken(words: &str, out: &mut Sink) {
    for piece in tags::pieces(words) {
        match piece {
            Piece::Words(words) => out.assistant(words.trim()),
            Piece::Thought(words) => out.think(words.trim()),
            Piece::Call(tool, arguments) => drop(out.call(None, tool, &arguments)),
        }
    }
}

fn answered(tool: &str, text: &str, out: &mut Sink) {
    let denied = text.starts_with("The user denied this operation");
    let result = out.answer(Answer { tool: Some(tool), text: text.to_owned(), ..Answer::default() });
    if denied {
        outcome::refused(result);
    }
}
