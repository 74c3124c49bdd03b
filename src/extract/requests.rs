//! What the user asked for once: a question, a piece of work. Once it was answered it is spent, unlike a rule.

use super::Material;
use super::openings::{behind_courtesies, behind_one, first_word};
use super::quotes::Quote;
use super::spoken::{is_document, reported};
use crate::event::EventKind;
use crate::text::{plain, straight};

/// A message longer than this, in bytes, tells more than it asks: an issue, a specification, what somebody else wrote.
pub const LONG: usize = 1200;

/// From this length on, in bytes, what a message says of nobody present tells how things are.
const TELLING: usize = 600;

/// Whether a statement of the user's asked once, and the agent answered before the user spoke again. A long message asks
/// for so much that nothing says which of it was done.
pub fn is_spent(material: &Material, quote: &Quote) -> bool {
    let earlier = material.session.turns.split_last().map_or(&[][..], |(_, earlier)| earlier);
    is_of_once(&quote.statement.text)
        && earlier.iter().any(|turn| turn.at == quote.at && turn.reply.is_some() && turn.text.len() <= LONG)
}

/// Whether a statement of the user's only tells how things are, in a long message or in somebody else's words: no rule,
/// and nothing asked of anybody.
pub fn is_told(material: &Material, quote: &Quote) -> bool {
    let text = quote.statement.text.as_str();
    let Some(turn) = material.session.turns.iter().find(|turn| turn.at == quote.at) else { return false };
    let long = turn.text.len() > TELLING;
    let is_first = material.session.turns.first().is_some_and(|first| first.at == turn.at);
    !is_first && is_document(turn.text)
        || is_copied(material, quote)
        || plain(reported(turn.text)).contains(text)
        || long && !commands(text) && !asks(text) && !orders(text) && !addresses(text)
}

/// From this length on, in bytes, the same words are no accident.
const COPIED: usize = 50;

/// How many replies before a message it may be copied from.
const REPLIES: usize = 3;

/// Whether a statement of the user's stands in one of the replies before, which they show to speak of it.
fn is_copied(material: &Material, quote: &Quote) -> bool {
    let text = quote.statement.text.as_str();
    let before = material.session.turns.iter().rev().filter(|turn| turn.at < quote.at);
    let mut replies = before.filter_map(|turn| turn.reply).take(REPLIES);
    text.len() >= COPIED
        && replies.any(|at| match &material.session.events[at].kind {
            EventKind::Assistant { text: reply } => plain(reply).contains(text),
            _ => false,
        })
}

/// Whether a text is a question, or asks for one piece of work without a rule how to do it.
fn is_of_once(text: &str) -> bool {
    let behind_first = || behind_courtesies(text).split_once(' ').map_or("", |(_, rest)| rest);
    text.ends_with('?') || (asks(text) || orders(text)) && !rules(behind_first())
}

/// Whether a text is a question, with its mark or without.
fn asks(text: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "how ",
        "why ",
        "should ",
        "shouldn't ",
        "does ",
        "did ",
        "is ",
        "are ",
        "what is ",
        "what are ",
        "what does ",
        "what do ",
        "what about ",
        "what if ",
        "what's ",
        "what happens ",
        "do you ",
        "do we ",
        "do they ",
        "do i ",
        "can you explain",
        "which of ",
        "which one ",
    ];
    text.ends_with('?') || behind_one(behind_courtesies(text), BEGINNINGS).is_some()
}

/// How one asks for work politely, before the word that names it.
const ASKING: &[&str] = &[
    "can you ",
    "could you ",
    "would you ",
    "can we ",
    "could we ",
    "let's ",
    "lets ",
    "let us ",
    "i want you to ",
    "i'd like you to ",
    "i need you to ",
    "we need to ",
    "you need to ",
    "we should ",
    "you should ",
    "you can ",
    "go ahead and ",
    "try to ",
    "i would like you to ",
];

