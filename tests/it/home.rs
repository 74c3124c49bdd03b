//! A home with nothing in it, in which the real binary runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fixtures;

const SESSION: &str = "claude-code/rate-limiter/session.jsonl";
/// The shortest transcript.
pub const SAID: &str =
    r#"{"type":"user","message":{"role":"user","content":"Fix the rounding in src/invoice.rs"}}"#;

/// A home with nothing in it, and commands that run there.
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn new() -> Self {
        Home { folder: TempDir::new().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
        command.args(words).current_dir(self.path()).env_clear().env("HOME", self.path());
        command
    }

    pub fn run(&self, words: &str, input: &str) -> Output {
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        self.write("in", input);
        let input = fs::File::open(self.path().join("in")).unwrap();
        self.command(&words).stdin(input).output().unwrap()
    }

    /// Runs it, expects it to do well, and gives what it says.
    #[track_caller]
    pub fn told(&self, words: &str, input: &str) -> String {
        let output = self.run(words, input);
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it, expects this exit status, and gives what it complains of.
    #[track_caller]
    pub fn fails(&self, words: &str, input: &str, status: i32) -> String {
        let output = self.run(words, input);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{words}: {said}");
        assert!(!said.contains("panicked"), "{words}: {said}");
        said
    }

    #[track_caller]
    pub fn json(&self, words: &str, input: &str) -> Value {
        serde_json::from_str(&self.told(words, input)).unwrap()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    pub fn store(&self) -> PathBuf {
        self.path().join(".handoffs")
    }

    pub fn ids(&self) -> Vec<String> {
        let listed = self.json("list --json", "");
        let rows = listed["handoffs"].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// A handoff as an agent writes one in the words of the published protocol.
pub fn written(objective: &str) -> String {
    json!({
        "task": { "objective": objective, "status": "in_progress", "progress_summary": "half done" },
        "files": [{ "path": "src/a.rs", "relevance": "core", "focus_ranges": [{ "start": 3, "end": 9, "note": "loop" }] }],
        "decisions": [{ "decision": "use a queue", "rationale": "order matters", "timestamp": "2025-10-20T14:30:00.000Z" }],
        "next_steps": [{ "action": "write tests", "priority": "high" }],
        "metadata": { "created_at": "2025-10-20T14:00:00.000Z", "updated_at": "2025-10-20T15:00:00.000Z", "session_id": "queue-2025-10-20" },
    })
    .to_string()
}

/// A transcript of a fixture.
pub fn session() -> String {
    fs::read_to_string(fixtures::root().join(SESSION)).unwrap()
}
