//! What is handed in to be kept: a transcript, or a handoff that somebody wrote. It passes the gate for secrets.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::discover::Found;
use crate::error::{Error, Result};
use crate::fact::Fact;
use crate::state::HandoffState;
use crate::surroundings::Surroundings;
use crate::{discover, project, redact};

/// What is handed in to be kept.
pub enum Given {
    /// A transcript, from which the handoff is made.
    Transcript(Vec<u8>),
    /// A handoff as its author wrote it.
    State(Box<HandoffState>),
    /// What a transcript proves, together with what was said of it.
    Proven {
        /// The handoff.
        state: Box<HandoffState>,
        /// All that was found in the transcript, which tells why something of an earlier handoff is gone.
        facts: Vec<Fact>,
    },
}

/// Reads what is handed in: JSON with a task is a handoff, anything else a transcript.
///
/// What the protocol lets an agent leave out is filled in: empty lists, and the time for what has none.
///
/// # Errors
/// [`Error::NoHandoff`] if it has a task but is not a handoff.
pub fn read_given(bytes: Vec<u8>, now: Timestamp) -> Result<Given> {
    if serde_json::from_slice::<Probe>(&bytes).is_err() {
        return Ok(Given::Transcript(bytes));
    }
    let no_handoff = |source| Error::NoHandoff { source };
    let mut fields = serde_json::from_slice(&bytes).map_err(no_handoff)?;
    fill_in(&mut fields, now);
    Ok(Given::State(serde_json::from_value(Value::Object(fields)).map_err(no_handoff)?))
}

/// What tells a handoff from a transcript.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "task")]
    _task: Map<String, Value>,
}

/// The newest session on this machine of the project at hand, of one agent or of any.
///
/// # Errors
/// [`Error::NoSession`] if there is none.
pub fn latest_session(agent: Option<&str>, surroundings: &Surroundings) -> Result<Found> {
    let project = project::of(&surroundings.folder);
    discover::latest(surroundings, &project, agent).ok_or(Error::NoSession { project: project.name })
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
pub(super) fn redacted<T: Serialize + DeserializeOwned + Clone>(given: &T) -> (T, usize) {
    let mut value = serde_json::to_value(given).expect("what is handed in is plain data");
    let passed = redact::json(&mut value);
    if !passed.changed {
        return (given.clone(), 0);
    }
    (serde_json::from_value(value).expect("only the words of texts were changed"), passed.marks)
}
