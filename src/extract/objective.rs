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
    let turns: Vec<&Turn> = material.session.turns.iter().filter(|turn| is_task(turn.text)).collect();
    let Some(first) = turns.first().copied().or(material.session.turns.first()) else {
        return material.session.context.title.iter().map(|title| fact(title.clone(), Vec::new())).collect();
    };
    let root = headline(first.text, 300);
    let mut evidence = vec![material.session.line(first.at)];
    let mut text = root.clone();
    if let Some(last) = turns.last().filter(|last| last.at != first.at && last.text.len() > 24) {
        let now = headline(last.text, 220);
        if !root.contains(&now) {
            text = format!("{root} — now: {now}");
            evidence.push(material.session.line(last.at));
        }
    }
    let short = clip(&text, LONGEST / 2);
    vec![
        fact(clip(&text, LONGEST + 100), evidence.clone())
            .or(Item::Objective(short), 70)
            .or(Item::Objective(clip(&root, 100)), 40),
    ]
}

fn fact(text: String, evidence: Vec<u32>) -> Fact {
    Fact::new(Item::Objective(text), evidence, 1000, "what the user set out to have done").on_floor(0)
}

/// Whether a message asks for something, rather than agreeing or chatting.
fn is_task(text: &str) -> bool {
    text.split_whitespace().count() >= 4 && !Cues::of(text).has(Cue::Chat)
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
        _ if text.len() <= limit && !looks_like_output(text) => plain(text),
        _ => clip(&first, limit),
    }
}
