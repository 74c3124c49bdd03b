//! What was extracted: entries of the handoff that might be, each with its worth, its evidence and shorter forms.

use std::borrow::Cow;

use crate::state::{
    Constraint, Decision, Environment, Evidence, FileEntry, Finding, NextStep, OpenError, OpenQuestion,
    Status, Verification,
};

/// An entry that could stand in the handoff.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The entry in its longest form, and then shorter ones. Never empty.
    pub forms: Vec<Item>,
    /// Lines of the transcript that prove it.
    pub evidence: Evidence,
    /// What its longest form is worth to the reader, in points: about 150 for one plain fact that the next session needs.
    pub worth: i64,
    /// What each shorter form is worth, in points.
    pub shorter: Vec<i64>,
    /// Whether it must be in the handoff, and how early it is served when space is scarce (0 first).
    pub floor: Option<u8>,
    /// Why it is a fact, for `baton explain`.
    pub reason: &'static str,
    /// Who said it or what shows it: `user`, `reply`, `ledger`, ….
    pub source: &'static str,
}

/// An entry of a section of the handoff.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// The objective.
    Objective(String),
    /// How the task stands, and in which words.
    Status(Status, String),
    /// Something that was done.
    Progress(String),
    /// A standing instruction.
    Constraint(Constraint),
    /// A file.
    File(FileEntry),
    /// A decision.
    Decision(Decision),
    /// A finding.
    Finding(Finding),
    /// An open error.
    Error(OpenError),
    /// A verification command.
    Verification(Verification),
    /// An open question.
    Question(OpenQuestion),
    /// A next step.
    NextStep(NextStep),
    /// The environment, as far as it is known.
    Environment(Environment),
    /// Something more about the environment.
    Note(Finding),
}

/// How many of the user's rules are on the floor: the last ones.
pub const RULES_ON_FLOOR: usize = 8;

impl Fact {
    /// A fact with one form and no floor.
    pub fn new(item: Item, mut evidence: Evidence, worth: i64, reason: &'static str) -> Self {
        // A record that holds a call and its answer would be named twice.
        evidence.sort_unstable();
        evidence.dedup();
        Fact {
            forms: vec![item],
            evidence,
            worth,
            shorter: Vec::new(),
            floor: None,
            reason,
            source: "ledger",
        }
    }

    /// The same, but not to be lost.
    #[must_use]
    pub fn on_floor(mut self, order: u8) -> Self {
        self.floor = Some(order);
        self
    }

    /// The same, said by somebody.
    #[must_use]
    pub fn from(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }

    /// The same, with a shorter form behind those it has, worth so many hundredths of the longest.
    #[must_use]
    pub fn or(mut self, shorter: Item, hundredths: i64) -> Self {
        if self.forms.last() != Some(&shorter) {
            self.forms.push(shorter);
            self.shorter.push(self.worth * hundredths / 100);
        }
        self
    }

    /// What a form is worth, in points.
    pub fn worth_of(&self, form: usize) -> i64 {
        form.checked_sub(1).map_or(self.worth, |shorter| self.shorter[shorter])
    }
}

impl Item {
    /// The words of the entry, for comparing it with others.
    pub fn text(&self) -> Cow<'_, str> {
        let both = |one: &str, other: &str| Cow::Owned(format!("{one} {other}"));
        match self {
            Item::Objective(text) | Item::Status(_, text) | Item::Progress(text) => Cow::Borrowed(text),
            Item::Constraint(entry) => Cow::Borrowed(&entry.text),
            Item::File(entry) => both(&entry.path, &entry.relevance),
            Item::Decision(entry) => {
                let mut text = format!("{} {}", entry.decision, entry.rationale);
                for rejected in &entry.rejected {
                    text.extend([" ", &rejected.option, " ", &rejected.reason]);
                }
                Cow::Owned(text)
            }
            Item::Finding(entry) | Item::Note(entry) => Cow::Borrowed(&entry.text),
            Item::Error(entry) => both(&entry.signature, &entry.command),
            Item::Verification(entry) => both(&entry.command, &entry.outcome),
            Item::Question(entry) => Cow::Borrowed(&entry.question),
            Item::NextStep(entry) => Cow::Borrowed(&entry.action),
            Item::Environment(entry) => both(&entry.cwd, &entry.branch),
        }
    }
}
