//! Listing: what is kept, newest first, and what cannot be read.

use jiff::Timestamp;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Service;
use super::repair::{Damaged, damaged};
use crate::error::{Error, Result};
use crate::state::Status;
use crate::store::{Head, Id, Stage, Visibility};
use crate::{project, redact};

/// Which handoffs are meant. What is not named does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// They have all these tags.
    pub tags: Vec<String>,
    /// Their project's name has this in it.
    pub project: Option<String>,
    /// They are at this stage, or their task stands like this: `active`, `completed`, `blocked`, ….
    pub status: Option<String>,
    /// The agent whose session it was.
    pub agent: Option<String>,
    /// Id, title, objective or a tag has this in it, whatever the case.
    pub text: Option<String>,
    /// They were saved then or later.
    pub after: Option<Timestamp>,
    /// They were saved earlier.
    pub before: Option<Timestamp>,
    /// At most so many, the newest.
    pub limit: Option<usize>,
}

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// In which store.
    pub store: String,
    /// The handoffs, newest first.
    pub handoffs: Vec<Row>,
    /// What cannot be read, by name.
    pub damaged: Vec<Damaged>,
}

/// A handoff in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What people call it; empty if nobody gave it a name.
    pub title: String,
    /// What is to be accomplished.
    pub objective: String,
    /// How the task stands.
    pub task_status: Status,
    /// Whether it is still needed.
    pub status: Stage,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The project it belongs to.
    pub project: String,
    /// The agent whose session it was.
    pub agent: String,
    /// The agent's own id of that session.
    pub agent_session: String,
    /// Whose it is.
    pub owner: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Which save of this id it is.
    pub version: u32,
    /// When it was saved, or last worked on if another tool saved it.
    pub saved_at: Timestamp,
    /// Its size as Markdown in tokens, if it is known.
    pub tokens: Option<u64>,
    /// How many comments it has.
    pub comments: usize,
    /// The size of what is kept, in bytes.
    pub bytes: u64,
}

/// The heads of all handoffs with their size in bytes, and those that cannot be read.
pub(super) struct Heads {
    pub read: Vec<(Id, Head, u64)>,
    pub unread: Vec<(Id, Error)>,
    pub strangers: Vec<String>,
}

impl Service {
    /// Lists what is kept.
    pub fn list(&self, filter: &Filter) -> Result<Listed> {
        let heads = self.heads()?;
        let mut rows: Vec<Row> = heads.read.into_iter().map(row).filter(|row| filter.takes(row)).collect();
        rows.sort_by(|a, b| (b.saved_at, &a.id).cmp(&(a.saved_at, &b.id)));
        rows.truncate(filter.limit.unwrap_or(usize::MAX));
        let unread = heads.unread.into_iter().map(|(id, error)| damaged(id.to_string(), &error));
        let strange = heads.strangers.into_iter().map(stranger);
        Ok(Listed { store: self.address(), handoffs: rows, damaged: unread.chain(strange).collect() })
    }

    /// Reads the heads of all handoffs; one that cannot be read does not keep the others from it.
    pub(super) fn heads(&self) -> Result<Heads> {
        let listing = self.store.list()?;
        let read: Vec<(Id, Result<(Head, u64)>)> =
            listing.ids.into_par_iter().filter_map(|id| self.head(&id).map(|head| (id, head))).collect();
        let mut heads = Heads { read: Vec::new(), unread: Vec::new(), strangers: listing.strangers };
        for (id, read) in read {
            match read {
                Ok((head, bytes)) => heads.read.push((id, head, bytes)),
                Err(error) => heads.unread.push((id, error)),
            }
        }
        Ok(heads)
    }

    /// None if it was removed meanwhile.
    fn head(&self, id: &Id) -> Option<Result<(Head, u64)>> {
        let document = match self.store.get(id) {
            Ok(document) => document?,
            Err(error) => return Some(Err(error)),
        };
        Some(Head::read(id, &document.bytes).map(|head| (head, document.bytes.len() as u64)))
    }
}

pub(super) fn row((id, head, bytes): (Id, Head, u64)) -> Row {
    let head = if head.saved_at.is_none() { safe(head) } else { head };
    Row {
        id: id.to_string(),
        saved_at: head.time(),
        title: head.title,
        objective: head.task.objective,
        task_status: head.task.status,
        status: head.status,
        tags: head.tags,
        project: project::id_of(&head.project),
        agent: head.agent,
        agent_session: head.agent_session,
        owner: head.owner,
        visibility: head.visibility,
        version: head.version,
        tokens: head.tokens,
        comments: head.comments.len(),
        bytes,
    }
}

fn stranger(name: String) -> Damaged {
    let reason = "its name is no id; rename it".to_owned();
    Damaged { name, reason, is_mendable: false, moved_to: None, restored: None }
}

/// The head of a file that another tool wrote, through the gate for secrets.
fn safe(mut head: Head) -> Head {
    let gate = |text: &mut String| *text = redact::text(text).into_owned();
    [&mut head.task.objective, &mut head.title, &mut head.project].into_iter().for_each(gate);
    head.tags.iter_mut().for_each(gate);
    head
}

impl Filter {
    /// Whether a handoff is meant.
    pub fn takes(&self, row: &Row) -> bool {
        let is =
            |wanted: &Option<String>, given: &str| wanted.as_deref().is_none_or(|wanted| wanted == given);
        let status = |wanted: &str| wanted == row.status.name() || wanted == row.task_status.name();
        self.tags.iter().all(|tag| row.tags.contains(tag))
            && self.project.as_deref().is_none_or(|project| holds(&row.project, project))
            && self.status.as_deref().is_none_or(status)
            && is(&self.agent, &row.agent)
            && self.text.as_deref().is_none_or(|text| row.says(text))
            && self.after.is_none_or(|after| row.saved_at >= after)
            && self.before.is_none_or(|before| row.saved_at < before)
    }
}

impl Row {
    fn says(&self, text: &str) -> bool {
        let tags = self.tags.iter().map(String::as_str);
        [self.id.as_str(), &self.title, &self.objective]
            .into_iter()
            .chain(tags)
            .any(|words| holds(words, text))
    }
}

/// Whether a text has another in it, whatever the case.
fn holds(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}
