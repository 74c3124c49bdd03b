//! The classes of characters that the splitting rules speak of, each one bit, so that a set of classes is a mask.
//!
//! The build script writes them from `regex-syntax`, whose Unicode version is the one `tiktoken-rs` splits with.

/// Upper case and title case letters: `\p{Lu}` and `\p{Lt}`.
pub(super) const UPPER: u8 = 1;
/// Lower case letters: `\p{Ll}`.
pub(super) const LOWER: u8 = 2;
/// Letters without case: `\p{Lm}` and `\p{Lo}`.
pub(super) const CASELESS: u8 = 4;
/// Marks: `\p{M}`.
pub(super) const MARK: u8 = 8;
/// Numbers: `\p{N}`.
pub(super) const NUMBER: u8 = 16;
/// White space, `\s`, but for the two of [`NEWLINE`].
pub(super) const SPACE: u8 = 32;
/// Carriage return and line feed.
pub(super) const NEWLINE: u8 = 64;
/// Everything else.
pub(super) const SYMBOL: u8 = 128;

/// All letters: `\p{L}`.
pub(super) const LETTER: u8 = UPPER | LOWER | CASELESS;
/// All white space: `\s`.
pub(super) const WHITE: u8 = SPACE | NEWLINE;

static BLOCKS: &[u8; 0x2200] = include_bytes!(concat!(env!("OUT_DIR"), "/classes.blocks"));
static VALUES: &[[u8; 128]] = include_bytes!(concat!(env!("OUT_DIR"), "/classes.values")).as_chunks().0;

/// The class of the character that starts at a place in UTF-8 text, and its length; `(0, 0)` at the end.
#[inline]
pub(super) fn class_at(text: &[u8], at: usize) -> (u8, usize) {
    match text.get(at) {
        Some(&byte) if byte < 0x80 => (VALUES[0][usize::from(byte)], 1),
        Some(&byte) => decoded(text, at, byte),
        None => (0, 0),
    }
}

fn decoded(text: &[u8], at: usize, first: u8) -> (u8, usize) {
    let bits = |offset: usize| usize::from(text.get(at + offset).map_or(0, |byte| byte & 0x3f));
    let first = usize::from(first);
    match first {
        ..0xe0 => (class((first & 0x1f) << 6 | bits(1)), 2),
        0xe0..0xf0 => (class((first & 0x0f) << 12 | bits(1) << 6 | bits(2)), 3),
        _ => (class((first & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3)), 4),
    }
}

#[inline]
fn class(scalar: usize) -> u8 {
    BLOCKS.get(scalar >> 7).map_or(SYMBOL, |&block| VALUES[usize::from(block)][scalar & 0x7f])
}
