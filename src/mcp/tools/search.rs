//! `search_handoffs`: full text search over what is kept.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::work::Work;
use super::{Desk, Effect, Reply, Tool, arguments, data, schema};
use crate::error::Result;
use crate::service::{Filter, Search};
use crate::text::clip;

pub(super) const TOOL: Tool = Tool {
    name: "search_handoffs",
    title: "Search handoffs",
    description: "Full text search in handoffs and kept conversations, best first.",
    input: schema::of_arguments::<Arguments>,
    output: Some(schema::of_result::<Found>),
    effect: Effect::Reads,
    call,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    query: String,
    /// Default 10, at most 50
    limit: Option<usize>,
}

const USUAL: usize = 10;
const MOST: usize = 50;
/// The most bytes of what is told of a handoff.
const SUMMARY: usize = 160;

/// What was found.
#[derive(Serialize, JsonSchema)]
struct Found {
    hits: Vec<Hit>,
    total: usize,
}

#[derive(Serialize, JsonSchema)]
struct Hit {
    session_id: String,
    objective: String,
    excerpt: String,
}

fn call(desk: &Desk, given: JsonObject, work: &Work) -> Result<Reply> {
    let Arguments { query, limit } = arguments(given)?;
    work.step("searching")?;
    let limit = Some(limit.unwrap_or(USUAL).clamp(1, MOST));
    let found = desk.service.search(&Search { query, filter: Filter { limit, ..Filter::default() } })?;
    let hit = |hit: crate::service::Hit| Hit {
        session_id: hit.handoff.id,
        objective: clip(&hit.handoff.objective, SUMMARY),
        excerpt: clip(&hit.excerpt, SUMMARY),
    };
    Ok(data(&Found { hits: found.hits.into_iter().map(hit).collect(), total: found.total }))
}
