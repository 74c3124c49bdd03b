//! The hosts, each with its files and what goes into them.

mod antigravity;
mod claude_code;
mod claude_desktop;
mod codex;
mod cursor;
mod gemini;
mod opencode;
mod vscode;

use serde_json::{Value, json};

use super::{Content, File, Host, Part, Program};
use crate::surroundings::Platform;

/// The hosts, by name.
pub static HOSTS: &[Host] = &[
    antigravity::HOST,
    claude_code::HOST,
    claude_desktop::HOST,
    codex::HOST,
    cursor::HOST,
    gemini::HOST,
    opencode::HOST,
    vscode::HOST,
];

/// What our entry is called among a host's servers.
const SERVER: &str = "baton";

/// What the part is called that is the server and nothing else.
pub const MCP_SERVER: &str = "MCP server";
const HOOKS: &str = "hooks";
const SKILL: &str = "skill";

/// All systems.
const ANYWHERE: &[Platform] = &[Platform::Linux, Platform::MacOs, Platform::Windows];

/// The command of the server, as most hosts want it.
fn server(program: &Program) -> Value {
    json!({ "command": program.path, "args": ["mcp"] })
}

/// A file at the same path below the home everywhere.
const fn at_home(base: &'static str, names: &'static [&'static str]) -> File {
    File::User { on: ANYWHERE, variable: "", base, names }
}

/// The skill, the same for every host.
fn skill(_: &Program) -> String {
    include_str!("../../../plugins/baton/skills/handoff/SKILL.md").to_owned()
}

/// A hook as Claude Code and Codex want it: in a group, which may be narrowed to some causes of the event.
fn grouped(matcher: Option<&str>, hook: &Value) -> Value {
    match matcher {
        Some(matcher) => json!({ "matcher": matcher, "hooks": [hook] }),
        None => json!({ "hooks": [hook] }),
    }
}
