//! `ui_messages.json`: the same task as the screen showed it, a line of the screen each. It says less than the messages
//! that the model saw, but is what is left where those are gone.

use crate::event::{EventKind, Usage};
use crate::format::conversation::{Answer, arguments};
use crate::format::json::{Object, Value};
use crate::format::lines::Sink;
use crate::format::value::{count, owned, string, text};

/// Lines of the screen that say something about the work, and the roles of messages.
pub(super) const MAPPED: &[&str] = &[
    "ask command",
    "ask followup",
    "ask plan_mode_respond",
    "ask tool",
    "ask use_mcp_server",
    "assistant",
    "say api_req_started",
    "say command",
    "say command_output",
    "say completion_result",
    "say condense_context",
    "say error",
    "say reasoning",
    "say task",
    "say text",
    "say tool",
    "say use_mcp_server",
    "say user_feedback",
    "user",
];

/// Lines of the screen that say nothing about the work, each with the reason.
pub(super) const IGNORED: &[(&str, &str)] = &[
    ("ask api_req_failed", "trouble between the host and the model's provider"),
    ("ask command_output", "asks whether to go on while a command runs"),
    ("ask completion_result", "asks whether the result is accepted; it is said before"),
    ("ask mistake_limit_reached", "asks whether to go on"),
    ("ask resume_completed_task", "asks whether to go on"),
    ("ask resume_task", "asks whether to go on"),
    ("say api_req_finished", "marks an end"),
    ("say api_req_retried", "trouble between the host and the model's provider"),
    ("say browser_action", "a step in a browser, told by the call"),
    ("say browser_action_result", "a picture of a browser"),
    ("say checkpoint_created", "names a state that the host keeps for itself"),
    ("say checkpoint_saved", "names a state that the host keeps for itself"),
    ("say mcp_server_request_started", "the host's own affairs"),
    ("say mcp_server_response", "what the server answered, told to the model"),
    ("say shell_integration_warning", "a remark of the host on its screen"),
    ("say task_progress", "a list on the screen that the calls set"),
    ("say user_feedback_diff", "what the user changed in an edit before taking it"),
];

/// Whether a record is a line of the screen.
pub(super) fn is_line(record: &Value) -> bool {
    ["say", "ask"].contains(&text(record, "type")) && record[text(record, "type")].is_string()
}

/// What kind of line it is.
pub(super) fn kind(record: &Value) -> String {
    let way = text(record, "type");
    format!("{way} {}", text(record, way))
}

/// Adds what a line of the screen says. The first words are the task.
pub(super) fn tell(record: &Value, out: &mut Sink) {
    let (words, kind) = (text(record, "text"), kind(record));
    let is_first = !out.transcript.events.iter().any(|event| matches!(event.kind, EventKind::User { .. }));
    match kind.as_str() {
        _ if record["partial"] == Value::Bool(true) => {}
        "say task" | "say user_feedback" => out.user(words),
        "say text" if is_first => out.user(words),
        "say text" | "say completion_result" => out.assistant(words),
        "ask plan_mode_respond" => out.assistant(string(&parsed(words), &["response"]).unwrap_or(words)),
        "say reasoning" => out.think(words),
        "say error" => out.inject(words),
        "say command" | "ask command" => drop(out.call(None, COMMAND, &Value::object([("command", words)]))),
        "say command_output" => {
            out.answer(Answer { tool: Some(COMMAND), text: words.to_owned(), ..Answer::default() });
        }
        "ask followup" => drop(out.call(None, "ask_followup_question", &question(words))),
        "say tool" | "ask tool" => tool(&parsed(words), kind.starts_with("say"), out),
        "say use_mcp_server" | "ask use_mcp_server" => {
            let call = parsed(words);
            let name = string(&call, &["toolName", "uri"]).unwrap_or("use_mcp_tool");
            out.call(None, name, &arguments(&call["arguments"]));
        }
        "say api_req_started" => usage(&parsed(words), out),
        "say condense_context" => {
            let summary =
                owned(&record["contextCondense"], &["summary"]).or_else(|| owned(record, &["text"]));
            out.tell(EventKind::Compacted { summary });
        }
        kind => out.other(kind, IGNORED),
    }
}

