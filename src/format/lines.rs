//! The loop over a file of records, one a line: written once for every format that has such files.
//!
//! Parsing is pure and runs on all threads; folding is in file order and sees one record at a time, so that a file
//! that grew can be read on from where it ended. The file goes through in windows: while one is folded, the next is
//! parsed, and no more than two windows of parsed records exist at a time.

use std::borrow::Cow;

use rayon::prelude::*;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::Reading;
pub(super) use super::sink::Sink;
use crate::event::{Transcript, Warning};

/// Bytes parsed in one go, at the least: enough to feed all threads, little beside the file.
const WINDOW: usize = 4 << 20;

/// Bytes one thread takes at a time.
const CHUNK: usize = 128 << 10;

/// A format of one JSON record a line.
pub(super) trait Records: Default + Send {
    /// A parsed record: only what is needed of it.
    type Record: Send;

    /// Parses one line (not blank, without its line end). An error costs this record.
    fn parse(line: &str) -> std::result::Result<Self::Record, String>;

    /// Adds what the record says to the events.
    fn fold(&mut self, record: Self::Record, out: &mut Sink);

    /// Adds what only the end of the file settles.
    fn end(&mut self, _out: &mut Sink) {}
}

/// A format whose files grow, and which can read on where it ended: what it knows there is kept in between. Nothing may
/// wait for the end of the file, nor be left to what a [`Sink`] remembers.
pub(super) trait Keep: Records + Serialize + DeserializeOwned {
    /// Whether all it knows is kept.
    fn is_settled(&self) -> bool {
        true
    }
}

/// Reads a whole file of records.
pub(super) fn read<R: Records>(format: &'static str, bytes: &[u8]) -> Transcript {
    let mut sink = Sink::behind(0, Transcript { format, ..Transcript::default() });
    let mut state = R::default();
    add(&mut state, &mut sink, bytes);
    state.end(&mut sink);
    sink.transcript
}

/// Reads lines that were added to a file. False if what was kept is not of this format's making.
pub(super) fn read_on<R: Keep>(reading: &mut Reading, bytes: &[u8]) -> bool {
    let state = reading.state.take().map_or_else(|| Ok(R::default()), |state| serde_json::from_str(&state));
    let Ok(mut state) = state else { return false };
    let transcript = std::mem::take(&mut reading.transcript);
    let mut sink = Sink::behind(reading.lines, transcript);
    add(&mut state, &mut sink, bytes);
    let state = serde_json::to_string(&state).ok().filter(|_| state.is_settled());
    *reading = Reading { lines: sink.line, transcript: sink.transcript, replaced: sink.replaced, state };
    true
}

fn add<R: Records>(state: &mut R, sink: &mut Sink, bytes: &[u8]) {
    let before = sink.line;
    let mut windows = windows(bytes);
    let mut parsed = windows.next().map(parse::<R>);
    while let Some(records) = parsed {
        let next = windows.next();
        let fold = || fold_all(state, records, sink);
        ((), parsed) = rayon::join(fold, || next.map(parse::<R>));
    }
    explain_torn_end(bytes, before, &mut sink.transcript.warnings);
}

/// Parses one line as JSON. Half of a surrogate pair in an escape (text cut between its halves) becomes U+FFFD.
pub(super) fn json<T: DeserializeOwned>(line: &str) -> Result<T, String> {
    serde_json::from_str(line).or_else(|error| match whole_escapes(line) {
        Some(repaired) => serde_json::from_str(&repaired).map_err(|error| plain(&error)),
        None => Err(plain(&error)),
    })
}

/// What is wrong, with the column; the line stands beside it in a warning, and serde's is always 1.
fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let reason = message.split(" at line ").next().unwrap_or(&message);
    format!("this line is not readable as JSON ({reason} at column {}); its record is lost", error.column())
}

/// The line with every lone half of a surrogate pair replaced, if there is one.
fn whole_escapes(line: &str) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &line.as_bytes()[at..]) {
        let here = at + found;
        match (unit(line, here), unit(line, here + 6)) {
            (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => at = here + 12,
            (Some(0xD800..0xE000), _) => {
                out.push_str(&line[done..here]);
                out.push_str("\\ufffd");
                at = here + 6;
                done = at;
            }
            _ => at = (here + 2).min(line.len()),
        }
    }
    out.push_str(&line[done..]);
    (done > 0).then_some(out)
}

