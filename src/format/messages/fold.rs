//! From messages to events, whichever provider's they are.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::format::conversation::{Answer, Role, arguments, role};
use crate::format::lines::Sink;
use crate::format::parts::{is_answer, reasoning};
use crate::format::value::{self, member, prose as text, string};

/// The state while messages are read in order.
pub(super) struct Reader {
    /// Where events go.
    pub sink: Sink,
    /// Whether a step's command was the last thing, so that its output comes next.
    step_open: bool,
}

impl Reader {
    /// Begins with nothing read.
    pub fn new(format: &'static str) -> Self {
        Self { sink: Sink::of(format), step_open: false }
    }

    /// Adds what one record says. One of an unknown kind costs itself.
    pub fn record(&mut self, record: &Value) {
        self.sink.time = time(record);
        let known = match record {
            Value::String(text) => {
                self.sink.say(Role::User, text);
                true
            }
            Value::Object(_) => self.message(record) || self.item(record),
            _ => false,
        };
        if !known {
            self.sink.warn(format!("not a message of a known kind{}", described(record)));
        }
    }

    /// Adds what a request says ahead of its messages.
    pub fn instructions(&mut self, content: &Value) {
        self.sink.content(Role::Host, content);
    }

    fn message(&mut self, record: &Value) -> bool {
        let name = string(record, &["role", "from"]);
        let Some(role) = name.and_then(role) else { return false };
        if record.get("is_demo") == Some(&Value::Bool(true)) {
            self.sink.content(Role::Host, member(record, &["content"]));
            return true;
        }
        if let Some(text) = string(record, &["reasoning_content", "reasoning"]) {
            self.sink.think(text);
        }
        match role {
            Role::Tool => self.tool_message(record),
            Role::Assistant if string(record, &["action"]).is_some() => self.step(record),
            Role::User if self.awaits_observation() => self.observation(record),
            _ => self.sink.content(role, member(record, &["content", "parts", "value"])),
        }
        self.sink.tool_calls(record);
        true
    }

    fn tool_message(&mut self, record: &Value) {
        let content = member(record, &["content", "parts", "value"]);
        let ids = record.get("tool_call_ids").and_then(|ids| ids.get(0)).and_then(Value::as_str);
        let is_parts = content.as_array().is_some_and(|parts| parts.iter().any(is_answer));
        if is_parts {
            return self.sink.content(Role::Tool, content);
        }
        self.sink.answer(Answer {
            id: string(record, &["tool_call_id", "call_id", "toolCallId"]).or(ids),
            tool: string(record, &["name", "tool_name"]),
            text: text(content),
            failed: record.get("is_error").and_then(Value::as_bool),
        });
    }

    /// A step of a SWE-agent trajectory: what was thought, and the command.
    fn step(&mut self, record: &Value) {
        let whole = text(member(record, &["content"]));
        let command = string(record, &["action"]).unwrap_or_default().trim();
        let said = string(record, &["thought"]).filter(|_| whole.contains(command));
        self.sink.say(Role::Assistant, said.unwrap_or(&whole));
        let has_calls =
            record.get("tool_calls").and_then(Value::as_array).is_some_and(|calls| !calls.is_empty());
        if !command.is_empty() && !has_calls {
            self.sink.call(None, STEP, &json!({ "command": command }));
            self.step_open = true;
        }
    }

    /// Whether the next message in the user's name is what a step's command printed.
    fn awaits_observation(&mut self) -> bool {
        std::mem::take(&mut self.step_open)
    }

    fn observation(&mut self, record: &Value) {
        let text = text(member(record, &["content"]));
        self.sink.answer(Answer { id: None, tool: Some(STEP), text, failed: None });
    }

    /// An item of the Responses API.
    fn item(&mut self, item: &Value) -> bool {
        let Some(kind) = string(item, &["type"]) else { return false };
        let id = string(item, &["call_id", "id"]);
        if kind == "reasoning" {
            self.sink.think(&reasoning(item));
        } else if kind.ends_with("_call_output") {
            let output = member(item, &["output"]);
            let failed = string(item, &["status"]).map(|status| status == "incomplete" || status == "failed");
            self.sink.answer(Answer { id, tool: None, text: text(output), failed });
        } else if kind.ends_with("_call") {
            let written = member(item, &["arguments", "action"]);
            let arguments = match string(item, &["input"]) {
                Some(input) => arguments(&Value::String(input.to_owned())),
                None => arguments(written),
            };
            self.sink.call(id, string(item, &["name"]).unwrap_or(kind), &arguments);
        } else {
            return false;
        }
        true
    }
}

/// The name of the tool that a step of a trajectory calls.
const STEP: &str = "action";

fn described(record: &Value) -> String {
    let kind = string(record, &["role", "from", "type"]);
    kind.map(|kind| format!(" ({})", kind.chars().take(40).collect::<String>())).unwrap_or_default()
}

/// When a message was sent, where it says so: a date in text, or seconds or milliseconds since 1970.
fn time(record: &Value) -> Option<Timestamp> {
    let keys = ["timestamp", "created_at", "createdAt", "create_time", "time", "ts"];
    value::time(member(record, &keys))
}
