//! Cursor's agent: the transcript of a chat, a message a line, without times.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::role;
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{string, text};
use super::{Carries, Format, Head, Place, Proof};

pub(super) const FORMAT: Format = Format {
    name: "cursor",
    title: "Cursor agent transcript",
    location: "~/.cursor/projects/<folder>/agent-transcripts/<session>.jsonl",
    places: PLACES,
    proof: Proof::Samples,
    carries: Carries { edits: true, ranges: false, exit_status: true, usage: false, plans: true },
    kinds: Kinds { of: kinds_of, mapped: &["assistant", "system", "tool", "user"], ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Cursor>("cursor", bytes),
};

/// Where its sessions lie.
const PLACES: &[Place] = &[
    Place { files: "projects/{project}/agent-transcripts/*.jsonl", ..PROJECTS },
    Place { files: "projects/{project}/agent-transcripts/*/*.jsonl", ..PROJECTS },
];

const PROJECTS: Place = Place { base: ".cursor", encode: Some(folder_name), ..Place::BELOW_HOME };

/// How the folder of a project's transcripts is named: the transcripts themselves say nothing of it.
fn folder_name(path: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    path.trim_start_matches('/').chars().map(letter).collect()
}

const IGNORED: &[(&str, &str)] = &[];

fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| {
        record["role"].is_string()
            && record.get("type").is_none()
            && record["message"].get("content").is_some()
    })
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| add(text(record, "role")))
}

#[derive(Default)]
struct Cursor;

impl Records for Cursor {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        match string(&record, &["role"]).and_then(role) {
            Some(role) => out.content(role, &record["message"]["content"]),
            None => out.other(text(&record, "role"), IGNORED),
        }
    }
}
