//! `baton search`: full text search over what is kept.

use std::fmt::Write;

use baton::error::Result;
use baton::service::{self, Found, Hit};
use baton::surroundings::Surroundings;
use clap::Args;

use super::list::{Which, one_line};
use super::{output, store::At, time::minute};

/// The most characters of what a handoff is about.
const ABOUT: usize = 80;

/// Search in kept handoffs, their comments and conversations.
#[derive(Args)]
pub struct Search {
    /// The words to look for
    #[arg(required = true, value_name = "WORD")]
    pub words: Vec<String>,
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub at: At,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(request: &Search, surroundings: &Surroundings) -> Result<()> {
    let wanted =
        service::Search { query: request.words.join(" "), filter: request.which.filter(surroundings) };
    let found = request.at.open(surroundings)?.search(&wanted)?;
    output::write(&if request.json { output::json(&found) } else { list(&found) }, None)
}

fn list(found: &Found) -> String {
    if found.hits.is_empty() {
        return "nothing was found\n".to_owned();
    }
    let mut text: String = found.hits.iter().map(hit).collect();
    if found.total > found.hits.len() {
        let _ = writeln!(text, "and {} more; --limit shows them", found.total - found.hits.len());
    }
    text
}

fn hit(hit: &Hit) -> String {
    let row = &hit.handoff;
    let name = if row.title.is_empty() { &row.objective } else { &row.title };
    let about = one_line(name, ABOUT);
    format!("{}  {}  {about}\n    {}\n", row.id, minute(row.saved_at), one_line(&hit.excerpt, usize::MAX))
}
