//! What a value looks like: made by a machine, or by a person who meant to be read.

/// Words nobody's secret holds: who writes them writes an example.
const EXAMPLE_WORDS: &[&str] = &[
    "example",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "redacted",
    "insert",
    "replace",
    "sample",
    "foobar",
    "abcdef",
    "123456",
    "deadbeef",
    "xxxxx",
    "your_",
    "your-",
    "yourkey",
    "yourtoken",
    "dummy",
    "password",
    "passwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "hidden",
    "masked",
    "removed",
    "process.env",
    "environ",
    "import.meta",
    "undefined",
    "testkey",
    "test_key",
    "test-key",
    "invalid",
    "expired",
];

/// Whole values that stand for none.
const NO_VALUES: &[&str] = &[
    "pass", "none", "null", "true", "false", "test", "admin", "root", "user", "guest", "postgres", "mysql",
    "qwerty", "hunter2", "default", "string", "optional", "required", "pwd", "key", "value", "env",
];

/// Whether the value stands for another: an example, a variable, a blank to fill in, or none at all.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    NO_VALUES.contains(&lower.as_str())
        || lower.contains("...")
        || value.contains('…')
        || EXAMPLE_WORDS.iter().any(|word| lower.contains(word))
        || is_variable(value)
        || distinct(value) < 4
}

/// Whether the value is a variable, a template or a mark.
pub(super) fn is_variable(value: &str) -> bool {
    let bytes = value.as_bytes();
    let name = |rest: &[u8]| rest.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte));
    match bytes {
        [b'$', rest @ ..] if name(rest) && !rest.first().is_some_and(u8::is_ascii_digit) => true,
        [b'%', rest @ .., b'%'] | [b'@', rest @ .., b'@'] if name(rest) => true,
        [] | [b'%', b's' | b'd' | b'v', ..] | [b'&' | b'*', ..] => true,
        _ => ["${", "$(", "{{", "}}", "<", ">", "[redacted", "#{", "...", "…", "\\u003c"]
            .iter()
            .any(|open| value.contains(open)),
    }
}

/// Whether the value is code rather than text: a call, an index, a path of names.
pub(super) fn is_code(value: &str) -> bool {
    value.contains(['(', ')', '{', '}', '[', ']', '`', '\'', '"', ';'])
        || value.contains("::")
        || value.contains("->")
}

/// Whether it is the path of a file or an address without anything random in it.
pub(super) fn is_path(value: &str) -> bool {
    let rooted = ["/", "./", "../", "~/", "http://", "https://", "file:", "\\\\"]
        .iter()
        .any(|it| value.starts_with(it));
    rooted && !value.split('/').any(|part| part.len() >= 20 && is_random(part))
}

/// Whether more than a few different characters occur.
pub(super) fn is_varied(value: &str) -> bool {
    distinct(value) >= 7.min(value.len() / 2) && !is_example(value)
}

fn is_example(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["example", "placeholder", "xxxxx", "redacted", "your-", "your_", "abcdefghijkl"]
        .iter()
        .any(|it| lower.contains(it))
}

fn distinct(value: &str) -> usize {
    let mut seen = [false; 256];
    value.bytes().for_each(|byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|it| **it).count()
}

/// Whether a machine made the value: letters and digits in an order no word, name, number or date has.
pub(super) fn is_random(value: &str) -> bool {
    let shape = Shape::of(value);
    shape.letters + shape.digits >= 12
        && shape.letters >= 2
        && (shape.digits >= 1 && shape.is_restless() || shape.is_restless_without_digits())
        && entropy(value) >= 3.0
        && !is_example(value)
}

/// Whether a short piece of text looks like a part of a machine-made value.
pub(super) fn is_fragment(piece: &str) -> bool {
    let shape = Shape::of(piece);
    shape.digits >= 1 && shape.letters >= 1 && shape.is_restless()
}

/// Whether a person may have chosen it as a password: long enough, and of several kinds of characters.
pub(super) fn is_password(value: &str) -> bool {
    let shape = Shape::of(value);
    let kinds =
        [shape.lower, shape.upper, shape.digits, shape.symbols].iter().filter(|count| **count > 0).count();
    let length = value.chars().count();
    (8..=128).contains(&length)
        && kinds >= 3
        && (shape.digits >= 2 || shape.symbols >= 1 && shape.digits >= 1)
}

/// Whether it is a UUID.
pub(super) fn is_uuid(value: &str) -> bool {
    let parts = value.split('-').map(str::len);
    value.len() == 36
        && parts.eq([8, 4, 4, 4, 12])
        && value.bytes().all(|it| it == b'-' || it.is_ascii_hexdigit())
}

/// How the characters of a value are made up.
#[derive(Default)]
struct Shape {
    letters: usize,
    lower: usize,
    upper: usize,
    digits: usize,
    symbols: usize,
    /// How many pieces it falls into: numbers, capitalised or lower-case words, words in capitals.
    pieces: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lower,
    Upper,
    Digit,
}

impl Shape {
    /// Separators do not end a piece: `my-secret` is as tame as `mysecret`, a date is one number.
    fn of(value: &str) -> Self {
        let mut shape = Self::default();
        let mut last = None;
        let mut length = 0;
        for character in value.chars() {
            let Some(kind) = shape.count(character) else { continue };
            let word = kind == Kind::Lower && last == Some(Kind::Upper) && length == 1;
            if last != Some(kind) && !word {
                shape.pieces += 1;
                length = 0;
            }
            length += 1;
            last = Some(kind);
        }
        shape
    }

    fn count(&mut self, character: char) -> Option<Kind> {
        let (count, kind) = match character {
            'a'..='z' => (&mut self.lower, Kind::Lower),
            'A'..='Z' => (&mut self.upper, Kind::Upper),
            '0'..='9' => (&mut self.digits, Kind::Digit),
            _ => {
                self.symbols += 1;
                return None;
            }
        };
        *count += 1;
        self.letters += usize::from(kind != Kind::Digit);
        Some(kind)
    }

    /// As [`Self::is_restless`]; but names without digits come closer to it, so the bar is higher.
    fn is_restless_without_digits(&self) -> bool {
        self.letters >= 16 && self.pieces * 11 >= self.letters * 4
    }

    /// Pieces are 3.2 characters long on average, or shorter; words and numbers are longer.
    fn is_restless(&self) -> bool {
        self.pieces * 16 >= (self.letters + self.digits) * 5
    }
}

/// Shannon entropy in bits a byte.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    value.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    let bits = |count: u32| {
        let share = f64::from(count) / total;
        -share * share.log2()
    };
    counts.iter().filter(|count| **count > 0).map(|count| bits(*count)).sum()
}
