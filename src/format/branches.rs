//! Rewinds: the user went back to an earlier message and said something else in its place.
//!
//! The records are a tree by their parents, and side branches of all kinds occur. Only one shape proves a rewind: two
//! messages that the user typed after the same record. Then what followed from the first was dropped.

use std::ops::Range;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::json::Value;
use super::key::{Key, pairs};
use super::sink::Sink;
use super::value::{string, time};
use crate::event::Event;

/// The records so far, as a tree.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Branches {
    nodes: Vec<Node>,
    #[serde(with = "pairs")]
    by_uuid: FxHashMap<Key, usize>,
    /// The last typed message after each record.
    #[serde(with = "pairs")]
    typed: FxHashMap<Key, usize>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Fields", into = "Fields")]
struct Node {
    events: Range<usize>,
    /// The last record that has this one as its parent.
    child: Option<usize>,
    /// The record before this one with the same parent.
    sibling: Option<usize>,
    abandoned: bool,
}

/// A node as it is kept: there is one for each record, so names of fields would be most of it.
type Fields = (usize, usize, Option<usize>, Option<usize>, bool);

impl From<Fields> for Node {
    fn from((start, end, child, sibling, abandoned): Fields) -> Self {
        Node { events: start..end, child, sibling, abandoned }
    }
}

impl From<Node> for Fields {
    fn from(node: Node) -> Self {
        (node.events.start, node.events.end, node.child, node.sibling, node.abandoned)
    }
}

/// A record's place in the tree.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub uuid: &'a str,
    pub parent: Option<&'a str>,
    /// Where the events begin that came out of it; they are the last ones.
    pub since: usize,
    /// Whether it is a message the user typed there and then.
    pub typed: bool,
}

impl Branches {
    /// Adds a record that names itself and its parent under these two keys, and what it tells. `tell` says whether it is a
    /// message that the user typed.
    pub fn grow(
        &mut self,
        record: &Value,
        keys: [&str; 2],
        out: &mut Sink,
        tell: impl FnOnce(&mut Sink) -> bool,
    ) {
        out.time = time(&record["timestamp"]);
        let since = out.transcript.events.len();
        let typed = tell(out);
        let parent = string(record, &[keys[1]]);
        if let Some(uuid) = string(record, &[keys[0]]) {
            self.add(Record { uuid, parent, since, typed }, &mut out.transcript.events);
        }
    }

    /// Adds a record and marks what it shows to be abandoned.
    pub fn add(&mut self, record: Record, events: &mut [Event]) {
        let index = self.nodes.len();
        let own = record.since..events.len();
        let before = record.parent.map(Key::of);
        let parent = before.and_then(|before| self.by_uuid.get(&before).copied());
        let again = self.by_uuid.insert(Key::of(record.uuid), index).is_some();
        let after = before.filter(|_| record.typed && !again);
        if let Some(earlier) = after.and_then(|before| self.typed.insert(before, index)) {
            self.abandon(earlier, events);
        }
        let late = !record.typed && parent.is_some_and(|parent| self.nodes[parent].abandoned);
        let sibling = parent.and_then(|parent| self.nodes[parent].child.replace(index));
        self.nodes.push(Node { events: own, child: None, sibling, abandoned: false });
        if late {
            self.abandon(index, events);
        }
    }

    /// Marks all that came after a record: the host says that the user went back to it.
    pub fn rewind(&mut self, target: &str, events: &mut [Event]) {
        let mut next = self.by_uuid.get(&Key::of(target)).and_then(|index| self.nodes.get(*index)?.child);
        while let Some(child) = next {
            self.abandon(child, events);
            next = self.nodes[child].sibling;
        }
    }

    /// Marks a record and all that came after it. What is marked already is not visited again.
    fn abandon(&mut self, root: usize, events: &mut [Event]) {
        let mut open = vec![root];
        while let Some(index) = open.pop() {
            let Some(node) = self.nodes.get_mut(index).filter(|node| !node.abandoned) else { continue };
            node.abandoned = true;
            for event in &mut events[node.events.clone()] {
                event.abandoned = true;
            }
            let mut next = node.child;
            while let Some(child) = next {
                open.push(child);
                next = self.nodes[child].sibling;
            }
        }
    }
}
