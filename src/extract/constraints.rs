//! What the user said: standing instructions and corrections first, requests after them, word for word.

use super::Material;
use super::cues::Cue;
use super::kinds::Kind;
use super::quotes::Quote;
use super::requests::{LONG, is_spent, is_told};
use super::spoken::looks_like_output;
use crate::fact::{Fact, Item, RULES_ON_FLOOR};
use crate::state::Constraint;
use crate::text::clip;

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let messages = material.session.turns.len();
    let objective = super::objective::text(material).unwrap_or_default();
    let mut facts: Vec<Fact> = material
        .quotes_of(Kind::Instruction)
        .filter(|quote| !quote.cues.has(Cue::Chat) && !is_told(material, quote))
        .filter(|quote| (is_rule(quote) && messages > 1) || !objective.contains(&quote.statement.text))
        .map(|quote| {
            let mut fact = fact(material, quote, messages);
            fact.floor = fact.floor.filter(|_| !objective.contains(&quote.statement.text));
            fact
        })
        .collect();
    for fact in facts.iter_mut().rev().filter(|fact| fact.floor.is_some()).skip(RULES_ON_FLOOR) {
        fact.floor = None;
    }
    facts
}

/// How many messages back what the user said is of the work at hand; a correction before that was carried out.
const LATELY: usize = 12;

fn fact(material: &Material, quote: &Quote, messages: usize) -> Fact {
    let evidence = material.evidence(quote);
    let item = |text: String| Item::Constraint(Constraint { text, evidence: evidence.clone() });
    let text = &quote.statement.text;
    let turn = material.session.turns.iter().find(|turn| turn.at == quote.at);
    let long_message = turn.is_some_and(|turn| turn.text.len() > LONG);
    let spent = is_spent(material, quote);
    let rules = is_rule(quote) && !spent;
    let recent = material.session.turns.iter().rev().take(4).any(|turn| turn.at == quote.at);
    let ordinal = material.session.turns.iter().position(|turn| turn.at == quote.at).unwrap_or(0);
    let mut worth = quote.worth - 15;
    if rules && !long_message {
        worth += 60;
    }
    if recent && !long_message && !spent {
        worth += 25;
    }
    if spent {
        worth /= 8;
    }
    if messages - ordinal > LATELY && !quote.cues.has(Cue::Rule) {
        worth /= 2;
    }
    if one_shot(text) {
        worth /= 4;
    }
    if looks_like_output(text) || names_only(text) {
        worth = 3;
    }
    let mut fact = Fact::new(
        item(text.clone()),
        evidence.clone(),
        worth.max(5),
        if rules { "the user ruled or corrected" } else { "the user said" },
    )
    .from("user");
    if text.len() > 200 {
        fact = fact.or(item(clip(text, 160)), 60);
    }
    if rules
        && !long_message
        && text.len() < 240
        && messages - ordinal <= LATELY
        && !one_shot(text)
        && !looks_like_output(text)
        && !names_only(text)
        && !text.ends_with('?')
    {
        fact = fact.on_floor(6);
    }
    fact
}

/// Whether the user rules or corrects: said in the objective as well, it still stands among the instructions.
fn is_rule(quote: &Quote) -> bool {
    quote.cues.has(Cue::Rule) || quote.cues.has(Cue::Correction)
}

/// Whether a text is nothing but the path or address of something.
fn names_only(text: &str) -> bool {
    let bare = text.trim_matches(['\'', '"', '`', '@', ' ']);
    let is_place = bare.starts_with(['/', '~']) || bare.starts_with("http");
    is_place && bare.matches('/').count() > 2 && bare.split(' ').count() <= 4
}

/// Whether an instruction is spent once it was carried out.
fn one_shot(text: &str) -> bool {
    const ONCE: &[&str] = &[
        "commit",
        "push",
        "continue",
        "go ahead",
        "run ",
        "try again",
        "proceed",
        "show ",
        "please commit",
        "ok ",
        "yes",
    ];
    let lower = text.to_lowercase();
    text.len() < 60 && ONCE.iter().any(|start| lower.starts_with(start))
}
