//! What a value looks like: made by a machine, or by a person who meant to be read.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

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
    "...",
    "…",
];

/// Whole values that stand for none.
const NO_VALUES: &[&str] = &[
    "pass", "none", "null", "true", "false", "test", "admin", "root", "user", "guest", "postgres", "mysql",
    "qwerty", "hunter2", "default", "string", "optional", "required", "pwd", "key", "value", "env",
];

/// Longest piece of a value that is looked at.
const LONGEST: usize = 4096;

/// The words in any letter case, in one pass.
fn any_of(words: &[&str]) -> AhoCorasick {
    let kind = Some(AhoCorasickKind::DFA);
    let builder =
        AhoCorasick::builder().kind(kind).prefilter(false).ascii_case_insensitive(true).build(words);
    builder.expect("a few short words")
}

static EXAMPLES: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(EXAMPLE_WORDS));

/// As much of a value as decides.
pub(super) fn head(value: &str, length: usize) -> &str {
    &value[..value.floor_char_boundary(length)]
}

/// Whether the value stands for another: an example, a variable, a blank to fill in, or none at all.
pub(super) fn is_placeholder(value: &str) -> bool {
    NO_VALUES.iter().any(|it| value.eq_ignore_ascii_case(it))
        || EXAMPLES.is_match(value)
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
        _ => (0..bytes.len()).any(|at| opens_template(bytes, at)),
    }
}

/// Whether a template, a tag, a mark or an ellipsis stands at `at`.
fn opens_template(bytes: &[u8], at: usize) -> bool {
    let next = |expected: &[u8]| bytes[at + 1..].starts_with(expected);
    match bytes[at] {
        b'<' | b'>' => true,
        b'$' => next(b"{") || next(b"("),
        b'{' | b'#' => next(b"{"),
        b'}' => next(b"}"),
        b'.' => next(b".."),
        b'[' => next(b"redacted"),
        b'\\' => next(b"u003c"),
        0xe2 => next(b"\x80\xa6"),
        _ => false,
    }
}

/// Whether the value is code rather than text: a call, an index, a path of names.
pub(super) fn is_code(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes
        .iter()
        .any(|byte| matches!(byte, b'(' | b')' | b'{' | b'}' | b'[' | b']' | b'`' | b'\'' | b'"' | b';'))
        || bytes.array_windows().any(|pair| matches!(pair, b"::" | b"->"))
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

static MEANT_TO_BE_READ: LazyLock<AhoCorasick> = LazyLock::new(|| {
    any_of(&["example", "placeholder", "xxxxx", "redacted", "your-", "your_", "abcdefghijkl"])
});

fn is_example(value: &str) -> bool {
    MEANT_TO_BE_READ.is_match(value)
}

fn distinct(value: &str) -> usize {
    let mut seen = [false; 256];
    value.bytes().for_each(|byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|it| **it).count()
}

/// Whether a machine made the value: letters and digits in an order no word, name, number or date has.
pub(super) fn is_random(value: &str) -> bool {
    Shape::of(value).is_random(value)
}

/// Whether it is letters in no word's order.
pub(super) fn is_scrambled(value: &str) -> bool {
    Shape::of(value).is_scrambled()
}

/// Whether a short piece of text looks like a part of a machine-made value.
pub(super) fn is_fragment(piece: &str) -> bool {
    let shape = Shape::of(piece);
    shape.digits >= 1 && shape.letters >= 1 && shape.is_restless()
}

/// Whether a piece on the next line belongs to a secret that ends the line before: it looks as machine-made, and is no
/// commit or digest that stands there by itself.
pub(super) fn goes_on(secret: &str, piece: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_hash = matches!(piece.len(), 7..=12 | 32 | 40 | 64) && is_hex(piece) && !is_hex(secret);
    let shape = Shape::of(piece);
    let is_both_hex = shape.digits > 0 && shape.letters > 0 && is_hex(piece) && is_hex(secret);
    !is_hash && (is_both_hex || shape.is_mixed() || is_fragment(piece))
}

/// Whether it is a UUID.
pub(super) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && value.bytes().all(|it| it == b'-' || it.is_ascii_hexdigit())
}

/// How the characters of a value are made up.
pub(super) struct Shape {
    letters: usize,
    lower: usize,
    upper: usize,
    /// How many digits.
    pub digits: usize,
    symbols: usize,
    /// How many pieces it falls into: numbers, capitalised or lower-case words, words in capitals.
    pieces: usize,
}

/// The kinds of characters: anything else, lower case, upper case, digits.
const OTHER: u8 = 0;
const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 3;

