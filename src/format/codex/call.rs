//! What the agent's tool calls mean.

use serde_json::Value;

use super::record::{Payload, text};
use super::script;
use crate::event::{Action, Call, LineRange, Question, QuestionOption, Todo, TodoState};
use crate::format::{patch, shell};

/// A tool call, and what is needed to make sense of its answer.
#[derive(Debug)]
pub(super) struct Called {
    pub call: Call,
    /// The folder the call names.
    pub folder: Option<String>,
    /// The list as it stands after the call.
    pub todos: Option<Vec<Todo>>,
    /// Ids of the questions asked, in order.
    pub questions: Vec<String>,
    /// The running process that the call goes on with.
    pub process: Option<String>,
    pub script: Script,
}

/// Whether a call is a script, which calls tools itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Script {
    No,
    /// It shows nothing but what its one command printed.
    ShowsOutput,
    /// What it shows may be anything.
    Silent,
}

/// Reads a call record of any kind.
pub(super) fn read(kind: &str, payload: &Payload) -> Called {
    let tool = text(&payload.name).or_else(|| text(&payload.function["name"]));
    let written =
        [&payload.arguments, &payload.input, &payload.action].into_iter().find(|value| !value.is_null());
    let written = written.unwrap_or(&Value::Null);
    let parsed = written.as_str().filter(|text| text.trim_start().starts_with('{'));
    let parsed: Option<Value> = parsed.and_then(|text| serde_json::from_str(text).ok());
    let arguments = parsed.as_ref().unwrap_or(written);
    let tool = tool.unwrap_or_else(|| kind.trim_end_matches("_call").to_owned());
    let mut input = String::new();
    flatten(arguments, &mut input);
    let mut called = meaning(&tool, arguments);
    if let (Action::Edit(edits), Some(folder)) = (&mut called.call.action, &called.folder)
        && !is_absolute(folder)
    {
        patch::place_in(folder, edits);
    }
    called.call.tool = tool;
    called.call.input = input;
    called
}

/// The command line in a `command` field: a string, or a list of words.
pub(super) fn command_line(value: &Value) -> Option<String> {
    match value {
        Value::String(line) => Some(line.clone()),
        Value::Array(words) => {
            let words: Vec<String> = words.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect();
            (!words.is_empty()).then(|| shell::unwrap(&words))
        }
        _ => None,
    }
}

/// Whether a folder is one by itself, wherever the session runs.
pub(super) fn is_absolute(folder: &str) -> bool {
    crate::text::joined("x", folder) == folder
}

/// The strings and numbers in a value, one a line.
fn flatten(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(text);
        }
        Value::Number(number) => flatten(&Value::String(number.to_string()), out),
        Value::Array(values) => values.iter().for_each(|value| flatten(value, out)),
        Value::Object(fields) => fields.values().for_each(|value| flatten(value, out)),
        Value::Null | Value::Bool(_) => {}
    }
}

fn meaning(tool: &str, arguments: &Value) -> Called {
    let name = tool.rsplit('.').next().unwrap_or(tool);
    let action = match name {
        "shell" | "local_shell" | "shell_command" | "exec_command" | "unified_exec" | "run_shell_command" => {
            return command(arguments);
        }
        "exec" | "js" | "js_repl" => match source(arguments) {
            Some(source) => return scripted(source),
            None => return command(arguments),
        },
        "apply_patch" | "applypatch" | "patch" => edit(arguments),
        "view_image" => path(arguments).map(|path| Action::Read { path, range: None }),
        "read_file" => path(arguments).map(|path| Action::Read { path, range: lines(arguments) }),
        "grep_files" => search(arguments),
        "request_user_input" | "ask_user" | "ask_user_question" => ask(arguments),
        "spawn_agent"
        | "send_input"
        | "send_message"
        | "followup_task"
        | "assign_task"
        | "spawn_agents_on_csv" => prompt(arguments),
        _ => None,
    };
    let mut called = of(action.unwrap_or(Action::Other));
    called.todos = (name == "update_plan").then(|| todos(arguments)).flatten();
    called.process = match name {
        "write_stdin" => arguments.get("session_id").map(plain),
        "wait" => arguments.get("cell_id").map(|cell| format!("cell {}", plain(cell))),
        _ => None,
    };
    called.questions = question_ids(arguments, &called.call.action);
    called
}

fn of(action: Action) -> Called {
    let call = Call { tool: String::new(), input: String::new(), action };
    Called { call, folder: None, todos: None, questions: Vec::new(), process: None, script: Script::No }
}

