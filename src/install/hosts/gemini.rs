//! Gemini CLI: its settings.

use super::{Content, File, Host, MCP_SERVER, Part, Program, SERVER, at_home, server};
use crate::install::entry::Entry;

pub(super) const HOST: Host = Host {
    name: "gemini",
    title: "Gemini CLI",
    parts: &[
        Part {
            what: MCP_SERVER,
            file: at_home(".gemini", &["settings.json"]),
            content: Content::Json(servers),
        },
        Part {
            what: MCP_SERVER,
            file: File::Project(&[".gemini/settings.json"]),
            content: Content::Json(servers),
        },
    ],
    confirm: "Start Gemini CLI anew; /mcp shows the server. A project's settings count only where the folder is trusted.",
};

fn servers(program: &Program) -> Vec<Entry> {
    vec![Entry::member(&["mcpServers", SERVER], server(program))]
}
