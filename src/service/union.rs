//! The union of several states: what all of them say, each thing once, the later wording before the earlier.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::state::{Decision, Environment, Evidence, FileEntry, HandoffState, Rejected, Task};
use crate::text::words;

/// One of the states.
pub(super) struct Source<'a> {
    /// What it is called.
    pub id: &'a str,
    /// The session it is of.
    pub session: &'a str,
    pub state: &'a HandoffState,
}

/// Two decisions about the same matter that disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// What was decided earlier; it is told as rejected.
    pub earlier: Decided,
    /// What was decided later, and holds.
    pub later: Decided,
}

/// A decision, and the handoff that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The handoff.
    pub id: String,
    /// The decision.
    pub decision: String,
}

/// The union of states, the earliest first, and where their decisions disagree.
pub(super) fn union(sources: &[Source]) -> (HandoffState, Vec<Conflict>) {
    let mut states =
        sources.iter().enumerate().map(|(at, source)| (source, lasting(source, &sources[at + 1..])));
    let (first, mut whole) = states.next().expect("there is something to unite");
    let mut conflicts = Vec::new();
    let mut deciders: Vec<&str> = vec![first.id; whole.decisions.len()];
    for (source, later) in states {
        decide(&mut whole.decisions, &mut deciders, later.decisions.clone(), source.id, &mut conflicts);
        whole = later_over(whole, later);
    }
    (whole, conflicts)
}

/// What a state adds to those behind it: of one session, the later knows what is still open.
fn lasting(source: &Source, behind: &[Source]) -> HandoffState {
    let mut state = without_evidence(source.state);
    if behind.iter().any(|later| later.session == source.session) {
        state.errors.clear();
        state.questions.clear();
        state.verification.clear();
        state.next_steps.clear();
    }
    state
}

/// Both, but for the decisions, which are those of the earlier.
fn later_over(earlier: HandoffState, later: HandoffState) -> HandoffState {
    let mut metadata = later.metadata;
    metadata.created_at = metadata.created_at.min(earlier.metadata.created_at);
    metadata.updated_at = metadata.updated_at.max(earlier.metadata.updated_at);
    // Sizes of what it was made from do not add up: sessions share files and words.
    (metadata.source, metadata.tokens, metadata.base_session) = (None, None, None);
    metadata.said = None;
    metadata.session_id.clear();
    let mut task = later.task;
    add_progress(&earlier.task, &mut task);
    let mut next_steps = both(later.next_steps, earlier.next_steps, |step| &step.action);
    next_steps.sort_by_key(|step| step.priority);
    HandoffState {
        task,
        files: files(later.files, earlier.files),
        decisions: earlier.decisions,
        next_steps,
        metadata,
        // These are read in the order in which they were said.
        constraints: both(earlier.constraints, later.constraints, |it| &it.text),
        findings: both(earlier.findings, later.findings, |it| &it.text),
        errors: both(later.errors, earlier.errors, |it| &it.signature),
        verification: both(later.verification, earlier.verification, |it| &it.command),
        questions: both(later.questions, earlier.questions, |it| &it.question),
        environment: environment(earlier.environment, later.environment),
    }
}

/// The entries of the first, and behind them those of the second that have other names.
fn both<T>(first: Vec<T>, second: Vec<T>, name: fn(&T) -> &String) -> Vec<T> {
    let names: Vec<String> = first.iter().map(|entry| name(entry).clone()).collect();
    first.into_iter().chain(second.into_iter().filter(|entry| !names.contains(name(entry)))).collect()
}

/// The files of both; one that both have is as the later says, with what only the earlier tells of it.
fn files(later: Vec<FileEntry>, earlier: Vec<FileEntry>) -> Vec<FileEntry> {
    let mut later = later;
    for file in &mut later {
        if let Some(before) = earlier.iter().find(|before| before.path == file.path) {
            if file.relevance.is_empty() {
                file.relevance.clone_from(&before.relevance);
            }
            if file.focus_ranges.is_empty() {
                file.focus_ranges.clone_from(&before.focus_ranges);
                // They are true of the text that the earlier one saw.
                file.anchor.clone_from(&before.anchor);
            }
            file.change = file.change.or(before.change);
        }
    }
    both(later, earlier, |file| &file.path)
}

/// Puts before what the later one did what the earlier did; how that stood is of no interest any more.
fn add_progress(earlier: &Task, later: &mut Task) {
    let owned = |(text, evidence): (&str, &Evidence)| (text.to_owned(), evidence.clone());
    let before = earlier.progress().filter(|(text, _)| later.progress().all(|(other, _)| other != *text));
    let both: Vec<_> = before.chain(later.progress()).map(owned).collect();
    later.summarize(later.status_words().map(owned), both);
}

