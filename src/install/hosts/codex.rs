//! Codex: its TOML configuration, hooks in a file beside it, and a skill.

use serde_json::json;

use super::{
    ANYWHERE, Content, File, HOOKS, Host, MCP_SERVER, Part, Program, SERVER, SKILL, at_home, grouped, server,
    skill,
};
use crate::install::entry::Entry;

pub(super) const HOST: Host = Host {
    name: "codex",
    title: "Codex",
    parts: &[
        Part { what: MCP_SERVER, file: user(&["config.toml"]), content: Content::Toml(servers) },
        Part { what: HOOKS, file: user(&["hooks.json"]), content: Content::Json(hooks) },
        Part {
            what: SKILL,
            file: at_home(".agents", &["skills/handoff/SKILL.md"]),
            content: Content::Text(skill),
        },
        Part {
            what: MCP_SERVER,
            file: File::Project(&[".codex/config.toml"]),
            content: Content::Toml(servers),
        },
        Part { what: HOOKS, file: File::Project(&[".codex/hooks.json"]), content: Content::Json(hooks) },
        Part {
            what: SKILL,
            file: File::Project(&[".agents/skills/handoff/SKILL.md"]),
            content: Content::Text(skill),
        },
    ],
    confirm: "Open Codex: it asks whether the new hooks may run. Until they are trusted there, or later by /hooks, it does not run them, and 'codex exec' does not ask. A project's files count only where the project is trusted.",
};

const fn user(names: &'static [&'static str]) -> File {
    File::User { on: ANYWHERE, variable: "CODEX_HOME", base: ".codex", names }
}

/// The events, what they are narrowed to, and how many seconds we may take.
const EVENTS: &[(&str, Option<&str>, u32)] = &[
    ("PreCompact", None, 30),
    ("PostCompact", None, 30),
    ("SessionStart", Some("startup|resume|clear|compact"), 10),
    ("Stop", None, 10),
    ("SessionEnd", None, 3),
];

fn servers(program: &Program) -> Vec<Entry> {
    vec![Entry::member(&["mcp_servers", SERVER], server(program))]
}

/// Codex knows commands for a shell only.
fn hooks(program: &Program) -> Vec<Entry> {
    let entry = |&(event, matcher, timeout): &(&'static str, Option<&str>, u32)| {
        let command = program.in_shell(&format!("hook {}", HOST.name));
        let hook = json!({ "type": "command", "command": command, "timeout": timeout });
        Entry::element(&["hooks", event], grouped(matcher, &hook))
    };
    EVENTS.iter().map(entry).collect()
}
