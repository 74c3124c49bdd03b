//! Preferring what already stands, so that a checkpoint shows changes of the work and not noise of the ranking.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::Value;

use super::identity::{Mark, key};
use super::known::{entry, rationale_of, subject_of};
use super::near::Near;
use super::parts::{Entry, Parts};
use crate::delta::{Section, is_unread};
use crate::fact::{Fact, Item};
use crate::state::HandoffState;

/// By how many hundredths an entry is worth more for standing in the base.
const STANDS: i64 = 12;
/// The same of the very form that stands there.
const AS_IT_IS: i64 = 18;

/// Makes the facts that stand in the base worth a little more, and puts them first, in the order of the base, so that
/// the text keeps its beginning.
///
/// An error that is resolved and a step that was executed are no facts any more, so they gain nothing.
#[must_use]
pub fn prefer(facts: Vec<Fact>, base: &HandoffState) -> Vec<Fact> {
    let standing = Standing::of(base);
    let mut placed: Vec<(usize, Fact)> = facts.into_par_iter().map(|fact| standing.placed(fact)).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, fact)| fact).collect()
}

/// The entries of the base.
struct Standing {
    entries: Vec<(Mark, Entry)>,
    by_key: BTreeMap<(Section, String), usize>,
    near: Near,
}

impl Standing {
    fn of(base: &HandoffState) -> Self {
        let lists = Parts::of(base).lists;
        let entries: Vec<(Mark, Entry)> = lists
            .into_iter()
            .flat_map(|(section, list)| list.into_iter().map(move |it| (Mark::of(section, &it), it)))
            .collect();
        let by_key = entries
            .iter()
            .enumerate()
            .rev()
            .map(|(at, (mark, _))| ((mark.section, mark.key.clone()), at))
            .collect();
        let near = Near::of(entries.iter().map(|(mark, _)| mark));
        Standing { entries, by_key, near }
    }

    /// Where a fact stands.
    fn place(&self, fact: &Fact) -> Option<usize> {
        let subjects = fact.forms.iter().filter_map(subject_of);
        let keys = subjects
            .filter(|(section, text)| !self.near.by_key(*section, text).is_empty())
            .map(|(section, text)| (section, key(section, &text)));
        keys.filter_map(|key| self.by_key.get(&key).copied()).min().or_else(|| self.alike(&fact.forms[0]))
    }

    /// The first entry that is like a form of a fact.
    fn alike(&self, form: &Item) -> Option<usize> {
        let (section, subject) = subject_of(form)?;
        let rationale = rationale_of(form);
        let may_be = match section {
            Section::Constraints => self.near.by_key(section, &subject).to_vec(),
            _ => self.near.by_words(section, &subject, rationale),
        };
        if may_be.is_empty() {
            return None;
        }
        let mark = Mark::about(section, &subject, rationale);
        let is = |at: &usize| {
            let (other, _) = &self.entries[*at];
            other.section == section && other.likeness(&mark).is_some()
        };
        may_be.into_iter().find(is)
    }

    /// A fact, raised if it stands in the base, and its place there.
    fn placed(&self, mut fact: Fact) -> (usize, Fact) {
        let place = self.place(&fact);
        if let Some(place) = place {
            self.raise(&mut fact, place);
        }
        (place.unwrap_or(usize::MAX), fact)
    }

    fn raise(&self, fact: &mut Fact, place: usize) {
        let stands: Vec<bool> = fact.forms.iter().map(|form| self.is(form, place)).collect();
        let raised = |worth: i64, stands: bool| worth * (100 + if stands { AS_IT_IS } else { STANDS }) / 100;
        fact.worth = raised(fact.worth, stands[0]);
        for (worth, stands) in fact.shorter.iter_mut().zip(&stands[1..]) {
            *worth = raised(*worth, *stands);
        }
    }

    /// Whether a form is what stands there, as a reader sees it.
    fn is(&self, form: &Item, place: usize) -> bool {
        entry(form).is_some_and(|(_, form)| as_read(form) == as_read(self.entries[place].1.clone()))
    }
}

/// An entry without what proves it, finds it again or came of it since.
fn as_read(mut entry: Entry) -> Entry {
    entry.retain(|name, _| !is_unread(name) && name != "since_save");
    if let Some(Value::Array(ranges)) = entry.get_mut("focus_ranges") {
        for range in ranges.iter_mut().filter_map(Value::as_object_mut) {
            range.retain(|name, _| !is_unread(name) && name != "changed_since_save");
        }
    }
    entry
}
