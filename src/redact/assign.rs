//! Assignments of machine-made values to telling names, in code, JSON, YAML, environments, XML and on command lines.

use super::find::{Hit, Span};
use super::run;
use super::value;

/// Longest value looked at.
const LONGEST_VALUE: usize = 1024;
/// How much of a value decides whether it is a secret.
const LONGEST_HEAD: usize = 160;
/// Longest name looked at, before the word that tells.
const LONGEST_NAME: usize = 64;

/// How telling a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// People choose these: shorter, and less random.
    Password,
    /// Nothing but a secret is called that.
    Secret,
    /// Mostly a secret, at times an ordinal or a cursor.
    Token,
    /// A key of any kind: only in capitals, and very random.
    Key,
}

/// Endings of names, without separators and in lower case, longest first where one ends another.
#[rustfmt::skip]
const ENDINGS: &[(&str, Kind, &str)] = &[
    ("password", Kind::Password, "password"), ("passwd", Kind::Password, "password"),
    ("passphrase", Kind::Password, "password"), ("pwd", Kind::Password, "password"),
    ("pass", Kind::Password, "password"),
    ("apikey", Kind::Secret, "api-key"), ("accesskey", Kind::Secret, "access-key"),
    ("accountkey", Kind::Secret, "access-key"), ("privatekey", Kind::Secret, "private-key"),
    ("secretkey", Kind::Secret, "secret"), ("signingkey", Kind::Secret, "secret"),
    ("encryptionkey", Kind::Secret, "secret"), ("authkey", Kind::Secret, "api-key"),
    ("masterkey", Kind::Secret, "secret"), ("appkey", Kind::Secret, "api-key"),
    ("secretkeybase", Kind::Secret, "secret"), ("servicekey", Kind::Secret, "api-key"),
    ("servicerolekey", Kind::Secret, "api-key"), ("subscriptionkey", Kind::Secret, "api-key"),
    ("licensekey", Kind::Secret, "license-key"), ("webhookkey", Kind::Secret, "secret"),
    ("secret", Kind::Secret, "secret"), ("credential", Kind::Token, "credential"),
    ("credentials", Kind::Token, "credential"), ("creds", Kind::Token, "credential"),
    ("token", Kind::Token, "token"), ("auth", Kind::Token, "auth"),
    ("authorization", Kind::Token, "auth"),
    ("key", Kind::Key, "key"),
];

/// Names that end like a secret's and are none's.
#[rustfmt::skip]
const HARMLESS: &[&str] = &[
    "publickey", "cachekey", "sortkey", "primarykey", "foreignkey", "partitionkey", "idempotencykey", "objectkey",
    "groupkey", "dedupkey", "lookupkey", "hostkey", "storagekey", "pagetoken", "nexttoken", "continuationtoken",
    "synctoken", "publishablekey", "sitekey", "anonkey", "bypass", "compass", "promptcachekey",
];

/// What stands between name and value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// `=`, `:`, `=>` and their kin.
    Sign,
    /// A comma between two quoted strings.
    Comma,
    /// The end of an opening tag.
    Tag,
    /// A blank after an option or in a `.netrc`.
    Blank,
}

struct Value<'a> {
    start: usize,
    end: usize,
    text: std::borrow::Cow<'a, str>,
    quoted: bool,
}

/// The value assigned to the name that ends at the hit.
pub(super) fn look(hit: Hit<'_>, found: &mut Vec<Span>) {
    let text = hit.text;
    let after_name = hit.end + suffix(text, hit.end);
    let Some((link, start)) = link(text, hit.start, after_name) else { return };
    let name = name(text, hit.start, hit.end);
    let Some((kind, mark)) = kind(name) else { return };
    let Some(value) = read_value(text, start, link) else { return };
    if convinces(text, hit.start, name, kind, link, &value) {
        found.push(Span { start: value.start, end: value.end, rank: 1, mark });
    }
}

