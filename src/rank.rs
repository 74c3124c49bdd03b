//! Ranking: how much an entry adds to what is already chosen.
//!
//! An entry covers the words it holds, each weighted by how rare it is among all entries. What is covered already adds
//! nothing, so that the value of a set is monotone and submodular, and taking the best gain per token is a good choice
//! of a set (Lin and Bilmes, "A Class of Submodular Functions for Document Summarization", 2011).

use std::collections::{BTreeMap, BTreeSet};

use crate::fact::Fact;
use crate::text::words;

/// What all entries hold, in numbers.
pub struct Ranking {
    /// For each fact, the ids of its words, without repeats.
    words: Vec<Vec<u32>>,
    /// For each word, how much it tells.
    weights: Vec<i64>,
}

impl Ranking {
    /// Looks at all facts.
    pub fn of(facts: &[Fact]) -> Self {
        let mut ids: BTreeMap<String, u32> = BTreeMap::new();
        let mut counts: Vec<i64> = Vec::new();
        let words = facts
            .iter()
            .map(|fact| {
                let unique: BTreeSet<String> = words(&fact.forms[0].text()).map(|word| stem(&word)).collect();
                unique
                    .into_iter()
                    .map(|word| {
                        let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
                        let id = *ids.entry(word).or_insert(next);
                        if id == next {
                            counts.push(0);
                        }
                        counts[id as usize] += 1;
                        id
                    })
                    .collect()
            })
            .collect();
        let total = i64::try_from(facts.len().max(1)).unwrap_or(i64::MAX);
        let weights = counts.into_iter().map(|count| 10 + i64::from((total / count.max(1)).max(1).ilog2()) * crate::tune::p("IDF", 6)).collect();
        Ranking { words, weights }
    }

    /// What a form of a fact is worth beside those whose words are covered, in points.
    pub fn gain(&self, index: usize, worth: i64, covered: &Covered) -> i64 {
        let (mut new, mut all) = (0, 0);
        for word in &self.words[index] {
            let weight = self.weights[*word as usize];
            all += weight;
            new += weight * covered.share_left(*word) / 100;
        }
        if all == 0 { worth } else { { let f = crate::tune::p("FLOORSHARE", 15); worth * (f * all + (100 - f) * new) / (100 * all) } }
    }

    /// Counts a fact's words as covered.
    pub fn cover(&self, index: usize, covered: &mut Covered) {
        for word in &self.words[index] {
            *covered.times.entry(*word).or_default() += 1;
        }
    }
}

/// The words that the chosen entries cover, and how often.
#[derive(Debug, Clone, Default)]
pub struct Covered {
    times: BTreeMap<u32, u32>,
}

impl Covered {
    /// How much of a word's weight is left, in hundredths: all, a third, nothing.
    fn share_left(&self, word: u32) -> i64 {
        match self.times.get(&word) {
            None => 100,
            Some(1) => crate::tune::p("SECOND", 35),
            Some(_) => crate::tune::p("THIRD", 8),
        }
    }
}

/// A word without its most common endings, so that "tests" covers "test".
fn stem(word: &str) -> String {
    if word.contains(['/', '.', '_']) {
        return word.rsplit('/').next().unwrap_or(word).to_owned();
    }
    let cut = ["ing", "ed", "es", "s"].iter().find_map(|ending| word.strip_suffix(ending)).filter(|stem| stem.len() > 3);
    cut.unwrap_or(word).to_owned()
}
