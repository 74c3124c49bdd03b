//! What pieces were counted as, remembered: text repeats its words, and those it repeats lie close together here,
//! while in the vocabulary's tables each is a line of memory of its own.
//!
//! A fixed number of entries for each thread, each found by the piece's hash and holding the whole piece, so that an
//! answer is exact; a newer piece takes the place of an older one.

use std::cell::RefCell;

use super::hash;
use super::merge::Merged;
use super::vocabulary::{Vocabulary, word};

/// Entries for pieces of up to 8 bytes: 256 KiB.
const SHORT: usize = 16384;
/// Entries for pieces of 9 to 16 bytes: 96 KiB. Longer ones are not remembered.
const MEDIUM: usize = 4096;

/// A piece of up to 8 or 16 bytes, padded with zeros, and then its mark: length, vocabulary and number of tokens, or 0
/// in an empty entry. All numbers, so that a table of empty ones is memory that nobody touched yet.
type Short = [u64; 2];
type Medium = [u64; 3];

/// What a thread keeps between pieces.
pub(super) struct Memory {
    short: Vec<Short>,
    medium: Vec<Medium>,
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
        Memory { short: vec![[0; 2]; SHORT], medium: vec![[0; 3]; MEDIUM], merged: Merged::default() }
    }

    /// The number of tokens of the piece `text[start..end]`.
    #[inline]
    pub(super) fn count(&mut self, vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> usize {
        let length = end - start;
        if length > 8 {
            return self.count_longer(vocabulary, text, start, end);
        }
        let key = word(text, start, length);
        let kind = kind(vocabulary, length);
        let entry = &mut self.short[hash::bucket(hash::short(key, length), SHORT)];
        if entry[0] != key || entry[1] >> 32 != kind {
            *entry = [key, kind << 32 | count_anew(&mut self.merged, vocabulary, text, start, end)];
        }
        tokens(entry[1])
    }

    fn count_longer(&mut self, vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> usize {
        let length = end - start;
        if length > 16 {
            let known = vocabulary.contains(text, start, end);
            return if known { 1 } else { self.merged.count(vocabulary, &text[start..end]) };
        }
        let (head, tail) = (word(text, start, 8), word(text, start + 8, length - 8));
        let kind = kind(vocabulary, length);
        let entry = &mut self.medium[hash::bucket(hash::medium(head, tail, length), MEDIUM)];
        if entry[0] != head || entry[1] != tail || entry[2] >> 32 != kind {
            let tokens = count_anew(&mut self.merged, vocabulary, text, start, end);
            *entry = [head, tail, kind << 32 | tokens];
        }
        tokens(entry[2])
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
