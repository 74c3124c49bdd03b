//! Claude Desktop: the file of its servers.

use super::{Content, File, Host, MCP_SERVER, Part, Program, SERVER, server};
use crate::install::entry::Entry;
use crate::surroundings::Platform;

pub(super) const HOST: Host = Host {
    name: "claude-desktop",
    title: "Claude Desktop",
    parts: &[
        part(&[Platform::Linux], "XDG_CONFIG_HOME", ".config"),
        part(&[Platform::MacOs], "", "Library/Application Support"),
        part(&[Platform::Windows], "APPDATA", "AppData/Roaming"),
    ],
    confirm: "Quit Claude Desktop and start it again.",
};

const fn part(on: &'static [Platform], variable: &'static str, base: &'static str) -> Part {
    let file = File::User { on, variable, base, names: &["Claude/claude_desktop_config.json"] };
    Part { what: MCP_SERVER, file, content: Content::Json(servers) }
}

fn servers(program: &Program) -> Vec<Entry> {
    vec![Entry::member(&["mcpServers", SERVER], server(program))]
}
