//! What was found out: causes, facts about the code, states of things outside it.

use super::cues::Cue;
use super::quotes::{Quote, Source};
use super::{Material, decisions, files, progress, steps};
use crate::fact::{Fact, Item};
use crate::state::Finding;
use crate::text::Block;

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    material.quotes.iter().filter(|quote| is_finding(quote)).map(|quote| fact(material, quote)).collect()
}

fn is_finding(quote: &Quote) -> bool {
    quote.source != Source::User
        && !quote.statement.text.ends_with('?')
        && !files::is_note(quote)
        && !steps::is_step(quote)
        && !decisions::is_decision(quote)
        && !progress::is_progress(quote)
}

fn fact(material: &Material, quote: &Quote) -> Fact {
    let evidence = material.evidence(quote);
    let item = Item::Finding(Finding { text: with_heading(quote), evidence: evidence.clone() });
    let reason = if quote.cues.has(Cue::Cause) { "it gives a cause" } else { "it says how things are" };
    Fact::new(item, evidence, quote.worth, reason).from(quote.source.name())
}

/// A statement, behind its heading where that says something of its own.
pub(super) fn with_heading(quote: &Quote) -> String {
    let statement = &quote.statement;
    let heading = statement.heading.trim();
    let needed = statement.block != Block::Prose
        || quote.heading.has(Cue::Rejection)
        || quote.heading.has(Cue::Ahead)
        || quote.heading.has(Cue::Choice);
    let says = needed
        && !heading.is_empty()
        && heading.len() <= 60
        && !is_generic(heading)
        && !statement.text.starts_with(heading);
    if says { format!("{heading}: {}", statement.text) } else { statement.text.clone() }
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
    GENERIC.iter().any(|word| lower.starts_with(word))
}
