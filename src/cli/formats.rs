//! `baton formats`: what can be read.

use baton::error::Result;
use baton::format::{Carries, FORMATS};

use super::output;

pub fn run() -> Result<()> {
    let width = FORMATS.iter().map(|format| format.name.len()).max().unwrap_or(0);
    let rows = FORMATS.iter().map(|format| {
        let (name, title, location) = (format.name, format.title, format.location);
        let indent = " ".repeat(width + 2);
        format!(
            "{name:width$}  {title}\n{indent}kept in {location}\n{indent}carries {}\n",
            carries(format.carries)
        )
    });
    output::write(&rows.collect::<String>(), None)
}

fn carries(carries: Carries) -> String {
    let all = [
        (carries.edits, "edits"),
        (carries.ranges, "line numbers"),
        (carries.exit_status, "exit status"),
        (carries.usage, "token usage"),
        (carries.plans, "plans"),
    ];
    let names: Vec<&str> = all.into_iter().filter(|(carried, _)| *carried).map(|(_, name)| name).collect();
    if names.is_empty() { "text only".to_owned() } else { names.join(", ") }
}
