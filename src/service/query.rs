//! The words that are looked for, and reading a document for them without building it up.

use std::borrow::Cow;
use std::fmt;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::store::Id;
use crate::text::words;

/// How often a word in an id, a title, an objective or a tag counts.
const HEADLINE: u64 = 5;
/// The fields that count so.
const HEADLINES: &[&str] = &["title", "objective", "tags"];

/// The words that are looked for.
pub(super) struct Query {
    /// Finds any of them, each without the ending of a plural; none if there are no words.
    scan: Option<AhoCorasick>,
    words: usize,
    /// Whether a text has to be lowered before it is scanned, since its words are not ASCII.
    lower: bool,
}

/// What a document has of the words.
pub(super) struct Reading {
    /// How often it has each.
    pub counts: Vec<u64>,
    /// The line with the most different ones.
    pub excerpt: String,
    /// How many those are.
    best: usize,
}

impl Query {
    pub fn of(text: &str) -> Self {
        let mut stems: Vec<String> = words(text).map(|word| stem(&word).to_owned()).collect();
        stems.sort_unstable();
        stems.dedup();
        let lower = !stems.iter().all(|word| word.is_ascii());
        let scan = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&stems);
        Query { scan: scan.ok().filter(|_| !stems.is_empty()), words: stems.len(), lower }
    }

    /// What a document has of the words, if it has any and can be read.
    pub fn read(&self, id: &Id, document: &[u8]) -> Option<Reading> {
        let scan = self.scan.as_ref()?;
        if !self.lower && !scan.is_match(document) && !scan.is_match(id.as_str()) {
            return None;
        }
        let mut reading = Reading { counts: vec![0; self.words], excerpt: String::new(), best: 0 };
        for word in self.places(id.as_str()) {
            reading.counts[word] += HEADLINE;
        }
        let reader = Reader { query: self, reading: &mut reading, times: 1 };
        reader.deserialize(&mut serde_json::Deserializer::from_slice(document)).ok()?;
        reading.counts.iter().any(|count| *count > 0).then_some(reading)
    }

    /// Which of the words stand in a text, each as often as it does.
    fn places(&self, text: &str) -> Vec<usize> {
        let Some(scan) = &self.scan else { return Vec::new() };
        let text = if self.lower { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) };
        let found = scan.find_overlapping_iter(&*text).filter(|found| is_whole(&text, found));
        found.map(|found| found.pattern().as_usize()).collect()
    }
}

/// Whether what was found is a word of its own, or a part of a name, but for the ending of a plural.
fn is_whole(text: &str, found: &Match) -> bool {
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    let (before, after) = (&text[..found.start()], &text[found.end()..]);
    !before.ends_with(char::is_alphanumeric)
        && (ends(after) || after.strip_prefix(['s', 'S']).is_some_and(ends))
}

/// A word without the ending of a plural, so that "tests" is found by "test" and the other way round.
fn stem(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() > 3 && !stem.ends_with('s')).unwrap_or(word)
}

/// Goes through all texts of a JSON value.
struct Reader<'a> {
    query: &'a Query,
    reading: &'a mut Reading,
    /// How often a word counts here.
    times: u64,
}

impl Reader<'_> {
    /// The same, for a part of the value.
    fn part(&mut self, times: u64) -> Reader<'_> {
        Reader { query: self.query, reading: self.reading, times }
    }

    fn text(&mut self, text: &str) {
        for line in text.lines() {
            let mut places = self.query.places(line);
            for word in &places {
                self.reading.counts[*word] += self.times;
            }
            places.sort_unstable();
            places.dedup();
            if places.len() > self.reading.best {
                self.reading.best = places.len();
                line.clone_into(&mut self.reading.excerpt);
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self.part(self.times))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<(), A::Error> {
        while let Some(times) = fields.next_key_seed(Weight(self.times))? {
            fields.next_value_seed(self.part(times))?;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Reads the name of a field, and says how often a word in it counts: as elsewhere, or more.
struct Weight(u64);

impl<'de> DeserializeSeed<'de> for Weight {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Weight {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<u64, E> {
        Ok(if HEADLINES.contains(&name) { HEADLINE } else { self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, text: &str, expected: &[usize]) {
        let mut places = Query::of(query).places(text);
        places.sort_unstable();
        assert_eq!(places, expected, "{query} in {text}");
    }

    #[test]
    fn words_are_found_in_names() {
        check("limiter", "the RateLimiter in rate_limiter.rs", &[0]);
        check("TEST stores", "Tests of src/store/mod.rs", &[0, 1]);
        check("src/store test", "a tester of src/store/mod.rs", &[0]);
        check("größe", "Die GRÖSSE und die Größe", &[0]);
        check("the", "the", &[]);
        check("class", "class classes clas", &[0]);
    }

    #[test]
    fn a_document_is_read_as_one_text() {
        let id = Id::new("a").unwrap();
        let read = |document: &str| Query::of("fox dog").read(&id, document.as_bytes());
        let reading =
            read(r#"{"title": "Fox", "x": [1, null, true, 1.5, {"y": "a dog\nFoxes, the fox and a dog"}]}"#)
                .unwrap();
        assert_eq!((reading.counts, reading.excerpt.as_str()), (vec![2, 6], "Foxes, the fox and a dog"));
        assert!(read(r#"{"fox": "none"}"#).is_none(), "names of fields are not text");
        assert!(read(r#"{"x": "fox"#).is_none(), "what is damaged is not found");
    }
}