fn command(arguments: &Value) -> Called {
    let given = ["command", "cmd"].into_iter().map(|key| &arguments[key]).find(|value| !value.is_null());
    let line = given.and_then(command_line);
    let cwd = ["workdir", "working_directory", "cwd"].into_iter().find_map(|key| text(&arguments[key]));
    let Some(line) = line else { return of(Action::Other) };
    let edits = match given.and_then(Value::as_array).map(Vec::as_slice) {
        Some([Value::String(program), Value::String(body)]) if program.ends_with("patch") => {
            patch::apply_patch(body)
        }
        _ => patch::in_command(&line),
    };
    let action =
        if edits.is_empty() { Action::Run { command: line, cwd: cwd.clone() } } else { Action::Edit(edits) };
    Called { folder: cwd, ..of(action) }
}

/// The text of a script, raw or as the only argument.
fn source(arguments: &Value) -> Option<&str> {
    ["input", "code"].into_iter().find_map(|key| arguments[key].as_str()).or(arguments.as_str())
}

/// A script that calls tools: its patches if it has any, else its commands, else the task it hands on.
fn scripted(source: &str) -> Called {
    let mined = script::mine(source);
    let script = if mined.shows_output { Script::ShowsOutput } else { Script::Silent };
    let prompt = mined.prompts.into_iter().next();
    let action = if !mined.edits.is_empty() {
        Action::Edit(mined.edits)
    } else if !mined.commands.is_empty() {
        Action::Run { command: mined.commands.join("\n"), cwd: mined.folder.clone() }
    } else {
        prompt.map_or(Action::Other, |prompt| Action::Delegate { prompt })
    };
    let todos = (!mined.todos.is_empty()).then_some(mined.todos);
    Called { folder: mined.folder, todos, script, ..of(action) }
}

fn edit(arguments: &Value) -> Option<Action> {
    let body = ["input", "patch", "command"].into_iter().find_map(|key| arguments[key].as_str());
    let edits = patch::apply_patch(body.or(arguments.as_str())?);
    (!edits.is_empty()).then_some(Action::Edit(edits))
}

fn path(arguments: &Value) -> Option<String> {
    ["path", "file_path"].into_iter().find_map(|key| text(&arguments[key]))
}

fn lines(arguments: &Value) -> Option<LineRange> {
    let number = |key: &str| arguments[key].as_u64().and_then(|number| u32::try_from(number).ok());
    let (start, count) = (number("offset").unwrap_or(1).max(1), number("limit")?.max(1));
    Some(LineRange { start, end: start.saturating_add(count - 1) })
}

fn search(arguments: &Value) -> Option<Action> {
    Some(Action::Search { pattern: text(&arguments["pattern"])?, path: text(&arguments["path"]) })
}

fn prompt(arguments: &Value) -> Option<Action> {
    let prompt = ["message", "prompt", "task", "input", "instruction"]
        .into_iter()
        .find_map(|key| text(&arguments[key]));
    Some(Action::Delegate { prompt: prompt? })
}

fn ask(arguments: &Value) -> Option<Action> {
    let questions = arguments["questions"].as_array()?.iter().map(|question| Question {
        text: string(&question["question"]),
        options: question["options"].as_array().into_iter().flatten().map(option).collect(),
    });
    Some(Action::Ask(questions.collect()))
}

fn option(option: &Value) -> QuestionOption {
    let label = option.as_str().map_or_else(|| string(&option["label"]), ToOwned::to_owned);
    QuestionOption { label, description: string(&option["description"]) }
}

fn question_ids(arguments: &Value, action: &Action) -> Vec<String> {
    let questions = arguments["questions"].as_array().filter(|_| matches!(action, Action::Ask(_)));
    questions.into_iter().flatten().map(|question| string(&question["id"])).collect()
}

fn todos(arguments: &Value) -> Option<Vec<Todo>> {
    let todo = |entry: &Value| Todo { text: string(&entry["step"]), state: state(&entry["status"]) };
    Some(arguments["plan"].as_array()?.iter().map(todo).collect())
}

/// The state that a plan's step is said to be in.
pub(super) fn state(status: &Value) -> TodoState {
    match status.as_str() {
        Some("completed") => TodoState::Completed,
        Some("in_progress") => TodoState::InProgress,
        Some("cancelled") => TodoState::Cancelled,
        _ => TodoState::Pending,
    }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
