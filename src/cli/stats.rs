//! `baton stats`: what handoffs saved.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use baton::error::{Error, Result};
use baton::prices::Prices;
use baton::stats::{Line, Stats, page};
use baton::surroundings::Surroundings;
use clap::Args;

use super::arguments::Target;
use super::list::{plain, written};
use super::{input, output, store::At};

const AFTER: &str = "\
Examples:
  baton stats
  baton stats --model claude-opus-5     priced as if it had all been this model
  baton stats --html -o stats.html      a page with plots";

/// Say what handoffs saved.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Show {
    /// Price everything as if it had been this model [default: the model of each session]
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Table of prices, in the shape of prices.json [default: the one that comes along]
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,
    /// Write JSON
    #[arg(long, conflicts_with = "html")]
    pub json: bool,
    /// Write one page with plots
    #[arg(long)]
    pub html: bool,
    #[command(flatten)]
    pub target: Target,
    #[command(flatten)]
    pub at: At,
}

pub fn run(request: &Show, surroundings: &Surroundings) -> Result<()> {
    let prices = request.prices.as_ref().map_or_else(|| Ok(Prices::built_in()), |path| read(path))?;
    let stats = request.at.open(surroundings)?.stats(&prices, request.model.as_deref())?;
    let text = match (request.json, request.html) {
        (true, _) => output::json(&stats),
        (_, true) => page(&stats),
        _ => tables(&stats),
    };
    output::write(&text, request.target.file.as_deref())
}

fn read(path: &Path) -> Result<Prices> {
    let text = String::from_utf8_lossy(&input::read(path)?).into_owned();
    Prices::read(&text).map_err(|error| Error::In { path: path.to_owned(), source: Box::new(error) })
}

fn tables(stats: &Stats) -> String {
    let parts = [("HANDOFF", &stats.handoffs), ("PROJECT", &stats.projects), ("DAY", &stats.days)];
    let mut text: String = parts.map(|(name, lines)| table(name, lines, None)).concat();
    text.push_str(&table("ALL", &[], Some(&stats.total)));
    let _ = write!(text, "\nbaseline: {}\nlist prices of {}", stats.baseline, stats.prices_of);
    if !stats.unpriced.is_empty() {
        let _ = write!(text, "; without a price, and in tokens only: {}", stats.unpriced.join(", "));
    }
    text + "\n"
}

fn table(name: &str, lines: &[Line], total: Option<&Line>) -> String {
    let mut table = plain(&[
        name,
        "SESSION",
        "SESSION $",
        "SIZE",
        "LOADS",
        "LOADED",
        "LOADED $",
        "REPLAY",
        "SAVED",
        "SAVED $",
    ]);
    for line in lines.iter().chain(total) {
        table.add_row(cells(line));
    }
    written(&mut table, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) + "\n"
}

fn cells(line: &Line) -> [String; 10] {
    [
        line.name.clone(),
        line.source_tokens.to_string(),
        line.dollars(line.session_cost),
        line.tokens.to_string(),
        line.loads.to_string(),
        line.loaded_tokens.to_string(),
        line.dollars(line.loaded_cost),
        line.replayed_tokens.to_string(),
        line.saved_tokens.to_string(),
        line.dollars(line.saved),
    ]
}
