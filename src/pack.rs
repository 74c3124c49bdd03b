//! Packing: the facts that fit the budget, exactly.
//!
//! First the floor, in its order, each entry in its shortest form; then, entry by entry, what adds most per token,
//! an entry's longer form being an entry of its own. Every step is measured on the whole rendered text, so the budget
//! holds on the final bytes, and nothing is estimated that decides.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use rayon::prelude::*;

use crate::fact::{Fact, Item};
use crate::rank::{Covered, Ranking};
use crate::state::{Environment, HandoffState, Metadata, Status, Task};

/// What reading one more statement costs beside its tokens, in tokens; the more, the fewer and richer are taken.
const STATEMENT: i64 = 40;
/// The same of one more file or check, which is read at a glance.
const GLANCE: i64 = 8;
/// The same of a longer form of an entry that is there already.
const LONGER: i64 = 20;
/// By how many tokens an entry may seem too large and still be tried: its size is an estimate, the whole is measured.
const SLACK: usize = 8;

/// Measures a rendered handoff, in tokens.
pub type Measure<'a> = &'a dyn Fn(&HandoffState) -> usize;

/// Measures the words of an entry, in tokens.
pub type SizeOf<'a> = &'a (dyn Fn(&str) -> usize + Sync);

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
pub fn pack(
    facts: &[Fact],
    metadata: &Metadata,
    budget: usize,
    measure: Measure,
    size_of: SizeOf,
) -> Option<Packed> {
    let mut packer = Packer {
        facts,
        ranking: Ranking::of(facts),
        covered: Covered::default(),
        metadata,
        budget,
        measure,
        sizes: sizes(facts, size_of),
        choice: Choice::new(),
        tokens: 0,
        offers: BinaryHeap::new(),
        refused: BTreeSet::new(),
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
    /// What may be taken, best first.
    offers: BinaryHeap<Offer>,
    /// The forms that did not fit, by fact.
    refused: BTreeSet<(usize, usize)>,
}

/// A form of a fact that may be taken. The order of the fields is the order of choice; among equals the first is taken.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Offer {
    /// What it adds per token, as it was when it was offered.
    density: i64,
    index: Reverse<usize>,
    form: Reverse<usize>,
    /// The form of the fact that was there when it was offered, if any.
    now: Option<usize>,
    /// Tokens that it adds.
    more: usize,
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
        let mut floor: Vec<usize> =
            (0..self.facts.len()).filter(|index| self.facts[*index].floor.is_some()).collect();
        floor.sort_by_key(|index| (self.facts[*index].floor, -self.facts[*index].worth, *index));
        for index in floor {
            let shortest = self.facts[index].forms.len() - 1;
            self.take(index, shortest);
        }
    }

    fn fill(&mut self) {
        for index in 0..self.facts.len() {
            self.offer(index);
        }
        while let Some((index, form)) = self.best() {
            if self.take(index, form) {
                self.offer(index);
            } else {
                self.refused.insert((index, form));
            }
        }
    }

    /// Offers the forms of a fact that are longer than the one that is there.
    fn offer(&mut self, index: usize) {
        let now = self.choice.get(&index).copied();
        for form in 0..now.unwrap_or(self.facts[index].forms.len()) {
            if self.refused.contains(&(index, form)) {
                continue;
            }
            let size = self.sizes[index][form];
            let more = now.map_or(size, |now| size.saturating_sub(self.sizes[index][now])).max(1);
            let density = self.density(index, form, now, more);
            self.put(Offer { density, index: Reverse(index), form: Reverse(form), now, more });
        }
    }

    /// Keeps an offer that adds something and may fit. Room only shrinks, so what is left out here stays out.
    fn put(&mut self, offer: Offer) {
        if offer.density > 0 && offer.more <= self.budget - self.tokens + SLACK {
            self.offers.push(offer);
        }
    }

    /// The form of a fact that adds most per token among those that may fit.
    ///
    /// What is covered only grows, so what an offer adds only falls: one that leads and has not fallen since it was
    /// put in is the best of all, though the others were not looked at again.
    fn best(&mut self) -> Option<(usize, usize)> {
        while let Some(offer) = self.offers.pop() {
            let (Reverse(index), Reverse(form)) = (offer.index, offer.form);
            let left = self.budget - self.tokens;
            if offer.more > left + SLACK || offer.now != self.choice.get(&index).copied() {
                continue;
            }
            let density = self.density(index, form, offer.now, offer.more);
            if density == offer.density {
                return Some((index, form));
            }
            self.put(Offer { density, ..offer });
        }
        None
    }

    /// What a form of a fact adds for a thousand tokens, those of its reading included.
    fn density(&self, index: usize, form: usize, now: Option<usize>, more: usize) -> i64 {
        let reading = match &self.facts[index].forms[form] {
            _ if now.is_some() => LONGER,
            Item::File(_) | Item::Note(_) | Item::Verification(_) => GLANCE,
            _ => STATEMENT,
        };
        self.gain(index, form, now) * 1000 / i64::try_from(more).unwrap_or(i64::MAX).saturating_add(reading)
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

/// Estimated tokens of each form of each fact. A file of which only the name is told shares the words of its folder
/// with the other files there.
fn sizes(facts: &[Fact], size_of: SizeOf) -> Vec<Vec<usize>> {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for name in facts.iter().filter_map(|fact| bare_name(&fact.forms[fact.forms.len() - 1])) {
        *folders.entry(folder_of(name)).or_default() += 1;
    }
    let size = |item: &Item| match bare_name(item) {
        Some(name) => {
            let folder = folder_of(name);
            let sharing = if folder.contains([':', ' ']) { 1 } else { folders[folder].min(4) };
            size_of(&name[folder.len()..]) + size_of(folder) / sharing
        }
        None => size_of(&item.text()),
    };
    facts.par_iter().map(|fact| fact.forms.iter().map(|item| size(item) + overhead(item)).collect()).collect()
}

/// The name of a file of which nothing else is told.
fn bare_name(item: &Item) -> Option<&str> {
    match item {
        Item::File(entry) if entry.relevance.is_empty() && entry.focus_ranges.is_empty() => Some(&entry.path),
        _ => None,
    }
}

fn folder_of(name: &str) -> &str {
    name.rfind('/').map_or("", |at| &name[..at])
}

/// Tokens that an entry costs beside its own words.
fn overhead(item: &Item) -> usize {
    match item {
        Item::File(entry) if entry.relevance.is_empty() => 2,
        Item::File(entry) => 3 + 8 * entry.focus_ranges.len(),
        Item::NextStep(_) => 6,
        Item::Verification(_) => 8,
        _ => 3,
    }
}

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
