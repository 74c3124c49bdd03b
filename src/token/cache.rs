//! What pieces that are not tokens were counted as, remembered: text repeats its words.
//!
//! A fixed number of entries for each thread, each found by the piece's hash and holding the whole piece, so that an
//! answer is exact; a newer piece takes the place of an older one.

use std::cell::RefCell;

use super::hash;
use super::merge::Merged;
use super::vocabulary::{Vocabulary, word};

const ENTRIES: usize = 4096;
/// Longer pieces are not remembered.
const LONGEST: usize = 16;

#[derive(Clone, Copy, Default)]
struct Entry {
    low: u64,
    high: u64,
    /// Length and vocabulary; 0 in an empty entry.
    kind: u32,
    count: u32,
}

/// What a thread keeps between pieces.
#[derive(Default)]
struct Memory {
    entries: Vec<Entry>,
    merged: Merged,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// The number of tokens of the piece `text[start..end]`, which is not itself one.
pub(super) fn count(vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> usize {
    MEMORY.with_borrow_mut(|memory| memory.count(vocabulary, text, start, end))
}

impl Memory {
    fn count(&mut self, vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> usize {
        let length = end - start;
        if length > LONGEST {
            return self.merged.count(vocabulary, &text[start..end]);
        }
        if self.entries.is_empty() {
            self.entries.resize(ENTRIES, Entry::default());
        }
        let low = word(text, start, length.min(8));
        let high = word(text, start + length.min(8), length.saturating_sub(8));
        let kind = vocabulary.id << 8 | u32::try_from(length).expect("at most 16");
        let entry = &mut self.entries[hash::bucket(hash::medium(low, high, length), ENTRIES)];
        if (entry.low, entry.high, entry.kind) != (low, high, kind) {
            let tokens = self.merged.count(vocabulary, &text[start..end]);
            let count = u32::try_from(tokens).expect("no more tokens than bytes");
            *entry = Entry { low, high, kind, count };
        }
        entry.count as usize
    }
}
