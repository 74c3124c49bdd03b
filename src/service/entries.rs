//! The entries of a kept handoff as what might be in a smaller one: with the floor that a handoff made from its
//! transcript has, and files that were only read last of all.

use crate::fact::{Fact, Item, RULES_ON_FLOOR};
use crate::state::{
    Constraint, FileChange, FileEntry, HandoffState, NextStep, OpenError, OpenQuestion, Priority, Status,
    Task, Verification,
};
use crate::text::clip;

/// The entries of a handoff, each with what it is worth beside the others.
pub(super) fn facts(state: &HandoffState) -> Vec<Fact> {
    let mut facts = vec![objective(&state.task), status(&state.task)];
    facts.extend(
        state
            .task
            .progress()
            .map(|(text, evidence)| Fact::new(Item::Progress(text.to_owned()), evidence.clone(), 130, KEPT)),
    );
    facts.extend(falling(&state.files, 150, file));
    let old = state.constraints.len().saturating_sub(RULES_ON_FLOOR);
    facts.extend(falling(&state.constraints, 180, |at, entry, worth| constraint(at >= old, entry, worth)));
    facts
        .extend(falling(&state.decisions, 200, |_, entry, worth| kept(Item::Decision(entry.clone()), worth)));
    facts.extend(falling(&state.findings, 150, |_, entry, worth| kept(Item::Finding(entry.clone()), worth)));
    let is_open = state.task.status != Status::NeedsReview;
    facts.extend(falling(&state.errors, 180, |at, entry, worth| error(is_open && at == 0, entry, worth)));
    facts.extend(falling(&state.verification, 120, verification));
    facts.extend(falling(&state.questions, 180, question));
    facts.extend(falling(&state.next_steps, 200, next_step));
    if !state.environment.is_empty() {
        facts.push(kept(Item::Environment(state.environment.clone()), 100));
    }
    facts
}

/// Why they are facts.
const KEPT: &str = "it is in the kept handoff";
/// The longest objective in a handoff that has little room, in bytes.
const SHORT_OBJECTIVE: usize = 300;
/// The longest question, instruction or step in one, in bytes.
const SHORT: usize = 160;
/// How long an instruction on the floor may be, in bytes.
const RULE: usize = 240;
/// From how many bytes on somebody described what changed in a file.
const DESCRIBED: usize = 40;

fn kept(item: Item, worth: i64) -> Fact {
    Fact::new(item, Vec::new(), worth, KEPT)
}

/// The entries of a section: the first is worth its full points, the last half of them.
fn falling<T>(
    entries: &[T],
    worth: i64,
    fact: impl Fn(usize, &T, i64) -> Fact,
) -> impl Iterator<Item = Fact> {
    let count = i64::try_from(entries.len().max(1)).unwrap_or(i64::MAX);
    let worths = (0_i64..).map(move |at| worth - worth * at / (2 * count));
    entries.iter().enumerate().zip(worths).map(move |((at, entry), worth)| fact(at, entry, worth))
}

fn objective(task: &Task) -> Fact {
    let whole = Item::Objective(task.objective.clone());
    let short = Item::Objective(clip(&task.objective, SHORT_OBJECTIVE));
    Fact::new(whole, task.evidence.clone(), 1000, KEPT).or(short, 90).on_floor(0)
}

fn status(task: &Task) -> Fact {
    let (words, evidence) = task
        .status_words()
        .map_or_else(Default::default, |(words, evidence)| (words.to_owned(), evidence.clone()));
    let bare = Item::Status(task.status, String::new());
    Fact::new(Item::Status(task.status, words), evidence, 400, KEPT).or(bare, 50).on_floor(1)
}

fn question(at: usize, entry: &OpenQuestion, worth: i64) -> Fact {
    let short = OpenQuestion { question: clip(&entry.question, SHORT), ..entry.clone() };
    let fact = kept(Item::Question(entry.clone()), worth).or(Item::Question(short), 60);
    if at == 0 { fact.on_floor(2) } else { fact }
}

fn verification(at: usize, entry: &Verification, worth: i64) -> Fact {
    let ended = entry.outcome.split(" (").next().unwrap_or_default().to_owned();
    let short = Verification { outcome: ended, ..entry.clone() };
    let fact = kept(Item::Verification(entry.clone()), worth).or(Item::Verification(short), 80);
    if at == 0 { fact.on_floor(3) } else { fact }
}

/// A file that was only read tells little by its name; one that was changed must not be lost.
fn file(_: usize, entry: &FileEntry, worth: i64) -> Fact {
    let bare = FileEntry { relevance: String::new(), focus_ranges: Vec::new(), ..entry.clone() };
    let is_told = bare != *entry;
    let with = |worth: i64| {
        let without_places = FileEntry { focus_ranges: Vec::new(), ..entry.clone() };
        kept(Item::File(entry.clone()), worth).or(Item::File(without_places), 80).or(Item::File(bare), 40)
    };
    let is_described = entry.relevance.len() > DESCRIBED;
    match entry.change {
        Some(FileChange::Read) if is_told => with(worth / 4),
        Some(FileChange::Read) => with(worth / 12),
        Some(FileChange::Deleted) | None => with(worth),
        Some(_) if is_described => with(2 * worth).on_floor(4),
        Some(_) => with(worth).on_floor(4),
    }
}

/// The check that failed last must not be lost while the work goes on.
fn error(is_last: bool, entry: &OpenError, worth: i64) -> Fact {
    let first = entry.signature.split(" / ").next().unwrap_or_default().to_owned();
    let short = OpenError { signature: first, command: String::new(), ..entry.clone() };
    let fact = kept(Item::Error(entry.clone()), worth).or(Item::Error(short), 70);
    if is_last { fact.on_floor(5) } else { fact }
}

fn next_step(_: usize, entry: &NextStep, worth: i64) -> Fact {
    let short = NextStep { action: clip(&entry.action, SHORT), ..entry.clone() };
    let fact = kept(Item::NextStep(entry.clone()), worth).or(Item::NextStep(short), 70);
    if entry.priority == Priority::High { fact.on_floor(5) } else { fact }
}

fn constraint(is_recent: bool, entry: &Constraint, worth: i64) -> Fact {
    let short = Constraint { text: clip(&entry.text, SHORT), ..entry.clone() };
    let is_rule = entry.text.len() < RULE && !entry.text.ends_with('?');
    let fact = kept(Item::Constraint(entry.clone()), worth).or(Item::Constraint(short), 60);
    if is_recent && is_rule { fact.on_floor(6) } else { fact }
}
