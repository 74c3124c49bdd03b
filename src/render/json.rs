//! Compact JSON, valid under the published schema, with our optional fields.

use serde_json::Value;

use super::{Citations, Renderer};
use crate::state::HandoffState;

pub(super) const RENDERER: Renderer =
    Renderer { name: "json", title: "compact JSON, valid under the published schema", render };

fn render(state: &HandoffState, citations: Citations) -> String {
    let mut value = serde_json::to_value(state).expect("a state is plain data");
    if citations == Citations::Hidden {
        strip(&mut value);
    }
    let mut text = value.to_string();
    text.push('\n');
    text
}

/// Takes the evidence out.
fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.shift_remove("evidence");
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
