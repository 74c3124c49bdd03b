//! Two deltas in a row as one.

use std::collections::{BTreeMap, VecDeque};

use super::parts::Entry;
use super::{added, fields, place, set_added};
use crate::delta::{Delta, Fields, Modified, Placement, Removed, Section};
use crate::error::{Error, Result};

/// The delta that does at once what these two do one after the other. They have to meet: the first one's target is the
/// second one's base.
pub fn compose(first: &Delta, second: &Delta) -> Result<Delta> {
    if first.target != second.base {
        return Err(Error::WrongBase { expected: second.base.clone(), found: first.target.clone() });
    }
    if let Some(cut) = [first, second].into_iter().find(|delta| delta.left_out > 0) {
        return Err(Error::CutDelta { left_out: cut.left_out });
    }
    let mut both = Delta {
        base_session: first.base_session.clone(),
        base: first.base.clone(),
        target: second.target.clone(),
        fields: fields::compose(&first.fields, &second.fields)?,
        ..Delta::default()
    };
    let (mut one, mut two) = (added(first), added(second));
    let mut new = Vec::new();
    for section in Section::ALL {
        let mut list = List {
            first: Changes::of(first, section, one.remove(&section).unwrap_or_default())?,
            second: Changes::of(second, section, two.remove(&section).unwrap_or_default())?,
        };
        both.placed.extend(list.placement()?.map(|placement| (section, placement)));
        both.removed.extend(list.removed());
        both.modified.extend(list.modified()?);
        new.extend(list.added()?.into_iter().map(|entry| (section, entry)));
    }
    set_added(&mut both, new).ok_or_else(|| broken("a new entry that is none of its section"))?;
    Ok(both)
}

/// What a delta does to one list.
struct Changes {
    /// The old place of each new entry; none if all stand where they stood.
    pairs: Option<Vec<Option<usize>>>,
    added: VecDeque<Entry>,
    /// What changed, by the new place.
    modified: BTreeMap<usize, Modified>,
    removed: Vec<Removed>,
}

impl Changes {
    fn of(delta: &Delta, section: Section, added: Vec<Entry>) -> Result<Self> {
        let modified = delta.modified.iter().filter(|it| it.section == section);
        let removed = delta.removed.iter().filter(|it| it.section == section);
        Ok(Changes {
            pairs: delta.placed.get(&section).map(place::pairs).transpose()?,
            added: added.into(),
            modified: modified.map(|it| (it.at, it.clone())).collect(),
            removed: removed.cloned().collect(),
        })
    }

    /// Where the entry at a new place stood.
    fn before(&self, at: usize) -> Option<usize> {
        match &self.pairs {
            Some(pairs) => pairs.get(at).copied().flatten(),
            None => Some(at),
        }
    }

    /// How long the old list was, if that is known.
    fn old_length(&self) -> Option<usize> {
        let pairs = self.pairs.as_ref()?;
        Some(pairs.iter().flatten().count() + self.removed.len())
    }
}

/// What two deltas do to one list.
struct List {
    first: Changes,
    second: Changes,
}

impl List {
    /// The places in the base of what both leave.
    fn pairs(&self) -> Option<Vec<Option<usize>>> {
        match (&self.first.pairs, &self.second.pairs) {
            (first, None) => first.clone(),
            (None, second) => second.clone(),
            (Some(_), Some(second)) => {
                Some(second.iter().map(|pair| pair.and_then(|between| self.first.before(between))).collect())
            }
        }
    }

    fn placement(&self) -> Result<Option<Placement>> {
        if let (Some(first), Some(second)) = (&self.first.pairs, self.second.old_length())
            && first.len() != second
        {
            return Err(broken("a list of another length than the delta before left"));
        }
        let Some(pairs) = self.pairs() else { return Ok(None) };
        let gone =
            if self.first.pairs.is_some() { self.first.old_length() } else { self.second.old_length() };
        Ok(place::of(&pairs, gone.unwrap_or_default()))
    }

    /// What the first removed, and what the second removed of the base, in the order of the base.
    fn removed(&self) -> Vec<Removed> {
        let of = |changes: &Changes| {
            let places = changes.pairs.as_ref().zip(changes.old_length());
            places.map(|(pairs, old)| place::removed(pairs, old)).unwrap_or_default()
        };
        let mut all: BTreeMap<usize, Removed> =
            of(&self.first).into_iter().zip(self.first.removed.iter().cloned()).collect();
        for (between, removed) in of(&self.second).into_iter().zip(&self.second.removed) {
            all.extend(self.first.before(between).map(|at| (at, removed.clone())));
        }
        all.into_values().collect()
    }

    /// The changes of the entries that stand in the base.
    fn modified(&self) -> Result<Vec<Modified>> {
        let length = self.second.pairs.as_ref().map(Vec::len);
        let mut all: BTreeMap<usize, Modified> = BTreeMap::new();
        let moved: BTreeMap<usize, usize> = match &self.second.pairs {
            Some(pairs) => pairs.iter().enumerate().filter_map(|(at, pair)| Some(((*pair)?, at))).collect(),
            None => self.first.modified.keys().map(|at| (*at, *at)).collect(),
        };
        for (between, change) in &self.first.modified {
            if let Some(at) = moved.get(between) {
                all.insert(*at, Modified { at: *at, ..change.clone() });
            }
        }
        for (at, change) in &self.second.modified {
            if length.is_some_and(|length| *at >= length) {
                return Err(broken("a change of an entry that is not there"));
            }
            let Some(between) = self.second.before(*at) else { continue };
            if self.first.before(between).is_none() {
                continue;
            }
            let before = all.get(at).map_or_else(Fields::new, |before| before.fields.clone());
            let fields = fields::compose(&before, &change.fields)?;
            all.insert(*at, Modified { fields, ..change.clone() });
        }
        Ok(all.into_values().collect())
    }

    /// The entries that are not of the base, each as it is at the end.
    fn added(&mut self) -> Result<Vec<Entry>> {
        let between = self.added_between()?;
        let Some(pairs) = &self.second.pairs else { return Ok(between.into_values().collect()) };
        let mut new = Vec::new();
        for (at, pair) in pairs.iter().enumerate() {
            let entry = match pair {
                Some(place) => between.get(place).cloned(),
                None => {
                    Some(self.second.added.pop_front().ok_or_else(|| broken("a place without an entry"))?)
                }
            };
            new.extend(entry.map(|entry| (at, entry)));
        }
        Ok(new.into_iter().map(|(_, entry)| entry).collect())
    }

    /// What the first added, by its place, with what the second changed in it.
    fn added_between(&mut self) -> Result<BTreeMap<usize, Entry>> {
        let Some(pairs) = &self.first.pairs else { return Ok(BTreeMap::new()) };
        let free = pairs.iter().enumerate().filter(|(_, pair)| pair.is_none()).map(|(at, _)| at);
        let mut between: BTreeMap<usize, Entry> = free.zip(self.first.added.drain(..)).collect();
        for (at, change) in &self.second.modified {
            if let Some(entry) = self.second.before(*at).and_then(|place| between.get_mut(&place)) {
                fields::apply(entry, &change.fields)?;
            }
        }
        Ok(between)
    }
}

fn broken(what: &str) -> Error {
    Error::BrokenDelta { what: what.to_owned() }
}
