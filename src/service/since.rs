//! What changed since the handoff that a save goes on from: kept with it, since only then is it known why entries went.

use super::Service;
use crate::delta::Delta;
use crate::diff::{self, Known};
use crate::error::Result;
use crate::store::{Id, Record};

/// What changed. Of another session of the agent's, that something is not said any more tells nothing.
pub(super) fn delta(base: &Record, new: &Record, known: &Known) -> Delta {
    let same = !base.agent_session.is_empty() && base.agent_session == new.agent_session;
    if same {
        return diff::diff(&base.state, &new.state, known);
    }
    diff::diff(&base.state, &new.state, &known.clone().in_part())
}

impl Service {
    /// What the saves on the way from the base to this record said, as far as they are still there.
    pub(super) fn known(&self, base: &Record, new: &Record) -> Result<Known> {
        // A record's handoff is called by the id that it is kept under.
        let Ok(id) = Id::new(&new.state.metadata.session_id) else { return Ok(Known::default()) };
        let end = diff::hash(&base.state);
        let mut told: Vec<Delta> = new.delta.iter().cloned().collect();
        for number in self.former(&id, new.version)? {
            if told.last().is_none_or(|delta| delta.base == end) {
                break;
            }
            told.extend(self.version(&id, Some(number))?.delta);
        }
        Ok(Known::told(&told))
    }
}
