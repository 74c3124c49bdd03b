//! The rules by which text is split into pieces before its bytes are merged into tokens.
//!
//! Each function does what the regular expression quoted at it does, in one pass and without backtracking. The
//! expressions are those of `tiktoken` 0.14 as `tiktoken-rs` 0.12.1 has them.

use super::class::{CASELESS, LETTER, LOWER, MARK, NEWLINE, NUMBER, SPACE, SYMBOL, UPPER, WHITE, class_at};

/// What is neither white space nor letter nor number: `[^\s\p{L}\p{N}]`.
const OTHER: u8 = SYMBOL | MARK;

/// A way of splitting: where the piece that starts at a place of the text ends. The place is before the end.
pub(super) trait Split {
    /// The end of the piece.
    fn end(text: &[u8], start: usize) -> usize;
}

/// `o200k_base`:
/// ```text
/// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// ```
pub(super) struct O200k;

/// `cl100k_base`:
/// ```text
/// '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+
/// |\s++$|\s*[\r\n]|\s+(?!\S)|\s
/// ```
pub(super) struct Cl100k;

/// `p50k_base` and `r50k_base`:
/// ```text
/// '(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s
/// ```
pub(super) struct Gpt2;

impl Split for O200k {
    #[inline]
    fn end(text: &[u8], start: usize) -> usize {
        let first = class_at(text, start).0;
        let prefix = usize::from(text[start] < 0x80 && first & (SPACE | SYMBOL) != 0);
        ascii_cased_word(text, start + prefix).unwrap_or_else(|| O200k::any_end(text, start))
    }
}

impl O200k {
    fn any_end(text: &[u8], start: usize) -> usize {
        let (class, width) = class_at(text, start);
        let after = start + width;
        let (next, _) = class_at(text, after);
        match class {
            UPPER | LOWER | CASELESS | MARK => cased_word(text, start),
            NUMBER => numbers(text, start),
            SPACE | SYMBOL if next & (LETTER | MARK) != 0 => cased_word(text, after),
            SYMBOL => trailed(text, run(text, after, OTHER), b"\r\n/"),
            SPACE if next == SYMBOL && text[start] == b' ' => {
                trailed(text, run(text, after, OTHER), b"\r\n/")
            }
            _ => white(text, start).up_to_newline(),
        }
    }
}

impl Split for Cl100k {
    #[inline]
    fn end(text: &[u8], start: usize) -> usize {
        let (class, width) = class_at(text, start);
        let after = start + width;
        let (next, _) = class_at(text, after);
        match class {
            SYMBOL if contraction(text, start) > 0 => start + contraction(text, start),
            UPPER | LOWER | CASELESS => run(text, after, LETTER),
            NUMBER => numbers(text, start),
            SPACE | SYMBOL | MARK if next & LETTER != 0 => run(text, after, LETTER),
            SYMBOL | MARK => trailed(text, run(text, after, OTHER), b"\r\n"),
            SPACE if next & OTHER != 0 && text[start] == b' ' => {
                trailed(text, run(text, after, OTHER), b"\r\n")
            }
            _ => white(text, start).up_to_newline_or_end(),
        }
    }
}

impl Split for Gpt2 {
    #[inline]
    fn end(text: &[u8], start: usize) -> usize {
        let (class, width) = class_at(text, start);
        let (next, _) = class_at(text, start + width);
        let first = if text[start] == b' ' { next } else { class };
        match first {
            SYMBOL if plain_contraction(text, start) > 0 => start + plain_contraction(text, start),
            UPPER | LOWER | CASELESS => run(text, start + width, LETTER),
            NUMBER => run(text, start + width, NUMBER),
            SYMBOL | MARK => run(text, start + width, OTHER),
            _ => white(text, start).all_but_last(),
        }
    }
}

/// The end of a word as [`cased_word`] finds it, where that takes no more than a look at 8 bytes.
#[inline]
fn ascii_cased_word(text: &[u8], start: usize) -> Option<usize> {
    let word = u64::from_le_bytes(*text.get(start..)?.first_chunk()?);
    let upper = leading(between(word, b'A', b'Z'));
    let letters = upper + leading(between(word.checked_shr(8 * upper)?, b'a', b'z'));
    let next = word.checked_shr(8 * letters)?.to_le_bytes()[0];
    (letters > 0 && next < 0x80 && next != b'\'').then_some(start + letters as usize)
}

