//! A delta for a reader with little room: the changes that matter most, and how many there are beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::added;
use super::parts::{Entry, into_added};
use crate::delta::{Delta, Reason, Section, is_unread};

/// A single change. The order is that of importance.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum One {
    /// A field of the task or the environment.
    Field(String),
    /// An entry that is over.
    Over(usize),
    /// An entry that is new or differs, by its section and, within it, what differs first.
    Modified(Section, usize),
    Added(Section, usize),
    /// An entry that was left out.
    Evicted(usize),
    /// A field that says where the handoff comes from.
    Origin(String),
}

/// How many changes a delta tells.
pub fn changes(delta: &Delta) -> usize {
    all(delta).len()
}

/// The same delta with at most so many changes; if that is not all of them, it can be read but not applied.
#[must_use]
pub fn cut(delta: &Delta, most: usize) -> Delta {
    let all = all(delta);
    if all.len() <= most {
        return delta.clone();
    }
    let left_out = all.len() - most;
    let kept: BTreeSet<One> = all.into_iter().take(most).collect();
    let mut cut = delta.clone();
    cut.left_out += left_out;
    cut.placed.clear();
    cut.fields.retain(|name, _| kept.contains(&field(name)));
    retain(&mut cut.modified, |at, it| kept.contains(&One::Modified(it.section, at)));
    retain(&mut cut.removed, |at, it| kept.contains(&removed(it.reason, at)));
    cut.files_removed =
        cut.removed.iter().filter(|it| it.section == Section::Files).map(|it| it.entry.clone()).collect();
    let mut lists = added(delta);
    for (section, entries) in &mut lists {
        retain(entries, |at, _| kept.contains(&One::Added(*section, at)));
    }
    set_lists(&mut cut, lists);
    cut
}

fn set_lists(delta: &mut Delta, lists: BTreeMap<Section, Vec<Entry>>) {
    (delta.added, delta.progress_delta) = into_added(lists).expect("the entries come from a delta");
}

/// Keeps what the condition, given its place, holds for.
fn retain<T>(list: &mut Vec<T>, keep: impl Fn(usize, &T) -> bool) {
    let mut at = 0;
    list.retain(|it| {
        at += 1;
        keep(at - 1, it)
    });
}

/// All changes, the most important first.
fn all(delta: &Delta) -> Vec<One> {
    let fields = delta.fields.keys().map(|name| field(name));
    let removed = delta.removed.iter().enumerate().map(|(at, it)| removed(it.reason, at));
    let modified = delta.modified.iter().enumerate().map(|(at, it)| One::Modified(it.section, at));
    let added = added(delta);
    let added = added.iter().flat_map(|(section, list)| (0..list.len()).map(|at| One::Added(*section, at)));
    let mut all: Vec<One> = fields.chain(removed).chain(modified).chain(added).collect();
    all.sort_by(|one, other| (rank(one), one).cmp(&(rank(other), other)));
    all
}

/// New and changed entries go by their section, before what they are.
fn rank(one: &One) -> (u8, Option<Section>) {
    match one {
        One::Field(_) => (0, None),
        One::Over(_) => (1, None),
        One::Modified(section, _) | One::Added(section, _) => (2, Some(*section)),
        One::Evicted(_) => (3, None),
        One::Origin(_) => (4, None),
    }
}

fn field(name: &str) -> One {
    let origin = name.starts_with("metadata.") || is_unread(name);
    if origin { One::Origin(name.to_owned()) } else { One::Field(name.to_owned()) }
}

fn removed(reason: Reason, at: usize) -> One {
    if reason == Reason::Evicted { One::Evicted(at) } else { One::Over(at) }
}
