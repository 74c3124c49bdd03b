//! The handoff that a choice makes.

use super::Choice;
use crate::fact::{Fact, Item};
use crate::state::{Environment, Evidence, HandoffState, Metadata, Task};

/// The handoff that a choice of facts makes.
pub fn assemble(facts: &[Fact], choice: &Choice, metadata: &Metadata) -> HandoffState {
    let mut state = HandoffState {
        task: Task::default(),
        files: Vec::new(),
        decisions: Vec::new(),
        next_steps: Vec::new(),
        metadata: metadata.clone(),
        constraints: Vec::new(),
        findings: Vec::new(),
        errors: Vec::new(),
        verification: Vec::new(),
        questions: Vec::new(),
        environment: Environment::default(),
    };
    let mut status_words = None;
    let mut progress: Vec<(String, Evidence)> = Vec::new();
    for (index, form) in choice {
        let fact = &facts[*index];
        match fact.forms[*form].clone() {
            Item::Objective(text) => {
                state.task.objective = text;
                state.task.evidence.extend(&fact.evidence);
            }
            Item::Status(status, words) => {
                state.task.status = status;
                status_words = Some((words, fact.evidence.clone())).filter(|(words, _)| !words.is_empty());
            }
            Item::Progress(text) => progress.push((text, fact.evidence.clone())),
            Item::Constraint(entry) => state.constraints.push(entry),
            Item::File(entry) => state.files.push(entry),
            Item::Decision(entry) => state.decisions.push(entry),
            Item::Finding(entry) => state.findings.push(entry),
            Item::Error(entry) => state.errors.push(entry),
            Item::Verification(entry) => state.verification.push(entry),
            Item::Question(entry) => state.questions.push(entry),
            Item::NextStep(entry) => state.next_steps.push(entry),
            Item::Environment(entry) => {
                let notes = std::mem::take(&mut state.environment.notes);
                state.environment = Environment { notes, ..entry };
            }
            Item::Note(entry) => state.environment.notes.push(entry),
        }
    }
    progress.sort_by_key(|(_, evidence)| evidence.first().copied());
    state.task.summarize(status_words, progress);
    state.decisions.sort_by_key(|entry| entry.evidence.first().copied());
    state.findings.sort_by_key(|entry| entry.evidence.first().copied());
    state.constraints.sort_by_key(|entry| entry.evidence.first().copied());
    state.next_steps.sort_by_key(|entry| entry.priority);
    state
}
