//! What changed since an earlier handoff: kept with every save that goes on from one, told at a load.

use serde::{Deserialize, Serialize};

use super::{Load, Service, tree};
use crate::build::Options;
use crate::delta::Delta;
use crate::diff::{self, Known};
use crate::error::{Error, Result};
use crate::state::HandoffState;
use crate::store::{Id, Record};
use crate::update::{Update, update};
use crate::worktree;

/// How the changes since a base were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// Size of the whole handoff in tokens.
    pub full: usize,
    /// Whether it was given in place of its changes, since they are hardly shorter.
    pub whole: bool,
}

impl Service {
    /// The changes of a record since what a request names: another handoff, a version of one (`parser@2`), or a version
    /// of the same (`@2`).
    pub(super) fn since(
        &self,
        since: &str,
        id: &Id,
        new: &Record,
        wanted: (&Load, Options),
    ) -> Result<Update> {
        let base = self.base(since, id)?;
        let known = Known::told(&self.told(id, new, &base)?);
        let (request, options) = wanted;
        let seen = |record: &Record| {
            let mut state = record.state.clone();
            if let Some(root) = request.tree.root(&tree::recorded(&state)) {
                worktree::revisit(&mut state, &root);
            }
            state
        };
        update(&seen(&base), &seen(new), &known, &options)
    }

    fn base(&self, since: &str, same: &Id) -> Result<Record> {
        let (id, version) = match since.split_once('@') {
            Some((id, version)) => (id, Some(version)),
            None => (since, None),
        };
        let id = if id.is_empty() { same.clone() } else { Id::new(id)? };
        let number = version.map(|version| {
            version.parse().map_err(|_| Error::NoSuchVersion { id: id.to_string(), number: 0 })
        });
        self.version(&id, number.transpose()?)
    }

    /// The deltas that were kept on the way from the base, newest first, as far as they are still there.
    fn told(&self, id: &Id, new: &Record, base: &Record) -> Result<Vec<Delta>> {
        let end = diff::hash(&base.state);
        let mut told: Vec<Delta> = new.delta.iter().cloned().collect();
        for number in self.former(id, new.version)? {
            if told.last().is_none_or(|delta| delta.base == end) {
                break;
            }
            told.extend(self.version(id, Some(number))?.delta);
        }
        Ok(told)
    }
}

/// What changed from what a save goes on from. Of another session of the agent's, silence tells nothing.
pub(super) fn delta(base: &Record, new: &Record, known: &Known) -> Delta {
    let same = !base.agent_session.is_empty() && base.agent_session == new.agent_session;
    let in_part;
    let known = if same {
        known
    } else {
        in_part = known.clone().in_part();
        &in_part
    };
    diff::diff(&base.state, &new.state, known)
}

/// The handoff that a save goes on from.
pub(super) fn going_on<'a>(base: Option<&'a Record>, there: Option<&'a Record>) -> Option<&'a HandoffState> {
    base.or(there).map(|record| &record.state)
}
