//! Which tokenizer a model counts with, and an estimate for the models that publish none.
//!
//! # The estimate for Claude
//! There is no public tokenizer, so a count is that of `o200k_base` times a scale, in thousandths. The scales were
//! measured on the usage that Claude Code writes into its transcripts: on public sessions of 2026, every reply
//! without thinking (its `output_tokens` against the text and tool calls it shows) and every growth of the context
//! between two calls (input and cache of the later one less those and the output of the earlier, against the tool
//! results and user text between), where at least 500 `o200k_base` tokens could be seen.
//!
//! | models                              | messages | median | p90   | p99   |
//! |-------------------------------------|----------|--------|-------|-------|
//! | Opus 4.7, 4.8, 5; Sonnet 5; Fable 5 | 189      | 1.553  | 1.705 | 1.818 |
//! | Opus 4.5, 4.6: both kinds           | 265      | 1.222  | 1.443 | 2.821 |
//! | Opus 4.6: replies only              | 87       | 1.150  | 1.335 | 1.522 |
//!
//! The tail of the second line is text the client adds unseen, not the tokenizer, so both families are bounded by
//! the first line's p99. Models not measured are put with the family of their version.

use super::Encoding;
use crate::error::{Error, Result};

/// How the tokens of a model are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokenizer {
    /// By its own encoding.
    Exact(Encoding),
    /// By another encoding, scaled: there is no public tokenizer.
    Estimated(Estimate),
}

/// A measured relation between a model's tokens and those of an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// What the models it holds for are called.
    pub family: &'static str,
    /// The encoding whose count is scaled.
    pub base: Encoding,
    /// Tokens of the model for 1000 of the base, in the middle of what was measured.
    pub scale_median: usize,
    /// Tokens of the model for 1000 of the base that 99 of 100 measured messages do not exceed.
    pub scale_upper: usize,
}

/// Claude up to version 4.6.
const CLAUDE_4: Estimate =
    Estimate { family: "claude-4", base: Encoding::O200kBase, scale_median: 1222, scale_upper: 1820 };
/// Claude from version 4.7 on.
const CLAUDE_5: Estimate =
    Estimate { family: "claude-5", base: Encoding::O200kBase, scale_median: 1553, scale_upper: 1820 };

impl Tokenizer {
    /// The tokenizer of an encoding, an OpenAI model or a Claude model, by name.
    ///
    /// # Errors
    /// [`Error::NoSuchEncoding`] if the name is none of these.
    pub fn resolve(name: &str) -> Result<Tokenizer> {
        let exact = Encoding::from_name(name).or_else(|| Encoding::for_model(name)).map(Tokenizer::Exact);
        exact.or_else(|| claude(name).map(Tokenizer::Estimated)).ok_or_else(|| no_such(name))
    }

    /// The number of tokens, or the most likely one.
    pub fn count(&self, text: &str) -> usize {
        self.likely(self.encoding().count(text))
    }

    /// The number of tokens, or one the true number hardly exceeds: the one to hold against a budget.
    pub fn count_upper(&self, text: &str) -> usize {
        self.upper(self.encoding().count(text))
    }

    /// As [`Tokenizer::count`], of a text with so many tokens of [`Tokenizer::encoding`].
    pub fn likely(&self, base: usize) -> usize {
        match self {
            Tokenizer::Exact(_) => base,
            Tokenizer::Estimated(estimate) => scaled(base, estimate.scale_median),
        }
    }

    /// As [`Tokenizer::count_upper`], of a text with so many tokens of [`Tokenizer::encoding`].
    pub fn upper(&self, base: usize) -> usize {
        match self {
            Tokenizer::Exact(_) => base,
            Tokenizer::Estimated(estimate) => scaled(base, estimate.scale_upper),
        }
    }

