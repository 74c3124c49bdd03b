//! How the records and shapes of this format are read.
use proptest::prelude::*;

use super::*;
use crate::event::{Actor, Event, EventKind};

fn kind(event: &Event) -> String {
    match &event.kind {
        EventKind::User { text } => format!("user {text}"),
        EventKind::Injected { text } => format!("host {text}"),
        EventKind::Assistant { text } => format!("says {text}"),
        EventKind::Reasoning { text } => format!("thinks {text}"),
        EventKind::Call(call) => format!("calls {} {:?}", call.tool, call.action),
        EventKind::Result(result) => format!("answers {:?} {:?} {}", result.call, result.status, result.text),
        EventKind::Context(context) => {
            let parts = [&context.title, &context.agent, &context.session, &context.model];
            format!("context {:?}", parts.into_iter().flatten().collect::<Vec<_>>())
        }
        other => format!("{other:?}"),
    }
}

fn shown(transcript: &Transcript) -> Vec<String> {
    transcript.events.iter().map(|event| format!("{} {}", event.line, kind(event))).collect()
}

fn claimed(input: &str) -> bool {
    claims(&Head { text: input.into(), records: Vec::new(), document: None })
}

fn check(input: &str, expected: &[&str]) {
    let transcript = read(input.as_bytes());
    assert_eq!(shown(&transcript), expected, "{input}");
    assert_eq!(transcript.warnings, [], "{input}");
    assert!(claimed(input), "not claimed: {input}");
}

#[test]
fn common_variants() {
    check(
        "# A chat\n\n## User\n\nhi\n\n## Assistant\n\nhello\n",
        &["1 context [\"A chat\"]", "3 user hi", "7 says hello"],
    );
    check("**User:** hi\nthere\n\n**Assistant:** hello", &["1 user hi\nthere", "4 says hello"]);
    check("User: hi\nAssistant: hello\nUser: bye\n", &["1 user hi", "2 says hello", "3 user bye"]);
    check("Human: hi\n\nAI: see\nHuman: not a header\n", &["1 user hi", "3 says see\nHuman: not a header"]);
    check(
        "### 👤 User\nhi\n### 🤖 Assistant (gpt-5)\nyo",
        &["1 user hi", "3 context [\"gpt-5\"]", "3 says yo"],
    );
    check("## Benutzer\nhallo\n## Assistent\nja", &["1 user hallo", "3 says ja"]);
    check("## ユーザー\nこんにちは\n## アシスタント\nはい", &["1 user こんにちは", "3 says はい"]);
    check(
        "## System\nbe brief\n## User\nhi\n## Assistant\nyo",
        &["1 host be brief", "3 user hi", "5 says yo"],
    );
    check("\u{feff}## User\r\nhi\r\n## Assistant\r\nyo\r\n", &["1 user hi", "3 says yo"]);
}

#[test]
fn who_works_aside_has_headers_of_their_own() {
    let transcript = read(
        b"_**User (2025-01-02 10:00:00Z)**_\n\nreview it\n\n\
        _**Agent - sidechain (m-1 2025-01-02 10:01:00Z)**_\n\nNever push.\n\n\
        _**Agent (m-2 2025-01-02 10:02:00Z)**_\n\ndone",
    );
    let told: Vec<(Actor, String)> =
        transcript.events.iter().map(|event| (event.actor, kind(event))).collect();
    let expected = [
        (Actor::Main, "user review it"),
        (Actor::Subagent, "says Never push."),
        (Actor::Main, "context [\"m-2\"]"),
        (Actor::Main, "says done"),
    ];
    assert_eq!(told, expected.map(|(actor, words)| (actor, words.to_owned())));
}

#[test]
fn nothing_inside_a_message_splits_it() {
    let inside = "## User guide\n### User\n**User:** x\nuser: root\nUser: y\n```\n## User\n```\n    ## User\n<!--\n## User\n-->";
    let input = format!("## User\nq\n## Assistant\n{inside}\n## User\nend\n");
    check(&input, &["1 user q", &format!("3 says {inside}"), "16 user end"]);
}

#[test]
fn times_stand_in_headers() {
    let transcript = read(b"#### Human (2025-01-02 10:00)\nhi\n#### Assistant (2025-01-02 10:01)\nyo");
    let times: Vec<String> =
        transcript.events.iter().filter_map(|event| Some(event.time?.to_string())).collect();
    assert_eq!(times, ["2025-01-02T10:00:00Z", "2025-01-02T10:01:00Z"]);
}

#[test]
fn code_in_an_answer_is_not_a_call() {
    check(
        "## User\nhow\n## Assistant\nRun:\n```bash\n$ ls\na\n```\n",
        &["1 user how", "3 says Run:\n```bash\n$ ls\na\n```"],
    );
}

#[test]
fn tool_headings() {
    check(
        "## User\ngo\n## Assistant\nok\n### Tool: bash\n\n**Input:**\n```yaml\ncommand: make\n```\n\n**Output:**\n```\nboom\n```\ninner\n```\nExit code: 2\n```\n",
        &[
            "1 user go",
            "3 says ok",
            "5 calls bash Run { command: \"make\", cwd: None }",
            "5 answers Some(2) Failed boom\n```\ninner\n```\nExit code: 2",
        ],
    );
    check(
        "## User\ngo\n## Assistant\nok\n## Tool\n```console\n$ ls\na\n$ pwd\n/w\n```\n",
        &[
            "1 user go",
            "3 says ok",
            "5 calls  Run { command: \"ls\", cwd: None }",
            "5 answers Some(2) Ok a",
            "5 calls  Run { command: \"pwd\", cwd: None }",
            "5 answers Some(4) Ok /w",
        ],
    );
}

