//! `OpenCode`: its configuration for the server, and a plugin file that passes its events on.

use serde_json::json;

use super::{ANYWHERE, Content, File, Host, MCP_SERVER, Part, Program, SERVER};
use crate::install::entry::Entry;

pub(super) const HOST: Host = Host {
    name: "opencode",
    title: "OpenCode",
    parts: &[
        Part {
            what: MCP_SERVER,
            file: user(&["opencode/opencode.jsonc", "opencode/opencode.json"]),
            content: Content::Json(servers),
        },
        Part { what: "plugin", file: user(&["opencode/plugins/baton.js"]), content: Content::Text(plugin) },
        Part {
            what: MCP_SERVER,
            file: File::Project(&["opencode.jsonc", "opencode.json"]),
            content: Content::Json(servers),
        },
        Part {
            what: "plugin",
            file: File::Project(&[".opencode/plugins/baton.js"]),
            content: Content::Text(plugin),
        },
    ],
    confirm: "Start OpenCode anew.",
};

const fn user(names: &'static [&'static str]) -> File {
    // The names begin with the folder: the variable names the one above it.
    File::User { on: ANYWHERE, variable: "XDG_CONFIG_HOME", base: ".config", names }
}

fn servers(program: &Program) -> Vec<Entry> {
    let value = json!({ "type": "local", "command": [program.path, "mcp"], "enabled": true });
    vec![Entry::member(&["mcp", SERVER], value)]
}

/// The plugin, with the path of the program in place of its name.
fn plugin(program: &Program) -> String {
    let text = include_str!("../../../plugins/opencode/baton.js");
    text.replacen("\"baton\"", &json!(program.path).to_string(), 1)
}
