use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::home::{Home, SAID};

const TOKEN: &str = "a-token-that-is-long-enough";
const HELLO: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;

/// The real server on a free port, in a home of its own.
pub struct Server {
    _home: TempDir,
    process: Child,
    address: String,
    token: Option<String>,
}

/// What a request was answered with.
#[derive(Debug)]
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Server {
    pub fn new(words: &[&str], token: Option<&str>) -> Self {
        Self::at("127.0.0.1", words, token)
    }

    /// A server that listens at an address of this machine, or at all of them.
    fn at(address: &str, words: &[&str], token: Option<&str>) -> Self {
        let home = TempDir::new().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
        command.args(["serve", "--listen", &format!("{address}:0")]).args(words);
        command.current_dir(home.path()).env_clear().env("HOME", home.path());
        command.envs(token.map(|token| ("BATON_TOKEN", token)));
        let mut process = command.stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(process.stderr.take().unwrap()).read_line(&mut said).unwrap();
        let address =
            said.split("http://").nth(1).expect("it says where it is").split('/').next().unwrap().to_owned();
        let address = address.replace("0.0.0.0", "127.0.0.1");
        Server { _home: home, process, address, token: token.map(|token| format!("Bearer {token}")) }
    }

    /// Sends a request; headers are added to the usual ones, or take their place.
    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut stream = self.open(method, path, headers, body);
        let mut answer = Vec::new();
        // A refused body may be answered before it was sent.
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Reply { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    fn open(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> TcpStream {
        let usual = [
            ("Host", self.address.as_str()),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("Connection", "close"),
        ];
        let mut request = format!("{method} {path} HTTP/1.1\r\nContent-Length: {}\r\n", body.len());
        let is_given = |name: &str| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        for (name, value) in usual.iter().filter(|(name, _)| !is_given(name)).chain(headers) {
            request.extend([name, ": ", value, "\r\n"]);
        }
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
        let _ = stream.write_all(format!("{request}\r\n{body}").as_bytes());
        stream
    }

    /// Calls a tool in the newest generation of the protocol, and gives what is answered.
    pub fn call(&self, tool: &str, arguments: &Value) -> String {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments, "_meta": meta}});
        let mut headers =
            vec![("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", tool)];
        headers.extend(self.token.as_ref().map(|token| ("Authorization", token.as_str())));
        self.send("POST", "/mcp", &headers, &call.to_string()).body
    }

    /// The most memory that it ever had, in KB, where the system tells.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }

    /// Tells it to stop, and waits for that.
    #[cfg(unix)]
    fn stop(&mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn only_our_own_names_and_pages_are_answered() {
    let server = Server::new(&["--origin", "https://app.example:443"], None);
    let port = server.address.split(':').nth(1).unwrap();
    let (own, local) = (format!("http://{}", server.address), format!("localhost:{port}"));
    for (headers, expected) in [
        (vec![], 200),
        (vec![("Host", local.as_str())], 200),
        (vec![("Origin", own.as_str())], 200),
        (vec![("Origin", "https://app.example")], 200),
        (vec![("Host", "evil.example")], 403),
        (vec![("Host", "127.0.0.1.evil.example")], 403),
        (vec![("Origin", "https://evil.example")], 403),
        (vec![("Origin", "http://localhost:1")], 403),
        (vec![("Origin", "null")], 403),
        (vec![("Content-Type", "text/plain")], 415),
        (vec![("Accept", "text/html")], 406),
    ] {
        let reply = server.send("POST", "/mcp", &headers, HELLO);
        assert_eq!(reply.status, expected, "{headers:?}: {reply:?}");
        assert!(!reply.head.contains("access-control-allow"), "{reply:?}");
    }
    for (method, path, expected) in
        [("GET", "/", 404), ("POST", "/shutdown", 404), ("GET", "/mcp/../etc/passwd", 400)]
    {
        assert_eq!(server.send(method, path, &[], "").status, expected, "{method} {path}");
    }
}

#[test]
fn a_token_keeps_strangers_out() {
    let server = Server::new(&[], Some(TOKEN));
    let right = format!("Bearer {TOKEN}");
    let longer = format!("{right}x");
    for (headers, expected) in [
        (vec![], 401),
        (vec![("Authorization", "Bearer wrong")], 401),
        (vec![("Authorization", TOKEN)], 401),
        (vec![("Authorization", longer.as_str())], 401),
        (vec![("Authorization", right.as_str())], 200),
    ] {
        let reply = server.send("POST", "/mcp", &headers, HELLO);
        assert_eq!(reply.status, expected, "{headers:?}: {reply:?}");
    }
}

#[test]
fn other_machines_need_a_token() {
    for (address, token) in
        [("0.0.0.0:0", None), ("0.0.0.0:0", Some("short")), ("127.0.0.1:0", Some("short"))]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
        command.args(["serve", "--listen", address, "--store", "memory:"]).env_clear();
        command.envs(token.map(|token| ("BATON_TOKEN", token)));
        let output = command.output().unwrap();
        assert!(!output.status.success());
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("a token of at least 16 characters"),
            "{output:?}"
        );
    }
}

