//! Full text search over handoffs, comments and conversations, best first.
//!
//! The weights are those of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
//! 2009), counted in whole numbers. There is no index that could be wrong: a look at the raw bytes tells which
//! documents may hold a word, and only those are read.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::list::row;
use super::query::{Query, Reading};
use super::{Filter, Row, Service};
use crate::error::Result;
use crate::redact;
use crate::store::{Head, Id};
use crate::text::clip;

/// How fast more of the same word stops to count, in tenths: the usual k₁ of BM25.
const SATURATION: u64 = 12;
/// How much the length of a document counts, in hundredths: the usual b of BM25.
const LENGTH: u64 = 75;
/// The longest excerpt, in bytes.
const EXCERPT: usize = 160;
/// The most hits, unless more are asked for.
const HITS: usize = 20;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Search {
    /// The words; a handoff with more of them, and with rarer ones, comes first.
    pub query: String,
    /// Among which handoffs; its limit is that of the hits, 20 if it names none.
    pub filter: Filter,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The handoffs, best first.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
}

/// A handoff that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The handoff.
    pub handoff: Row,
    /// How well it fits, in points; only good for comparing.
    pub score: u64,
    /// The statement in it that fits best.
    pub excerpt: String,
}

/// A document with words that are looked for.
struct Candidate {
    id: Id,
    /// What it has of them.
    reading: Reading,
    /// Its length in bytes.
    length: u64,
    /// Its place in a list, where a filter has to know it.
    row: Option<Row>,
}

impl Service {
    /// Searches in everything that is kept.
    pub fn search(&self, request: &Search) -> Result<Found> {
        let query = Query::of(&request.query);
        let among = Filter { limit: None, ..request.filter.clone() };
        let ids = self.store.list()?.ids;
        let looked = ids.into_par_iter().filter_map(|id| self.look(id, &query, &among));
        let (lengths, found): (Vec<u64>, Vec<Option<Candidate>>) = looked.unzip();
        let mut scored = scored(found.into_iter().flatten().collect(), &lengths);
        scored.sort_by(|(a, one), (b, other)| (b, &other.id).cmp(&(a, &one.id)));
        let total = scored.len();
        let best = scored.into_iter().take(request.filter.limit.unwrap_or(HITS));
        let hits = best.filter_map(|(score, candidate)| self.hit(score, candidate)).collect();
        Ok(Found { hits, total })
    }

    /// The length of a document, and what of it fits. What cannot be read is for lists to tell.
    fn look(&self, id: Id, query: &Query, among: &Filter) -> Option<(u64, Option<Candidate>)> {
        let bytes = self.store.get(&id).ok()??.bytes;
        let length = bytes.len() as u64;
        let Some(reading) = query.read(&id, &bytes) else { return Some((length, None)) };
        if *among == Filter::default() {
            return Some((length, Some(Candidate { id, reading, length, row: None })));
        }
        let row = Head::read(&id, &bytes).ok().map(|head| row((id.clone(), head, length)));
        let row = row.filter(|row| among.takes(row));
        Some((length, row.map(|row| Candidate { id, reading, length, row: Some(row) })))
    }

    /// None if it was removed meanwhile, or is damaged.
    fn hit(&self, score: u64, candidate: Candidate) -> Option<Hit> {
        let Candidate { id, reading, row: known, .. } = candidate;
        let handoff = known.or_else(|| {
            let bytes = self.store.get(&id).ok()??.bytes;
            Some(row((id.clone(), Head::read(&id, &bytes).ok()?, bytes.len() as u64)))
        })?;
        Some(Hit { handoff, score, excerpt: clip(redact::text(&reading.excerpt).trim(), EXCERPT) })
    }
}

/// The candidates with their points.
fn scored(found: Vec<Candidate>, lengths: &[u64]) -> Vec<(u64, Candidate)> {
    let documents = lengths.len().max(1) as u64;
    let average = (lengths.iter().sum::<u64>() / documents).max(1);
    let words = found.first().map_or(0, |first| first.reading.counts.len());
    let with = |word: usize| found.iter().filter(|found| found.reading.counts[word] > 0).count() as u64;
    let rarities: Vec<u64> = (0..words).map(|word| rarity(documents, with(word))).collect();
    let score = |found: &Candidate| -> u64 {
        let length = 100 - LENGTH + LENGTH * found.length / average;
        let counts = found.reading.counts.iter().zip(&rarities);
        counts.map(|(count, rarity)| rarity * weight(*count, length) / 1000).sum()
    };
    found.into_iter().map(|found| (score(&found), found)).collect()
}

/// What a word in so many of all documents tells: a hundred times the logarithm of 1 + (N - n + ½) / (n + ½), to the base of two.
fn rarity(documents: u64, with: u64) -> u64 {
    let ratio = 1024 * (2 * documents + 2) / (2 * with + 1);
    let whole = u64::from(ratio.ilog2());
    // Between two powers of two, the logarithm is near enough to a straight line.
    let part = (ratio - (1 << whole)) * 100 / (1 << whole);
    (whole * 100 + part).saturating_sub(1000)
}

/// What so many of a word in a document of this length, in hundredths of the average, count: a thousand times
/// count · (k₁ + 1) / (count + k₁ · length).
fn weight(count: u64, length: u64) -> u64 {
    1000 * count * (SATURATION + 10) / (count * 10 + SATURATION * length / 100).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_tell_more() {
        let of = |with: u64| rarity(1000, with);
        assert_eq!([of(1), of(10), of(100), of(1000)], [930, 648, 324, 0]);
        assert!((1..1000).all(|with| of(with) >= of(with + 1)));
    }

    #[test]
    fn more_of_a_word_counts_less_and_less() {
        assert_eq!([weight(0, 100), weight(1, 100), weight(2, 100), weight(50, 100)], [0, 1000, 1375, 2148]);
        assert!(weight(1, 50) > weight(1, 100) && weight(1, 100) > weight(1, 400));
    }
}
