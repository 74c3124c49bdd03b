//! What becomes of each kind of record: the account that a format gives of itself.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::document;

/// The kinds of records that a format knows.
pub struct Kinds {
    /// How many records of each kind an input has; what cannot be read is of the kind [`UNREADABLE`].
    pub of: fn(&[u8]) -> BTreeMap<String, usize>,
    /// The kinds whose records become events, or a part of one.
    pub mapped: &'static [&'static str],
    /// The kinds that are left out, each with the reason.
    pub ignored: &'static [(&'static str, &'static str)],
}

/// What a record is called that cannot be read.
pub const UNREADABLE: &str = "(unreadable)";

/// Names the kinds of a record: one, or one for each of its parts.
pub(super) type Naming = fn(&Value, &mut dyn FnMut(&str));

/// The kinds in a file of one record a line.
pub(super) fn of_lines(bytes: &[u8], naming: Naming) -> BTreeMap<String, usize> {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let records = lines.filter(|line| !line.is_empty());
    tally(records.map(|line| serde_json::from_slice(line).ok()), naming)
}

/// The kinds in a document with a list of records in one of these members; if it is none, in a file of lines.
pub(super) fn of_document(bytes: &[u8], holders: &[&str], naming: Naming) -> BTreeMap<String, usize> {
    match document::records(bytes, holders) {
        Some(records) => tally(records.iter().map(|record| serde_json::from_str(record).ok()), naming),
        None => of_lines(bytes, naming),
    }
}

/// The kinds of these records.
pub(super) fn tally(records: impl Iterator<Item = Option<Value>>, naming: Naming) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut add = |kind: &str| *counts.entry(kind.to_owned()).or_default() += 1;
    for record in records {
        match record {
            Some(record) => naming(&record, &mut add),
            None => add(UNREADABLE),
        }
    }
    counts
}
