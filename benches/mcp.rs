//! How long an agent waits for the doors, through the real binary: the MCP server's start, saving and loading, and hooks.
//!
//! What is measured is a process and a disk, with a spread that no statistics make smaller, so the middle of many runs is shown.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench looks at the clock and shows what it saw"
)]

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const SESSION: &str = "fixtures/claude-code/rate-limiter/session.jsonl";
const HELLO: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;

fn main() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    println!("{:52} {:>10} {:>10}", "", "middle", "nine of ten");
    start(home);
    conversation(home);
    hooks(home);
}

/// From starting the process to the answer of the first tool, and what it takes to wait.
fn start(home: &Path) {
    let runs = (0..60).map(|_| {
        let began = Instant::now();
        let mut server = Server::new(home);
        server.call("list_handoffs", &json!({}));
        (began.elapsed(), server.memory())
    });
    let (times, memory): (Vec<Duration>, Vec<u64>) = runs.unzip();
    show("MCP: from start to the first answer of a tool", times);
    println!("{:52} {:>7} KB", "MCP: memory at rest", memory.into_iter().max().unwrap_or(0));
}

/// Saving and loading a conversation of 100 KB.
fn conversation(home: &Path) {
    let path = home.join("conversation.jsonl");
    fs::write(&path, grown(100 << 10)).expect("a file");
    let mut server = Server::new(home);
    let mut timed = |tool: &str, arguments: Value| {
        let run = |_| {
            let began = Instant::now();
            server.call(tool, &arguments);
            began.elapsed()
        };
        (0..60).map(run).collect::<Vec<_>>()
    };
    let saves = timed("save_handoff", json!({"session_id": "conversation", "transcript_path": path}));
    show("MCP: save a conversation of 100 KB", saves);
    show("MCP: load it", timed("load_handoff", json!({"session_id": "conversation"})));
}

/// A checkpoint of a session of 1 MB that grew by two records, and one where nothing is new.
fn hooks(home: &Path) {
    let path = home.join("session.jsonl");
    fs::write(&path, grown(1 << 20)).expect("a file");
    let event =
        json!({"session_id": "session", "transcript_path": path, "cwd": home, "hook_event_name": "Stop"})
            .to_string();
    hook(home, &event);
    let mut grow = OpenOptions::new().append(true).open(&path).expect("it is there");
    let mut more = records().into_iter().cycle();
    let mut with_news = Vec::new();
    let mut without = Vec::new();
    for _ in 0..40 {
        for record in more.by_ref().take(2) {
            writeln!(grow, "{record}").expect("there is room");
        }
        with_news.push(hook(home, &event));
        without.push(hook(home, &event));
    }
    show("hook: a session of 1 MB that grew", with_news);
    show("hook: nothing new", without);
}

fn hook(home: &Path, event: &str) -> Duration {
    let began = Instant::now();
    let mut child =
        baton(home, &["hook", "claude-code"]).stderr(Stdio::inherit()).spawn().expect("it was built");
    child.stdin.take().expect("it is piped").write_all(event.as_bytes()).expect("it reads");
    assert!(child.wait().expect("it ends").success());
    began.elapsed()
}

fn baton(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    command.args(words).current_dir(home).env_clear().env("HOME", home);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The records of a session.
fn records() -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(SESSION);
    BufReader::new(File::open(path).expect("the fixture is there")).lines().map_while(Result::ok).collect()
}

/// A session of at least so many bytes.
fn grown(bytes: usize) -> String {
    let mut session = String::new();
    for record in records().iter().cycle() {
        if session.len() > bytes {
            break;
        }
        session.push_str(record);
        session.push('\n');
    }
    session
}

/// A server that was greeted.
struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    asked: u64,
}

impl Server {
    fn new(home: &Path) -> Self {
        let mut process = baton(home, &["mcp"]).spawn().expect("it was built");
        let input = process.stdin.take().expect("it is piped");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut server = Server { process, input, output, asked: 0 };
        server.send(HELLO);
        server.answer(0);
        server.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        server
    }

    fn call(&mut self, tool: &str, arguments: &Value) {
        self.asked += 1;
        let params = json!({"name": tool, "arguments": arguments});
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).to_string());
        let answer = self.answer(id);
        assert_ne!(answer["result"]["isError"], true, "{answer}");
    }

    fn send(&mut self, line: &str) {
        writeln!(self.input, "{line}").expect("it reads");
    }

    fn answer(&mut self, id: u64) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).expect("it writes") > 0, "the server ended");
            let answer: Value = serde_json::from_str(&line).expect("it writes JSON");
            if answer["id"] == id {
                return answer;
            }
        }
    }

    /// What the process takes of memory, in KB, where the system tells.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends by itself at the end of its input too; nobody waits for that here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!("{what:52} {:>7.1} ms {:>7.1} ms", at(50), at(90));
}
