//! Repairing: what is damaged is moved out of the way and kept, and the last version that can be read takes its place.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Service;
use crate::error::{Error, Result};
use crate::store::{Expected, Id, Record, version_name};

/// Something that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damaged {
    /// Its id, or the name of its file if that is no id.
    pub name: String,
    /// What is wrong with it.
    pub reason: String,
    /// Whether a repair would move it: not a file with a name that is no id, nor what a newer program saved.
    #[serde(skip)]
    pub is_mendable: bool,
    /// Where it was moved to, if that was asked for.
    pub moved_to: Option<String>,
    /// Which version of it was put in its place, if one could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<u32>,
}

impl Service {
    /// Moves what is damaged out of the way, puts the last version that can be read in its place, and says what that was.
    /// What a newer program saved stays.
    pub fn repair(&self) -> Result<Vec<Damaged>> {
        let ids = self.store.list()?.ids;
        let mended = ids.iter().filter_map(|id| self.mend(id).transpose());
        mended.collect()
    }

    /// The same with one handoff; none if it is whole, or not there.
    pub(super) fn mend(&self, id: &Id) -> Result<Option<Damaged>> {
        let Err(error @ Error::Damaged { .. }) = self.there(id) else { return Ok(None) };
        let Some(document) = self.store.get(id)? else { return Ok(None) };
        let moved_to = match self.store.set_aside(id, document.revision()) {
            // Somebody else was faster.
            Err(Error::Conflict { .. }) => return Ok(None),
            moved => Some(moved?),
        };
        let restored = self.put_back(id)?;
        // What the damaged one said is to be saved again.
        self.forget_read(id)?;
        Ok(Some(Damaged { moved_to, restored, ..damaged(id.to_string(), &error) }))
    }

    /// Puts the last version that can be read where nothing is any more, and says which it is.
    fn put_back(&self, id: &Id) -> Result<Option<u32>> {
        for number in self.former(id, u32::MAX)? {
            let version = self.store.note(id, &version_name(number))?;
            let Some(version) = version.filter(|bytes| Record::read(id, bytes).is_ok()) else { continue };
            return match self.store.put(id, &version, Expected::Nothing, None) {
                // What somebody saved meanwhile is newer.
                Err(Error::Conflict { .. }) => Ok(None),
                put => put.map(|()| Some(number)),
            };
        }
        Ok(None)
    }
}

/// What cannot be read, and why, without the advice that one line can give for all.
pub(super) fn damaged(name: String, error: &Error) -> Damaged {
    let reason = match error {
        Error::Damaged { source, .. } => source.to_string(),
        error => error.to_string(),
    };
    let is_mendable = matches!(error, Error::Damaged { .. });
    Damaged { name, reason, is_mendable, moved_to: None, restored: None }
}

/// What became of it, for people.
impl fmt::Display for Damaged {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Damaged { name, reason, moved_to, restored, .. } = self;
        let Some(place) = moved_to else { return write!(formatter, "'{name}' cannot be read: {reason}") };
        write!(formatter, "'{name}' is damaged ({reason}) and was moved to {place}")?;
        match restored {
            Some(number) => write!(formatter, "; version {number} of it is in its place"),
            None => Ok(()),
        }
    }
}
