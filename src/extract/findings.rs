//! What was found out: causes, facts about the code, states of things outside it.

use super::Material;
use super::cues::Cue;
use super::kinds::Kind;
use super::quotes::{Quote, Source};
use super::requests::is_told;
use crate::fact::{Fact, Item};
use crate::state::Finding;
use crate::text::{Block, clip};

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let told = material.quotes_of(Kind::Instruction).filter(|quote| is_told(material, quote));
    let found = material.quotes_of(Kind::Finding).filter(|quote| !material.is_agreed(quote));
    found.chain(told).map(|quote| fact(material, quote)).collect()
}

fn fact(material: &Material, quote: &Quote) -> Fact {
    let evidence = material.evidence(quote);
    let item = Item::Finding(Finding { text: told(quote), evidence: evidence.clone() });
    let reason = if quote.cues.has(Cue::Cause) { "it gives a cause" } else { "it says how things are" };
    let fact = Fact::new(item, evidence.clone(), quote.worth, reason).from(quote.source.name());
    match shorter(quote) {
        Some(text) => fact.or(Item::Finding(Finding { text, evidence }), SHARE),
        None => fact,
    }
}

/// The length of a long statement's shorter form, in bytes.
const SHORTER: usize = 200;
/// What it is worth, in hundredths of the whole.
pub(super) const SHARE: i64 = 75;

/// The first part of a long statement, where it can be cut at the end of a sentence or clause.
pub(super) fn shorter(quote: &Quote) -> Option<String> {
    let text = told(quote);
    (text.len() > SHORTER + 60).then(|| clip(&text, SHORTER))
}

/// A statement as it is told: of a brief, to whom it was said.
pub(super) fn told(quote: &Quote) -> String {
    let text = with_heading(quote);
    if quote.source == Source::Brief { format!("Told a subagent: {text}") } else { text }
}

/// A statement, behind its heading where that says something of its own.
pub(super) fn with_heading(quote: &Quote) -> String {
    let statement = &quote.statement;
    let heading = statement.heading.trim();
    let needed = statement.block != Block::Prose
        || quote.heading.has(Cue::Rejection)
        || quote.heading.has(Cue::Ahead)
        || quote.heading.has(Cue::Choice);
    // What an item means, its lead says; a row has other cells.
    let longest = if statement.block == Block::Item { 90 } else { 60 };
    let says = needed
        && !heading.is_empty()
        && heading.len() <= longest
        && !is_generic(heading)
        && (statement.block != Block::Prose || !is_labelled(&statement.text))
        && !statement.text.starts_with(heading);
    if says { format!("{heading}: {}", statement.text) } else { statement.text.clone() }
}

/// Whether a statement brings a heading of its own: "Verified: all tests pass".
fn is_labelled(text: &str) -> bool {
    let label = text.split_once(": ").map_or("", |(label, _)| label);
    (3..40).contains(&label.len()) && label.starts_with(char::is_uppercase) && label.split(' ').count() <= 4
}

fn is_generic(heading: &str) -> bool {
    const GENERIC: &[&str] = &[
        "summary",
        "here's",
        "here is",
        "what changed",
        "changes",
        "overview",
        "context",
        "result",
        "details",
        "notes",
        "done",
        "what i did",
        "key points",
        "implementation",
        "all ",
    ];
    let lower = heading.to_lowercase();
    !lower.starts_with("all user") && GENERIC.iter().any(|word| lower.starts_with(word))
}
