//! What happened in a session: a neutral, ordered stream of events that every format is read into.
//!
//! File order is the rule: an event stands where its record stood in the file. Each event knows the line it was
//! read from, so that everything said about the session later can be traced back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A session as read from a file: its events in file order, and what could not be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Transcript {
    /// Name of the format it was read as, one of [`crate::format::FORMATS`].
    pub format: &'static str,
    /// What happened, in file order.
    pub events: Vec<Event>,
    /// Records that were lost, with the line and the reason.
    pub warnings: Vec<Warning>,
}

/// A record that could not be read: it costs itself and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// Line in the file, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub message: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Line in the file, from 1. In a format that is one document, the line where the record begins.
    pub line: u32,
    /// When, if the record says so. Never used for ordering.
    pub time: Option<Timestamp>,
    /// Whether the session itself or a subagent did it.
    pub actor: Actor,
    /// Whether it stands on a branch the user went back from: it was tried, and dropped.
    pub abandoned: bool,
    /// What happened.
    pub kind: EventKind,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The session's own agent, and its user.
    #[default]
    Main,
    /// A subagent: its effects count, its talk does not.
    Subagent,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The user said something: typed text only. What hosts inject (reminders, environment blocks, skill bodies,
    /// command wrappers) is removed, or becomes [`EventKind::Injected`].
    User {
        /// As typed.
        text: String,
    },
    /// The user invoked a slash command of their own or of a plugin; built-in ones (`/clear`, `/model`) are left out.
    Command {
        /// The command's name with its slash.
        name: String,
        /// What follows it.
        arguments: String,
    },
    /// Text that the host put before the model: reminders, skill bodies, memory files. Seen by the model, not said by anybody.
    Injected {
        /// As injected.
        text: String,
    },
    /// The agent said something.
    Assistant {
        /// As said.
        text: String,
    },
    /// The agent thought something, where the transcript shows it.
    Reasoning {
        /// As shown.
        text: String,
    },
    /// The agent called a tool.
    Call(Call),
    /// A tool answered.
    Result(ToolResult),
    /// The to-do list as it stands after this record, in its order.
    Todos(Vec<Todo>),
    /// The user accepted a plan.
    PlanApproved {
        /// The plan's text.
        plan: String,
    },
    /// The user stopped the agent.
    Interrupted,
    /// The host compacted the conversation here; what stands before it was no longer before the model.
    Compacted {
        /// The host's summary, if it is readable: evidence of low trust, never the user's words.
        summary: Option<String>,
    },
    /// A file changed outside the agent's tools (the user or a formatter edited it): line numbers known before are doubtful.
    ChangedOutside {
        /// The file.
        path: String,
    },
    /// Where the session runs, or a change of it. Fields that did not change are empty.
    Context(Context),
    /// What one API message cost, once per message.
    Usage(Usage),
}

/// A tool call by the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The agent's name for the tool.
    pub tool: String,
    /// What the model wrote as input: the string values (and numbers) of its arguments in order, one a line.
    pub input: String,
    /// What the call means.
    pub action: Action,
}

/// What a tool call means, whatever the agent names its tools.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Run a shell command.
    Run {
        /// The command line in full.
        command: String,
        /// Folder it runs in, where the call says so.
        cwd: Option<String>,
    },
    /// Read a file or a part of it.
    Read {
        /// The file.
        path: String,
        /// The lines asked for, where the call says so.
        range: Option<LineRange>,
    },
    /// Change files. The hunks are what the call says; positions are often unknown until the result.
    Edit(Vec<FileEdit>),
    /// Look for something.
    Search {
        /// The pattern.
        pattern: String,
        /// Where, if not everywhere.
        path: Option<String>,
    },
    /// Ask the user.
    Ask(Vec<Question>),
    /// Propose a plan.
    Plan {
        /// The plan's text.
        text: String,
    },
    /// Hand a task to a subagent.
    Delegate {
        /// The task.
        prompt: String,
    },
    /// Anything else (a to-do list shows as [`EventKind::Todos`]).
    Other,
}

/// An inclusive range of lines, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineRange {
    /// First line.
    pub start: u32,
    /// Last line; not below `start`.
    pub end: u32,
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolResult {
    /// Index into [`Transcript::events`] of the [`EventKind::Call`] it answers; none if that record is missing.
    pub call: Option<usize>,
    /// How it ended.
    pub status: Status,
    /// The exit status of a command, where the record shows it.
    pub exit: Option<i32>,
    /// The text the model was shown.
    pub text: String,
    /// What really changed, with positions where the record has them. Empty where the record does not say: then
    /// the call's own [`Action::Edit`] holds, if the status is [`Status::Ok`].
    pub edits: Vec<FileEdit>,
    /// What was really read, where the record says so: the lines shown, in `text` or not.
    pub read: Option<FileRead>,
    /// The user's answers to the questions of the call.
    pub answers: Vec<Answer>,
}

