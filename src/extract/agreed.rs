//! What the user agreed to: "yes", "do it all", "go on with 2" mean what the agent proposed before.

use super::choices::Offer;
use super::cues::{Cue, Cues};
use super::openings::{behind_courtesies, behind_one, is_all_courtesy};
use super::questions::asked;
use super::session::{Session, Turn};
use super::spoken::spoken;
use crate::event::EventKind;
use crate::text::{Block, Statement, clip, statements, straight};

/// An agreement longer than this, in bytes, says itself what it agrees to.
const SHORT: usize = 90;

/// The longest proposal that is told, in bytes.
const LONGEST: usize = 260;

/// A question shorter than this, in bytes, leans on the statement before it: "Shall I go on?".
const LEANING: usize = 50;

/// How many of a reply's last statements are looked at for what it proposes.
const LAST: usize = 6;

/// A short message that takes up what the reply before it proposed.
pub struct Agreement {
    /// Index of the user's event.
    pub at: usize,
    /// Index of the reply that proposed.
    pub reply: usize,
    /// What was proposed, in the agent's words.
    pub proposal: String,
}

/// The agreements of a session, in order.
pub fn agreements(session: &Session, offers: &[Offer]) -> Vec<Agreement> {
    session.turns.windows(2).filter_map(|pair| agreement(session, offers, &pair[0], &pair[1])).collect()
}

fn agreement(session: &Session, offers: &[Offer], before: &Turn, turn: &Turn) -> Option<Agreement> {
    let said = spoken(turn.text);
    let reply = before.reply.filter(|_| agrees(&said))?;
    let EventKind::Assistant { text } = &session.events[reply].kind else { return None };
    let picked = offers.iter().find(|offer| offer.answered == turn.at && !offer.taken.is_empty());
    let proposal = match picked {
        Some(offer) => offer.taken.iter().map(|index| offer.options[*index].clone()).collect(),
        None => proposed(text, &said),
    };
    let proposal = clip(&joined(&proposal), LONGEST);
    (!proposal.is_empty()).then_some(Agreement { at: turn.at, reply, proposal })
}

/// Statements in one line.
fn joined(statements: &[String]) -> String {
    let mut line = String::new();
    for statement in statements {
        let joint = match line.chars().next_back() {
            None => "",
            Some('.' | '?' | '!' | ':' | ';' | ',') => " ",
            Some(_) => "; ",
        };
        line.extend([joint, statement]);
    }
    line
}

/// Whether a message only tells the agent to go on: what with, was said before.
pub fn only_goes_on(text: &str) -> bool {
    text.split_whitespace().count() <= BARE && agrees(text)
}

/// A message of so many words has no object of its own.
const BARE: usize = 3;

/// Whether a message agrees, or tells the agent to go on, in a few words.
pub fn agrees(text: &str) -> bool {
    const YES: &[&str] =
        &["yes", "yep", "yeah", "yup", "ya", "sure", "absolutely", "definitely", "agreed", "ja", "oui", "sí"];
    let said = straight(text.trim()).to_lowercase();
    let mut words = said.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    let first = words.clone().next().unwrap_or_default();
    said.len() <= SHORT
        && !said.contains('?')
        && !words.any(|word| DOUBTS.contains(&word))
        && (YES.contains(&first) || is_all_courtesy(&said) && !first.is_empty() || goes_on(&said))
}

/// Words of one who does not simply agree.
const DOUBTS: &[&str] = &[
    "no", "nope", "not", "don't", "dont", "but", "instead", "stop", "wait", "never", "rather", "thanks",
    "thank",
];

/// Whether a message in small letters tells the agent to do what it said.
fn goes_on(said: &str) -> bool {
    const ORDERS: &[&str] = &[
        "do it",
        "do that",
        "do this",
        "do so",
        "do both",
        "do all",
        "do them",
        "do these",
        "do those",
        "do the first",
        "do 1",
        "do 2",
        "go ahead",
        "go on",
        "go for",
        "go with",
        "continue",
        "proceed",
        "carry on",
        "keep going",
        "lgtm",
        "let's do it",
        "let's do that",
        "let's do this",
        "let's do both",
        "let's do all",
        "let's go",
        "let's proceed",
        "lets do it",
        "lets do that",
        "lets go",
        "make it so",
        "make that change",
        "make those changes",
        "make the change",
        "make these changes",
        "please do",
        "ship it",
        "all of them",
        "all of these",
        "all of the above",
        "both",
        "weiter",
        "mach das",
        "继续",
        "好的",
        "はい",
        "да",
    ];
    let behind = behind_courtesies(said);
    [said, behind].iter().any(|said| behind_one(said, ORDERS).is_some_and(ends_word))
}

