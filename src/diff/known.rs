//! Why an entry went. What the session still says was left out for the budget; only what is shown to be over is called so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::identity::{Mark, subject};
use super::name;
use super::near::Near;
use super::parts::{Entry, Parts, lines, words as field};
use crate::delta::{Delta, Reason, Section};
use crate::fact::{Fact, Item};
use crate::state::{HandoffState, Task};

/// What is known beside the two handoffs: everything the new one could have said.
///
/// Of two bare handoffs nothing is known: `Known::default()`.
#[derive(Debug, Clone, Default)]
pub struct Known {
    facts: Vec<Fact>,
    /// What another handoff says.
    marks: Vec<Mark>,
    /// Whether this is everything that was found in the session.
    whole: bool,
    /// What was said before of entries that went.
    told: BTreeMap<(Section, String), Reason>,
}

impl Known {
    /// All that was found in the new handoff's session, taken or not.
    pub fn facts(facts: Vec<Fact>) -> Self {
        Known { facts, whole: true, ..Known::default() }
    }

    /// What another handoff of the same time says, such as a longer one.
    pub fn state(state: &HandoffState) -> Self {
        Known { marks: marks(&Parts::of(state)), ..Known::default() }
    }

    /// What the deltas on the way said, the newest first.
    pub fn told(deltas: &[Delta]) -> Self {
        let removed = deltas.iter().rev().flat_map(|delta| &delta.removed);
        let told = removed.map(|it| ((it.section, it.entry.clone()), it.reason)).collect();
        Known { told, ..Known::default() }
    }

    /// The same, but not all that was found in the base's session: that something is not said then tells nothing.
    #[must_use]
    pub fn in_part(self) -> Self {
        Known { whole: false, ..self }
    }

    /// What is said that may be of these entries.
    fn said_of(&self, entries: &Near) -> Vec<Mark> {
        let mark = |item: &Item| {
            let ((section, subject), rationale) = (subject_of(item)?, rationale_of(item));
            let may_be = entries.has(section, &subject, rationale);
            may_be.then(|| Mark::about(section, &subject, rationale))
        };
        let both = |fact: &Fact| {
            let shortest = fact.forms.last().filter(|_| fact.forms.len() > 1);
            fact.forms.first().into_iter().chain(shortest).filter_map(mark).collect::<Vec<_>>()
        };
        let facts: Vec<Mark> = self.facts.par_iter().flat_map_iter(both).collect();
        self.marks.iter().cloned().chain(facts).collect()
    }
}

/// An entry as it would stand in its list; the objective, the environment and a status without words stand in none.
pub(super) fn entry(item: &Item) -> Option<(Section, Entry)> {
    Some(match item {
        Item::Objective(_) | Item::Environment(_) => return None,
        Item::Status(_, words) => (Section::Progress, lines(&format!("{}{words}", Task::STATUS)).pop()?),
        Item::Progress(text) => (Section::Progress, lines(&text.replace('\n', " ")).pop()?),
        Item::Constraint(entry) => (Section::Constraints, fields(entry)?),
        Item::File(entry) => (Section::Files, fields(entry)?),
        Item::Decision(entry) => (Section::Decisions, fields(entry)?),
        Item::Finding(entry) => (Section::Findings, fields(entry)?),
        Item::Error(entry) => (Section::Errors, fields(entry)?),
        Item::Verification(entry) => (Section::Verification, fields(entry)?),
        Item::Question(entry) => (Section::Questions, fields(entry)?),
        Item::NextStep(entry) => (Section::NextSteps, fields(entry)?),
        Item::Note(entry) => (Section::Notes, fields(entry)?),
    })
}

/// What an entry is about, as [`subject`] says it of the entry in its list.
pub(super) fn subject_of(item: &Item) -> Option<(Section, Cow<'_, str>)> {
    let (section, subject) = match item {
        Item::Objective(_) | Item::Environment(_) => return None,
        Item::Status(_, words) => return Some((Section::Progress, Cow::Owned(last_line(words)))),
        Item::Progress(text) if text.is_empty() => return None,
        Item::Progress(text) if text.contains('\n') => {
            return Some((Section::Progress, Cow::Owned(text.replace('\n', " "))));
        }
        Item::Progress(text) => (Section::Progress, text),
        Item::Constraint(entry) => (Section::Constraints, &entry.text),
        Item::File(entry) => (Section::Files, &entry.path),
        Item::Decision(entry) => (Section::Decisions, &entry.decision),
        Item::Finding(entry) => (Section::Findings, &entry.text),
        Item::Error(entry) => (Section::Errors, &entry.signature),
        Item::Verification(entry) => (Section::Verification, &entry.command),
        Item::Question(entry) => (Section::Questions, &entry.question),
        Item::NextStep(entry) => (Section::NextSteps, &entry.action),
        Item::Note(entry) => (Section::Notes, &entry.text),
    };
    Some((section, Cow::Borrowed(subject)))
}

