//! The loop over one JSON document with a list of records in it: written once for every format that is one.
//!
//! What stands beside the list comes first, as a record of its own: an object without the list. A file that breaks
//! off costs the record in which it does.

use rayon::prelude::*;

use super::lines::{self, Records};
use super::scan::{self, LineCounter, Slice, Values};
use super::sink::Sink;
use crate::event::Transcript;

/// Reads a document whose records are in the first of these members that it has; the document may itself be the list.
/// An input of records one a line is read as such.
pub(super) fn read<R: Records>(format: &'static str, bytes: &[u8], holders: &[&str]) -> Transcript {
    let text = lines::text(bytes);
    match Document::of(&text, scan::skip(text.as_bytes(), 0, b""), holders) {
        Some(document) => fold::<R>(Sink::of(format), &text, &document),
        None => lines::read::<R>(format, bytes),
    }
}

/// Reads the document that begins there, after what the sink holds already.
pub(super) fn read_from<R: Records>(sink: Sink, text: &str, start: usize, holders: &[&str]) -> Transcript {
    match Document::of(text, start, holders) {
        Some(document) => fold::<R>(sink, text, &document),
        None => sink.transcript,
    }
}

fn fold<R: Records>(mut sink: Sink, text: &str, document: &Document) -> Transcript {
    let mut state = R::default();
    let mut counter = LineCounter::new(text);
    let around = document.around.iter().map(|around| (document.start, around.as_str()));
    let inside = document.records.iter().map(|slice| (slice.offset, slice.text));
    let records: Vec<(usize, &str)> = around.chain(inside).collect();
    let parsed: Vec<_> = records.into_par_iter().map(|(offset, text)| (offset, R::parse(text))).collect();
    for (offset, record) in parsed {
        sink.line = counter.line(offset);
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
    let text = lines::text(bytes);
    let document = Document::of(&text, scan::skip(text.as_bytes(), 0, b""), holders)?;
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
    fn of(text: &'a str, start: usize, holders: &[&str]) -> Option<Self> {
        match text.as_bytes().get(start)? {
            b'[' => Some(Self::list(start, scan::elements(text, start), None)),
            b'{' => Self::object(text, start, holders),
            _ => None,
        }
    }

    fn object(text: &'a str, start: usize, holders: &[&str]) -> Option<Self> {
        let mut members = scan::members_with(text, start, holders);
        let mut held = holders.iter().filter_map(|key| members.iter().position(|member| member.key == *key));
        let list = held.find(|index| members[*index].elements.is_some())?;
        let list = members.swap_remove(list);
        let beside = members.iter().filter(|member| member.key != list.key);
        let whole = beside.filter_map(|member| Some((member.key, &text[member.start..member.end?])));
        let pairs: Vec<String> = whole.map(|(key, value)| format!("\"{key}\":{value}")).collect();
        Some(Self::list(start, list.elements?, Some(format!("{{{}}}", pairs.join(",")))))
    }

    fn list(start: usize, values: Values<'a>, around: Option<String>) -> Self {
        Self { start, around, records: values.complete, torn: values.torn }
    }
}
