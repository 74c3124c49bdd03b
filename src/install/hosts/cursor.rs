//! Cursor: the file of its servers, and the one of its hooks.

use serde_json::json;

use super::{Content, File, HOOKS, Host, MCP_SERVER, Part, Program, SERVER, at_home, server};
use crate::install::entry::Entry;

pub(super) const HOST: Host = Host {
    name: "cursor",
    title: "Cursor",
    parts: &[
        Part { what: MCP_SERVER, file: at_home(".cursor", &["mcp.json"]), content: Content::Json(servers) },
        Part { what: HOOKS, file: at_home(".cursor", &["hooks.json"]), content: Content::Json(hooks) },
        Part {
            what: MCP_SERVER,
            file: File::Project(&[".cursor/mcp.json"]),
            content: Content::Json(servers),
        },
        Part { what: HOOKS, file: File::Project(&[".cursor/hooks.json"]), content: Content::Json(hooks) },
    ],
    confirm: "Restart Cursor; under Settings, MCP, switch baton on if it is off, and look under Hooks that all are listed.",
};

const EVENTS: &[&str] = &["sessionStart", "preCompact", "stop", "sessionEnd"];

fn servers(program: &Program) -> Vec<Entry> {
    vec![Entry::member(&["mcpServers", SERVER], server(program))]
}

fn hooks(program: &Program) -> Vec<Entry> {
    let command = program.in_shell(&format!("hook {}", HOST.name));
    let hooks = EVENTS.iter().map(|event| Entry::element(&["hooks", event], json!({ "command": command })));
    std::iter::once(Entry::setting(&["version"], json!(1))).chain(hooks).collect()
}
