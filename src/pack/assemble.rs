//! The handoff that a choice makes.

use super::Choice;
use crate::fact::{Fact, Item};
use crate::state::{Environment, HandoffState, Metadata, Status, Task};

/// The handoff that a choice of facts makes.
pub fn assemble(facts: &[Fact], choice: &Choice, metadata: &Metadata) -> HandoffState {
    let mut state = HandoffState {
        task: Task {
            objective: String::new(),
            status: Status::InProgress,
            progress_summary: String::new(),
            evidence: Vec::new(),
        },
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
    let mut progress: Vec<(u32, String)> = Vec::new();
    for (index, form) in choice {
        let fact = &facts[*index];
        match fact.forms[*form].clone() {
            Item::Objective(text) => {
                state.task.objective = text;
                state.task.evidence.extend(&fact.evidence);
            }
            Item::Status(status, words) => {
                state.task.status = status;
                if !words.is_empty() {
                    progress.push((0, format!("Status: {words}")));
                }
            }
            Item::Progress(text) => progress.push((fact.evidence.first().copied().unwrap_or(0).max(1), text)),
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
    progress.sort_by_key(|(line, _)| *line);
    state.task.progress_summary = progress.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n");
    state.decisions.sort_by_key(|entry| entry.evidence.first().copied());
    state.findings.sort_by_key(|entry| entry.evidence.first().copied());
    state.constraints.sort_by_key(|entry| entry.evidence.first().copied());
    state.next_steps.sort_by_key(|entry| entry.priority);
    state
}
