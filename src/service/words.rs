//! An agent's own words about its session, put together with what the transcript proves.
//!
//! The agent knows what it means, and the transcript what was done. Where both speak of one thing, the newer one wins: the
//! agent's words, until lines come behind those that were there when it spoke. Entries that are proven name their lines;
//! those that are only said have none, and the metadata tell which parts of the task are said.

use std::collections::BTreeSet;

use crate::state::{Decision, Evidence, FileEntry, HandoffState, Metadata, NextStep, Said, Status};
use crate::{pack, text};

/// What an agent says of its session. What it leaves out is taken from the transcript.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Words {
    /// What is to be accomplished.
    pub objective: Option<String>,
    /// How it stands.
    pub status: Option<Status>,
    /// What has been done.
    pub progress: Option<String>,
    /// The files that matter.
    pub files: Vec<FileEntry>,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What comes next.
    pub next_steps: Vec<NextStep>,
    /// When it was said, and behind which line.
    pub said: Said,
}

/// The parts of a task that can be said.
const OBJECTIVE: &str = "objective";
const STATUS: &str = "status";
const PROGRESS: &str = "progress_summary";

/// The share of their words, in hundredths, from which on two entries say the same.
const SAME: usize = 60;

impl Words {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Words { said: self.said.clone(), ..Words::default() }
    }

    /// The words that stand in a kept handoff; none if nobody but the transcript speaks there.
    pub fn of(state: &HandoffState) -> Option<Words> {
        let said = state.metadata.said.clone()?;
        let is = |part: &str| said.parts.iter().any(|of| of == part);
        let task = &state.task;
        Some(Words {
            objective: is(OBJECTIVE).then(|| task.objective.clone()),
            status: is(STATUS).then_some(task.status),
            progress: is(PROGRESS).then(|| task.progress_summary.clone()),
            files: only_said(&state.files, |file| &file.evidence).into_iter().map(said_of).collect(),
            decisions: only_said(&state.decisions, |decision| &decision.evidence),
            next_steps: only_said(&state.next_steps, |step| &step.evidence),
            said,
        })
    }

    /// These words, and of older ones what they leave out.
    #[must_use]
    pub fn over(self, older: Words) -> Words {
        Words {
            objective: self.objective.or(older.objective),
            status: self.status.or(older.status),
            progress: self.progress.or(older.progress),
            files: joined(self.files, older.files, |a, b| a.path == b.path),
            decisions: joined(self.decisions, older.decisions, |a, b| alike(&a.decision, &b.decision)),
            next_steps: if self.next_steps.is_empty() { older.next_steps } else { self.next_steps },
            said: self.said,
        }
    }

    /// The handoff of words alone.
    pub fn alone(self) -> HandoffState {
        let at = self.said.at;
        let metadata = Metadata {
            created_at: at,
            updated_at: at,
            session_id: String::new(),
            base_session: None,
            source: None,
            tokens: None,
            said: None,
        };
        self.with(pack::assemble(&[], &pack::Choice::new(), &metadata))
    }

    /// The handoff of a transcript, with these words in it.
    pub fn with(self, proven: HandoffState) -> HandoffState {
        let newer = |evidence: &Evidence| evidence.iter().any(|line| *line > self.said.after);
        // What follows the words of an agent is its own last word; only what the user said then changes the task.
        let went_on = !proven.task.evidence.is_empty()
            && proven.task.evidence.iter().all(|line| *line > self.said.after);
        let mut state = proven;
        let mut parts = Vec::new();
        let task = &mut state.task;
        if let Some(objective) = self.objective.filter(|_| !went_on) {
            task.objective = objective;
            parts.push(OBJECTIVE.to_owned());
        }
        if !newer(&task.evidence) {
            if let Some(status) = self.status {
                task.status = status;
                parts.push(STATUS.to_owned());
            }
            if let Some(progress) = self.progress {
                task.progress_summary = progress;
                task.progress_evidence.clear();
                parts.push(PROGRESS.to_owned());
            }
        }
        let proven_steps = std::mem::take(&mut state.next_steps);
        let newer_steps = proven_steps.iter().any(|step| newer(&step.evidence));
        state.next_steps = if newer_steps {
            proven_steps
        } else {
            joined(self.next_steps, proven_steps, |a, b| alike(&a.action, &b.action))
        };
        state.files = files(self.files, &state.files);
        state.decisions = joined(self.decisions, state.decisions, |a, b| alike(&a.decision, &b.decision));
        state.decisions.sort_by_key(|decision| decision.timestamp);
        state.metadata.updated_at = state.metadata.updated_at.max(self.said.at);
        state.metadata.said = Some(Said { parts, ..self.said });
        state
    }
}

fn only_said<T: Clone>(entries: &[T], evidence: impl Fn(&T) -> &Evidence) -> Vec<T> {
    entries.iter().filter(|entry| evidence(entry).is_empty()).cloned().collect()
}

/// The first list, and behind it what the second adds.
fn joined<T>(first: Vec<T>, second: Vec<T>, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut all = first;
    for entry in second {
        if !all.iter().any(|there| same(there, &entry)) {
            all.push(entry);
        }
    }
    all
}

/// The files that were said to matter, each with what is proven of it, and then the others.
fn files(said: Vec<FileEntry>, proven: &[FileEntry]) -> Vec<FileEntry> {
    let with_proof = |file: FileEntry| match proven.iter().find(|proof| proof.path == file.path) {
        Some(proof) => with_proof(file, proof),
        None => file,
    };
    let all = said.into_iter().map(with_proof).collect();
    joined(all, proven.to_vec(), |a, b| a.path == b.path)
}

