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
const FRAME: usize = 80;

/// The part of the budget, in hundredths, that the handoff gets where messages are wanted as well.
const SHARE: usize = 50;

/// Said where the host's own summary is kept as well, and its size in tokens at most.
const SUMMARY: (&str, usize) =
    ("\nThe host's own summary of this session is kept too; recall_handoff finds what it says.\n", 24);

/// The heading of the messages.
const LAST_MESSAGES: &str = "\n## Last Messages\n";

impl Service {
    /// Restores a session.
    pub fn restore(&self, request: &Restore, surroundings: &Surroundings) -> Result<Restored> {
        let room = room(request.budget)?;
        let with_messages = request.messages > 0;
        let share = if with_messages { (room * SHARE / 100).max(MINIMUM) } else { room };
        let point = self.meant(&request.load)?;
        let id = point.id.to_string();
        let summary = self.summary(&id)?.filter(|_| share >= MINIMUM + SUMMARY.1);
        let share = if summary.is_some() { share - SUMMARY.1 } else { share };
        let mut body = self.body(&point.to_string(), request, share)?;
        if summary.is_some() {
            body.push_str(SUMMARY.0);
        }
        if with_messages {
            let left = room.saturating_sub(Encoding::O200kBase.count(&body) + 10);
            body.push_str(LAST_MESSAGES);
            body.push_str(&self.last_messages(&id, request.messages, left, surroundings)?);
        }
        Ok(framed(id, &body))
    }

    /// Says what changed from one handoff to another, in the same frame.
    pub fn compare(&self, base: &str, new: &str, budget: usize) -> Result<Restored> {
        let changed = self.changes(&compare(base, new, room(budget)?))?;
        Ok(framed(changed.id, &changed.text))
    }

    /// The handoff, or what changed in it since another one, within a budget.
    fn body(&self, id: &str, request: &Restore, budget: usize) -> Result<String> {
        if let Some(base) = &request.since {
            return Ok(self.load_changes(&compare(base, id, budget))?.text);
        }
        let load = Load { id: Some(id.to_owned()), budget: Some(budget), ..request.load.clone() };
        Ok(self.load(&load)?.text)
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

/// What the frame leaves of a budget.
pub(super) fn room(budget: usize) -> Result<usize> {
    let room = budget.checked_sub(FRAME).filter(|room| *room >= MINIMUM);
    room.ok_or(Error::BudgetTooSmall { budget, minimum: MINIMUM + FRAME })
}

fn compare(base: &str, new: &str, budget: usize) -> Compare {
    Compare { base: base.to_owned(), id: new.to_owned(), budget: Some(budget), ..Compare::default() }
}

fn framed(id: String, body: &str) -> Restored {
    let text = frame::around(body, &format!("handoff {id}"));
    let tokens = Encoding::O200kBase.count(&text);
    Restored { id, text, tokens }
}
