//! Decisions: the user's choices with the question they answer, and what was chosen, contrasted or dropped in words.

use super::kinds::Kind;
use super::quotes::Quote;
use super::session::{Turn, Use};
use super::worth::option_label;
use super::{Material, findings};
use crate::event::{Action, Answer, EventKind, Status};
use crate::fact::{Fact, Item};
use crate::state::{Decision, Rejected};
use crate::text::{clip, plain, statements};

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let mut facts: Vec<Fact> =
        material.quotes_of(Kind::Decision).map(|quote| quoted(material, quote)).collect();
    for used in material.session.uses.iter().filter(|used| !used.abandoned) {
        facts.extend(used.answers.iter().map(|answer| chosen(material, used, answer)));
        facts.extend(denied(material, used));
    }
    facts.extend(material.session.turns.iter().filter_map(|turn| picked(material, turn)));
    facts.extend(rewound(material));
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

/// What the user picked, by its letter, number or one word, from the options of the reply before.
fn picked(material: &Material, turn: &Turn) -> Option<Fact> {
    let session = &material.session;
    let at = turn.reply?;
    let EventKind::Assistant { text } = &session.events[at].kind else { return None };
    let answer = session.turn_after(at).filter(|next| next.text.len() < 40)?;
    let options = options(text);
    let chosen: Vec<usize> = chosen_of(answer.text, &options);
    let question = statements(text).into_iter().rev().map(|s| s.text).find(|text| text.contains('?'))?;
    if chosen.is_empty() || options.len() < 2 {
        return None;
    }
    let choice: Vec<&str> = chosen.iter().map(|index| options[*index].1.as_str()).collect();
    let evidence = vec![session.line(at), session.line(answer.at)];
    let whole = |longest: usize| {
        let choice: Vec<String> = choice.iter().map(|option| clip(option, longest)).collect();
        Item::Decision(Decision {
            decision: format!("{} → user chose: {}", clip(&question, 160), choice.join("; ")),
            rationale: String::new(),
            timestamp: session.time(answer.at),
            rejected: Vec::new(),
            evidence: evidence.clone(),
        })
    };
    Some(Fact::new(whole(240), evidence.clone(), 150, "the user picked").or(whole(80), 75))
}

/// The options of a message: label and words of each line that begins with one.
fn options(text: &str) -> Vec<(String, String)> {
    let bare = |line: &str| plain(line.trim().trim_start_matches(['-', '*', '•', ' ', '>']));
    text.lines()
        .filter_map(|line| {
            let line = bare(line);
            let (label, words) = option_label(&line)?;
            Some((label.to_lowercase(), words.to_owned()))
        })
        .collect()
}

/// Which options an answer names: every word of it is a label, or it is one word that stands in one option only.
fn chosen_of(answer: &str, options: &[(String, String)]) -> Vec<usize> {
    const AROUND: &[&str] = &[
        "and", "option", "yes", "please", "go", "with", "i", "choose", "the", "lets", "do", "both", "number",
    ];
    let answer = answer.to_lowercase();
    let words: Vec<&str> =
        answer.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let label = |word: &&str| options.iter().rposition(|(label, _)| label == word);
    let telling: Vec<&str> =
        words.iter().copied().filter(|word| label(word).is_some() || !AROUND.contains(word)).collect();
    if let Some(chosen) = telling.iter().map(label).collect::<Option<Vec<usize>>>() {
        return chosen;
    }
    let [word] = telling[..] else { return Vec::new() };
    let says = |(_, text): &&(String, String)| {
        text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|other| other == word)
    };
    match options.iter().filter(says).count() {
        1 if word.len() > 3 => options.iter().position(|option| says(&option)).into_iter().collect(),
        _ => Vec::new(),
    }
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
    let reason = clip(&plain(&result.text), 200);
    let decision = Decision {
        decision: format!("The user refused {what}"),
        rationale: reason,
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
