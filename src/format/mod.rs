//! Reading transcripts: every format is one file here and one line in [`FORMATS`].
//!
//! A format maps one record to events. Finding the format, splitting the input, decoding, parallel parsing, limits
//! and warnings stand here and in `lines`, once.

mod choice;
mod conversation;
mod decode;
mod document;
mod head;
pub mod json;
mod kinds;
mod lenient;
mod lines;
mod places;
mod scan;
mod sink;

mod blocks;
mod branches;
mod context;
mod diff;
mod key;
mod numbered;
mod outcome;
mod parts;
mod patch;
mod shell;
mod shown;
mod times;
mod tool;
mod value;
mod wrappers;

mod aider;
mod amp;
mod antigravity;
mod chatgpt;
mod claude_ai;
mod claude_code;
mod cline;
mod codex;
mod copilot;
mod cursor;
mod cursor_store;
mod droid;
mod entire;
mod gemini;
mod goose;
mod grok;
mod kimi;
mod markdown;
mod messages;
mod opencode;
mod openhands;
mod pi;
mod qwen;
mod swe_agent;
mod vscode;

pub use choice::{Conversation, choose, conversations};
pub use head::Head;
pub use kinds::{Kinds, UNREADABLE};
pub use places::Place;

use std::borrow::Cow;

use crate::format::json::Value;

use crate::error::{Error, Result};
use crate::event::{EventKind, Transcript, Warning};

/// A transcript format.
pub struct Format {
    /// The name that `--format` takes.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// Where the agent keeps such files, for people.
    pub location: &'static str,
    /// Where the agent keeps such files, for finding them; empty if no agent keeps them in a place of their own.
    pub places: &'static [Place],
    /// What the reader was tried on.
    pub proof: Proof,
    /// What its records carry, for the tables.
    pub carries: Carries,
    /// What becomes of each kind of record.
    pub kinds: Kinds,
    /// Whether input that begins like this is of this format. Exactly one format may claim an input.
    pub claims: fn(&Head) -> bool,
    /// Reads a whole input. It never fails: what cannot be read is a warning.
    pub read: fn(&[u8]) -> Transcript,
}

/// What a reader was tried on. Until it has read a real session, it is experimental.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Real sessions.
    Sessions,
    /// Samples that others made of real records.
    Samples,
    /// Nothing but what is written about the format.
    Documentation,
}

impl Proof {
    /// Whether no real session was read as yet.
    pub fn is_experimental(self) -> bool {
        self != Self::Sessions
    }
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
pub static FORMATS: &[Format] = &[
    aider::FORMAT,
    amp::FORMAT,
    antigravity::FORMAT,
    chatgpt::FORMAT,
    claude_ai::FORMAT,
    claude_code::FORMAT,
    cline::FORMAT,
    codex::FORMAT,
    copilot::FORMAT,
    cursor::FORMAT,
    cursor_store::FORMAT,
    droid::FORMAT,
    entire::FORMAT,
    gemini::FORMAT,
    goose::FORMAT,
    grok::FORMAT,
    kimi::FORMAT,
    markdown::FORMAT,
    messages::FORMAT,
    opencode::FORMAT,
    openhands::FORMAT,
    pi::FORMAT,
    qwen::FORMAT,
    markdown::SPECSTORY,
    swe_agent::FORMAT,
    vscode::FORMAT,
];

/// A format of files that grow at their end, line by line, and are read on from there.
pub struct Growing {
    /// Its name among [`FORMATS`].
    pub format: &'static str,
    /// Reads lines that were added. False if what was kept is not of its making.
    pub read_on: fn(&mut Reading, &[u8]) -> bool,
}

/// How far a file was read, and what reading on takes.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What came out so far.
    pub transcript: Transcript,
    /// Lines read.
    pub lines: u32,
    /// What the format knows at this place, as JSON, for itself; none at the beginning, and where it cannot be kept.
    /// A field whose name begins with [`OF_A_CALL`] only repeats what the event of a call says, for its results.
    pub state: Option<String>,
    /// Events that the lines read last made others of.
    pub replaced: Vec<usize>,
}

/// How names of fields in [`Reading::state`] begin that repeat what a call says.
pub const OF_A_CALL: &str = "call:";

