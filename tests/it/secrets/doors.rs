//! Every kind of secret through the real doors: nothing of any is left in the store, or in what is printed or answered.

use std::fs;
use std::path::Path;

use aho_corasick::AhoCorasick;
use serde_json::{Value, json};

use super::forms::FORMS;
use super::{Secret, secrets};
use crate::home::{Home, written};

/// Characters in a row by which a secret is known among megabytes, where six might meet by chance.
const PIECE: usize = 12;

/// Each kind once, the forms in turn.
fn sample() -> Vec<Secret> {
    let mut sample: Vec<Secret> = Vec::new();
    for it in secrets() {
        let is_new = sample.last().is_none_or(|last| !std::ptr::eq(last.kind, it.kind));
        let wanted = FORMS[sample.len() % FORMS.len()].title;
        if is_new {
            sample.push(it);
        } else if it.form.title == wanted || sample.len().is_multiple_of(FORMS.len()) {
            let last = sample.len() - 1;
            sample[last] = it;
        }
    }
    sample
}

/// A session in which a secret stands wherever something can stand.
fn session(secrets: &[Secret], folder: &Path) -> String {
    let mut records = String::new();
    for (at, secret) in secrets.iter().enumerate() {
        let text = format!("Remember {at}: {}", secret.text);
        for record in said(at, &text) {
            let mut record = record;
            record["cwd"] = json!(folder);
            record["sessionId"] = json!("11111111-2222-4333-8444-555555555555");
            record["timestamp"] = json!("2025-11-03T08:59:00.425Z");
            record["uuid"] = json!(format!("00000000-0000-4000-8000-{at:012}"));
            records.push_str(&(record.to_string() + "\n"));
        }
    }
    // A record that is torn, and one of no known kind: both are warnings.
    let torn = format!("{{\"type\":\"user\",\"message\":{}\n", json!(secrets[0].text));
    let unknown = json!({"type": secrets[1].text, "message": secrets[2].text});
    format!("{records}{torn}{unknown}\n")
}

/// The records that say a text, in one of the ways there are.
fn said(at: usize, text: &str) -> Vec<Value> {
    let id = format!("toolu_{at:024}");
    let assistant =
        |block: Value| json!({"type": "assistant", "message": {"role": "assistant", "content": [block]}});
    let call = |tool: &str, input: Value| {
        assistant(json!({"type": "tool_use", "id": id, "name": tool, "input": input}))
    };
    let result = |content: &str| json!({"type": "user", "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": content}]}});
    match at % 6 {
        0 => vec![json!({"type": "user", "message": {"role": "user", "content": text}})],
        1 => vec![assistant(json!({"type": "text", "text": format!("I decided to keep it.\n{text}")}))],
        2 => vec![call("Bash", json!({"command": text})), result("done")],
        3 => vec![call("Bash", json!({"command": "cargo test"})), result(&format!("error: failed\n{text}"))],
        4 => vec![
            call("Write", json!({"file_path": format!("src/{at}.rs"), "content": text})),
            result("written"),
        ],
        _ => vec![assistant(json!({"type": "thinking", "thinking": text}))],
    }
}

/// What is printed, of a session and of what was kept.
const PRINTED: &[&str] = &[
    "compress in --budget 50000",
    "compress in --output json --cite --budget 50000",
    "compress in --output blocks",
    "explain in --verbose",
    "explain in --json",
    "count in --json",
    "read in",
    "read in --coverage",
    "save --id told --conversation",
    "save --id told --budget 50000 --json",
    "list --json",
    "show told --conversation",
    "show told --json",
    "load told --cite",
    "load told --output json",
    "load told --output blocks",
    "load told --messages 1000",
    "load told --since told@1 --budget 50000",
    "load told --since told@1 --output json",
    "log told",
    "search remember --json",
    "search key",
    "merge told given --as both",
    "show both --json",
    "export --all --versions",
    "stats --json",
    "stats --html",
];

#[test]
fn no_secret_is_left_behind_any_door() {
    let secrets = sample();
    let home = Home::new();
    let session = session(&secrets, home.path());
    home.write("session.jsonl", &session);
    let mut told = vec![given(&home, &secrets), hooked(&home, &secrets)];
    for words in PRINTED {
        let output = home.run(words, &session);
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        told.extend([output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()));
    }
    #[cfg(feature = "server")]
    told.extend([answered(&home, &secrets), answered_over_http(&home, &secrets)]);
    let kept = kept(&home.store());
    assert!(
        kept.len() > 100_000 && told.concat().matches("[redacted:").count() > 1_000,
        "much was kept and told"
    );
    none_is_left(&secrets, "is printed or answered", &told.concat());
    none_is_left(&secrets, "is kept", &kept);
}

