//! `baton list`: what is kept.

use baton::error::Result;
use baton::project;
use baton::service::{Damaged, Filter, Listed, Row};
use baton::state::Status;
use baton::store::Stage;
use baton::surroundings::Surroundings;
use clap::Args;
use clap::builder::PossibleValuesParser;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::time::{When, minute, when};
use super::{output, report, store::At};

/// The most characters of what a handoff is about.
const ABOUT: usize = 60;

/// List the kept handoffs.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    pub which: Which,
    /// Move damaged handoffs out of the way, and put their last good versions back
    #[arg(long)]
    pub repair: bool,
    #[command(flatten)]
    pub at: At,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

/// Which handoffs are meant.
#[derive(Args)]
pub struct Which {
    /// Only those with this tag; may be given more than once
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only those whose project has this in its name
    #[arg(long)]
    project: Option<String>,
    /// Only those that are so, or whose task stands so
    #[arg(long, value_parser = PossibleValuesParser::new(states()))]
    status: Option<String>,
    /// Only those of sessions of this agent
    #[arg(long)]
    agent: Option<String>,
    /// Only those with this in their id, title, objective or tags
    #[arg(long)]
    text: Option<String>,
    /// Only those saved on or after a date, or at most so long ago: 2026-11-21, 30d
    #[arg(long, value_name = "WHEN", value_parser = when)]
    after: Option<When>,
    /// Only those saved before a date, or longer ago
    #[arg(long, value_name = "WHEN", value_parser = when)]
    before: Option<When>,
    /// At most so many, the newest
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
}

fn states() -> Vec<&'static str> {
    let tasks = [Status::InProgress, Status::Blocked, Status::NeedsReview].map(Status::name);
    Stage::ALL.map(Stage::name).into_iter().chain(tasks).collect()
}

impl Which {
    /// The request to the service.
    pub fn filter(&self, surroundings: &Surroundings) -> Filter {
        let now = surroundings.clock.now();
        Filter {
            tags: self.tags.clone(),
            project: self.project.clone(),
            status: self.status.clone(),
            agent: self.agent.clone(),
            text: self.text.clone(),
            after: self.after.map(|when| when.before(now)),
            before: self.before.map(|when| when.before(now)),
            limit: self.limit,
        }
    }
}

pub fn run(request: &List, surroundings: &Surroundings) -> Result<()> {
    let service = request.at.open(surroundings)?;
    let moved = if request.repair { service.repair()? } else { Vec::new() };
    let listed = service.list(&request.which.filter(surroundings))?;
    moved.iter().chain(&listed.damaged).for_each(|damaged| report::say(&warning(damaged)));
    let text = if request.json { output::json(&listed) } else { table(&listed) };
    output::write(&text, None)
}

fn warning(damaged: &Damaged) -> String {
    match damaged.moved_to {
        Some(_) => damaged.to_string(),
        None if damaged.is_mendable => {
            format!("warning: {damaged}; 'baton list --repair' puts its last good version back")
        }
        None => format!("warning: {damaged}"),
    }
}

fn table(listed: &Listed) -> String {
    if listed.handoffs.is_empty() {
        return format!("no handoffs in {}\n", listed.store);
    }
    rows(&listed.handoffs)
}

/// Handoffs as a table, with their projects where those differ.
pub fn rows(rows: &[Row]) -> String {
    let names = project::names(rows.iter().map(|row| row.project.as_str()));
    let differ = names.len() > 1;
    let mut headings = vec!["ID", "SAVED", "STATUS", "V", "TOKENS", "ABOUT"];
    if differ {
        headings.insert(PROJECT, "PROJECT");
    }
    let mut table = plain(&headings);
    for row in rows {
        let mut cells = cells(row).to_vec();
        if differ {
            cells.insert(PROJECT, one_line(&names[row.project.as_str()], NAME));
        }
        table.add_row(cells);
    }
    written(&mut table, if differ { &[4, 5] } else { &[3, 4] })
}

/// Where the column of projects stands.
const PROJECT: usize = 3;
/// The most characters of a project's name.
const NAME: usize = 40;

fn cells(row: &Row) -> [String; 6] {
    let name = if row.title.is_empty() { &row.objective } else { &row.title };
    let tags: Vec<String> = row.tags.iter().map(|tag| format!(" #{tag}")).collect();
    [
        row.id.clone(),
        minute(row.saved_at),
        format!("{}, {}", row.status.name(), row.task_status.name()),
        row.version.to_string(),
        row.tokens.map_or_else(|| "-".to_owned(), |tokens| tokens.to_string()),
        one_line(name, ABOUT) + &tags.concat(),
    ]
}

/// A table with these headings and no lines.
pub fn plain(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headings);
    table
}

/// The table as text, with the numbers of these columns below each other.
pub fn written(table: &mut Table, numbers: &[usize]) -> String {
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if numbers.contains(&at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

/// A text on one line, and only so much of it.
pub fn one_line(text: &str, limit: usize) -> String {
    // A file that somebody else wrote may hold codes for the terminal.
    let text = text.replace(char::is_control, " ");
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
