//! How the task stands: waiting, ready for review, or in the middle of something; and what is not committed.

use super::checks::Outcome;
use super::cues::{Cue, Cues};
use super::told_commits::ToldCommit;
use super::{Material, git, questions, told_commits};
use crate::event::EventKind;
use crate::fact::{Fact, Item};
use crate::state::{FileChange, Status};

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let (status, evidence) = status(material);
    let words = [working_tree(material), interrupted(material), at_work(material)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; ");
    let bare = Item::Status(status, String::new());
    vec![
        Fact::new(Item::Status(status, words), evidence, 500, "how the session ended")
            .or(bare, 20)
            .on_floor(1),
    ]
}

fn status(material: &Material) -> (Status, Vec<u32>) {
    let session = &material.session;
    let Some((at, text)) = session.last_say() else { return (Status::InProgress, Vec::new()) };
    let line = vec![session.line(at)];
    if git::ends_with_commit(session) {
        return (Status::NeedsReview, line);
    }
    let working = session.events[at + 1..]
        .iter()
        .any(|event| matches!(event.kind, EventKind::Call(_) | EventKind::User { .. }));
    if working {
        return (Status::InProgress, line);
    }
    let pending = questions::pending(material);
    let offered =
        pending.as_ref().is_some_and(|(question, _)| is_offer(question)) && Cues::of(text).has(Cue::Done);
    if pending.is_some() && !offered {
        return (Status::Blocked, line);
    }
    let finished = Cues::of(text).has(Cue::Done) || open_todos(material) == 0;
    let failed = material.checks.first().is_some_and(|check| check.outcome == Outcome::Failed);
    (if finished && !failed { Status::NeedsReview } else { Status::InProgress }, line)
}

/// Whether a question only offers more work.
fn is_offer(question: &str) -> bool {
    [
        "Want me to",
        "Would you like me to",
        "Would you like to",
        "Do you want me to",
        "Shall I",
        "Should I also",
        "Anything else",
    ]
    .iter()
    .any(|start| question.contains(start))
}

fn open_todos(material: &Material) -> usize {
    material.session.open_todos().map_or(0, |(_, todos)| todos.count())
}

/// What is not committed, as far as the session's own commands tell, and what others told of commits.
fn working_tree(material: &Material) -> Option<String> {
    let session = &material.session;
    let last = git::commits(session).next_back().map(|(used, command)| {
        (used.at, used.output().and_then(git::commit_hash), git::commit_message(command.text))
    });
    let own = last.as_ref().map(|(at, ..)| *at);
    let told = told_commits::last(session).filter(|told| Some(told.at) > own);
    let told_at = told.as_ref().map(|told| told.at);
    let after = own.max(told_at).max(git::clean_at(session)).unwrap_or(0);
    let open = open_files(material, after);
    let begun =
        told_commits::is_begun(session).then(|| "a commit was begun, its end was not seen".to_owned());
    let words = match (told, last, open) {
        (Some(told), ..) => Some(told_words(&told, open)),
        (None, None, 0) => None,
        (None, None, open) if begun.is_some() => Some(format!("{} before it", changed(open))),
        (None, None, open) => {
            Some(format!("nothing committed in this session: {} uncommitted", changed(open)))
        }
        (None, Some((_, hash, _)), 0) => Some(format!(
            "all edits committed{}",
            hash.map(|hash| format!(" (last {hash})")).unwrap_or_default()
        )),
        (None, Some((_, hash, _)), open) => Some(format!(
            "{} uncommitted since{}",
            changed(open),
            hash.map_or(" the last commit".to_owned(), |hash| format!(" {hash}"))
        )),
    };
    let words: Vec<String> = begun.into_iter().chain(words).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// How many files of the project were changed after an event, those aside that the session made and took away again.
fn open_files(material: &Material, after: usize) -> usize {
    material
        .ledger
        .edited()
        .into_iter()
        .filter(|file| file.edited_at.is_some_and(|at| at > after) && is_of_the_project(&file.name))
        .filter(|file| file.change != FileChange::Deleted || !file.made_here)
        .count()
}

fn told_words(told: &ToldCommit, open: usize) -> String {
    let who = if told.by_subagent { "a subagent" } else { "the user" };
    let hash = told.hash.map(|hash| format!(" ({hash})")).unwrap_or_default();
    let since = if open > 0 { format!(", {} since", changed(open)) } else { String::new() };
    format!("{who} committed{hash}{since}")
}

fn changed(files: usize) -> String {
    if files == 1 { "1 changed file".to_owned() } else { format!("{files} changed files") }
}

/// Whether a name lies below the folder the session began in: it is told relative to it.
fn is_of_the_project(name: &str) -> bool {
    !name.starts_with(['/', '~']) && name.as_bytes().get(1) != Some(&b':')
}

/// The files that were worked on last; a name that two of them share is told with its folder.
fn at_work(material: &Material) -> Option<String> {
    let there = material.ledger.ranked().into_iter().filter(|file| file.change != FileChange::Deleted);
    let files: Vec<&str> = there.take(4).map(|file| file.name.as_str()).collect();
    let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let names: Vec<String> = files
        .iter()
        .map(|name| {
            let shared = files.iter().filter(|other| base(other) == base(name)).count() > 1;
            if shared {
                name.rsplitn(3, '/')
                    .take(2)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect::<Vec<_>>()
                    .join("/")
            } else {
                base(name)
            }
        })
        .collect();
    (!names.is_empty()).then(|| format!("last at {}", names.join(", ")))
}

fn interrupted(material: &Material) -> Option<String> {
    let last = material
        .session
        .events
        .iter()
        .rev()
        .take(3)
        .any(|event| matches!(event.kind, EventKind::Interrupted));
    last.then(|| "the user interrupted the last step".to_owned())
}
