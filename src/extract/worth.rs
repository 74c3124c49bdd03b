//! What a statement is worth to the reader: a sum over simple features, each one line in [`FEATURES`].
//!
//! The weights began as a logistic regression of "does this statement say a fact the next session needs" on annotated
//! sessions, checked by leaving each session out, and were rounded: 45 points are one unit of the log odds, 100 points
//! mean even odds.

use super::cues::Cue;
use super::quotes::{Quote, Source};
use super::spoken::looks_like_output;
use crate::text::{Block, Statement, identifiers};

/// What a feature looks at.
#[expect(clippy::struct_excessive_bools, reason = "what features look at, not options of a function")]
pub struct View<'a> {
    /// The statement.
    pub quote: &'a Quote,
    /// How recent it is, in thousandths.
    pub recency: i64,
    /// Whether it stands in the first message of the user's.
    pub first_turn: bool,
    /// Whether it stands in one of the user's last two messages or the last reply.
    pub last_turn: bool,
    /// Whether the message it stands in is long (over 1,200 bytes).
    pub long_message: bool,
    /// Whether the user's next message agrees with the reply it stands in.
    pub approved: bool,
    /// Whether it stands in a reply that asked the user something, and was answered.
    pub answered: bool,
}

/// A property of a statement, and its weight in points for the value 100.
pub struct Feature {
    /// Its name.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "names a line of the table; only its test compares them")
    )]
    pub name: &'static str,
    /// Points for the value 100.
    pub weight: i64,
    /// Its value, mostly 0 or 100.
    pub value: fn(&View) -> i64,
}

/// Points of a statement with no feature at all.
const BASE: i64 = 40;

/// All features.
pub static FEATURES: &[Feature] = &[
    Feature { name: "user", weight: 40, value: |v| is(v, Source::User) },
    Feature { name: "plan", weight: 10, value: |v| is(v, Source::Plan) },
    Feature { name: "commit", weight: 20, value: |v| is(v, Source::Commit) },
    Feature { name: "brief", weight: -10, value: |v| is(v, Source::Brief) },
    Feature { name: "report", weight: -15, value: |v| is(v, Source::Report) },
    Feature { name: "document", weight: -20, value: |v| is(v, Source::Document) },
    Feature { name: "recency", weight: 20, value: |v| v.recency / 10 },
    Feature { name: "reply recency", weight: 20, value: |v| is(v, Source::Reply) * v.recency / 1000 },
    Feature { name: "remark recency", weight: 20, value: |v| is(v, Source::Remark) * v.recency / 1000 },
    Feature { name: "report recency", weight: 10, value: |v| is(v, Source::Report) * v.recency / 1000 },
    Feature { name: "first turn", weight: 30, value: |v| yes(v.first_turn) },
    Feature { name: "last turn", weight: 20, value: |v| yes(v.last_turn) },
    Feature {
        name: "long user message",
        weight: -20,
        value: |v| yes(v.long_message && v.quote.source == Source::User),
    },
    Feature { name: "approved", weight: 15, value: |v| yes(v.approved) },
    Feature { name: "item", weight: 5, value: |v| yes(v.quote.statement.block == Block::Item) },
    Feature { name: "row", weight: 10, value: |v| yes(v.quote.statement.block == Block::Row) },
    Feature { name: "cause", weight: 10, value: |v| has(v, Cue::Cause) },
    Feature { name: "contrast", weight: 8, value: |v| has(v, Cue::Contrast) },
    Feature { name: "choice", weight: 12, value: |v| has(v, Cue::Choice) },
    Feature { name: "rejection", weight: 10, value: |v| has(v, Cue::Rejection) },
    Feature { name: "user rules", weight: 25, value: |v| has(v, Cue::Rule) * is(v, Source::User) / 100 },
    Feature {
        name: "user corrects",
        weight: 15,
        value: |v| has(v, Cue::Correction) * is(v, Source::User) / 100,
    },
    Feature { name: "check", weight: 5, value: |v| has(v, Cue::Check) },
    Feature { name: "ahead", weight: 5, value: |v| has(v, Cue::Ahead) },
    Feature { name: "wrong", weight: 5, value: |v| has(v, Cue::Wrong) },
    Feature { name: "change", weight: 12, value: |v| has(v, Cue::Change) },
    Feature { name: "guess", weight: -8, value: |v| has(v, Cue::Guess) },
    Feature { name: "chat", weight: -50, value: |v| has(v, Cue::Chat) },
    Feature { name: "narration", weight: -30, value: |v| has(v, Cue::Narration) },
    Feature {
        name: "remark of a cause",
        weight: 20,
        value: |v| has(v, Cue::Cause) * is(v, Source::Remark) / 100,
    },
    Feature {
        name: "remark of a choice",
        weight: 10,
        value: |v| has(v, Cue::Choice) * is(v, Source::Remark) / 100,
    },
    Feature { name: "heading of choice", weight: 15, value: |v| headed(v, Cue::Choice) },
    Feature { name: "heading of change", weight: 15, value: |v| headed(v, Cue::Change) },
    Feature { name: "heading of checks", weight: 15, value: |v| headed(v, Cue::Check) },
    Feature { name: "heading of next", weight: 10, value: |v| headed(v, Cue::Ahead) },
    Feature { name: "heading of cause", weight: 10, value: |v| headed(v, Cue::Cause) },
    Feature {
        name: "names",
        weight: 25,
        value: |v| count(identifiers(&v.quote.statement.text).take(4).count(), 25),
    },
    Feature { name: "edited file", weight: 20, value: |v| yes(v.quote.file.is_some()) },
    Feature { name: "path", weight: 5, value: |v| yes(v.quote.statement.text.contains('/')) },
    Feature { name: "short", weight: -40, value: |v| yes(v.quote.statement.text.len() < 40) },
    Feature { name: "length", weight: 25, value: |v| count(v.quote.statement.text.len().min(300), 1) / 3 },
    Feature { name: "option", weight: -10, value: |v| yes(v.answered && is_option(&v.quote.statement)) },
    Feature { name: "fragment", weight: -20, value: |v| yes(is_fragment(&v.quote.statement)) },
    Feature { name: "mostly names", weight: -20, value: |v| yes(mostly_names(&v.quote.statement.text)) },
    Feature {
        name: "user asks",
        weight: -20,
        value: |v| is(v, Source::User) * yes(v.quote.statement.text.ends_with('?') && !v.last_turn) / 100,
    },
    Feature {
        name: "looks like output",
        weight: -40,
        value: |v| yes(looks_like_output(&v.quote.statement.text)),
    },
];

