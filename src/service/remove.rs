//! Taking handoffs away: by id, or what is older than a time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Filter, Row, Service};
use crate::error::Result;
use crate::store::{Head, Id};

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Which handoff.
    pub id: String,
    /// What it was about; empty if it could not be read.
    pub objective: String,
    /// How many former versions went with it.
    pub versions: usize,
}

/// What was removed because it is old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pruned {
    /// Everything saved before then.
    pub before: Timestamp,
    /// What was removed, or would be.
    pub handoffs: Vec<Row>,
    /// Whether it is only said what would be removed.
    pub dry_run: bool,
}

impl Service {
    /// Removes a handoff and its versions.
    pub fn remove(&self, id: &str) -> Result<Removed> {
        let id = Id::new(id)?;
        let document = self.store.get(&id)?.ok_or_else(|| self.no_such(&id))?;
        let objective = Head::read(&id, &document.bytes).map(|head| head.task.objective).unwrap_or_default();
        let versions = self.store.beside(&id)?.iter().filter(|name| name.starts_with('v')).count();
        if !self.store.remove(&id)? {
            return Err(self.no_such(&id));
        }
        Ok(Removed { id: id.to_string(), objective, versions })
    }

    /// Removes what was saved before a time and is not damaged; with `dry_run` it only says what that would be.
    pub fn prune(&self, before: Timestamp, filter: &Filter, dry_run: bool) -> Result<Pruned> {
        let old = Filter { before: Some(before), ..filter.clone() };
        let handoffs = self.list(&old)?.handoffs;
        if !dry_run {
            for row in &handoffs {
                self.store.remove(&Id::new(&row.id)?)?;
            }
        }
        Ok(Pruned { before, handoffs, dry_run })
    }
}
