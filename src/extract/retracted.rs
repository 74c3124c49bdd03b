//! What turned out wrong: the agent took it back itself, or the user said that it was not so.

use rustc_hash::FxHashSet;

use super::cues::Cue;
use super::openings::{behind_courtesies, behind_one};
use super::quotes::{Quote, Source};
use super::session::{Session, Turn};
use super::spoken::spoken;
use crate::event::{Actor, EventKind};
use crate::text::{identifiers, passages, straight, words};

/// A rejection longer than this, in bytes, tells more than that something is not so.
const SHORT: usize = 200;

/// Beliefs that were taken back, between two events.
pub struct Retraction {
    /// Index of the event from which on they were held.
    from: usize,
    /// Index of the event that takes them back.
    at: usize,
    /// The words of what takes them back; none if it takes back all that was claimed there.
    words: Option<FxHashSet<String>>,
}

impl Retraction {
    /// Whether a statement is such a belief.
    pub fn takes_back(&self, quote: &Quote) -> bool {
        let is_held = matches!(quote.source, Source::Reply | Source::Remark)
            && (self.from..self.at).contains(&quote.at)
            && !takes_back(&quote.statement.text);
        is_held
            && match &self.words {
                Some(words) => believes(quote) && is_about(&quote.statement.text, words),
                None => claims(quote),
            }
    }
}

/// What was taken back in a session.
pub fn retractions(session: &Session) -> Vec<Retraction> {
    by_agent(session).chain(session.turns.iter().filter_map(|turn| by_user(session, turn))).collect()
}

fn by_agent<'a>(session: &'a Session) -> impl Iterator<Item = Retraction> + 'a {
    let said = session.events.iter().enumerate().filter_map(|(at, event)| match &event.kind {
        EventKind::Assistant { text } if event.actor == Actor::Main && !event.abandoned => Some((at, text)),
        _ => None,
    });
    said.flat_map(move |(at, text)| {
        let taken_back = passages(text).into_iter().filter(|it| takes_back(&it.text));
        taken_back.map(move |it| Retraction {
            from: turn_before(session, at),
            at,
            words: Some(vocabulary(&it.text)),
        })
    })
}

/// Index of the user's event before the one that the event at `at` answers.
fn turn_before(session: &Session, at: usize) -> usize {
    let behind = session.turns.partition_point(|turn| turn.at <= at);
    session.turns.get(behind.saturating_sub(2)).map_or(0, |turn| turn.at)
}

fn by_user(session: &Session, turn: &Turn) -> Option<Retraction> {
    let reply = session.reply_before(turn)?;
    rejects(&spoken(turn.text)).then_some(Retraction { from: reply, at: turn.at, words: None })
}

/// Whether the agent says that it was wrong, or that something is otherwise than it thought.
fn takes_back(text: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "actually, ",
        "oh wait",
        "wait, ",
        "wait -",
        "wait —",
        "hmm, actually",
        "hmm, wait",
        "i was wrong",
        "i misread",
        "i misunderstood",
        "i misdiagnosed",
        "i mis-",
        "my mistake",
        "never mind",
        "scratch that",
        "correction:",
        "on closer look",
        "on closer inspection",
        "on second thought",
        "turns out ",
        "it turns out ",
        "so it's not ",
        "so it isn't ",
        "so that's not ",
        "that's not it",
        "false alarm",
    ];
    const PHRASES: &[&str] = &[
        "i was wrong",
        "was wrong about",
        "my earlier claim",
        "my earlier assumption",
        "my earlier diagnosis",
        "my earlier statement",
        "my initial diagnosis",
        "my initial assumption",
        "i previously said",
        "i said earlier",
        "contrary to what i",
        "red herring",
    ];
    let lower = straight(text).to_lowercase();
    BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning))
        || PHRASES.iter().any(|phrase| lower.contains(phrase))
}

/// Whether the user flatly denies what the reply before claims.
fn rejects(text: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "no, that's not",
        "no that's not",
        "nope, that's not",
        "that's not it",
        "that's not the ",
        "that's not true",
        "that's not right",
        "that's wrong",
        "that is wrong",
        "that's incorrect",
        "this is wrong",
        "not true",
        "wrong.",
        "wrong,",
        "still fail",
        "still broken",
        "still not ",
        "still doesn't",
        "still the same",
        "same error",
        "same problem",
        "it still ",
        "that didn't ",
        "didn't work",
        "doesn't work",
        "it doesn't work",
        "it didn't work",
        "that doesn't work",
        "not fixed",
    ];
    let said = straight(text.trim()).into_owned();
    said.len() <= SHORT
        && !said.contains('?')
        && [said.as_str(), behind_courtesies(&said)].iter().any(|said| behind_one(said, BEGINNINGS).is_some())
}

/// Whether a statement says how things are for some reason, or guesses.
fn believes(quote: &Quote) -> bool {
    [Cue::Cause, Cue::Wrong, Cue::Guess].iter().any(|cue| quote.cues.has(*cue))
}

/// Whether a statement claims that something is found or mended.
fn claims(quote: &Quote) -> bool {
    const CLAIMS: &[&str] = &[
        "the issue",
        "the problem",
        "the bug",
        "the cause",
        "root cause",
        "the culprit",
        "fixed",
        "should now",
        "should work",
        "now works",
        "works now",
        "is now correct",
        "this means",
        "that's why",
        "which is why",
    ];
    let lower = straight(&quote.statement.text).to_lowercase();
    CLAIMS.iter().any(|claim| lower.contains(claim))
}

/// Whether a statement speaks of what these words speak of.
fn is_about(text: &str, words: &FxHashSet<String>) -> bool {
    let own = vocabulary(text);
    let shared = own.intersection(words).count();
    let names = identifiers(text).any(|name| words.contains(&name.to_lowercase()));
    shared >= if names { 3 } else { 4 }
}

fn vocabulary(text: &str) -> FxHashSet<String> {
    words(text).map(|word| word.trim_end_matches('s').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beliefs_are_taken_back() {
        assert!(takes_back("Actually, the cache is filled before the reader starts."));
        assert!(takes_back("I was wrong about the lock: it is held by the writer."));
        assert!(takes_back("It turns out the queue is never drained."));
        assert!(!takes_back("The cache is actually quite small."));
        assert!(!takes_back("Waiting for the queue."));
    }

    #[test]
    fn the_user_denies_in_few_words() {
        assert!(rejects("no, that's not it, both read the same file"));
        assert!(rejects("It still crashes") && rejects("ok, same error"));
        assert!(!rejects("that's not what I meant by green. What is it?"));
        assert!(!rejects("nice, now the tests"));
    }
}
