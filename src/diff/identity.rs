//! Which entry of one handoff is which of another. An entry is known by its content: a file by its path, a check by its
//! command, everything else by its words; so sessions can be compared that never met.

use std::borrow::Cow;
use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::parts::{Entry, words as field};
use crate::delta::Section;
use crate::state::Task;
use crate::text;

/// Entries of fewer words than this are alike only if they have the same words.
const FEW: usize = 4;
/// How many hundredths of the words of the shorter entry have to stand in the longer one.
const SHARED: usize = 75;
/// By how much one of two entries that are alike may be the longer one.
const LONGER: usize = 5;
/// A beginning has to be as long as this, in bytes, to tell what it is the beginning of.
const BEGINNING: usize = 30;

/// By what an entry is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub section: Section,
    /// What is the same for the same entry.
    pub key: String,
    /// Its words, sorted, each once; none where only the key counts.
    pub words: Vec<String>,
}

impl Mark {
    pub fn of(section: Section, entry: &Entry) -> Self {
        Mark::about(section, subject(section, entry), field(entry, "rationale"))
    }

    /// The mark of an entry by its subject and its rationale, which only decisions have.
    pub fn about(section: Section, subject: &str, rationale: &str) -> Self {
        Mark { section, key: key(section, subject), words: words(section, subject, rationale) }
    }

    /// Whether both are of one entry, or nearly.
    pub fn is(&self, other: &Mark) -> bool {
        self.section == other.section && self.key == other.key || self.likeness(other).is_some()
    }

    /// How many hundredths of the shorter one's words the longer one has, if they are alike.
    pub fn likeness(&self, other: &Mark) -> Option<usize> {
        if (self.section, other.section) == (Section::Constraints, Section::Constraints) {
            return self.is_cut_from(other).then_some(100);
        }
        if self.key == Task::STATUS || other.key == Task::STATUS {
            return None;
        }
        share(self.words.len(), other.words.len(), || self.shared(other))
    }

    /// Whether one is the beginning of the other. A rule of the user's in other words is another rule.
    fn is_cut_from(&self, other: &Mark) -> bool {
        let (short, long) =
            if self.key.len() < other.key.len() { (&self.key, &other.key) } else { (&other.key, &self.key) };
        short.len() >= BEGINNING && long.starts_with(short.as_str())
    }

    /// How many words both have.
    pub fn shared(&self, other: &Mark) -> usize {
        self.words.iter().filter(|word| other.words.binary_search(word).is_ok()).count()
    }
}

/// How many hundredths of the words of the shorter entry stand in the other one, if so many do that they are alike.
pub(super) fn share(one: usize, other: usize, shared: impl FnOnce() -> usize) -> Option<usize> {
    let (few, many) = (one.min(other), one.max(other));
    if few < FEW || many > LONGER * few {
        return None;
    }
    let share = 100 * shared() / few;
    (share >= SHARED).then_some(share)
}

/// What is the same for the same entry.
pub(super) fn key(section: Section, subject: &str) -> String {
    match section {
        Section::Files => path(subject),
        Section::Verification => subject.split_whitespace().collect::<Vec<_>>().join(" "),
        Section::Progress if subject.starts_with(Task::STATUS) => Task::STATUS.to_owned(),
        Section::Errors => plain(subject).chars().map(without_digit).collect(),
        _ => plain(subject),
    }
}

/// What equal keys have in common: their first bytes, or a hash where many begin alike. A key that is the beginning of
/// another has [`BEGINNING`] bytes, and so the same sign.
pub(super) type Sign = [u8; 24];

/// The sign of a key.
pub(super) fn sign(section: Section, key: &str) -> Sign {
    match section {
        Section::Files | Section::Verification => hashed(key),
        _ => first(key.chars()),
    }
}

/// The sign of the key that an entry has, mostly without making all of it.
pub(super) fn sign_of(section: Section, subject: &str) -> Sign {
    let letters = match section {
        Section::Files | Section::Verification => String::new(),
        Section::Progress if subject.starts_with(Task::STATUS) => String::new(),
        Section::Errors => spelled(subject, size_of::<Sign>()).chars().map(without_digit).collect(),
        _ => spelled(subject, size_of::<Sign>()),
    };
    if letters.is_empty() { sign(section, &key(section, subject)) } else { first(letters.chars()) }
}

fn hashed(key: &str) -> Sign {
    let mut sign = Sign::default();
    sign[..8].copy_from_slice(&FxBuildHasher.hash_one(key).to_le_bytes());
    sign
}

/// The first letters, as many as there is room for.
fn first(letters: impl Iterator<Item = char>) -> Sign {
    let mut sign = Sign::default();
    let mut length = 0;
    for letter in letters {
        let Some(room) = sign.get_mut(length..length + letter.len_utf8()) else { break };
        length += letter.encode_utf8(room).len();
    }
    sign
}

/// The words of an entry, sorted, each once.
fn words(section: Section, subject: &str, rationale: &str) -> Vec<String> {
    let mut words: Vec<String> = lookups(section, subject, rationale).map(Cow::into_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The words of an entry as they come.
pub(super) fn lookups<'a>(
    section: Section,
    subject: &'a str,
    rationale: &'a str,
) -> impl Iterator<Item = Cow<'a, str>> {
    let (subject, rationale) = match section {
        Section::Files | Section::Verification => ("", ""),
        Section::Decisions => (subject, rationale),
        _ => (without_lead(subject), ""),
    };
    text::words(subject).chain(text::words(rationale))
}

/// What an entry is about, in its own words.
pub(super) fn subject(section: Section, entry: &Entry) -> &str {
    let name = match section {
        Section::Files => "path",
        Section::Decisions => "decision",
        Section::NextSteps => "action",
        Section::Errors => "signature",
        Section::Verification => "command",
        Section::Questions => "question",
        Section::Constraints | Section::Findings | Section::Notes | Section::Progress => "text",
    };
    field(entry, name)
}

/// A path, however it was written.
fn path(text: &str) -> String {
    let text = text.trim().replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "." | "" if !parts.is_empty() || part == "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The words of a text without what the way of writing adds.
fn plain(text: &str) -> String {
    let plain = spelled(text, usize::MAX);
    if plain.is_empty() { without_lead(text).to_lowercase() } else { plain }
}

/// The words of a text in small letters, a space between two of them, until there are so many bytes.
fn spelled(text: &str, most: usize) -> String {
    let text = without_lead(text);
    let mut spelled = String::with_capacity(text.len().min(most));
    let mut between = false;
    for letter in text.chars() {
        if spelled.len() >= most {
            break;
        }
        if !letter.is_alphanumeric() {
            between = !spelled.is_empty();
            continue;
        }
        if std::mem::take(&mut between) {
            spelled.push(' ');
        }
        if letter.is_ascii() {
            spelled.push(letter.to_ascii_lowercase());
        } else {
            spelled.extend(letter.to_lowercase());
        }
    }
    spelled
}

/// Numbers in messages tell places and amounts, which differ from one time to the next.
fn without_digit(letter: char) -> char {
    if letter.is_ascii_digit() { '0' } else { letter }
}

/// A step without the words of ours that say how far it is.
fn without_lead(text: &str) -> &str {
    ["In progress: ", "In the middle of: "].iter().find_map(|lead| text.strip_prefix(lead)).unwrap_or(text)
}
