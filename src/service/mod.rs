//! What can be done with kept handoffs: the operations over a store, for every door alike.
//!
//! Requests and replies are plain data. A request that names nothing asks for the usual.

mod changes;
mod checkpoint;
mod conversation;
mod current;
mod entries;
mod exchange;
mod fit;
mod given;
mod list;
mod load;
mod log;
mod merge;
mod nearby;
mod point;
mod query;
mod recall;
mod remove;
mod repair;
mod restore;
mod save;
mod search;
mod session;
mod since;
mod stats;
mod tell;
mod transcript;
mod tree;
mod union;
mod words;

pub use changes::{Changed, Compare};
pub use checkpoint::{CaughtUp, Checkpoint, is_no_problem};
pub use current::Current;
pub use exchange::{Bundle, Exported, Import, Imported, Outcome};
pub use given::{Given, latest_session, read_given};
pub use list::{Filter, Listed, Row};
pub use load::{Load, Loaded};
pub use log::{History, Version};
pub use merge::{Merge, Merged, Order, Overtaken};
pub use nearby::{at_hand, calling, session_around};
pub use point::Point;
pub use recall::Recall;
pub use remove::{Pruned, Removed};
pub use repair::Damaged;
pub use restore::{Restore, Restored};
pub use save::{Save, Saved};
pub use search::{Found, Hit, Search};
pub use tell::Tell;
pub use tree::Tree;
pub use union::{Conflict, Decided};
pub use words::Words;

use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::store::{self, Expected, Id, Keep, Place, Record, Revision, Store};
use crate::surroundings::{Clock, Surroundings};

/// How many former versions of a handoff stay, unless a setting says otherwise.
const VERSIONS: usize = 10;

/// The operations over a store.
pub struct Service {
    store: Box<dyn Store>,
    settings: Settings,
    /// What was read last: a save looks at the same document several times.
    last: Mutex<Option<(Revision, Record)>>,
}

/// What holds for all requests.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What tells the time.
    pub clock: Clock,
    /// How many former versions of a handoff stay.
    pub versions: usize,
    /// Whether anything may be saved that nobody asked for.
    pub automatic: bool,
}

impl Settings {
    /// The settings that the variables `BATON_VERSIONS` and `BATON_DISABLE` make.
    pub fn of(surroundings: &Surroundings) -> Self {
        let versions = surroundings.variable("BATON_VERSIONS").and_then(|number| number.parse().ok());
        let disabled = surroundings.variable("BATON_DISABLE").is_some_and(|value| value != "0");
        Settings { clock: surroundings.clock, versions: versions.unwrap_or(VERSIONS), automatic: !disabled }
    }
}

impl Service {
    /// The service of a store.
    pub fn new(store: Box<dyn Store>, settings: Settings) -> Self {
        Service { store, settings, last: Mutex::default() }
    }

    /// The service of the store that was named, or of the one at hand.
    pub fn open(named: Option<&str>, surroundings: &Surroundings) -> Result<Self> {
        let place = Place::find(named, surroundings)?;
        Ok(Service::new(store::open(&place)?, Settings::of(surroundings)))
    }

    /// What the store is called.
    pub fn address(&self) -> String {
        self.store.address()
    }

    /// A handoff as it is kept.
    pub fn record(&self, id: &str) -> Result<Record> {
        let id = Id::new(id)?;
        self.there(&id)?.map(|(record, _)| record).ok_or_else(|| self.no_such(&id))
    }

    /// What is under an id, and which document that is.
    fn there(&self, id: &Id) -> Result<Option<(Record, Revision)>> {
        let Some(document) = self.store.get(id)? else { return Ok(None) };
        let revision = document.revision();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let record = match last.take() {
            Some((known, record)) if known == revision => record,
            _ => read(id, &document.bytes)?,
        };
        // Not what may be long.
        *last = record.conversation.is_none().then(|| (revision, record.clone()));
        Ok(Some((record, revision)))
    }

    fn no_such(&self, id: &Id) -> Error {
        Error::NoSuchHandoff { id: id.to_string(), store: self.address() }
    }

    /// Changes what is kept under an id, as a whole: what another writer puts there meanwhile is read anew.
    fn change(
        &self,
        id: &Id,
        keep: Keeping,
        mut change: impl FnMut(Option<Record>) -> Result<Record>,
    ) -> Result<Record> {
        loop {
            let (there, expected) = match self.there(id)? {
                Some((record, revision)) => (Some(record), Expected::This(revision)),
                None => (None, Expected::Nothing),
            };
            let keep = there.as_ref().filter(|_| keep == Keeping::Version);
            let keep = keep.map(|there| Keep { number: there.version, most: self.settings.versions });
            let record = change(there)?;
            match self.store.put(id, &record.write(), expected, keep) {
                Err(Error::Conflict { .. }) if self.is_other(id, expected)? => {}
                put => return put.map(|()| record),
            }
        }
    }

    /// Whether something else is under the id than was expected; if not, trying again would not help.
    fn is_other(&self, id: &Id, expected: Expected) -> Result<bool> {
        let now = self.store.get(id)?;
        Ok(now.map_or(Expected::Nothing, |document| Expected::This(document.revision())) != expected)
    }
}

/// The handoff of a document. It passes the gate for secrets, since other tools and people write such files too.
fn read(id: &Id, document: &[u8]) -> Result<Record> {
    Ok(given::redacted(&Record::read(id, document)?).0)
}

/// Whether a change makes a version of what was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeping {
    /// It does.
    Version,
    /// What was there is not kept.
    Nothing,
}
