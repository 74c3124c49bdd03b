//! A first look: which of some entries another one may be. Thousands of facts are held against some dozen entries, and most
//! are told to be none of them by the sign of their key and by their words, without making what is compared exactly.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::identity::{Mark, Sign, lookups, share, sign, sign_of};
use crate::delta::Section;

/// Entries, by what those that are the same or alike have in common.
#[derive(Default)]
pub(super) struct Near {
    by_sign: FxHashMap<Sign, Vec<usize>>,
    /// By the hash of each word: should two ever share one, more is compared than need be.
    by_word: FxHashMap<u64, Vec<usize>>,
    /// How many words each entry has.
    words: Vec<usize>,
}

impl Near {
    pub fn of<'a>(marks: impl Iterator<Item = &'a Mark>) -> Self {
        let mut near = Near::default();
        for (at, mark) in marks.enumerate() {
            near.by_sign.entry(sign(mark.section, &mark.key)).or_default().push(at);
            for word in &mark.words {
                near.by_word.entry(FxBuildHasher.hash_one(word.as_str())).or_default().push(at);
            }
            near.words.push(mark.words.len());
        }
        near
    }

    /// The entries whose key may be that of this subject, or begin with it.
    pub fn by_key(&self, section: Section, subject: &str) -> &[usize] {
        self.by_sign.get(&sign_of(section, subject)).map_or(&[], Vec::as_slice)
    }

    /// The entries with so many words of these that they may be alike.
    pub fn by_words(&self, section: Section, subject: &str, rationale: &str) -> Vec<usize> {
        let mut own: Vec<u64> =
            lookups(section, subject, rationale).map(|word| FxBuildHasher.hash_one(&*word)).collect();
        own.sort_unstable();
        own.dedup();
        let mut shared = vec![0; self.words.len()];
        for at in own.iter().filter_map(|word| self.by_word.get(word)).flatten() {
            shared[*at] += 1;
        }
        (0..shared.len()).filter(|at| share(own.len(), self.words[*at], || shared[*at]).is_some()).collect()
    }

    /// Whether it may be one of the entries.
    pub fn has(&self, section: Section, subject: &str, rationale: &str) -> bool {
        !self.by_key(section, subject).is_empty() || !self.by_words(section, subject, rationale).is_empty()
    }
}
