//! What changed from one handoff to the next: the published protocol's delta as it is, and ours beside it.
//!
//! A delta is exact: with its base it gives the target back, byte for byte, evidence and order included.
//! It names both by the hash of their content.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::state::{
    Constraint, Decision, FileEntry, Finding, NextStep, OpenError, OpenQuestion, Verification,
};

/// What changed from one handoff to the next.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Delta {
    /// The session of the base.
    pub base_session: String,
    /// Hash of the base, the only handoff this applies to.
    pub base: String,
    /// Hash of the handoff that comes out.
    pub target: String,
    /// The entries that are new.
    #[serde(flatten)]
    pub added: Added,
    /// Paths of the files that the target does not name any more; why, [`Delta::removed`] says.
    #[serde(default)]
    pub files_removed: Vec<String>,
    /// What was done since: one statement a line.
    #[serde(default)]
    pub progress_delta: String,
    /// The fields of the task, the environment and the metadata that changed, by name, such as `task.status`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
    /// The entries that stand in both and differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modified: Vec<Modified>,
    /// The entries that the target does not have any more: section by section, in the order of the base.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Removed>,
    /// Where the entries of the base stand in the target; a section that is not named keeps its length and order.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub placed: BTreeMap<Section, Placement>,
    /// How many changes were cut from this for a reader's budget. Such a delta can be read, but not applied.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The entries that are new, by section, in the order of the target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "each is named after its section")]
pub struct Added {
    pub files_added: Vec<FileEntry>,
    pub decisions_added: Vec<Decision>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub next_steps_added: Vec<NextStep>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints_added: Vec<Constraint>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings_added: Vec<Finding>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors_added: Vec<OpenError>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verification_added: Vec<Verification>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub questions_added: Vec<OpenQuestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes_added: Vec<Finding>,
}

/// A list of a handoff; sorted by how much the next agent depends on its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Errors that are still there.
    Errors,
    /// Questions that nobody answered yet.
    Questions,
    /// What comes next.
    NextSteps,
    /// The user's instructions.
    Constraints,
    /// What was decided.
    Decisions,
    /// The files that matter.
    Files,
    /// Commands that check the work.
    Verification,
    /// What was done: the lines of the progress summary.
    Progress,
    /// What was found out.
    Findings,
    /// What was found out about the environment.
    Notes,
}

impl Section {
    /// All of them, in their order.
    pub const ALL: [Section; 10] = [
        Section::Errors,
        Section::Questions,
        Section::NextSteps,
        Section::Constraints,
        Section::Decisions,
        Section::Files,
        Section::Verification,
        Section::Progress,
        Section::Findings,
        Section::Notes,
    ];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Section::Errors => "errors",
            Section::Questions => "questions",
            Section::NextSteps => "next_steps",
            Section::Constraints => "constraints",
            Section::Decisions => "decisions",
            Section::Files => "files",
            Section::Verification => "verification",
            Section::Progress => "progress",
            Section::Findings => "findings",
            Section::Notes => "notes",
        }
    }
}

/// Whether a field, by its name or path, serves to prove an entry or to find it again, and is not read.
pub fn is_unread(name: &str) -> bool {
    matches!(name.rsplit('.').next(), Some("anchor" | "evidence" | "progress_evidence"))
}

/// The fields that changed, by name.
pub type Fields = BTreeMap<String, Change>;

/// What became of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It has this value now.
    Set(Value),
    /// It has no value any more.
    Unset,
    /// It is a longer text of which only some words changed.
    Words(Vec<Piece>),
}

/// A piece of a longer text, from its beginning to its end. Lengths are in Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// So much stands as it was.
    Keep(usize),
    /// This went.
    Drop(String),
    /// This came.
    Add(String),
}

/// An entry that stands in both handoffs and differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Modified {
    /// The list it stands in.
    pub section: Section,
    /// Its place there in the target, from 0.
    pub at: usize,
    /// What it is about.
    pub entry: String,
    /// What changed in it.
    pub fields: Fields,
}

/// An entry that the target does not have any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Removed {
    /// The list it stood in.
    pub section: Section,
    /// What it is about.
    pub entry: String,
    /// Why it went.
    pub reason: Reason,
}

/// Why an entry went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The error is gone, the question is answered.
    Resolved,
    /// Something else holds in its place.
    Superseded,
    /// The step is done.
    Executed,
    /// It was left out for the budget; nothing says that it is no longer true.
    Evicted,
}

/// Where the entries of a list of the base stand in the target; the other places there are those of new entries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Placement {
    /// How many entries the list of the target has.
    pub length: usize,
    /// The entries of the base that stand there, in the order of the target.
    pub kept: Vec<Run>,
}

/// Entries that stand one behind the other in both handoffs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// The first one's place in the base.
    pub from: usize,
    /// The first one's place in the target.
    pub to: usize,
    /// How many they are.
    pub count: usize,
}

impl Delta {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        let named = Delta {
            base_session: self.base_session.clone(),
            base: self.base.clone(),
            target: self.base.clone(),
            ..Delta::default()
        };
        *self == named
    }
}
