//! Exact token counts.

/// A tokenizer's vocabulary and splitting rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// GPT-4o, GPT-4.1, GPT-5 and o-series models.
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