/// The formats that can be read on, by name.
pub static GROWING: &[Growing] = &[claude_code::GROWING, codex::GROWING];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// An input whose format is known, as text in UTF-8.
pub struct Recognised<'a> {
    /// Its format.
    pub format: &'static Format,
    /// Its bytes in UTF-8, without a byte order mark.
    pub bytes: Cow<'a, [u8]>,
    /// What had to be replaced.
    pub warnings: Vec<Warning>,
}

/// Finds the format of an input: the one of that name; without a name (or as `auto`), the one its content is of.
///
/// # Errors
/// [`Error::NoSuchFormat`], [`Error::Empty`] and [`Error::UnknownFormat`].
pub fn recognise<'a>(bytes: &'a [u8], format: Option<&str>) -> Result<Recognised<'a>> {
    let named = match format.filter(|&name| name != "auto") {
        Some(name) => Some(find(name).ok_or_else(|| no_such_format(name))?),
        None => None,
    };
    let (bytes, warnings) = decode::utf8(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(Error::Empty);
    }
    let format = named.map_or_else(|| detect(&bytes), Ok)?;
    Ok(Recognised { format, bytes, warnings })
}

/// Reads an input as the format of that name; without a name (or as `auto`), as the one its content is of.
///
/// # Errors
/// As [`recognise`], and [`Error::NoEvents`] where nothing of a session is in it.
pub fn read(bytes: &[u8], format: Option<&str>) -> Result<Transcript> {
    let Recognised { format, bytes, mut warnings } = recognise(bytes, format)?;
    let mut transcript = (format.read)(&bytes);
    warnings.append(&mut transcript.warnings);
    transcript.warnings = warnings;
    checked(transcript, format.name).map_err(|error| match (error, detect(&bytes)) {
        (Error::NoEvents { format, .. }, Ok(other)) if other.name != format => {
            Error::NoEvents { format, hint: format!(", and it looks like {}", other.name) }
        }
        (error, _) => error,
    })
}

/// The format that an input can be read on in, and its text; none if its format cannot, or if it is not plain UTF-8.
///
/// # Errors
/// As [`recognise`].
pub fn growing<'a>(bytes: &'a [u8], format: Option<&str>) -> Result<Option<(&'static Growing, &'a [u8])>> {
    let Recognised { format, bytes, .. } = recognise(bytes, format)?;
    let Cow::Borrowed(text) = bytes else { return Ok(None) };
    let growing = GROWING.iter().find(|growing| growing.format == format.name);
    Ok(growing.map(|growing| (growing, text)))
}

/// The transcript with its warnings in order, if it is one of a session.
///
/// # Errors
/// [`Error::NoEvents`].
pub fn checked(mut transcript: Transcript, format: &'static str) -> Result<Transcript> {
    if !transcript.events.iter().any(|event| is_of_a_session(&event.kind)) {
        return Err(Error::NoEvents { format, hint: String::new() });
    }
    transcript.warnings.sort();
    Ok(transcript)
}

/// Whether something was said or done; where a session runs and what it costs is not enough.
fn is_of_a_session(kind: &EventKind) -> bool {
    !matches!(kind, EventKind::Context(_) | EventKind::Usage(_) | EventKind::Injected { .. })
}

/// The format whose files begin like this input.
fn detect(bytes: &[u8]) -> Result<&'static Format> {
    let head = Head::of(bytes);
    let format = FORMATS.iter().find(|format| (format.claims)(&head));
    format.ok_or_else(|| {
        if is_binary(bytes) {
            return Error::Binary;
        }
        Error::UnknownFormat { hint: hint(bytes, &head), known: names() }
    })
}

fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(8 << 10)]).is_some()
}

/// What an input looks like that no format claims.
fn hint(bytes: &[u8], head: &Head) -> String {
    let looks = if let Some(record) = head.records.first() {
        format!("JSON Lines without messages of a known shape; its first record has {}", keys(record))
    } else if let Some(document) = head.document.as_ref().filter(|_| is_whole(bytes)) {
        format!("JSON without messages of a known shape; it has {}", keys(document))
    } else if matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')) {
        "JSON that is cut off or broken".to_owned()
    } else {
        "plain text".to_owned()
    };
    match nearest(head).as_slice() {
        [] => format!(": it looks like {looks}"),
        near => format!(": it looks like {looks}, nearest to {}", near.join(", ")),
    }
}

fn is_whole(json: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(json).is_ok()
}

