//! The objective: what the user set out to have done, and what they asked for last.

use std::collections::BTreeMap;

use super::Material;
use super::agreed::only_goes_on;
use super::cues::{Cue, Cues};
use super::requests::orders;
use super::session::{Session, Turn};
use super::spoken::{looks_like_output, spoken};
use crate::event::EventKind;
use crate::fact::{Fact, Item};
use crate::text::{beginning, clip, plain, statements};

/// What a message is about stands in so many bytes of it; what follows in a longer one was pasted.
const HEARD: usize = 64 << 10;

/// A message shorter than this, in bytes, may be no more than an answer.
const ANSWER: usize = 60;

/// How long each request is told, in bytes.
#[derive(Clone, Copy)]
struct Lengths {
    /// The first one.
    first: usize,
    /// Those between.
    between: usize,
    /// The last one.
    last: usize,
}

const FULL: Lengths = Lengths { first: 300, between: 140, last: 300 };
const SHORT: Lengths = Lengths { first: 110, between: 0, last: 130 };
const SHORTEST: Lengths = Lengths { first: 60, between: 0, last: 60 };

/// Words of the user's that the objective tells.
struct Part {
    /// Index of the event.
    at: usize,
    words: String,
    /// What the agent proposed there, with the index of its event, where the user only agreed.
    agreed: Option<(usize, String)>,
}

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let Some(parts) = parts(material) else {
        let title = material.session.context.title.iter().map(|title| fact(title.clone(), Vec::new())).next();
        return title.or_else(|| command(material)).into_iter().collect();
    };
    let events = parts.iter().flat_map(|part| part.agreed.iter().map(|(at, _)| *at).chain([part.at]));
    let evidence: Vec<u32> = events.map(|at| material.session.line(at)).collect();
    let form = |lengths| Item::Objective(joined(&parts, lengths));
    vec![fact(joined(&parts, FULL), evidence).or(form(SHORT), 70).or(form(SHORTEST), 40)]
}

/// The objective in full, as far as the user stated one.
pub(super) fn text(material: &Material) -> Option<String> {
    parts(material).map(|parts| joined(&parts, FULL))
}

/// What the user set out to have done, what took most of the work, and what they asked for and agreed to last.
fn parts(material: &Material) -> Option<Vec<Part>> {
    let session = &material.session;
    let turns: Vec<&Turn> = session.turns.iter().filter(|turn| is_task(heard(turn))).collect();
    let begins = turns.iter().find(|turn| !resumes(heard(turn))).or(turns.first());
    let first = begins.copied().or(session.turns.first())?;
    let mut later = turns
        .iter()
        .copied()
        .filter(|turn| turn.at != first.at && turn.text.len() > 24 && !only_answers(session, turn));
    let efforts = efforts(material, &turns);
    let effort = |turn: &Turn| efforts.get(&turn.at).copied().unwrap_or(0);
    let most = later.clone().max_by_key(|turn| (effort(turn), turn.at));
    let most = most.filter(|turn| effort(turn) * 4 >= session.uses.len());
    let mut parts = vec![Part { at: first.at, words: headline(heard(first), FULL.first), agreed: None }];
    for turn in most.into_iter().chain(later.next_back()).chain(last(material)) {
        let part = part(material, turn);
        if parts.iter().all(|told| told.at != part.at && !repeats(&told.words, &part.words)) {
            parts.push(part);
        }
    }
    parts.sort_by_key(|part| part.at);
    Some(parts)
}

/// Whether a message is a few words that answer what the reply before it asked, and orders nothing.
fn only_answers(session: &Session, turn: &Turn) -> bool {
    turn.text.len() < ANSWER
        && !orders(heard(turn))
        && session.reply_before(turn).is_some_and(|reply| session.is_answered(reply))
}

