//! Assignments of machine-made values to telling names, in code, JSON, YAML, environments, XML and on command lines.

use std::collections::BTreeSet;

use super::find::{Found, Hit, Span};
use super::value;
use super::{run, torn};

/// Longest value looked at.
const LONGEST_VALUE: usize = 1024;
/// How far before a password its user is looked for.
const LONGEST_CONNECTION: usize = 200;
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
    /// As much of it as decides, in one line.
    text: std::borrow::Cow<'a, str>,
    quoted: bool,
    /// Whether only its head was read, so that `end` is not its end.
    cut: bool,
}

/// The value assigned to the name that ends at the hit.
pub(super) fn look(hit: Hit<'_>, found: &mut Found) {
    let text = hit.text;
    let after_name = hit.end + suffix(text, hit.end);
    let Some((link, start)) = link(text, hit.start, after_name) else { return };
    let name = name(text, hit.start, hit.end);
    let Some((kind, mark)) = kind(name) else { return };
    let is_telling = kind != Kind::Key || name.contains("_KEY");
    if !is_telling || link != Link::Tag && start < found.values_until {
        return;
    }
    let head = found.head();
    let Some(mut value) = read_value(text, start, link, head) else { return };
    let mut is_secret = convinces(hit, name, kind, link, &value, found);
    if !is_secret && go_on(text, &mut value) {
        is_secret = convinces(hit, name, kind, link, &value, found);
    }
    if is_secret {
        if !value.quoted {
            to_the_end(text, &mut value, link);
            found.values_until = found.values_until.max(value.end);
        }
        found.spans.push(Span { start: value.start, end: value.end, rank: 1, mark });
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
    let whole = &rest[..word];
    let stage = whole.strip_prefix(b"_").or(whole.strip_prefix(b"-")).unwrap_or(whole);
    let known: [&[u8]; 10] =
        [b"prod", b"dev", b"test", b"live", b"staging", b"base", b"base64", b"b64", b"value", b"hex"];
    let is_stage = stage.len() < whole.len() && known.iter().any(|it| stage.eq_ignore_ascii_case(it));
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
    // What stands behind the last of these is the value's own.
    let count = bytes[at..at + count].iter().rposition(|byte| b":=>".contains(byte))? + 1;
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
    if length == 0 || bytes.get(at + length) != Some(&b'=') || value::is_random(text[at..at + length].trim())
    {
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
    let escapes = run::escapes(bytes);
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
    let mut plain = [0_u8; LONGEST_NAME + 16];
    let mut length = 0;
    for byte in name.bytes().filter(u8::is_ascii_alphanumeric).take(plain.len()) {
        plain[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let plain = &plain[..length];
    let end = Tail::of(plain);
    let ends = |word: &str, tail: &Tail| tail.may_end(end) && plain.ends_with(word.as_bytes());
    if HARMLESS.iter().zip(&HARMLESS_TAILS).any(|(word, tail)| ends(word, tail)) {
        return None;
    }
    let (&(ending, kind, mark), _) =
        ENDINGS.iter().zip(&ENDING_TAILS).find(|((ending, ..), tail)| ends(ending, tail))?;
    let stands_apart =
        plain.len() == ending.len() || !matches!(ending, "pass" | "auth" | "key") || separated(name, ending);
    stands_apart.then_some((kind, mark))
}

/// The last bytes of a word, at most 8, the last one highest: most words are told apart by one comparison.
#[derive(Clone, Copy)]
struct Tail {
    bytes: u64,
    mask: u64,
}

impl Tail {
    const fn of(word: &[u8]) -> Self {
        let mut tail = Self { bytes: 0, mask: 0 };
        let mut at = 0;
        while at < word.len() && at < 8 {
            let shift = 56 - 8 * at;
            tail.bytes |= (word[word.len() - 1 - at] as u64) << shift;
            tail.mask |= 0xff << shift;
            at += 1;
        }
        tail
    }

    const fn may_end(self, whole: Self) -> bool {
        whole.bytes & self.mask == self.bytes
    }
}

static ENDING_TAILS: [Tail; ENDINGS.len()] = {
    let mut tails = [Tail::of(b""); ENDINGS.len()];
    let mut at = 0;
    while at < tails.len() {
        tails[at] = Tail::of(ENDINGS[at].0.as_bytes());
        at += 1;
    }
    tails
};

static HARMLESS_TAILS: [Tail; HARMLESS.len()] = {
    let mut tails = [Tail::of(b""); HARMLESS.len()];
    let mut at = 0;
    while at < tails.len() {
        tails[at] = Tail::of(HARMLESS[at].as_bytes());
        at += 1;
    }
    tails
};

/// Whether a short ending is a word of its own: `DB_PASS`, not `bypass`.
fn separated(name: &str, ending: &str) -> bool {
    name[..name.len() - ending.len()].ends_with(['_', '-', '.'])
        || name[name.len() - ending.len()..].starts_with(|first: char| first.is_ascii_uppercase())
            && !name.chars().all(|it| it.is_ascii_uppercase())
}

fn read_value(text: &str, start: usize, link: Link, head: usize) -> Option<Value<'_>> {
    let prefix = call_or_prefix(text, start);
    let open = quote(text, start + prefix);
    if open > 0 {
        return quoted(text, start + prefix, open, head);
    }
    if link == Link::Comma { None } else { Some(bare(text, start, link, head)) }
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
    let may_wrap = word <= 2 || call > word;
    if call == 0 || !may_wrap || quote(text, at + call) == 0 {
        return 0;
    }
    let asks = bytes[..word]
        .array_windows::<3>()
        .any(|verb| verb.eq_ignore_ascii_case(b"get") || verb.eq_ignore_ascii_case(b"env"));
    if word > 2 && asks { 0 } else { call }
}

/// The string that opens at `at`, up to the same quote.
fn quoted(text: &str, at: usize, open: usize, head: usize) -> Option<Value<'_>> {
    let quote = &text.as_bytes()[at..at + open];
    let mut start = at + open;
    let rest = &text.as_bytes()[start..text.len().min(start + LONGEST_VALUE)];
    let length = match quote {
        [quote] => memchr::memchr(*quote, rest)?,
        _ => memchr::memmem::find(rest, quote)?,
    };
    let end = start + length;
    start += scheme(&text[start..end]);
    let inner = super::value::head(&text[start..end], head);
    let value = match memchr::memchr2(b'\n', b'\\', inner.as_bytes()) {
        Some(_) => joined(inner)?.into(),
        None => inner.into(),
    };
    Some(Value { start, end, text: value, quoted: true, cut: false })
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
    let may_break = |byte: &u8| !byte.is_ascii_alphanumeric();
    while at < value.len() {
        if let Some(next) = run::after_break(value, at) {
            at = next;
            continue;
        }
        let first = value[at..].chars().next()?.len_utf8();
        let rest = value.as_bytes()[at + first..].iter().position(may_break);
        let next = value.ceil_char_boundary(rest.map_or(value.len(), |rest| at + first + rest));
        whole.push_str(&value[at..next]);
        at = next;
    }
    Some(whole)
}

/// A value without quotes: up to a blank or what ends a value in code, in a query or in a connection string.
fn bare(text: &str, start: usize, link: Link, head: usize) -> Value<'_> {
    let start = start + scheme(&text[start..]);
    let end = bare_end(text, start, link, head);
    let cut = end - start >= head;
    let end = super::keys::floor(text, end);
    let end = end - usize::from(!cut && text[start..end].ends_with(['.', ':']) && end > start);
    Value { start, end, text: text[start..end].into(), quoted: false, cut }
}

fn bare_end(text: &str, start: usize, link: Link, most: usize) -> usize {
    let rest = &text.as_bytes()[start..];
    let rest = &rest[..rest.len().min(most)];
    let length = match link {
        Link::Tag => rest.iter().position(|byte| *byte == b'<' || byte.is_ascii_whitespace()),
        _ => rest.iter().position(|byte| {
            byte.is_ascii_whitespace()
                || matches!(
                    byte,
                    b',' | b';'
                        | b'"'
                        | b'\''
                        | b'`'
                        | b'<'
                        | b'>'
                        | b'|'
                        | b'\\'
                        | b')'
                        | b'}'
                        | b']'
                        | b'&'
                )
        }),
    };
    start + length.unwrap_or(rest.len())
}

/// Takes up what a line end tore off a value without quotes.
fn go_on(text: &str, value: &mut Value<'_>) -> bool {
    let span = Span { start: value.start, end: value.end, rank: 0, mark: "" };
    let end = if value.quoted || value.cut { value.end } else { torn::end_of(text, span, &BTreeSet::new()) };
    let goes_on = end > value.end;
    if goes_on && let Some(whole) = joined(&text[value.start..end]) {
        value.text = whole.into();
        value.end = end;
    }
    goes_on
}

/// Reads on to where a value without quotes ends.
fn to_the_end(text: &str, value: &mut Value<'_>, link: Link) {
    if value.cut {
        let end = super::keys::floor(text, bare_end(text, value.start, link, usize::MAX));
        value.end = end - usize::from(text[value.start..end].ends_with(['.', ':']));
    }
}

fn convinces(hit: Hit<'_>, name: &str, kind: Kind, link: Link, value: &Value<'_>, found: &mut Found) -> bool {
    let it = value.text.as_ref();
    let shape = value::Shape::of(it);
    let random = shape.is_random(it);
    let uuid = value::is_uuid(it);
    // What decides most comes first: most values are no secrets.
    let chosen = kind == Kind::Password
        && (is_setting(name) && shape.has_both_cases() || may_be_chosen(hit, link, &shape, it, found));
    if it.len() < 6 || !random && !uuid && !chosen {
        return false;
    }
    if it.contains(char::is_whitespace) || value::is_variable(it) || value::is_path(it) {
        return false;
    }
    if !value.quoted && value::is_code(it) || memchr::memmem::find(it.as_bytes(), b"://").is_some() {
        return false;
    }
    if name.eq_ignore_ascii_case("pass") && !value.quoted {
        return false;
    }
    let unnamed = random && !is_named(it);
    match kind {
        Kind::Secret | Kind::Password if uuid => true,
        Kind::Token if uuid => name.to_ascii_lowercase().contains("heroku"),
        Kind::Key => it.len() >= 20 && unnamed && !is_hex(it) && !uuid,
        Kind::Token => it.len() >= 16 && unnamed,
        Kind::Secret => unnamed,
        Kind::Password => unnamed || chosen && !value::is_placeholder(it),
    }
}

/// Whether it is the name of an option or of a variable of an environment, and not one in code.
fn is_setting(name: &str) -> bool {
    name.starts_with("--") || name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Whether a person may have chosen the value as a password. In code and prose it must look like one; after an option
/// and in a connection string anything that is no placeholder is one.
fn may_be_chosen(hit: Hit<'_>, link: Link, shape: &value::Shape, it: &str, found: &mut Found) -> bool {
    let digit = shape.digits > 0;
    match link {
        Link::Blank => {
            digit
                || shape.has_both_cases()
                || it.bytes().any(|byte| byte.is_ascii_punctuation() && !b"-_/.:=".contains(&byte))
        }
        _ => shape.is_password(it) || (digit || it.len() >= 8) && in_connection(hit.text, hit.start, found),
    }
}

/// Whether a user is named on the same line before the password. What was looked through before is not again.
fn in_connection(text: &str, at: usize, found: &mut Found) -> bool {
    let bytes = text.as_bytes();
    let (until, mut user) = found.users;
    let from = until.clamp(at.saturating_sub(LONGEST_CONNECTION), at);
    for sign in memchr::memchr_iter(b'=', &bytes[from..at]).map(|sign| from + sign) {
        user = if names_user(&bytes[..sign]) { Some(sign) } else { user };
    }
    found.users = (until.max(at), user);
    user.filter(|sign| (at.saturating_sub(LONGEST_CONNECTION)..at).contains(sign))
        .is_some_and(|sign| memchr::memchr(b'\n', &bytes[sign..at]).is_none())
}

/// Whether a name of a user, as connection strings have it, ends the text.
fn names_user(text: &[u8]) -> bool {
    const NAMES: [&[u8]; 5] = [b"user id", b"uid", b"user", b"username", b"accountname"];
    NAMES.iter().any(|name| {
        text.len() >= name.len() && text.last().is_some_and(|last| last | 0x20 == name[name.len() - 1]) && {
            text[text.len() - name.len()..].eq_ignore_ascii_case(name)
        }
    })
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
