//! Compact JSON, valid under the published schema, with our optional fields.

use serde_json::Value;

use super::{Citations, Renderer};
use crate::state::HandoffState;

pub(super) const RENDERER: Renderer =
    Renderer { name: "json", title: "compact JSON, valid under the published schema", render };

/// What is stored and not shown; all but the first are shown with the evidence.
const STORED: [&str; 4] = ["anchor", "evidence", "model", "used"];

fn render(state: &HandoffState, citations: Citations) -> String {
    let mut value = serde_json::to_value(state).expect("a state is plain data");
    let stripped: &[&str] = if citations == Citations::Hidden { &STORED } else { &STORED[..1] };
    strip(&mut value, stripped);
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