/// The formats that know most of the kinds of records that the input begins with; at most three.
fn nearest(head: &Head) -> Vec<&'static str> {
    let records = head.records.iter().chain(&head.document);
    let said: Vec<&str> =
        records.filter_map(|record| value::string(record, &["type", "role", "kind"])).collect();
    let has = |format: &Format, kind: &str| {
        let ignored = format.kinds.ignored.iter().map(|(name, _)| *name);
        format.kinds.mapped.iter().copied().chain(ignored).any(|name| name == kind)
    };
    let known = |format: &Format| said.iter().filter(|kind| has(format, kind)).count();
    let mut near: Vec<(usize, &str)> = FORMATS.iter().map(|format| (known(format), format.name)).collect();
    near.retain(|(known, _)| *known > 0);
    near.sort_by_key(|(known, _)| std::cmp::Reverse(*known));
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// The first keys of an object, for people.
fn keys(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            // A part of a long key is not told: if it is a secret, its part would no longer be known as one.
            let short = |key: &str| if key.len() > 30 { "…".to_owned() } else { format!("{key:?}") };
            let names: Vec<String> = members.keys().take(6).map(short).collect();
            format!("the keys {}", names.join(", "))
        }
        Value::Array(items) => items.first().map_or("no members".to_owned(), keys),
        _ => "no keys".to_owned(),
    }
}

fn no_such_format(name: &str) -> Error {
    Error::NoSuchFormat { name: name.to_owned(), known: names() }
}

fn names() -> String {
    FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"type":"user","message":{"role":"user","content":"fix the café"}}"#;

    #[test]
    fn formats_are_sorted_and_named_once() {
        assert!(FORMATS.is_sorted_by(|one, other| one.name < other.name));
        for format in FORMATS {
            assert!(std::ptr::eq(find(format.name).unwrap(), format));
            assert_eq!((format.read)(b"").format, format.name);
        }
        assert!(GROWING.is_sorted_by(|one, other| one.format < other.format));
        assert!(GROWING.iter().all(|growing| find(growing.format).is_some()));
    }

    #[track_caller]
    fn check(bytes: &[u8], format: Option<&str>, expected: Option<&str>, warnings: &[u32]) {
        let transcript = read(bytes, format).unwrap();
        let said = transcript.events.iter().flat_map(crate::event::Event::seen).next().map(str::to_owned);
        assert_eq!(said.as_deref(), expected);
        assert_eq!(transcript.warnings.iter().map(|warning| warning.line).collect::<Vec<_>>(), warnings);
    }

    #[test]
    fn encodings() {
        let said = Some("fix the café");
        let units =
            |bytes: fn(u16) -> [u8; 2], text: &str| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        check(LINE.as_bytes(), None, said, &[]);
        check(LINE.as_bytes(), Some("auto"), said, &[]);
        check(LINE.as_bytes(), Some("claude-code"), said, &[]);
        check(format!("\u{feff}\r\n{LINE}\r\n").as_bytes(), None, said, &[]);
        check(&units(u16::to_le_bytes, &format!("\u{feff}{LINE}")), None, said, &[1]);
        check(&units(u16::to_be_bytes, &format!("\u{feff}{LINE}")), None, said, &[1]);
        check(&units(u16::to_le_bytes, LINE), None, said, &[1]);
        let broken = [b"\n", LINE.replace('é', "?").as_bytes()].concat();
        let broken: Vec<u8> = broken.into_iter().map(|byte| if byte == b'?' { 0xE9 } else { byte }).collect();
        check(&broken, None, Some("fix the caf\u{fffd}"), &[2]);
    }

    #[track_caller]
    fn refused(bytes: &[u8], format: Option<&str>, expected: &str) {
        let error = read(bytes, format).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn errors() {
        refused(b"", None, "the input is empty");
        refused(b"\xEF\xBB\xBF \n", None, "the input is empty");
        refused(LINE.as_bytes(), Some("word"), "there is no format 'word'");
        refused(b"\x7fELF\x02\x01\x00\x00\x00", None, "binary data");
        refused(
            b"{\"a\":1}\n{\"b\":2}",
            None,
            "JSON Lines without messages of a known shape; its first record has the keys \"a\"",
        );
        refused(b"{\n\"a\": 1}", None, "JSON without messages of a known shape; it has the keys \"a\"");
        refused(b"{\n\"a\": ", None, "JSON that is cut off or broken");
        refused(b"{\"type\":\"turn_context\"}\n{\"b\":2}", None, "nearest to codex");
        refused(b"dear diary", None, "plain text");
        refused(b"{\"type\":\"mode\"}", Some("claude-code"), "no message of a session");
    }
}
