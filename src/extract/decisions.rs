//! Decisions: the user's choices with the question they answer, and what was chosen, contrasted or dropped in words.

use super::agreed::Agreement;
use super::choices::Offer;
use super::kinds::Kind;
use super::quotes::Quote;
use super::session::Use;
use super::{Material, findings};
use crate::event::{Action, Answer, EventKind, Status};
use crate::fact::{Fact, Item};
use crate::state::{Decision, Rejected};
use crate::text::{clip, plain};

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let told = material.quotes_of(Kind::Decision).filter(|quote| !material.is_agreed(quote));
    let mut facts: Vec<Fact> = told.map(|quote| quoted(material, quote)).collect();
    for used in material.session.uses.iter().filter(|used| !used.abandoned) {
        facts.extend(used.answers.iter().map(|answer| chosen(material, used, answer)));
        facts.extend(denied(material, used));
    }
    let picks = material.offers.iter().filter(|offer| !offer.taken.is_empty());
    facts.extend(picks.map(|offer| picked(material, offer)));
    facts.extend(rewound(material));
    facts.extend(material.agreements.iter().filter_map(|it| agreed(material, it)));
    facts
}

fn quoted(material: &Material, quote: &Quote) -> Fact {
    let evidence = material.evidence(quote);
    let text = findings::with_heading(quote);
    let item = |text: &str| {
        let (decision, rationale) = split_reason(text);
        Item::Decision(Decision {
            decision: decision.to_owned(),
            rationale: rationale.to_owned(),
            timestamp: material.session.time(quote.at),
            rejected: Vec::new(),
            evidence: evidence.clone(),
        })
    };
    let fact = Fact::new(item(&text), evidence.clone(), quote.worth, "it chooses, contrasts or drops");
    let fact = fact.from(quote.source.name());
    match findings::shorter(quote) {
        Some(text) => fact.or(item(&text), findings::SHARE),
        None => fact,
    }
}

/// Splits a sentence where its reason begins; the reason keeps its first word.
pub(super) fn split_reason(text: &str) -> (&str, &str) {
    const WORDS: &[&str] =
        &[" because ", " since ", " so that ", " due to ", " to avoid ", " as it ", " in order to ", ", so "];
    WORDS.iter().filter_map(|word| text.find(word)).filter(|at| *at > 15).min().map_or((text, ""), |at| {
        (text[..at].trim_end_matches([',', ' ']), text[at..].trim_start_matches([',', ' ']))
    })
}

fn chosen(material: &Material, used: &Use, answer: &Answer) -> Fact {
    let at = used.result_at.unwrap_or(used.at);
    let evidence = vec![material.session.line(used.at), material.session.line(at)];
    let options = match &used.call.action {
        Action::Ask(questions) => {
            questions.iter().find(|question| question.text == answer.question).map(|q| q.options.as_slice())
        }
        _ => None,
    }
    .unwrap_or_default();
    let described = options
        .iter()
        .find(|option| option.label == answer.answer)
        .map(|option| option.description.as_str())
        .unwrap_or_default();
    let rejected = options
        .iter()
        .filter(|option| !answer.answer.contains(&option.label))
        .map(|option| Rejected { option: plain(&option.label), reason: String::new() })
        .collect();
    let question = plain(&answer.question);
    let choice = if described.is_empty() {
        plain(&answer.answer)
    } else {
        format!("{} ({})", plain(&answer.answer), clip(&plain(described), 140))
    };
    let full = Decision {
        decision: format!("{} → user chose: {}", clip(&question, 200), clip(&choice, 300)),
        rationale: String::new(),
        timestamp: material.session.time(at),
        rejected,
        evidence: evidence.clone(),
    };
    let short = Decision { rejected: Vec::new(), ..full.clone() };
    Fact::new(Item::Decision(full), evidence, 190, "the user chose").or(Item::Decision(short), 70)
}

