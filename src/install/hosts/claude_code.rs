//! Claude Code: settings, the file of its servers, and a skill for `/handoff`.

use serde_json::json;

use super::{ANYWHERE, Content, File, HOOKS, Host, MCP_SERVER, Part, Program, SERVER, SKILL, grouped, skill};
use crate::install::entry::Entry;

pub(super) const HOST: Host = Host {
    name: "claude-code",
    title: "Claude Code",
    parts: &[
        Part { what: MCP_SERVER, file: user("", &[".claude.json"]), content: Content::Json(servers) },
        Part { what: HOOKS, file: user(".claude", &["settings.json"]), content: Content::Json(hooks) },
        Part {
            what: SKILL,
            file: user(".claude", &["skills/handoff/SKILL.md"]),
            content: Content::Text(skill),
        },
        Part { what: MCP_SERVER, file: File::Project(&[".mcp.json"]), content: Content::Json(servers) },
        Part { what: HOOKS, file: File::Project(&[".claude/settings.json"]), content: Content::Json(hooks) },
        Part {
            what: SKILL,
            file: File::Project(&[".claude/skills/handoff/SKILL.md"]),
            content: Content::Text(skill),
        },
    ],
    confirm: "Start a new session. For a project, Claude Code asks once whether its MCP server may run; /mcp and /hooks show both.",
};

const fn user(base: &'static str, names: &'static [&'static str]) -> File {
    File::User { on: ANYWHERE, variable: "CLAUDE_CONFIG_DIR", base, names }
}

/// The events, what they are narrowed to, and how many seconds we may take.
const EVENTS: &[(&str, Option<&str>, u32)] = &[
    ("PreCompact", None, 30),
    ("PostCompact", None, 30),
    ("SessionStart", Some("startup|resume|clear|compact"), 10),
    ("Stop", None, 10),
    ("SessionEnd", None, 10),
];

fn servers(program: &Program) -> Vec<Entry> {
    let value = json!({ "type": "stdio", "command": program.path, "args": ["mcp"] });
    vec![Entry::member(&["mcpServers", SERVER], value)]
}

fn hooks(program: &Program) -> Vec<Entry> {
    let entry = |&(event, matcher, timeout): &(&'static str, Option<&str>, u32)| {
        let hook = json!({ "type": "command", "command": program.path, "args": ["hook", HOST.name], "timeout": timeout });
        Entry::element(&["hooks", event], grouped(matcher, &hook))
    };
    EVENTS.iter().map(entry).collect()
}
