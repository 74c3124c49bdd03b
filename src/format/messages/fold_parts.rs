//! The parts of messages and the items of responses, provider by provider.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::fold::{CallRecord, Reader, ResultRecord, Role, role};

impl Reader {
    /// Adds what one record says. One of an unknown kind costs itself.
    pub fn record(&mut self, record: &Value) {
        self.time = time(record);
        let known = match record {
            Value::String(text) => {
                self.say(Role::User, text);
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
        self.content(Role::Host, content);
    }

    fn message(&mut self, record: &Value) -> bool {
        let name = string(record, &["role", "from"]);
        let Some(role) = name.and_then(role) else { return false };
        if record.get("is_demo") == Some(&Value::Bool(true)) {
            self.content(Role::Host, member(record, &["content"]));
            return true;
        }
        if let Some(text) = string(record, &["reasoning_content", "reasoning"]) {
            self.think(text);
        }
        match role {
            Role::Tool => self.tool_message(record),
            Role::Assistant if string(record, &["action"]).is_some() => self.step(record),
            Role::User if self.awaits_observation() => self.observation(record),
            _ => self.content(role, member(record, &["content", "parts", "value"])),
        }
        self.tool_calls(record);
        true
    }

    fn tool_message(&mut self, record: &Value) {
        let content = member(record, &["content", "parts", "value"]);
        let ids = record.get("tool_call_ids").and_then(|ids| ids.get(0)).and_then(Value::as_str);
        let is_parts = content.as_array().is_some_and(|parts| parts.iter().any(is_answer));
        if is_parts {
            return self.content(Role::Tool, content);
        }
        self.result(ResultRecord {
            id: string(record, &["tool_call_id", "call_id", "toolCallId"]).or(ids),
            tool: string(record, &["name", "tool_name"]),
            text: text(content),
            failed: record.get("is_error").and_then(Value::as_bool),
        });
    }

    fn tool_calls(&mut self, record: &Value) {
        let calls = record.get("tool_calls").and_then(Value::as_array);
        for call in calls.into_iter().flatten() {
            let function = call.get("function").unwrap_or(call);
            self.function(string(call, &["id"]), function);
        }
        if let Some(function) = record.get("function_call") {
            self.function(None, function);
        }
    }

    fn function(&mut self, id: Option<&str>, function: &Value) {
        let Some(tool) = string(function, &["name"]) else {
            return self.sink.warn("a tool call without a name");
        };
        self.call(&CallRecord {
            id,
            tool,
            arguments: arguments(member(function, &["arguments", "args", "input"])),
        });
    }

    /// A step of a SWE-agent trajectory: what was thought, and the command.
    fn step(&mut self, record: &Value) {
        let whole = text(member(record, &["content"]));
        let command = string(record, &["action"]).unwrap_or_default().trim();
        let said = string(record, &["thought"]).filter(|_| whole.contains(command));
        self.say(Role::Assistant, said.unwrap_or(&whole));
        let has_calls =
            record.get("tool_calls").and_then(Value::as_array).is_some_and(|calls| !calls.is_empty());
        if !command.is_empty() && !has_calls {
            self.call(&CallRecord { id: None, tool: STEP, arguments: json!({ "command": command }) });
            self.step_open = true;
        }
    }

    /// Whether the next message in the user's name is what a step's command printed.
    fn awaits_observation(&mut self) -> bool {
        std::mem::take(&mut self.step_open)
    }

    fn observation(&mut self, record: &Value) {
        let text = text(member(record, &["content"]));
        self.result(ResultRecord { id: None, tool: Some(STEP), text, failed: None });
    }

    fn content(&mut self, role: Role, content: &Value) {
        match content {
            Value::String(text) => self.say(role, text),
            Value::Array(parts) => parts.iter().for_each(|part| self.part(role, part)),
            Value::Object(_) => match content.get("parts") {
                Some(parts) => self.content(role, parts),
                None => self.part(role, content),
            },
            _ => {}
        }
    }

    fn part(&mut self, role: Role, part: &Value) {
        if let Value::String(text) = part {
            return self.say(role, text);
        }
        match string(part, &["type"]).unwrap_or_default() {
            "thinking" | "reasoning" => self.think(&reasoning(part)),
            "tool_use" | "server_tool_use" | "mcp_tool_use" | "tool-call" => self.tool_use(part),
            kind if kind.ends_with("tool_result") || kind == "tool-result" => self.tool_result(part),
            "refusal" => self.say(role, string(part, &["refusal"]).unwrap_or_default()),
            "" => self.gemini_part(role, part),
            _ => self.say(role, string(part, &["text"]).unwrap_or_default()),
        }
    }

    fn gemini_part(&mut self, role: Role, part: &Value) {
        if let Some(call) = part.get("functionCall").or_else(|| part.get("function_call")) {
            self.function(string(call, &["id"]), call);
        } else if let Some(answer) = part.get("functionResponse").or_else(|| part.get("function_response")) {
            self.function_response(answer);
        } else if part.get("thought") == Some(&Value::Bool(true)) {
            self.think(string(part, &["text"]).unwrap_or_default());
        } else {
            self.say(role, string(part, &["text"]).unwrap_or_default());
        }
    }

    fn function_response(&mut self, answer: &Value) {
        let response = member(answer, &["response"]);
        let failed = response.get("error").is_some_and(|error| !error.is_null());
        let content = member(response, &["output", "result", "content", "error"]);
        let shown = if content.is_null() { response } else { content };
        self.result(ResultRecord {
            id: string(answer, &["id"]),
            tool: string(answer, &["name"]),
            text: text(shown),
            failed: Some(failed),
        });
    }

    fn tool_use(&mut self, part: &Value) {
        let Some(tool) = string(part, &["name", "toolName"]) else {
            return self.sink.warn("a tool call without a name");
        };
        let arguments = arguments(member(part, &["input", "args", "arguments"]));
        self.call(&CallRecord { id: string(part, &["id", "toolCallId"]), tool, arguments });
    }

    fn tool_result(&mut self, part: &Value) {
        self.result(ResultRecord {
            id: string(part, &["tool_use_id", "toolCallId"]),
            tool: string(part, &["toolName"]),
            text: text(member(part, &["content", "output", "result"])),
            failed: part.get("is_error").or_else(|| part.get("isError")).and_then(Value::as_bool),
        });
    }

    /// An item of the Responses API.
    fn item(&mut self, item: &Value) -> bool {
        let Some(kind) = string(item, &["type"]) else { return false };
        let id = string(item, &["call_id", "id"]);
        if kind == "reasoning" {
            self.think(&reasoning(item));
        } else if kind.ends_with("_call_output") {
            let output = member(item, &["output"]);
            let failed = string(item, &["status"]).map(|status| status == "incomplete" || status == "failed");
            self.result(ResultRecord { id, tool: None, text: text(output), failed });
        } else if kind.ends_with("_call") {
            let written = member(item, &["arguments", "action"]);
            let arguments = match string(item, &["input"]) {
                Some(input) => arguments(&Value::String(input.to_owned())),
                None => arguments(written),
            };
            self.call(&CallRecord { id, tool: string(item, &["name"]).unwrap_or(kind), arguments });
        } else {
            return false;
        }
        true
    }
}

/// The name of the tool that a step of a trajectory calls.
const STEP: &str = "action";

fn string<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| value.get(*key)?.as_str())
}

