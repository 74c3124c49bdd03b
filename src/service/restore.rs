//! Restoring a session: a handoff for the next agent, framed as what it is, within a budget for all of it.

use crate::build::{MINIMUM, refuse_small};
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
    /// What is to be said of it in words of our own.
    pub remark: Option<String>,
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

/// By how many tokens the parts of a text may be more together than each by itself.
const SEAMS: usize = 4;

/// The part of the budget, in hundredths, that the handoff gets where messages are wanted as well.
const SHARE: usize = 50;

/// Said where the host's own summary is kept as well.
const SUMMARY: &str =
    "The host's own summary of this session is kept too; recall_handoff finds what it says.";

/// The heading of the messages.
const LAST_MESSAGES: &str = "\n## Last Messages\n";

impl Service {
    /// Restores a session.
    pub fn restore(&self, request: &Restore, surroundings: &Surroundings) -> Result<Restored> {
        let point = self.meant(&request.load)?;
        let id = point.id.to_string();
        let room = room(request.budget, &title(&id))?;
        let with_messages = request.messages > 0;
        let share = if with_messages { (room * SHARE / 100).max(MINIMUM).min(room) } else { room };
        let remarks = self.remarks(request, &id, share)?;
        let share = share - count(&remarks);
        let body = self.body(&point.to_string(), request, share);
        let mut body = body.map_err(|error| with_frame(error, request.budget, share))? + &remarks;
        if with_messages {
            let left = room.saturating_sub(count(&body) + 10);
            body.push_str(LAST_MESSAGES);
            body.push_str(&self.last_messages(&id, request.messages, left, surroundings)?);
        }
        Ok(framed(id, &body))
    }

    /// What is said behind a handoff in words of our own, as far as it leaves enough room for that.
    fn remarks(&self, request: &Restore, id: &str, room: usize) -> Result<String> {
        let summary = self.summary(id)?.map(|_| SUMMARY);
        let mut remarks = String::new();
        for remark in request.remark.as_deref().into_iter().chain(summary) {
            let more = format!("{remarks}\n{remark}\n");
            if room >= MINIMUM + count(&more) {
                remarks = more;
            }
        }
        Ok(remarks)
    }

    /// Says what changed from one handoff to another, in the same frame.
    pub fn compare(&self, base: &str, new: &str, budget: usize) -> Result<Restored> {
        let room = room(budget, &title(new))?;
        let changed = self.changes_in_frame(&compare(base, new, room));
        let changed = changed.map_err(|error| with_frame(error, budget, room))?;
        Ok(framed(changed.id, &changed.text))
    }

    /// The handoff, or what changed in it since another one, within a budget.
    fn body(&self, id: &str, request: &Restore, budget: usize) -> Result<String> {
        if let Some(base) = &request.since {
            return Ok(self.load_changes_in_frame(&compare(base, id, budget))?.text);
        }
        let model = Some(Encoding::O200kBase.name().to_owned());
        let load = Load { id: Some(id.to_owned()), budget: Some(budget), model, ..request.load.clone() };
        Ok(self.load_in_frame(&load)?.text)
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

/// What a frame with that title leaves of a budget, whatever stands in it.
///
/// # Errors
/// [`Error::BudgetTooSmall`] if that is less than any handoff needs.
pub(super) fn room(budget: usize, title: &str) -> Result<usize> {
    refuse_small(budget)?;
    let taken = count(&frame::dearest(title)) + SEAMS;
    budget.checked_sub(taken).ok_or(Error::BudgetTooSmall { budget, minimum: taken })
}

/// What is wrong with a budget, told of all of it where only its room was looked at.
fn with_frame(error: Error, budget: usize, room: usize) -> Error {
    match error {
        Error::BudgetTooSmall { minimum, .. } => {
            Error::BudgetTooSmall { budget, minimum: minimum + budget - room }
        }
        error => error,
    }
}

/// What the frame of a handoff says of it.
fn title(id: &str) -> String {
    format!("handoff {id}")
}

fn count(text: &str) -> usize {
    Encoding::O200kBase.count(text)
}

fn compare(base: &str, new: &str, budget: usize) -> Compare {
    Compare { base: base.to_owned(), id: new.to_owned(), budget: Some(budget), ..Compare::default() }
}

fn framed(id: String, body: &str) -> Restored {
    let text = frame::around(body, &title(&id));
    let tokens = count(&text);
    Restored { id, text, tokens }
}
