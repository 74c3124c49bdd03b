//! `save_handoff`: the agent's words, put together with what its transcript proves.

use std::path::PathBuf;

use jiff::Timestamp;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::work::Work;
use super::{Desk, Effect, Reply, Tool, arguments, data, schema};
use crate::error::Result;
use crate::service::{Save, Tell, Words};
use crate::source::Origin;
use crate::state::{Decision, Evidence, FileEntry, FocusRange, NextStep, Priority, Said, Status};

pub(super) const TOOL: Tool = Tool {
    name: "save_handoff",
    title: "Save a handoff",
    description: "Save a handoff of this session, for later or for another agent. Nothing is required: what you leave out \
is taken from the session's transcript, where one is found.",
    input: schema::of_arguments::<Arguments>,
    output: Some(schema::of_result::<Kept>),
    effect: Effect::Adds,
    call,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Id to save under; default: this session's
    session_id: Option<String>,
    /// What is to be accomplished
    task_objective: Option<String>,
    task_status: Option<Status>,
    /// What has been done
    progress_summary: Option<String>,
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    decisions: Vec<Chosen>,
    #[serde(default)]
    next_steps: Vec<Step>,
    /// Default: the latest session of this project
    transcript_path: Option<PathBuf>,
    /// Of many conversations at that path: title or id; default: the last used
    conversation: Option<String>,
    /// Id of the handoff this one continues
    base_session: Option<String>,
    /// Most tokens; default 2000
    budget: Option<usize>,
}

#[derive(Deserialize, JsonSchema)]
struct File {
    path: String,
    /// Why it matters
    #[serde(default)]
    relevance: String,
    #[serde(default)]
    focus_ranges: Vec<Range>,
}

#[derive(Deserialize, JsonSchema)]
struct Range {
    start: u32,
    end: u32,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize, JsonSchema)]
struct Chosen {
    decision: String,
    #[serde(default)]
    rationale: String,
}

#[derive(Deserialize, JsonSchema)]
struct Step {
    action: String,
    priority: Priority,
}

/// What was saved.
#[derive(Serialize, JsonSchema)]
struct Kept {
    session_id: String,
    version: u32,
    store: String,
    tokens: usize,
    /// Size of the session in tokens, if a transcript was read
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    tokens_read: Option<u64>,
    /// Secrets taken out of what was said
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "usize")]
    redacted: Option<usize>,
    /// Whether it was there already, word for word
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    unchanged: Option<bool>,
}

fn call(desk: &Desk, given: JsonObject, work: &Work) -> Result<Reply> {
    let given: Arguments = arguments(given)?;
    let session = given.conversation.clone();
    let named = given.transcript_path.clone().map(|path| Origin { path, session });
    let transcript = desk.transcript(named)?;
    let save = Save {
        id: given.session_id.clone(),
        base: given.base_session.clone(),
        budget: given.budget,
        project: Some(desk.project().id.clone()),
        tree: desk.tree(),
        ..Save::default()
    };
    let words = given.words(desk.surroundings.clock.now());
    let saved = desk.service.tell(Tell { words, transcript, save }, &|step| work.step(step))?;
    Ok(data(&Kept {
        session_id: saved.id,
        version: saved.version,
        store: saved.store,
        tokens: saved.tokens,
        tokens_read: Some(saved.tokens_read).filter(|read| *read > 0),
        redacted: Some(saved.redacted).filter(|marks| *marks > 0),
        unchanged: Some(saved.unchanged).filter(|same| *same),
    }))
}

impl Arguments {
    fn words(self, now: Timestamp) -> Words {
        Words {
            objective: self.task_objective.filter(|words| !words.trim().is_empty()),
            status: self.task_status,
            progress: self.progress_summary.filter(|words| !words.trim().is_empty()),
            files: self.files.into_iter().map(FileEntry::from).collect(),
            decisions: self.decisions.into_iter().map(|chosen| chosen.at(now)).collect(),
            next_steps: self.next_steps.into_iter().map(NextStep::from).collect(),
            said: Said { at: now, ..Said::default() },
        }
    }
}

impl From<File> for FileEntry {
    fn from(file: File) -> Self {
        let focus_ranges = file.focus_ranges.into_iter().map(FocusRange::from).collect();
        FileEntry { path: file.path, relevance: file.relevance, focus_ranges, ..FileEntry::default() }
    }
}

impl From<Range> for FocusRange {
    fn from(range: Range) -> Self {
        FocusRange {
            start: range.start,
            end: range.end.max(range.start),
            note: range.note,
            ..FocusRange::default()
        }
    }
}

impl Chosen {
    fn at(self, timestamp: Timestamp) -> Decision {
        // Decision and reason are read as one statement.
        let ends = self.decision.ends_with(|c: char| !c.is_alphanumeric());
        let end = if ends || self.rationale.is_empty() { "" } else { "." };
        Decision {
            decision: self.decision + end,
            rationale: self.rationale,
            timestamp,
            rejected: Vec::new(),
            evidence: Evidence::new(),
        }
    }
}

impl From<Step> for NextStep {
    fn from(step: Step) -> Self {
        NextStep { action: step.action, priority: step.priority, evidence: Evidence::new() }
    }
}
