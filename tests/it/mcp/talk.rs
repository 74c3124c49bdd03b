//! The server spoken to line by line: progress and cancellation, and what no client of good will sends.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use baton::token::Encoding;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::SESSION;
use crate::fixtures;

/// A server that is spoken to line by line.
struct Talk {
    server: Child,
    output: BufReader<ChildStdout>,
}

impl Talk {
    fn new(home: &Path) -> Self {
        Talk::started_in(home, &[])
    }

    fn started_in(home: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
        command.arg("mcp").current_dir(home).env_clear().env("HOME", home).envs(variables.iter().copied());
        let mut server =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(server.stdout.take().unwrap());
        let mut talk = Talk { server, output };
        talk.say(&json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}));
        talk.hear(|message| message["id"] == 1);
        talk.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        talk
    }

    fn say(&mut self, message: &Value) {
        writeln!(self.server.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    fn call(&mut self, id: u64, tool: &str, arguments: &Value) {
        self.call_with(id, tool, arguments, &json!({"progressToken": id}));
    }

    /// A call, with what the host says beside it.
    fn call_with(&mut self, id: u64, tool: &str, arguments: &Value, meta: &Value) {
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments, "_meta": meta}}));
    }

    /// Reads until something is said, and gives that.
    fn hear(&mut self, is_meant: impl Fn(&Value) -> bool) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server ended");
            let message: Value = serde_json::from_str(&line).unwrap();
            if is_meant(&message) {
                return message;
            }
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn progress_is_told() {
    let home = TempDir::new().unwrap();
    let mut talk = Talk::new(home.path());
    talk.call(2, "save_handoff", &json!({"task_objective": "a"}));
    for step in [1.0, 2.0, 3.0] {
        let told = talk.hear(|message| message["id"].is_null() || message["id"] == 2);
        assert_eq!(
            (&told["params"]["progressToken"], &told["params"]["progress"]),
            (&json!(2), &json!(step)),
            "{told}"
        );
    }
    assert_eq!(talk.hear(|_| true)["id"], 2);
}

/// Two sessions of one project go on at once, and the server was started elsewhere: what the host says tells them apart.
#[test]
fn the_session_that_calls_is_the_one_that_is_saved() {
    let home = TempDir::new().unwrap();
    let project = fs::canonicalize(home.path()).unwrap().join("project");
    fs::create_dir(&project).unwrap();
    let folder =
        home.path().join(".claude/projects").join(project.to_string_lossy().replace(['/', '.', '_'], "-"));
    fs::create_dir_all(&folder).unwrap();
    let write = |session: &str, seconds: u64| {
        let message = json!({"role": "user", "content": format!("Mend the {session} fault")});
        let said = json!({"type": "user", "cwd": project, "sessionId": session, "message": message});
        let path = folder.join(format!("{session}.jsonl"));
        fs::write(&path, said.to_string()).unwrap();
        File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(UNIX_EPOCH + Duration::from_secs(seconds))
            .unwrap();
    };
    // Both are written to until long after the test.
    write("first", 4_000_000_000);
    write("second", 4_000_000_001);
    let told = |session: &str| json!({"sessionId": session, "x-codex-turn-metadata": {"workspaces": {project.to_str().unwrap(): {}}}});
    let around = |session| [("CLAUDE_CODE_SESSION_ID", session)];
    let check = |variables: &[(&str, &str)], meta: &Value, expected: &str| {
        let mut talk = Talk::started_in(home.path(), variables);
        talk.call_with(2, "save_handoff", &json!({"session_id": "x"}), meta);
        let saved = talk.hear(|message| message["id"] == 2);
        assert_eq!(saved["result"]["isError"], false, "{saved}");
        talk.call_with(3, "load_handoff", &json!({"session_id": "x"}), meta);
        let loaded = talk.hear(|message| message["id"] == 3).to_string();
        assert!(loaded.contains(&format!("## Task: Mend the {expected} fault")), "{expected}: {loaded}");
    };
    for (variables, meta, expected) in [
        (&[][..], told("first"), "first"),
        (&[], told("second"), "second"),
        (&around("first"), told("second"), "second"),
        (&around("first"), json!({}), "first"),
        (&around("second"), json!({}), "second"),
    ] {
        check(variables, &meta, expected);
    }
    // The host has begun another session since it started the server.
    write("first", 1);
    check(&around("first"), &json!({"x-codex-turn-metadata": told("")["x-codex-turn-metadata"]}), "second");
}

