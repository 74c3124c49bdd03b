//! Exact token counts for OpenAI's encodings.
//!
//! A count equals `tiktoken`'s `encode_ordinary` on every text: what looks like a special token is plain text.
//! The vocabularies are tables in the binary, so the first count costs no start-up; time is linear in the text.

mod cache;
mod class;
mod hash;
mod lines;
mod lowest;
mod merge;
mod model;
mod split;
mod vocabulary;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

pub use lines::Lines;
pub use model::{Estimate, Tokenizer};

use split::{Cl100k, Gpt2, O200k, Split};
use vocabulary::Vocabulary;

/// A tokenizer's vocabulary and splitting rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// GPT-4o, GPT-4.1, GPT-5 and o-series models.
    #[default]
    O200kBase,
    /// gpt-oss models: as `o200k_base` for ordinary text.
    O200kHarmony,
    /// GPT-4 and GPT-3.5.
    Cl100kBase,
    /// Codex models and text-davinci-002/003.
    P50kBase,
    /// GPT-3 and GPT-2.
    R50kBase,
}

impl Encoding {
    /// All encodings.
    pub const ALL: [Encoding; 5] = [
        Encoding::O200kBase,
        Encoding::O200kHarmony,
        Encoding::Cl100kBase,
        Encoding::P50kBase,
        Encoding::R50kBase,
    ];

    /// The name that `tiktoken` gives it.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::O200kBase => "o200k_base",
            Encoding::O200kHarmony => "o200k_harmony",
            Encoding::Cl100kBase => "cl100k_base",
            Encoding::P50kBase => "p50k_base",
            Encoding::R50kBase => "r50k_base",
        }
    }

    /// The encoding of that name.
    pub fn from_name(name: &str) -> Option<Encoding> {
        Encoding::ALL.into_iter().find(|encoding| encoding.name() == name)
    }

    /// The encoding of an OpenAI model, by the same names and beginnings of names as `tiktoken`.
    pub fn for_model(model: &str) -> Option<Encoding> {
        model::openai(model)
    }

    /// The number of tokens in the text, all of it ordinary text.
    pub fn count(self, text: &str) -> usize {
        self.count_within(text, usize::MAX).unwrap_or(usize::MAX)
    }

    /// Whether the text has at most `limit` tokens; of no more bytes than that nothing is counted, since no text has more
    /// tokens than bytes.
    ///
    /// ```
    /// # use baton::token::Encoding;
    /// assert!(Encoding::O200kBase.fits("hello world", 2) && !Encoding::O200kBase.fits("hello world", 1));
    /// ```
    pub fn fits(self, text: &str, limit: usize) -> bool {
        text.len() <= limit || self.count_within(text, limit).is_some()
    }

    /// The number of tokens in the text if it is at most `limit`; stops as soon as it is above.
    pub fn count_within(self, text: &str, limit: usize) -> Option<usize> {
        let text = text.as_bytes();
        match self {
            Encoding::O200kBase | Encoding::O200kHarmony => count::<O200k>(&vocabulary::O200K, text, limit),
            Encoding::Cl100kBase => count::<Cl100k>(&vocabulary::CL100K, text, limit),
            Encoding::P50kBase => count::<Gpt2>(&vocabulary::P50K, text, limit),
            Encoding::R50kBase => count::<Gpt2>(&vocabulary::R50K, text, limit),
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Encoding {
    type Err = Error;

    fn from_str(name: &str) -> Result<Encoding, Error> {
        Encoding::from_name(name).ok_or_else(|| Error::NoSuchEncoding {
            name: name.to_owned(),
            known: Encoding::ALL.map(Encoding::name).join(", "),
        })
    }
}

fn count<S: Split>(vocabulary: &Vocabulary, text: &[u8], limit: usize) -> Option<usize> {
    cache::with_memory(|memory| {
        let mut start = 0;
        let mut tokens = 0;
        while start < text.len() {
            let end = S::end(text, start);
            tokens += memory.count(vocabulary, text, start, end);
            if tokens > limit {
                return None;
            }
            start = end;
        }
        Some(tokens)
    })
}
