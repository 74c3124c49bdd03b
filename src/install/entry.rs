//! What goes into a configuration among other entries, and how ours are known again.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// An entry of a configuration.
pub struct Entry {
    /// The names that lead to it, from the outermost.
    pub path: Vec<&'static str>,
    /// What stands there.
    pub value: Value,
    /// How it stands among others.
    pub kind: Kind,
}

/// How an entry stands among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is what the last name of the path says, and ours.
    Member,
    /// It is one of a list, which the last name of the path says.
    Element,
    /// It has to be there, and is nobody's: it is put there where nothing is, and stays.
    Setting,
}

impl Entry {
    pub fn member(path: &[&'static str], value: Value) -> Self {
        Entry { path: path.to_vec(), value, kind: Kind::Member }
    }

    pub fn element(path: &[&'static str], value: Value) -> Self {
        Entry { path: path.to_vec(), value, kind: Kind::Element }
    }

    pub fn setting(path: &[&'static str], value: Value) -> Self {
        Entry { path: path.to_vec(), value, kind: Kind::Setting }
    }
}

/// Whether an entry runs Baton: its command, in one word or in several, is a program of that name with one of the
/// subcommands that are installed.
pub fn is_ours(value: &Value) -> bool {
    static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(^|[/\\'"])baton(\.exe)?['"]? (mcp|hook)\b"#).expect("the pattern is right")
    });
    let mut command = String::new();
    for key in ["command", "args"] {
        for word in words(value.get(key)) {
            command.push_str(word);
            command.push(' ');
        }
    }
    COMMAND.is_match(&command)
}

/// The paths in a configuration at which Baton is said to be.
pub fn programs(text: &str) -> Vec<String> {
    static PATH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"["' ]([^"'\n]*[/\\]baton(?:\.exe)?)["' ]"#).expect("the pattern is right")
    });
    PATH.captures_iter(text).map(|found| found[1].replace(r"\\", r"\")).collect()
}

fn words(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(word)) => vec![word],
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ours_are_known_by_their_command() {
        for ours in [
            json!({"command": "baton", "args": ["mcp"]}),
            json!({"command": "/home/ann/.cargo/bin/baton", "args": ["hook", "codex"]}),
            json!({"command": "C:\\Program Files\\baton.exe", "args": ["mcp"]}),
            json!({"command": "'/home/ann b/baton' hook codex"}),
            json!({"command": "baton hook cursor"}),
            json!({"command": ["/usr/bin/baton", "mcp"], "type": "local"}),
        ] {
            assert!(is_ours(&ours), "{ours}");
        }
        let text = r#"{"command": "/a b/baton", "x": "C:\\bin\\baton.exe hook", "y": "baton mcp", "z": "/c/rebaton"}"#;
        assert_eq!(programs(text), ["/a b/baton", r"C:\bin\baton.exe"]);
        for foreign in [
            json!({"command": "baton"}),
            json!({"command": "baton", "args": ["conduct"]}),
            json!({"command": "/bin/rebaton", "args": ["mcp"]}),
            json!({"command": "baton-twirl hook x"}),
            json!({"args": ["mcp"]}),
            json!({"command": 7}),
            json!("baton mcp"),
            json!(null),
        ] {
            assert!(!is_ours(&foreign), "{foreign}");
        }
    }
}
