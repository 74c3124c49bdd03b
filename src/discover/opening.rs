//! What a session says of itself at its beginning and its end, read without the middle.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::event::{EventKind, Transcript};
use crate::format::Format;
use crate::redact;
use crate::source::Session;
use crate::text;

/// How much of the beginning is read: more, where less does not say it.
const BEGINNINGS: &[u64] = &[64 << 10, 1 << 20, 16 << 20];

/// How many lines of the beginning are tried first: they nearly always say it, and more take longer to read.
const LINES: usize = 16;

/// How much of the end is read.
const END: u64 = 16 << 10;

/// Longest line that is kept of a title or a message.
const LINE: usize = 160;

/// Who and what a session was, as far as a look at it tells. Secrets are redacted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// The agent's id of the session.
    pub session: Option<String>,
    /// The folder in which it began.
    pub cwd: Option<String>,
    /// The address of the repository, where the agent notes it.
    pub repository: Option<String>,
    /// The title that the host or the user gave it.
    pub title: Option<String>,
    /// The beginning of the user's first message, on one line.
    pub first: Option<String>,
    /// Whether anything was said or done: a session may begin with a command to the host.
    pub has_begun: bool,
}

impl Opening {
    /// Looks at the beginning of a file of that format; none if it cannot be read.
    pub(super) fn of(format: &Format, path: &Path, size: u64) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let head = beginning(&mut file, BEGINNINGS[0], size)?;
        let mut opening = Self::read(format, first_lines(&head));
        for &length in BEGINNINGS {
            if opening.cwd.is_some() && opening.first.is_some() {
                break;
            }
            opening = Self::read(format, &beginning(&mut file, length, size)?);
            if length >= size {
                break;
            }
        }
        Some(opening)
    }

    /// What a database says of a session without a look at what was said.
    pub(super) fn of_session(session: &Session) -> Self {
        Self {
            session: Some(session.id.clone()),
            cwd: session.folder.clone(),
            title: line(&session.title),
            has_begun: true,
            ..Self::default()
        }
    }

    /// Looks at the end for a newer title: hosts note it again and again.
    pub(super) fn look_at_the_end(&mut self, format: &Format, path: &Path, size: u64) {
        let bytes = File::open(path).ok().and_then(|mut file| end(&mut file, size));
        self.note_title(&(format.read)(&bytes.unwrap_or_default()));
    }

    /// Looks at all that was said.
    pub(super) fn look_at_all(&mut self, format: &Format, bytes: &[u8]) {
        self.note(&(format.read)(bytes));
    }

    fn read(format: &Format, bytes: &[u8]) -> Self {
        let mut opening = Self::default();
        opening.note(&(format.read)(bytes));
        opening
    }

    /// What stands in the events; the first word on a matter counts, but the last title.
    fn note(&mut self, transcript: &Transcript) {
        for event in &transcript.events {
            self.has_begun |= matches!(
                event.kind,
                EventKind::User { .. } | EventKind::Assistant { .. } | EventKind::Call(_)
            );
            match &event.kind {
                EventKind::Context(context) => {
                    keep(&mut self.session, context.session.as_deref());
                    keep(&mut self.cwd, context.cwd.as_deref());
                    keep(&mut self.repository, context.repository.as_deref());
                }
                EventKind::User { text } => keep(&mut self.first, Some(text)),
                _ => {}
            }
        }
        self.note_title(transcript);
    }

    fn note_title(&mut self, transcript: &Transcript) {
        let mut titles = transcript.events.iter().rev().filter_map(|event| match &event.kind {
            EventKind::Context(context) => context.title.as_deref(),
            _ => None,
        });
        self.title = titles.next().and_then(line).or_else(|| self.title.take());
    }
}

/// Keeps the first that says anything.
fn keep(known: &mut Option<String>, new: Option<&str>) {
    if known.is_none() {
        *known = new.and_then(line);
    }
}

/// A text on one short line, without secrets; none if there is nothing in it.
fn line(text: &str) -> Option<String> {
    // A secret that is cut in two would not be known as one: what is redacted is longer than what is kept.
    let near = &text[..text.floor_char_boundary(64 * LINE)];
    let flat = redact::text(near).split_whitespace().collect::<Vec<_>>().join(" ");
    (!flat.is_empty()).then(|| text::clip(&flat, LINE))
}

/// The first bytes, to the end of the last whole line if there are more.
fn beginning(file: &mut File, length: u64, size: u64) -> Option<Vec<u8>> {
    let mut bytes = part(file, 0, length)?;
    let last = memchr::memrchr(b'\n', &bytes).filter(|_| length < size);
    bytes.truncate(last.map_or(bytes.len(), |at| at + 1));
    Some(bytes)
}

fn first_lines(bytes: &[u8]) -> &[u8] {
    let end = memchr::memchr_iter(b'\n', bytes).nth(LINES - 1);
    end.map_or(bytes, |at| &bytes[..=at])
}

/// The last bytes, from the first whole line.
fn end(file: &mut File, size: u64) -> Option<Vec<u8>> {
    let bytes = part(file, size.saturating_sub(END), END)?;
    let first = memchr::memchr(b'\n', &bytes).map_or(bytes.len(), |at| at + 1);
    Some(bytes[first..].to_vec())
}

fn part(file: &mut File, from: u64, length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from)).ok()?;
    file.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
