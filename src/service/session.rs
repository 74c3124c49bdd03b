//! Under which id a session is kept: its own, or the one that it was last saved under by hand.

use super::Service;
use crate::error::Result;
use crate::store::{Head, Id, Record, Stage};

/// The note, beside a session's own id, that names the id it was last saved under.
const KEPT_AS: &str = "kept-as";

impl Service {
    /// The handoff that a session was last saved to; none if it has none.
    pub fn of_session(&self, session: &str) -> Result<Option<String>> {
        let id = self.noted(&Id::new(session)?)?;
        Ok(self.store.get(&id)?.map(|_| id.to_string()))
    }

    /// The id that was noted for a session, if it is still there, else its own.
    pub(super) fn noted(&self, session: &Id) -> Result<Id> {
        let noted =
            self.store.note(session, KEPT_AS)?.and_then(|id| Id::new(&String::from_utf8(id).ok()?).ok());
        let is_kept = |id: &Id| self.store.get(id).is_ok_and(|document| document.is_some());
        Ok(noted.filter(is_kept).unwrap_or_else(|| session.clone()))
    }

    /// The id under which a session is to be saved if nobody names one: where it was saved last, so that it does not stand
    /// twice in a list, but not where nothing is left to do.
    pub(super) fn place(&self, session: &Id) -> Result<Id> {
        self.unless_completed(self.noted(session)?, session)
    }

    /// The id that was noted for a session, or its own where nothing is left to do under that.
    pub(super) fn unless_completed(&self, noted: Id, session: &Id) -> Result<Id> {
        let head = self.store.get(&noted)?.and_then(|document| Head::read(&noted, &document.bytes).ok());
        let is_completed = head.is_some_and(|head| head.status == Stage::Completed);
        Ok(if is_completed { session.clone() } else { noted })
    }

    /// Notes where a session was saved, if that can be made anew from its transcript and is of the project that it was in.
    /// Gives the handoff that it was saved to before, if that is another.
    pub(super) fn note_place(
        &self,
        id: &Id,
        record: &Record,
        is_of_project: impl FnOnce() -> bool,
    ) -> Result<Option<Id>> {
        let metadata = &record.state.metadata;
        let Ok(session) = Id::new(record.session()) else { return Ok(None) };
        let can_be_made_anew = metadata.source.is_some() || metadata.said.is_some();
        let before = self.noted(&session)?;
        if !can_be_made_anew || before == *id || !is_of_project() {
            return Ok(None);
        }
        self.store.put_note(&session, KEPT_AS, id.as_str().as_bytes())?;
        Ok(self.store.get(&before)?.map(|_| before))
    }
}
