use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::home::session;
use crate::http::Server;

/// Clients at once.
const CLIENTS: usize = 8;

/// How many calls they make together, and how long a conversation is in bytes: a little every time, and all that was
/// promised with `BATON_LOAD=10000`.
#[expect(clippy::disallowed_methods, reason = "a test that takes long asks first")]
fn asked() -> (usize, usize) {
    let calls = std::env::var("BATON_LOAD").ok().and_then(|calls| calls.parse().ok());
    calls.map_or((120, 100 << 10), |calls| (calls, 1 << 20))
}

/// The most memory the server may ever take, in KB.
const MEMORY: u64 = 400 << 10;

#[test]
#[expect(clippy::print_stdout, reason = "whoever runs it at length wants to know")]
fn many_clients_lose_nothing() {
    let (calls, bytes) = asked();
    let rounds = calls / CLIENTS / CALLS;
    let home = TempDir::new().unwrap();
    let transcript = home.path().join("session.jsonl");
    fs::write(&transcript, grown(bytes)).unwrap();
    let server = Server::new(&[], None);
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (server, transcript) = (&server, &transcript);
            scope.spawn(move || (0..rounds).for_each(|at| round(server, transcript, client, at)));
        }
    });
    let version = |id: &str| {
        let saved = called(&server, "save_handoff", &json!({"session_id": id, "task_objective": "Last"}));
        saved["result"]["structuredContent"]["version"].as_u64().unwrap()
    };
    assert_eq!(version("shared"), (CLIENTS * rounds + 1) as u64, "no save is lost");
    for client in 0..CLIENTS {
        assert_eq!(version(&format!("c{client}")), (rounds + 1) as u64);
    }
    let memory = server.memory().unwrap_or_default();
    println!(
        "{} calls of {CLIENTS} clients, conversations of {bytes} bytes: at most {memory} KB",
        CLIENTS * rounds * CALLS
    );
    assert!(memory <= MEMORY, "{memory} KB");
}

/// Calls in a round.
const CALLS: usize = 5;

/// A client saves its own session and the one of all, and reads both.
fn round(server: &Server, transcript: &Path, client: usize, at: usize) {
    let own = format!("c{client}");
    let said = format!("Task of client {client} in round {at}");
    called(
        server,
        "save_handoff",
        &json!({"session_id": own, "transcript_path": transcript, "task_objective": said}),
    );
    called(server, "save_handoff", &json!({"session_id": "shared", "task_objective": said}));
    let loaded =
        called(server, "load_handoff", &json!({"session_id": own, "max_messages": 20, "budget": 6000}));
    assert!(loaded.to_string().contains(&said), "{loaded}");
    let shared = called(server, "load_handoff", &json!({"session_id": "shared"}));
    assert!(shared.to_string().contains("Task of client "), "{shared}");
    called(server, "recall_handoff", &json!({"session_id": own, "query": "token bucket clock"}));
}

/// What a tool answers, if it does well.
fn called(server: &Server, tool: &str, arguments: &Value) -> Value {
    let answer = server.call(tool, arguments);
    let start = answer.find('{').unwrap_or_else(|| panic!("{tool}: no answer"));
    let end = answer.rfind('}').unwrap();
    let answer: Value = serde_json::from_str(&answer[start..=end]).unwrap();
    assert_eq!(answer["result"]["isError"], false, "{tool} {arguments}: {answer}");
    answer
}

/// A session of at least so many bytes.
fn grown(bytes: usize) -> String {
    let session = session();
    session.repeat(bytes.div_ceil(session.len()))
}
