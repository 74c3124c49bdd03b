//! The versions of a handoff, and what people say about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::given::redacted;
use super::{Keeping, Service};
use crate::error::{Error, Result};
use crate::state::Status;
use crate::store::{Comment, Head, Id, version_name, version_number};

/// A version of a handoff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number, from 1.
    pub version: u32,
    /// When it was saved, or last worked on if another tool saved it.
    pub saved_at: Timestamp,
    /// How the task stood.
    pub task_status: Status,
    /// What was to be accomplished.
    pub objective: String,
    /// The agent whose session it was.
    pub agent: String,
    /// Its size as Markdown in tokens, if it is known.
    pub tokens: Option<u64>,
    /// The size of what is kept, in bytes.
    pub bytes: u64,
}

/// The versions of a handoff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Those that can be read, newest first.
    pub versions: Vec<Version>,
    /// The numbers of former ones that are damaged: they hide no others.
    pub damaged: Vec<u32>,
}

impl Service {
    /// The versions of a handoff that are there.
    pub fn log(&self, id: &str) -> Result<History> {
        let id = Id::new(id)?;
        let document = self.store.get(&id)?.ok_or_else(|| self.no_such(&id))?;
        let last = version(&id, &document.bytes)?;
        let former = self.former(&id, last.version)?;
        let mut history = History { versions: vec![last], damaged: Vec::new() };
        for number in former {
            let Some(bytes) = self.store.note(&id, &version_name(number))? else { continue };
            match version(&id, &bytes) {
                Ok(version) => history.versions.push(version),
                Err(Error::Damaged { .. }) => history.damaged.push(number),
                Err(error) => return Err(error),
            }
        }
        Ok(history)
    }

    /// The numbers of the versions before one, newest first. A save that was cut short may have kept more.
    pub(super) fn former(&self, id: &Id, before: u32) -> Result<Vec<u32>> {
        let mut numbers: Vec<u32> =
            self.store.beside(id)?.iter().filter_map(|name| version_number(name)).collect();
        numbers.retain(|number| *number < before);
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        Ok(numbers)
    }

    /// Adds what somebody says about a handoff, and says how many comments it has now.
    pub fn comment(&self, id: &str, author: &str, text: &str) -> Result<usize> {
        let id = Id::new(id)?;
        let said =
            Comment { author: author.to_owned(), text: text.to_owned(), at: self.settings.clock.now() };
        let (said, _) = redacted(&said);
        let record = self.change(&id, Keeping::Nothing, |there| {
            let mut record = there.ok_or_else(|| self.no_such(&id))?;
            record.comments.push(said.clone());
            Ok(record)
        })?;
        Ok(record.comments.len())
    }
}

fn version(id: &Id, bytes: &[u8]) -> Result<Version> {
    let head = Head::read(id, bytes)?;
    Ok(Version {
        version: head.version,
        saved_at: head.time(),
        task_status: head.task.status,
        objective: head.task.objective,
        agent: head.agent,
        tokens: head.tokens,
        bytes: bytes.len() as u64,
    })
}
