//! Runs of token characters, also when a terminal or a continuation broke them over lines.

use std::borrow::Cow;

use super::value;

/// Which characters a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// `0-9`
    Digit,
    /// `0-9a-fA-F`
    Hex,
    /// `0-9A-Za-z`
    Alnum,
    /// `0-9A-Z`
    Upper,
    /// `0-9A-Za-z_-`
    Url,
    /// `0-9A-Za-z_-` and `.`
    Dotted,
    /// `0-9A-Za-z+/=_-`
    Base64,
    /// `0-9A-Za-z_-/:.%`, the rest of an address
    Path,
    /// What may stand in a header value
    Header,
}

impl Class {
    /// Whether the byte belongs to it.
    pub fn has(self, byte: u8) -> bool {
        CLASSES[usize::from(byte)] >> self as u32 & 1 == 1
    }

    const ALL: [Self; 9] = [
        Self::Digit,
        Self::Hex,
        Self::Alnum,
        Self::Upper,
        Self::Url,
        Self::Dotted,
        Self::Base64,
        Self::Path,
        Self::Header,
    ];

    const fn holds(self, byte: u8) -> bool {
        let url = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        match self {
            Self::Digit => byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Upper => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            Self::Url => url,
            Self::Dotted => url || byte == b'.',
            Self::Base64 => url || matches!(byte, b'+' | b'/' | b'='),
            Self::Path => url || matches!(byte, b'/' | b':' | b'.' | b'%'),
            Self::Header => {
                url || matches!(byte, b'.' | b'/' | b'+' | b'=' | b'~' | b':' | b'|' | b'%' | b'!')
            }
        }
    }

    /// How many bytes from `at` on belong to it, looking at no more than `limit`.
    pub fn count(self, text: &str, at: usize, limit: usize) -> usize {
        let rest = &text.as_bytes()[at..];
        let rest = &rest[..rest.len().min(limit)];
        rest.iter().position(|byte| !self.has(*byte)).unwrap_or(rest.len())
    }

    /// How many bytes before `at` belong to it, looking at no more than `limit`.
    pub fn count_back(self, text: &str, at: usize, limit: usize) -> usize {
        text.as_bytes()[..at].iter().rev().take(limit).take_while(|byte| self.has(**byte)).count()
    }
}

/// For every byte, a bit for each class it belongs to.
static CLASSES: [u16; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        let mut at = 0;
        while at < Class::ALL.len() {
            if Class::ALL[at].holds(byte) {
                classes[byte as usize] |= 1 << Class::ALL[at] as u16;
            }
            at += 1;
        }
        byte += 1;
    }
    classes
};

/// Longest token that is followed over line ends.
const LONGEST: usize = 4096;

/// Fewest characters of a broken token on its first line.
const SHORTEST_PIECE: usize = 4;

/// A token that may have been broken over lines.
#[derive(Debug)]
pub(super) struct Run<'a> {
    /// One past its last byte in the text.
    pub end: usize,
    /// Its characters, joined.
    pub body: Cow<'a, str>,
    /// Whether it was broken.
    pub broken: bool,
    /// Whether only its head was read.
    pub cut: bool,
    /// One past the last byte that could be of it, full stops at its end included.
    pub limit: usize,
}

/// Reads a token of the class from `start` on, over line ends where it is too short or visibly goes on; no more than
/// `head` characters, where that is enough to judge it by.
pub(super) fn take(text: &str, start: usize, class: Class, minimum: usize, head: usize) -> Run<'_> {
    let first = class.count(text, start, head);
    let end = start + first;
    let mut run = Run { end, body: text[start..end].into(), broken: false, cut: false, limit: end };
    let most = head.min(LONGEST);
    while first >= SHORTEST_PIECE && run.body.len() < most {
        let Some(next) = after_break(text, run.end) else { break };
        let room = if head == usize::MAX { head } else { most - run.body.len() };
        let more = class.count(text, next, room);
        if more == 0 || !goes_on(&run, &text[next..next + more], minimum) {
            break;
        }
        run.body.to_mut().push_str(&text[next..next + more]);
        run.end = next + more;
        run.broken = true;
    }
    run.cut = run.body.len() >= head;
    run.limit = run.end;
    if !run.cut {
        trim(&mut run);
    }
    run
}

