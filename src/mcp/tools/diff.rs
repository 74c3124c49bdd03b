//! `diff_handoffs`: what changed from one handoff to another.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::work::Work;
use super::{Desk, Effect, MOST_QUOTED, Reply, Tool, arguments, schema};
use crate::error::Result;

pub(super) const TOOL: Tool = Tool {
    name: "diff_handoffs",
    title: "Compare handoffs",
    description: "What changed from one handoff to a later one.",
    input: schema::of_arguments::<Arguments>,
    output: None,
    effect: Effect::Reads,
    call,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Id of the earlier
    base: String,
    /// Id of the later
    new: String,
    /// Most tokens; default 2000
    budget: Option<usize>,
}

/// The most tokens of the changes if nobody says so.
const USUAL: usize = 2000;

fn call(desk: &Desk, given: JsonObject, work: &Work) -> Result<Reply> {
    let Arguments { base, new, budget } = arguments(given)?;
    work.step("comparing")?;
    let budget = budget.unwrap_or(USUAL).min(MOST_QUOTED);
    Ok(Reply::Text(desk.service.compare(&base, &new, budget)?.text))
}
