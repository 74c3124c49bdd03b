//! Preferring what already stands, so that a checkpoint shows changes of the work and not noise of the ranking.

use std::collections::BTreeMap;

use serde_json::Value;

use super::identity::Mark;
use super::known::entry;
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
    let mut placed: Vec<(usize, Fact)> = facts.into_iter().map(|fact| standing.placed(fact)).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, fact)| fact).collect()
}

/// The entries of the base.
struct Standing {
    entries: Vec<(Mark, Entry)>,
    by_key: BTreeMap<(Section, String), usize>,
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
        Standing { entries, by_key }
    }

    /// Where a fact stands.
    fn place(&self, fact: &Fact) -> Option<usize> {
        let marks = fact.forms.iter().filter_map(mark);
        let same = marks.filter_map(|mark| self.by_key.get(&(mark.section, mark.key)).copied()).min();
        same.or_else(|| {
            let longest = mark(&fact.forms[0])?;
            let like = |(at, (mark, _)): (usize, &(Mark, Entry))| {
                (mark.section == longest.section && mark.likeness(&longest).is_some()).then_some(at)
            };
            self.entries.iter().enumerate().find_map(like)
        })
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

fn mark(form: &Item) -> Option<Mark> {
    entry(form).map(|(section, entry)| Mark::of(section, &entry))
}
