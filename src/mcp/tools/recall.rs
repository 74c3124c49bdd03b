//! `recall_handoff`: the exact source text behind a handoff, from the transcript on disk.

use std::collections::BTreeSet;

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::work::Work;
use super::{Desk, Effect, MOST_QUOTED, Reply, Tool, arguments, schema};
use crate::error::Result;
use crate::service::Recall;

pub(super) const TOOL: Tool = Tool {
    name: "recall_handoff",
    title: "Recall source text",
    description: "Exact source text from the session's transcript: behind an entry of the handoff, or about a question.",
    input: schema::of_arguments::<Arguments>,
    output: None,
    effect: Effect::Reads,
    call,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Default: the latest of this project
    session_id: Option<String>,
    /// Words of the entry, or what to look for
    #[serde(default)]
    query: String,
    /// Lines of the transcript wanted in any case
    #[serde(default)]
    lines: BTreeSet<u32>,
    /// Most tokens; default 1500
    budget: Option<usize>,
}

/// The most tokens of a quotation if nobody says so.
const USUAL: usize = 1500;

fn call(desk: &Desk, given: JsonObject, work: &Work) -> Result<Reply> {
    let Arguments { session_id, query, lines, budget } = arguments(given)?;
    work.step("reading the transcript")?;
    let budget = budget.unwrap_or(USUAL).min(MOST_QUOTED);
    let wanted = Recall { load: desk.meant(session_id)?, query, lines, budget };
    let recalled = desk.service.recall(&wanted, &desk.surroundings)?;
    Ok(Reply::Text(recalled.text))
}
