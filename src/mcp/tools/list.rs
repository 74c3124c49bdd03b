//! `list_handoffs`: what is kept, newest first.

use jiff::Timestamp;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::work::Work;
use super::{Desk, Effect, Reply, Tool, arguments, data, schema};
use crate::error::Result;
use crate::service::{Filter, Row};
use crate::state::Status;
use crate::text::clip;

pub(super) const TOOL: Tool = Tool {
    name: "list_handoffs",
    title: "List handoffs",
    description: "List saved handoffs, newest first.",
    input: schema::of_arguments::<Arguments>,
    output: Some(schema::of_result::<Listed>),
    effect: Effect::Reads,
    call,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Part of id, title, objective or tag
    text: Option<String>,
    /// Part of the project's name; default: all projects
    project: Option<String>,
    /// Of the task or the handoff: `blocked`, `needs_review`, `active`, …
    status: Option<String>,
    /// Default 15, at most 50
    limit: Option<usize>,
}

const USUAL: usize = 15;
const MOST: usize = 50;
/// The most bytes of an objective in a list.
const SUMMARY: usize = 120;

/// Handoffs, and how many there are beside them.
#[derive(Serialize, JsonSchema)]
pub(super) struct Listed {
    handoffs: Vec<Handoff>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "usize")]
    more: Option<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    damaged: Vec<String>,
}

/// A handoff in a list.
#[derive(Serialize, JsonSchema)]
pub(super) struct Handoff {
    session_id: String,
    objective: String,
    status: Status,
    #[schemars(with = "String")]
    updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    project: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}

fn call(desk: &Desk, given: JsonObject, work: &Work) -> Result<Reply> {
    let Arguments { text, project, status, limit } = arguments(given)?;
    work.step("listing")?;
    let listed = desk.service.list(&Filter { project, status, text, ..Filter::default() })?;
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let more = listed.handoffs.len().checked_sub(limit).filter(|more| *more > 0);
    let handoffs = listed.handoffs.into_iter().take(limit).map(Handoff::from).collect();
    let damaged = listed.damaged.into_iter().take(MOST).map(|damaged| clip(&damaged.name, SUMMARY)).collect();
    Ok(data(&Listed { handoffs, more, damaged }))
}

impl From<Row> for Handoff {
    fn from(row: Row) -> Self {
        let name = if row.title.is_empty() { &row.objective } else { &row.title };
        Handoff {
            objective: clip(name, SUMMARY),
            session_id: row.id,
            status: row.task_status,
            updated_at: row.saved_at,
            project: clip(&row.project, SUMMARY),
            tags: row.tags.into_iter().take(5).map(|tag| clip(&tag, 30)).collect(),
        }
    }
}