/// The kind of every byte.
static KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

impl Shape {
    /// Looks at a value. Separators do not end a piece: `my-secret` is as tame as `mysecret`, a date is one number.
    pub fn of(value: &str) -> Self {
        let mut counts = [0_usize; 4];
        let mut pieces = 0;
        let (mut before, mut last) = (OTHER, OTHER);
        for byte in value.bytes().take(LONGEST) {
            let kind = KINDS[usize::from(byte)];
            counts[usize::from(kind)] += 1;
            if kind == OTHER {
                continue;
            }
            // A capital and the small letters after it are one word.
            let word = kind == LOWER && last == UPPER && before != UPPER;
            pieces += usize::from(last != kind && !word);
            (before, last) = (last, kind);
        }
        let [symbols, lower, upper, digits] = counts;
        Self { letters: lower + upper, lower, upper, digits, symbols, pieces }
    }

    /// As [`is_random`], of the value it is the shape of.
    pub fn is_random(&self, value: &str) -> bool {
        self.letters + self.digits >= 12
            && self.letters >= 2
            && (self.digits >= 1 && self.is_restless()
                || self.is_restless_without_digits()
                || self.is_hex(value))
            && is_dense(value)
            && !is_example(value)
    }

    /// Whether it is a password: long enough, and of several kinds of characters, or of letters in no word's order.
    pub fn is_password(&self, value: &str) -> bool {
        let counts = [self.lower, self.upper, self.digits, self.symbols];
        let kinds = counts.iter().filter(|count| **count > 0).count();
        let is_varied = kinds >= 3 && (self.digits >= 2 || self.symbols >= 1 && self.digits >= 1);
        (is_varied || self.is_scrambled()) && (8..=128).contains(&value.chars().count())
    }

    /// Whether capitals and small letters follow each other more often than in any name.
    fn is_scrambled(&self) -> bool {
        self.letters >= 12 && self.upper.min(self.lower) >= 4 && self.pieces * 10 >= self.letters * 3
    }

    /// Whether it has capitals and small letters, two of each.
    pub fn has_both_cases(&self) -> bool {
        self.upper >= 2 && self.lower >= 2
    }

    /// Whether a short piece has what the parts of names seldom have together.
    fn is_mixed(&self) -> bool {
        let is_letters = self.letters >= 8 && self.pieces * 3 >= self.letters;
        is_letters
            || self.letters >= 6
                && self.digits >= 1
                && self.upper >= 2
                && self.lower >= 1
                && self.symbols == 0
    }

    /// Whether it is a number of base 16 that is too long to be counted.
    fn is_hex(&self, value: &str) -> bool {
        value.len() >= 32
            && self.letters.min(self.digits) >= 4
            && value.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// As [`Self::is_restless`]; but names without digits come closer to it, so the bar is higher.
    fn is_restless_without_digits(&self) -> bool {
        self.letters >= 16 && self.pieces * 11 >= self.letters * 4
            || self.letters >= 32
                && self.symbols == 0
                && self.upper >= 8
                && self.lower >= 8
                && self.pieces * 4 >= self.letters
    }

    /// Pieces are 3.2 characters long on average, or shorter; words and numbers are longer. Of a long value without
    /// separators 4.5 are enough: chance makes longer runs there, and names of that length have longer words.
    fn is_restless(&self) -> bool {
        let characters = self.letters + self.digits;
        self.pieces * 16 >= characters * 5
            || characters >= 32
                && self.symbols <= 1
                && self.digits >= 1
                && self.upper >= 4
                && self.pieces * 9 >= characters * 2
    }
}

/// `n log n` in bits, in millionths, for every number of bytes looked at.
static BITS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let bits = |count: u32| f64::from(count) * f64::from(count.max(1)).log2() * 1e6;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 10^11, not negative")]
    (0..).take(LONGEST + 1).map(|count| bits(count).round() as u64).collect()
});

/// Whether Shannon's entropy is at least three bits a byte.
fn is_dense(value: &str) -> bool {
    let bits = BITS.as_slice();
    let mut counts = [0_u16; 256];
    let mut repeated = 0;
    for byte in value.bytes().take(LONGEST) {
        let count = &mut counts[usize::from(byte)];
        repeated += bits[usize::from(*count) + 1] - bits[usize::from(*count)];
        *count += 1;
    }
    let length = value.len().min(LONGEST);
    // What rounding can cost is added.
    bits[length] + 300 >= repeated + 3_000_000 * length as u64
}
