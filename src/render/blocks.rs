//! Two content blocks for a request to a model: what lasts first and marked for its cache, what changes behind it.
//!
//! They are what the published protocol calls `static_context` and `dynamic_context`, in the shape that providers take
//! as the content of a message. From one checkpoint of a session to the next the first block mostly stays, and is then
//! read from the cache.

use serde_json::{Value, json};

use super::{Citations, Renderer, markdown};
use crate::delta::Delta;
use crate::state::HandoffState;

pub(super) const RENDERER: Renderer = Renderer {
    name: "blocks",
    title: "JSON content blocks, the lasting part first and marked for prompt caching",
    render,
    changes,
    whole: render,
};

fn render(state: &HandoffState, citations: Citations) -> String {
    let mut lasting = block(&markdown::lasting(state, citations));
    lasting["cache_control"] = json!({"type": "ephemeral"});
    line(&[lasting, block(&markdown::passing(state, citations))])
}

/// What changed is one block: all of it is new to the cache.
fn changes(delta: &Delta, new: &HandoffState, citations: Citations) -> String {
    line(&[block(&(markdown::RENDERER.changes)(delta, new, citations))])
}

fn block(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn line(blocks: &[Value]) -> String {
    format!("{}\n", json!(blocks))
}
