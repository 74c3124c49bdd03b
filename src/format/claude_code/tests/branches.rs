//! Rewinds in sessions of this agent.

use serde_json::{Value, json};

use super::{blocks, node, read, said};

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