/// What a statement is worth, in points: at least 3. The cube of its score, because the facts it holds grow so.
pub fn worth(view: &View) -> i64 {
    let sum: i64 = FEATURES.iter().map(|feature| feature.weight * (feature.value)(view)).sum();
    let score = (BASE + sum / 100).clamp(17, 140);
    score.pow(3) / 10_000
}

fn is(view: &View, source: Source) -> i64 {
    yes(view.quote.source == source)
}

fn has(view: &View, cue: Cue) -> i64 {
    yes(view.quote.cues.has(cue))
}

fn headed(view: &View, cue: Cue) -> i64 {
    yes(view.quote.heading.has(cue))
}

fn yes(condition: bool) -> i64 {
    if condition { 100 } else { 0 }
}

fn count(number: usize, each: i64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(each)
}

/// Whether a statement offers something to choose: it begins with a letter or number of its own, or stands under a question.
fn is_option(statement: &Statement) -> bool {
    option_label(&statement.text).is_some() || statement.heading.contains('?')
}

/// The letter or number that an option begins with, and what stands behind it: `A. …`, `(2) …`, `Option B: …`.
pub fn option_label(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix("Option ").or_else(|| text.strip_prefix('(')).unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (label, rest) = text.split_at(end);
    let short = label.len() == 1 || label.len() == 2 && label.bytes().all(|b| b.is_ascii_digit());
    let rest = rest.strip_prefix(['.', ')', ':']).or_else(|| rest.strip_prefix(" —"))?.strip_prefix(' ')?;
    short.then_some((label, rest))
}

/// Whether a statement is a part of a list whose lead is lost.
fn is_fragment(statement: &Statement) -> bool {
    statement.block != Block::Prose
        && (statement.heading.is_empty() || statement.heading.len() > 90)
        && statement.text.starts_with(|c: char| c.is_lowercase())
}

/// Whether a text is hardly more than names.
fn mostly_names(text: &str) -> bool {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| word.len() > 1);
    let (names, all) = words.fold((0, 0), |(names, all), word| {
        let name = identifiers(word).next().is_some() || word.contains(['/', '(']);
        (names + usize::from(name), all + 1)
    });
    names * 10 > all * 6
}

#[cfg(test)]
mod tests {
    use super::FEATURES;

    #[test]
    fn every_feature_has_a_name_of_its_own() {
        let mut names: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FEATURES.len());
    }
}