/// Lines that are no requests cost themselves: the next one is answered.
#[test]
fn malformed_requests_do_not_end_the_server() {
    let home = TempDir::new().unwrap();
    let nested = format!(
        r#"{{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{{"name":"save_handoff","arguments":{{"files":{}1{}}}}}}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let huge = json!({"jsonrpc": "2.0", "id": 6, "method": "tools/call", "params": {"name": "save_handoff", "arguments": {"task_objective": "x ".repeat(1 << 20)}}}).to_string();
    let lines = [
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        "{",
        "null",
        "[]",
        "\u{feff}{}",
        r#"{"jsonrpc":"1.0","id":2,"method":"tools/list"}"#,
        r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"load_handoff","arguments":[1,2]}}"#,
        r#"{"jsonrpc":"2.0","id":4,"method":"no/such"}"#,
        &nested,
        &huge,
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"list_handoffs"}}"#,
    ];
    let answers = answers(home.path(), &lines, &[4, 6, 7]);
    let last = answers.iter().find(|answer| answer["id"] == 7).unwrap();
    assert_eq!(last["result"]["isError"], false, "{last}");
    assert!(answers.iter().any(|answer| answer["id"] == 4 && answer["error"]["code"] == -32601));
    assert!(answers.iter().any(|answer| answer["id"] == 6 && answer["result"]["isError"] == false));
}

/// Begins a conversation in a folder, sends lines, and reads what is answered until all these ids are.
pub fn answered(home: &Path, folder: &Path, lines: &[&str], ids: &[u64]) -> Vec<Value> {
    talked(home, folder, &[&BEGIN[..], lines].concat(), ids)
}

/// Sends lines and reads what is answered, until all these ids are.
pub fn answers(home: &Path, lines: &[&str], ids: &[u64]) -> Vec<Value> {
    talked(home, home, lines, ids)
}

/// How a conversation begins.
const BEGIN: [&str; 2] = [
    r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
];