    /// The encoding's name, or the family's with the scale of [`Tokenizer::count_upper`]: that it is an estimate is said.
    pub fn name(&self) -> String {
        match self {
            Tokenizer::Exact(encoding) => encoding.name().to_owned(),
            Tokenizer::Estimated(Estimate { family, base, scale_upper, .. }) => {
                let scale = format!("{}.{:03}", scale_upper / 1000, scale_upper % 1000);
                format!("{family} (estimate: {base} × {})", scale.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }

    /// The encoding that counts.
    pub fn encoding(&self) -> Encoding {
        match self {
            Tokenizer::Exact(encoding) => *encoding,
            Tokenizer::Estimated(estimate) => estimate.base,
        }
    }

    /// The most tokens of [`Tokenizer::encoding`] a text may have so that [`Tokenizer::count_upper`] keeps the budget.
    pub fn base_budget(&self, budget: usize) -> usize {
        match self {
            Tokenizer::Exact(_) => budget,
            Tokenizer::Estimated(estimate) => {
                let (whole, rest) = (budget / estimate.scale_upper, budget % estimate.scale_upper);
                whole * 1000 + rest * 1000 / estimate.scale_upper
            }
        }
    }
}

/// `tokens * scale / 1000`, rounded up.
fn scaled(tokens: usize, scale: usize) -> usize {
    let (thousands, rest) = (tokens / 1000, tokens % 1000);
    thousands.saturating_mul(scale).saturating_add((rest * scale).div_ceil(1000))
}

fn no_such(name: &str) -> Error {
    let known = Encoding::ALL.map(Encoding::name).join(", ");
    Error::NoSuchEncoding { name: name.to_owned(), known: format!("{known}, or an OpenAI or claude-* model") }
}

/// The estimate for a name such as `claude-opus-4-6`, `claude-3-5-sonnet-20241022` or `claude`, or for what it is called itself.
fn claude(name: &str) -> Option<Estimate> {
    let model = name.split_once(" (estimate").map_or(name, |(family, _)| family);
    let rest = model.strip_prefix("claude")?;
    if !(rest.is_empty() || rest.starts_with('-')) {
        return None;
    }
    let mut numbers =
        rest.split(['-', '.']).filter_map(|part| part.parse::<u32>().ok()).filter(|&part| part < 100);
    let version = numbers.next().map(|major| (major, numbers.next().unwrap_or(0)));
    Some(if version.is_some_and(|version| version <= (4, 6)) { CLAUDE_4 } else { CLAUDE_5 })
}

/// Beginnings of names of OpenAI models, after `tiktoken` 0.14, `model.py`; the last is `tiktoken-rs`'s addition.
const PREFIXES: [(&str, Encoding); 13] = [
    ("o1-", Encoding::O200kBase),
    ("o3-", Encoding::O200kBase),
    ("o4-mini-", Encoding::O200kBase),
    ("gpt-5", Encoding::O200kBase),
    ("gpt-4.5-", Encoding::O200kBase),
    ("gpt-4.1-", Encoding::O200kBase),
    ("chatgpt-4o-", Encoding::O200kBase),
    ("gpt-4o-", Encoding::O200kBase),
    ("gpt-4-", Encoding::Cl100kBase),
    ("gpt-3.5-turbo-", Encoding::Cl100kBase),
    ("gpt-35-turbo-", Encoding::Cl100kBase),
    ("gpt-oss-", Encoding::O200kHarmony),
    ("codex-mini", Encoding::O200kBase),
];

/// Whole names of OpenAI models, from the same source.
const MODELS: [(&[&str], Encoding); 4] = [
    (&["o1", "o3", "o4-mini", "gpt-5", "gpt-4.1", "gpt-4o"], Encoding::O200kBase),
    (
        &[
            "gpt-4",
            "gpt-3.5-turbo",
            "gpt-3.5",
            "gpt-35-turbo",
            "davinci-002",
            "babbage-002",
            "text-embedding-ada-002",
            "text-embedding-3-small",
            "text-embedding-3-large",
        ],
        Encoding::Cl100kBase,
    ),
    (
        &[
            "text-davinci-003",
            "text-davinci-002",
            "code-davinci-002",
            "code-davinci-001",
            "code-cushman-002",
            "code-cushman-001",
            "davinci-codex",
            "cushman-codex",
            "text-davinci-edit-001",
            "code-davinci-edit-001",
        ],
        Encoding::P50kBase,
    ),
    (
        &[
            "text-davinci-001",
            "text-curie-001",
            "text-babbage-001",
            "text-ada-001",
            "davinci",
            "curie",
            "babbage",
            "ada",
            "text-similarity-davinci-001",
            "text-similarity-curie-001",
            "text-similarity-babbage-001",
            "text-similarity-ada-001",
            "text-search-davinci-doc-001",
            "text-search-curie-doc-001",
            "text-search-babbage-doc-001",
            "text-search-ada-doc-001",
            "code-search-babbage-code-001",
            "code-search-ada-code-001",
            "gpt2",
            "gpt-2",
        ],
        Encoding::R50kBase,
    ),
];

/// The encoding of an OpenAI model, also of a fine-tuned one (`ft:model:...`).
pub(super) fn openai(model: &str) -> Option<Encoding> {
    let mut name = model;
    while let Some(rest) = name.strip_prefix("ft:") {
        name = rest.split(':').next().unwrap_or(rest);
    }
    let whole = MODELS.iter().find(|(names, _)| names.contains(&name));
    let prefix = || PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix));
    whole.map(|(_, encoding)| *encoding).or_else(|| prefix().map(|(_, encoding)| *encoding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_resolve() {
        for (name, expected) in [
            ("o200k_base", Some(Tokenizer::Exact(Encoding::O200kBase))),
            ("gpt-oss-20b", Some(Tokenizer::Exact(Encoding::O200kHarmony))),
            ("ft:gpt-3.5-turbo:org::id", Some(Tokenizer::Exact(Encoding::Cl100kBase))),
            ("gpt-5.3-codex", Some(Tokenizer::Exact(Encoding::O200kBase))),
            ("gpt2", Some(Tokenizer::Exact(Encoding::R50kBase))),
            ("claude", Some(Tokenizer::Estimated(CLAUDE_5))),
            ("claude-opus-4-7", Some(Tokenizer::Estimated(CLAUDE_5))),
            ("claude-opus-5", Some(Tokenizer::Estimated(CLAUDE_5))),
            ("claude-opus-4-6", Some(Tokenizer::Estimated(CLAUDE_4))),
            ("claude-sonnet-4-20250514", Some(Tokenizer::Estimated(CLAUDE_4))),
            ("claude-3-5-sonnet-20241022", Some(Tokenizer::Estimated(CLAUDE_4))),
            ("claude-2.1", Some(Tokenizer::Estimated(CLAUDE_4))),
            ("claudette", None),
            ("o4", None),
            ("", None),
        ] {
            assert_eq!(Tokenizer::resolve(name).ok(), expected, "{name}");
        }
    }

    #[test]
    fn an_estimate_is_called_one() {
        assert_eq!(Tokenizer::Exact(Encoding::P50kBase).name(), "p50k_base");
        assert_eq!(Tokenizer::Estimated(CLAUDE_5).name(), "claude-5 (estimate: o200k_base × 1.82)");
    }

    #[test]
    fn what_counted_is_found_by_its_name() {
        for tokenizer in [
            Tokenizer::Exact(Encoding::R50kBase),
            Tokenizer::Estimated(CLAUDE_4),
            Tokenizer::Estimated(CLAUDE_5),
        ] {
            assert_eq!(Tokenizer::resolve(&tokenizer.name()).ok(), Some(tokenizer));
        }
    }

    #[test]
    fn a_base_budget_is_the_largest_that_keeps_the_budget() {
        for budget in (0..5000).step_by(7) {
            let most = Tokenizer::Estimated(CLAUDE_5).base_budget(budget);
            assert!(scaled(most, CLAUDE_5.scale_upper) <= budget);
            assert!(scaled(most + 1, CLAUDE_5.scale_upper) > budget);
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_known_ones() {
        let error = Tokenizer::resolve("foo").expect_err("there is no foo").to_string();
        assert!(error.contains("'foo'") && error.contains("o200k_harmony"), "{error}");
    }
}
