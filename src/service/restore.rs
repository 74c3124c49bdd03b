//! Restoring a session: a handoff for the next agent, framed as what it is, within a budget for all of it.

use crate::build::MINIMUM;
use crate::error::{Error, Result};
use crate::recall;
use crate::render::frame;
use crate::store::Id;
use crate::surroundings::Surroundings;
use crate::token::{Encoding, Tokenizer};

use super::transcript::read;
use super::{Compare, Load, Service};

/// What is to be restored.
#[derive(Debug, Clone, Default)]
pub struct Restore {
    /// Which handoff, or the latest of a project.
    pub load: Load,
    /// Only what changed since this handoff.
    pub since: Option<String>,
    /// The most tokens of the text, frame and all.
    pub budget: usize,
    /// How many of the last messages are wanted too, word for word.
    pub messages: usize,
}

/// What the next agent is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Which handoff it is.
    pub id: String,
    /// The text in its frame.
    pub text: String,
    /// Its size in tokens.
    pub tokens: usize,
}

/// The most tokens of a frame: the longest id has fewer than fifty.
pub(super) const FRAME: usize = 80;

/// The part of the budget, in hundredths, that the handoff gets where messages are wanted as well.
const SHARE: usize = 50;

/// The heading of the messages.
const LAST_MESSAGES: &str = "\n## Last Messages\n";

impl Service {
    /// Restores a session.
    pub fn restore(&self, request: &Restore, surroundings: &Surroundings) -> Result<Restored> {
        let room = request.budget.checked_sub(FRAME).filter(|room| *room >= MINIMUM);
        let room = room.ok_or(Error::BudgetTooSmall { budget: request.budget, minimum: MINIMUM + FRAME })?;
        let share = if request.messages == 0 { room } else { (room * SHARE / 100).max(MINIMUM) };
        let (id, mut body) = match &request.since {
            Some(base) => self.since(base, &request.load, share)?,
            None => self.whole(&request.load, share)?,
        };
        if request.messages > 0 {
            let left = room.saturating_sub(Encoding::O200kBase.count(&body) + 10);
            body.push_str(LAST_MESSAGES);
            body.push_str(&self.last_messages(&id, request.messages, left, surroundings)?);
        }
        let text = frame::around(&body, &format!("handoff {id}"));
        let tokens = Encoding::O200kBase.count(&text);
        Ok(Restored { id, text, tokens })
    }

    /// A handoff within a budget: its id and text.
    fn whole(&self, load: &Load, budget: usize) -> Result<(String, String)> {
        let loaded = self.load(&Load { budget: Some(budget), ..load.clone() })?;
        Ok((loaded.id, loaded.text))
    }

    /// What changed in a handoff since another one, within a budget.
    fn since(&self, base: &str, load: &Load, budget: usize) -> Result<(String, String)> {
        let id = self.meant(load)?.to_string();
        let compare = Compare { base: base.to_owned(), id, budget: Some(budget), ..Compare::default() };
        let changed = self.changes(&compare)?;
        Ok((changed.id, changed.text))
    }

    /// The last messages of the session, from what was kept of it or from its transcript.
    fn last_messages(
        &self,
        id: &str,
        messages: usize,
        budget: usize,
        surroundings: &Surroundings,
    ) -> Result<String> {
        let bytes = match self.record(id)?.conversation {
            Some(conversation) => conversation.into_bytes(),
            None => read(&self.transcript_of(&Id::new(id)?, surroundings)?)?,
        };
        recall::last(&bytes, messages, budget, Tokenizer::Exact(Encoding::O200kBase))
    }
}
