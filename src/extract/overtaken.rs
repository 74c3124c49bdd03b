//! What later events overtook: options that were chosen from, proposals the user corrected, work since committed.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::choices::Offer;
use super::cues::{Cue, Cues};
use super::git;
use super::openings::{behind_courtesies, behind_one};
use super::quotes::{Quote, Source};
use super::retracted::{Retraction, retractions};
use super::session::{Session, Turn};
use crate::event::{Actor, EventKind, TodoState};
use crate::text::{chooses, straight, words};

/// A correction longer than this, in bytes, speaks of many things.
const LONGEST: usize = 300;

/// What overtakes statements in a session.
pub struct Overtaken<'a> {
    session: &'a Session<'a>,
    offers: &'a [Offer],
    corrections: Vec<Correction>,
    retractions: Vec<Retraction>,
    /// The line of the last to-do list, and the words of each of its items that is done.
    finished: (u32, Vec<FxHashSet<String>>),
    /// Index of the last commit, and of the last push.
    committed: Option<usize>,
    pushed: Option<usize>,
    /// Index of the agent's last words.
    last_said: Option<usize>,
}

impl<'a> Overtaken<'a> {
    /// Looks for it.
    pub fn of(session: &'a Session<'a>, offers: &'a [Offer]) -> Self {
        let (corrections, finished) = (corrections(session), finished(session));
        let committed = git::commits(session).next_back().map(|(used, _)| used.at);
        let pushed = pushed(session);
        let last_said = session.last_say().map(|(at, _)| at);
        let retractions = retractions(session);
        Overtaken { session, offers, corrections, retractions, finished, committed, pushed, last_said }
    }

    /// Whether a statement no longer stands.
    pub fn has(&self, quote: &Quote) -> bool {
        self.offers.iter().any(|offer| is_offered(quote, offer))
            || self.corrections.iter().any(|correction| correction.overrules(quote))
            || self.retractions.iter().any(|retraction| retraction.takes_back(quote))
            || self.kept(quote)
            || self.committed > Some(quote.at) && waits_for(quote, UNCOMMITTED)
            || self.pushed > Some(quote.at) && waits_for(quote, UNPUSHED)
            || is_finished(quote, self.session, &self.finished)
    }

    /// Whether a statement promises something, and the work went on behind it: it was done, or it came to nothing.
    fn kept(&self, quote: &Quote) -> bool {
        matches!(quote.source, Source::Reply | Source::Remark)
            && Some(quote.at) < self.last_said
            && (promises(&quote.statement.text) || promises(&quote.statement.heading))
    }
}

/// Whether a statement begins by saying what its speaker is about to do, rather than what they chose.
pub fn promises(text: &str) -> bool {
    const BEGINNINGS: &[&str] =
        &["I'll ", "I will ", "Let me ", "Let's ", "I'm going to ", "I am going to ", "We'll "];
    let text = straight(text);
    let said = behind_courtesies(&text);
    behind_one(said, BEGINNINGS).is_some() && !chooses(said)
}

/// Whether a statement only offers what was chosen from since, or leans towards one of it.
fn is_offered(quote: &Quote, offer: &Offer) -> bool {
    const LEANING: &[&str] =
        &["My lean", "I lean", "I'd lean", "My recommendation", "I'd recommend", "I recommend"];
    let text = &quote.statement.text;
    quote.at == offer.at && (offer.tells(text) || LEANING.iter().any(|start| text.starts_with(start)))
}

/// The line of the last to-do list, and the words of each of its items that is done.
fn finished(session: &Session) -> (u32, Vec<FxHashSet<String>>) {
    let Some((line, todos)) = session.todos() else { return (0, Vec::new()) };
    let done = todos.iter().filter(|todo| todo.state == TodoState::Completed);
    (line, done.map(|todo| words(&todo.text).map(Cow::into_owned).collect()).collect())
}

/// Whether a statement looks ahead to what is ticked off in a later to-do list: all of its words stand in one item.
fn is_finished(quote: &Quote, session: &Session, (line, done): &(u32, Vec<FxHashSet<String>>)) -> bool {
    let ahead = quote.cues.has(Cue::Ahead) || quote.heading.has(Cue::Ahead);
    let all_in = |item: &FxHashSet<String>| {
        let mut own = words(&quote.statement.text).peekable();
        own.peek().is_some() && own.all(|word| item.contains(word.as_ref()))
    };
    ahead && session.line(quote.at) < *line && done.iter().any(all_in)
}

/// What the user corrected in the reply before.
struct Correction {
    /// Index of the reply.
    at: usize,
    words: FxHashSet<String>,
}

impl Correction {
    /// Whether a statement of the reply speaks of what was corrected: most of the correction's words stand in it.
    fn overrules(&self, quote: &Quote) -> bool {
        let shared = || parts(&quote.statement.text).intersection(&self.words).count();
        quote.at == self.at && self.words.len() > 2 && shared() * 2 > self.words.len()
    }
}

fn corrections(session: &Session) -> Vec<Correction> {
    let replies = session.turns.iter().filter_map(|turn| turn.reply);
    replies
        .filter_map(|at| {
            let turn = session.turn_after(at)?;
            let (said, conceded) = (turn.text, concedes(session, turn));
            if said.len() >= LONGEST || said.contains('?') && !conceded {
                return None;
            }
            let cues = Cues::of(said);
            let corrects =
                conceded || cues.has(Cue::Correction) || cues.has(Cue::Rule) && cues.has(Cue::Contrast);
            corrects.then(|| Correction { at, words: parts(said) })
        })
        .collect()
}

/// Whether the agent's first words of a turn say that the user is right.
fn concedes(session: &Session, turn: &Turn) -> bool {
    const BEGINNINGS: &[&str] = &[
        "you're right",
        "you are right",
        "you're absolutely right",
        "you are absolutely right",
        "good catch",
        "my mistake",
        "my bad",
        "i apologize",
        "sorry",
        "ah, you're right",
    ];
    let first = session.events[turn.at..turn.end].iter().find_map(|event| match &event.kind {
        EventKind::Assistant { text } if event.actor == Actor::Main => Some(straight(text.trim())),
        _ => None,
    });
    first.is_some_and(|text| behind_one(&text, BEGINNINGS).is_some())
}

/// The words of a text, those with a hyphen in parts: "early-exit" is "early exit" to who corrects it.
fn parts(text: &str) -> FxHashSet<String> {
    words(text).flat_map(|word| word.split('-').map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Words for work that waits for a commit.
const UNCOMMITTED: &[&str] = &[
    "uncommitted",
    "not committed",
    "not yet committed",
    "nothing committed",
    "nothing is committed",
    "haven't committed",
    "ready to commit",
    "want me to commit",
    "shall i commit",
    "should i commit",
];
/// Words for work that waits for a push.
const UNPUSHED: &[&str] = &[
    "unpushed",
    "not pushed",
    "not yet pushed",
    "nothing pushed",
    "nothing is pushed",
    "haven't pushed",
    "ready to push",
    "want me to push",
    "shall i push",
    "should i push",
];

/// Whether the agent says that something waits.
fn waits_for(quote: &Quote, marks: &[&str]) -> bool {
    if quote.source == Source::User || !quote.cues.has(Cue::Version) {
        return false;
    }
    let lower = straight(&quote.statement.text).to_lowercase();
    marks.iter().any(|mark| lower.contains(mark))
}

/// Where the last push was.
fn pushed(session: &Session) -> Option<usize> {
    let mut done =
        session.commands().filter(|(used, command)| used.took_effect() && git::is_push(command.text));
    done.next_back().map(|(used, _)| used.at)
}
