//! Ranking: how much an entry adds to what is already chosen.
//!
//! An entry covers the words it holds, each weighted by how rare it is among all entries. What is covered already adds
//! nothing, so that the value of a set is monotone and submodular, and taking the best gain per token is a good choice
//! of a set (Lin and Bilmes, "A Class of Submodular Functions for Document Summarization", 2011).

use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::fact::{Fact, Item};
use crate::text::words;

/// What a word tells at least, in points.
const WORD: i64 = 10;
/// What it tells more each time it is half as frequent.
const RARER: i64 = 6;
/// The share of an entry's worth, in hundredths, that is left when all its words are covered.
const COVERED: i64 = 15;
/// What is left of the weight of a word that one entry covers, in hundredths.
const SECOND: i64 = 35;
/// The same of a word that two or more cover.
const THIRD: i64 = 8;

/// Of what share of its words, in hundredths, another entry may say all before a statement says nothing new.
const REPEATED: i64 = 80;
/// What is left of its worth then, in hundredths.
const LEFT: i64 = 5;
/// A text of fewer words than this is a name rather than a statement.
const FEWEST: usize = 4;

/// What all entries hold, in numbers.
pub struct Ranking {
    /// For each fact, the ids of its words, without repeats.
    words: Vec<Vec<u32>>,
    /// For each fact, whether it is a statement rather than a name or a command.
    said: Vec<bool>,
    /// For each word, how much it tells.
    weights: Vec<i64>,
}

impl Ranking {
    /// Looks at all facts.
    pub fn of(facts: &[Fact]) -> Self {
        let hashes: Vec<Vec<u64>> = facts.par_iter().map(hashes).collect();
        let mut ids: FxHashMap<u64, u32> = FxHashMap::default();
        let mut counts: Vec<i64> = Vec::new();
        let mut id = |hash: &u64| {
            let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            let id = *ids.entry(*hash).or_insert(next);
            if id == next {
                counts.push(0);
            }
            counts[id as usize] += 1;
            id
        };
        let words = hashes.iter().map(|hashes| hashes.iter().map(&mut id).collect()).collect();
        let total = i64::try_from(facts.len().max(1)).unwrap_or(i64::MAX);
        let weight = |count: i64| WORD + RARER * i64::from((total / count.max(1)).max(1).ilog2());
        let said = facts.iter().map(|fact| is_statement(&fact.forms[0])).collect();
        Ranking { words, said, weights: counts.into_iter().map(weight).collect() }
    }

    /// What a form of a fact is worth beside those whose words are covered, in points.
    pub fn gain(&self, index: usize, worth: i64, covered: &Covered) -> i64 {
        let (mut new, mut all) = (0, 0);
        for word in &self.words[index] {
            let weight = self.weights[*word as usize];
            all += weight;
            new += weight * covered.share_left(*word) / 100;
        }
        if all == 0 {
            worth
        } else if self.said[index] && self.repeats(index, all, covered) {
            worth * LEFT / 100
        } else {
            worth * (COVERED * all + (100 - COVERED) * new) / (100 * all)
        }
    }

    /// Whether a single chosen entry holds nearly all words of a statement, by their weights, of which `all` is the sum.
    fn repeats(&self, index: usize, all: i64, covered: &Covered) -> bool {
        let words = &self.words[index];
        let mut shared: FxHashMap<usize, i64> = FxHashMap::default();
        let mut holds = |word: &u32, entry: &usize| {
            let sum = shared.entry(*entry).or_default();
            *sum += self.weights[*word as usize];
            *sum * 100 >= all * REPEATED
        };
        words.len() >= FEWEST
            && words.iter().any(|word| covered.entries(*word).iter().any(|entry| holds(word, entry)))
    }

    /// Counts a fact's words as covered.
    pub fn cover(&self, index: usize, covered: &mut Covered) {
        for word in &self.words[index] {
            covered.by.entry(*word).or_default().push(index);
        }
    }
}

/// The words that the chosen entries cover, each with the indices of those entries.
#[derive(Debug, Clone, Default)]
pub struct Covered {
    by: FxHashMap<u32, Vec<usize>>,
}

impl Covered {
    /// The entries that hold a word.
    fn entries(&self, word: u32) -> &[usize] {
        self.by.get(&word).map_or(&[], Vec::as_slice)
    }

    /// How much of a word's weight is left, in hundredths.
    fn share_left(&self, word: u32) -> i64 {
        match self.entries(word).len() {
            0 => 100,
            1 => SECOND,
            _ => THIRD,
        }
    }
}

fn is_statement(item: &Item) -> bool {
    !matches!(
        item,
        Item::File(_) | Item::Verification(_) | Item::Environment(_) | Item::Note(_) | Item::Status(..)
    )
}

/// The words of a fact, each by the hash of its stem, without repeats. Should two words ever share a hash, they count
/// as one, which does no harm.
fn hashes(fact: &Fact) -> Vec<u64> {
    let mut hashes: Vec<u64> =
        words(&fact.forms[0].text()).map(|word| FxBuildHasher.hash_one(stem(&word))).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// A word without its most common endings, so that "tests" covers "test".
fn stem(word: &str) -> &str {
    if word.contains(['/', '.', '_']) {
        return word.rsplit('/').next().unwrap_or(word);
    }
    let cut = ["ing", "ed", "es", "s"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|stem| stem.len() > 3);
    cut.unwrap_or(word)
}
