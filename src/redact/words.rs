//! Finds a few hundred words in one pass, in any letter case.
//!
//! Three bytes, folded to five bits each, index a bit set of 4 KiB that says whether any word begins so; only then
//! are words compared. A general automaton for these words does not fit the first cache, and is several times slower.

use std::ops::ControlFlow;

/// Number of values of a folded triple.
const KEYS: usize = 1 << 15;

/// The words to be found.
pub(super) struct Words {
    /// One bit for each folded triple: whether a word begins so.
    filter: Vec<u64>,
    /// For each folded triple, which list holds its words.
    lists: Vec<u16>,
    /// Which words begin with a triple.
    words: Vec<Vec<(usize, &'static str)>>,
}

impl Words {
    /// Prepares words of at least two bytes.
    pub fn new(words: Vec<&'static str>) -> Self {
        let mut new = Self { filter: vec![0; KEYS / 64], lists: vec![0; KEYS], words: vec![Vec::new()] };
        for (index, word) in words.into_iter().enumerate() {
            match *word.as_bytes() {
                [first, second] => (0..32).for_each(|any| new.insert(key([first, second, any]), index, word)),
                [first, second, third, ..] => new.insert(key([first, second, third]), index, word),
                _ => {}
            }
        }
        new
    }

    fn insert(&mut self, key: usize, index: usize, word: &'static str) {
        if self.lists[key] == 0 {
            self.lists[key] = u16::try_from(self.words.len()).expect("there are fewer triples than 65536");
            self.words.push(Vec::new());
        }
        self.filter[key / 64] |= 1 << (key % 64);
        self.words[usize::from(self.lists[key])].push((index, word));
    }

    /// Calls with the index, start and end of every word in the text, by start, until told to stop.
    pub fn visit(&self, text: &str, mut visit: impl FnMut(usize, usize, usize) -> ControlFlow<()>) -> ControlFlow<()> {
        let bytes = text.as_bytes();
        let filter: &[u64; KEYS / 64] = self.filter.as_slice().try_into().expect("the filter has that size");
        for (start, triple) in bytes.windows(3).enumerate() {
            let key = key([triple[0], triple[1], triple[2]]);
            if filter[key / 64] >> (key % 64) & 1 == 1 {
                for &(index, word) in &self.words[usize::from(self.lists[key])] {
                    let end = start + word.len();
                    if bytes.get(start..end).is_some_and(|it| it.eq_ignore_ascii_case(word.as_bytes())) {
                        visit(index, start, end)?;
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// Three bytes, folded.
fn key(triple: [u8; 3]) -> usize {
    triple.iter().fold(0, |key, byte| key << 5 | usize::from(byte & 31))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORDS: &[&str] = &["key", "keys", "SK", "sk-", "://", "\u{200b}", "api_key", "tok"];

    fn slowly(text: &str) -> Vec<(usize, usize)> {
        let lower = text.to_ascii_lowercase();
        let at = |start: usize| {
            let here = move |word: &&str| start + word.len().max(3) <= text.len();
            let lower = &lower;
            (0..WORDS.len())
                .filter(move |&it| here(&WORDS[it]) && lower.as_bytes()[start..].starts_with(WORDS[it].to_ascii_lowercase().as_bytes()))
                .map(move |it| (it, start))
        };
        (0..text.len()).flat_map(at).collect()
    }

    proptest! {
        #[test]
        fn finds_what_a_slow_search_finds(text in "([ksKS]|key|tok|-|://|\u{200b}|api_|é| ){0,20}") {
            let mut found = Vec::new();
            let words = Words::new(WORDS.to_vec());
            let end = words.visit(&text, |word, start, _| {
                found.push((word, start));
                ControlFlow::Continue(())
            });
            prop_assert!(end.is_continue());
            found.sort_by_key(|&(word, start)| (start, word));
            prop_assert_eq!(found, slowly(&text));
        }
    }
}
