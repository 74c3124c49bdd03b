//! `baton diff` and `baton apply`: what changed between two handoffs, as files or kept ones, and putting it on.

use std::path::{Path, PathBuf};

use baton::build::{MINIMUM, Options};
use baton::delta::Delta;
use baton::diff::{self, Known};
use baton::error::{Error, Result};
use baton::render::{self, Citations, Renderer};
use baton::service::{Compare, Service};
use baton::state::HandoffState;
use baton::surroundings::Surroundings;
use baton::update::update;
use clap::Args;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arguments::{Counting, Target, budget, renderer};
use super::store::At;
use super::{input, output, report};

/// The rendering that can be applied.
const JSON: &str = "json";

const AFTER_DIFF: &str = "\
Examples:
  baton diff monday.json tuesday.json
  baton diff parser@1 parser            of a kept handoff, what changed since its first version
  baton diff monday.json tuesday.json --budget 500 --model gpt-5
  baton diff monday.json tuesday.json -o changes.json    exact, for baton apply";

/// Say what changed from one handoff to the next.
#[derive(Args)]
#[command(after_help = AFTER_DIFF)]
pub struct Diff {
    /// The earlier handoff: a file in JSON ('-' is standard input), or the id of a kept one; ID@2 is its second version
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// The later one, in the same way
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// The most tokens the changes may have; at least 200. Without it, JSON is whole
    #[arg(short, long, value_name = "TOKENS", value_parser = budget, allow_negative_numbers = true)]
    budget: Option<usize>,
    #[command(flatten)]
    counting: Counting,
    /// How the changes are written [default: json into a file that ends in .json, else markdown]
    #[arg(long, value_name = "RENDERING", value_parser = renderer())]
    output: Option<&'static Renderer>,
    /// Show the lines of the transcript that prove each entry
    #[arg(long)]
    cite: bool,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    at: At,
}

const AFTER_APPLY: &str = "\
Examples:
  baton apply monday.json changes.json -o tuesday.json
  baton apply parser@1 one.json two.json three.json             put on in a row, each checked
  baton apply parser@1 one.json two.json --compact -o all.json  one that does what the two do";

/// Make the later handoff of the earlier one and what changed.
#[derive(Args)]
#[command(after_help = AFTER_APPLY)]
pub struct Apply {
    /// The handoff that the changes were made from: a file in JSON ('-' is standard input), or the id of a kept one
    base: PathBuf,
    /// The changes, as `baton diff --output json` writes them; several are put on in a row
    #[arg(required = true, value_name = "DELTA")]
    deltas: Vec<PathBuf>,
    /// Write one delta that does what all of them do
    #[arg(long)]
    compact: bool,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    at: At,
}

pub fn run(request: &Diff, surroundings: &Surroundings) -> Result<()> {
    let file = request.target.file.as_deref();
    let (base, new) = (&request.base, &request.new);
    if !is_file(base) && !is_file(new) {
        return kept(request, surroundings);
    }
    let base = state(base, &request.at, surroundings)?;
    let new = state(new, &request.at, surroundings)?;
    for input in [&request.base, &request.new] {
        output::keep_input(input, file)?;
    }
    if request.is_whole() {
        let delta = diff::diff(&base, &new, &Known::default());
        return write(&delta, file);
    }
    let update = update(&base, &new, &Known::default(), &request.options())?;
    output::write(&update.text, file)?;
    said(update.whole, update.left_out);
    Ok(())
}

pub fn apply(request: &Apply, surroundings: &Surroundings) -> Result<()> {
    let file = request.target.file.as_deref();
    let base = state(&request.base, &request.at, surroundings)?;
    let deltas: Vec<Delta> = request.deltas.iter().map(|path| delta(path)).collect::<Result<_>>()?;
    for input in request.deltas.iter().chain([&request.base]) {
        output::keep_input(input, file)?;
    }
    if request.compact {
        return write(&diff::compact(&base, &deltas)?, file);
    }
    write(&diff::replay(&base, &deltas)?, file)
}

/// What changed between two kept handoffs: their store knows why entries went.
fn kept(request: &Diff, surroundings: &Surroundings) -> Result<()> {
    let file = request.target.file.as_deref();
    let service = request.at.open(surroundings)?;
    let named = |path: &Path| path.to_string_lossy().into_owned();
    let wanted = Compare {
        base: named(&request.base),
        id: named(&request.new),
        budget: request.budget,
        model: request.counting.name(),
        output: Some(request.renderer().name.to_owned()),
        cite: request.cite,
    };
    let changed = service.changes(&wanted).map_err(|error| neither(error, &service))?;
    if request.is_whole() {
        return write(&changed.delta, file);
    }
    output::write(&changed.text, file)?;
    said(changed.whole, changed.left_out);
    Ok(())
}

/// A handoff: of a file where there is one, else the kept one of that id.
fn state(named: &Path, at: &At, surroundings: &Surroundings) -> Result<HandoffState> {
    if is_file(named) {
        return read(named);
    }
    let service = at.open(surroundings)?;
    let kept = service.point(&named.to_string_lossy()).map_err(|error| neither(error, &service));
    kept.map(|record| record.state)
}

fn is_file(named: &Path) -> bool {
    input::is_stdin(named) || named.exists()
}

/// What is neither a file nor an id might have been meant as either.
fn neither(error: Error, service: &Service) -> Error {
    match error {
        Error::NoSuchHandoff { id: named, .. } | Error::Id { id: named, .. } => {
            Error::NoSuchFileOrHandoff { named, store: service.address() }
        }
        error => error,
    }
}

/// Writes a handoff or a delta whole, as it has to be to be applied.
fn write(data: &impl Serialize, file: Option<&Path>) -> Result<()> {
    let text = serde_json::to_string(data).expect("plain data");
    output::write(&(text + "\n"), file)
}

impl Diff {
    /// Whether the changes are wanted as they are, to be applied.
    fn is_whole(&self) -> bool {
        self.budget.is_none() && self.renderer().name == JSON
    }

    /// The rendering that was asked for, or the one that the file's name asks for.
    fn renderer(&self) -> &'static Renderer {
        let is_json = |file: &PathBuf| file.extension().is_some_and(|ending| ending == JSON);
        let usual = if self.target.file.as_ref().is_some_and(is_json) { JSON } else { "markdown" };
        self.output.unwrap_or_else(|| render::find(usual).expect("both are in the list"))
    }

    fn options(&self) -> Options {
        let defaults = Options::default();
        Options {
            budget: self.budget.unwrap_or(defaults.budget).max(MINIMUM),
            tokenizer: self.counting.tokenizer(),
            renderer: self.renderer(),
            citations: if self.cite { Citations::Shown } else { Citations::Hidden },
            ..defaults
        }
    }
}

/// Reads a handoff, or something else that was written as JSON.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = input::read(path)?;
    serde_json::from_slice(&bytes)
        .map_err(|source| Error::NotAHandoff { path: input::name(path).into(), source })
}

fn delta(path: &Path) -> Result<Delta> {
    read(path).map_err(|error| match error {
        Error::NotAHandoff { path, source } => Error::NotADelta { path, source },
        error => error,
    })
}

/// Says what the text cannot say of itself.
fn said(is_whole: bool, left_out: usize) {
    if is_whole {
        report::say("the whole handoff: only the changes would hardly be shorter");
    }
    if left_out > 0 {
        report::say(&format!("{left_out} changes were left out for the budget"));
    }
}
