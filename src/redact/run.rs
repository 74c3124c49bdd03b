//! Runs of token characters, also when a terminal or a continuation broke them over lines.

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
        match self {
            Self::Digit => byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Upper => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'='),
            Self::Path => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b':' | b'.' | b'%')
            }
            Self::Header => byte.is_ascii_alphanumeric() || b"_-./+=~:|%!".contains(&byte),
        }
    }

    /// How many bytes from `at` on belong to it, looking at no more than `limit`.
    pub fn count(self, text: &str, at: usize, limit: usize) -> usize {
        text.as_bytes()[at..].iter().take(limit).take_while(|byte| self.has(**byte)).count()
    }

    /// How many bytes before `at` belong to it, looking at no more than `limit`.
    pub fn count_back(self, text: &str, at: usize, limit: usize) -> usize {
        text.as_bytes()[..at].iter().rev().take(limit).take_while(|byte| self.has(**byte)).count()
    }
}

/// Longest token looked at.
pub(super) const LONGEST: usize = 4096;

/// Fewest characters of a broken token on its first line.
const SHORTEST_PIECE: usize = 4;

/// A token that may have been broken over lines.
#[derive(Debug)]
pub(super) struct Run {
    /// One past its last byte in the text.
    pub end: usize,
    /// Its characters, joined.
    pub body: String,
    /// Whether it was broken.
    pub broken: bool,
}

/// Reads a token of the class from `start` on, over line ends where it is too short or visibly goes on.
pub(super) fn take(text: &str, start: usize, class: Class, minimum: usize) -> Run {
    let first = class.count(text, start, LONGEST);
    let mut run = Run { end: start + first, body: text[start..start + first].to_owned(), broken: false };
    while first >= SHORTEST_PIECE && run.body.len() < LONGEST {
        let Some(next) = after_break(text, run.end) else { break };
        let more = class.count(text, next, LONGEST - run.body.len());
        if more == 0 || !goes_on(&run, &text[next..next + more], minimum) {
            break;
        }
        run.body.push_str(&text[next..next + more]);
        run.end = next + more;
        run.broken = true;
    }
    trim(&mut run);
    run
}

/// Whether the piece on the next line belongs to the token: it is needed, or looks as machine-made as the token.
fn goes_on(run: &Run, piece: &str, minimum: usize) -> bool {
    if run.body.len() < minimum {
        return true;
    }
    minimum > 0 && run.body.len() >= 16 && piece.len() >= 6 && value::is_fragment(piece)
}

/// A full stop or dash at the end belongs to the sentence.
fn trim(run: &mut Run) {
    while run.body.ends_with(['.', '-', ':', '!']) {
        run.body.pop();
        run.end -= 1;
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

fn after_backslash(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let end = at + bytes[at..].iter().take(8).take_while(|byte| **byte == b'\\').count();
    match bytes.get(end)? {
        b'\n' | b'n' => Some(end + 1),
        b'r' if bytes[end + 1..].starts_with(b"\\") => after_backslash(text, end + 1),
        _ => None,
    }
}

/// Skips blanks and one edge of a box, a quotation or a diff.
fn margin(text: &str, at: usize) -> usize {
    let at = at + blanks(text, at);
    let rest = &text[at..];
    let edge =
        ["│", "┃", "|", ">", "+"].iter().find(|edge| rest.starts_with(**edge)).map_or(0, |edge| edge.len());
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
