//! Reading transcripts: every format is one file here and one line in [`FORMATS`].
//!
//! A format maps one record to events. Finding the format, splitting the input, decoding, parallel parsing, limits
//! and warnings stand here and in [`lines`], once.

mod lines;

mod claude_code;
mod codex;
mod markdown;
mod messages;

use crate::error::{Error, Result};
use crate::event::Transcript;

/// A transcript format.
pub struct Format {
    /// The name that `--format` takes.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// Where the agent keeps such files, for people.
    pub location: &'static str,
    /// What its records carry, for the tables.
    pub carries: Carries,
    /// Whether input that begins like this is of this format. Exactly one format may claim an input.
    pub claims: fn(&Head) -> bool,
    /// Reads a whole input. It never fails: what cannot be read is a warning.
    pub read: fn(&[u8]) -> Transcript,
}

/// What the records of a format carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table, not options of a function")]
pub struct Carries {
    /// Edits of files.
    pub edits: bool,
    /// Line numbers of edits or reads.
    pub ranges: bool,
    /// Exit status of commands.
    pub exit_status: bool,
    /// Token usage.
    pub usage: bool,
    /// Plans or to-do lists.
    pub plans: bool,
}

/// The formats, by name.
pub static FORMATS: &[Format] = &[claude_code::FORMAT, codex::FORMAT, markdown::FORMAT, messages::FORMAT];

/// The beginning of an input, prepared once for all formats to look at.
pub struct Head<'a> {
    /// The first 64 KiB at the most, as text; what is not UTF-8 is replaced.
    pub text: std::borrow::Cow<'a, str>,
    /// The first lines that are JSON objects, parsed; at most 40. Empty if the input is not JSON Lines.
    pub records: Vec<serde_json::Value>,
    /// The whole input as one JSON value, if it is one, with strings and arrays cut short: only its shape is for looking at.
    pub document: Option<serde_json::Value>,
}
