//! Private key blocks: whole, torn, escaped into a string, or with the margin of a listing.

use super::find::{Found, Hit, Span};
use super::run;

const MARK: &str = "private-key";
/// Longest block looked for.
const LONGEST_BLOCK: usize = 32 * 1024;
/// Fewest key characters that make a block one, not a mention of its frame.
const FEWEST: usize = 40;

/// Most lines of headers in a block.
const MOST_HEADERS: usize = 8;

/// A `PRIVATE KEY` line: the frame of a block above or below.
pub(super) fn look(hit: Hit<'_>, found: &mut Found) {
    let text = hit.text;
    let Some((frame, begins)) = frame(text, hit.start) else { return };
    let after = end_of_frame(text, hit.end);
    let span = if begins { below(text, frame, after) } else { above(text, frame, after) };
    found.extend(span);
}

/// Where the frame line starts, and whether it opens a block.
fn frame(text: &str, at: usize) -> Option<(usize, bool)> {
    let from = floor(text, at.saturating_sub(48));
    let window = &text[from..at];
    let start =
        window.rfind("-----BEGIN").map(|it| (it, true)).max(window.rfind("-----END").map(|it| (it, false)));
    start.map(|(offset, begins)| (from + offset, begins))
}

fn end_of_frame(text: &str, at: usize) -> usize {
    let block = if text[at..].starts_with(" BLOCK") { 6 } else { 0 };
    at + block + text.as_bytes()[at + block..].iter().take_while(|byte| **byte == b'-').take(5).count()
}

/// The block a frame opens, up to its end or as far as it looks like a key.
fn below(text: &str, start: usize, after: usize) -> Option<Span> {
    let limit = floor(text, text.len().min(after + LONGEST_BLOCK));
    let window = &text[after..limit];
    let frame = memchr::memmem::find(window.as_bytes(), b"-----");
    let closed = frame.filter(|&end| window[end..].starts_with("-----END"));
    let end = match closed {
        Some(end) if key_characters(&window[..end]) >= FEWEST => end_of_closing(text, after + end),
        Some(_) => return None,
        None => torn(text, after, frame.map_or(limit, |frame| after + frame))?,
    };
    Some(Span { start, end, rank: usize::MAX, mark: MARK })
}

/// One past the closing frame that starts at `at`.
fn end_of_closing(text: &str, at: usize) -> usize {
    let rest = &text[at + 8..floor(text, text.len().min(at + 80))];
    rest.find("-----").map_or(text.len().min(at + 8), |dashes| at + 8 + dashes + 5)
}

/// How many characters stand in pieces long enough to be of a key.
fn key_characters(text: &str) -> usize {
    text.split(|it: char| !is_key_character(it)).map(str::len).filter(|length| *length >= 20).sum()
}

fn is_key_character(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '+' | '/' | '=')
}

/// The end of a block that is never closed: as far as lines of key characters follow.
fn torn(text: &str, after: usize, limit: usize) -> Option<usize> {
    let mut end = after;
    let mut characters = 0;
    let mut headers = 0;
    while let Some(next) = run::after_break(text, end) {
        let next = next + number(text, next);
        let count = text[next..limit.max(next)]
            .bytes()
            .take_while(|byte| is_key_character(char::from(*byte)))
            .count();
        let header = header(text, next, limit);
        if count < 4 && header == 0
            || characters > 0 && count < 20 && header == 0 && text[next + count..].starts_with(' ')
        {
            break;
        }
        characters += count;
        headers += usize::from(header > 0);
        if headers > MOST_HEADERS {
            break;
        }
        end = next + count.max(header);
    }
    (characters >= FEWEST).then_some(end)
}

/// Length of a line number that a listing put before the line.
fn number(text: &str, at: usize) -> usize {
    let digits = text.as_bytes()[at..].iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
    let rest = &text[at + digits..];
    let mark = ["→", "\t", ": ", "|"].iter().find(|mark| digits > 0 && rest.starts_with(**mark));
    mark.map_or(0, |mark| digits + mark.len() + run::blanks(text, at + digits + mark.len()))
}

/// Length of a `Proc-Type:` or `DEK-Info:` line.
fn header(text: &str, at: usize, limit: usize) -> usize {
    let rest = &text[at..limit.max(at)];
    let known = ["Proc-Type:", "DEK-Info:", "Version:", "Comment:"].iter().any(|name| rest.starts_with(name));
    if known { rest.find(['\n', '\\']).unwrap_or(rest.len()) } else { 0 }
}

/// The rest of a block whose opening is missing.
fn above(text: &str, frame: usize, after: usize) -> Option<Span> {
    let from = floor(text, frame.saturating_sub(LONGEST_BLOCK));
    let window = &text[from..frame];
    let last = memchr::memmem::rfind(window.as_bytes(), b"-----").unwrap_or(0);
    if window[..last].ends_with("KEY") {
        return None;
    }
    let (from, window) = (from + last, &window[last..]);
    let is_key =
        |it: char| is_key_character(it) || it.is_whitespace() || matches!(it, '\\' | '>' | '|' | '│' | '┃');
    let body = window.rfind(|it| !is_key(it)).map_or(0, |at| at + 1);
    let body = floor(window, body.min(window.len()));
    let start = (body..window.len()).find(|&at| window.is_char_boundary(at))?;
    let words = window[start..].trim_start_matches(|it: char| !is_key_character(it));
    let start = first_key_line(words).map(|offset| window.len() - words.len() + offset)?;
    Some(Span { start: from + start, end: after, rank: usize::MAX, mark: MARK })
}

/// Offset of the first line that is of a key, if enough characters follow.
fn first_key_line(lines: &str) -> Option<usize> {
    let mut offset = 0;
    for line in lines.split_inclusive(['\n', '\\']) {
        if key_characters(line) >= 20 && key_characters(&lines[offset..]) >= FEWEST {
            return Some(offset);
        }
        offset += line.len();
    }
    None
}

/// The private part of a `PuTTY` key file.
pub(super) fn putty(hit: Hit<'_>, found: &mut Found) {
    let text = hit.text;
    let line = hit.end
        + text.as_bytes()[hit.end..].iter().take(8).take_while(|it| matches!(it, b' ' | b'0'..=b'9')).count();
    let limit = floor(text, text.len().min(line + LONGEST_BLOCK));
    let end = torn(text, line, limit);
    found.extend(end.map(|end| Span { start: hit.start, end, rank: usize::MAX, mark: MARK }));
}

/// The nearest character boundary at or before `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}
