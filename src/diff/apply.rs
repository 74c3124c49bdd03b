//! Putting a delta on its base.

use std::collections::VecDeque;

use super::parts::{Entry, Parts};
use super::{added, fields, hash, place};
use crate::delta::{Delta, Section};
use crate::error::{Error, Result};
use crate::state::HandoffState;

/// The handoff that a delta makes of its base. Any other base is refused, and so is a delta that does not give what it names.
pub fn apply(base: &HandoffState, delta: &Delta) -> Result<HandoffState> {
    let found = hash(base);
    if found != delta.base {
        return Err(Error::WrongBase { expected: delta.base.clone(), found });
    }
    if delta.left_out > 0 {
        return Err(Error::CutDelta { left_out: delta.left_out });
    }
    let new = changed(Parts::of(base), delta)?;
    let new = new.into_state().ok_or_else(|| broken("what it makes is no handoff"))?;
    if hash(&new) != delta.target {
        return Err(broken("what it makes is not what it names"));
    }
    Ok(new)
}

fn changed(mut parts: Parts, delta: &Delta) -> Result<Parts> {
    fields::apply(&mut parts.fields, &delta.fields)?;
    let mut added = added(delta);
    for (section, placement) in &delta.placed {
        let old = parts.lists.remove(section).unwrap_or_default();
        let new = added.remove(section).unwrap_or_default();
        parts.lists.insert(*section, placed(old, new, &place::pairs(placement)?)?);
    }
    if added.values().any(|entries| !entries.is_empty()) {
        return Err(broken("a new entry without a place"));
    }
    for change in &delta.modified {
        fields::apply(entry(&mut parts, change.section, change.at)?, &change.fields)?;
    }
    Ok(parts)
}

/// The new list: entries of the old one where they stand, and new ones in the places between.
fn placed(old: Vec<Entry>, new: Vec<Entry>, pairs: &[Option<usize>]) -> Result<Vec<Entry>> {
    let mut new = VecDeque::from(new);
    let mut old: Vec<Option<Entry>> = old.into_iter().map(Some).collect();
    let of = |pair: &Option<usize>| match pair {
        Some(from) => {
            old.get_mut(*from).and_then(Option::take).ok_or_else(|| broken("an entry that is not there"))
        }
        None => new.pop_front().ok_or_else(|| broken("a place without an entry")),
    };
    let list = pairs.iter().map(of).collect::<Result<Vec<_>>>()?;
    if new.is_empty() { Ok(list) } else { Err(broken("a new entry without a place")) }
}

fn entry(parts: &mut Parts, section: Section, at: usize) -> Result<&mut Entry> {
    let list = parts.lists.get_mut(&section);
    list.and_then(|list| list.get_mut(at)).ok_or_else(|| broken("a change of an entry that is not there"))
}

fn broken(what: &str) -> Error {
    Error::BrokenDelta { what: what.to_owned() }
}
