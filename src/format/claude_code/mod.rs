//! Claude Code: `~/.claude/projects/<folder>/<session>.jsonl`, one record a line, appended as things happen.
//!
//! One API message is spread over several lines of the same `message.id`, one content block each. A tool result is a
//! record of the user with the text the model was shown, and beside it `toolUseResult`, a richer copy for the host:
//! line numbers of edits and reads come from there.

mod calls;
mod commands;
mod fold;
mod kinds;
mod place;
mod raw;
mod results;
mod tags;
mod titles;
mod todos;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use crate::format::json::Value;

use super::lines::{self, Keep, Records, Sink};
use super::{Carries, Format, Growing, Head, Kinds, Place, Proof};
use raw::Raw;

pub(super) const FORMAT: Format = Format {
    name: "claude-code",
    title: "Claude Code session",
    location: "~/.claude/projects/<folder>/<session>.jsonl",
    places: PLACES,
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds::of, mapped: kinds::MAPPED, ignored: kinds::IGNORED },
    claims,
    read: |bytes| lines::read::<fold::Session>("claude-code", bytes),
};

pub(super) const GROWING: Growing = Growing { format: FORMAT.name, read_on: lines::read_on::<fold::Session> };

/// Its folder and where that may lie instead. Files of subagents lie beside the sessions, or deeper.
const PLACES: &[Place] = &[
    Place { variable: "CLAUDE_CONFIG_DIR", base: ".claude", ..SESSIONS },
    Place {
        variable: "XDG_CONFIG_HOME",
        base: ".config",
        files: "claude/projects/{project}/*.jsonl",
        ..SESSIONS
    },
];

const SESSIONS: Place = Place {
    files: "projects/{project}/*.jsonl",
    except: "agent-*",
    encode: Some(folder_name),
    ..Place::BELOW_HOME
};

/// How the folder of a project's sessions is named. Of a long name only the beginning is the path, a hash follows.
fn folder_name(path: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    path.encode_utf16().map(|unit| char::from_u32(unit.into()).map_or('-', letter)).take(200).collect()
}

/// Whether one of the first records is a message in the shape of an API message, or has a mark only this agent writes.
fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| {
        let kind = record.get("type").and_then(Value::as_str).unwrap_or_default();
        let has = |key| record.get(key).is_some();
        match kind {
            "user" | "assistant" => record["message"].get("content").is_some(),
            "file-history-snapshot" => has("snapshot"),
            "queue-operation" | "last-prompt" | "custom-title" | "ai-title" | "permission-mode" => {
                has("sessionId")
            }
            "summary" => has("leafUuid"),
            "progress" => has("parentToolUseID"),
            "attachment" => has("parentUuid") && has("attachment"),
            _ => false,
        }
    })
}

impl Keep for fold::Session {
    fn is_settled(&self) -> bool {
        self.is_settled()
    }
}

impl Records for fold::Session {
    type Record = Option<Box<Raw>>;

    fn parse(line: &str) -> Result<Self::Record, String> {
        if !line.starts_with('{') {
            return Err("this line is not readable as JSON (no object); its record is lost".to_owned());
        }
        let raw: Box<Raw> = lines::json(line)?;
        let kind = raw.kind.as_deref().unwrap_or_default();
        let ignored = kinds::IGNORED.iter().any(|(name, _)| *name == kind);
        Ok((!ignored).then_some(raw))
    }

    fn fold(&mut self, record: Self::Record, out: &mut Sink) {
        if let Some(raw) = record {
            self.record(*raw, out);
        }
    }
}