fn environment(earlier: Environment, later: Environment) -> Environment {
    let or = |later: String, earlier: String| if later.is_empty() { earlier } else { later };
    Environment {
        cwd: or(later.cwd, earlier.cwd),
        branch: or(later.branch, earlier.branch),
        commit: or(later.commit, earlier.commit),
        repository: or(later.repository, earlier.repository),
        pull_request: or(later.pull_request, earlier.pull_request),
        notes: both(later.notes, earlier.notes, |note| &note.text),
        anchor: later.anchor.or(earlier.anchor),
        now: later.now,
    }
}

/// Adds later decisions. One that is about the matter of an earlier one takes its place, and the earlier one is told
/// as rejected.
fn decide<'a>(
    decisions: &mut Vec<Decision>,
    deciders: &mut Vec<&'a str>,
    later: Vec<Decision>,
    id: &'a str,
    conflicts: &mut Vec<Conflict>,
) {
    let earlier = decisions.len();
    for mut decision in later {
        let like = |before: &Decision| matter(&before.decision, &decision.decision);
        match decisions[..earlier].iter().position(|before| like(before) != Matter::Another) {
            Some(at) if like(&decisions[at]) == Matter::Same => decisions[at] = decision,
            Some(at) => {
                let before = &decisions[at];
                let decided = |id: &str, decision: &Decision| Decided {
                    id: id.to_owned(),
                    decision: decision.decision.clone(),
                };
                conflicts
                    .push(Conflict { earlier: decided(deciders[at], before), later: decided(id, &decision) });
                decision
                    .rejected
                    .push(Rejected { option: before.decision.clone(), reason: before.rationale.clone() });
                (decisions[at], deciders[at]) = (decision, id);
            }
            None => {
                decisions.push(decision);
                deciders.push(id);
            }
        }
    }
}

/// How two decisions are related.
#[derive(Debug, PartialEq, Eq)]
enum Matter {
    /// They say the same.
    Same,
    /// They are about the same matter, and say something else about it.
    Disputed,
    /// They are about different matters.
    Another,
}

/// Whether two decisions are about the same matter: most words of the shorter one are in the longer one, too.
fn matter(one: &str, other: &str) -> Matter {
    let set = |text: &str| {
        let mut words: Vec<String> = words(text).map(Cow::into_owned).collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    let (one, other) = (set(one), set(other));
    let shared = one.iter().filter(|word| other.contains(word)).count();
    let shorter = one.len().min(other.len());
    if one == other {
        Matter::Same
    } else if shared >= 2 && shared * 5 >= shorter * 3 {
        Matter::Disputed
    } else {
        Matter::Another
    }
}

/// The state without its lines: those of several transcripts cannot be told apart.
fn without_evidence(state: &HandoffState) -> HandoffState {
    let mut state = state.clone();
    state.task.evidence.clear();
    state.task.progress_evidence.clear();
    state.files.iter_mut().for_each(|entry| entry.evidence.clear());
    state.decisions.iter_mut().for_each(|entry| entry.evidence.clear());
    state.next_steps.iter_mut().for_each(|entry| entry.evidence.clear());
    state.constraints.iter_mut().for_each(|entry| entry.evidence.clear());
    state.findings.iter_mut().for_each(|entry| entry.evidence.clear());
    state.errors.iter_mut().for_each(|entry| entry.evidence.clear());
    state.verification.iter_mut().for_each(|entry| entry.evidence.clear());
    state.questions.iter_mut().for_each(|entry| entry.evidence.clear());
    state.environment.notes.iter_mut().for_each(|entry| entry.evidence.clear());
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decisions_are_about() {
        let check = |one: &str, other: &str, expected: Matter| {
            assert_eq!(matter(one, other), expected, "{one} | {other}");
            assert_eq!(matter(other, one), expected, "{other} | {one}");
        };
        check("Use Redis for session storage", "Use Postgres for session storage", Matter::Disputed);
        check("Use Redis for session storage", "use redis for session storage.", Matter::Same);
        check("Use Redis for session storage", "Split the parser into two passes", Matter::Another);
        check("Limit pages to 100 rows", "Limit the depth of nesting to 5", Matter::Another);
        check("", "", Matter::Same);
        check("Use a queue", "Use a stack", Matter::Another);
    }

    #[test]
    fn progress_of_both() {
        let task = |summary: &str| Task { progress_summary: summary.to_owned(), ..Task::default() };
        let check = |earlier: &str, later: &str, expected: &str| {
            let mut both = task(later);
            add_progress(&task(earlier), &mut both);
            assert_eq!(both, task(expected));
        };
        check("Status: stuck\na\nb", "Status: done\nb\nc", "Status: done\na\nb\nc");
        check("a", "", "a");
        check("", "", "");
    }
}