/// Whether what stands behind a phrase leaves its last word whole.
fn ends_word(rest: &str) -> bool {
    !rest.starts_with(char::is_alphanumeric)
}

/// What a reply proposes that was answered so: what it asks at its end; else, or where all of it is agreed to, the steps
/// that it lists there.
fn proposed(reply: &str, answer: &str) -> Vec<String> {
    const ALL: &[&str] = &["all", "both", "everything", "them", "these", "those"];
    let all = statements(reply);
    let mut questions: Vec<String> = asked(&all).into_iter().map(str::to_owned).collect();
    let lower = answer.to_lowercase();
    let takes_all = lower.split(|c: char| !c.is_alphabetic()).any(|word| ALL.contains(&word));
    if questions.is_empty() && only_goes_on(answer) || takes_all {
        let steps = listed(&all);
        if !steps.is_empty() {
            return steps;
        }
    }
    if let [question] = &questions[..]
        && question.len() < LEANING
        && let Some(before) = all.iter().rev().skip_while(|it| it.text != *question).nth(1)
    {
        let lead = if before.block == Block::Prose { vec![before.text.clone()] } else { listed(&all) };
        questions.splice(..0, lead);
    }
    questions
}

/// The statements at the end of a reply that look ahead, by their own words or those above them.
fn listed(all: &[Statement]) -> Vec<String> {
    let ahead = |statement: &&Statement| {
        offers(&statement.text)
            || Cues::of(&statement.heading).has(Cue::Ahead)
            || Cues::of(&statement.text).has(Cue::Ahead) && !statement.text.contains('?')
    };
    let last = &all[all.len().saturating_sub(LAST)..];
    last.iter().filter(ahead).map(|statement| statement.text.clone()).collect()
}

/// Whether a statement says what the agent could do next.
fn offers(text: &str) -> bool {
    const OFFERS: &[&str] =
        &["I can ", "I could ", "I'd suggest", "I suggest", "I recommend", "I'd recommend", "If you want"];
    behind_one(&straight(text), OFFERS).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_words_agree() {
        for text in [
            "yes",
            "Yes to all",
            "yeah, do it all",
            "ok",
            "OK, continue",
            "continue with all",
            "go on with 2",
            "Do all of them in one batch",
            "yes, implement it for local files",
            "let's do that",
            "proceed",
            "sounds good, go ahead",
        ] {
            assert!(agrees(text), "{text:?}");
        }
    }

    #[test]
    fn other_words_do_not() {
        for text in [
            "no",
            "yes, but not the cache",
            "ok thanks",
            "is it done?",
            "fix the parser",
            "ok open a pull request",
            "gone",
            "",
            "dock it",
        ] {
            assert!(!agrees(text), "{text:?}");
        }
    }

    fn check(reply: &str, answer: &str, expected: &[&str]) {
        assert_eq!(proposed(reply, answer), expected, "{reply:?}");
    }

    #[test]
    fn what_is_agreed_to_stands_at_the_end_of_the_reply() {
        let question = "Shall I add the cache as well, and write down how it is used?";
        check(
            &format!("The parser is done, and by now all of its tests pass. {question}"),
            "yes",
            &[question],
        );
        let proposal = "Next comes the cache, which is about a hundred lines of code.";
        check(&format!("{proposal} Shall I?"), "yes", &[proposal, "Shall I?"]);
        check(&format!("{proposal}\n\nShall I go on?"), "yes", &[proposal, "Shall I go on?"]);
        let steps = "Done.\n\nNext steps:\n- Add the cache.\n- Write the guide.\n\nWhich one do you want?";
        check(steps, "do both", &["Add the cache.", "Write the guide."]);
        check(steps, "yes", &["Add the cache.", "Write the guide.", "Which one do you want?"]);
        let offer = "Done. If you want, I can add the cache.";
        check(offer, "go ahead", &[offer]);
        check("The parser is done, and all tests pass.", "continue", &[]);
    }
}
