//! The vocabularies, as tables in the binary: nothing is loaded or built when the program starts.
//!
//! The build script (`tables.rs`) writes three perfect hash tables for each vocabulary, by length of token, so that
//! a look-up reads one displacement and one slot. A slot holds the token itself (8 or 16 bytes padded with zeros, or
//! for the few longer ones a place in a text) and a value: rank in bits 0-17, length in bits 18-24, and in bits 25-31
//! the length of the left half of the last merge that makes it, 0 if no merge does.

use super::hash;

/// What is known of a token: see the module for its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token(u32);

/// The length in bytes of the longest token of any vocabulary.
pub(super) const LONGEST: usize = 128;

impl Token {
    /// The place of the token in the order of merges, below 2^18.
    pub(super) fn rank(self) -> u32 {
        self.0 & 0x3_ffff
    }

    /// The length in bytes of a token of at most 16.
    #[inline]
    fn length(self) -> usize {
        (self.0 >> 18) as usize & 0x7f
    }

    /// The length in bytes of the left half of its last merge, 0 for one byte and for what no merge makes.
    pub(super) fn split(self) -> usize {
        (self.0 >> 25) as usize
    }
}

/// The tokens of an encoding.
#[derive(Debug)]
pub(super) struct Vocabulary {
    short: Table<12>,
    medium: Table<20>,
    long: Table<8>,
    texts: &'static [u8],
    /// Ranks from here on belong to the larger vocabulary the tables are shared with.
    end: u32,
}

/// A perfect hash table of slots of `WIDTH` bytes.
#[derive(Debug)]
struct Table<const WIDTH: usize> {
    displacements: &'static [[u8; 2]],
    slots: &'static [[u8; WIDTH]],
}

macro_rules! table_file {
    ($($part:literal),*) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $($part),*))
    };
}

macro_rules! table {
    ($vocabulary:literal, $lengths:literal) => {
        Table {
            displacements: table_file!($vocabulary, ".", $lengths, ".displacements").as_chunks().0,
            slots: table_file!($vocabulary, ".", $lengths, ".slots").as_chunks().0,
        }
    };
}

macro_rules! vocabulary {
    ($name:literal, $end:expr) => {
        Vocabulary {
            short: table!($name, "short"),
            medium: table!($name, "medium"),
            long: table!($name, "long"),
            texts: table_file!($name, ".texts"),
            end: $end,
        }
    };
}

/// `o200k_base`, and `o200k_harmony`, which differs in special tokens only.
pub(super) static O200K: Vocabulary = vocabulary!("o200k", u32::MAX);
/// `cl100k_base`.
pub(super) static CL100K: Vocabulary = vocabulary!("cl100k", u32::MAX);
/// `p50k_base`: `r50k_base` and 24 runs of spaces.
pub(super) static P50K: Vocabulary = vocabulary!("p50k", u32::MAX);
/// `r50k_base`.
pub(super) static R50K: Vocabulary = vocabulary!("p50k", 50_256);

impl Vocabulary {
    /// The token that `text[start..end]` is.
    #[inline]
    pub(super) fn token(&self, text: &[u8], start: usize, end: usize) -> Option<Token> {
        let length = end - start;
        let token = match length {
            0 => None,
            1..=8 => self.short(word(text, start, length), length),
            9..=16 => self.medium(word(text, start, 8), word(text, start + 8, length - 8), length),
            _ => self.long(&text[start..end]),
        };
        token.filter(|token| token.rank() < self.end)
    }

    /// The token of 1 to 8 bytes whose bytes are `key`, padded with zeros.
    #[inline]
    pub(super) fn short(&self, key: u64, length: usize) -> Option<Token> {
        let slot = self.short.slot(hash::short(key, length));
        let found = Token(value(slot, 8));
        (first_word(slot) == key && found.length() == length).then_some(found)
    }

    /// The token of 9 to 16 bytes whose bytes are `low`, and `high` padded with zeros.
    #[inline]
    pub(super) fn medium(&self, low: u64, high: u64, length: usize) -> Option<Token> {
        let slot = self.medium.slot(hash::medium(low, high, length));
        let found = Token(value(slot, 16));
        let same = first_word(slot) == low && first_word(&slot[8..]) == high;
        (same && found.length() == length).then_some(found)
    }

    fn long(&self, key: &[u8]) -> Option<Token> {
        if key.len() > LONGEST {
            return None;
        }
        let slot = self.long.slot(hash::long(key));
        let place = value(slot, 4) as usize;
        let text = self.texts.get(place >> 8..(place >> 8) + (place & 0xff))?;
        (text == key).then_some(Token(value(slot, 0)))
    }
}

impl<const WIDTH: usize> Table<WIDTH> {
    #[inline]
    fn slot(&self, hash: u64) -> &'static [u8; WIDTH] {
        let bucket = hash::bucket(hash, self.displacements.len());
        let displacement = u16::from_le_bytes(self.displacements[bucket]);
        &self.slots[hash::slot(hash, displacement, self.slots.len())]
    }
}

/// `length` bytes (at most 8) of the text, little-endian and padded with zeros.
#[inline]
pub(super) fn word(text: &[u8], start: usize, length: usize) -> u64 {
    match text.get(start..).and_then(<[u8]>::first_chunk::<8>) {
        Some(bytes) if length > 0 => u64::from_le_bytes(*bytes) & (u64::MAX >> (64 - 8 * length)),
        _ => text[start..start + length].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

#[inline]
fn first_word(slot: &[u8]) -> u64 {
    u64::from_le_bytes(*slot.first_chunk().expect("a slot holds at least one word"))
}

#[inline]
fn value(slot: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(*slot[at..].first_chunk().expect("a slot ends with its value"))
}
