//! What the user runs without the agent: slash commands and command lines.

use super::place::Place;
use crate::event::{Action, Call, EventKind, Status, ToolResult};

/// Commands of the host itself: they steer it and say nothing about the work.
const BUILT_IN: &[&str] = &[
    "/add-dir",
    "/agents",
    "/bashes",
    "/bug",
    "/clear",
    "/compact",
    "/config",
    "/context",
    "/cost",
    "/doctor",
    "/exit",
    "/export",
    "/fast",
    "/help",
    "/hooks",
    "/ide",
    "/install-github-app",
    "/login",
    "/logout",
    "/mcp",
    "/memory",
    "/model",
    "/output-style",
    "/permissions",
    "/plan",
    "/plugin",
    "/privacy-settings",
    "/quit",
    "/release-notes",
    "/reload-plugins",
    "/remote-control",
    "/rename",
    "/resume",
    "/rewind",
    "/sandbox",
    "/skills",
    "/stats",
    "/status",
    "/statusline",
    "/tasks",
    "/terminal-setup",
    "/theme",
    "/todos",
    "/upgrade",
    "/usage",
    "/vim",
];

/// Words from which the arguments of a command are taken for something the user said.
const PROSE: usize = 4;

/// Adds a slash command and tells whether there was anything to add. Arguments in prose are also what the user said.
pub(super) fn slash(name: String, arguments: String, place: &mut Place) -> bool {
    let prose = arguments.split_ascii_whitespace().take(PROSE).count() == PROSE;
    let own = !BUILT_IN.contains(&name.as_str());
    let said = prose.then(|| arguments.clone());
    if own {
        place.push(EventKind::Command { name, arguments });
    }
    if let Some(text) = said {
        place.push(EventKind::User { text });
    }
    own || prose
}

/// Adds a command line that the user ran.
pub(super) fn shell(command: String, place: &mut Place) -> usize {
    let action = Action::Run { command: command.clone(), cwd: None };
    place.push(EventKind::Call(Call { tool: "bash-input".to_owned(), input: command, action }))
}

/// Adds what a command line printed; how it ended is not recorded.
pub(super) fn output(call: usize, text: String, place: &mut Place) {
    place.push(EventKind::Result(ToolResult {
        call: Some(call),
        status: Status::Ok,
        exit: None,
        text,
        edits: Vec::new(),
        read: None,
        answers: Vec::new(),
    }));
}
