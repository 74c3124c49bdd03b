//! A first look: which of some entries another one may be. Thousands of facts are held against some dozen entries, and most
//! are told to be none of them by how they begin and by their words, without making what is compared exactly.

use rustc_hash::FxHashMap;

use super::identity::{Beginning, IN_COMMON, Mark, beginning, beginning_of, lookups};
use crate::delta::Section;

/// Entries, by what those that are the same or alike have in common.
pub(super) struct Near {
    entries: usize,
    by_beginning: FxHashMap<Beginning, Vec<usize>>,
    by_word: FxHashMap<String, Vec<usize>>,
}

impl Near {
    pub fn of<'a>(marks: impl Iterator<Item = &'a Mark>) -> Self {
        let mut near = Near { entries: 0, by_beginning: FxHashMap::default(), by_word: FxHashMap::default() };
        for (at, mark) in marks.enumerate() {
            near.entries += 1;
            near.by_beginning.entry(beginning_of(&mark.key)).or_default().push(at);
            mark.words.iter().for_each(|word| near.by_word.entry(word.clone()).or_default().push(at));
        }
        near
    }

    /// The entries whose key may be that of this subject, or begin with it.
    pub fn by_key(&self, section: Section, subject: &str) -> &[usize] {
        self.by_beginning.get(&beginning(section, subject)).map_or(&[], Vec::as_slice)
    }

    /// The entries with so many words of these that they may be alike.
    pub fn by_words(&self, section: Section, subject: &str, rationale: &str) -> Vec<usize> {
        let mut counts = vec![0; self.entries];
        for at in lookups(section, subject, rationale).filter_map(|word| self.by_word.get(&*word)).flatten() {
            counts[*at] += 1;
        }
        (0..self.entries).filter(|at| counts[*at] >= IN_COMMON).collect()
    }

    /// Whether it may be one of the entries.
    pub fn has(&self, section: Section, subject: &str, rationale: &str) -> bool {
        !self.by_key(section, subject).is_empty() || !self.by_words(section, subject, rationale).is_empty()
    }
}
