//! Antigravity, which follows Gemini CLI: the file of its servers. It refuses entries that name their transport.

use super::{Content, File, Host, MCP_SERVER, Part, Program, SERVER, at_home, server};
use crate::install::entry::Entry;

pub(super) const HOST: Host = Host {
    name: "antigravity",
    title: "Antigravity",
    parts: &[
        Part {
            what: MCP_SERVER,
            file: at_home(".gemini/config", &["mcp_config.json"]),
            content: Content::Json(servers),
        },
        Part {
            what: MCP_SERVER,
            file: File::Project(&[".agents/mcp_config.json"]),
            content: Content::Json(servers),
        },
    ],
    confirm: "Start Antigravity anew.",
};

fn servers(program: &Program) -> Vec<Entry> {
    vec![Entry::member(&["mcpServers", SERVER], server(program))]
}
