//! The lines of a text, and the hashes that tell them apart.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

/// Four characters for a line without the blanks around it.
pub(super) type Print = [u8; 4];

/// What the 64 values of six bits are written as.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A text taken apart.
pub(super) struct Lines<'a> {
    /// Its lines.
    pub text: Vec<&'a str>,
    /// The print of each.
    pub prints: Vec<Print>,
    /// Where each print stands, if it stands only once and says something; made when first asked for.
    once: OnceCell<FxHashMap<Print, Option<usize>>>,
}

impl<'a> Lines<'a> {
    pub fn of(text: &'a str) -> Self {
        let text: Vec<&str> = text.lines().collect();
        let prints = text.iter().map(|line| print(line)).collect();
        Lines { text, prints, once: OnceCell::new() }
    }

    /// Whether a line has something to read in it.
    pub fn tells(&self, at: usize) -> bool {
        tells(self.text[at])
    }

    /// Where the only line of that print stands, if there is one and it says something.
    pub fn only(&self, print: Print) -> Option<usize> {
        let once = || {
            let mut once = FxHashMap::default();
            for (at, print) in self.prints.iter().enumerate().filter(|(at, _)| self.tells(*at)) {
                once.entry(*print).and_modify(|at| *at = None).or_insert(Some(at));
            }
            once
        };
        *self.once.get_or_init(once).get(&print)?
    }

    /// Where the lines before one stand that are not empty, the nearest first.
    pub fn before(&self, at: usize) -> impl Iterator<Item = usize> {
        (0..at).rev().filter(|at| !self.text[*at].trim().is_empty())
    }

    /// Where the lines from one on stand that are not empty.
    pub fn behind(&self, at: usize) -> impl Iterator<Item = usize> {
        (at..self.text.len()).filter(|at| !self.text[*at].trim().is_empty())
    }
}

/// Whether a line is more than brackets and blanks.
pub(super) fn tells(line: &str) -> bool {
    line.chars().filter(|symbol| symbol.is_alphanumeric()).nth(2).is_some()
}

/// First 16 hex digits of the hash of lines, each without the blanks at its end.
pub(super) fn hash(lines: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for line in lines {
        hasher.update(line.trim_end().as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// The prints of a line after the other.
pub(super) fn written(prints: impl IntoIterator<Item = Print>) -> String {
    prints.into_iter().flatten().map(char::from).collect()
}

/// Prints as they were written; what is torn at the end is left out.
pub(super) fn prints(text: &str) -> Vec<Print> {
    text.as_bytes().chunks_exact(4).map(|four| four.try_into().expect("four of them")).collect()
}

fn print(line: &str) -> Print {
    let hash = blake3::hash(line.trim().as_bytes());
    let [first, second, third, ..] = *hash.as_bytes();
    let bits = u32::from_be_bytes([0, first, second, third]);
    [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift) as usize & 63])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_are_written_and_read() {
        let lines = Lines::of("fn a() {\n\n    b();\r\n}\n");
        assert_eq!(prints(&written(lines.prints.clone())), lines.prints);
        assert_eq!(prints("abcdef").len(), 1);
        assert_eq!(lines.prints[2], print("b();"));
        assert!(lines.tells(0) == tells("b()") || tells("fn a"));
    }

    #[test]
    fn a_hash_overlooks_blanks_at_the_ends_of_lines_only() {
        assert_eq!(hash(&["a ", "b\r"]), hash(&["a", "b"]));
        assert_ne!(hash(&[" a"]), hash(&["a"]));
        assert_ne!(hash(&["a", "b"]), hash(&["ab"]));
        assert_eq!(hash(&[]).len(), 16);
    }
}
