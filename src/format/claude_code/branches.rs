//! Rewinds: the user went back to an earlier message and said something else in its place.
//!
//! The records are a tree by their parents, and side branches of all kinds occur. Only one shape proves a rewind: two
//! messages that the user typed after the same record. Then what followed from the first was dropped.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::event::Event;

/// The records so far, as a tree.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Branches {
    nodes: Vec<Node>,
    by_uuid: FxHashMap<String, usize>,
    /// The last typed message after each record.
    typed: FxHashMap<String, usize>,
}

#[derive(Serialize, Deserialize)]
struct Node {
    events: std::ops::Range<usize>,
    children: Vec<usize>,
    abandoned: bool,
}

/// A record's place in the tree.
pub(super) struct Record {
    pub uuid: String,
    pub parent: Option<String>,
    /// The events that came out of it.
    pub events: std::ops::Range<usize>,
    /// Whether it is a message the user typed there and then.
    pub typed: bool,
}

impl Branches {
    /// Adds a record and marks what it shows to be abandoned.
    pub fn add(&mut self, record: Record, events: &mut [Event]) {
        let index = self.nodes.len();
        let parent = record.parent.as_ref().and_then(|parent| self.by_uuid.get(parent).copied());
        let again = self.by_uuid.insert(record.uuid, index).is_some();
        let after = record.parent.filter(|_| record.typed && !again);
        if let Some(earlier) = after.and_then(|parent| self.typed.insert(parent, index)) {
            self.abandon(earlier, events);
        }
        let late = !record.typed && parent.is_some_and(|parent| self.nodes[parent].abandoned);
        self.nodes.push(Node { events: record.events, children: Vec::new(), abandoned: false });
        if let Some(parent) = parent {
            self.nodes[parent].children.push(index);
        }
        if late {
            self.abandon(index, events);
        }
    }

    /// Marks a record and all that came after it. What is marked already is not visited again.
    fn abandon(&mut self, root: usize, events: &mut [Event]) {
        let mut open = vec![root];
        while let Some(index) = open.pop() {
            let Some(node) = self.nodes.get_mut(index).filter(|node| !node.abandoned) else { continue };
            node.abandoned = true;
            open.extend(&node.children);
            for event in &mut events[node.events.clone()] {
                event.abandoned = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::format::claude_code::tests::{blocks, node, read, said};

    fn abandoned(lines: &[Value]) -> Vec<bool> {
        read(lines).events.iter().map(|event| event.abandoned).collect()
    }

    #[test]
    fn only_a_proven_rewind_abandons_a_branch() {
        let spoke = |text: &str| blocks("assistant", &json!(text));
        let first = [
            node("1", "0", said("a")),
            node("2", "1", spoke("A")),
            node("3", "2", said("b")),
            node("4", "3", spoke("B")),
        ];
        let with = |more: &[Value]| abandoned(&[&first[..], more].concat());
        assert_eq!(with(&[node("5", "2", said("c"))]), [false, false, true, true, false]);
        assert_eq!(
            with(&[node("5", "2", said("c")), node("6", "4", spoke("late"))]),
            [false, false, true, true, false, true]
        );
        assert_eq!(
            with(&[node("5", "2", said("c")), node("6", "2", said("d"))]),
            [false, false, true, true, true, false]
        );
        assert_eq!(with(&[node("5", "2", spoke("side"))]), [false; 5]);
        assert_eq!(with(&[node("5", "2", said("[Request interrupted by user]"))]), [false; 5]);
        assert_eq!(with(&[node("3", "2", said("b"))]), [false; 5]);
        assert_eq!(
            with(&[json!({"type": "user", "uuid": "5", "parentUuid": null, "message": {"content": "c"}})]),
            [false; 5]
        );
        let queued = json!({"type": "queue-operation", "operation": "enqueue", "content": "c"});
        assert_eq!(with(&[queued, node("5", "2", said("c"))]), [false; 5]);
    }
}
