//! Packing: the facts that fit the budget, exactly.
//!
//! First the floor, in its order, each entry in its shortest form; then, entry by entry, what adds most per token,
//! an entry's longer form being an entry of its own. Every step is measured on the whole rendered text, so the budget
//! holds on the final bytes, and nothing is estimated that decides.

use std::collections::BTreeMap;

use crate::fact::{Fact, Item};
use crate::rank::{Covered, Ranking};
use crate::state::{Environment, HandoffState, Metadata, Status, Task};

/// Measures a rendered handoff, in tokens.
pub type Measure<'a> = &'a dyn Fn(&HandoffState) -> usize;

/// Which form of which fact was taken, by the fact's index.
pub type Choice = BTreeMap<usize, usize>;

/// A packed handoff, and what was taken for it.
pub struct Packed {
    /// The handoff.
    pub state: HandoffState,
    /// What was taken.
    pub choice: Choice,
    /// Its size in tokens, by the measure it was packed with.
    pub tokens: usize,
}

/// Packs as much as fits. Nothing if not even the barest handoff does.
pub fn pack(facts: &[Fact], metadata: &Metadata, budget: usize, measure: Measure, size_of: &dyn Fn(&str) -> usize) -> Option<Packed> {
    let mut packer = Packer {
        facts,
        ranking: Ranking::of(facts),
        covered: Covered::default(),
        metadata,
        budget,
        measure,
        sizes: facts.iter().map(|fact| fact.forms.iter().map(|item| size_of(&written(item)) + overhead(item)).collect()).collect(),
        choice: Choice::new(),
        tokens: 0,
    };
    packer.tokens = packer.size(&packer.choice)?;
    packer.floor();
    packer.fill();
    let state = assemble(facts, &packer.choice, metadata);
    Some(Packed { state, choice: packer.choice, tokens: packer.tokens })
}

struct Packer<'a> {
    facts: &'a [Fact],
    ranking: Ranking,
    covered: Covered,
    metadata: &'a Metadata,
    budget: usize,
    measure: Measure<'a>,
    /// Estimated tokens of each form of each fact; only for choosing.
    sizes: Vec<Vec<usize>>,
    choice: Choice,
    tokens: usize,
}

impl Packer<'_> {
    /// The size of a choice, if it fits.
    fn size(&self, choice: &Choice) -> Option<usize> {
        let tokens = (self.measure)(&assemble(self.facts, choice, self.metadata));
        (tokens <= self.budget).then_some(tokens)
    }

    /// Takes a form of a fact if the whole still fits.
    fn take(&mut self, index: usize, form: usize) -> bool {
        let before = self.choice.insert(index, form);
        if let Some(tokens) = self.size(&self.choice) {
            self.tokens = tokens;
            if before.is_none() {
                self.ranking.cover(index, &mut self.covered);
            }
            return true;
        }
        match before {
            Some(form) => self.choice.insert(index, form),
            None => self.choice.remove(&index),
        };
        false
    }

    /// What must not be lost: by order, and within it by worth, each in the longest form that leaves room for the rest.
    fn floor(&mut self) {
        let mut floor: Vec<usize> = (0..self.facts.len()).filter(|index| self.facts[*index].floor.is_some()).collect();
        floor.sort_by_key(|index| (self.facts[*index].floor, -self.facts[*index].worth, *index));
        for index in floor {
            let shortest = self.facts[index].forms.len() - 1;
            self.take(index, shortest);
        }
    }

    fn fill(&mut self) {
        let mut refused: std::collections::BTreeSet<(usize, usize)> = std::collections::BTreeSet::new();
        while let Some((index, form)) = self.best(&refused) {
            if !self.take(index, form) {
                refused.insert((index, form));
            }
        }
    }

    /// The form of a fact that adds most per token among those that may fit.
    fn best(&self, refused: &std::collections::BTreeSet<(usize, usize)>) -> Option<(usize, usize)> {
        let left = self.budget - self.tokens;
        let mut best: Option<(i64, usize, usize)> = None;
        for (index, fact) in self.facts.iter().enumerate() {
            let now = self.choice.get(&index).copied();
            let forms = now.unwrap_or(fact.forms.len());
            for form in 0..forms {
                let size = self.sizes[index][form];
                let more = now.map_or(size, |now| size.saturating_sub(self.sizes[index][now])).max(1);
                if more > left + 8 || refused.contains(&(index, form)) {
                    continue;
                }
                let gain = self.gain(index, form, now);
                let density = gain * 1000 / i64::try_from(more + if now.is_some() { crate::tune::p("UCOST", 20) as usize } else if matches!(fact.forms[form], Item::File(_) | Item::Verification(_)) { crate::tune::p("FCOST", 8) as usize } else { crate::tune::p("COST", 45) as usize }).unwrap_or(i64::MAX);
                if density > 0 && best.is_none_or(|(highest, ..)| density > highest) {
                    best = Some((density, index, form));
                }
            }
        }
        best.map(|(_, index, form)| (index, form))
    }

    /// What a form of a fact adds to what is chosen, in points.
    fn gain(&self, index: usize, form: usize, now: Option<usize>) -> i64 {
        let fact = &self.facts[index];
        match now {
            Some(now) => fact.worth_of(form) - fact.worth_of(now),
            None => self.ranking.gain(index, fact.worth_of(form), &self.covered),
        }
    }
}

/// What of an entry is written out; of a file of which only the name is told, its folder is shared with others.
fn written(item: &Item) -> String {
    match item {
        Item::File(entry) if entry.relevance.is_empty() && entry.focus_ranges.is_empty() => {
            entry.path.rsplit('/').next().unwrap_or(&entry.path).to_owned()
        }
        item => item.text(),
    }
}

/// Tokens that an entry costs beside its own words.
fn overhead(item: &Item) -> usize {
    match item {
        Item::File(entry) if entry.relevance.is_empty() => 3,
        Item::File(entry) => 3 + 8 * entry.focus_ranges.len(),
        Item::NextStep(_) => 6,
        Item::Verification(_) => 8,
        _ => 3,
    }
}

/// The handoff that a choice of facts makes.
pub fn assemble(facts: &[Fact], choice: &Choice, metadata: &Metadata) -> HandoffState {
    let mut state = HandoffState {
        task: Task { objective: String::new(), status: Status::InProgress, progress_summary: String::new(), evidence: Vec::new() },
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
            Item::Environment(entry) => state.environment = entry,
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