/// The last line of a status.
fn last_line(words: &str) -> String {
    words.rsplit_once('\n').map_or_else(|| format!("{}{words}", Task::STATUS), |(_, last)| last.to_owned())
}

/// The reason that a decision gives; no other entry has one.
pub(super) fn rationale_of(item: &Item) -> &str {
    if let Item::Decision(entry) = item { &entry.rationale } else { "" }
}

fn fields(entry: &impl Serialize) -> Option<Entry> {
    match serde_json::to_value(entry) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}

fn marks(parts: &Parts) -> Vec<Mark> {
    let lists = parts.lists.iter();
    lists.flat_map(|(section, list)| list.iter().map(|entry| Mark::of(*section, entry))).collect()
}

/// What tells why an entry went.
pub(super) struct Witness<'a> {
    known: &'a Known,
    /// What is known to be said, as far as it may be of the entries that went.
    said: Vec<Mark>,
    /// Whether an entry that nobody says any more is over: all is known of the session that the base is from.
    silence_tells: bool,
    /// Everything the new handoff says.
    new: Vec<Mark>,
    /// What it says of these, as it says it: the entries that the base did not have.
    added: Vec<(Mark, String)>,
    /// The commands that passed.
    passed: Vec<String>,
    /// The files that have a new name: what is said of them.
    renamed: Vec<String>,
}

impl<'a> Witness<'a> {
    pub fn of(
        old: &Parts,
        new: &Parts,
        added: Vec<(Section, Entry)>,
        gone: &[(Section, &Entry)],
        known: &'a Known,
    ) -> Self {
        let gone: Vec<Mark> = gone.iter().map(|(section, entry)| Mark::of(*section, entry)).collect();
        let near = Near::of(gone.iter());
        let session = |parts: &Parts| field(&parts.fields, "metadata.session_id").to_owned();
        let list = |section| new.lists[&section].iter();
        let passed = list(Section::Verification).filter(|it| field(it, "outcome").starts_with("passed"));
        let renamed = list(Section::Files).map(|it| field(it, "relevance").to_owned());
        let said = |(section, entry): (Section, Entry)| {
            (Mark::of(section, &entry), subject(section, &entry).to_lowercase())
        };
        Witness {
            known,
            said: if gone.is_empty() { Vec::new() } else { known.said_of(&near) },
            silence_tells: known.whole && !session(old).is_empty() && session(old) == session(new),
            new: marks(new),
            added: added.into_iter().map(said).collect(),
            passed: passed.map(|it| field(it, "command").to_owned()).collect(),
            renamed: renamed.filter(|text| text.starts_with("renamed from ")).collect(),
        }
    }

    /// Why an entry went.
    pub fn reason(&self, section: Section, entry: &Entry) -> Reason {
        let mark = Mark::of(section, entry);
        if let Some(reason) = self.known.told.get(&(section, name(section, entry))) {
            return *reason;
        }
        let over = match section {
            Section::Errors | Section::Questions => Reason::Resolved,
            Section::NextSteps => Reason::Executed,
            _ => Reason::Superseded,
        };
        if self.is_over(section, entry, &mark) || self.is_silent(&mark) { over } else { Reason::Evicted }
    }

    /// Whether something shows that it is over.
    fn is_over(&self, section: Section, entry: &Entry, mark: &Mark) -> bool {
        match section {
            Section::Errors => self.passed.iter().any(|command| command == field(entry, "command")),
            Section::NextSteps => self.is_done(mark),
            Section::Constraints | Section::Decisions => self.is_replaced(mark),
            Section::Files => {
                let from = format!("renamed from {}", field(entry, "path"));
                self.renamed.iter().any(|text| {
                    text.strip_prefix(&from).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
                })
            }
            _ => false,
        }
    }

    /// Whether a step is reported as done.
    fn is_done(&self, step: &Mark) -> bool {
        let mut reports = self.said.iter().chain(&self.new);
        reports
            .any(|it| it.section == Section::Progress && (it.key == step.key || it.likeness(step).is_some()))
    }

    /// Whether something new on the same subject takes it back.
    fn is_replaced(&self, mark: &Mark) -> bool {
        const TAKES_BACK: &[&str] =
            &["instead", "no longer", "not any more", "revert", "scrap", "taken back", "undo", "replaces"];
        let few = mark.words.len().max(1);
        self.added.iter().any(|(other, said)| {
            matches!(other.section, Section::Constraints | Section::Decisions)
                && mark.shared(other) >= 2
                && 3 * mark.shared(other) >= few
                && TAKES_BACK.iter().any(|words| said.contains(words))
        })
    }

    /// Whether nobody says it any more who would.
    fn is_silent(&self, mark: &Mark) -> bool {
        let would = matches!(
            mark.section,
            Section::Errors
                | Section::Questions
                | Section::NextSteps
                | Section::Constraints
                | Section::Decisions
        );
        let is_said = || self.said.iter().chain(&self.new).any(|said| said.is(mark));
        would && self.silence_tells && !is_said()
    }
}
