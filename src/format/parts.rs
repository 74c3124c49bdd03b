//! The parts of a message, in the shapes of the providers' interfaces: most agents write them down as they came.

use crate::format::json::Value;

use super::conversation::{Answer, Role, arguments};
use super::sink::Sink;
use super::value::{member, prose as text, string};

impl Sink {
    /// Adds a content: a text, or a list of parts.
    pub fn content(&mut self, role: Role, content: &Value) {
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

    /// Adds one part of a content.
    pub fn part(&mut self, role: Role, part: &Value) {
        if let Value::String(text) = part {
            return self.say(role, text);
        }
        match string(part, &["type"]).unwrap_or_default() {
            "thinking" | "reasoning" => self.think(&reasoning(part)),
            "tool_use" | "server_tool_use" | "mcp_tool_use" | "tool-call" | "tool_call" | "toolCall" => {
                self.tool_use(part);
            }
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
        self.answer(Answer {
            id: string(answer, &["id"]),
            tool: string(answer, &["name"]),
            text: text(shown),
            failed: Some(failed),
        });
    }

    fn tool_use(&mut self, part: &Value) {
        let Some(tool) = string(part, &["name", "toolName"]) else {
            return self.warn("a tool call without a name");
        };
        let arguments = arguments(member(part, &["input", "args", "arguments"]));
        self.call(string(part, &["id", "toolCallId"]), tool, &arguments);
    }

    fn tool_result(&mut self, part: &Value) {
        self.answer(Answer {
            id: string(part, &["tool_use_id", "toolCallId", "toolUseID"]),
            tool: string(part, &["toolName", "name"]),
            text: text(member(part, &["content", "output", "result"])),
            failed: part.get("is_error").or_else(|| part.get("isError")).and_then(Value::as_bool),
        });
    }

    /// Adds the calls that stand beside the content.
    pub fn tool_calls(&mut self, record: &Value) {
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
            return self.warn("a tool call without a name");
        };
        let written = member(function, &["arguments", "args", "input"]);
        self.call(id, tool, &arguments(written));
    }
}

/// Whether a part is a tool's answer.
pub(super) fn is_answer(part: &Value) -> bool {
    let answers = |kind: &str| kind.ends_with("tool_result") || kind == "tool-result";
    part.get("functionResponse").is_some() || string(part, &["type"]).is_some_and(answers)
}

/// What an item or a part says that the model thought.
pub(super) fn reasoning(item: &Value) -> String {
    if let Some(text) = string(item, &["thinking", "text"]) {
        return text.to_owned();
    }
    let parts = ["summary", "content"].iter().filter_map(|key| item.get(key)?.as_array()).flatten();
    parts.filter_map(|part| string(part, &["text"])).collect::<Vec<_>>().join("\n")
}
