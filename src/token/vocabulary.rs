//! The vocabularies, as tables in the binary: nothing is loaded or built when the program starts.
//!
//! The build script (`tables.rs`) writes perfect hash tables, so that a look-up reads one displacement and one slot:
//!
//! - tokens of up to 8, of 9 to 16, and of more bytes: the token (padded with zeros, or for the few long ones its place
//!   in a text), then its rank in bits 0-17 and its length in bits 18-24;
//! - merges: rank of the left half in bits 36-53, of the right half in bits 18-35, and of the whole in bits 0-17.
//!   Each token has one merge or none, the one that its own bytes end in. No other pair that makes the token can come
//!   up in a longer text: as long as nothing merges across the token's ends, what happens between them is what
//!   happens to its bytes alone.

use super::hash;

/// The tokens of an encoding.
#[derive(Debug)]
pub(super) struct Vocabulary {
    short: Table<12>,
    medium: Table<20>,
    long: Table<8>,
    texts: &'static [u8],
    merges: Table<8>,
    /// One bit set for every merge, by hash: most pairs that do not merge are known without reading the table.
    filter: &'static [u8],
    bytes: &'static [[u8; 4]],
    /// Ranks from here on belong to the larger vocabulary the tables are shared with.
    end: u32,
    /// Tells the vocabularies apart; not 0.
    pub(super) id: u32,
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
    ($name:literal, $end:expr, $id:literal) => {
        Vocabulary {
            short: table!($name, "short"),
            medium: table!($name, "medium"),
            long: table!($name, "long"),
            texts: table_file!($name, ".texts"),
            merges: table!($name, "merges"),
            filter: table_file!($name, ".filter"),
            bytes: table_file!($name, ".bytes").as_chunks().0,
            end: $end,
            id: $id,
        }
    };
}

/// `o200k_base`, and `o200k_harmony`, which differs in special tokens only.
pub(super) static O200K: Vocabulary = vocabulary!("o200k", u32::MAX, 1);
/// `cl100k_base`.
pub(super) static CL100K: Vocabulary = vocabulary!("cl100k", u32::MAX, 2);
/// `p50k_base`: `r50k_base` and 24 runs of spaces.
pub(super) static P50K: Vocabulary = vocabulary!("p50k", u32::MAX, 3);
/// `r50k_base`.
pub(super) static R50K: Vocabulary = vocabulary!("p50k", 50_256, 4);

/// The length in bytes of the longest token of any vocabulary.
const LONGEST: usize = 128;
/// The bits of a rank.
const RANK: u32 = 0x3_ffff;

impl Vocabulary {
    /// Whether `text[start..end]` is a token.
    #[inline]
    pub(super) fn contains(&self, text: &[u8], start: usize, end: usize) -> bool {
        let length = end - start;
        match length {
            0 => false,
            1..=8 => self.contains_short(word(text, start, length), length),
            9..=16 => self.contains_medium(word(text, start, 8), word(text, start + 8, length - 8), length),
            _ => self.contains_long(&text[start..end]),
        }
    }

    #[inline]
    fn contains_short(&self, key: u64, length: usize) -> bool {
        let slot = self.short.slot(hash::short(key, length));
        first_word(slot) == key && self.accepts(value(slot, 8), length)
    }

    #[inline]
    fn contains_medium(&self, low: u64, high: u64, length: usize) -> bool {
        let slot = self.medium.slot(hash::medium(low, high, length));
        first_word(slot) == low && first_word(&slot[8..]) == high && self.accepts(value(slot, 16), length)
    }

    fn contains_long(&self, key: &[u8]) -> bool {
        if key.len() > LONGEST {
            return false;
        }
        let slot = self.long.slot(hash::long(key));
        let place = value(slot, 4) as usize;
        let text = self.texts.get(place >> 8..(place >> 8) + (place & 0xff));
        text == Some(key) && self.accepts(value(slot, 0), key.len())
    }

    #[inline]
    fn accepts(&self, value: u32, length: usize) -> bool {
        (value >> 18) as usize == length && value & RANK < self.end
    }

    /// The rank of a single byte.
    #[inline]
    pub(super) fn byte(&self, byte: u8) -> u32 {
        u32::from_le_bytes(self.bytes[usize::from(byte)])
    }

    /// The rank of what two tokens merge into.
    #[inline]
    pub(super) fn merge(&self, left: u32, right: u32) -> Option<u32> {
        let pair = u64::from(left) << 18 | u64::from(right);
        let hash = hash::pair(pair);
        let (byte, bit) = hash::filter(hash, self.filter.len());
        if self.filter[byte] & bit == 0 {
            return None;
        }
        let slot = u64::from_le_bytes(*self.merges.slot(hash));
        let rank = u32::try_from(slot & u64::from(RANK)).expect("18 bits");
        (slot >> 18 == pair && rank < self.end).then_some(rank)
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
