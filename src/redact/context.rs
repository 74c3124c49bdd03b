//! Places where only secrets stand: authorization headers and the options of clients.

use memchr::memmem;

use super::assign;
use super::find::{Found, Hit, Span};
use super::run::{self, Class};
use super::value;

/// What may stand between the name of a header and the scheme: quotes, signs, blanks.
const BETWEEN: usize = 24;

/// An `Authorization` header, however it is written down.
pub(super) fn header(hit: Hit<'_>, found: &mut Found) {
    let text = hit.text;
    let between = text.as_bytes()[hit.end..]
        .iter()
        .take(BETWEEN)
        .take_while(|it| b" \t\"'`\\:=,>]}(f".contains(it))
        .count();
    let start = hit.end + between;
    if between == 0 || !text[hit.end..start].contains([':', '=', ',']) {
        return;
    }
    let scheme = text.as_bytes()[start..]
        .iter()
        .take(20)
        .take_while(|it| it.is_ascii_alphabetic() || **it == b'-')
        .count();
    let gap = run::blanks(text, start + scheme);
    let plain = (scheme == 0 || gap == 0).then_some(start);
    let token = plain.unwrap_or(start + scheme + gap);
    let token = token + named(text, token);
    let head = found.head();
    found.extend(secret(text, token, plain.is_some(), head));
}

/// Length of the name of a value: `token="…"` in an authorization of that scheme.
fn named(text: &str, at: usize) -> usize {
    let name = text.as_bytes()[at..].iter().take(16).take_while(|it| it.is_ascii_alphabetic()).count();
    let sign = usize::from(text.as_bytes().get(at + name) == Some(&b'='));
    let quote = assign::quote(text, at + name + sign);
    if name > 0 && sign > 0 && quote > 0 { name + sign + quote } else { 0 }
}

/// The token at `start`. Without a scheme before it, it must look machine-made.
fn secret(text: &str, start: usize, plain: bool, head: usize) -> Option<Span> {
    let mut run = run::take(text, start, Class::Header, 1, head);
    let is_secret = if plain { value::is_random(&run.body) } else { is_credential(&run.body) };
    if is_secret && run.cut {
        run = run::whole(text, start, Class::Header, 1);
    }
    let goes_on = text.as_bytes().get(run.end).is_some_and(|byte| matches!(byte, b'$' | b'{' | b'(' | b'<'));
    (is_secret && !goes_on).then_some(Span { start, end: run.end, rank: 2, mark: "authorization" })
}

/// Whether it can be a credential where one is expected: neither a word nor a blank to fill in.
fn is_credential(body: &str) -> bool {
    if body.len() < 8 || value::is_variable(body) {
        return false;
    }
    value::is_random(body) || value::is_fragment(body) && !value::is_placeholder(body)
}

/// `Bearer` and a token, wherever it stands.
pub(super) fn bearer(hit: Hit<'_>, found: &mut Found) {
    if !run::begins_word(hit.text, hit.start) {
        return;
    }
    let mut run = run::take(hit.text, hit.end, Class::Header, 24, found.head());
    if run.body.len() >= 16 && value::is_random(&run.body) && !value::is_path(&run.body) {
        if run.cut {
            run = run::whole(hit.text, hit.end, Class::Header, 24);
        }
        found.spans.push(Span { start: hit.end, end: run.end, rank: 2, mark: "authorization" });
    }
}

/// `curl -u user:password` and its like.
pub(super) fn user_option(hit: Hit<'_>, found: &mut Found) {
    let text = hit.text;
    let start = hit.end + assign::quote(text, hit.end);
    let word = word(text, start);
    let Some((user, password)) = word.split_once(':') else { return };
    let before = &text.as_bytes()[hit.start.saturating_sub(400)..hit.start];
    if ![&b"curl"[..], b"wget", b"http"].iter().any(|client| memmem::find(before, client).is_some()) {
        return;
    }
    if is_worth_hiding(user, password) {
        let start = start + user.len() + 1;
        found.spans.push(Span { start, end: start + password.len(), rank: 2, mark: "password" });
    }
}

/// The word at `at`: up to a blank or a quote.
fn word(text: &str, at: usize) -> &str {
    let ends = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\"'`\\".contains(byte);
    let length = text.as_bytes()[at..].iter().take(256).take_while(ends).count();
    &text[at..super::keys::floor(text, at + length)]
}

/// Whether a password of a user is one: no placeholder, no variable, not the user's own name.
pub(super) fn is_worth_hiding(user: &str, password: &str) -> bool {
    password.len() >= 3
        && password != user
        && !value::is_placeholder(password)
        && !password.contains(['{', '}', '[', ']', '(', ')', '|', '<', '>', '\\', '"', '\''])
}

/// `sshpass -p password`.
pub(super) fn password_option(hit: Hit<'_>, found: &mut Found) {
    let blank = hit.end + run::blanks(hit.text, hit.end);
    let start = blank + assign::quote(hit.text, blank);
    let word = word(hit.text, start);
    if is_worth_hiding("", word) {
        found.spans.push(Span { start, end: start + word.len(), rank: 2, mark: "password" });
    }
}

/// `mysql -u root -ppassword`.
pub(super) fn mysql(hit: Hit<'_>, found: &mut Found) {
    let text = hit.text;
    let line = &text.as_bytes()[hit.end..text.len().min(hit.end + 200)];
    let Some(option) = memmem::find(line, b" -p") else { return };
    if memchr::memchr3(b'\n', b'|', b';', &line[..option]).is_some() {
        return;
    }
    let start = hit.end + option + 3;
    let start = start + assign::quote(text, start);
    let word = word(text, start);
    let digit = word.bytes().any(|byte| byte.is_ascii_digit());
    if digit && !word.starts_with(['-', '=']) && word.len() >= 6 && is_worth_hiding("", word) {
        found.spans.push(Span { start, end: start + word.len(), rank: 2, mark: "password" });
    }
}
