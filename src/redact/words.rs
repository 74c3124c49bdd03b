//! Finds a few hundred words in one pass, in any letter case.
//!
//! Each word is anchored at its rarest three bytes. Three bytes, folded to six bits each, index a bit set of 32 KiB
//! that says whether any anchor looks so; only then are words compared. A general automaton for these words does not
//! fit the first cache, and is several times slower.

use std::ops::ControlFlow;

/// Number of values of a folded triple.
const KEYS: usize = 1 << 18;

/// The words to be found.
pub(super) struct Words {
    /// One bit for each folded triple: whether a word is anchored there.
    filter: Vec<u64>,
    /// How many bits are set before each 64 of the filter.
    before: Vec<u16>,
    /// For each bit that is set, where its anchors begin; and one past the last anchor.
    first: Vec<u16>,
    /// Words by the folded triple of their anchor, sorted.
    anchors: Vec<Anchor>,
}

/// A word and the triple it is anchored at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Anchor {
    key: usize,
    offset: usize,
    index: usize,
    word: &'static str,
}

impl Words {
    /// Prepares words of at least two bytes.
    pub fn new(words: Vec<&'static str>) -> Self {
        let mut anchors: Vec<Anchor> = Vec::with_capacity(words.len());
        for (index, word) in words.into_iter().enumerate() {
            let (offset, _) = rarest(word.as_bytes());
            match word.as_bytes()[offset..] {
                [first, second] => anchors.extend((0..64).map(|any| {
                    let key = key([first, second, 0]) | any;
                    Anchor { key, offset, index, word }
                })),
                [first, second, third, ..] => {
                    anchors.push(Anchor { key: key([first, second, third]), offset, index, word });
                }
                _ => {}
            }
        }
        anchors.sort_unstable();
        let mut filter = vec![0_u64; KEYS / 64];
        let mut first = Vec::new();
        for (place, anchor) in (0..).zip(&anchors) {
            if filter[anchor.key / 64] >> (anchor.key % 64) & 1 == 0 {
                first.push(place);
            }
            filter[anchor.key / 64] |= 1 << (anchor.key % 64);
        }
        first.push(u16::try_from(anchors.len()).expect("a few hundred words"));
        let mut sum = 0_u32;
        let mut count = |bits: &u64| {
            sum += bits.count_ones();
            u16::try_from(sum - bits.count_ones()).expect("no more than anchors")
        };
        let before = filter.iter().map(&mut count).collect();
        Self { filter, before, first, anchors }
    }

    /// Calls with the index, start and end of every word in the text until told to stop. Words of two bytes are not
    /// found at the very end.
    pub fn visit(
        &self,
        text: &str,
        mut visit: impl FnMut(usize, usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let filter: &[u64; KEYS / 64] = self.filter.as_slice().try_into().expect("the filter has that size");
        for (at, triple) in text.as_bytes().windows(3).enumerate() {
            let key = key([triple[0], triple[1], triple[2]]);
            if filter[key / 64] >> (key % 64) & 1 == 1 {
                self.compare(text.as_bytes(), at, key, &mut visit)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Calls with the words whose anchor is at `at`.
    #[inline(never)]
    fn compare(
        &self,
        bytes: &[u8],
        at: usize,
        key: usize,
        visit: &mut impl FnMut(usize, usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let lower = self.filter[key / 64] & ((1 << (key % 64)) - 1);
        let rank = usize::from(self.before[key / 64]) + lower.count_ones() as usize;
        let place = usize::from(self.first[rank])..usize::from(self.first[rank + 1]);
        for anchor in &self.anchors[place] {
            let Some(start) = at.checked_sub(anchor.offset) else { continue };
            let end = start + anchor.word.len();
            if bytes.get(start..end).is_some_and(|it| it.eq_ignore_ascii_case(anchor.word.as_bytes())) {
                visit(anchor.index, start, end)?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// Three bytes, folded: letter case does not matter, letters and other characters differ.
fn key(triple: [u8; 3]) -> usize {
    triple.iter().fold(0, |key, byte| key << 6 | usize::from(byte & 31 | (byte & 0x40) >> 1))
}

/// Offset of the three bytes of the word that are rarest in text, and how frequent they are.
fn rarest(word: &[u8]) -> (usize, usize) {
    let common = |triple: &[u8]| triple.iter().map(|byte| frequency(*byte)).sum::<usize>();
    word.windows(3).map(common).enumerate().min_by_key(|&(_, common)| common).unwrap_or((0, 0))
}

/// Roughly how frequent a byte is, as a rank.
fn frequency(byte: u8) -> usize {
    const RISING: &[u8] = b"zqjxkvbywgfpmuhdlcsrnioate";
    if byte == b' ' {
        return RISING.len() + 10;
    }
    RISING.iter().position(|letter| *letter == byte.to_ascii_lowercase()).map_or(0, |rank| rank + 4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORDS: &[&str] = &["key", "keys", "SK", "sk-", "://", "\u{200b}", "api_key", "tok"];

    fn slowly(text: &str) -> Vec<(usize, usize)> {
        let lower = text.to_ascii_lowercase();
        let at = |start: usize| {
            let here = move |word: &str| start + word.len().max(3) <= text.len();
            let lower = &lower;
            (0..WORDS.len())
                .filter(move |&it| {
                    here(WORDS[it])
                        && lower.as_bytes()[start..].starts_with(WORDS[it].to_ascii_lowercase().as_bytes())
                })
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
            found.sort_unstable_by_key(|&(word, start)| (start, word));
            prop_assert_eq!(found, slowly(&text));
        }
    }
}
