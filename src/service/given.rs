//! What is handed in to be kept: a transcript, or a handoff that somebody wrote. It passes the gate for secrets.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::redact;
use crate::state::HandoffState;

/// What is handed in to be kept.
pub enum Given {
    /// A transcript, from which the handoff is made.
    Transcript(Vec<u8>),
    /// A handoff as its author wrote it.
    State(Box<HandoffState>),
}

/// Reads what is handed in: JSON with a task is a handoff, anything else a transcript.
///
/// What the protocol lets an agent leave out is filled in: empty lists, and the time for what has none.
///
/// # Errors
/// [`Error::NoHandoff`] if it has a task but is not a handoff.
pub fn read_given(bytes: Vec<u8>, now: Timestamp) -> Result<Given> {
    let Some(Value::Object(mut fields)) = serde_json::from_slice(&bytes).ok().filter(has_task) else {
        return Ok(Given::Transcript(bytes));
    };
    fill_in(&mut fields, now);
    let state =
        serde_json::from_value(Value::Object(fields)).map_err(|source| Error::NoHandoff { source })?;
    Ok(Given::State(state))
}

fn has_task(value: &Value) -> bool {
    value.get("task").is_some_and(Value::is_object)
}

/// Puts in what an agent may leave out.
pub(super) fn fill_in(fields: &mut Map<String, Value>, now: Timestamp) {
    for list in ["files", "decisions", "next_steps"] {
        fields.entry(list).or_insert_with(|| json!([]));
    }
    if let Some(decisions) = fields.get_mut("decisions").and_then(Value::as_array_mut) {
        let each = decisions.iter_mut().filter_map(Value::as_object_mut);
        each.for_each(|decision| put_in(decision, &[("rationale", json!("")), ("timestamp", json!(now))]));
    }
    if let Some(metadata) = fields.entry("metadata").or_insert_with(|| json!({})).as_object_mut() {
        let given = [("created_at", json!(now)), ("updated_at", json!(now)), ("session_id", json!(""))];
        put_in(metadata, &given);
    }
}

fn put_in(fields: &mut Map<String, Value>, given: &[(&str, Value)]) {
    for (name, value) in given {
        fields.entry(*name).or_insert_with(|| value.clone());
    }
}

/// Takes every string of something through the gate for secrets, and says how many there were.
pub(super) fn redacted<T: Serialize + DeserializeOwned>(given: &T) -> (T, usize) {
    let mut value = serde_json::to_value(given).expect("what is handed in is plain data");
    let marks = redact::json(&mut value);
    (serde_json::from_value(value).expect("only the words of texts were changed"), marks)
}
