//! What holds for any records, and for any bytes.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::FORMAT;
use super::{PATCH, custom, event, function, message, output, read, wrapped};
use crate::event::{EventKind, ToolResult};

fn records() -> impl Strategy<Value = Vec<Value>> {
    let id = prop::sample::select(vec!["a", "b"]);
    let source = prop::sample::select(vec![
        message("user", "hello"),
        message("assistant", "hi <proposed_plan>p</proposed_plan>"),
        message("user", "Implement the plan."),
        message("user", "<turn_aborted>"),
        event(json!({"type": "user_message", "message": "hello"})),
        event(json!({"type": "turn_aborted"})),
        json!({"type": "compacted", "payload": {"replacement_history": [{"role": "user", "content": "old"}]}}),
        json!({"type": "turn_context", "payload": {"cwd": "/w", "model": 3}}),
        function("wait", "w", &json!({"cell_id": "7"})),
        output("w", "Script completed\nOutput:\n"),
        function("write_stdin", "s", &json!({"session_id": 7})),
        output("s", "Wall time: 1\nProcess exited with code 3\nOutput:\n"),
    ]);
    let made = (id, 0..8_usize).prop_map(|(id, kind)| match kind {
        0 => function("exec_command", id, &json!({"cmd": "cat a"})),
        1 => custom("exec", id, "await tools.exec_command({cmd: 'ls'})"),
        2 => custom("apply_patch", id, PATCH),
        3 => output(id, wrapped("x", 0)),
        4 => output(id, "Wall time: 1\nProcess running with session ID 7\nOutput:\n"),
        5 => output(id, "Script running with cell ID 7\nOutput:\n"),
        6 => event(json!({"type": "exec_command_end", "call_id": id, "command": "ls", "exit_code": 1})),
        _ => event(json!({"type": "patch_apply_end", "call_id": id, "changes": {"f": {"type": "delete"}}})),
    });
    prop::collection::vec(prop_oneof![source, made], 0..24)
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
        prop::sample::select(vec!["message", "user", "exec", "apply_patch", PATCH, "{\"cmd\":[1]}", "`${'"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let key = prop::sample::select(vec![
            "type",
            "role",
            "content",
            "text",
            "name",
            "arguments",
            "input",
            "output",
            "changes",
            "call_id",
            "info",
            "replacement_history",
            "item",
            "command",
            "summary",
            "message",
            "metadata",
            "result",
            "git",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn a_prefix_of_the_records_gives_a_prefix_of_the_events(records in records()) {
        let whole = read(&records).events;
        for length in 0..records.len() {
            let part = read(&records[..length]).events;
            prop_assert_eq!(&part[..], &whole[..part.len()]);
        }
    }

    #[test]
    fn every_answer_names_a_call_before_it(records in records()) {
        let events = read(&records).events;
        for (at, event) in events.iter().enumerate() {
            if let EventKind::Result(ToolResult { call: Some(call), .. }) = &event.kind {
                prop_assert!(*call < at && matches!(events[*call].kind, EventKind::Call(_)));
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (FORMAT.read)(&bytes);
    }

    #[test]
    fn no_json_panics(kind in prop::sample::select(vec!["response_item", "event_msg", "session_meta", "compacted", "turn_context", ""]), tag in prop::sample::select(vec![
        "message", "reasoning", "function_call", "custom_tool_call", "local_shell_call", "function_call_output",
        "token_count", "exec_command_end", "patch_apply_end", "item_completed", "user_message", "tool_result",
    ]), value in any_json()) {
        let mut payload = value.clone();
        if let Value::Object(fields) = &mut payload {
            fields.insert("type".to_owned(), tag.into());
        }
        let _ = read(&[json!({"type": kind, "payload": payload}), payload, value]);
    }
}
