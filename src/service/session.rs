//! Under which id a session is kept: its own, or the one that somebody saved it under by hand.

use rayon::prelude::*;

use super::Service;
use crate::error::Result;
use crate::store::{Head, Id, Stage};

/// The note, beside a session's own id, that names the id it is kept under.
const KEPT_AS: &str = "kept-as";

impl Service {
    /// The handoff that a session was last saved to; none if it has none.
    pub fn of_session(&self, session: &str) -> Result<Option<String>> {
        let id = self.noted(&Id::new(session)?)?;
        Ok(self.store.get(&id)?.map(|_| id.to_string()))
    }

    /// The id that was noted for a session, else its own.
    pub(super) fn noted(&self, session: &Id) -> Result<Id> {
        let noted =
            self.store.note(session, KEPT_AS)?.and_then(|id| Id::new(&String::from_utf8(id).ok()?).ok());
        let is_kept = |id: &Id| self.store.get(id).is_ok_and(|document| document.is_some());
        Ok(noted.filter(is_kept).unwrap_or_else(|| session.clone()))
    }

    /// The id under which a session is to be saved: that of its newest handoff, so that it does not stand twice in a list.
    ///
    /// A handoff of another project, a completed one, and one that somebody wrote by hand are left alone.
    pub(super) fn place(&self, session: &Id, is_here: impl FnOnce(&str) -> bool) -> Result<Id> {
        let (noted, newest) = (self.noted(session)?, self.newest(session)?);
        let id = match newest {
            Some(id) if id == noted || id == *session || self.can_be_made_anew(&id, is_here)? => id,
            _ => session.clone(),
        };
        if id != noted {
            self.store.put_note(session, KEPT_AS, id.as_str().as_bytes())?;
        }
        Ok(id)
    }

    /// Whether a handoff was made from a transcript, of a project that is this one.
    fn can_be_made_anew(&self, id: &Id, is_here: impl FnOnce(&str) -> bool) -> Result<bool> {
        let record = self.version(id, None)?;
        let metadata = &record.state.metadata;
        Ok((metadata.source.is_some() || metadata.said.is_some()) && is_here(&record.project))
    }

    /// The id of the handoff of a session that was saved last, completed ones aside.
    fn newest(&self, session: &Id) -> Result<Option<Id>> {
        let ids = self.store.list()?.ids;
        let heads: Vec<(Head, Id)> =
            ids.into_par_iter().filter_map(|id| Some((self.head_of(session, &id)?, id))).collect();
        let newest = heads.into_iter().max_by_key(|(head, id)| (head.time(), id.clone()));
        Ok(newest.map(|(_, id)| id))
    }

    /// The head of a handoff if it is one of that session, and not completed. Most documents do not even name the session.
    fn head_of(&self, session: &Id, id: &Id) -> Option<Head> {
        let document = self.store.get(id).ok()??;
        if id != session && memchr::memmem::find(&document.bytes, session.as_str().as_bytes()).is_none() {
            return None;
        }
        let head = Head::read(id, &document.bytes).ok()?;
        let is_of_session = id == session || head.agent_session == session.as_str();
        (is_of_session && head.status != Stage::Completed).then_some(head)
    }
}
