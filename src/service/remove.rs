//! Taking handoffs away: by id, or what is older than a time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Filter, Row, Service};
use crate::error::{Error, Result};
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
        let head = Head::read(&id, &document.bytes).ok();
        let versions = self.former(&id, head.as_ref().map_or(u32::MAX, |head| head.version))?.len();
        let objective = head.map(|head| head.task.objective).unwrap_or_default();
        self.store.remove(&id, document.revision())?;
        Ok(Removed { id: id.to_string(), objective, versions })
    }

    /// Removes what was saved before a time and is not damaged; with `dry_run` it only says what that would be.
    pub fn prune(&self, before: Timestamp, filter: &Filter, dry_run: bool) -> Result<Pruned> {
        let mut handoffs = self.list(&Filter { before: Some(before), ..filter.clone() })?.handoffs;
        if !dry_run {
            let removed: Vec<bool> =
                handoffs.iter().map(|row| self.remove_old(row, before)).collect::<Result<_>>()?;
            let mut removed = removed.into_iter();
            handoffs.retain(|_| removed.next().unwrap_or_default());
        }
        Ok(Pruned { before, handoffs, dry_run })
    }

    /// Whether it was removed; it is not if it was saved again since it was listed.
    fn remove_old(&self, row: &Row, before: Timestamp) -> Result<bool> {
        let id = Id::new(&row.id)?;
        let Some(document) = self.store.get(&id)? else { return Ok(false) };
        if Head::read(&id, &document.bytes)?.time() >= before {
            return Ok(false);
        }
        match self.store.remove(&id, document.revision()) {
            Err(Error::Conflict { .. }) => Ok(false),
            removed => removed.map(|()| true),
        }
    }
}