fn talked(home: &Path, folder: &Path, lines: &[&str], ids: &[u64]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    command.arg("mcp").current_dir(folder).env_clear().env("HOME", home);
    let mut server =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = server.stdin.take().unwrap();
    let all = lines.join("\n") + "\n";
    let writing = std::thread::spawn(move || {
        stdin.write_all(all.as_bytes()).unwrap();
        stdin
    });
    let mut answers = Vec::new();
    for line in BufReader::new(server.stdout.take().unwrap()).lines() {
        answers.push(serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        if ids.iter().all(|id| answers.iter().any(|answer| answer["id"] == *id)) {
            break;
        }
    }
    // At the end of its input the server ends by itself.
    drop(writing.join().unwrap());
    assert!(server.wait().unwrap().success());
    answers
}

/// Whoever sent a line that is no request does not wait for its answer for ever.
#[test]
fn lines_that_are_no_requests_are_answered() {
    let home = TempDir::new().unwrap();
    let long = format!("\"{}\"", "x".repeat(17 << 20));
    let cases = [
        (r#"{"jsonrpc":"2.0","id":2,"meth"#, -32700, json!(null)),
        ("\u{feff}not a word of JSON", -32700, json!(null)),
        ("[]", -32600, json!(null)),
        (r#"{"jsonrpc":"2.0","id":3}"#, -32600, json!(3)),
        (r#"{"jsonrpc":"1.0","id":"four","method":"tools/list"}"#, -32600, json!("four")),
        (&long, -32600, json!(null)),
        (r#"{"jsonrpc":"2.0","id":5,"method":"no/such"}"#, -32601, json!(5)),
        (
            r#"{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"load_handoff","arguments":[1]}}"#,
            -32602,
            json!(6),
        ),
    ];
    let lines: Vec<&str> = cases.iter().map(|(line, ..)| *line).collect();
    let last = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"list_handoffs"}}"#;
    let silent =
        ["", "  ", r#"{"jsonrpc":"2.0","method":"notifications/of/nobody"}"#, r#"{"id":null,"error":{}}"#];
    let lines = [&lines[..], &silent, &[last]].concat();
    let answers = answered(home.path(), home.path(), &lines, &[5, 6, 7]);
    let refused = answers.iter().filter_map(|it| Some((it["error"]["code"].as_i64()?, it["id"].clone())));
    let mut refused: Vec<(i64, Value)> = refused.collect();
    let mut expected: Vec<(i64, Value)> = cases.into_iter().map(|(_, code, id)| (code, id)).collect();
    // Requests are worked on side by side.
    for some in [&mut refused, &mut expected] {
        some.sort_by_key(|(code, id)| (*code, id.to_string()));
    }
    assert_eq!(refused, expected, "{answers:?}");
}

/// Work that the client no longer wants ends without an effect. Another save of the same length, begun later, tells that
/// the time for it has passed.
#[test]
fn a_cancelled_save_saves_nothing() {
    let home = TempDir::new().unwrap();
    let session = std::fs::read_to_string(fixtures::root().join(SESSION)).unwrap();
    let path = home.path().join("long.jsonl");
    std::fs::write(&path, session.repeat((4 << 20) / session.len())).unwrap();
    let mut talk = Talk::new(home.path());
    talk.call(2, "save_handoff", &json!({"session_id": "unwanted", "transcript_path": path}));
    let told =
        talk.hear(|message| message["params"]["progressToken"] == 2 && message["params"]["progress"] == 2.0);
    assert_eq!(told["params"]["message"], "reading the transcript");
    talk.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2, "reason": "too slow"}}));
    talk.call(3, "save_handoff", &json!({"session_id": "wanted", "transcript_path": path}));
    let saved = talk.hear(|message| message["id"] == 3);
    assert_eq!(saved["result"]["isError"], false, "{saved}");
    talk.call(4, "list_handoffs", &json!({}));
    let listed = talk.hear(|message| message["id"] == 4);
    let ids: Vec<&Value> = listed["result"]["structuredContent"]["handoffs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["session_id"])
        .collect();
    assert_eq!(ids, ["wanted"]);
}

/// Wherever a tool takes an id, it names a handoff and never a file.
#[test]
fn ids_cannot_leave_the_store() {
    let home = TempDir::new().unwrap();
    let secret =
        json!({"task": {"objective": "outside", "status": "blocked", "progress_summary": ""}}).to_string();
    std::fs::write(home.path().join("outside.json"), &secret).unwrap();
    let mut talk = Talk::new(home.path());
    let mut number = 10;
    for id in [
        "../outside",
        "..\\outside",
        "/etc/passwd",
        ".",
        "..",
        "a/../../outside",
        "%2e%2e%2foutside",
        ".kept/a",
        "~/outside",
        "a\nb",
        "..@1",
        &"../".repeat(5000),
    ] {
        for (tool, arguments) in [
            ("load_handoff", json!({"session_id": id})),
            ("load_handoff", json!({"session_id": "a", "since": id})),
            ("save_handoff", json!({"session_id": id, "task_objective": "x"})),
            ("save_handoff", json!({"session_id": "a", "task_objective": "x", "base_session": id})),
            ("diff_handoffs", json!({"base": id, "new": id})),
            ("merge_handoffs", json!({"session_ids": [id, "a"]})),
            ("merge_handoffs", json!({"session_ids": ["a", "b"], "session_id": id})),
            ("recall_handoff", json!({"session_id": id, "query": "x"})),
            ("delete_handoffs", json!({"session_ids": [id]})),
        ] {
            number += 1;
            talk.call(number, tool, &arguments);
            let answer = talk.hear(|message| message["id"] == number);
            assert_eq!(answer["result"]["isError"], true, "{tool} {id:?}: {answer}");
            assert!(!answer.to_string().contains("\"outside\""), "{answer}");
        }
    }
    assert_eq!(std::fs::read_to_string(home.path().join("outside.json")).unwrap(), secret);
    let mut names = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(
        names.all(|name| name == "outside.json" || name == ".handoffs"),
        "nothing is written beside the store"
    );
}

/// Arguments of any size and shape are an answer of their own, and the server goes on.
#[test]
fn hostile_arguments_are_refused_one_by_one() {
    let home = TempDir::new().unwrap();
    let mut talk = Talk::new(home.path());
    let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let many: Vec<Value> = (0..2_000).map(|_| json!({"action": "x", "priority": "low"})).collect();
    let long = "x".repeat(3 << 20);
    let odd = "\u{0}\u{202e}\u{feff}\u{fffd}\u{10ffff}[end]\n```";
    let cases = [
        (json!({"task_objective": nested(100)}), true),
        (json!({"files": nested(100), "task_objective": "x"}), true),
        (json!({"task_objective": "x", "budget": 1e300}), true),
        (json!({"task_objective": "x", "budget": u64::MAX}), false),
        (
            json!({"task_objective": "x", "files": [{"path": "a", "focus_ranges": [{"start": u32::MAX, "end": 0}]}]}),
            false,
        ),
        (
            json!({"task_objective": "x", "files": [{"path": "a", "focus_ranges": [{"start": u64::MAX, "end": 0}]}]}),
            true,
        ),
        (json!({"task_objective": "x", "next_steps": many, "budget": 2000}), false),
        (json!({"task_objective": long, "progress_summary": long, "budget": 2000}), false),
        (json!({"task_objective": odd, "files": [{"path": odd}]}), false),
        (json!({"task_objective": "x", "unknown": {"a": [1, 2]}}), true),
    ];
    for (number, (arguments, is_error)) in (2..).zip(cases) {
        talk.call(number, "save_handoff", &arguments);
        let answer = talk.hear(|message| message["id"] == number);
        assert_eq!(
            answer["result"]["isError"],
            is_error,
            "{number}: {}",
            &answer.to_string()[..answer.to_string().len().min(500)]
        );
        talk.call(1000 + number, "load_handoff", &json!({}));
        let loaded = talk.hear(|message| message["id"] == 1000 + number).to_string();
        assert!(Encoding::O200kBase.count(&loaded) < 12_000, "{number}");
    }
}

/// What is no transcript is told in terms of the tool, and costs nothing else.
#[test]
fn transcripts_that_are_none_are_named() {
    let home = TempDir::new().unwrap();
    let file = |name: &str, bytes: &[u8]| std::fs::write(home.path().join(name), bytes).unwrap();
    file("empty", b"");
    file("binary", b"\0\xFF\0");
    file("diary", b"dear diary");
    std::fs::create_dir(home.path().join("folder")).unwrap();
    let mut talk = Talk::new(home.path());
    let cases = [
        ("empty", "empty is no transcript: it is empty; name another as transcript_path"),
        ("binary", "binary is no transcript: it is binary data; name another"),
        ("diary", "diary is no transcript: no known agent writes such files; name another"),
        ("folder", "folder is a folder; name one transcript file in it; name another as transcript_path"),
        ("none", "No such file or directory; name another as transcript_path"),
    ];
    for (id, (name, expected)) in (2..).zip(cases) {
        talk.call(id, "save_handoff", &json!({"transcript_path": home.path().join(name)}));
        let answer = talk.hear(|message| message["id"] == id);
        let text = answer["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert!(answer["result"]["isError"] == true && text.contains(expected), "{answer}");
    }
}

/// Who runs the server by hand is told that agents do.
#[test]
fn an_input_without_a_client_is_said() {
    let home = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    command.arg("mcp").current_dir(home.path()).env_clear().env("HOME", home.path());
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(said.starts_with("baton: no MCP client spoke on standard input; "), "{said}");
}

/// Saves of a session meet: what was saved under a name goes on under it.
#[test]
fn a_session_goes_on_under_its_name() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("session.jsonl");
    let said = json!({"type": "user", "sessionId": "own", "message": {"role": "user", "content": "Fix the rounding"}});
    std::fs::write(&path, format!("{said}\n")).unwrap();
    let mut talk = Talk::new(home.path());
    let mut save = |id: u64, arguments: Value| {
        talk.call(id, "save_handoff", &arguments);
        let saved = talk.hear(|message| message["id"] == id)["result"]["structuredContent"].clone();
        (saved["session_id"].as_str().unwrap().to_owned(), saved["version"].as_u64().unwrap())
    };
    let named = |id: &str, version: u64| (id.to_owned(), version);
    assert_eq!(save(2, json!({"transcript_path": path})), named("own", 1));
    assert_eq!(save(3, json!({"transcript_path": path, "session_id": "limiter"})), named("limiter", 1));
    assert_eq!(save(4, json!({"transcript_path": path})), named("limiter", 1), "nothing is new");
    assert_eq!(save(5, json!({"transcript_path": path, "session_id": "own"})), named("own", 1));
    assert_eq!(save(6, json!({"transcript_path": path, "task_objective": "Round"})), named("own", 2));
}
