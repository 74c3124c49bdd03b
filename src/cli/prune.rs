//! `baton prune`: removes the kept handoffs that are old.

use baton::error::Result;
use baton::service::Pruned;
use baton::surroundings::Surroundings;
use clap::Args;

use super::list::{Which, rows};
use super::time::{When, minute, when};
use super::{output, store::At};

/// Remove the kept handoffs that are old.
#[derive(Args)]
pub struct Prune {
    /// What was saved before this date, or longer ago: 2026-11-21, 30d
    #[arg(long, value_name = "WHEN", value_parser = when)]
    pub older_than: When,
    #[command(flatten)]
    pub which: Which,
    /// Only say what would be removed
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub at: At,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(request: &Prune, surroundings: &Surroundings) -> Result<()> {
    let before = request.older_than.before(surroundings.clock.now());
    let service = request.at.open(surroundings)?;
    let pruned = service.prune(before, &request.which.filter(surroundings), request.dry_run)?;
    output::write(&if request.json { output::json(&pruned) } else { said(&pruned) }, None)
}

fn said(pruned: &Pruned) -> String {
    let count = match pruned.handoffs.len() {
        0 => return format!("nothing was saved before {}\n", minute(pruned.before)),
        1 => "1 handoff".to_owned(),
        count => format!("{count} handoffs"),
    };
    let done = if pruned.dry_run { "would be removed" } else { "removed" };
    format!("{count} {done}:\n{}", rows(&pruned.handoffs))
}
