//! `baton diff` and `baton apply`: what changed between two handoffs, and putting it on.

use std::path::{Path, PathBuf};

use baton::build::{MINIMUM, Options};
use baton::delta::Delta;
use baton::diff::{self, Known};
use baton::error::{Error, Result};
use baton::render::{self, Citations, Renderer};
use baton::state::HandoffState;
use baton::update::{Update, update};
use clap::Args;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arguments::{Counting, Target, budget, renderer};
use super::{input, output, report};

const AFTER_DIFF: &str = "\
Examples:
  baton diff monday.json tuesday.json
  baton diff monday.json tuesday.json --budget 500 --model gpt-5
  baton diff monday.json tuesday.json --output json -o changes.json    exact, for baton apply";

/// Say what changed from one handoff to the next.
#[derive(Args)]
#[command(after_help = AFTER_DIFF)]
pub struct Diff {
    /// The earlier handoff, in JSON; '-' is standard input
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// The later one
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// The most tokens the changes may have; at least 200. Without it, JSON is whole
    #[arg(short, long, value_name = "TOKENS", value_parser = budget, allow_negative_numbers = true)]
    budget: Option<usize>,
    #[command(flatten)]
    counting: Counting,
    /// How the changes are written
    #[arg(long, value_name = "RENDERING", default_value = "markdown", value_parser = renderer())]
    output: &'static Renderer,
    /// Show the lines of the transcript that prove each entry
    #[arg(long)]
    cite: bool,
    #[command(flatten)]
    target: Target,
}

/// Make the later handoff of the earlier one and what changed.
#[derive(Args)]
pub struct Apply {
    /// The handoff that the changes were made from, in JSON; '-' is standard input
    base: PathBuf,
    /// The changes, as `baton diff --output json` writes them
    delta: PathBuf,
    #[command(flatten)]
    target: Target,
}

pub fn run(request: &Diff) -> Result<()> {
    let file = request.target.file.as_deref();
    let (base, new): (HandoffState, HandoffState) = (read(&request.base)?, read(&request.new)?);
    for input in [&request.base, &request.new] {
        output::keep_input(input, file)?;
    }
    let json = render::find("json").expect("json is in the list");
    if request.budget.is_none() && request.output.name == json.name {
        let delta = diff::diff(&base, &new, &Known::default());
        return write(&delta, file);
    }
    let update = update(&base, &new, &Known::default(), &request.options())?;
    output::write(&update.text, file)?;
    said(&update);
    Ok(())
}

pub fn apply(request: &Apply) -> Result<()> {
    let file = request.target.file.as_deref();
    let (base, delta): (HandoffState, Delta) = (read(&request.base)?, read(&request.delta)?);
    for input in [&request.base, &request.delta] {
        output::keep_input(input, file)?;
    }
    let new = diff::apply(&base, &delta)?;
    write(&new, file)
}

/// Writes a handoff or a delta whole, as it has to be to be applied.
fn write(data: &impl Serialize, file: Option<&Path>) -> Result<()> {
    let text = serde_json::to_string(data).expect("plain data");
    output::write(&(text + "\n"), file)
}

impl Diff {
    fn options(&self) -> Options {
        let defaults = Options::default();
        Options {
            budget: self.budget.unwrap_or(defaults.budget).max(MINIMUM),
            tokenizer: self.counting.tokenizer(),
            renderer: self.output,
            citations: if self.cite { Citations::Shown } else { Citations::Hidden },
            ..defaults
        }
    }
}

/// Reads a handoff or a delta.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = input::read(path)?;
    serde_json::from_slice(&bytes)
        .map_err(|source| Error::NotAHandoff { path: input::name(path).into(), source })
}

/// Says what the text cannot say of itself.
fn said(update: &Update) {
    if update.whole {
        report::say("the whole handoff: only the changes would hardly be shorter");
    }
    if update.left_out > 0 {
        report::say(&format!("{} changes were left out for the budget", update.left_out));
    }
}
