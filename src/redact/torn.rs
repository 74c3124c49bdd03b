//! What a line end tore: prefixes of tokens that begin on one line and end on the next, and secrets that go on there.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::find::{Found, Hit, Span};
use super::run;
use super::shapes::{self, SHAPES, Shape};
use super::value;

/// All shapes by the first byte of their prefix.
static BY_FIRST: LazyLock<Vec<Vec<&Shape>>> = LazyLock::new(|| {
    let with = |first: u8| SHAPES.iter().filter(|shape| shape.prefix.as_bytes()[0] == first).collect();
    (0..=u8::MAX).map(with).collect()
});

/// The longest part of a prefix that may stand before a line end.
const LONGEST_PART: usize = 40;
/// Fewest characters of a secret that is looked for behind a line end.
const SHORTEST: usize = 12;
/// Fewest characters of what stands there.
const SHORTEST_REST: usize = 4;
/// Longest secret that is followed over line ends.
const LONGEST: usize = 4096;

/// Adds the tokens whose prefix a line end tore.
pub(super) fn prefixes(text: &str, found: &mut Found) {
    let bytes = text.as_bytes();
    let by_first = BY_FIRST.as_slice();
    let mut until = 0;
    for at in memchr::memchr2_iter(b'\n', b'\\', bytes) {
        // Of several backslashes in a row the first is looked at.
        let before = bytes[..at].last().copied().unwrap_or(b'\n');
        let is_end = bytes[at] == b'\n' || matches!(bytes.get(at + 1), Some(b'n' | b'r' | b'\\'));
        if at < until || !is_end || !(may_be_of_prefix(before) || is_margin(before)) {
            continue;
        }
        let end = if is_margin(before) { run::before_margin(text, at) } else { at };
        if let Some(span) = across(text, end, at, by_first, found) {
            until = span.end;
            found.extend(Some(span));
        }
    }
}

/// Whether the byte may end a margin: blanks, or an edge, of which a line of a box ends with this byte.
fn is_margin(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'|' | 0x82 | 0x83)
}

fn may_be_of_prefix(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'~' | b':')
}

/// The token that begins before `end` and goes on behind the line end at `at`.
fn across(text: &str, end: usize, at: usize, by_first: &[Vec<&Shape>], found: &mut Found) -> Option<Span> {
    let bytes = text.as_bytes();
    let longest = end.min(LONGEST_PART);
    let next = LazyCell::new(|| run::after_break(text, at));
    let mut start = end;
    while end - start < longest && may_be_of_prefix(bytes[start - 1]) {
        start -= 1;
        if !run::begins_word(text, start) {
            continue;
        }
        for shape in &by_first[usize::from(bytes[start])] {
            let Some(rest) = shape.prefix.as_bytes().strip_prefix(&bytes[start..end]) else { continue };
            let next = (*next)?;
            if rest.is_empty() || !bytes[next..].starts_with(rest) {
                continue;
            }
            let hit = Hit { text, start, end: next + rest.len() };
            let token = shapes::token(shape, hit, found);
            if token.is_some() {
                return token;
            }
        }
    }
    None
}

/// Where a secret ends that a terminal broke: as far as the next lines begin with what looks as machine-made, and no other
/// secret starts there.
pub(super) fn end_of(text: &str, span: Span, starts: &BTreeSet<usize>) -> usize {
    let mut end = span.end;
    while (SHORTEST..LONGEST).contains(&(end - span.start)) {
        let Some(next) = run::after_break(text, end) else { break };
        let secret = &text[span.start..span.end];
        let rest = rest(text, next, secret.contains('.'));
        let is_other = starts.range(next..next + rest.len()).next().is_some();
        if rest.len() < SHORTEST_REST || is_other || !value::goes_on(secret, rest) {
            break;
        }
        end = next + rest.len();
    }
    end
}

/// What may be the rest of a secret, with full stops in it or without, at the beginning of a line; nothing if it is the name
/// of something.
fn rest(text: &str, at: usize, is_dotted: bool) -> &str {
    let bytes = &text.as_bytes()[at..];
    let plain = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'-' | b'+' | b'/')
            || is_dotted && *byte == b'.'
    };
    let length = bytes.iter().take(LONGEST).take_while(|byte| plain(byte)).count();
    let padding = bytes[length..].iter().take(2).take_while(|byte| **byte == b'=').count();
    let length = length + padding;
    let is_name = match bytes.get(length..) {
        Some([b'.', next, ..]) => next.is_ascii_alphanumeric(),
        Some([next, ..]) => next.is_ascii_alphanumeric() || b"=:(".contains(next),
        _ => false,
    };
    if is_name { "" } else { text[at..at + length].trim_end_matches('.') }
}
