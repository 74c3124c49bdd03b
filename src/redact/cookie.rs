//! Session values in cookie headers.

use super::find::{Found, Hit, Span};
use super::keys::floor;
use super::value;

/// Longest cookie header looked at.
const LONGEST: usize = 2048;

/// The machine-made values of `Cookie:` and `Set-Cookie:`.
pub(super) fn look(hit: Hit<'_>, found: &mut Found) {
    let text = hit.text;
    let quote = super::assign::quote(text, hit.end);
    if text.as_bytes().get(hit.end + quote) != Some(&b':') {
        return;
    }
    let start = hit.end + quote + 1;
    let start = start + super::run::blanks(text, start);
    let start = start + super::assign::quote(text, start);
    let line = &text[start..floor(text, text.len().min(start + LONGEST))];
    // What follows the next such header is looked at from there.
    let line = &line[..memchr::memmem::find(line.as_bytes(), b"ookie:").unwrap_or(line.len())];
    let line = &line[..memchr::memchr3(b'\n', b'"', b'\'', line.as_bytes()).unwrap_or(line.len())];
    let line = &line[..memchr::memchr(b'\\', line.as_bytes()).unwrap_or(line.len())];
    let mut at = start;
    for pair in line.split_inclusive(';') {
        found.extend(session(pair, at));
        at += pair.len();
    }
}

/// The value of one pair, if it is worth hiding.
fn session(pair: &str, at: usize) -> Option<Span> {
    let (name, rest) = pair.split_once('=')?;
    let value = rest.trim_end_matches(';').trim_end();
    let start = at + name.len() + 1;
    (value.len() >= 16 && value::is_random(value) && !value::is_variable(value)).then_some(Span {
        start,
        end: start + value.len(),
        rank: 1,
        mark: "cookie",
    })
}