/// Words for one piece of work.
const WORKS: &[&str] = &[
    "add",
    "address",
    "analyze",
    "annotate",
    "apply",
    "build",
    "change",
    "check",
    "clean",
    "comment",
    "commit",
    "compare",
    "continue",
    "convert",
    "copy",
    "create",
    "debug",
    "delete",
    "deploy",
    "describe",
    "do",
    "document",
    "double",
    "draft",
    "evaluate",
    "explain",
    "extract",
    "figure",
    "find",
    "finish",
    "fix",
    "generate",
    "give",
    "go",
    "have",
    "help",
    "implement",
    "improve",
    "inspect",
    "install",
    "investigate",
    "list",
    "look",
    "merge",
    "move",
    "open",
    "plan",
    "propose",
    "push",
    "put",
    "read",
    "rebase",
    "refactor",
    "remove",
    "rename",
    "reorder",
    "replace",
    "rerun",
    "research",
    "restore",
    "revert",
    "review",
    "rewrite",
    "run",
    "see",
    "set",
    "show",
    "simplify",
    "split",
    "start",
    "suggest",
    "summarize",
    "switch",
    "take",
    "tell",
    "test",
    "try",
    "undo",
    "update",
    "validate",
    "verify",
    "write",
];

/// Whether a text begins with an order for one piece of work.
pub fn orders(text: &str) -> bool {
    let mut rest = behind_courtesies(&straight(text)).to_owned();
    while let Some(behind) = behind_one(&rest, ASKING) {
        rest = behind_courtesies(behind).to_owned();
    }
    WORKS.binary_search(&first_word(&rest).as_str()).is_ok()
}

/// Whether a text says how things are to be done, whenever: "never …", "only …", "use … instead".
fn rules(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "always",
        "avoid",
        "don't",
        "dont",
        "each",
        "ensure",
        "every",
        "instead",
        "keep",
        "must",
        "mustn't",
        "never",
        "not",
        "only",
        "prefer",
        "rather",
        "should",
        "shouldn't",
        "sure",
        "unless",
        "whenever",
        "without",
    ];
    has_one(&straight(text).to_lowercase(), MARKS)
}

/// Whether one of these is a word of a text in small letters.
fn has_one(lower: &str, words: &[&str]) -> bool {
    lower.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|word| words.contains(&word))
}

/// Whether a text rules, and cannot only be telling what happened: "they did not expect it" tells, "do not …" rules.
fn commands(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "always",
        "avoid",
        "don't",
        "dont",
        "ensure",
        "must",
        "mustn't",
        "never",
        "prefer",
        "should",
        "shouldn't",
    ];
    let lower = straight(text).to_lowercase();
    has_one(&lower, MARKS) || ["do not ", "make sure "].iter().any(|phrase| lower.contains(phrase))
}

/// Whether a text speaks to somebody, or of its writer.
fn addresses(text: &str) -> bool {
    const PRESENT: &[&str] =
        &["i", "i'd", "i'm", "let's", "me", "my", "our", "please", "us", "want", "we", "you", "your"];
    has_one(&straight(text).to_lowercase(), PRESENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, of_once: bool) {
        assert_eq!(is_of_once(text), of_once, "{text:?}");
    }

    #[test]
    fn questions_and_orders_are_of_once() {
        check("should the issue templates be yaml", true);
        check("what does this mean for users? I want to know", true);
        check("remove this 'the old note'", true);
        check("ok now can you please add the header", true);
        check("Let’s rename it to steps", true);
        check("why don't we use the cache?", true);
    }

    #[test]
    fn works_and_marks_are_in_order() {
        assert!(WORKS.is_sorted());
    }

    #[test]
    fn rules_last() {
        check("never push to main", false);
        check("use the cache instead of the file", false);
        check("add tests, but only for the parser", false);
        check("the header belongs on the first page", false);
        check("when it fails, run it again", false);
        check("do not touch the configuration", false);
        check("can you list the new files only", false);
    }
}
