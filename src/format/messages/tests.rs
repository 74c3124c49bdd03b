//! How the records and shapes of this format are read.
use proptest::prelude::*;

use super::*;
use crate::event::{Action, Event, EventKind, Status};

/// Events as short lines: where, what, and the text.
fn shown(transcript: &Transcript) -> Vec<String> {
    transcript.events.iter().map(|event| format!("{} {}", event.line, kind(event))).collect()
}

fn kind(event: &Event) -> String {
    match &event.kind {
        EventKind::User { text } => format!("user {text}"),
        EventKind::Injected { text } => format!("host {text}"),
        EventKind::Assistant { text } => format!("says {text}"),
        EventKind::Reasoning { text } => format!("thinks {text}"),
        EventKind::Call(call) => format!("calls {} {:?}", call.tool, call.action),
        EventKind::Result(result) => {
            format!("answers {:?} {:?} {:?} {}", result.call, result.status, result.exit, result.text)
        }
        other => format!("{other:?}"),
    }
}

fn check(input: &str, expected: &[&str]) {
    let transcript = read(input.as_bytes());
    assert_eq!(shown(&transcript), expected, "{input}");
    assert_eq!(transcript.warnings, [], "{input}");
    assert!(claimed(input), "not claimed: {input}");
}

fn claimed(input: &str) -> bool {
    claims(&Head { text: input.into(), records: Vec::new(), document: serde_json::from_str(input).ok() })
}

#[test]
fn openai_chat() {
    check(
        r#"[
  {"role": "system", "content": "be brief"},
  {"role": "user", "content": [{"type": "text", "text": "run it"}, {"type": "image_url", "image_url": {}}]},
  {"role": "assistant", "content": null,
   "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "sh", "arguments": "{\"cmd\":\"make\"}"}}]},
  {"role": "tool", "tool_call_id": "c1", "content": "boom\nExit code: 2"},
  {"role": "assistant", "content": "It failed."}
]"#,
        &[
            "2 host be brief",
            "3 user run it",
            "4 calls sh Run { command: \"make\", cwd: None }",
            "6 answers Some(2) Failed Some(2) boom\nExit code: 2",
            "7 says It failed.",
        ],
    );
}

#[test]
fn legacy_function_calls_are_answered_by_name() {
    check(
        r#"{"model": "m", "messages": [{"role": "user", "content": "hi"},
{"role": "assistant", "content": null, "function_call": {"name": "a", "arguments": "{\"path\": \"x\"}"}},
{"role": "function", "name": "a", "content": "text of x"}]}"#,
        &[
            "1 Context(Context { session: None, cwd: None, branch: None, commit: None, repository: None, \
             model: Some(\"m\"), agent: None, title: None, pull_request: None })",
            "1 user hi",
            "2 calls a Read { path: \"x\", range: None }",
            "3 answers Some(2) Ok None text of x",
        ],
    );
}

#[test]
fn openai_responses() {
    check(
        r#"{"instructions": "be brief", "input": [{"role": "user", "content": "go"}],
"output": [
{"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
{"type": "function_call", "call_id": "k", "name": "shell", "arguments": "{\"command\":[\"bash\",\"-lc\",\"ls\"]}"},
{"type": "function_call_output", "call_id": "k", "output": "{\"output\":\"x\",\"metadata\":{\"exit_code\":1}}"},
{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "done"}]}]}"#,
        &[
            "1 host be brief",
            "1 user go",
            "3 thinks hm",
            "4 calls shell Run { command: \"ls\", cwd: None }",
            "5 answers Some(3) Failed Some(1) {\"output\":\"x\",\"metadata\":{\"exit_code\":1}}",
            "6 says done",
        ],
    );
}

#[test]
fn anthropic() {
    check(
        r#"{"system": [{"type": "text", "text": "be brief"}], "messages": [
{"role": "user", "content": "<system-reminder>date</system-reminder>\nfix it"},
{"role": "assistant", "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Sure."},
  {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "false"}}]},
{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "is_error": true,
  "content": [{"type": "text", "text": "no"}]}, {"type": "text", "text": "stop that"}]}]}"#,
        &[
            "1 host be brief",
            "2 host <system-reminder>date</system-reminder>",
            "2 user fix it",
            "3 thinks hm",
            "3 says Sure.",
            "3 calls Bash Run { command: \"false\", cwd: None }",
            "5 answers Some(5) Failed None no",
            "5 user stop that",
        ],
    );
}

#[test]
fn gemini() {
    check(
        r#"{"systemInstruction": {"parts": [{"text": "be brief"}]}, "contents": [
{"role": "user", "parts": [{"text": "read"}]},
{"role": "model", "parts": [{"text": "hm", "thought": true}, {"functionCall": {"name": "read_file", "args": {"absolute_path": "/a"}}}]},
{"role": "user", "parts": [{"functionResponse": {"name": "read_file", "response": {"output": "text"}}}]},
{"role": "model", "parts": [{"text": "done"}]}]}"#,
        &[
            "1 host be brief",
            "2 user read",
            "3 thinks hm",
            "3 calls read_file Read { path: \"/a\", range: None }",
            "4 answers Some(3) Ok None text",
            "5 says done",
        ],
    );
}

#[test]
fn one_message_a_line() {
    check(
        "{\"role\":\"user\",\"content\":\"a\"}\n\n{\"role\":\"assistant\",\"content\":\"b\"}\n",
        &["1 user a", "3 says b"],
    );
}

