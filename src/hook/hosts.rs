//! What every host asks of its hooks, as data: names of events, what each is for, how an answer looks, and how long it may be.

use serde_json::{Value, json};

/// A program that runs an agent and calls hooks.
pub struct Host {
    /// The name that `baton hook` takes.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Its events, each with what is done at it.
    pub events: &'static [(&'static str, Task)],
    /// How it wants to be told nothing.
    pub silence: &'static str,
    /// How it wants to be given context at an event.
    pub context: fn(event: &str, text: &str) -> String,
    /// The most bytes of such a context: what it measures in characters or thinks to be tokens is never more.
    pub most_bytes: usize,
    /// The most tokens of such a context.
    pub most_tokens: usize,
}

/// What is done at an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The session is saved as far as it is.
    Save,
    /// A session begins, or goes on after a break: it is given the handoff.
    Restore,
    /// A session goes on with less in its context: it is given its own handoff.
    Continue,
    /// The host has made a summary of its own, which is kept beside ours.
    Summary,
}

/// All hosts, by name.
pub static HOSTS: &[Host] = &[CLAUDE_CODE, CODEX, CURSOR, GEMINI, OPENCODE];

/// The host of that name.
pub fn find(name: &str) -> Option<&'static Host> {
    HOSTS.iter().find(|host| host.name == name)
}

const CLAUDE_CODE: Host = Host {
    name: "claude-code",
    title: "Claude Code",
    events: &[
        ("PreCompact", Task::Save),
        ("PostCompact", Task::Summary),
        ("SessionStart", Task::Restore),
        ("Stop", Task::Save),
        ("SessionEnd", Task::Save),
    ],
    // What stands on stdout at PreCompact becomes a part of the instructions for the summary.
    silence: "",
    context: specific_output,
    most_bytes: 10_000,
    most_tokens: 2_500,
};

const CODEX: Host = Host {
    name: "codex",
    title: "Codex",
    events: &[
        ("PreCompact", Task::Save),
        ("PostCompact", Task::Save),
        ("SessionStart", Task::Restore),
        ("Stop", Task::Save),
        ("SessionEnd", Task::Save),
        ("Interrupt", Task::Save),
    ],
    // Stop demands JSON, and no event minds it.
    silence: "{}",
    context: specific_output,
    most_bytes: 10_000,
    most_tokens: 2_500,
};

const CURSOR: Host = Host {
    name: "cursor",
    title: "Cursor",
    events: &[
        ("preCompact", Task::Save),
        ("sessionStart", Task::Restore),
        ("stop", Task::Save),
        ("sessionEnd", Task::Save),
    ],
    silence: "{}",
    context: |_, text| json!({"additional_context": text}).to_string(),
    most_bytes: 10_000,
    most_tokens: 2_500,
};

const GEMINI: Host = Host {
    name: "gemini",
    title: "Gemini CLI",
    events: &[
        ("PreCompress", Task::Save),
        ("SessionStart", Task::Restore),
        ("AfterAgent", Task::Save),
        ("SessionEnd", Task::Save),
    ],
    silence: "{}",
    context: specific_output,
    most_bytes: 10_000,
    most_tokens: 2_500,
};

/// `OpenCode` has no hooks of this kind; its plugin calls us with the names of its own events, and takes plain text.
const OPENCODE: Host = Host {
    name: "opencode",
    title: "OpenCode",
    events: &[
        ("experimental.session.compacting", Task::Continue),
        ("session.compacted", Task::Save),
        ("session.created", Task::Restore),
        ("session.idle", Task::Save),
    ],
    silence: "",
    context: |_, text| text.to_owned(),
    most_bytes: 10_000,
    most_tokens: 2_500,
};

/// The answer that Claude Code brought in, and others took over. No other key may stand in it.
fn specific_output(event: &str, text: &str) -> String {
    json!({"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}}).to_string()
}

/// What a host tells at an event, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// The host's id of the session.
    pub session: Option<String>,
    /// Where the transcript is.
    pub transcript: Option<String>,
    /// The folder the session works in.
    pub folder: Option<String>,
    /// Why a session starts: `startup`, `resume`, `clear` or `compact`.
    pub source: Option<String>,
    /// The host's own summary.
    pub summary: Option<String>,
}

/// The names that hosts have for what they tell, the usual one first.
const SESSION: &[&str] = &["/session_id", "/conversation_id", "/sessionID"];
const TRANSCRIPT: &[&str] = &["/transcript_path"];
const FOLDER: &[&str] = &["/cwd", "/workspace_roots/0", "/directory"];
const NAME: &[&str] = &["/hook_event_name"];
const SOURCE: &[&str] = &["/source"];
const SUMMARY: &[&str] = &["/compact_summary"];

impl Event {
    /// Reads what a host sent: a JSON object of which more may be there than is known.
    pub fn read(sent: &[u8]) -> Result<Event, serde_json::Error> {
        let sent: serde_json::Map<String, Value> = serde_json::from_slice(sent)?;
        let sent = Value::Object(sent);
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| sent.pointer(name)?.as_str());
            found.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        Ok(Event {
            name: text(NAME).unwrap_or_default(),
            session: text(SESSION),
            transcript: text(TRANSCRIPT),
            folder: text(FOLDER),
            source: text(SOURCE),
            summary: text(SUMMARY),
        })
    }
}
