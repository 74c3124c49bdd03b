//! `baton formats`: what can be read.

use baton::error::Result;
use baton::format::{Carries, FORMATS, Proof};

use super::output;

pub fn run() -> Result<()> {
    let width = FORMATS.iter().map(|format| format.name.len()).max().unwrap_or(0);
    let rows = FORMATS.iter().map(|format| {
        let (name, title, location) = (format.name, format.title, format.location);
        let indent = " ".repeat(width + 2);
        format!(
            "{name:width$}  {title}{}\n{indent}kept in {location}\n{indent}carries {}\n",
            proof(format.proof),
            carries(format.carries)
        )
    });
    output::write(&rows.collect::<String>(), None)
}

/// What is to be said of a reader that no real session was read with.
fn proof(proof: Proof) -> &'static str {
    match proof {
        Proof::Sessions => "",
        Proof::Samples => " (experimental: tried on samples only)",
        Proof::Documentation => " (experimental: written from documentation)",
    }
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