/// How a tool call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It did what it was asked, or nothing says otherwise.
    Ok,
    /// It failed, or its command exited with another status than 0.
    Failed,
    /// The user refused it; the text holds their reason, if they gave one.
    Denied,
    /// The user stopped it while it ran.
    Interrupted,
}

/// A change of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEdit {
    /// The file as the record names it.
    pub path: String,
    /// What was done.
    pub change: Change,
    /// The changed places, in the order of the record. Empty for a deletion, and where the record has only the new content.
    pub hunks: Vec<Hunk>,
    /// The whole new content, where the record has it (a file written whole).
    pub content: Option<String>,
}

/// What was done to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Created,
    /// It was changed in place, or written anew over an old one.
    Edited,
    /// It is gone.
    Deleted,
    /// It has a new name (and perhaps new content, in the hunks).
    Renamed {
        /// Its name before.
        from: String,
    },
}

/// One changed place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hunk {
    /// Where, if the record has line numbers.
    pub position: Option<HunkPosition>,
    /// The lines, each with its mark and without its line end: `' '` context, `'-'` removed, `'+'` added.
    /// Joined with `'\n'`.
    pub lines: String,
    /// Whether every place that matches was changed (an edit with `replace_all`).
    pub everywhere: bool,
    /// The text after `@@` where there is one: usually the enclosing symbol.
    pub heading: Option<String>,
}

/// Where a hunk stands, as in a unified diff (context lines count on both sides).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HunkPosition {
    /// First line on the old side, from 1; with no old lines, the line it comes after (0: before the first).
    pub old_start: u32,
    /// Number of lines on the old side.
    pub old_lines: u32,
    /// First line on the new side, from 1; with no new lines, the line it comes after.
    pub new_start: u32,
    /// Number of lines on the new side.
    pub new_lines: u32,
}

/// A part of a file that the model was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRead {
    /// The file as the record names it.
    pub path: String,
    /// Number of the first line shown, from 1.
    pub start: u32,
    /// The lines, without numbers, joined with `'\n'`.
    pub content: String,
    /// Number of lines of the whole file, where the record says so.
    pub total: Option<u32>,
}

/// A question to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What was asked.
    pub text: String,
    /// What could be chosen.
    pub options: Vec<QuestionOption>,
}

/// One thing that could be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionOption {
    /// Its short name.
    pub label: String,
    /// What it means; may be empty.
    pub description: String,
}

/// What the user answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The question it answers.
    pub question: String,
    /// The labels chosen, or the user's own words.
    pub answer: String,
}

/// One entry of a to-do list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    /// What is to be done.
    pub text: String,
    /// How far it is.
    pub state: TodoState,
}

/// How far an entry of a to-do list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TodoState {
    /// Not begun.
    Pending,
    /// Being worked on.
    InProgress,
    /// Done.
    Completed,
    /// Dropped.
    Cancelled,
}

/// Where a session runs. Empty fields say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Context {
    /// The agent's id of the session.
    pub session: Option<String>,
    /// Working folder.
    pub cwd: Option<String>,
    /// Branch.
    pub branch: Option<String>,
    /// Commit at the start.
    pub commit: Option<String>,
    /// The repository's address.
    pub repository: Option<String>,
    /// The model's name.
    pub model: Option<String>,
    /// Name and version of the agent.
    pub agent: Option<String>,
    /// A title that the host or the user gave to the session.
    pub title: Option<String>,
    /// Address of a pull request that belongs to the session.
    pub pull_request: Option<String>,
}

/// The provider's own figures for one API message, in tokens.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Everything before the model: fresh, cached and newly cached input.
    pub input: u64,
    /// Part of `input` that was read from a cache.
    pub cached: u64,
    /// What the model wrote, reasoning included.
    pub output: u64,
}

impl Event {
    /// The text that the model read or wrote in this event, piece by piece. Side copies are not in it.
    pub fn seen(&self) -> impl Iterator<Item = &str> {
        let one = match &self.kind {
            EventKind::User { text }
            | EventKind::Injected { text }
            | EventKind::Assistant { text }
            | EventKind::Reasoning { text } => Some(text.as_str()),
            EventKind::Command { arguments, .. } => Some(arguments.as_str()),
            EventKind::Call(call) => Some(call.input.as_str()),
            EventKind::Result(result) => Some(result.text.as_str()),
            EventKind::Compacted { summary } => summary.as_deref(),
            EventKind::Todos(_)
            | EventKind::PlanApproved { .. }
            | EventKind::Interrupted
            | EventKind::ChangedOutside { .. }
            | EventKind::Context(_)
            | EventKind::Usage(_) => None,
        };
        one.into_iter()
    }
}
