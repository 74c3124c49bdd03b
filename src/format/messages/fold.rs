//! From messages to events, whichever provider's they are.

use crate::format::json::Value;
use jiff::Timestamp;

use crate::format::conversation::{Answer, Role, arguments, role};
use crate::format::lines::Sink;
use crate::format::parts::{is_answer, reasoning};
use crate::format::value::{self, member, prose as text, string};

/// The state while messages are read in order.
pub(super) struct Reader {
    /// Where events go.
    pub sink: Sink,
}

impl Reader {
    /// Begins with nothing read.
    pub fn new(format: &'static str) -> Self {
        Self { sink: Sink::of(format) }
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
        if name.is_some_and(|name| super::IGNORED.iter().any(|(ignored, _)| *ignored == name)) {
            return true;
        }
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
            _ => self.sink.content(role, member(record, &["content", "parts", "value"])),
        }
        self.sink.tool_calls(record);
        true
    }

    fn tool_message(&mut self, record: &Value) {
        let content = member(record, &["content", "parts", "value"]);
        let ids = record["tool_call_ids"][0].as_str();
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
                Some(input) => arguments(&Value::String(input.to_owned())).into_owned(),
                None => arguments(written).into_owned(),
            };
            self.sink.call(id, string(item, &["name"]).unwrap_or(kind), &arguments);
        } else {
            return false;
        }
        true
    }
}

fn described(record: &Value) -> String {
    let kind = string(record, &["role", "from", "type"]);
    kind.map(|kind| format!(" ({})", kind.chars().take(40).collect::<String>())).unwrap_or_default()
}

/// When a message was sent, where it says so: a date in text, or seconds or milliseconds since 1970.
fn time(record: &Value) -> Option<Timestamp> {
    let keys = ["timestamp", "created_at", "createdAt", "create_time", "time", "ts"];
    value::time(member(record, &keys))
}
