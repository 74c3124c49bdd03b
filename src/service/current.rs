//! Handoffs as they would be had their sessions been saved just now: an agent that is killed tells nobody, but its transcript is
//! on disk, and whoever loads the handoff is to have all of it.

use jiff::Timestamp;

use super::{CaughtUp, Checkpoint, Point, Service, is_no_problem};
use crate::error::{Error, Result, chain};
use crate::project::Project;
use crate::redact;
use crate::store::{Id, Stage};
use crate::surroundings::Surroundings;
use crate::text::clip;

/// A handoff that is meant, with all that is on disk of its session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Current {
    /// Its id, or that with a version behind it.
    pub id: String,
    /// What kept it from having all of that, or was moved aside for it: no reason not to load it.
    pub warning: Option<String>,
}

impl Service {
    /// The handoff of that name. It is saved as far as its session is on disk, if that was so before: not one that somebody
    /// wrote or completed, nor a version of one.
    pub fn current(&self, id: &str, surroundings: &Surroundings) -> Current {
        let last = Point::of(id).ok().filter(|point| point.version.is_none());
        let caught_up =
            last.map_or_else(|| Ok(CaughtUp::default()), |point| self.refresh(&point.id, surroundings));
        Current { id: id.to_owned(), warning: warning(caught_up) }
    }

    /// The handoff of a project that was saved last, or would have been. See [`Service::latest_of`].
    ///
    /// # Errors
    /// [`Error::NothingHere`] if the project has none.
    pub fn current_of(
        &self,
        project: &Project,
        asking: Option<&str>,
        surroundings: &Surroundings,
    ) -> Result<Current> {
        let known = self.latest_of(project, asking);
        let saved_at = known.as_ref().ok().and_then(|id| Some(self.record(id).ok()?.time()));
        let caught_up = self.catch_up(project, asking, saved_at.unwrap_or(Timestamp::MIN), surroundings);
        let latest = match (known, &caught_up) {
            (_, Ok(CaughtUp { saved: Some(_), .. })) => self.latest_of(project, asking)?,
            // Where there is nothing, what kept it from being there tells more.
            (Err(_), Err(error)) if !is_no_problem(error) => return caught_up.map(|_| Current::default()),
            (known, _) => known?,
        };
        let Current { id, warning: own } = self.current(&latest, surroundings);
        Ok(Current { id, warning: warning(caught_up).or(own) })
    }

    /// Saves the session of a handoff as far as it is on disk, where it was saved so before; for the cost of a look at its
    /// transcript where nothing is new.
    fn refresh(&self, id: &Id, surroundings: &Surroundings) -> Result<CaughtUp> {
        if !self.settings.automatic {
            return Err(Error::Disabled);
        }
        let Some(origin) = self.noted_transcript(id)? else { return Ok(CaughtUp::default()) };
        let mended = self.mend(id)?;
        let record = self.there(id)?.map(|(record, _)| record);
        let was_there = record.is_some() || mended.is_some();
        let is_completed = record.as_ref().is_some_and(|record| record.status == Stage::Completed);
        let session = record.map_or_else(|| id.to_string(), |record| record.session().to_owned());
        let goes_on_here =
            Id::new(&session).is_ok_and(|session| self.noted(&session).is_ok_and(|noted| noted == *id));
        if !was_there || is_completed || !goes_on_here {
            return Ok(CaughtUp { saved: None, mended });
        }
        let checkpoint = Checkpoint { session, agent: None, transcript: Some(origin) };
        let done = self.checkpoint(&checkpoint, surroundings)?;
        Ok(CaughtUp { mended: mended.or(done.mended), ..done })
    }
}

/// The most bytes of a reason.
const WHY: usize = 300;

/// What is to be said of it, if anything.
fn warning(caught_up: Result<CaughtUp>) -> Option<String> {
    match caught_up {
        Ok(done) => done.mended.map(|damaged| damaged.to_string()),
        Err(error) if is_no_problem(&error) => None,
        Err(error) => {
            let why = redact::text(&chain(&error)).into_owned();
            Some(format!("What the session said since the last save is not in it: {}", clip(&why, WHY)))
        }
    }
}