/// What the user picked from the options of the reply before.
fn picked(material: &Material, offer: &Offer) -> Fact {
    let session = &material.session;
    let evidence = vec![session.line(offer.at), session.line(offer.answered)];
    let (taken, left): (Vec<_>, Vec<_>) =
        offer.options.iter().enumerate().partition(|(index, _)| offer.taken.contains(index));
    let rejected: Vec<Rejected> = left
        .into_iter()
        .map(|(_, option)| Rejected { option: clip(name(option), 60), reason: String::new() })
        .collect();
    let form = |longest: usize, rejected: &[Rejected]| {
        let choice: Vec<String> = taken.iter().map(|(_, option)| clip(option, longest)).collect();
        Item::Decision(Decision {
            decision: format!("{} → user chose: {}", clip(&offer.question, 160), choice.join("; ")),
            rationale: String::new(),
            timestamp: session.time(offer.answered),
            rejected: rejected.to_vec(),
            evidence: evidence.clone(),
        })
    };
    Fact::new(form(240, &rejected), evidence.clone(), 150, "the user picked").or(form(80, &[]), 75)
}

/// What the user agreed to in a few words.
fn agreed(material: &Material, agreement: &Agreement) -> Option<Fact> {
    let session = &material.session;
    if material.offers.iter().any(|offer| offer.answered == agreement.at && !offer.taken.is_empty()) {
        return None;
    }
    let evidence = vec![session.line(agreement.reply), session.line(agreement.at)];
    let form = |longest: usize| {
        Item::Decision(Decision {
            decision: format!("{} → user agreed", clip(&agreement.proposal, longest)),
            rationale: String::new(),
            timestamp: session.time(agreement.at),
            rejected: Vec::new(),
            evidence: evidence.clone(),
        })
    };
    let held = material.quotes_of(Kind::Decision).filter(|quote| quote.at == agreement.reply);
    let held = held.filter(|quote| material.is_agreed(quote)).map(|quote| quote.worth);
    let worth = held.fold(100 * session.recency(agreement.at) / 1000, i64::max);
    Some(Fact::new(form(240), evidence.clone(), worth, "the user agreed").or(form(120), 75))
}

/// The name of an option, before it is described.
fn name(option: &str) -> &str {
    let end = [" — ", " – ", ": ", ". "].iter().filter_map(|mark| option.find(mark)).min();
    end.map_or(option, |end| &option[..end])
}

fn denied(material: &Material, used: &Use) -> Option<Fact> {
    let result = used.result.filter(|result| result.status == Status::Denied)?;
    let at = used.result_at?;
    let evidence = vec![material.session.line(used.at), material.session.line(at)];
    let what = match &used.call.action {
        Action::Run { command, .. } => format!("running {}", clip(&plain(command), 120)),
        Action::Edit(edits) => format!("editing {}", material.session.paths.name(&edits.first()?.path)),
        Action::Plan { .. } => "the plan as proposed".to_owned(),
        _ => return None,
    };
    let decision = Decision {
        decision: format!("The user refused {what}"),
        rationale: clip(&plain(&result.text), 200),
        timestamp: material.session.time(at),
        rejected: Vec::new(),
        evidence: evidence.clone(),
    };
    let worth = if decision.rationale.is_empty() { 30 } else { 150 };
    Some(Fact::new(Item::Decision(decision), evidence, worth, "the user refused"))
}

fn rewound(material: &Material) -> Vec<Fact> {
    let session = &material.session;
    session
        .events
        .iter()
        .enumerate()
        .filter(|(_, event)| event.abandoned)
        .filter_map(|(at, event)| match &event.kind {
            EventKind::User { text } if text.len() > 20 => Some((at, text)),
            _ => None,
        })
        .map(|(at, text)| {
            let evidence = vec![session.line(at)];
            let decision = Decision {
                decision: format!("Tried and taken back by the user (rewound): {}", clip(&plain(text), 160)),
                rationale: String::new(),
                timestamp: session.time(at),
                rejected: Vec::new(),
                evidence: evidence.clone(),
            };
            Fact::new(Item::Decision(decision), evidence, 90, "the user went back from it")
        })
        .collect()
}
