//! One line of a rollout: what it says, without regard to the lines before it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::call::{self, Called};
use super::end::End;
use super::output::Output;
use super::talk::{self, Said};
use crate::event::{Context, Usage};

/// What a line says.
#[derive(Debug)]
pub(super) struct Record {
    pub time: Option<Timestamp>,
    pub item: Item,
}

/// What a line says, after its kind.
#[derive(Debug)]
pub(super) enum Item {
    /// Nothing that is not said elsewhere.
    Nothing,
    /// A kind of record that is not known.
    Unknown(String),
    /// Who and where: the session's own, or that of the thread it was forked from.
    Session(Context),
    /// Where the next turn runs.
    Turn(Context),
    /// Somebody said something; the same may be said again by another source.
    Talk { source: Source, said: Vec<Said> },
    /// The agent called a tool.
    Call { id: Option<String>, called: Box<Called> },
    /// A tool answered.
    Output { id: Option<String>, output: Output },
    /// The host's account of how a command or a patch ended.
    End { id: Option<String>, end: End },
    /// What the last message cost; the total tells a repeated record from a new one.
    Usage { usage: Usage, total: String },
    /// The host compacted the conversation; `earlier` is what the user had said before.
    Compacted { summary: Option<String>, earlier: Vec<Said> },
}

/// Which of the three accounts of the same conversation a record belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Response = 0,
    Event = 1,
    Completed = 2,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Line<'a> {
    timestamp: Value,
    created_at: Value,
    r#type: Value,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

/// The fields that matter, of any type: other fields, some of them large, are skipped without being built.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Payload<'a> {
    pub r#type: Value,
    pub role: Value,
    pub content: Value,
    pub message: Value,
    pub text: Value,
    pub summary: Value,
    pub name: Value,
    pub function: Value,
    pub namespace: Value,
    pub arguments: Value,
    pub input: Value,
    pub action: Value,
    pub call_id: Value,
    pub id: Value,
    pub output: Value,
    #[serde(borrow)]
    pub result: Option<&'a RawValue>,
    #[serde(borrow)]
    pub replacement_history: Option<&'a RawValue>,
    pub info: Value,
    pub reason: Value,
    pub command: Value,
    pub exit_code: Value,
    pub success: Value,
    pub status: Value,
    pub changes: Value,
    pub item: Value,
    pub thread_name: Value,
    pub thread_settings: Value,
    pub cwd: Value,
    pub model: Value,
    pub git: Value,
    pub originator: Value,
    pub cli_version: Value,
    pub session_id: Value,
    pub timestamp: Value,
}

/// Reads one line.
pub(super) fn parse(line: &str) -> Result<Record, String> {
    let line = line.trim();
    let outer: Line = object(line)?;
    let time = [&outer.timestamp, &outer.created_at].iter().find_map(|time| time.as_str()?.parse().ok());
    let kind = outer.r#type.as_str().unwrap_or_default();
    let item = match outer.payload {
        Some(payload) => enveloped(kind, &object(payload.get())?),
        None => bare(kind, &object(line)?),
    };
    Ok(Record { time, item })
}

fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    if !text.starts_with('{') {
        return Err("not a JSON object".to_owned());
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn enveloped(kind: &str, payload: &Payload) -> Item {
    match kind {
        "session_meta" => Item::Session(session(payload)),
        "turn_context" => Item::Turn(turn(&payload.cwd, &payload.model)),
        "response_item" => response(payload),
        "event_msg" => event(payload),
        "compacted" => compacted(payload),
        "world_state" | "token_usage_record" | "inter_agent_communication_metadata" => Item::Nothing,
        _ => Item::Unknown(kind.to_owned()),
    }
}

/// A line of the first versions, which had no envelope.
fn bare(kind: &str, payload: &Payload) -> Item {
    let is_header = kind.is_empty() && payload.role.is_null();
    match () {
        () if !is_header => response(payload),
        () if payload.id.is_string() => Item::Session(session(payload)),
        () => Item::Nothing,
    }
}

fn session(payload: &Payload) -> Context {
    let git = |key| text(&payload.git[key]);
    let agent = [text(&payload.originator), text(&payload.cli_version)];
    let agent: Vec<_> = agent.into_iter().flatten().collect();
    Context {
        session: text(&payload.id).or_else(|| text(&payload.session_id)),
        cwd: text(&payload.cwd),
        branch: git("branch"),
        commit: git("commit_hash"),
        repository: git("repository_url"),
        agent: (!agent.is_empty()).then(|| agent.join(" ")),
        ..Context::default()
    }
}

fn turn(cwd: &Value, model: &Value) -> Context {
    Context { cwd: text(cwd), model: text(model), ..Context::default() }
}

fn response(payload: &Payload) -> Item {
    let kind = payload.r#type.as_str().unwrap_or_default();
    match kind {
        "message" | "" => message(payload),
        "reasoning" => Item::Talk { source: Source::Response, said: talk::reasoning(&payload.summary) },
        "agent_message" => Item::Talk { source: Source::Response, said: talk::injected(&payload.content) },
        "function_call"
        | "custom_tool_call"
        | "local_shell_call"
        | "tool_call"
        | "tool_search_call"
        | "web_search_call"
        | "image_generation_call"
        | "mcp_tool_call" => Item::Call { id: call_id(payload), called: Box::new(call::read(kind, payload)) },
        "function_call_output" | "custom_tool_call_output" | "local_shell_call_output" => {
            Item::Output { id: call_id(payload), output: Output::of(&payload.output) }
        }
        "tool_result" | "function_result" => {
            let result = payload.result.and_then(|raw| serde_json::from_str(raw.get()).ok());
            Item::Output { id: call_id(payload), output: Output::of(&result.unwrap_or_default()) }
        }
        "ghost_snapshot" | "compaction" | "compaction_summary" | "tool_search_output" | "other" => {
            Item::Nothing
        }
        _ => Item::Unknown(format!("response_item {kind}")),
    }
}

fn message(payload: &Payload) -> Item {
    let content = if payload.content.is_null() { &payload.message } else { &payload.content };
    let said = match payload.role.as_str() {
        Some("user") => talk::user(content),
        Some("assistant") => talk::assistant(content),
        Some(_) => talk::injected(content),
        None => return Item::Nothing,
    };
    Item::Talk { source: Source::Response, said }
}

fn event(payload: &Payload) -> Item {
    let heard = |said| Item::Talk { source: Source::Event, said };
    match payload.r#type.as_str().unwrap_or_default() {
        "user_message" => heard(talk::user(&payload.message)),
        "agent_message" => heard(talk::assistant(&payload.message)),
        "agent_reasoning" => heard(talk::reasoning(&payload.text)),
        "turn_aborted" => heard(talk::aborted(&payload.reason)),
        "token_count" => usage(&payload.info),
        "exec_command_end" => Item::End {
            id: call_id(payload),
            end: End::of_command(&payload.command, &payload.exit_code, &payload.status, text(&payload.cwd)),
        },
        "patch_apply_end" => {
            let failed = payload.success == Value::Bool(false);
            Item::End { id: call_id(payload), end: End::of_patch(&payload.changes, &payload.status, failed) }
        }
        "item_completed" => completed(&payload.item),
        "thread_name_updated" => {
            Item::Turn(Context { title: text(&payload.thread_name), ..Context::default() })
        }
        "thread_settings_applied" => {
            Item::Turn(turn(&payload.thread_settings["cwd"], &payload.thread_settings["model"]))
        }
        kind if is_chatter(kind) => Item::Nothing,
        kind => Item::Unknown(format!("event_msg {kind}")),
    }
}

/// Events for the screen only: what they say stands in other records, or matters to nobody later.
fn is_chatter(kind: &str) -> bool {
    const PARTS: [&str; 11] = [
        "_begin",
        "_delta",
        "_started",
        "_complete",
        "_end",
        "_mode",
        "_request",
        "_response",
        "_updated",
        "_activity",
        "_diff",
    ];
    const WHOLE: [&str; 12] = [
        "",
        "agent_reasoning_raw_content",
        "agent_reasoning_section_break",
        "background_event",
        "context_compacted",
        "error",
        "guardian_assessment",
        "stream_error",
        "undo_completed",
        "view_image_tool_call",
        "warning",
        "thread_rolled_back",
    ];
    WHOLE.contains(&kind) || PARTS.iter().any(|part| kind.ends_with(part))
}

/// What newer versions write when a step is done: a third account of the same.
fn completed(item: &Value) -> Item {
    let said = |said| Item::Talk { source: Source::Completed, said };
    let id = || text(&item["id"]);
    match item["type"].as_str().unwrap_or_default() {
        "UserMessage" => said(talk::user(&item["content"])),
        "AgentMessage" => said(talk::assistant(&item["content"])),
        "Reasoning" => said(talk::reasoning(&item["summary_text"])),
        "Plan" => said(text(&item["text"]).map(Said::Plan).into_iter().collect()),
        "CommandExecution" => Item::End {
            id: id(),
            end: End::of_command(&item["command"], &item["exit_code"], &item["status"], text(&item["cwd"])),
        },
        "FileChange" => Item::End { id: id(), end: End::of_patch(&item["changes"], &item["status"], false) },
        _ => Item::Nothing,
    }
}

fn usage(info: &Value) -> Item {
    let last = &info["last_token_usage"];
    let count = |key: &str| last[key].as_u64().unwrap_or_default();
    if !last.is_object() {
        return Item::Nothing;
    }
    let total = &info["total_token_usage"];
    Item::Usage {
        usage: Usage {
            input: count("input_tokens"),
            cached: count("cached_input_tokens"),
            output: count("output_tokens"),
        },
        total: if total.is_null() { last } else { total }.to_string(),
    }
}

fn compacted(payload: &Payload) -> Item {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Old {
        role: Value,
        content: Value,
    }
    let history =
        payload.replacement_history.and_then(|raw| serde_json::from_str::<Vec<Old>>(raw.get()).ok());
    let users = history.into_iter().flatten().filter(|old| old.role == "user");
    let earlier = users.flat_map(|old| talk::user(&old.content)).filter(|said| matches!(said, Said::User(_)));
    Item::Compacted { summary: text(&payload.message), earlier: earlier.collect() }
}

fn call_id(payload: &Payload) -> Option<String> {
    text(&payload.call_id).or_else(|| text(&payload.id))
}

/// A string that is not blank.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(ToOwned::to_owned)
}

/// A whole number that fits.
pub(super) fn integer(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|number| i32::try_from(number).ok())
}