const COMMAND: &str = "execute_command";

fn parsed(words: &str) -> Value {
    serde_json::from_str(words).unwrap_or_default()
}

fn question(words: &str) -> Value {
    match parsed(words) {
        asked @ Value::Object(_) => asked,
        _ => Value::object([("question", words)]),
    }
}

/// A call of a tool as the screen tells it; one that the user was asked about may not have been carried out.
fn tool(shown: &Value, carried_out: bool, out: &mut Sink) {
    let Some(name) = string(shown, &["tool"]) else { return };
    let shows_result = ["searchFiles", "listFiles", "listCode"].iter().any(|tool| name.starts_with(tool));
    let reads = name.starts_with("readFile");
    let own = |key: &str| key == "tool" || (key == "content" && (shows_result || reads));
    let members = shown.as_object().into_iter().flat_map(Object::iter).filter(|(key, _)| !own(key));
    let arguments: Value = members.map(|(key, value)| (key.to_owned(), value.clone())).collect();
    out.call(None, name, &arguments);
    if carried_out {
        let shown = if shows_result { text(shown, "content") } else { "" };
        out.answer(Answer { tool: Some(name), text: shown.to_owned(), ..Answer::default() });
    }
}

fn usage(figures: &Value, out: &mut Sink) {
    let cached = count(figures, "cacheReads");
    let input = count(figures, "tokensIn") + cached + count(figures, "cacheWrites");
    out.usage(Usage { input, cached, output: count(figures, "tokensOut") });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Action, Call};
    use crate::format::json::json;

    #[test]
    fn a_task_as_the_screen_shows_it() {
        let said = |kind: &str, text: &str| json!({"ts": 1, "type": "say", "say": kind, "text": text});
        let lines = [
            said("text", "Fix the parser"),
            said("api_req_started", r#"{"tokensIn":10,"tokensOut":2,"cacheReads":3}"#),
            said("text", "I look."),
            said("tool", r#"{"tool":"readFile","path":"a.rs","content":"/w/a.rs"}"#),
            json!({"ts": 2, "type": "ask", "ask": "tool", "text": r#"{"tool":"newFileCreated","path":"b.rs","content":"x"}"#}),
            said("command", "cargo test"),
            said("command_output", "ok"),
            json!({"ts": 3, "type": "say", "say": "text", "text": "half", "partial": true}),
            said("completion_result", "Done."),
        ];
        let mut out = Sink::of("cline");
        for line in &lines {
            assert!(is_line(line) && MAPPED.contains(&kind(line).as_str()));
            tell(line, &mut out);
        }
        let told: Vec<String> = out
            .transcript
            .events
            .iter()
            .map(|event| match &event.kind {
                EventKind::User { text } => format!("user {text}"),
                EventKind::Assistant { text } => format!("model {text}"),
                EventKind::Usage(usage) => format!("usage {} {}", usage.input, usage.output),
                EventKind::Call(Call { action: Action::Read { path, .. }, .. }) => format!("read {path}"),
                EventKind::Call(Call { action: Action::Edit(edits), .. }) => {
                    format!("edit {}", edits[0].path)
                }
                EventKind::Call(Call { action: Action::Run { command, .. }, .. }) => format!("run {command}"),
                EventKind::Result(result) => format!("result {:?} {}", result.call, result.text),
                other => format!("{other:?}"),
            })
            .collect();
        let expected = [
            "user Fix the parser",
            "usage 13 2",
            "model I look.",
            "read a.rs",
            "result Some(3) ",
            "edit b.rs",
            "run cargo test",
            "result Some(6) ok",
            "model Done.",
        ];
        assert_eq!(told, expected);
    }
}
