//! Both directions, with counts: what must go, and what must stay. No secret stands here in one piece: bodies come
//! from a generator, so that no scanner trips over this file.

use super::*;

mod events;
mod properties;

/// A body as a machine makes them: `length` characters of the alphabet, always the same for a seed.
fn body(alphabet: &str, length: usize, seed: u64) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from((state >> 33) % alphabet.len() as u64).expect("smaller than the alphabet")
    };
    (0..length).map(|_| alphabet[next()]).collect()
}

const ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Whether any piece of the body is still there.
fn leaks(safe: &str, body: &str) -> bool {
    let bytes: Vec<char> = body.chars().collect();
    let length = 6.min(bytes.len());
    bytes.windows(length).any(|piece| safe.contains(&piece.iter().collect::<String>()))
}

#[test]
fn a_token_becomes_a_typed_mark() {
    let secret = ["ghp_", &body(ALNUM, 36, 1)].concat();
    assert_eq!(text(&format!("use {secret} now")), "use [redacted:github-token] now");
    assert!(matches!(text("nothing here"), Cow::Borrowed(_)));
}

#[test]
fn counted_lines_stay_and_hunks_keep_their_marks() {
    let block =
        ["-----BEGIN PRIVATE", " KEY-----\n+", &body(BASE64, 64, 2), "\n+-----END PRIVATE", " KEY-----"]
            .concat();
    let (safe, marks) = redact(&block, Lines::Hunk);
    assert_eq!((safe.as_ref(), marks), ("[redacted:private-key]\n+\n+", 1));
    assert_eq!(redact("a\rb", Lines::Keep).0, "ab");
}
