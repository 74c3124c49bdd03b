//! What the agent said on the way that it does next. It did it since, and what came of it stands elsewhere; what it said
//! before that may be worth telling.

use super::openings::{behind_courtesies, behind_one};
use super::overtaken::promises;
use crate::text::{sentences, straight};

/// What is left has to be as long as this, in bytes, to say something.
const LEAST: usize = 40;

/// What may stand before an announcement within a sentence.
const JOINTS: &[&str] = &["; ", " — ", " – ", ", then ", ", and ", ", so next "];

/// A remark without what it announces at its end; nothing if it hardly says anything else.
pub fn without_announcement(text: &str) -> &str {
    let mut told = text.trim_end();
    let length = told.len();
    while let Some(shorter) = without_last(told).or_else(|| without_clause(told)) {
        told = shorter;
    }
    match told.len() {
        left if left == length => text,
        left if left < LEAST => "",
        _ => told,
    }
}

/// A text without its last sentence, if that announces something.
fn without_last(text: &str) -> Option<&str> {
    let last = sentences(text).last().copied().filter(|last| announces(last))?;
    Some(text[..text.len() - last.len()].trim_end())
}

/// A text without the first clause that announces something, and all behind it.
fn without_clause(text: &str) -> Option<&str> {
    JOINTS.iter().filter_map(|joint| before(text, joint)).min_by_key(|shorter| shorter.len())
}

/// What stands before the first joint behind which something is announced.
fn before<'a>(text: &'a str, joint: &str) -> Option<&'a str> {
    let mut joints = text.match_indices(joint);
    joints.find(|(at, _)| announces(&text[at + joint.len()..])).map(|(at, _)| &text[..at])
}

/// Whether a sentence or clause says what its speaker is about to do, or is doing.
fn announces(clause: &str) -> bool {
    const STEPS: &[&str] = &["The next step is to ", "My next step is ", "Next step: ", "Next up: "];
    let clause = straight(clause);
    let said = behind_courtesies(&clause);
    promises(said) || is_doing(said) || behind_one(said, STEPS).is_some() || is_begun(said)
}

/// Whether a clause says what its speaker is doing, rather than what they settled on: "I'm now checking …".
fn is_doing(said: &str) -> bool {
    const CHOICES: &[&str] = &[
        "assuming",
        "avoiding",
        "choosing",
        "dropping",
        "going",
        "keeping",
        "leaving",
        "not",
        "preferring",
        "skipping",
        "sticking",
        "treating",
        "using",
    ];
    let Some(rest) = behind_one(said, &["I'm ", "I am ", "We're ", "We are "]) else { return false };
    let mut words = rest.split(' ').skip_while(|word| matches!(*word, "now" | "also" | "just" | "still"));
    words.next().is_some_and(|word| word.ends_with("ing") && !CHOICES.contains(&word))
}

/// Whether a sentence says what is done at this moment: "Pulling the line numbers now."
fn is_begun(said: &str) -> bool {
    let first = said.split(' ').next().unwrap_or_default();
    let end = said.trim_end_matches(['.', ':', '…', '!']);
    first.ends_with("ing") && [" now", " next", " first"].iter().any(|word| end.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(without_announcement(text), expected);
    }

    #[test]
    fn what_is_announced_is_left_out() {
        check(
            "The parser drops the last line of every file. Now, let's run the tests to see whether it is known.",
            "The parser drops the last line of every file.",
        );
        check(
            "Two of the callers still pass the old flag in the wrong order. Pulling the exact lines now.",
            "Two of the callers still pass the old flag in the wrong order.",
        );
        check(
            "The split of the modules is as it was intended; I’m now checking the behavior at the edges.",
            "The split of the modules is as it was intended",
        );
        check("Reading the changed files first, then I’ll trace the paths through them.", "");
        check("The cache is stale. I'll look at the writer next.", "");
        check("The next step is to find the file in which the error is raised.", "");
    }

    #[test]
    fn what_was_found_and_chosen_stays() {
        for text in [
            "The parser drops the last line, so I'm keeping the old reader for now.",
            "The tests pass; I'll keep the flag since two callers need it.",
            "Running the tests needs the fixtures of the other branch.",
            "It fails with a timeout, and the retry hides it.",
        ] {
            check(text, text);
        }
    }
}
