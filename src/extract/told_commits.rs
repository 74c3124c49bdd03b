//! Commits that no command of the session shows: a subagent reported them, or the user said that they made them.

use super::git;
use super::openings::{behind_courtesies, behind_one};
use super::session::Session;
use crate::event::{Action, EventKind};
use crate::text::straight;

/// A commit that was told of.
#[derive(Debug, PartialEq, Eq)]
pub struct ToldCommit<'a> {
    /// Index of the event that tells of it.
    pub at: usize,
    /// Whether a subagent made it, and not the user.
    pub by_subagent: bool,
    /// Its hash, as it was told.
    pub hash: Option<&'a str>,
}

/// The last commit that was told of.
pub fn last<'a>(session: &'a Session) -> Option<ToldCommit<'a>> {
    let reported = session.uses.iter().rev().filter(|used| !used.abandoned).find_map(|used| {
        let delegates = matches!(used.call.action, Action::Delegate { .. });
        let text = used.result.filter(|_| delegates).map(|result| result.text.as_str())?;
        let line = text.lines().rfind(|line| reports(line))?;
        Some(ToldCommit { at: used.result_at?, by_subagent: true, hash: hash_in(line) })
    });
    let said = session.turns.iter().rev().find(|turn| says(turn.text));
    let said = said.map(|turn| ToldCommit { at: turn.at, by_subagent: false, hash: None });
    reported.into_iter().chain(said).max_by_key(|told| told.at)
}

/// Whether a line of a report says that something was committed: git's own answer, or words with the commit's hash.
fn reports(line: &str) -> bool {
    let lower = line.to_lowercase();
    let label = lower.trim_start_matches(|c: char| !c.is_alphabetic() && c != '[');
    let denies = ["uncommitted", "not commit", "n't commit", "nothing commit", "without commit", "no commit"];
    let is_answer = label.starts_with('[') && label.contains("] ");
    let tells = is_answer || lower.contains("committed") || label.starts_with("commit");
    tells && !denies.iter().any(|words| lower.contains(words)) && hash_in(line).is_some()
}

/// The last word of a line that reads like the hash of a commit.
fn hash_in(line: &str) -> Option<&str> {
    let is_hash = |word: &&str| {
        (7..=40).contains(&word.len())
            && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            && word.bytes().any(|b| b.is_ascii_digit())
            && word.bytes().any(|b| b.is_ascii_lowercase())
    };
    line.split(|c: char| !c.is_alphanumeric()).rfind(is_hash)
}

/// Whether the user says that they committed.
fn says(text: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "I committed",
        "I've committed",
        "I have committed",
        "I just committed",
        "I pushed",
        "I've pushed",
        "I have pushed",
        "I just pushed",
        "I merged",
        "I've merged",
        "I already committed",
        "I already pushed",
    ];
    let text = straight(text.trim());
    !text.contains('?') && behind_one(behind_courtesies(&text), BEGINNINGS).is_some()
}

/// Whether a commit was begun whose end the transcript does not show.
pub fn is_begun(session: &Session) -> bool {
    let last = session.events.iter().rposition(|event| matches!(event.kind, EventKind::Call(_)));
    let unanswered = session.commands().next_back().filter(|(used, _)| Some(used.at) == last);
    unanswered.is_some_and(|(used, command)| used.result.is_none() && git::is_commit(command.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_tell_of_commits() {
        for line in [
            "[main 1a2b3c4] fix the gate",
            "- Committed as `1a2b3c4`.",
            "**Commit:** 1a2b3c4d5e (signed)",
            "All of it is committed (1a2b3c4).",
        ] {
            assert!(reports(line), "{line:?}");
            assert!(hash_in(line).is_some_and(|hash| hash.starts_with("1a2b3c4")), "{line:?}");
        }
        for line in [
            "The changes are committed",
            "Left uncommitted on top of 1a2b3c4",
            "I have not committed anything since 1a2b3c4",
            "Reviewed 1a2b3c4: the gate is fixed",
            "12345678 rows were committed",
        ] {
            assert!(!reports(line), "{line:?}");
        }
    }

    #[test]
    fn the_user_tells_of_commits() {
        assert!(says("ok, I pushed the changes by hand. go on") && says("I’ve committed it"));
        assert!(!says("I committed it, right?") && !says("commit it") && !says("have you committed?"));
    }
}
