//! Full text search over handoffs, comments and conversations, best first.
//!
//! The weights are those of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
//! 2009), counted in whole numbers. There is no index that could be wrong: a look at the raw bytes tells which
//! documents may hold a word, and only those are read.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::list::row;
use super::{Filter, Row, Service};
use crate::error::Result;
use crate::store::{Head, Id};
use crate::text::{clip, words};

/// How fast more of the same word stops to count, in tenths: the usual k₁ of BM25.
const SATURATION: u64 = 12;
/// How much the length of a document counts, in hundredths: the usual b of BM25.
const LENGTH: u64 = 75;
/// How often a word in the title, the objective or a tag counts.
const HEADLINE: u64 = 4;
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
    row: Row,
    /// How often it has each word.
    counts: Vec<u64>,
    /// Its length in bytes.
    length: u64,
    excerpt: String,
}

/// The words that are looked for.
struct Query {
    words: Vec<String>,
    /// Finds any of them, where only ASCII letters differ in case.
    scan: Option<AhoCorasick>,
}

impl Service {
    /// Searches in everything that is kept.
    pub fn search(&self, request: &Search) -> Result<Found> {
        let query = Query::of(&request.query);
        let ids = self.store.list()?.ids;
        let (lengths, found): (Vec<u64>, Vec<Option<Candidate>>) =
            ids.into_par_iter().filter_map(|id| self.look(&id, &query)).unzip();
        let found: Vec<Candidate> =
            found.into_iter().flatten().filter(|found| request.filter.takes(&found.row)).collect();
        let mut hits = scored(found, &lengths);
        hits.sort_by(|a, b| {
            (b.score, b.handoff.saved_at, &a.handoff.id).cmp(&(a.score, a.handoff.saved_at, &b.handoff.id))
        });
        let total = hits.len();
        hits.truncate(request.filter.limit.unwrap_or(HITS));
        Ok(Found { hits, total })
    }

    /// The length of a document, and what of it fits. What cannot be read is for lists to tell.
    fn look(&self, id: &Id, query: &Query) -> Option<(u64, Option<Candidate>)> {
        let document = self.store.get(id).ok()??;
        let length = document.bytes.len() as u64;
        let candidate =
            query.may_be_in(&document.bytes).then(|| candidate(id, &document.bytes, query)).flatten();
        Some((length, candidate))
    }
}

fn candidate(id: &Id, document: &[u8], query: &Query) -> Option<Candidate> {
    let value: Value = serde_json::from_slice(document).ok()?;
    let head = Head::read(id, document).ok()?;
    let mut reader = Reader { query, counts: vec![0; query.words.len()], excerpt: "", best: 0 };
    reader.headline(id.as_str());
    reader.headline(&head.title);
    reader.headline(&head.task.objective);
    head.tags.iter().for_each(|tag| reader.headline(tag));
    reader.value(&value);
    let (counts, excerpt) = (reader.counts, clip(reader.excerpt.trim(), EXCERPT));
    let length = document.len() as u64;
    let row = row((id.clone(), head, length));
    counts.iter().any(|count| *count > 0).then_some(Candidate { row, counts, length, excerpt })
}

/// Reads a document for the words of a query.
struct Reader<'a> {
    query: &'a Query,
    counts: Vec<u64>,
    /// The line with the most different words so far.
    excerpt: &'a str,
    best: usize,
}

impl<'a> Reader<'a> {
    fn headline(&mut self, text: &str) {
        for at in self.query.places(text) {
            self.counts[at] += HEADLINE;
        }
    }

    fn value(&mut self, value: &'a Value) {
        match value {
            Value::String(text) if self.query.may_be_in(text.as_bytes()) => {
                text.lines().for_each(|line| self.line(line))
            }
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.value(field)),
            _ => {}
        }
    }

    fn line(&mut self, line: &'a str) {
        let mut places = self.query.places(line);
        places.iter().for_each(|at| self.counts[*at] += 1);
        places.sort_unstable();
        places.dedup();
        if places.len() > self.best {
            (self.excerpt, self.best) = (line, places.len());
        }
    }
}

impl Query {
    fn of(text: &str) -> Self {
        let mut words: Vec<String> = words(text).collect();
        words.sort_unstable();
        words.dedup();
        let is_plain = words.iter().all(|word| word.is_ascii());
        let scan = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.iter().map(|word| stem(word)));
        Query { scan: scan.ok().filter(|_| is_plain && !words.is_empty()), words }
    }

    /// Whether some bytes may hold one of the words. Words beyond ASCII have other cases, so they may be anywhere.
    fn may_be_in(&self, bytes: &[u8]) -> bool {
        !self.words.is_empty() && self.scan.as_ref().is_none_or(|scan| scan.is_match(bytes))
    }

    /// Which of the words stand in a text, each as often as it does. Where a name is made of parts, its parts count too.
    fn places(&self, text: &str) -> Vec<usize> {
        if !self.may_be_in(text.as_bytes()) {
            return Vec::new();
        }
        words(text).flat_map(|word| self.of_word(&word)).collect()
    }

    fn of_word(&self, word: &str) -> Vec<usize> {
        let is_part = |wanted: &str| word.split(|c: char| !c.is_alphanumeric()).any(|part| part == wanted);
        let is = |wanted: &str| word == wanted || is_part(wanted) || stem(word) == stem(wanted);
        (0..self.words.len()).filter(|at| is(&self.words[*at])).collect()
    }
}

/// A word without the ending of a plural, so that "tests" is found by "test" and the other way round.
fn stem(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() > 3).unwrap_or(word)
}

/// The candidates with their points.
fn scored(found: Vec<Candidate>, lengths: &[u64]) -> Vec<Hit> {
    let documents = lengths.len().max(1) as u64;
    let average = (lengths.iter().sum::<u64>() / documents).max(1);
    let words = found.first().map_or(0, |first| first.counts.len());
    let with = |word: usize| found.iter().filter(|found| found.counts[word] > 0).count() as u64;
    let rarities: Vec<u64> = (0..words).map(|word| rarity(documents, with(word))).collect();
    let score = |found: &Candidate| -> u64 {
        let length = 100 - LENGTH + LENGTH * found.length / average;
        found.counts.iter().zip(&rarities).map(|(count, rarity)| rarity * weight(*count, length) / 1000).sum()
    };
    found
        .into_iter()
        .map(|found| Hit { score: score(&found), excerpt: found.excerpt, handoff: found.row })
        .collect()
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

    #[test]
    fn words_are_found_in_names() {
        let places = |query: &str, text: &str| Query::of(query).places(text);
        assert_eq!(places("limiter", "the RateLimiter in rate_limiter.rs"), [0]);
        assert_eq!(places("TEST store", "Tests of src/store/mod.rs"), [1, 0]);
        assert_eq!(places("größe", "Die GRÖSSE und die Größe"), [0]);
        assert_eq!(places("the", "the"), [0; 0]);
    }
}