/// What people hand in: a handoff, a file to be imported, words about it.
fn given(home: &Home, secrets: &[Secret]) -> String {
    let mut state: Value = serde_json::from_str(&written(&secrets[0].text)).unwrap();
    let steps = secrets.iter().map(|it| json!({"action": it.text, "priority": "high"}));
    state["next_steps"] = steps.collect();
    let decisions = secrets.iter().map(|it| json!({"decision": it.text, "rationale": it.text, "rejected": [{"option": it.text, "reason": it.text}]}));
    state["decisions"] = decisions.collect();
    let files = secrets.iter().map(|it| json!({"path": it.text, "relevance": it.text, "focus_ranges": [{"start": 1, "end": 2, "note": it.text}]}));
    state["files"] = files.collect();
    let token = &secrets[0].body;
    let words =
        format!("save --id given --title sk-proj-{token} --tag sk-proj-{token} --owner sk-proj-{token}");
    let saved = home.told(&words, &state.to_string());
    home.told(&format!("comment given sk-proj-{token}"), "");
    home.told("import - --id imported", &state.to_string());
    saved + &home.told("show given", "") + &home.told("load imported", "") + &home.told("list", "")
}

/// What a host tells of a session and of its own summary.
fn hooked(home: &Home, secrets: &[Secret]) -> String {
    let summary: Vec<&str> = secrets.iter().map(|it| it.text.as_str()).collect();
    let summary = summary.join("\n\n");
    let event = |name: &str| {
        let event = json!({
            "session_id": "hooked", "transcript_path": home.path().join("session.jsonl"), "cwd": home.path(),
            "hook_event_name": name, "compact_summary": summary, "source": "compact",
        });
        home.told("hook claude-code", &event.to_string())
    };
    ["Stop", "PostCompact", "SessionStart"].map(event).concat()
}

/// What an agent says, and is answered.
#[cfg(feature = "server")]
fn calls(home: &Home, secrets: &[Secret]) -> Vec<(&'static str, Value)> {
    let steps: Vec<Value> = secrets.iter().map(|it| json!({"action": it.text, "priority": "high"})).collect();
    let save = json!({"session_id": "agent", "task_objective": secrets[3].text, "next_steps": steps, "budget": 50_000});
    let transcript = json!({"session_id": "proven", "transcript_path": home.path().join("session.jsonl")});
    vec![
        ("save_handoff", save),
        ("save_handoff", transcript),
        ("load_handoff", json!({"session_id": "agent", "budget": 9000})),
        ("load_handoff", json!({"session_id": "proven", "max_messages": 500, "budget": 9000})),
        ("recall_handoff", json!({"session_id": "hooked", "query": "remember key token", "budget": 9000})),
        ("recall_handoff", json!({"session_id": "proven", "query": "remember", "budget": 9000})),
        ("search_handoffs", json!({"query": "remember"})),
        ("diff_handoffs", json!({"base": "told", "new": "proven"})),
        ("list_handoffs", json!({})),
    ]
}

#[cfg(feature = "server")]
fn answered(home: &Home, secrets: &[Secret]) -> String {
    let hello = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let mut told = String::new();
    for (tool, arguments) in calls(home, secrets) {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
        let answers = crate::mcp::answers(home.path(), &[hello, ready, &call.to_string()], &[1]);
        let answer = answers.last().unwrap().to_string();
        assert!(answer.contains("\"isError\":false"), "{tool}: {answer}");
        told.push_str(&answer);
    }
    told
}

#[cfg(feature = "server")]
fn answered_over_http(home: &Home, secrets: &[Secret]) -> String {
    let store = home.store();
    let server = crate::http::Server::new(&["--store", store.to_str().unwrap()], None);
    calls(home, secrets).into_iter().map(|(tool, arguments)| server.call(tool, &arguments)).collect()
}

/// Everything in the files below a folder.
fn kept(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&kept(&path));
        } else {
            text.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
    text
}

#[track_caller]
fn none_is_left(secrets: &[Secret], place: &str, text: &str) {
    let pieces = secrets.iter().flat_map(|it| {
        let pieces = it.body.as_bytes().windows(PIECE.min(it.body.len()));
        pieces.map(move |piece| (it, piece))
    });
    let (owners, pieces): (Vec<&Secret>, Vec<&[u8]>) = pieces.unzip();
    let finder = AhoCorasick::new(pieces).unwrap();
    let left = finder.find_iter(text).map(|found| {
        let (from, to) = (
            text.floor_char_boundary(found.start().saturating_sub(80)),
            text.ceil_char_boundary(found.end() + 20),
        );
        format!("{} in {:?}", owners[found.pattern().as_usize()].told(), &text[from..to.min(text.len())])
    });
    let left: Vec<String> = left.take(10).collect();
    assert!(left.is_empty(), "what {place} still holds:\n{}", left.join("\n"));
}