#[test]
fn legal_input_is_taken_and_a_flood_is_not() {
    let server = Server::new(&[], None);
    let call = |objective: &str| {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let arguments = json!({"session_id": "a", "task_objective": objective});
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "save_handoff", "arguments": arguments, "_meta": meta}}).to_string()
    };
    let modern =
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "save_handoff")];
    // Quotes and line ends double in JSON, and characters of several bytes may come in pieces.
    for objective in ["\"\n\\".repeat(300_000), "日本語".repeat(200_000), "x".repeat(5_000_000)] {
        let reply = server.send("POST", "/mcp", &modern, &call(&objective));
        assert_eq!(reply.status, 200, "{}", &reply.body[..reply.body.len().min(300)]);
        assert!(reply.body.contains("\"isError\":false"), "{}", &reply.body[..reply.body.len().min(300)]);
    }
    let reply = server.send("POST", "/mcp", &modern, &call(&"x".repeat(17 << 20)));
    assert!([413, 0].contains(&reply.status), "{}", reply.status);
    for body in ["", "{", "null", "[]", "{\"jsonrpc\":\"2.0\"}", "\u{0}"] {
        let reply = server.send("POST", "/mcp", &modern, body);
        assert!((400..500).contains(&reply.status), "{body:?}: {reply:?}");
    }
    assert_eq!(server.send("POST", "/mcp", &[], HELLO).status, 200);
}

/// A client that only listens must not keep the server from stopping.
#[cfg(unix)]
#[test]
fn an_open_stream_does_not_hold_the_server_up() {
    let mut server = Server::new(&[], None);
    let hello = server.send("POST", "/mcp", &[], HELLO);
    let session = hello
        .head
        .lines()
        .find_map(|line| line.strip_prefix("mcp-session-id: "))
        .expect("a session")
        .to_owned();
    let headers = [("Mcp-Session-Id", session.as_str()), ("Connection", "keep-alive")];
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(server.send("POST", "/mcp", &[("Mcp-Session-Id", session.as_str())], ready).status, 202);
    let mut stream = server.open("GET", "/mcp", &headers, "");
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_handoff_is_saved_and_loaded() {
    let server = Server::new(&[], None);
    let saved = server
        .call("save_handoff", &json!({"session_id": "over-http", "task_objective": "Round the totals"}));
    assert!(saved.contains("over-http"), "{saved}");
    let loaded = server.call("load_handoff", &json!({"session_id": "over-http"}));
    assert!(loaded.contains("Round the totals"), "{loaded}");
}

/// What a handoff says of files is held against the working tree of this machine only for clients of this machine.
#[test]
fn for_other_machines_no_file_is_looked_at() {
    let home = Home::new();
    let folder = home.path().join("project");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.rs"), "fn a() {}\n").unwrap();
    let say = |block: Value| json!({"type": "assistant", "cwd": folder, "message": {"role": "assistant", "content": [block]}});
    let call = json!({"type": "tool_use", "id": "t1", "name": "Write", "input": {"file_path": folder.join("a.rs"), "content": "fn a() {}\n"}});
    let done = json!({"type": "user", "cwd": folder, "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "File created successfully"}]}});
    home.told("save --id written", &format!("{SAID}\n{}\n{done}\n", say(call)));
    std::fs::remove_file(folder.join("a.rs")).unwrap();
    let store = home.store();
    let words = ["--store", store.to_str().unwrap()];
    let loaded = |server: &Server| server.call("load_handoff", &json!({"session_id": "written"}));
    let (here, elsewhere) = (Server::new(&words, None), Server::at("0.0.0.0", &words, Some(TOKEN)));
    let (here, elsewhere) = (loaded(&here), loaded(&elsewhere));
    assert!(here.contains("deleted since") && !elsewhere.contains("deleted since"), "{here}\n{elsewhere}");
    assert!(elsewhere.contains("Fix the rounding"), "{elsewhere}");
}
