//! What comes next: the step at hand, open to-dos, what failed, and what the last reports left to do.

use super::checks::Outcome;
use super::cues::{Cue, Cues};
use super::kinds::Kind;
use super::quotes::Source;
use super::{Material, errors, git};
use crate::event::{EventKind, TodoState};
use crate::fact::{Fact, Item};
use crate::state::{NextStep, Priority};
use crate::text::{clip, is_narration, plain, sentences, statements};

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(unanswered(material));
    facts.extend(at_hand(material));
    facts.extend(todos(material));
    facts.extend(failed(material));
    facts.extend(left(material));
    facts
}

fn fact(action: String, priority: Priority, evidence: Vec<u32>, worth: i64, reason: &'static str) -> Fact {
    let short = NextStep { action: clip(&action, 140), priority, evidence: evidence.clone() };
    let whole = NextStep { action, priority, evidence: evidence.clone() };
    Fact::new(Item::NextStep(whole), evidence, worth, reason).or(Item::NextStep(short), 70)
}

/// The user's last request, if the agent has not replied to it.
fn unanswered(material: &Material) -> Option<Fact> {
    let turn = material.session.turns.last()?;
    if turn.reply.is_some() {
        return None;
    }
    let said = clip(&plain(turn.text), 240);
    let (said, agreed) = match material.agreement(turn.at) {
        Some(it) => (format!("{said} (meaning: {})", it.proposal), Some(it.reply)),
        None => (said, None),
    };
    let evidence = agreed.into_iter().chain([turn.at]).map(|at| material.session.line(at)).collect();
    Some(
        fact(
            format!("Answer the user: {said}"),
            Priority::High,
            evidence,
            260,
            "the last request has no reply",
        )
        .on_floor(5),
    )
}

/// An announcement shorter than this, in bytes, leans on the statement before it.
const SHORT: usize = 60;

/// What the agent said it was about to do when the transcript ends in the middle of work, or right behind those words.
fn at_hand(material: &Material) -> Option<Fact> {
    let session = &material.session;
    let (at, text) = session.last_say().filter(|_| !git::ends_with_commit(session))?;
    let asked = session.turns.last().map(|turn| turn.at).filter(|asked| *asked > at);
    let since = &session.events[at + 1..asked.unwrap_or(session.events.len())];
    let called = since.iter().any(|event| matches!(event.kind, EventKind::Call(_)));
    let plain = plain(text);
    let announced = sentences(&plain).last().copied().filter(|last| is_narration(last) && last.len() > 12);
    if asked.is_some() && text.contains('?') {
        // The user answered it: what they said is told.
        return None;
    }
    let ends = asked.is_some() || Cues::of(text).has(Cue::Done) || text.contains('?');
    let announced = announced.filter(|last| !last.contains("et me know") && (called || !ends));
    let working = called || announced.is_some();
    let stated = || statements(text).into_iter().rev().map(|s| s.text).find(|text| text.len() > 12);
    let said = match announced {
        Some(step) if step.len() < SHORT => match stated() {
            Some(before) if before.ends_with(step) => before,
            Some(before) => format!("{before} {step}"),
            None => step.to_owned(),
        },
        Some(step) => step.to_owned(),
        None => stated()?,
    };
    let recent = session.ages[at] < 12;
    (working && recent).then(|| {
        let action = format!("In the middle of: {}", clip(&said, 300));
        fact(action, Priority::High, vec![session.line(at)], 180, "announced, and not reported as done")
            .on_floor(5)
    })
}

fn todos(material: &Material) -> Vec<Fact> {
    let Some((line, todos)) = material.session.open_todos() else { return Vec::new() };
    todos
        .filter_map(|todo| match todo.state {
            TodoState::InProgress => Some(
                fact(
                    format!("In progress: {}", clip(&todo.text, 260)),
                    Priority::High,
                    vec![line],
                    170,
                    "the to-do in progress",
                )
                .on_floor(5),
            ),
            TodoState::Pending => {
                Some(fact(clip(&todo.text, 260), Priority::Medium, vec![line], 120, "an open to-do"))
            }
            TodoState::Completed | TodoState::Cancelled => None,
        })
        .collect()
}

fn failed(material: &Material) -> Vec<Fact> {
    material
        .checks
        .iter()
        .filter(|check| check.outcome != Outcome::Passed && !errors::is_resolved(check, &material.checks))
        .take(1)
        .map(|check| {
            let what = check
                .failure
                .first()
                .map_or_else(|| "Rerun ".to_owned(), |line| format!("Fix {line}; rerun "));
            fact(
                format!("{what}{}", check.command),
                Priority::High,
                check.evidence(&material.session),
                60,
                "the last run failed or did not finish",
            )
        })
        .collect()
}

fn left(material: &Material) -> Vec<Fact> {
    let session = &material.session;
    let recent: Vec<usize> = session.turns.iter().rev().filter_map(|turn| turn.reply).take(3).collect();
    material
        .quotes_of(Kind::Step)
        .filter(|quote| quote.source != Source::Reply || recent.contains(&quote.at))
        .filter(|quote| !is_courtesy(&quote.statement.text))
        .map(|quote| {
            let newest = recent.first() == Some(&quote.at);
            let worth = quote.worth
                + if newest {
                    50
                } else if recent.contains(&quote.at) {
                    15
                } else {
                    -25
                };
            let priority = if newest { Priority::Medium } else { Priority::Low };
            fact(
                super::findings::with_heading(quote),
                priority,
                material.evidence(quote),
                worth.max(5),
                "a report left it to do",
            )
            .from(quote.source.name())
        })
        .collect()
}

/// Whether a statement only offers to be asked again.
fn is_courtesy(text: &str) -> bool {
    let text = text.to_lowercase();
    text.len() < 120 && (text.contains("let me know if you") || text.contains("feel free to"))
}