#[test]
fn details_blocks() {
    check(
        "## User\ngo\n## Assistant\nA\n<details>\n<summary>Tool: bash</summary>\n\n```bash\nls\n```\n\n```\nx\n```\n</details>\n\nB\n<details><summary>Thinking</summary>\nhm\n</details>\n",
        &[
            "1 user go",
            "3 says A",
            "5 calls bash Run { command: \"ls\", cwd: None }",
            "5 answers Some(2) Ok x",
            "17 says B",
            "18 thinks hm",
        ],
    );
}

#[test]
fn diffs_in_tool_blocks_are_edits_with_positions() {
    let input = "## User\ngo\n## Assistant\n<details><summary>Tool: edit</summary>\n\n```diff\n--- a/x\n+++ b/x\n@@ -3 +3 @@\n-a\n+b\n```\n</details>\n";
    let transcript = read(input.as_bytes());
    let EventKind::Call(call) = &transcript.events[1].kind else { panic!("a call") };
    let crate::event::Action::Edit(edits) = &call.action else { panic!("an edit") };
    let position = edits[0].hunks[0].position.expect("it has numbers");
    assert_eq!((edits[0].path.as_str(), position.old_start, position.new_lines), ("x", 3, 1));
}

#[test]
fn exports_with_times_and_tags() {
    check(
        "<!-- Generated by X -->\n\n# 2025-01-02\n\n<!-- Some Agent Session ab-1 (2025-01-02) -->\n\n_**User (2025-01-02 10:00:00Z)**_\n\ngo\n\n---\n\n_**Agent (m-1 2025-01-02 10:00:01Z)**_\n\n<think><details><summary>Thought Process</summary>\nhm\n</details></think>\n\n_**Agent (m-1 2025-01-02 10:00:02Z)**_\n\n<tool-use data-tool-type=\"shell\" data-tool-name=\"Bash\"><details>\n<summary>Tool use: **Bash**</summary>\nList\n\n`ls -l`\n\n```text\na\n```\n</details></tool-use>\n",
        &[
            "3 context [\"2025-01-02\", \"Some Agent\", \"ab-1\"]",
            "7 user go",
            "13 context [\"m-1\"]",
            "15 thinks hm",
            "21 calls Bash Run { command: \"ls -l\", cwd: None }",
            "21 answers Some(4) Ok a",
        ],
    );
}

#[test]
fn other_texts_are_not_claimed() {
    for other in [
        "",
        "# Readme\n\n## User guide\n\n## Usage\n",
        "## User\n\nOnly one role.\n",
        "# aider chat started at 2025-01-01\n\n#### hi\n",
        "user: root\nassistant: none\n",
        "[1]: x\n## User\n## Assistant\n",
        "{\"role\":\"user\"}",
    ] {
        assert!(!claimed(other), "claimed: {other}");
    }
}

#[test]
fn a_text_without_headers_is_context_and_a_warning() {
    let transcript = read(b"just text");
    assert_eq!(shown(&transcript), ["1 host just text"]);
    assert_eq!(transcript.warnings.len(), 1);
}

#[test]
fn hostile_texts_take_linear_time() {
    let pieces = [
        "#",
        "`",
        "[",
        "```\n",
        "<details>\n<summary>Tool: x</summary>\n",
        "<!--",
        "```\n\n",
        "**",
        "_**User**_\n",
        "## User\n## Assistant\n",
        "<think>\n",
        "## Assistant\n<tool-use>\n",
        "User: x\n",
        "## Tool: x\n```\n",
        "- a:\n",
        "## Tool\n```yaml\na:\n  - b:\n```\n",
    ];
    for piece in pieces {
        // The longer pieces make many events: a quarter of the size is enough to tell a square from a line.
        let size = if piece.len() == 1 { 1 << 20 } else { 1 << 18 };
        let body = piece.repeat(size / piece.len());
        read(format!("## User\nx\n## Assistant\n{body}").as_bytes());
        read(body.as_bytes());
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(pieces in proptest::collection::vec(prop::sample::select(vec![
        "## User", "## Assistant", "\n", "```", "~~~", "<details>", "<summary>Tool: x</summary>", "</details>", "é", " ",
        "**User:**", "**", "_**", "<!--", "-->", "## Tool: y", "**Input:**", "**Output:**", "a: |-", "  - b: c", "diff",
        "@@ -1 +1 @@", "<tool-use", "</tool-use>", "<think>", "\u{3000}", "(", ")", ":", "- ", "$ ls", "---", "\r",
    ]), 0..60)) {
        let text = pieces.concat();
        let _ = read(text.as_bytes());
        let _ = claimed(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_longer_prefix_never_changes_what_stood_before(lines in 6_usize..19) {
        let whole = "# T\n\n## User\nhi\n\n## Assistant\nyo\n\n### Tool: bash\n\n**Input:**\n```yaml\ncommand: ls\n```\n\n**Output:**\n```\nx\n```\n\n## User\nbye\n";
        let some: String = whole.split_inclusive('\n').take(lines).collect();
        let all = read(whole.as_bytes()).events;
        let some = read(some.as_bytes()).events;
        let same = some.len().saturating_sub(2);
        prop_assert_eq!(&all[..same], &some[..same]);
    }
}
