//! How much shorter the changes are than the handoff when a session grew: at 50, 60, … 100 % of the lines of every
//! session of a corpus, if `BATON_CORPUS` names one, and of the fixtures.
//!
//! `cargo bench --bench delta`. The measure has no noise: a difference between two runs is one of the program.
#![expect(clippy::print_stdout, reason = "the table is for people")]

mod corpus;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use baton::build::{Handoff, Options, build};
use baton::delta::Reason;
use baton::diff::{self, Known, canonical};
use baton::state::HandoffState;
use baton::update::update;
use corpus::{corpus, files, folders, stem};
use rayon::prelude::*;

/// The cuts, in percent of the lines.
const CUTS: &[usize] = &[50, 60, 70, 80, 90, 100];
/// Sessions of fewer lines than this hardly grow by a tenth.
const LEAST: usize = 100;

/// What became of a handoff when its session grew by a tenth of its lines.
struct Step {
    /// Tokens of the changes for every thousand of the whole handoff.
    share: usize,
    tokens: usize,
    /// Whether the laws hold.
    holds: bool,
    /// How many entries went for each reason: evicted, and any other.
    evicted: usize,
    over: usize,
    added: usize,
    modified: usize,
}

fn main() {
    println!(
        "{:<36} {:>8} {:>6} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7}  laws",
        "input",
        "sessions",
        "steps",
        "tokens",
        "median",
        "p90",
        "clear",
        "added",
        "changed",
        "over",
        "evicted"
    );
    let mut all = Vec::new();
    for (name, paths) in inputs() {
        let sessions: Vec<Vec<Step>> =
            paths.par_iter().map(|path| steps(path)).filter(|it| !it.is_empty()).collect();
        let count = sessions.len();
        let steps: Vec<Step> = sessions.into_iter().flatten().collect();
        row(&name, count, &steps);
        if name.starts_with("corpus/") {
            all.push((count, steps));
        }
    }
    let count = all.iter().map(|(count, _)| count).sum();
    row("corpus", count, &all.into_iter().flat_map(|(_, steps)| steps).collect::<Vec<_>>());
}

fn row(name: &str, sessions: usize, steps: &[Step]) {
    if steps.is_empty() {
        return;
    }
    let clear = steps.iter().filter(|step| step.share < 850).count();
    let held = steps.iter().filter(|step| step.holds).count();
    let mean = |of: fn(&Step) -> usize| {
        let tenths = 10 * steps.iter().map(of).sum::<usize>() / steps.len();
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    println!(
        "{name:<36} {sessions:>8} {:>6} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7}  {held} of {}",
        steps.len(),
        at(steps, 50, |step| step.tokens),
        percent(at(steps, 50, |step| step.share)),
        percent(at(steps, 90, |step| step.share)),
        percent(1000 * clear / steps.len()),
        mean(|step| step.added),
        mean(|step| step.modified),
        mean(|step| step.over),
        mean(|step| step.evicted),
        steps.len(),
    );
}

fn percent(thousandths: usize) -> String {
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// The value that so many percent of the steps do not exceed.
fn at(steps: &[Step], percent: usize, value: fn(&Step) -> usize) -> usize {
    let mut values: Vec<usize> = steps.iter().map(value).collect();
    values.sort_unstable();
    values[(values.len() - 1) * percent / 100]
}

/// The steps of a session, each handoff with the one before it as its base.
fn steps(path: &Path) -> Vec<Step> {
    let Ok(bytes) = std::fs::read(path) else { return Vec::new() };
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.len() < LEAST {
        return Vec::new();
    }
    let mut base: Option<HandoffState> = None;
    let mut steps = Vec::new();
    for cut in CUTS {
        let options = Options { base: base.clone(), ..Options::default() };
        let Ok(handoff) = build(&lines[..lines.len() * cut / 100].concat(), &options) else {
            return Vec::new();
        };
        steps.extend(base.map(|base| step(&base, &handoff)));
        base = Some(handoff.state);
    }
    steps
}

fn step(base: &HandoffState, handoff: &Handoff) -> Step {
    let new = &handoff.state;
    let known = Known::facts(handoff.facts.clone());
    let told =
        update(base, new, &known, &Options { budget: 32_000, ..Options::default() }).expect("room enough");
    let delta = &told.delta;
    let text = (Options::default().renderer.changes)(delta, new, baton::render::Citations::Hidden);
    let tokens = Options::default().tokenizer.count_upper(&text);
    let there = diff::apply(base, delta).is_ok_and(|made| canonical(&made) == canonical(new));
    let back = diff::diff(new, base, &Known::default());
    let around = diff::compose(delta, &back).and_then(|both| diff::apply(base, &both));
    let evicted = delta.removed.iter().filter(|it| it.reason == Reason::Evicted).count();
    Step {
        share: 1000 * tokens / told.full,
        tokens,
        holds: there && around.is_ok_and(|made| canonical(&made) == canonical(base)),
        evicted,
        over: delta.removed.len() - evicted,
        added: diff::changes(delta) - delta.removed.len() - delta.modified.len() - delta.fields.len(),
        modified: delta.modified.len(),
    }
}

/// The files of the fixtures, and of every folder of the corpus, by name.
fn inputs() -> BTreeMap<String, Vec<PathBuf>> {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let sessions = files(&fixtures).into_iter().filter(|path| stem(path) == "session").collect();
    let mut inputs = BTreeMap::from([("fixtures".to_owned(), sessions)]);
    for folder in corpus().iter().flat_map(|it| folders(it)) {
        inputs.insert(format!("corpus/{}", stem(&folder)), files(&folder));
    }
    inputs
}
