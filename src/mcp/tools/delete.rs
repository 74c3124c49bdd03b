//! `delete_handoffs`: takes handoffs away, each by its id.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::work::Work;
use super::{Desk, Effect, Reply, Tool, arguments, data, schema};
use crate::error::{Error, Result};

pub(super) const TOOL: Tool = Tool {
    name: "delete_handoffs",
    title: "Delete handoffs",
    description: "Delete handoffs and their versions, for good.",
    input: schema::of_arguments::<Arguments>,
    output: Some(schema::of_result::<Deleted>),
    effect: Effect::Destroys,
    call,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    session_ids: Vec<String>,
}

/// What was deleted, and what could not be.
#[derive(Serialize, JsonSchema)]
struct Deleted {
    deleted: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failed: Vec<String>,
}

fn call(desk: &Desk, given: JsonObject, work: &Work) -> Result<Reply> {
    let Arguments { session_ids } = arguments(given)?;
    if session_ids.is_empty() {
        return Err(Error::NothingNamed);
    }
    let mut reply = Deleted { deleted: Vec::new(), failed: Vec::new() };
    for id in session_ids {
        work.step("deleting")?;
        match desk.service.remove(&id) {
            Ok(removed) => reply.deleted.push(removed.id),
            // What is gone already is what was wanted to be.
            Err(error) => reply.failed.push(error.to_string()),
        }
    }
    if reply.deleted.is_empty() {
        Err(Error::NothingDeleted { reasons: reply.failed.join("; ") })
    } else {
        Ok(data(&reply))
    }
}
