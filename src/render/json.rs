//! Compact JSON, valid under the published schema, with our optional fields.

use serde::Serialize;
use serde_json::Value;

use super::{Citations, Renderer};
use crate::delta::{Delta, is_unread};
use crate::state::HandoffState;

pub(super) const RENDERER: Renderer = Renderer {
    name: "json",
    title: "compact JSON, valid under the published schema",
    render,
    changes,
    whole,
};

/// What is stored and not shown; all but the first, which serves to find a place again, are shown with the evidence.
const STORED: [&str; 5] = ["anchor", "evidence", "model", "progress_evidence", "used"];

fn render(state: &HandoffState, citations: Citations) -> String {
    line(&value(state, citations))
}

/// Without evidence it is for reading only: what serves to apply a delta is left out, too.
fn changes(delta: &Delta, _new: &HandoffState, citations: Citations) -> String {
    let mut delta = delta.clone();
    if citations == Citations::Hidden {
        delta.placed.clear();
        delta.fields.retain(|name, _| !name.starts_with("metadata.") && !is_unread(name));
        delta.modified.retain(|it| it.fields.keys().any(|name| !is_unread(name)));
    }
    line(&value(&delta, citations))
}

/// That no base is named says that it is all of it.
fn whole(state: &HandoffState, citations: Citations) -> String {
    let mut value = value(state, citations);
    value.as_object_mut().expect("a state is an object").insert("base".to_owned(), Value::Null);
    line(&value)
}

fn value(data: &impl Serialize, citations: Citations) -> Value {
    let mut value = serde_json::to_value(data).expect("plain data");
    strip(&mut value, if citations == Citations::Hidden { &STORED } else { &STORED[..1] });
    value
}

fn line(value: &Value) -> String {
    let mut text = value.to_string();
    text.push('\n');
    text
}

/// Takes fields out, wherever they are.
fn strip(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(fields) => {
            for name in names {
                fields.shift_remove(*name);
            }
            fields.values_mut().for_each(|value| strip(value, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| strip(item, names)),
        _ => {}
    }
}