/// The user's last words that want something, however few: an agreement, or an order.
fn last<'a, 'b>(material: &'b Material<'a>) -> Option<&'b Turn<'a>> {
    let says = |text: &str| text.len() > 24 && is_task(text) || orders(text) && !only_goes_on(text);
    let wants = |turn: &&Turn| material.agreement(turn.at).is_some() || says(heard(turn));
    material.session.turns.iter().rfind(wants)
}

fn part(material: &Material, turn: &Turn) -> Part {
    let agreed = material.agreement(turn.at).map(|it| (it.reply, it.proposal.clone()));
    Part { at: turn.at, words: headline(heard(turn), FULL.last), agreed }
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

fn joined(parts: &[Part], lengths: Lengths) -> String {
    let last = parts.len() - 1;
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        let (lead, length) = match index {
            0 => ("", lengths.first),
            _ if index == last => (" — now: ", lengths.last),
            _ => (" — then: ", lengths.between),
        };
        if length > 0 {
            text.extend([lead, &part.told(length)]);
        }
    }
    text
}

impl Part {
    /// The words in at most about so many bytes; where they only agree, with what they agree to.
    fn told(&self, length: usize) -> String {
        match &self.agreed {
            None => clip(&self.words, length),
            Some((_, proposal)) => format!("{} (meaning: {})", self.words, clip(proposal, length)),
        }
    }
}

fn fact(text: String, evidence: Vec<u32>) -> Fact {
    Fact::new(Item::Objective(text), evidence, 1000, "what the user set out to have done").on_floor(0)
}

/// Whether a message only takes up an earlier session: what it is about, the next one says.
fn resumes(text: &str) -> bool {
    const MARKS: &[&str] = &["continue", "left off", "pick up", "resume", "keep going"];
    let lower = text.to_lowercase();
    text.len() < 60 && MARKS.iter().any(|mark| lower.contains(mark))
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
    let text = task_of(text).unwrap_or(text);
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

/// What stands below the heading of a message that says so: commands of hosts begin with what they found.
fn task_of(text: &str) -> Option<&str> {
    const HEADINGS: &[&str] =
        &["your task", "task", "the task", "instructions", "your instructions", "objective"];
    let mut end = 0;
    let below = text.split_inclusive('\n').find_map(|line| {
        end += line.len();
        let title = line.trim().strip_prefix('#')?.trim_matches(['#', ' ', ':']).to_lowercase();
        HEADINGS.contains(&title.as_str()).then(|| text[end..].trim_start())
    });
    below.filter(|below| !below.is_empty())
}

/// Whether a short statement only points at what stands below it.
fn points(statement: &str) -> bool {
    const POINTERS: &[&str] = &["this", "following", "below", "attached", "these"];
    let mut words = statement.split(|c: char| !c.is_alphanumeric());
    statement.len() < 120 && words.any(|word| POINTERS.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(words: &str, agreed: Option<&str>) -> Part {
        Part { at: 0, words: words.to_owned(), agreed: agreed.map(|proposal| (0, proposal.to_owned())) }
    }

    #[test]
    fn an_agreement_is_told_with_what_it_agrees_to() {
        let parts = [
            part("Write a reader", None),
            part("use a clock", None),
            part("yes", Some("Shall I add the cache?")),
        ];
        assert_eq!(
            joined(&parts, FULL),
            "Write a reader — then: use a clock — now: yes (meaning: Shall I add the cache?)"
        );
        assert_eq!(joined(&parts, SHORT), "Write a reader — now: yes (meaning: Shall I add the cache?)");
    }

    #[test]
    fn what_only_takes_up_a_session_is_no_objective() {
        assert!(resumes("Can we continue from where we left off?"));
        assert!(!resumes("Make the reader continue behind a torn line, and say which one it was"));
    }

    #[test]
    fn a_command_of_a_host_says_its_task_below_a_heading() {
        let command = "## Context\n\n- Branch: main\n\n## Your task\n\nReview the reader.\n";
        assert_eq!(headline(command, 300), "Review the reader.");
        assert_eq!(headline("Review the reader.", 300), "Review the reader.");
    }
}