/// As [`take`], to the end of the token.
pub(super) fn whole(text: &str, start: usize, class: Class, minimum: usize) -> Run<'_> {
    take(text, start, class, minimum, usize::MAX)
}

/// Whether the piece on the next line belongs to the token: it is needed, or looks as machine-made as the token.
fn goes_on(run: &Run<'_>, piece: &str, minimum: usize) -> bool {
    if run.body.len() < minimum {
        return true;
    }
    minimum > 0 && run.body.len() >= 16 && piece.len() >= 6 && value::is_fragment(piece)
}

/// A full stop or dash at the end belongs to the sentence.
fn trim(run: &mut Run<'_>) {
    let kept = run.body.trim_end_matches(['.', '-', ':', '!']).len();
    run.end -= run.body.len() - kept;
    match &mut run.body {
        Cow::Borrowed(body) => *body = &body[..kept],
        Cow::Owned(body) => body.truncate(kept),
    }
}

/// Where the text goes on after a line end at `at`: behind the margin of the next line. Line ends may be escaped,
/// as in a string inside JSON, follow a continuation backslash, or stand behind the edge of a box.
pub(super) fn after_break(text: &str, at: usize) -> Option<usize> {
    let at = margin(text, at);
    let at = match text.as_bytes().get(at)? {
        b'\n' => at + 1,
        b'\\' => after_backslash(text, at)?,
        _ => return None,
    };
    Some(margin(text, at))
}

/// Where the text before a line end ends, behind which only blanks and the edge of a box stand up to `at`.
pub(super) fn before_margin(text: &str, at: usize) -> usize {
    let line = text[..at].trim_end_matches([' ', '\t']);
    line.strip_suffix(['|', '│', '┃']).map_or(line, |line| line.trim_end_matches([' ', '\t'])).len()
}

/// Where the line before ends, if the text at `at` stands at the beginning of one, behind its margin.
pub(super) fn before_break(text: &str, at: usize) -> Option<usize> {
    let margin = text[..at].trim_end_matches([' ', '\t', '|', '│', '┃', '>', '+']);
    let line = margin.strip_suffix('\n').or_else(|| margin.strip_suffix("\\n"))?;
    Some(before_margin(text, line.trim_end_matches('\\').len()))
}

/// How many backslashes stand there: each string within a string has twice as many and one.
pub(super) fn escapes(bytes: &[u8]) -> usize {
    bytes.iter().take(32).take_while(|byte| **byte == b'\\').count()
}

fn after_backslash(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let end = at + escapes(&bytes[at..]);
    match bytes.get(end)? {
        b'\n' | b'n' => Some(end + 1),
        b'r' if bytes[end + 1..].starts_with(b"\\") => after_backslash(text, end + 1),
        _ => None,
    }
}

/// Length of the letter of an escape such as `\n` at `at`: it is no part of a word.
pub(super) fn escape(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    usize::from(bytes[..at].ends_with(b"\\") && matches!(bytes.get(at), Some(b'n' | b'r' | b't')))
}

/// Skips blanks and one edge of a box, a quotation or a diff.
fn margin(text: &str, at: usize) -> usize {
    let at = at + blanks(text, at);
    let rest = &text[at..];
    let edge = match rest.as_bytes() {
        [b'|' | b'>' | b'+', ..] => 1,
        // A line of a box, thin or thick.
        [0xe2, 0x94, 0x82 | 0x83, ..] => 3,
        _ => 0,
    };
    at + edge + blanks(text, at + edge)
}

/// How many blanks stand at `at`.
pub(super) fn blanks(text: &str, at: usize) -> usize {
    text.as_bytes()[at..].iter().take(120).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Whether a token can begin at `at`: not in the middle of a word. An escape such as `\n`, a percent escape or a
/// colour escape written out ends a word too.
pub(super) fn begins_word(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    match before {
        [.., last] if !last.is_ascii_alphanumeric() => true,
        [] | [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', one, two] => one.is_ascii_hexdigit() && two.is_ascii_hexdigit(),
        [colour @ .., b'm'] => ends_with_colour(colour),
        _ => false,
    }
}

fn ends_with_colour(before: &[u8]) -> bool {
    let parameters =
        before.iter().rev().take(16).take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    before[..before.len() - parameters].ends_with(b"[")
}
