//! `load_handoff`: a handoff as text for the model, within its budget and in its frame.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::work::Work;
use super::{Desk, Effect, MOST_QUOTED, Reply, Tool, arguments, schema};
use crate::error::Result;
use crate::service::Restore;

pub(super) const TOOL: Tool = Tool {
    name: "load_handoff",
    title: "Load a handoff",
    description: "Load a handoff to resume work: task, files with line ranges, decisions, next steps.",
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
    /// Only what changed since this handoff
    since: Option<String>,
    /// Most tokens; default 2000
    budget: Option<usize>,
    /// Add the last messages of the conversation, word for word
    max_messages: Option<usize>,
}

/// The most tokens of a handoff if nobody says so.
const USUAL: usize = 2000;

fn call(desk: &Desk, given: JsonObject, work: &Work) -> Result<Reply> {
    let Arguments { session_id, since, budget, max_messages } = arguments(given)?;
    work.step("loading")?;
    let budget = budget.unwrap_or(USUAL).min(MOST_QUOTED);
    let (load, remark) = desk.current(session_id)?;
    let wanted = Restore { load, since, budget, messages: max_messages.unwrap_or(0), remark };
    Ok(Reply::Text(desk.service.restore(&wanted, &desk.surroundings)?.text))
}
