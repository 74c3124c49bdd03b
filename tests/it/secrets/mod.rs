//! Every kind of secret in every form, through the gate and through the doors; and what only looks like one.
//!
//! No secret stands here in one piece: the random parts come from a generator, so that no scanner trips over these files.

#[cfg(feature = "cli")]
mod doors;
mod forms;
mod innocent;
mod places;
mod table;
mod tokens;

use baton::redact;

use forms::{FORMS, Form, Written};

/// A mark, a text with `@` for the random part of a secret, and the characters and length of that.
type Kind = (&'static str, &'static str, &'static str, usize);
/// Kinds of secrets under one title.
type Group = (&'static str, &'static [Kind]);

const HEX: &str = "0123456789abcdef";
const ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Fewest characters in a row by which a secret is known.
const PIECE: usize = 6;

/// A secret of a kind, in a form.
struct Secret {
    group: &'static str,
    kind: &'static Kind,
    form: &'static Form,
    /// Its random part.
    body: String,
    /// The text it stands in.
    text: String,
}

/// Every kind in every form that there is of it, each with a random part of its own.
fn secrets() -> Vec<Secret> {
    let groups = tokens::TOKENS.iter().chain(places::PLACES);
    let kinds = groups.flat_map(|(group, kinds)| kinds.iter().map(move |kind| (*group, kind)));
    let mut all = Vec::new();
    for (group, kind) in kinds {
        for form in FORMS {
            let body = body(kind.2, kind.3, all.len() as u64);
            let written = written(kind, &body);
            if form.fits(&written) {
                all.push(Secret { group, kind, form, body, text: (form.write)(&written) });
            }
        }
    }
    all
}

fn written(kind: &Kind, body: &str) -> Written {
    let start = kind.1.find('@').expect("a place for the secret");
    Written { text: kind.1.replacen('@', body, 1), start, length: body.len() }
}

/// A random part as machines make them: `length` characters of the alphabet, always the same for a seed.
fn body(alphabet: &str, length: usize, seed: u64) -> String {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let at = usize::try_from((state >> 33) % alphabet.len() as u64).expect("smaller than the alphabet");
        char::from(alphabet.as_bytes()[at])
    };
    (0..length).map(|_| next()).collect()
}

impl Secret {
    /// Whether any piece of it is left in a text.
    fn is_in(&self, text: &str) -> bool {
        let mut pieces = self.body.as_bytes().windows(PIECE.min(self.body.len()));
        pieces.any(|piece| memchr::memmem::find(text.as_bytes(), piece).is_some())
    }

    /// Whether the gate takes it out.
    fn is_caught(&self) -> bool {
        !self.is_in(&redact::text(&self.text))
    }
}

#[test]
fn no_secret_passes_the_gate() {
    let all = secrets();
    let missed: Vec<String> = all.iter().filter(|it| !it.is_caught()).map(Secret::told).collect();
    assert!(missed.is_empty(), "{} of {} survive:\n{}", missed.len(), all.len(), missed.join("\n"));
    assert!(all.len() >= 4_000, "{} secrets", all.len());
}

impl Secret {
    fn told(&self) -> String {
        let Secret { group, kind, form, text, .. } = self;
        format!("{} of {group}, {}: {text:?}\n  became {:?}", kind.0, form.title, redact::text(text))
    }
}

#[test]
fn a_mark_names_the_kind() {
    let all = secrets();
    let plain = all.iter().filter(|it| it.form.title == FORMS[0].title);
    let is_named = |it: &Secret| redact::text(&it.text).contains(&format!("[redacted:{}]", it.kind.0));
    let wrong: Vec<String> = plain.filter(|it| !is_named(it)).map(Secret::told).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A shape that nobody tries is not known to work.
#[test]
fn every_shape_is_tried() {
    let shapes = include_str!("../../../src/redact/shapes.rs");
    let lines = shapes.lines().filter_map(|line| line.trim().split_once("(\"")).map(|(_, rest)| rest);
    let marks = lines.filter_map(|rest| rest.split_once('"')).map(|(mark, _)| mark);
    let tried = |mark: &str| tokens::TOKENS.iter().flat_map(|(_, kinds)| *kinds).any(|kind| kind.0 == mark);
    let untried: Vec<&str> = marks.filter(|mark| !tried(mark)).collect();
    assert!(untried.is_empty(), "{untried:?}");
}

#[test]
fn a_secret_goes_whole_and_what_follows_stays() {
    let secret = body(ALNUM, 64, 7);
    let (first, last) = secret.split_at(40);
    for end in ["\n", " \\\n", "\\n", "\\\\n", "\r\n", "\n    ", " │\n│ ", "\n+"] {
        let check = |given: &str, expected: &str| assert_eq!(redact::text(given), expected, "{given:?}");
        check(&format!("API_KEY=\"{first}{end}{last}\" next"), "API_KEY=\"[redacted:api-key]\" next");
        check(
            &format!("Authorization: Bearer {first}{end}{last}\nnext line"),
            "Authorization: Bearer [redacted:authorization]\nnext line",
        );
        check(
            &format!("API_KEY={first}{end}9fceb02 Fix the parser"),
            &format!("API_KEY=[redacted:api-key]{}9fceb02 Fix the parser", end.replace('\r', "")),
        );
        check(
            &format!("API_KEY={first}{end}utf8_to_utf16.rs"),
            &format!("API_KEY=[redacted:api-key]{}utf8_to_utf16.rs", end.replace('\r', "")),
        );
        check(
            &format!("API_KEY={first}{end}DB_USER2=app1"),
            &format!("API_KEY=[redacted:api-key]{}DB_USER2=app1", end.replace('\r', "")),
        );
    }
}
