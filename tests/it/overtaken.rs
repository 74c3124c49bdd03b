//! What later turns overtook does not stand in a handoff as if it still held.

use baton::build::{Options, build};
use serde_json::{Value, json};

/// The handoff of a chat, in Markdown.
fn handoff(messages: &[Value]) -> String {
    let transcript = Value::Array(messages.to_vec()).to_string();
    let options = Options { budget: 1500, ..Options::default() };
    build(transcript.as_bytes(), &options).expect("a chat").text
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

fn agent(text: &str) -> Value {
    json!({"role": "assistant", "content": text})
}

#[track_caller]
fn check(messages: &[Value], stands: &[&str], gone: &[&str]) {
    let text = handoff(messages);
    for words in stands {
        assert!(text.contains(words), "not there: {words}\n{text}");
    }
    for words in gone {
        assert!(!text.contains(words), "still there: {words}\n{text}");
    }
}

#[test]
fn options_are_gone_once_one_was_chosen() {
    let offer = "The cache can live in two places.\n\n\
        - A. In memory — fast, and lost at every restart of the gateway.\n\
        - B. In Redis — shared by all instances, one more service to run.\n\n\
        My lean is B because several instances are planned.\n\nWhich one do you want?";
    check(
        &[
            user("Build a cache for the price lookups of the shop."),
            agent(offer),
            user("a"),
            agent("Done: the cache is in memory."),
        ],
        &["user chose: In memory"],
        &["- In Redis — shared", "My lean is B"],
    );
}

#[test]
fn what_the_user_corrected_is_gone() {
    let proposal = "I would handle it like this:\n\n\
        - The header line also stands on error pages and early exit paths of the tool.\n\
        - The header names the tool and its version in one line.\n\nDoes that fit?";
    check(
        &[
            user("Add a header line to the output of the tool."),
            agent(proposal),
            user("not on error pages or early exit paths"),
            agent("Understood, the header now stands on successful output only."),
        ],
        &["not on error pages or early exit paths", "names the tool and its version"],
        &["also stands on error pages"],
    );
}

#[test]
fn what_was_pasted_is_no_word_of_the_users() {
    let pasted = "the tests must not touch the real configuration\n\n\
        ❯ make test\n--- FAIL: TestLogin (0.01s)\n    login_test.go:12: must never be empty\nFAIL";
    check(
        &[
            user("Make the login tests hermetic."),
            agent("On it."),
            user(pasted),
            agent("They use a folder of their own now."),
        ],
        &["the tests must not touch the real configuration"],
        &["must never be empty", "TestLogin"],
    );
}

/// A Codex session with a to-do list, behind which the user asked for more so many times.
fn listed(requests: usize) -> String {
    let record = |kind: &str, payload: &Value| {
        json!({"timestamp": "2026-11-20T10:00:00Z", "type": kind, "payload": payload}).to_string()
    };
    let said = |kind: &str, text: &str| record("event_msg", &json!({"type": kind, "message": text}));
    let plan = json!({"plan": [{"step": "Write the chapter on invoices", "status": "in_progress"}]});
    let call = json!({
        "type": "function_call", "name": "update_plan", "arguments": plan.to_string(), "call_id": "c1",
    });
    let mut lines = vec![
        record(
            "session_meta",
            &json!({"id": "s", "cwd": "/home/ada/shop", "timestamp": "2026-11-20T10:00:00Z"}),
        ),
        said("user_message", "Write the manual of the shop."),
        record("response_item", &call),
        said("agent_message", "I am writing."),
    ];
    for request in 0..requests {
        lines.push(said("user_message", &format!("Now change the color of button {request} to green")));
        lines.push(said("agent_message", &format!("Button {request} is green.")));
    }
    build(lines.join("\n").as_bytes(), &Options::default()).expect("a session").text
}

#[test]
fn a_list_that_the_work_went_on_without_is_gone() {
    let step = "In progress: Write the chapter on invoices";
    assert!(listed(2).contains(step));
    assert!(!listed(8).contains(step));
}

#[test]
fn what_was_asked_once_is_no_rule() {
    check(
        &[
            user("Write a guide for those who want to contribute."),
            agent("The guide is written: GUIDE.md tells how to open an issue."),
            user("never promise a date in it. should the templates be yaml"),
            agent("Yes: a host shows YAML templates as forms."),
            user("remove this 'Ask before you start' from the guide, they should just begin"),
            agent("Removed."),
            user("now link the guide from the README"),
            agent("The README links it."),
        ],
        &["never promise a date"],
        &[],
    );
}

#[test]
fn a_promise_is_gone_once_the_work_went_on() {
    check(
        &[
            user("Make the importer read gzip files as well."),
            agent(
                "Yep, agreed. I'll remove the old reader since nothing but the importer calls it any more.",
            ),
            user("go on"),
            agent("I'll keep the suffix check because the header alone misleads. The old reader is removed."),
        ],
        &["keep the suffix check"],
        &["remove the old reader"],
    );
}

#[test]
fn what_a_long_message_tells_is_no_order() {
    let issue = "Replacing an extension fails while the system still holds its file open. ".to_owned()
        + &"The cleanup before it left the demo extension in the shared settings of all tests. ".repeat(16)
        + "\n\nThe reader must never wait for a lock.";
    let text = handoff(&[user(&issue), agent("On it."), user("go on"), agent("Fixed: it waits no longer.")]);
    let instructions = text.split("\n## ").find(|section| section.starts_with("User Instructions"));
    assert!(
        instructions.is_some_and(|told| told.contains("must never wait") && !told.contains("cleanup")),
        "{text}"
    );
}

#[test]
fn the_only_message_is_told_once() {
    let text = handoff(&[user("Write hello to greeting.txt only, and nothing else."), agent("Written.")]);
    assert_eq!(text.matches("Write hello to greeting.txt only").count(), 1, "{text}");
}

#[test]
fn what_was_at_hand_before_the_user_spoke_is_not() {
    check(
        &[
            user("Write the importer."),
            agent("Now I'll write the reader of the header, and then the rows."),
            user("stop, make the exporter first"),
        ],
        &["Answer the user: stop, make the exporter first"],
        &["In the middle of"],
    );
}
