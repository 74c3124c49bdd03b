//! Gemini CLI: its settings, which hold servers and hooks.

use serde_json::json;

use super::{Content, File, Host, Part, Program, SERVER, at_home, grouped, server};
use crate::install::entry::Entry;

pub(super) const HOST: Host = Host {
    name: "gemini",
    title: "Gemini CLI",
    parts: &[
        Part {
            what: MCP_SERVER_AND_HOOKS,
            file: at_home(".gemini", &["settings.json"]),
            content: Content::Json(settings),
        },
        Part {
            what: MCP_SERVER_AND_HOOKS,
            file: File::Project(&[".gemini/settings.json"]),
            content: Content::Json(settings),
        },
    ],
    confirm: "Start Gemini CLI anew; /mcp shows the server, /hooks the hooks. A project's settings count only where the folder is trusted.",
};

/// Both stand in one file.
const MCP_SERVER_AND_HOOKS: &str = "MCP server and hooks";

/// The events, and how many milliseconds we may take.
const EVENTS: &[(&str, u32)] =
    &[("SessionStart", 10_000), ("PreCompress", 30_000), ("AfterAgent", 10_000), ("SessionEnd", 10_000)];

fn settings(program: &Program) -> Vec<Entry> {
    let command = program.in_shell(&format!("hook {}", HOST.name));
    let hook = |&(event, timeout): &(&'static str, u32)| {
        let hook = json!({ "type": "command", "name": SERVER, "command": command, "timeout": timeout });
        Entry::element(&["hooks", event], grouped(None, &hook))
    };
    let entries = [Entry::member(&["mcpServers", SERVER], server(program))].into_iter();
    entries.chain(EVENTS.iter().map(hook)).collect()
}
