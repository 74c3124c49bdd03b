//! Visual Studio Code: the file of its servers.

use serde_json::json;

use super::{Content, File, Host, MCP_SERVER, Part, Program, SERVER};
use crate::install::entry::Entry;
use crate::surroundings::Platform;

pub(super) const HOST: Host = Host {
    name: "vscode",
    title: "Visual Studio Code",
    parts: &[
        part(user(&[Platform::Linux], "XDG_CONFIG_HOME", ".config")),
        part(user(&[Platform::MacOs], "", "Library/Application Support")),
        part(user(&[Platform::Windows], "APPDATA", "AppData/Roaming")),
        part(File::Project(&[".vscode/mcp.json"])),
    ],
    confirm: "Open the chat in agent mode; Code asks once whether the server may start.",
};

const fn part(file: File) -> Part {
    Part { what: MCP_SERVER, file, content: Content::Json(servers) }
}

const fn user(on: &'static [Platform], variable: &'static str, base: &'static str) -> File {
    File::User { on, variable, base, names: &["Code/User/mcp.json"] }
}

fn servers(program: &Program) -> Vec<Entry> {
    let value = json!({ "type": "stdio", "command": program.path, "args": ["mcp"] });
    vec![Entry::member(&["servers", SERVER], value)]
}