/// Length of a number or stage after the telling word: `TOKEN_2`, `SECRET_PROD`.
fn suffix(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..text.len().min(at + 9)];
    if !rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return 0;
    }
    let word =
        rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    let lower = rest[..word].to_ascii_lowercase();
    let stage = lower.strip_prefix(b"_").or(lower.strip_prefix(b"-")).unwrap_or(&lower);
    let known: [&[u8]; 10] =
        [b"prod", b"dev", b"test", b"live", b"staging", b"base", b"base64", b"b64", b"value", b"hex"];
    let is_stage = stage.len() < lower.len() && known.contains(&stage);
    if is_stage || stage.iter().all(u8::is_ascii_digit) { word } else { 0 }
}

/// What links the name that ends at `at` to a value, and where the value starts.
fn link(text: &str, name_start: usize, at: usize) -> Option<(Link, usize)> {
    let bytes = text.as_bytes();
    let quote = quote(text, at);
    let mut at = at + quote;
    at += usize::from(bytes.get(at) == Some(&b']'));
    let blanks = run::blanks(text, at);
    let sign = at + blanks;
    match bytes.get(sign)? {
        b':' | b'=' | b'?' | b'|' | b'+' | b'!' => signs(text, sign).map(|start| (Link::Sign, start)),
        b',' if quote > 0 => Some((Link::Comma, sign + 1 + run::blanks(text, sign + 1))),
        b'>' if blanks == 0 && quote == 0 => Some((Link::Tag, sign + 1)),
        _ if blanks > 0 && quote == 0 && takes_blank(text, name_start) => Some((Link::Blank, sign)),
        _ => None,
    }
}

/// One past an assignment sign and the blanks, the type or the call that stand before the value.
fn signs(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let count = bytes[at..].iter().take(4).take_while(|byte| b":=>?|+!".contains(byte)).count();
    let signs = &bytes[at..at + count];
    if count > 3 || signs.starts_with(b"::") || !signs.iter().any(|byte| matches!(byte, b':' | b'=')) {
        return None;
    }
    let start = at + count;
    Some(after_type(text, start).unwrap_or_else(|| value_start(text, start)))
}

/// Skips blanks, and a line end before a quoted value.
fn value_start(text: &str, at: usize) -> usize {
    let start = at + run::blanks(text, at);
    let Some(next) = text[start..].strip_prefix('\n').map(|_| start + 1 + run::blanks(text, start + 1))
    else {
        return start;
    };
    if quote(text, next) > 0 { next } else { start }
}

/// Skips a type between colon and equals sign: `token: &'static str = "…"`.
fn after_type(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_type = |byte: &u8| byte.is_ascii_alphanumeric() || b" &'_<>[]|.?:".contains(byte);
    let length = bytes[at..].iter().take(48).take_while(|byte| is_type(byte)).count();
    if length == 0 || bytes.get(at + length) != Some(&b'=') {
        return None;
    }
    let start = at + length + 1 + run::blanks(text, at + length + 1);
    (quote(text, start) > 0).then_some(start)
}

/// Whether a blank may stand before the value: after an option, and in a `.netrc`.
fn takes_blank(text: &str, name_start: usize) -> bool {
    let before = &text.as_bytes()[name_start.saturating_sub(200)..name_start];
    let name = before
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        .count();
    let option = &before[before.len() - name..];
    option.starts_with(b"--")
        || name == 0
            && memchr::memmem::find(before, b"login ").is_some()
            && memchr::memmem::find(before, b"machine ").is_some()
}

/// Length of a quote, with the backslashes that escape it.
pub(super) fn quote(text: &str, at: usize) -> usize {
    let Some(bytes) = text.as_bytes().get(at..) else { return 0 };
    let escapes = bytes.iter().take(8).take_while(|byte| **byte == b'\\').count();
    if bytes.get(escapes).is_some_and(|byte| b"\"'`".contains(byte)) { escapes + 1 } else { 0 }
}

/// The name that ends with the hit.
fn name(text: &str, start: usize, end: usize) -> &str {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let before = text.as_bytes()[..start].iter().rev().take(LONGEST_NAME).take_while(is_name).count();
    let name = &text[start - before..end];
    // The letter of an escaped line end is not part of it.
    let escaped = text.as_bytes()[..start - before].ends_with(b"\\") && name.starts_with(['n', 't', 'r']);
    &name[usize::from(escaped && before > 0)..]
}

