//! What pieces that are not tokens were counted as, remembered: text repeats its words.
//!
//! A fixed number of entries for each thread, each found by the piece's hash and holding the whole piece, so that an
//! answer is exact; a newer piece takes the place of an older one.

use std::cell::RefCell;

use super::hash;
use super::merge;
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

thread_local! {
    static ENTRY: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

/// The number of tokens of the piece `text[start..end]`, which is not itself one.
pub(super) fn count(vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> usize {
    let length = end - start;
    if length > LONGEST {
        return merge::count(vocabulary, &text[start..end]);
    }
    let low = word(text, start, length.min(8));
    let high = word(text, start + length.min(8), length.saturating_sub(8));
    let kind = vocabulary.id << 8 | u32::try_from(length).expect("at most 16");
    let place = hash::bucket(hash::medium(low, high, length), ENTRIES);
    ENTRY.with_borrow_mut(|entries| {
        if entries.is_empty() {
            entries.resize(ENTRIES, Entry::default());
        }
        let entry = &mut entries[place];
        if (entry.low, entry.high, entry.kind) != (low, high, kind) {
            let tokens = merge::count(vocabulary, &text[start..end]);
            let count = u32::try_from(tokens).expect("no more tokens than bytes");
            *entry = Entry { low, high, kind, count };
        }
        entry.count as usize
    })
}
