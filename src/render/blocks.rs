//! Two content blocks for a request to a model: what lasts first and marked for its cache, what changes behind it.
//!
//! They are what the published protocol calls `static_context` and `dynamic_context`, in the shape that providers take
//! as the content of a message. From one checkpoint of a session to the next the first block mostly stays, and is then
//! read from the cache.

use serde_json::json;

use super::{Citations, Renderer, markdown};
use crate::state::HandoffState;

pub(super) const RENDERER: Renderer = Renderer {
    name: "blocks",
    title: "JSON content blocks, the lasting part first and marked for prompt caching",
    render,
};

fn render(state: &HandoffState, citations: Citations) -> String {
    let lasting = markdown::lasting(state, citations);
    let passing = markdown::passing(state, citations);
    let blocks = json!([
        {"type": "text", "text": lasting, "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": passing},
    ]);
    format!("{blocks}\n")
}