/// How telling the name is, and the mark for its value.
fn kind(name: &str) -> Option<(Kind, &'static str)> {
    let mut plain = String::with_capacity(name.len());
    plain.extend(name.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()));
    if HARMLESS.iter().any(|harmless| plain.ends_with(harmless)) {
        return None;
    }
    let &(ending, kind, mark) = ENDINGS.iter().find(|(ending, ..)| plain.ends_with(ending))?;
    let stands_apart =
        plain.len() == ending.len() || !matches!(ending, "pass" | "auth" | "key") || separated(name, ending);
    stands_apart.then_some((kind, mark))
}

/// Whether a short ending is a word of its own: `DB_PASS`, not `bypass`.
fn separated(name: &str, ending: &str) -> bool {
    name[..name.len() - ending.len()].ends_with(['_', '-', '.'])
        || name[name.len() - ending.len()..].starts_with(|first: char| first.is_ascii_uppercase())
            && !name.chars().all(|it| it.is_ascii_uppercase())
}

fn read_value(text: &str, start: usize, link: Link) -> Option<Value<'_>> {
    let prefix = call_or_prefix(text, start);
    let open = quote(text, start + prefix);
    if open > 0 {
        return quoted(text, start + prefix, open);
    }
    if link == Link::Comma { None } else { Some(bare(text, start, link)) }
}

/// Length of a string prefix (`f"…"`) or of the call a literal is wrapped in (`SecretStr("…")`).
fn call_or_prefix(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[at..];
    let word = bytes
        .iter()
        .take(48)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.:".contains(byte))
        .count();
    let call = word + usize::from(word > 0 && bytes.get(word) == Some(&b'('));
    let asks = ["get", "env"].iter().any(|verb| text[at..at + word].to_ascii_lowercase().contains(verb));
    let string_prefix = word <= 2 || call > word && !asks;
    if string_prefix && quote(text, at + call) > 0 { call } else { 0 }
}

/// The string that opens at `at`, up to the same quote.
fn quoted(text: &str, at: usize, open: usize) -> Option<Value<'_>> {
    let quote = &text[at..at + open];
    let mut start = at + open;
    let limit = super::keys::floor(text, text.len().min(start + LONGEST_VALUE));
    let end = start + text[start..limit].find(quote)?;
    start += scheme(&text[start..end]);
    let inner = &text[start..end];
    let text = if inner.contains(['\n', '\\']) { joined(inner)?.into() } else { inner.into() };
    Some(Value { start, end, text, quoted: true })
}

/// Length of a scheme before a token, as in `Bearer …`.
fn scheme(value: &str) -> usize {
    let schemes = ["Bearer ", "bearer ", "Basic ", "Token ", "token ", "Bot "];
    schemes.iter().find(|scheme| value.starts_with(**scheme)).map_or(0, |scheme| scheme.len())
}

/// A value without its line ends, if it was broken at line ends only.
fn joined(value: &str) -> Option<String> {
    let mut whole = String::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        if let Some(next) = run::after_break(value, at) {
            at = next;
            continue;
        }
        let character = value[at..].chars().next()?;
        whole.push(character);
        at += character.len_utf8();
    }
    Some(whole)
}

/// A value without quotes: up to a blank or what ends a value in code, in a query or in a connection string.
fn bare(text: &str, start: usize, link: Link) -> Value<'_> {
    let mut start = start;
    start += scheme(&text[start..]);
    let ends = |byte: &&u8| match link {
        Link::Tag => **byte != b'<' && !byte.is_ascii_whitespace(),
        _ => !byte.is_ascii_whitespace() && !b",;\"'`<>|\\)}]&".contains(byte),
    };
    let length = text.as_bytes()[start..].iter().take(LONGEST_VALUE).take_while(ends).count();
    let end = super::keys::floor(text, start + length);
    let end = end - usize::from(text[start..end].ends_with(['.', ':']) && end > start);
    let mut value = Value { start, end, text: text[start..end].into(), quoted: false };
    over_line_end(text, &mut value);
    value
}