/// Sets the highest bit of each of the 8 bytes that is in an ASCII range, and no other bit.
#[inline]
fn between(word: u64, first: u8, last: u8) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * EACH;
    let low = word & !HIGHEST;
    let from_first = low + u64::from(0x80 - first) * EACH;
    let above_last = low + u64::from(0x7f - last) * EACH;
    from_first & !above_last & !word & HIGHEST
}

/// The number of bytes from the lowest on whose highest bit is set.
#[inline]
fn leading(marked: u64) -> u32 {
    (!marked & 0x8080_8080_8080_8080).trailing_zeros() / 8
}

/// The end of the run of characters of these classes.
#[inline]
fn run(text: &[u8], start: usize, classes: u8) -> usize {
    let mut at = start;
    loop {
        let (class, width) = class_at(text, at);
        if class & classes == 0 {
            return at;
        }
        at += width;
    }
}

/// The end of up to three numbers, the first of which is there.
fn numbers(text: &[u8], start: usize) -> usize {
    let mut at = start;
    for _ in 0..3 {
        let (class, width) = class_at(text, at);
        if class != NUMBER {
            break;
        }
        at += width;
    }
    at
}

/// The end of the run of these bytes.
#[inline]
fn trailed(text: &[u8], start: usize, bytes: &[u8]) -> usize {
    start + text[start..].iter().take_while(|byte| bytes.contains(byte)).count()
}

/// The end of a word that starts with a letter or mark: letters that may be upper case, then letters that may be
/// lower case, then a contraction.
///
/// The first alternative takes all it can as upper case and needs one letter that may be lower case after it. If none
/// follows, it gives back to the last letter or mark without case; if there is none, the second alternative
/// takes the upper case letters alone.
fn cased_word(text: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut caseless_end = start;
    let next = loop {
        let (class, width) = class_at(text, at);
        if class & (UPPER | CASELESS | MARK) == 0 {
            break class;
        }
        at += width;
        if class != UPPER {
            caseless_end = at;
        }
    };
    let end = match next {
        LOWER => run(text, at, LOWER | CASELESS | MARK),
        _ if caseless_end > start => caseless_end,
        _ => at,
    };
    end + contraction(text, end)
}

/// The length of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` in any case, 0 if none is there.
/// U+017F, the long s, is an s in another case.
fn contraction(text: &[u8], at: usize) -> usize {
    match text[at..] {
        [b'\'', b's' | b'S' | b't' | b'T' | b'm' | b'M' | b'd' | b'D', ..] => 2,
        [b'\'', b'r' | b'R' | b'v' | b'V', b'e' | b'E', ..]
        | [b'\'', b'l' | b'L', b'l' | b'L', ..]
        | [b'\'', 0xc5, 0xbf, ..] => 3,
        _ => 0,
    }
}

/// The length of a contraction in lower case, 0 if none is there.
fn plain_contraction(text: &[u8], at: usize) -> usize {
    match text[at..] {
        [b'\'', b's' | b't' | b'm' | b'd', ..] => 2,
        [b'\'', b'r' | b'v', b'e', ..] | [b'\'', b'l', b'l', ..] => 3,
        _ => 0,
    }
}

/// A run of white space.
struct White {
    start: usize,
    /// Where its last character starts.
    last: usize,
    /// Where its last carriage return or line feed ends.
    newline_end: Option<usize>,
    end: usize,
    /// Whether the text ends with it.
    ends_text: bool,
}

fn white(text: &[u8], start: usize) -> White {
    let mut white = White { start, last: start, newline_end: None, end: start, ends_text: false };
    loop {
        let (class, width) = class_at(text, white.end);
        if class & WHITE == 0 {
            white.ends_text = width == 0;
            return white;
        }
        white.last = white.end;
        white.end += width;
        if class == NEWLINE {
            white.newline_end = Some(white.end);
        }
    }
}

impl White {
    /// `\s*[\r\n]+|\s+(?!\S)|\s+`
    fn up_to_newline(self) -> usize {
        self.newline_end.unwrap_or_else(|| self.all_but_last())
    }

    /// `\s++$|\s*[\r\n]|\s+(?!\S)|\s`
    fn up_to_newline_or_end(self) -> usize {
        if self.ends_text { self.end } else { self.up_to_newline() }
    }

    /// `\s+(?!\S)|\s+`: the last character before other text is left for the next piece, unless it is the only one.
    fn all_but_last(&self) -> usize {
        if self.ends_text || self.last == self.start { self.end } else { self.last }
    }
}
