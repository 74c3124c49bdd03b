//! `baton log`: the versions of a kept handoff.

use baton::error::Result;
use baton::service::{History, Version};
use baton::surroundings::Surroundings;
use clap::Args;

use super::list::{one_line, plain, written};
use super::{output, report, store::At, time::minute};

/// The most characters of an objective.
const ABOUT: usize = 60;

/// List the versions of a kept handoff.
#[derive(Args)]
pub struct Log {
    /// Id of the handoff
    pub id: String,
    #[command(flatten)]
    pub at: At,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(request: &Log, surroundings: &Surroundings) -> Result<()> {
    let History { versions, damaged } = request.at.open(surroundings)?.log(&request.id)?;
    for number in damaged {
        report::say(&format!("version {number} is damaged and left out"));
    }
    output::write(&if request.json { output::json(&versions) } else { table(&versions) }, None)
}

fn table(versions: &[Version]) -> String {
    let mut table = plain(&["V", "SAVED", "TASK", "TOKENS", "BYTES", "OBJECTIVE"]);
    for version in versions {
        table.add_row([
            version.version.to_string(),
            minute(version.saved_at),
            version.task_status.name().to_owned(),
            version.tokens.map_or_else(|| "-".to_owned(), |tokens| tokens.to_string()),
            version.bytes.to_string(),
            one_line(&version.objective, ABOUT),
        ]);
    }
    written(&mut table, &[0, 3, 4])
}