#[test]
fn of_one_conversation_a_line_the_first_is_read() {
    let input =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n{\"messages\":[]}\n{\"messages\":[]}\n";
    let transcript = read(input.as_bytes());
    assert_eq!(shown(&transcript), ["1 user a"]);
    let message = "read only the first conversation of 3; give the others on their own".to_owned();
    assert_eq!(transcript.warnings, [Warning { line: 2, message }]);
}

#[test]
fn shell_fences_and_their_output() {
    check(
        "[{\"role\":\"assistant\",\"content\":\"Look:\\n```bash\\nls x\\n```\"},\
          {\"role\":\"user\",\"content\":\"<returncode>1</returncode>\\n<output>\\nno</output>\"}]",
        &[
            "1 says Look:",
            "1 calls bash Run { command: \"ls x\", cwd: None }",
            "1 answers Some(1) Failed Some(1) <returncode>1</returncode>\n<output>\nno</output>",
        ],
    );
}

#[test]
fn a_torn_end_costs_the_last_record() {
    let whole = "[\n{\"role\":\"user\",\"content\":\"a\"},\n{\"role\":\"assistant\",\"content\":\"b";
    let transcript = read(whole.as_bytes());
    assert_eq!(shown(&transcript), ["2 user a"]);
    let message = "the file breaks off in this record, which is lost".to_owned();
    assert_eq!(transcript.warnings, [Warning { line: 3, message }]);
    assert!(claimed(whole));
}

#[test]
fn a_record_of_the_wrong_type_costs_itself() {
    let transcript = read(br#"[{"role":"user","content":"a"}, 7, {"role":"alien","content":"x"}, {,}, {"role":"user","content":"b"}]"#);
    assert_eq!(shown(&transcript), ["1 user a", "1 user b"]);
    assert_eq!(transcript.warnings.len(), 3);
}

#[test]
fn other_formats_are_not_claimed() {
    let others = [
        r#"{"type":"user","message":{"role":"user","content":"x"},"uuid":"1","sessionId":"s"}"#,
        r#"{"timestamp":"2025-01-01T00:00:00Z","type":"session_meta","payload":{"id":"1"}}"#,
        r#"{"timestamp":"t","type":"response_item","payload":{"type":"message","role":"user","content":[]}}"#,
        r#"{"sessionId":"s","messages":[{"id":"1","type":"user","content":"x"}]}"#,
        r#"{"info":{"id":"ses_1"},"messages":[{"info":{"role":"user"},"parts":[]}]}"#,
        r#"[{"title":"t","mapping":{"a":{"message":{"author":{"role":"user"}}}}}]"#,
        r#"{"type":"session.start","data":{"sessionId":"1"},"id":"e1"}"#,
        r#"{"type":"session","version":3,"id":"1","cwd":"/"}"#,
        r#"{"type":"message","id":"1","message":{"role":"user","content":[]}}"#,
        r#"{"role":"user","message":{"content":[]}}"#,
        "# aider chat started at 2025-01-01 10:00:00",
        r#"{"name":"x","version":"1.0.0"}"#,
        "[1,2,3]",
        "[]",
        "",
        "## User\n\nhi",
    ];
    for other in others {
        assert!(!claimed(other), "claimed: {other}");
    }
}

#[test]
fn hostile_documents_take_linear_time() {
    for piece in [
        "[",
        "{",
        "{\"messages\":",
        "\"",
        "[\"\\",
        "{\"role\":\"user\",\"content\":\"x\"}\n",
        "[{\"role\":\"user\",",
    ] {
        read(piece.repeat((1 << 20) / piece.len()).as_bytes());
    }
    let calls = r#"{"role":"assistant","tool_calls":[{"function":{"name":"a","arguments":"{}"}}]},{"role":"tool","content":"x"},"#;
    let transcript = read(format!("[{}", calls.repeat(5000)).as_bytes());
    assert_eq!(transcript.events.len(), 10_000);
}

#[test]
fn what_a_file_is_known_by_decides_whether_writing_creates_it() {
    let input = r#"[{"role":"assistant","content":[
        {"type":"tool_use","id":"1","name":"r","input":{"file_path":"a"}},
        {"type":"tool_use","id":"2","name":"w","input":{"file_path":"a","content":"x"}}]}]"#;
    let transcript = read(input.as_bytes());
    let EventKind::Call(call) = &transcript.events[1].kind else { panic!("a call") };
    let Action::Edit(edits) = &call.action else { panic!("an edit") };
    assert_eq!(edits[0].change, crate::event::Change::Edited);
}

#[test]
fn a_refusal_by_the_user_is_told_from_a_failure() {
    let input = r#"[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"w","input":{"command":"x"}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","is_error":true,"content":"The user doesn't want to proceed"}]}]"#;
    let transcript = read(input.as_bytes());
    let EventKind::Result(result) = &transcript.events[1].kind else { panic!("a result") };
    assert_eq!(result.status, Status::Denied);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let _ = claimed(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_json_like_text_makes_it_panic(text in r#"[\[\]{}",:\\ a\nré0-9]{0,80}"#) {
        let _ = read(text.as_bytes());
        let _ = claimed(&text);
    }

    #[test]
    fn a_longer_prefix_never_changes_what_stood_before(cut in 0_usize..600) {
        let whole = r#"[{"role":"user","content":"a"},
{"role":"assistant","content":"é","tool_calls":[{"id":"1","function":{"name":"n","arguments":"{\"cmd\":\"ls\"}"}}]},
{"role":"tool","tool_call_id":"1","content":"x"},{"role":"user","content":"b"}]"#;
        let cut = cut.min(whole.len());
        let all = read(whole.as_bytes()).events;
        let some = read(&whole.as_bytes()[..cut]).events;
        prop_assert_eq!(&all[..some.len()], &some[..]);
    }
}