/// What a file is there for is for the agent to say; where in it, and what was done to it, is proven better.
fn with_proof(said: FileEntry, proof: &FileEntry) -> FileEntry {
    let focus_ranges =
        if proof.focus_ranges.is_empty() { said.focus_ranges } else { proof.focus_ranges.clone() };
    FileEntry {
        path: said.path,
        relevance: said.relevance,
        focus_ranges,
        evidence: Evidence::new(),
        ..proof.clone()
    }
}

/// What was said of a file; places that may have been proven once are not kept beyond their proof.
fn said_of(file: FileEntry) -> FileEntry {
    let focus_ranges = if file.change.is_some() { Vec::new() } else { file.focus_ranges };
    FileEntry { focus_ranges, change: None, ..file }
}

/// Whether two entries say the same in nearly the same words.
fn alike(a: &str, b: &str) -> bool {
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (text::words(a).collect(), text::words(b).collect());
    let shared = a.intersection(&b).count();
    shared > 0 && shared * 100 >= SAME * a.len().max(b.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{FocusRange, Priority, Source};

    /// A handoff that a transcript proves, with its last word on the given line.
    fn proven(line: u32) -> HandoffState {
        let mut state = Words { objective: Some("Proven objective".into()), ..Words::default() }.alone();
        state.metadata.said = None;
        state.metadata.source =
            Some(Source { format: "f".into(), events: 9, tokens: 9, ..Source::default() });
        state.task.evidence = vec![1, line];
        state.next_steps = vec![step("Write the tests", &[line])];
        state.decisions = vec![decision("Use integers for all totals", &[3])];
        state.files = vec![FileEntry {
            path: "a.rs".into(),
            relevance: "edited".into(),
            focus_ranges: vec![FocusRange { start: 1, end: 2, ..FocusRange::default() }],
            change: Some(crate::state::FileChange::Edited),
            evidence: vec![2],
            ..FileEntry::default()
        }];
        state
    }

    fn step(action: &str, evidence: &[u32]) -> NextStep {
        NextStep { action: action.into(), priority: Priority::High, evidence: evidence.to_vec() }
    }

    fn decision(text: &str, evidence: &[u32]) -> Decision {
        Decision {
            decision: text.into(),
            rationale: String::new(),
            timestamp: jiff::Timestamp::UNIX_EPOCH,
            rejected: Vec::new(),
            evidence: evidence.to_vec(),
        }
    }

    fn words(after: u32) -> Words {
        Words {
            objective: Some("Said objective".into()),
            status: Some(Status::Blocked),
            progress: Some("Said progress".into()),
            files: vec![FileEntry {
                path: "a.rs".into(),
                relevance: "rounds twice".into(),
                ..FileEntry::default()
            }],
            decisions: vec![decision("Use integers for totals", &[]), decision("Keep the old names", &[])],
            next_steps: vec![step("Ask about the names", &[])],
            said: Said { after, ..Said::default() },
        }
    }

    fn actions(state: &HandoffState) -> Vec<&str> {
        state.next_steps.iter().map(|step| step.action.as_str()).collect()
    }

    #[test]
    fn what_is_said_now_wins_and_the_rest_is_proven() {
        let state = words(10).with(proven(10));
        assert_eq!((state.task.objective.as_str(), state.task.status), ("Said objective", Status::Blocked));
        assert_eq!(state.metadata.said.as_ref().unwrap().parts, [OBJECTIVE, STATUS, PROGRESS]);
        assert_eq!(actions(&state), ["Ask about the names", "Write the tests"]);
        let decided: Vec<&str> = state.decisions.iter().map(|entry| entry.decision.as_str()).collect();
        assert_eq!(decided, ["Use integers for totals", "Keep the old names"]);
        let file = &state.files[0];
        assert_eq!(
            (file.relevance.as_str(), file.focus_ranges.len(), file.evidence.len()),
            ("rounds twice", 1, 0)
        );
    }

    #[test]
    fn what_happened_since_wins_over_what_was_said_before() {
        let state = words(10).with(proven(12));
        assert_eq!(
            (state.task.objective.as_str(), state.task.status),
            ("Said objective", Status::InProgress)
        );
        assert_eq!(state.metadata.said.as_ref().unwrap().parts, [OBJECTIVE]);
        assert_eq!(actions(&state), ["Write the tests"]);
    }

    #[test]
    fn words_are_found_again_in_what_was_kept_of_them() {
        let kept = words(10).with(proven(10));
        let again = Words::of(&kept).unwrap();
        assert_eq!(again.with(proven(10)), kept);
        assert_eq!(Words::of(&proven(10)), None);
        let newer = Words { objective: Some("Newer".into()), ..Words::default() };
        let both = newer.over(Words::of(&kept).unwrap());
        assert_eq!(
            (both.objective.as_deref(), both.progress.as_deref()),
            (Some("Newer"), Some("Said progress"))
        );
        assert!(Words::default().is_empty() && !words(0).is_empty());
    }

    #[test]
    fn words_alone_are_a_handoff() {
        let state = words(0).alone();
        assert_eq!((state.task.objective.as_str(), state.metadata.source), ("Said objective", None));
    }
}
