//! The objective: what the user set out to have done, and what they asked for last.

use std::collections::BTreeMap;

use super::Material;
use super::cues::{Cue, Cues};
use super::session::Turn;
use super::spoken::{looks_like_output, spoken};
use crate::event::EventKind;
use crate::fact::{Fact, Item};
use crate::text::{beginning, clip, plain, statements};

/// The longest objective, in bytes.
const LONGEST: usize = 420;
/// What a message is about stands in so many bytes of it; what follows in a longer one was pasted.
const HEARD: usize = 64 << 10;

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let Some(parts) = parts(material) else {
        let title = material.session.context.title.iter().map(|title| fact(title.clone(), Vec::new())).next();
        return title.or_else(|| command(material)).into_iter().collect();
    };
    let evidence: Vec<u32> = parts.iter().map(|(at, _)| material.session.line(*at)).collect();
    let text = joined(&parts);
    let short = clip(&text, LONGEST / 2);
    vec![
        fact(clip(&text, LONGEST + 100), evidence)
            .or(Item::Objective(short), 70)
            .or(Item::Objective(clip(&parts[0].1, 100)), 40),
    ]
}

/// The objective in full, as far as the user stated one.
pub(super) fn text(material: &Material) -> Option<String> {
    parts(material).map(|parts| clip(&joined(&parts), LONGEST + 100))
}

/// What the user set out to have done, and what they asked for last, each with the index of its event.
fn parts(material: &Material) -> Option<Vec<(usize, String)>> {
    let turns: Vec<&Turn> = material.session.turns.iter().filter(|turn| is_task(heard(turn))).collect();
    let first = turns.first().copied().or(material.session.turns.first())?;
    let mut parts = vec![(first.at, headline(heard(first), 300))];
    let mut later = turns.iter().filter(|turn| turn.at != first.at && turn.text.len() > 24);
    let efforts = efforts(material, &turns);
    let effort = |turn: &Turn| efforts.get(&turn.at).copied().unwrap_or(0);
    let most = later.clone().max_by_key(|turn| (effort(turn), turn.at));
    let most = most.filter(|turn| effort(turn) * 4 >= material.session.uses.len());
    for turn in most.into_iter().chain(later.next_back()) {
        let said = headline(heard(turn), 220);
        if parts.iter().all(|(at, part)| *at != turn.at && !repeats(part, &said)) {
            parts.push((turn.at, said));
        }
    }
    parts.sort_by_key(|(at, _)| *at);
    Some(parts)
}

/// The command to the host that began a session in which the user said nothing.
fn command(material: &Material) -> Option<Fact> {
    material.session.events.iter().enumerate().find_map(|(at, event)| match &event.kind {
        EventKind::Command { name, arguments } => {
            Some(fact(format!("{name} {arguments}").trim().to_owned(), vec![material.session.line(at)]))
        }
        _ => None,
    })
}

/// As much of a message as is listened to.
fn heard<'a>(turn: &Turn<'a>) -> &'a str {
    beginning(turn.text, HEARD)
}

/// Whether one of two statements says the other again, or its beginning.
fn repeats(part: &str, said: &str) -> bool {
    part.contains(said) || said.contains(&clip(part, 80).trim_end_matches('…').to_owned())
}

fn joined(parts: &[(usize, String)]) -> String {
    let words: Vec<&str> = parts.iter().map(|(_, words)| words.as_str()).collect();
    match words[..] {
        [first, then, now] => format!("{first} — then: {then} — now: {now}"),
        _ => words.join(" — now: "),
    }
}

fn fact(text: String, evidence: Vec<u32>) -> Fact {
    Fact::new(Item::Objective(text), evidence, 1000, "what the user set out to have done").on_floor(0)
}

/// Whether a message asks for something, rather than agreeing, chatting or only showing what a program printed.
fn is_task(text: &str) -> bool {
    text.split_whitespace().count() >= 4
        && !Cues::of(text).has(Cue::Chat)
        && text.lines().any(|line| line.split_whitespace().count() >= 3 && !looks_like_output(line.trim()))
}

/// How many tool calls each request took, with those of the turns behind it that only went on with it; by event.
fn efforts(material: &Material, tasks: &[&Turn]) -> BTreeMap<usize, usize> {
    let mut efforts: BTreeMap<usize, usize> = BTreeMap::new();
    let mut current = None;
    for turn in &material.session.turns {
        let asks = tasks.iter().any(|task| task.at == turn.at) && !goes_on(heard(turn));
        if asks || current.is_none() {
            current = Some(turn.at);
        }
        *efforts.entry(current.unwrap_or(turn.at)).or_default() += material.session.calls_of(turn.at);
    }
    efforts
}

/// Whether a message only goes on with what was asked before: a few words, a correction, what a program printed.
fn goes_on(text: &str) -> bool {
    let cues = Cues::of(text);
    text.split_whitespace().count() < 8
        || cues.has(Cue::Correction)
        || spoken(text).len() < text.len()
        || agrees(text)
        || cues.has(Cue::Rule) && cues.has(Cue::Contrast) && !text.contains('?')
}

/// Whether a message begins by agreeing.
fn agrees(text: &str) -> bool {
    const WORDS: &[&str] = &["nice", "great", "good", "perfect", "thanks", "cool", "yes", "yep", "sure"];
    let first = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    WORDS.contains(&first.to_lowercase().as_str())
}

/// The part of a message that says what it is about: its title or first statement, and if that only points at what
/// follows, the next one; not what was pasted into it.
fn headline(text: &str, limit: usize) -> String {
    let spoken = spoken(text);
    let said: Vec<String> = statements(&spoken)
        .into_iter()
        .map(|s| s.text)
        .filter(|s| s.split_whitespace().count() >= 3 && !looks_like_output(s))
        .collect();
    let context =
        |first: &str| said.iter().find(|s| s.len() > 60 && !s.contains(first) && !first.contains(*s));
    let title = text.lines().find_map(|line| line.trim().strip_prefix("# ")).map(plain);
    let first = said.first().cloned().unwrap_or_else(|| plain(text));
    match title {
        Some(title) if text.len() > 600 => {
            clip(&format!("{title}. {}", context(&title).map_or("", String::as_str)), limit)
        }
        _ if text.len() <= limit && spoken.len() == text.len() => plain(text),
        _ if spoken.lines().next().is_some_and(|line| line.trim_end().ends_with(':')) => {
            clip(&plain(text), limit)
        }
        _ if points(&first) => match context(&first) {
            Some(context) => clip(&format!("{first} — {context}"), limit),
            None => clip(&first, limit),
        },
        _ => clip(&first, limit),
    }
}

/// Whether a short statement only points at what stands below it.
fn points(statement: &str) -> bool {
    const POINTERS: &[&str] = &["this", "following", "below", "attached", "these"];
    let mut words = statement.split(|c: char| !c.is_alphanumeric());
    statement.len() < 120 && words.any(|word| POINTERS.contains(&word.to_lowercase().as_str()))
}
