//! What becomes of each record of a transcript: read, left out for a reason, or not known.

use crate::error::Result;
use crate::format::{self, Format, UNREADABLE};
use crate::redact;

/// What becomes of the records of an input.
pub struct Coverage {
    /// The format it was read as.
    pub format: &'static Format,
    /// The kinds of records that it has, by name.
    pub kinds: Vec<Kind>,
}

/// Records of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// What the agent calls them.
    pub name: String,
    /// How many there are.
    pub records: usize,
    /// What becomes of them.
    pub fate: Fate,
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It becomes events, or a part of one.
    Mapped,
    /// It is left out, for this reason.
    Ignored(&'static str),
    /// Its kind is not known: what it says is lost.
    Unknown,
    /// It is broken: what it says is lost.
    Unreadable,
}

/// Says what becomes of each kind of record in an input, read as [`format::read`] would.
///
/// ```
/// use baton::coverage::{Fate, of};
///
/// let line = r#"{"type":"user","message":{"role":"user","content":"Fix it"}}"#;
/// assert_eq!(of(line.as_bytes(), None)?.kinds[0].fate, Fate::Mapped);
/// # Ok::<(), baton::error::Error>(())
/// ```
///
/// # Errors
/// As [`format::recognise`].
pub fn of(bytes: &[u8], format: Option<&str>) -> Result<Coverage> {
    let input = format::recognise(bytes, format)?;
    let counted = (input.format.kinds.of)(&input.bytes);
    let kinds = counted.into_iter().map(|(name, records)| Kind {
        fate: fate(input.format, &name),
        // What stands where the name of a kind should stand may be anything.
        name: redact::text(&name).into_owned(),
        records,
    });
    Ok(Coverage { format: input.format, kinds: kinds.collect() })
}

fn fate(format: &Format, name: &str) -> Fate {
    let reason = format.kinds.ignored.iter().find(|(ignored, _)| *ignored == name);
    match reason {
        _ if name == UNREADABLE => Fate::Unreadable,
        Some((_, reason)) => Fate::Ignored(reason),
        None if format.kinds.mapped.contains(&name) => Fate::Mapped,
        None => Fate::Unknown,
    }
}

impl Coverage {
    /// How many records there are of all kinds.
    pub fn records(&self) -> usize {
        self.kinds.iter().map(|kind| kind.records).sum()
    }

    /// How many records are of a kind that is not known.
    pub fn unknown(&self) -> usize {
        let unknown = self.kinds.iter().filter(|kind| kind.fate == Fate::Unknown);
        unknown.map(|kind| kind.records).sum()
    }
}
