//! What holds for every file, whatever its records say.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::tests::{answered, called, node, read, said};
use crate::event::{Event, EventKind, Usage};

/// A session with something of everything, for properties.
fn session() -> Vec<Value> {
    let mut summary = said("summary");
    summary["isCompactSummary"] = json!(true);
    vec![
        json!({"type": "summary", "summary": "S", "leafUuid": "x"}),
        node("1", "0", said("a")),
        json!({"type": "assistant", "message": {"id": "m", "model": "k", "content": [{"type": "thinking", "thinking": "t"}], "usage": {"output_tokens": 1}}}),
        json!({"type": "assistant", "message": {"id": "m", "content": [{"type": "tool_use", "id": "c", "name": "Bash", "input": {"command": "x"}}], "usage": {"output_tokens": 5}}}),
        called("d", "TaskCreate", &json!({"subject": "a"})),
        answered("d", "Task #1 created successfully: a", &Value::Null),
        answered("c", "ok\n<system-reminder>r</system-reminder>", &json!({"stdout": "ok"})),
        answered("e", "early", &Value::Null),
        called("e", "Bash", &json!({"command": "y"})),
        json!({"type": "queue-operation", "operation": "enqueue", "content": "q"}),
        said("q"),
        json!({"type": "system", "subtype": "compact_boundary"}),
        summary,
        node("2", "0", said("b")),
        json!({"type": "progress", "data": {"type": "agent_progress", "message": said("sub")}}),
    ]
}

/// An event without what a later record may still settle: whether it was abandoned, the figures of a message that
/// goes on, the summary of a compaction, the call of a result written early.
fn settled(mut event: Event) -> Event {
    event.abandoned = false;
    match &mut event.kind {
        EventKind::Usage(usage) => *usage = Usage::default(),
        EventKind::Compacted { summary } => *summary = None,
        EventKind::Result(result) => (result.call, result.exit, result.read) = (None, None, None),
        _ => {}
    }
    event
}

#[test]
fn a_beginning_of_the_file_gives_the_beginning_of_the_events() {
    let lines = session();
    let whole: Vec<Event> = read(&lines).events.into_iter().map(settled).collect();
    for length in 0..lines.len() {
        let part: Vec<Event> = read(&lines[..length]).events.into_iter().map(settled).collect();
        assert_eq!(part, whole[..part.len()], "of {length} lines");
    }
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let text: Vec<String> = session().iter().map(Value::to_string).collect();
    let bytes = (text.join("\n") + "\nbroken\n").repeat(3000).into_bytes();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (super::FORMAT.read)(&bytes))
    };
    let one = with(1);
    assert!(bytes.len() > 4 << 20, "more than one window");
    assert_eq!(one.warnings.len(), 3000);
    assert_eq!(one.warnings[2999].line, 16 * 3000);
    assert!(one == with(2) && one == with(8));
}

#[test]
fn one_line_of_fifty_megabytes() {
    let long = "x\\n".repeat(17 << 20);
    let text =
        format!("{}\n{{\"type\":\"user\",\"message\":{{\"content\":\"{long}\"}}}}\n{}", said("a"), said("b"));
    let transcript = (super::FORMAT.read)(text.as_bytes());
    let lengths: Vec<usize> =
        transcript.events.iter().map(|event| event.seen().map(str::len).sum()).collect();
    assert_eq!(lengths, [1, 2 * (17 << 20), 1]);
}

/// JSON of any shape under the names that records use.
fn wild() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "(user|assistant|system|progress|attachment|tool_use|tool_result|text|Bash|Edit|TaskUpdate|create|c|compact_boundary|<bash-input>x</bash-input>|[a<>/\"\\\\]{0,8})"
            .prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "type",
        "message",
        "content",
        "toolUseResult",
        "id",
        "name",
        "input",
        "tool_use_id",
        "text",
        "usage",
        "subtype",
        "data",
        "attachment",
        "uuid",
        "parentUuid",
        "structuredPatch",
        "lines",
        "file",
        "todos",
        "oldStart",
        "file_path",
        "edits",
        "questions",
    ]);
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|members| members
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        (super::FORMAT.read)(&bytes);
        let _ = crate::format::read(&bytes, None);
    }

    #[test]
    fn records_of_any_shape_are_read_without_loss(mut records in prop::collection::vec(wild(), 1..6)) {
        records.retain(Value::is_object);
        let lines = records.len();
        let transcript = read(&records);
        prop_assert!(transcript.warnings.is_empty(), "{:?}", transcript.warnings);
        prop_assert!(transcript.events.iter().all(|event| (1..=lines).contains(&(event.line as usize))));
    }

    #[test]
    fn a_file_cut_anywhere_is_read(cut in 0_usize..2500) {
        let text: Vec<String> = session().iter().map(Value::to_string).collect();
        let text = text.join("\n");
        let transcript = (super::FORMAT.read)(&text.as_bytes()[..cut.min(text.len())]);
        prop_assert!(transcript.warnings.len() <= 1);
    }
}
