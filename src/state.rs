//! The handoff itself: the published protocol's fields as they are, and ours beside them, all optional.
//!
//! Every entry carries its evidence, the lines of the transcript it comes from; renderers show it on request only.

mod since;
mod task;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use since::{Anchor, FileAnchor, Head, SinceSave, Standing};
pub use task::Task;

/// Lines of the transcript, from 1, that prove an entry. Sorted, without repeats.
pub type Evidence = Vec<u32>;

/// What the next agent needs to know of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandoffState {
    /// What is to be done, and how far it is.
    pub task: Task,
    /// The files that matter, most relevant first.
    pub files: Vec<FileEntry>,
    /// What was decided, in the order of the session.
    pub decisions: Vec<Decision>,
    /// What comes next, most urgent first.
    pub next_steps: Vec<NextStep>,
    /// Where the handoff comes from.
    pub metadata: Metadata,
    /// The user's standing instructions and corrections, word for word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint>,
    /// What was found out: causes, facts about the code, states of things outside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Errors that are still there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<OpenError>,
    /// Commands that check the work, and how they ended last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verification: Vec<Verification>,
    /// Questions that nobody answered yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<OpenQuestion>,
    /// Where the work happens.
    #[serde(default, skip_serializing_if = "Environment::is_empty")]
    pub environment: Environment,
}

/// How a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Work goes on.
    #[default]
    InProgress,
    /// It waits for somebody or something.
    Blocked,
    /// It is done as far as the agent knows, and waits for the user's eye.
    NeedsReview,
}

impl Status {
    /// The protocol's name.
    pub fn name(self) -> &'static str {
        match self {
            Status::InProgress => "in_progress",
            Status::Blocked => "blocked",
            Status::NeedsReview => "needs_review",
        }
    }
}

/// A file that matters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FileEntry {
    /// Relative to the working folder where it lies below it; forward slashes.
    pub path: String,
    /// Why it matters: what changed in it, and what was said of it.
    pub relevance: String,
    /// The places to look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub focus_ranges: Vec<FocusRange>,
    /// What was done to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<FileChange>,
    /// Lines that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Evidence,
    /// What tells its text again later; stored, never rendered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<FileAnchor>,
    /// What became of it since the handoff was saved; only a load with the working tree at hand knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_save: Option<SinceSave>,
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileChange {
    /// It is new.
    Created,
    /// It was changed.
    Edited,
    /// It is gone.
    Deleted,
    /// It has a new name.
    Renamed,
    /// It was only read.
    Read,
}

impl FileChange {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            FileChange::Created => "created",
            FileChange::Edited => "edited",
            FileChange::Deleted => "deleted",
            FileChange::Renamed => "renamed",
            FileChange::Read => "read",
        }
    }
}

/// A place in a file, in coordinates of the end of the session.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FocusRange {
    /// First line, from 1.
    pub start: u32,
    /// Last line.
    pub end: u32,
    /// What is there; may be empty.
    pub note: String,
    /// Whether its lines changed since the handoff was saved; only a load with the working tree at hand knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_since_save: Option<bool>,
    /// What tells its lines again later; stored, never rendered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
}

/// Something that was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// What was decided.
    pub decision: String,
    /// Why, as it was said; empty where nobody said why.
    pub rationale: String,
    /// When; the epoch where the transcript has no time.
    pub timestamp: Timestamp,
    /// What was considered or tried, and dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<Rejected>,
    /// Lines that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Evidence,
}

/// An alternative that was dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejected {
    /// What it was.
    pub option: String,
    /// Why it was dropped; empty where nobody said why.
    pub reason: String,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextStep {
    /// What to do.
    pub action: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Lines that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Evidence,
}

/// How urgent a step is; the most urgent sorts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Do it first.
    High,
    /// Do it then.
    Medium,
    /// Do it when there is time.
    Low,
}

impl Priority {
    /// The protocol's name.
    pub fn name(self) -> &'static str {
        match self {
            Priority::High => "high",
            Priority::Medium => "medium",
            Priority::Low => "low",
        }
    }
}

/// Something the user said that holds beyond the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Constraint {
    /// The user's words.
    pub text: String,
    /// Lines that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Evidence,
}

/// Something that was found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What it is.
    pub text: String,
    /// Lines that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Evidence,
}

/// An error that is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenError {
    /// Its first telling line, as it was printed.
    pub signature: String,
    /// What printed it, if a command did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub command: String,
    /// Lines that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Evidence,
}

/// A command that checks the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verification {
    /// The command line in full.
    pub command: String,
    /// How it ended last: `passed`, `failed` or `started, result not seen`, and what it counted.
    pub outcome: String,
    /// How many edits came after it.
    pub edits_since: u32,
    /// Lines that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Evidence,
}

/// A question that nobody answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenQuestion {
    /// The question.
    pub question: String,
    /// Lines that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Evidence,
}

/// Where the work happens. Empty fields say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Environment {
    /// Working folder.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cwd: String,
    /// Branch.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub branch: String,
    /// Last commit known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commit: String,
    /// The repository's address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repository: String,
    /// Pull request.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pull_request: String,
    /// Whatever else was found out about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Finding>,
    /// Where the working tree stood when the handoff was saved; stored, never rendered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Head>,
    /// Where it stands at the load, if that is elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Head>,
}

impl Environment {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Environment::default()
    }

    /// Where the working tree stood when the handoff was saved, or else as the session says.
    pub fn then(&self) -> Head {
        let said = Head { root: self.cwd.clone(), branch: self.branch.clone(), commit: self.commit.clone() };
        self.anchor.clone().unwrap_or(said)
    }
}

/// Where a handoff comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Metadata {
    /// The transcript's first time; the epoch where it has none.
    pub created_at: Timestamp,
    /// The transcript's last time; the epoch where it has none.
    pub updated_at: Timestamp,
    /// The agent's id of the session, or one made from its content.
    pub session_id: String,
    /// The session a delta refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_session: Option<String>,
    /// What it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// How it was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
    /// What is not proven by a transcript but said by the agent, if something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
}

/// When an agent spoke of its session, and of what. Entries that are only said name no lines as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// The transcript's last line then; 0 without a transcript.
    #[serde(default)]
    pub after: u32,
    /// The parts of the task that are the agent's words: `objective`, `status`, `progress_summary`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
}

/// What a handoff was made from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// Format of the transcript.
    pub format: String,
    /// Number of events read.
    pub events: u64,
    /// Tokens of all text the models saw, in the encoding of [`Tokens::encoding`].
    pub tokens: u64,
    /// The model that worked last; shown with the evidence only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
    /// The provider's own figures, where the transcript has them; shown with the evidence only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Used>,
}

/// The provider's own figures for a whole session, in tokens.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Used {
    /// All input of all messages: fresh, cached and newly cached.
    pub input: u64,
    /// The part of it that was read from a cache.
    pub cached: u64,
    /// All output.
    pub output: u64,
    /// The input of the last message: what stood before the model at the end.
    pub context: u64,
}

/// How a handoff was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tokens {
    /// Name of the encoding, or of the model with the word "estimate".
    pub encoding: String,
    /// The budget it was made for.
    pub budget: u64,
}