/// The code unit of the `\uXXXX` that stands at this byte.
fn unit(line: &str, at: usize) -> Option<u16> {
    let escape = line.as_bytes().get(at..at + 6)?;
    let digits = escape.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Pieces of the input that end at a line end, each of at least [`WINDOW`] bytes but the last.
fn windows(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    split(bytes, WINDOW)
}

/// Pieces of at least `size` bytes that end at a line end.
fn split(bytes: &[u8], size: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let least = size.min(rest.len()) - 1;
        let end = memchr::memchr(b'\n', &rest[least..]).map_or(rest.len(), |found| least + found + 1);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

/// Some lines, parsed.
struct Chunk<R> {
    /// How many lines, blank ones included.
    lines: u32,
    /// The records, each with its line in this chunk, from 1.
    records: Vec<(u32, Result<R, String>)>,
}

fn parse<R: Records>(window: &[u8]) -> Vec<Chunk<R::Record>> {
    let chunks: Vec<&[u8]> = split(window, CHUNK).collect();
    chunks.into_par_iter().with_max_len(1).map(parse_chunk::<R>).collect()
}

fn parse_chunk<R: Records>(bytes: &[u8]) -> Chunk<R::Record> {
    let mut chunk = Chunk { lines: 0, records: Vec::new() };
    for line in split(bytes, 1) {
        chunk.lines += 1;
        let line = text(line);
        let line = line.trim();
        if !line.is_empty() {
            chunk.add::<R>(line);
        }
    }
    chunk
}

impl<T> Chunk<T> {
    /// Adds a line's record; where a line end was lost, it holds several.
    fn add<R: Records<Record = T>>(&mut self, line: &str) {
        let record = R::parse(line);
        let pieces = if record.is_err() { glued(line) } else { Vec::new() };
        if pieces.len() < 2 {
            self.records.push((self.lines, record));
        } else {
            self.records.extend(pieces.into_iter().map(|piece| (self.lines, R::parse(piece))));
        }
    }
}

/// The objects that stand one right after the other in a line; what follows the last whole one is a piece, too.
fn glued(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut values = serde_json::Deserializer::from_str(line).into_iter::<IgnoredAny>();
    while let Some(Ok(_)) = values.next() {
        pieces.push(line[start..values.byte_offset()].trim());
        start = values.byte_offset();
    }
    pieces.push(line[start..].trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The bytes as text. The caller has replaced what is not UTF-8; if not, it is replaced here.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    // The lossy conversion checks several times slower, even where it finds nothing to replace.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The lines of a text, as [`str::lines`] gives them, but found in much less time.
pub(super) fn of(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let whole = memchr::memchr_iter(b'\n', text.as_bytes()).map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line.strip_suffix('\r').unwrap_or(line)
    });
    let last = memchr::memrchr(b'\n', text.as_bytes()).map_or(text, |end| &text[end + 1..]);
    whole.chain(Some(last).filter(|last| !last.is_empty()))
}

fn fold_all<R: Records>(state: &mut R, chunks: Vec<Chunk<R::Record>>, sink: &mut Sink) {
    for chunk in chunks {
        let base = sink.line;
        for (line, record) in chunk.records {
            sink.line = base + line;
            match record {
                Ok(record) => state.fold(record, sink),
                Err(message) => sink.warn(message),
            }
        }
        sink.line = base + chunk.lines;
    }
}

/// A bad last line without a line end was not written to its end: that is said instead of where the parser stopped.
fn explain_torn_end(bytes: &[u8], before: u32, warnings: &mut [Warning]) {
    let Some(last) = warnings.last_mut() else { return };
    if bytes.last().is_none_or(|&byte| byte == b'\n') || !last.message.contains("not readable as JSON") {
        return;
    }
    let line = before as usize + memchr::memchr_iter(b'\n', bytes).count() + 1;
    if last.line as usize == line {
        "the file ends in the middle of this line; its record is lost".clone_into(&mut last.message);
    }
}

#[cfg(test)]
mod tests {
    proptest::proptest! {
        #[test]
        fn lines_are_those_of_the_standard_library(text in "[aé\r\n]{0,12}") {
            assert_eq!(super::of(&text).collect::<Vec<_>>(), text.lines().collect::<Vec<_>>());
        }
    }
}