/// Follows a random value that a terminal broke.
fn over_line_end(text: &str, value: &mut Value<'_>) {
    let is_cut = run::after_break(text, value.end).is_some();
    if !is_cut || value.end - value.start < 24 || !value::is_random(head(&value.text)) {
        return;
    }
    let rest = run::take(text, value.end, run::Class::Base64, 24);
    if let Some(next) = run::after_break(text, value.end).filter(|_| rest.body.is_empty() || rest.broken) {
        let more = run::Class::Base64.count(text, next, LONGEST_VALUE);
        let ends = text.as_bytes().get(next + more).is_none_or(|byte| !matches!(byte, b'=' | b':' | b'('));
        if more >= 4 && ends && value::is_fragment(&text[next..next + more]) {
            value.end = next + more;
        }
    }
}

fn convinces(text: &str, at: usize, name: &str, kind: Kind, link: Link, value: &Value<'_>) -> bool {
    let it = head(&value.text);
    if it.len() < 6 || it.contains(char::is_whitespace) || value::is_variable(it) || value::is_path(it) {
        return false;
    }
    if !value.quoted && value::is_code(it) || it.contains("://") {
        return false;
    }
    if name.eq_ignore_ascii_case("pass") && !value.quoted {
        return false;
    }
    let random = value::is_random(it) && !is_named(it);
    match kind {
        Kind::Secret | Kind::Password if value::is_uuid(it) => true,
        Kind::Token if value::is_uuid(it) => name.to_ascii_lowercase().contains("heroku"),
        Kind::Key => name.contains("_KEY") && it.len() >= 20 && random && !is_hex(it) && !value::is_uuid(it),
        Kind::Token => it.len() >= 16 && random,
        Kind::Secret => random,
        Kind::Password => random || is_chosen(text, at, link, value),
    }
}

/// As much of a value as decides.
fn head(value: &str) -> &str {
    &value[..super::keys::floor(value, value.len().min(LONGEST_HEAD))]
}

/// Whether a person chose the value as a password. In code and prose it must look like one; after an option and in
/// a connection string anything that is no placeholder is one.
fn is_chosen(text: &str, at: usize, link: Link, value: &Value<'_>) -> bool {
    let it = head(&value.text);
    if value::is_placeholder(it) || value::is_code(it) && !value.quoted {
        return false;
    }
    let digit = it.bytes().any(|byte| byte.is_ascii_digit());
    match link {
        Link::Blank => {
            digit || it.bytes().any(|byte| byte.is_ascii_punctuation() && !b"-_/.:=".contains(&byte))
        }
        _ if in_connection(text, at) => digit || it.len() >= 8,
        _ => value::is_password(it) && !value::is_path(it),
    }
}

/// Whether a user is named on the same line before the password.
fn in_connection(text: &str, at: usize) -> bool {
    let from = super::keys::floor(text, at.saturating_sub(200));
    let line = text[from..at].rsplit('\n').next().unwrap_or_default().to_ascii_lowercase();
    ["user id=", "uid=", "user=", "username=", "accountname="].iter().any(|it| line.contains(it))
}

/// Whether the value is mostly words after all: `claude-3-5-sonnet@2024`, `SomeType2.field1`.
fn is_named(value: &str) -> bool {
    let separators = |it: char| matches!(it, '-' | '_' | '.' | '/' | ':' | ' ');
    let pieces = value.split(separators).filter(|piece| !piece.is_empty());
    let wordy = |piece: &&str| {
        piece.len() < 3
            || piece.bytes().all(|it| it.is_ascii_lowercase())
            || piece.bytes().all(|it| it.is_ascii_digit())
    };
    let readable: usize = pieces.clone().filter(wordy).map(str::len).sum();
    let all: usize = pieces.map(str::len).sum();
    readable * 10 >= all * 6
}

fn is_hex(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_hexdigit())
}
