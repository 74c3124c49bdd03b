//! Saving what an agent says of its session, together with what the transcript proves.

use super::checkpoint::size;
use super::transcript::{lines, read};
use super::{Given, Save, Saved, Service, Words};
use crate::build::{Handoff, Options, Step, build_in_steps};
use crate::error::{Error, Result};
use crate::source::Origin;
use crate::state::HandoffState;
use crate::store::{Id, Record};

/// What an agent wants to be saved.
#[derive(Debug, Clone, Default)]
pub struct Tell {
    /// What it says.
    pub words: Words,
    /// Where its transcript is, if there is one.
    pub transcript: Option<Origin>,
    /// How it is to be saved. Without an id it is saved where the session was saved before, else under the agent's own id of
    /// it, so that all saves of a session meet.
    pub save: Save,
}

impl Service {
    /// Saves what an agent says of its session.
    ///
    /// # Errors
    /// [`Error::NothingToSave`] if it says nothing and there is no transcript.
    pub fn tell(&self, request: Tell, step: Step) -> Result<Saved> {
        let Tell { mut words, transcript, mut save } = request;
        step("opening the transcript")?;
        let size = transcript.as_ref().map(|origin| size(&origin.path)).transpose()?;
        let bytes = transcript.as_ref().map(read).transpose()?;
        words.said.after = bytes.as_deref().map_or(0, lines);
        let read = transcript.as_ref().zip(bytes);
        let proven =
            read.map(|(origin, bytes)| proven(&bytes, &save, step).map_err(|error| error.of(&origin.path)));
        let proven = proven.transpose()?;
        step("putting it together")?;
        if let (None, Some(session)) = (&save.id, proven.as_ref().and_then(|handoff| session(&handoff.state)))
        {
            save.id = Some(self.place(&session)?.to_string());
        }
        let before = save.id.as_deref().and_then(|id| self.record(id).ok());
        let (proven, facts) = proven.map(|handoff| (handoff.state, handoff.facts)).unzip();
        let state = Box::new(put_together(words, proven, before.as_ref())?);
        step("saving")?;
        let given = match facts {
            Some(facts) => Given::Proven { state, facts },
            None => Given::State(state),
        };
        let saved = self.save(given, &save)?;
        if let Some((origin, size)) = transcript.zip(size) {
            let id = Id::new(&saved.id)?;
            self.note_transcript(&id, &origin)?;
            self.note_read(&id, &size)?;
        }
        Ok(saved)
    }
}

/// What is said now and was said before, together with what is proven.
pub(super) fn put_together(
    words: Words,
    proven: Option<HandoffState>,
    before: Option<&Record>,
) -> Result<HandoffState> {
    let words = match before.and_then(|record| Words::of(&record.state)) {
        Some(before) if words.is_empty() => before,
        Some(before) => words.over(before),
        None => words,
    };
    match proven {
        Some(proven) if words.is_empty() => Ok(proven),
        Some(proven) => Ok(words.with(proven)),
        None if words.objective.is_some() => Ok(words.alone()),
        None => Err(Error::NothingToSave),
    }
}

fn proven(bytes: &[u8], save: &Save, step: Step) -> Result<Handoff> {
    let defaults = Options::default();
    let budget = save.budget.unwrap_or(defaults.budget);
    let options = Options { budget, format: save.format.clone(), recorded_root: true, ..defaults };
    // On one of the threads that share the work: a server's are there, and no part has to be handed over and waited for.
    rayon::scope(|_| build_in_steps(bytes, &options, step))
}

/// The agent's id of the session, if a handoff can be called that.
fn session(state: &HandoffState) -> Option<Id> {
    Id::new(&state.metadata.session_id).ok()
}
