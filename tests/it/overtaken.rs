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
