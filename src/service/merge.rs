//! Merging handoffs into one: the later wins, and where two decisions disagree, that is said.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::union::{Conflict, Source, union};
use super::{Given, Save, Saved, Service};
use crate::error::{Error, Result};
use crate::store::{Comment, Record};

/// What is to be merged, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Merge {
    /// Which handoffs, two or more.
    pub ids: Vec<String>,
    /// Which of them is the later.
    pub order: Order,
    /// Under which id the result is saved; made from objective and time if none.
    pub id: Option<String>,
    /// What people call it.
    pub title: Option<String>,
    /// The most tokens it may have as Markdown; no limit if none is named.
    pub budget: Option<usize>,
    /// The encoding or model that counts them.
    pub model: Option<String>,
}

/// Which of several handoffs is the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The one that was saved later.
    #[default]
    Chronological,
    /// The one that is named later.
    Given,
}

/// What was merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Merged {
    /// What was saved.
    pub saved: Saved,
    /// The handoffs it was made of, the earliest first. They stay.
    pub sources: Vec<String>,
    /// Where decisions disagreed.
    pub conflicts: Vec<Conflict>,
    /// Those that are states of one session.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overtaken: Vec<Overtaken>,
}

/// Two states of one session: errors, questions, checks and steps are those of the later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overtaken {
    /// The id of the one that ends earlier in the transcript.
    pub earlier: String,
    /// The id of the other.
    pub later: String,
}

impl Service {
    /// Merges handoffs into a new one.
    pub fn merge(&self, request: &Merge) -> Result<Merged> {
        let mut records = self.all_of(&request.ids)?;
        if request.order == Order::Chronological {
            records = in_order(records);
        }
        let sources: Vec<Source> = records.iter().map(source).collect();
        let (state, conflicts) = union(&sources);
        let saved = self.save(Given::State(Box::new(state)), &together(&records, request))?;
        let overtaken = overtaken(&records);
        Ok(Merged { saved, overtaken, sources: records.into_iter().map(|(id, _)| id).collect(), conflicts })
    }

    fn all_of(&self, ids: &[String]) -> Result<Vec<(String, Record)>> {
        let distinct = each_once(ids.iter());
        if distinct.len() < 2 {
            return Err(Error::NothingToMerge);
        }
        distinct.into_iter().map(|id| Ok((id.clone(), self.record(id)?))).collect()
    }
}

fn source((id, record): &(String, Record)) -> Source<'_> {
    Source { id, session: record.session(), state: &record.state }
}

/// The records by the time they were saved. Those of one session stand where the last of them does, in the order of the
/// session: what comes later in the transcript is the later, whenever it was saved.
fn in_order(mut records: Vec<(String, Record)>) -> Vec<(String, Record)> {
    let mut last: BTreeMap<String, Timestamp> = BTreeMap::new();
    for (_, record) in &records {
        let saved = last.entry(record.session().to_owned()).or_insert(record.time());
        *saved = record.time().max(*saved);
    }
    records.sort_by_cached_key(|(_, record)| {
        let events = record.state.metadata.source.as_ref().map_or(0, |source| source.events);
        let session = record.session().to_owned();
        (last[&session], session, record.state.metadata.updated_at, events, record.time())
    });
    records
}

/// Neighbours that are of one session: what of the first differs is overtaken by the second.
fn overtaken(records: &[(String, Record)]) -> Vec<Overtaken> {
    let pairs = records.windows(2).filter(|pair| pair[0].1.session() == pair[1].1.session());
    pairs.map(|pair| Overtaken { earlier: pair[0].0.clone(), later: pair[1].0.clone() }).collect()
}

/// What the records say beside their states, together.
fn together(records: &[(String, Record)], request: &Merge) -> Save {
    let all = || records.iter().map(|(_, record)| record);
    let mut comments: Vec<Comment> = all().flat_map(|record| record.comments.clone()).collect();
    comments.sort_by_key(|comment| comment.at);
    Save {
        id: request.id.clone(),
        budget: request.budget,
        model: request.model.clone(),
        title: request.title.clone(),
        tags: all().flat_map(|record| record.tags.clone()).collect(),
        project: joined(all().map(|record| record.project.as_str()), ", "),
        agent: joined(all().map(|record| record.agent.as_str()), ", "),
        owner: joined(all().map(|record| record.owner.as_str()), ", "),
        collaborators: all().flat_map(|record| record.collaborators.clone()).collect(),
        visibility: all().map(|record| record.visibility).min(),
        conversation: joined(all().filter_map(|record| record.conversation.as_deref()), "\n\n"),
        comments,
        ..Save::default()
    }
}

/// The texts that say something, each once.
fn joined<'a>(texts: impl Iterator<Item = &'a str>, between: &str) -> Option<String> {
    let distinct = each_once(texts.filter(|text| !text.is_empty()));
    (!distinct.is_empty()).then(|| distinct.join(between))
}

fn each_once<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.fold(Vec::new(), |mut distinct, item| {
        if !distinct.contains(&item) {
            distinct.push(item);
        }
        distinct
    })
}
