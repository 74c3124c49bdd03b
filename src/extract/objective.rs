//! The objective: what the user set out to have done, and what they asked for last.

use super::Material;
use super::cues::{Cue, Cues};
use super::session::Turn;
use super::worth::looks_like_output;
use crate::fact::{Fact, Item};
use crate::text::{clip, plain, statements};

/// The longest objective, in bytes.
const LONGEST: usize = 420;

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let Some(parts) = parts(material) else {
        return material.session.context.title.iter().map(|title| fact(title.clone(), Vec::new())).collect();
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
    let turns: Vec<&Turn> = material.session.turns.iter().filter(|turn| is_task(turn.text)).collect();
    let first = turns.first().copied().or(material.session.turns.first())?;
    let mut parts = vec![(first.at, headline(first.text, 300))];
    let mut later = turns.iter().filter(|turn| turn.at != first.at && turn.text.len() > 24);
    let most = later.clone().max_by_key(|turn| (material.session.calls_of(turn.at), turn.at));
    let most = most.filter(|turn| {
        let own = material.session.calls_of(turn.at);
        own * 4 >= material.session.uses.len() && own > material.session.calls_of(first.at)
    });
    for turn in most.into_iter().chain(later.next_back()) {
        let said = headline(turn.text, 220);
        if parts.iter().all(|(at, part)| *at != turn.at && !part.contains(&said)) {
            parts.push((turn.at, said));
        }
    }
    parts.sort_by_key(|(at, _)| *at);
    Some(parts)
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

/// The part of a message that says what it is about: its title and first statement; not what was pasted into it.
fn headline(text: &str, limit: usize) -> String {
    let said: Vec<String> = statements(text)
        .into_iter()
        .map(|s| s.text)
        .filter(|s| s.split_whitespace().count() >= 3 && !looks_like_output(s))
        .collect();
    let title = text.lines().find_map(|line| line.trim().strip_prefix("# ")).map(plain);
    let first = said.first().cloned().unwrap_or_else(|| plain(text));
    match title {
        Some(title) if text.len() > 600 => {
            let context =
                said.iter().find(|s| s.len() > 60 && !s.contains(&title)).cloned().unwrap_or_default();
            clip(&format!("{title}. {context}"), limit)
        }
        _ if text.len() <= limit && !text.lines().any(|line| looks_like_output(line.trim())) => plain(text),
        _ => clip(&first, limit),
    }
}
