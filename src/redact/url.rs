//! Credentials in addresses: before the host and among the parameters.

use super::context::is_worth_hiding;
use super::find::{Found, Hit, Span};
use super::keys::floor;
use super::run::{self, Class};
use super::value;

/// Longest part before the host that is looked at.
const LONGEST: usize = 512;

/// `scheme://user:password@host` and `scheme://token@host`.
pub(super) fn credentials(hit: Hit<'_>, found: &mut Found) {
    let text = hit.text;
    if !hit.start.checked_sub(1).is_some_and(|before| text.as_bytes()[before].is_ascii_alphanumeric()) {
        return;
    }
    let Some(user_info) = user_info(text, hit.end) else {
        found.extend(torn(text, hit.end));
        return;
    };
    let span = match user_info.split_once(':') {
        Some((user, password)) => is_worth_hiding(user, password).then_some((user.len() + 1, "url-password")),
        None => (user_info.len() >= 12 && value::is_random(user_info)).then_some((0, "url-token")),
    };
    found.extend(span.map(|(offset, mark)| Span {
        start: hit.end + offset,
        end: hit.end + user_info.len(),
        rank: 2,
        mark,
    }));
}

fn is_of_address(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\t'..=b'\r' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b',' | b';')
}

/// What stands before the last `@` of the host part. A password may hold a slash: then a user must stand before it
/// that has no full stop, as a host would.
fn user_info(text: &str, start: usize) -> Option<&str> {
    let rest = &text.as_bytes()[start..text.len().min(start + LONGEST)];
    let first = memchr::memchr(b'@', rest)?;
    let ends_host = |byte: &u8| matches!(byte, b'/' | b'?' | b'#') || !is_of_address(*byte);
    let host = rest.iter().position(ends_host).unwrap_or(rest.len());
    if let Some(at) = memchr::memrchr(b'@', &rest[..host]) {
        return Some(&text[start..start + at]);
    }
    let colon = memchr::memchr(b':', &rest[..first])?;
    let is_user = colon > 0 && !rest[..colon].iter().any(|byte| matches!(byte, b'.' | b'/'));
    if !is_user || !rest[host..first].iter().all(|byte| is_of_address(*byte)) {
        return None;
    }
    let password = &text[start + colon + 1..start + first];
    let port = password.bytes().take_while(u8::is_ascii_digit).count();
    let is_port = port > 0 && password[port..].starts_with('/');
    (!is_port).then_some(&text[start..start + first])
}

/// Credentials that a line end tore, before the host: only what looks machine-made, since two lines may have nothing to
/// do with each other.
fn torn(text: &str, start: usize) -> Option<Span> {
    let end = start + of_user(text, start);
    let next = run::after_break(text, end)?;
    let rest = of_user(text, next);
    let (first, last) = (&text[start..end], &text[next..next + rest]);
    let (user, secret) = first.rsplit_once(':').map_or((0, first), |(user, secret)| (user.len() + 1, secret));
    let is_torn = text.as_bytes().get(next + rest) == Some(&b'@') && !secret.is_empty();
    let mark = if user > 0 { "url-password" } else { "url-token" };
    let span = Span { start: start + user, end: next + rest, rank: 2, mark };
    let whole = [secret, last].concat();
    let is_secret = value::is_random(&whole) || user > 0 && value::Shape::of(&whole).is_password(&whole);
    (is_torn && is_secret).then_some(span)
}

/// How many bytes from `at` on can be a name, a password or a token.
fn of_user(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    let is_plain =
        |byte: &u8| is_of_address(*byte) && byte.is_ascii() && !matches!(byte, b'@' | b'/' | b'?' | b'#');
    rest.iter().take(LONGEST).take_while(|byte| is_plain(byte)).count()
}

/// A signature, key or code among the parameters of an address or a signed request.
pub(super) fn parameter(hit: Hit<'_>, found: &mut Found) {
    let text = hit.text;
    let before = &text.as_bytes()[hit.start.saturating_sub(24)..hit.start];
    let name =
        before.iter().rev().take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_')).count();
    let opened = before[..before.len() - name].last();
    if !opened.is_some_and(|byte| matches!(byte, b'?' | b'&' | b';')) && !is_signed_request(text, hit.start) {
        return;
    }
    let length = text.as_bytes()[hit.end..]
        .iter()
        .take(LONGEST)
        .take_while(|byte| Class::Base64.has(**byte) || matches!(byte, b'%' | b'.' | b'~'))
        .count();
    let run = &text[hit.end..hit.end + length];
    let is_short_code = text[..hit.end].ends_with("code=") && run.len() < 20;
    if run.len() >= 16 && !is_short_code && value::is_random(run) {
        found.spans.push(Span { start: hit.end, end: hit.end + length, rank: 1, mark: "url-parameter" });
    }
}

/// Whether the parameter belongs to an authorization of the signing kind.
fn is_signed_request(text: &str, at: usize) -> bool {
    text[floor(text, at.saturating_sub(300))..at].contains("AWS4-HMAC-SHA256")
}
