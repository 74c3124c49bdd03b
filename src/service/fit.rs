//! Fitting a kept handoff into a budget: its entries are packed anew, so that the most telling ones stay.

use crate::build::MINIMUM;
use crate::error::{Error, Result};
use crate::fact::{Fact, Item};
use crate::pack;
use crate::render::{Citations, Renderer};
use crate::state::{FileEntry, HandoffState, Metadata, Status, Task, Tokens};
use crate::text::clip;
use crate::token::{Encoding, Tokenizer};

/// A handoff within a budget, and how it reads.
pub(super) struct Fitted {
    pub state: HandoffState,
    pub text: String,
    pub tokens: usize,
    /// Entries that had to go.
    pub left_out: usize,
}

/// The tokenizer of that name, or the usual one.
pub(super) fn tokenizer(name: Option<&str>) -> Result<Tokenizer> {
    name.map_or(Ok(Tokenizer::Exact(Encoding::default())), Tokenizer::resolve)
}

/// Fits a handoff into a budget, if there is one; what fits as it is stays as it is.
pub(super) fn fit(
    mut state: HandoffState,
    budget: Option<usize>,
    tokenizer: Tokenizer,
    renderer: &Renderer,
    citations: Citations,
) -> Result<Fitted> {
    if let Some(budget) = budget.filter(|budget| *budget < MINIMUM) {
        return Err(Error::BudgetTooSmall { budget, minimum: MINIMUM });
    }
    let known = state.metadata.tokens.as_ref().map(|tokens| tokens.budget);
    state.metadata.tokens = budget
        .map(|budget| budget as u64)
        .or(known)
        .map(|budget| Tokens { encoding: tokenizer.name(), budget });
    let measure = |state: &HandoffState| tokenizer.count_upper(&(renderer.render)(state, citations));
    let text = (renderer.render)(&state, citations);
    let tokens = tokenizer.count_upper(&text);
    let Some(budget) = budget.filter(|budget| tokens > *budget) else {
        return Ok(Fitted { state, text, tokens, left_out: 0 });
    };
    let facts = facts(&state);
    let packed = pack::pack(&facts, &state.metadata, budget, &measure, &|text| tokenizer.count_upper(text));
    let packed =
        packed.ok_or_else(|| Error::BudgetTooSmall { budget, minimum: barest(&state.metadata, &measure) })?;
    let text = (renderer.render)(&packed.state, citations);
    let left_out = facts.len() - packed.choice.len();
    Ok(Fitted { state: packed.state, text, tokens: packed.tokens, left_out })
}

fn barest(metadata: &Metadata, measure: pack::Measure) -> usize {
    measure(&pack::assemble(&[], &pack::Choice::new(), metadata)).max(MINIMUM)
}

/// The entries of a handoff as what might be in a smaller one, each with what it is worth beside the others.
fn facts(state: &HandoffState) -> Vec<Fact> {
    let (words, progress) = progress(&state.task.progress_summary);
    let mut facts = vec![objective(&state.task), status(state.task.status, words)];
    // Progress is put together in the order of its lines; those of the transcript are not known any more.
    for (at, text) in (1_u32..).zip(progress) {
        facts.push(Fact::new(Item::Progress(text.to_owned()), vec![at], 130, KEPT));
    }
    section(&mut facts, 150, state.files.iter().cloned().map(Item::File));
    section(&mut facts, 220, state.constraints.iter().cloned().map(Item::Constraint));
    section(&mut facts, 200, state.decisions.iter().cloned().map(Item::Decision));
    section(&mut facts, 150, state.findings.iter().cloned().map(Item::Finding));
    section(&mut facts, 180, state.errors.iter().cloned().map(Item::Error));
    section(&mut facts, 120, state.verification.iter().cloned().map(Item::Verification));
    section(&mut facts, 180, state.questions.iter().cloned().map(Item::Question));
    section(&mut facts, 200, state.next_steps.iter().cloned().map(Item::NextStep));
    if !state.environment.is_empty() {
        facts.push(Fact::new(Item::Environment(state.environment.clone()), Vec::new(), 100, KEPT));
    }
    facts
}

/// Why they are facts.
const KEPT: &str = "it is in the kept handoff";
/// The longest objective in a handoff that has little room, in bytes.
const SHORT_OBJECTIVE: usize = 300;

fn objective(task: &Task) -> Fact {
    let whole = Item::Objective(task.objective.clone());
    let short = Item::Objective(clip(&task.objective, SHORT_OBJECTIVE));
    Fact::new(whole, task.evidence.clone(), 1000, KEPT).or(short, 90).on_floor(0)
}

fn status(status: Status, words: &str) -> Fact {
    let bare = Item::Status(status, String::new());
    Fact::new(Item::Status(status, words.to_owned()), Vec::new(), 400, KEPT).or(bare, 50).on_floor(1)
}

/// What was said of the status, and the other lines of a summary.
fn progress(summary: &str) -> (&str, Vec<&str>) {
    let (mut words, mut lines) = ("", Vec::new());
    for line in summary.lines().filter(|line| !line.trim().is_empty()) {
        match line.strip_prefix("Status: ") {
            Some(said) => words = said,
            None => lines.push(line),
        }
    }
    (words, lines)
}

/// The entries of a section: the first is worth its full points, the last half of them.
fn section(facts: &mut Vec<Fact>, worth: i64, items: impl ExactSizeIterator<Item = Item>) {
    let count = i64::try_from(items.len().max(1)).unwrap_or(i64::MAX);
    for (at, item) in (0_i64..).zip(items) {
        let fact = Fact::new(item.clone(), Vec::new(), worth - worth * at / (2 * count), KEPT);
        facts.push(match item {
            Item::File(file) => fact.or(Item::File(only_named(file)), 30),
            _ => fact,
        });
    }
}

/// A file without what is told of it.
fn only_named(file: FileEntry) -> FileEntry {
    FileEntry { relevance: String::new(), focus_ranges: Vec::new(), ..file }
}
