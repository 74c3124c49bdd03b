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

/// A piece of up to 8 or 16 bytes, padded with zeros, and its number of tokens.
#[derive(Clone, Copy)]
struct Entry<Key> {
    key: Key,
    /// Length and vocabulary; 0 in an empty entry.
    kind: u32,
    tokens: u32,
}

/// What a thread keeps between pieces.
pub(super) struct Memory {
    short: Vec<Entry<u64>>,
    medium: Vec<Entry<[u64; 2]>>,
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
        Memory {
            short: vec![Entry { key: 0, kind: 0, tokens: 0 }; SHORT],
            medium: vec![Entry { key: [0; 2], kind: 0, tokens: 0 }; MEDIUM],
            merged: Merged::default(),
        }
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
        if entry.key != key || entry.kind != kind {
            let tokens = count_anew(&mut self.merged, vocabulary, text, start, end);
            *entry = Entry { key, kind, tokens };
        }
        entry.tokens as usize
    }

    fn count_longer(&mut self, vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> usize {
        let length = end - start;
        if length > 16 {
            let known = vocabulary.contains(text, start, end);
            return if known { 1 } else { self.merged.count(vocabulary, &text[start..end]) };
        }
        let key = [word(text, start, 8), word(text, start + 8, length - 8)];
        let kind = kind(vocabulary, length);
        let entry = &mut self.medium[hash::bucket(hash::medium(key[0], key[1], length), MEDIUM)];
        if entry.key != key || entry.kind != kind {
            let tokens = count_anew(&mut self.merged, vocabulary, text, start, end);
            *entry = Entry { key, kind, tokens };
        }
        entry.tokens as usize
    }
}

#[inline]
fn kind(vocabulary: &Vocabulary, length: usize) -> u32 {
    vocabulary.id << 8 | u32::from(u8::try_from(length).expect("at most 16"))
}

#[inline(never)]
fn count_anew(merged: &mut Merged, vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> u32 {
    if vocabulary.contains(text, start, end) {
        return 1;
    }
    u32::try_from(merged.count(vocabulary, &text[start..end])).expect("no more tokens than bytes")
}
