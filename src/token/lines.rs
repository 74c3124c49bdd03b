//! Counting texts that have most of their lines in common, as the drafts of a handoff do: every line is counted once.
//!
//! A count is the sum of its lines' where no piece crosses a line end. By every splitting rule here one ends behind a
//! line feed that stands between two characters other than white space, of which the second is no slash: only white
//! space, and signs with the line feeds (and, in `o200k_base`, slashes) that trail them, reach over a line end, and both
//! stop there, whether the text goes on or ends. And no rule looks back, so what follows is split as if it stood alone.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::Encoding;

/// The counts of lines that were counted before.
pub struct Lines {
    encoding: Encoding,
    known: RefCell<FxHashMap<Box<str>, usize>>,
}

impl Lines {
    /// Nothing is counted yet.
    pub fn new(encoding: Encoding) -> Lines {
        Lines { encoding, known: RefCell::default() }
    }

    /// The number of tokens in the text: what [`Encoding::count`] says.
    pub fn count(&self, text: &str) -> usize {
        let known = &mut *self.known.borrow_mut();
        lines(text).map(|line| self.line(known, line)).sum()
    }

    fn line(&self, known: &mut FxHashMap<Box<str>, usize>, line: &str) -> usize {
        if let Some(tokens) = known.get(line) {
            return *tokens;
        }
        let tokens = self.encoding.count(line);
        known.insert(line.into(), tokens);
        tokens
    }
}

/// The text in parts that can be counted one by one: lines, some with those behind them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut ends = memchr::memchr_iter(b'\n', rest.as_bytes()).map(|at| at + 1);
        let end = ends.find(|end| parts(rest, *end)).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

/// Whether the line feed before this place parts what stands before it from what stands behind it.
fn parts(text: &str, end: usize) -> bool {
    let before = text[..end - 1].chars().next_back();
    let behind = text[end..].chars().next();
    before.is_some_and(|it| !it.is_whitespace()) && behind.is_some_and(|it| !it.is_whitespace() && it != '/')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_count_is_the_sum_of_its_lines(
            pieces in prop::collection::vec("[-a-zA-Z0-9 \t\r\n\n/.'#*'ſ\u{85}\u{3000}é中]{0,6}\n?", 0..12),
        ) {
            let text = pieces.concat();
            for encoding in Encoding::ALL {
                let counted = Lines::new(encoding);
                prop_assert_eq!(counted.count(&text), encoding.count(&text));
                prop_assert_eq!(counted.count(&text), encoding.count(&text));
            }
        }
    }
}
