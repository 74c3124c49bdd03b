//! The loop over one JSON document with a list of records in it: written once for every format that is one.
//!
//! What stands beside the list comes first, as a record of its own: an object without the list. A file that breaks
//! off costs the record in which it does.

use rayon::prelude::*;

use super::lines::{self, Records};
use super::scan::{self, LineCounter, Slice};
use super::sink::Sink;
use crate::event::Transcript;

/// Reads a document whose records are in the first of these members that it has; the document may itself be the list.
/// An input of records one a line is read as such.
pub(super) fn read<R: Records>(format: &'static str, bytes: &[u8], holders: &[&str]) -> Transcript {
    let text = String::from_utf8_lossy(bytes);
    let Some(document) = Document::of(&text, holders) else { return lines::read::<R>(format, bytes) };
    let mut sink = Sink::of(format);
    let mut state = R::default();
    let mut counter = LineCounter::new(&text);
    let records: Vec<(u32, &str)> = document
        .around
        .iter()
        .map(|around| (counter.line(document.start), around.as_str()))
        .chain(document.records.iter().map(|slice| (0, slice.text)))
        .collect();
    let parsed: Vec<_> = records.into_par_iter().map(|(line, text)| (line, R::parse(text))).collect();
    let mut places = document.records.iter();
    for (line, record) in parsed {
        sink.line = if line > 0 { line } else { places.next().map_or(1, |slice| counter.line(slice.offset)) };
        match record {
            Ok(record) => state.fold(record, &mut sink),
            Err(message) => sink.warn(message),
        }
    }
    state.end(&mut sink);
    if let Some(torn) = document.torn {
        sink.line = counter.line(torn);
        sink.warn("the file breaks off here; the record in which it does is lost");
    }
    sink.transcript
}

/// The records of a document, as text: what stands beside the list first.
pub(super) fn records(bytes: &[u8], holders: &[&str]) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(bytes);
    let document = Document::of(&text, holders)?;
    let inside = document.records.iter().map(|slice| slice.text.to_owned());
    Some(document.around.iter().cloned().chain(inside).collect())
}

/// A document taken apart.
struct Document<'a> {
    start: usize,
    /// The object around the list, without the list.
    around: Option<String>,
    records: Vec<Slice<'a>>,
    /// Where the file breaks off, if it does.
    torn: Option<usize>,
}

impl<'a> Document<'a> {
    fn of(text: &'a str, holders: &[&str]) -> Option<Self> {
        let start = scan::skip(text.as_bytes(), 0, b"");
        match text.as_bytes().get(start)? {
            b'[' => Some(Self::list(text, start, start, None)),
            b'{' => Self::object(text, start, holders),
            _ => None,
        }
    }

    fn object(text: &'a str, start: usize, holders: &[&str]) -> Option<Self> {
        let members = scan::members(text, start);
        let held = |key: &&str| members.iter().find(|member| member.key == *key);
        let list = holders.iter().filter_map(held).find(|member| text[member.start..].starts_with('['))?;
        let beside = members.iter().filter(|member| member.key != list.key);
        let whole = beside.filter_map(|member| Some((member.key, &text[member.start..member.end?])));
        let pairs: Vec<String> = whole.map(|(key, value)| format!("\"{key}\":{value}")).collect();
        Some(Self::list(text, start, list.start, Some(format!("{{{}}}", pairs.join(",")))))
    }

    fn list(text: &'a str, start: usize, list: usize, around: Option<String>) -> Self {
        let values = scan::elements(text, list);
        Self { start, around, records: values.complete, torn: values.torn }
    }
}
