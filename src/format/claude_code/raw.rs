//! The shapes of the records, as far as they are needed. Whatever is not named here is only scanned, which is what
//! makes reading fast: two thirds of such a file are side copies for the host's own screen.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::format::lenient::{flag, joined, many, maybe, number, pairs, prose, text};

/// One line. Main records carry a `message`; the others carry what their `type` says.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the record's own flags, as they are")]
pub(super) struct Raw {
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "text")]
    pub subtype: Option<String>,
    #[serde(deserialize_with = "text")]
    pub uuid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub parent_uuid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub timestamp: Option<String>,
    #[serde(deserialize_with = "text")]
    pub session_id: Option<String>,
    /// The same, in the stream that a run without a screen prints.
    #[serde(rename = "session_id", deserialize_with = "text")]
    pub stream_session: Option<String>,
    #[serde(deserialize_with = "text")]
    pub cwd: Option<String>,
    #[serde(deserialize_with = "text")]
    pub git_branch: Option<String>,
    #[serde(deserialize_with = "text")]
    pub version: Option<String>,
    #[serde(deserialize_with = "text")]
    pub model: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub is_sidechain: bool,
    #[serde(deserialize_with = "flag")]
    pub is_meta: bool,
    #[serde(deserialize_with = "flag")]
    pub is_compact_summary: bool,
    #[serde(deserialize_with = "flag")]
    pub is_api_error_message: bool,
    #[serde(rename = "parent_tool_use_id", deserialize_with = "text")]
    pub parent_tool_use_id: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub origin: Option<Origin>,
    #[serde(deserialize_with = "maybe")]
    pub message: Option<Message>,
    #[serde(deserialize_with = "maybe")]
    pub tool_use_result: Option<Box<SideCopy>>,
    #[serde(deserialize_with = "text")]
    pub tool_denial_kind: Option<String>,
    #[serde(deserialize_with = "text")]
    pub plan_content: Option<String>,
    #[serde(deserialize_with = "many")]
    pub todos: Vec<Item>,
    #[serde(deserialize_with = "maybe")]
    pub data: Option<Box<Progress>>,
    #[serde(deserialize_with = "maybe")]
    pub attachment: Option<Box<Attachment>>,
    /// An attachment as the model is shown it.
    #[serde(deserialize_with = "prose")]
    pub rendered: String,
    #[serde(deserialize_with = "prose")]
    pub content: String,
    #[serde(deserialize_with = "text")]
    pub operation: Option<String>,
    #[serde(deserialize_with = "text")]
    pub summary: Option<String>,
    #[serde(deserialize_with = "text")]
    pub ai_title: Option<String>,
    #[serde(deserialize_with = "text")]
    pub custom_title: Option<String>,
    #[serde(deserialize_with = "text")]
    pub pr_url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Origin {
    #[serde(deserialize_with = "text")]
    pub kind: Option<String>,
}

/// An API message, or the one content block of it that this line holds.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Message {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub model: Option<String>,
    #[serde(deserialize_with = "blocks")]
    pub content: Vec<Block>,
    #[serde(deserialize_with = "maybe")]
    pub usage: Option<Figures>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Block {
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "text")]
    pub text: Option<String>,
    #[serde(deserialize_with = "text")]
    pub thinking: Option<String>,
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    pub input: Value,
    #[serde(deserialize_with = "text")]
    pub tool_use_id: Option<String>,
    #[serde(deserialize_with = "prose")]
    pub content: String,
    #[serde(deserialize_with = "flag")]
    pub is_error: bool,
}

/// Content blocks; a bare string is a text block.
fn blocks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Block>, D::Error> {
    deserializer.deserialize_any(BlocksVisitor)
}

struct BlocksVisitor;

