//! `merge_handoffs`: makes one handoff of several, which stay.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::work::Work;
use super::{Desk, Effect, Reply, Tool, arguments, data, schema};
use crate::error::Result;
use crate::service::{Conflict, Merge, Order, Overtaken};
use crate::text::clip;

pub(super) const TOOL: Tool = Tool {
    name: "merge_handoffs",
    title: "Merge handoffs",
    description: "Make one handoff of several; where decisions disagree the later wins, and that is told. The sources stay.",
    input: schema::of_arguments::<Arguments>,
    output: Some(schema::of_result::<Kept>),
    effect: Effect::Adds,
    call,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Two or more ids
    session_ids: Vec<String>,
    /// Id of the result
    session_id: Option<String>,
    /// Which is the later: by time (default), or as given
    order: Option<Ordering>,
    /// Most tokens
    budget: Option<usize>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Ordering {
    Chronological,
    Given,
}

/// What was merged.
#[derive(Serialize, JsonSchema)]
struct Kept {
    session_id: String,
    tokens: usize,
    sources: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conflicts: Vec<String>,
}

/// The most conflicts that are told, and the most bytes of each.
const CONFLICTS: usize = 20;
const LONGEST: usize = 300;

fn call(desk: &Desk, given: JsonObject, work: &Work) -> Result<Reply> {
    let Arguments { session_ids, session_id, order, budget } = arguments(given)?;
    work.step("merging")?;
    let order = match order {
        Some(Ordering::Given) => Order::Given,
        Some(Ordering::Chronological) | None => Order::Chronological,
    };
    let merged =
        desk.service.merge(&Merge { ids: session_ids, order, id: session_id, budget, ..Merge::default() })?;
    let overtaken = merged.overtaken.iter().map(of_one_session);
    let conflicts = overtaken.chain(merged.conflicts.iter().map(told)).take(CONFLICTS).collect();
    let saved = merged.saved;
    Ok(data(&Kept { session_id: saved.id, tokens: saved.tokens, sources: merged.sources, conflicts }))
}

fn of_one_session(pair: &Overtaken) -> String {
    let Overtaken { earlier, later } = pair;
    format!("{earlier} and {later} are of one session | holds: {later}, it ends later")
}

/// A conflict in one line.
fn told(conflict: &Conflict) -> String {
    let Conflict { earlier, later } = conflict;
    clip(
        &format!("{}: {} | holds, of {}: {}", earlier.id, earlier.decision, later.id, later.decision),
        LONGEST,
    )
}
