//! What pieces were counted as, remembered: text repeats its words, and those it repeats lie close together here,
//! while in the vocabulary's tables each is a line of memory of its own.
//!
//! A bounded number of entries for each thread, each found by the piece's hash and holding the whole piece, so that an
//! answer is exact; a newer piece takes the place of an older one.

use std::cell::RefCell;

use super::hash;
use super::merge::Merged;
use super::vocabulary::{Vocabulary, word};

/// The most entries for pieces of up to 8 bytes: 256 KiB.
const SHORT: usize = 16384;
/// The same for pieces of 9 to 16 bytes: 96 KiB. Longer ones are not remembered.
const MEDIUM: usize = 4096;
/// A table grows to so many times its entries; it begins two steps below the most.
const GROWTH: usize = 4;

/// Entries by the hash of their piece: the piece, of up to 8 or 16 bytes and padded with zeros, and then its mark, which is
/// length, vocabulary and number of tokens, or 0 in an empty entry. All numbers, so that a table of empty ones is memory
/// that nobody touched yet.
struct Table<const WORDS: usize> {
    entries: Vec<[u64; WORDS]>,
    most: usize,
    /// How many entries were written since it has this size.
    written: usize,
}

/// What a thread keeps between pieces.
pub(super) struct Memory {
    short: Table<2>,
    medium: Table<3>,
    merged: Merged,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::new(Memory::new());
}

/// Lends the thread's memory. The work must not ask for it again.
pub(super) fn with_memory<T>(work: impl FnOnce(&mut Memory) -> T) -> T {
    MEMORY.with_borrow_mut(work)
}

impl Memory {
    fn new() -> Memory {
        Memory { short: Table::new(SHORT), medium: Table::new(MEDIUM), merged: Merged::default() }
    }

    /// The number of tokens of the piece `text[start..end]`.
    #[inline]
    pub(super) fn count(&mut self, vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> usize {
        let length = end - start;
        if length > 8 {
            return self.count_longer(vocabulary, text, start, end);
        }
        let key = word(text, start, length);
        let (hash, kind) = (hash::short(key, length), kind(vocabulary, length));
        let [known, mark] = *self.short.entry(hash);
        if known == key && mark >> 32 == kind {
            return tokens(mark);
        }
        let mark = kind << 32 | count_anew(&mut self.merged, vocabulary, text, start, end);
        self.short.put(hash, [key, mark]);
        tokens(mark)
    }

    fn count_longer(&mut self, vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> usize {
        let length = end - start;
        if length > 16 {
            let known = vocabulary.contains(text, start, end);
            return if known { 1 } else { self.merged.count(vocabulary, &text[start..end]) };
        }
        let (head, tail) = (word(text, start, 8), word(text, start + 8, length - 8));
        let (hash, kind) = (hash::medium(head, tail, length), kind(vocabulary, length));
        let [known, more, mark] = *self.medium.entry(hash);
        if known == head && more == tail && mark >> 32 == kind {
            return tokens(mark);
        }
        let mark = kind << 32 | count_anew(&mut self.merged, vocabulary, text, start, end);
        self.medium.put(hash, [head, tail, mark]);
        tokens(mark)
    }
}

impl<const WORDS: usize> Table<WORDS> {
    fn new(most: usize) -> Self {
        Table { entries: vec![[0; WORDS]; most / GROWTH / GROWTH], most, written: 0 }
    }

    /// The entry where pieces of this hash are.
    #[inline]
    fn entry(&mut self, hash: u64) -> &mut [u64; WORDS] {
        let at = hash::bucket(hash, self.entries.len());
        &mut self.entries[at]
    }

    /// Puts an entry in place of the one that is there. A table that was written over once is too small for its text: it
    /// grows, and begins anew.
    fn put(&mut self, hash: u64, entry: [u64; WORDS]) {
        self.written += 1;
        if self.written > self.entries.len() && self.entries.len() < self.most {
            *self =
                Table { entries: vec![[0; WORDS]; self.entries.len() * GROWTH], most: self.most, written: 0 };
        }
        *self.entry(hash) = entry;
    }
}

/// Length and vocabulary of a piece, never 0.
#[inline]
fn kind(vocabulary: &Vocabulary, length: usize) -> u64 {
    u64::from(vocabulary.id) << 8 | length as u64
}

/// The number of tokens in a mark.
#[inline]
fn tokens(mark: u64) -> usize {
    usize::try_from(mark & u64::from(u32::MAX)).unwrap_or(usize::MAX)
}

#[inline(never)]
fn count_anew(merged: &mut Merged, vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> u64 {
    if vocabulary.contains(text, start, end) {
        return 1;
    }
    merged.count(vocabulary, &text[start..end]) as u64
}