impl<'de> serde::de::Visitor<'de> for BlocksVisitor {
    type Value = Vec<Block>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("text or content blocks")
    }

    fn visit_str<E>(self, text: &str) -> Result<Vec<Block>, E> {
        Ok(vec![Block { kind: Some("text".to_owned()), text: Some(text.to_owned()), ..Block::default() }])
    }

    fn visit_unit<E>(self) -> Result<Vec<Block>, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Vec<Block>, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Vec<Block>, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Vec<Block>, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Vec<Block>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<Vec<Block>, A::Error> {
        many(serde::de::value::SeqAccessDeserializer::new(list))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, object: A) -> Result<Vec<Block>, A::Error> {
        many(serde::de::value::MapAccessDeserializer::new(object))
    }
}

/// The provider's figures, with a missing one as 0.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Figures {
    #[serde(rename = "input_tokens", deserialize_with = "number")]
    pub input: Option<u64>,
    #[serde(rename = "cache_creation_input_tokens", deserialize_with = "number")]
    pub cache_creation: Option<u64>,
    #[serde(rename = "cache_read_input_tokens", deserialize_with = "number")]
    pub cache_read: Option<u64>,
    #[serde(rename = "output_tokens", deserialize_with = "number")]
    pub output: Option<u64>,
}

/// `toolUseResult`, the host's richer copy of a result: the fields of all tools together, as each names only its own.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SideCopy {
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "text")]
    pub file_path: Option<String>,
    #[serde(deserialize_with = "many")]
    pub structured_patch: Vec<Patch>,
    #[serde(deserialize_with = "text")]
    pub content: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub file: Option<File>,
    #[serde(deserialize_with = "pairs")]
    pub answers: Vec<(String, String)>,
    #[serde(deserialize_with = "text")]
    pub plan: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub interrupted: bool,
    #[serde(deserialize_with = "text")]
    pub background_task_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub return_code_interpretation: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub task: Option<Item>,
    #[serde(deserialize_with = "many")]
    pub tasks: Vec<Item>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Patch {
    #[serde(deserialize_with = "number")]
    pub old_start: Option<u64>,
    #[serde(deserialize_with = "number")]
    pub old_lines: Option<u64>,
    #[serde(deserialize_with = "number")]
    pub new_start: Option<u64>,
    #[serde(deserialize_with = "number")]
    pub new_lines: Option<u64>,
    #[serde(deserialize_with = "joined")]
    pub lines: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct File {
    #[serde(rename = "filePath", deserialize_with = "text")]
    pub path: Option<String>,
    #[serde(deserialize_with = "text")]
    pub content: Option<String>,
    #[serde(deserialize_with = "number")]
    pub start_line: Option<u64>,
    #[serde(deserialize_with = "number")]
    pub total_lines: Option<u64>,
}

/// An entry of a to-do list, in the old shape (`content`) or the new one (`id`, `subject`).
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Item {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub subject: Option<String>,
    #[serde(deserialize_with = "text")]
    pub content: Option<String>,
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub message: Option<Raw>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Attachment {
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "text")]
    pub filename: Option<String>,
    #[serde(deserialize_with = "text")]
    pub snippet: Option<String>,
    #[serde(deserialize_with = "text")]
    pub command_mode: Option<String>,
    #[serde(deserialize_with = "prose")]
    pub prompt: String,
    #[serde(deserialize_with = "prose")]
    pub added_blocks: String,
    pub content: Value,
}

/// The text of a value, as [`prose`] finds it.
pub(super) fn prose_of(value: &Value) -> String {
    prose(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_type_costs_the_field_only() {
        let line = r#"{"type":["user"],"uuid":7,"timestamp":{"a":[1]},"isMeta":"true","message":[1,{"b":2}],
            "toolUseResult":"Error","todos":{"content":"x"},"data":null,"content":[{"text":"a"},"b",3,{"c":4}],"summary":"s"}"#;
        let raw: Raw = serde_json::from_str(line).unwrap();
        assert_eq!(
            (raw.kind, raw.uuid.as_deref(), raw.timestamp, raw.is_meta),
            (None, Some("7"), None, false)
        );
        assert!(raw.message.is_none() && raw.tool_use_result.is_none() && raw.data.is_none());
        assert_eq!((raw.todos.len(), raw.content.as_str(), raw.summary.as_deref()), (1, "a\nb", Some("s")));
    }
}