fn member<'a>(value: &'a Value, keys: &[&str]) -> &'a Value {
    keys.iter().find_map(|key| value.get(*key).filter(|found| !found.is_null())).unwrap_or(&Value::Null)
}

fn is_answer(part: &Value) -> bool {
    let answers = |kind: &str| kind.ends_with("tool_result") || kind == "tool-result";
    part.get("functionResponse").is_some() || string(part, &["type"]).is_some_and(answers)
}

/// Arguments that came as JSON in a string are unpacked; other text stays as the one input.
fn arguments(written: &Value) -> Value {
    let Value::String(text) = written else { return written.clone() };
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => value,
        _ => json!({ "input": text }),
    }
}

/// The text of a content: its string, its text parts, or the JSON itself.
fn text(content: &Value) -> String {
    match content {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) if parts.iter().all(|part| part.is_string() || part.is_object()) => {
            let texts: Vec<&str> =
                parts.iter().filter_map(|part| part.as_str().or_else(|| string(part, &["text"]))).collect();
            if texts.is_empty() && parts.iter().any(|part| part.get("type").is_none()) {
                return content.to_string();
            }
            texts.join("\n")
        }
        Value::Object(_) => match string(content, &["text"]).or_else(|| string(content, &["value"])) {
            Some(text) => text.to_owned(),
            None => content.to_string(),
        },
        other => other.to_string(),
    }
}

fn reasoning(item: &Value) -> String {
    if let Some(text) = string(item, &["thinking", "text"]) {
        return text.to_owned();
    }
    let parts = ["summary", "content"].iter().filter_map(|key| item.get(*key)?.as_array()).flatten();
    parts.filter_map(|part| string(part, &["text"])).collect::<Vec<_>>().join("\n")
}

fn described(record: &Value) -> String {
    let kind = string(record, &["role", "from", "type"]);
    kind.map(|kind| format!(" ({})", kind.chars().take(40).collect::<String>())).unwrap_or_default()
}

/// When a message was sent, where it says so: a date in text, or seconds or milliseconds since 1970.
fn time(record: &Value) -> Option<Timestamp> {
    let keys = ["timestamp", "created_at", "createdAt", "create_time", "time", "ts"];
    match keys.iter().find_map(|key| record.get(*key).filter(|value| !value.is_null()))? {
        Value::String(text) => crate::format::times::parse(text),
        value => crate::format::times::from_number(value.as_f64()?),
    }
}
