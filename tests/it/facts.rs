//! The annotated facts come through at the usual budgets; secrets, and what nobody said, never come out.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use baton::build::Handoff;
use baton::render::{Citations, RENDERERS};
use baton::state::FileEntry;
use rayon::prelude::*;

use crate::fixtures::{self, Edited, Fixture};
use crate::scorer::{matches, recall};

/// The least recall at a budget: in the mean of all fixtures, and of each.
struct Least {
    budget: usize,
    mean: f64,
    each: f64,
}

/// A little below what is measured: a change that loses facts is seen here.
const LEAST: &[Least] =
    &[Least { budget: 1000, mean: 0.91, each: 0.74 }, Least { budget: 2000, mean: 0.94, each: 0.74 }];

#[test]
fn recall_of_annotated_facts() {
    let mut short = Vec::new();
    for least in LEAST {
        let mut sum = 0.0;
        for fixture in fixtures::all() {
            let recall = recall(&fixture.handoff(least.budget, "markdown").text, &fixture.sheet);
            sum += recall.share;
            if recall.share < least.each {
                let missed = recall.missed.join("\n    ");
                short.push(format!(
                    "{:.3} of {} at {}; missed:\n    {missed}",
                    recall.share, fixture.name, least.budget
                ));
            }
        }
        let mean = sum / f64::from(u32::try_from(fixtures::all().len()).unwrap());
        if mean < least.mean {
            short.push(format!("{mean:.3} in the mean at {}", least.budget));
        }
    }
    assert!(short.is_empty(), "recall is below the least:\n{}", short.join("\n"));
}

/// Everything that comes out of each fixture at any size, in every rendering; made once.
fn outputs() -> &'static [(&'static Fixture, Vec<String>)] {
    static OUTPUTS: LazyLock<Vec<(&Fixture, Vec<String>)>> =
        LazyLock::new(|| fixtures::all().par_iter().map(|fixture| (fixture, outputs_of(fixture))).collect());
    &OUTPUTS
}

fn outputs_of(fixture: &Fixture) -> Vec<String> {
    let mut outputs = Vec::new();
    for renderer in RENDERERS {
        for budget in [200, 500, 1000, 2000, 8000, 32_000] {
            let handoff = fixture.handoff(budget, renderer.name);
            outputs.push((renderer.render)(&handoff.state, Citations::Shown));
            outputs.push(handoff.text);
        }
    }
    outputs
}

#[test]
fn secrets_never_come_out() {
    let mut checked = 0;
    for (fixture, outputs) in outputs() {
        let handoff = fixture.handoff(2000, "json");
        let inner = format!("{:?} {:?} {:?}", handoff.facts, handoff.state, handoff.warnings);
        for output in outputs.iter().chain([&inner]) {
            for secret in &fixture.sheet.secrets {
                assert!(!output.contains(secret.as_str()), "{} lets out {secret}", fixture.name);
                checked += 1;
            }
        }
    }
    assert!(checked > 0, "no fixture has a secret");
}

#[test]
fn what_nobody_said_never_comes_out() {
    let mut wrong = Vec::new();
    for (fixture, outputs) in outputs() {
        for output in outputs {
            for absent in &fixture.sheet.absent {
                let lines = output.lines().filter(|line| matches(&absent.pattern, line));
                wrong.extend(lines.map(|line| format!("{}: {} ({line})", fixture.name, absent.why)));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn status_at_the_end() {
    let status = |fixture: &Fixture| fixture.handoff(2000, "markdown").state.task.status.name();
    let found: BTreeMap<&str, &str> =
        fixtures::all().iter().map(|fixture| (fixture.name.as_str(), status(fixture))).collect();
    let expected: BTreeMap<&str, &str> = fixtures::all()
        .iter()
        .map(|fixture| (fixture.name.as_str(), fixture.sheet.status.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn edited_files_are_named_with_what_was_done() {
    let mut wrong = Vec::new();
    for fixture in fixtures::all() {
        let handoff = fixture.handoff(2000, "markdown");
        for (path, edited) in &fixture.sheet.edited {
            let change =
                entry(&handoff, path).map(|entry| entry.change.map_or("nothing", |change| change.name()));
            if change != Some(&edited.change) {
                wrong.push(format!(
                    "{}: {path} was {}, and the handoff says {change:?}",
                    fixture.name, edited.change
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A wrong line range is worse than none.
#[test]
fn focus_ranges_stand_on_changed_lines() {
    let mut wrong = Vec::new();
    for fixture in fixtures::all() {
        for budget in [1000, 2000, 32_000] {
            let handoff = fixture.handoff(budget, "markdown");
            for (path, edited) in &fixture.sheet.edited {
                for range in
                    entry(&handoff, path).map(|entry| entry.focus_ranges.as_slice()).unwrap_or_default()
                {
                    if !is_changed(edited, range.start, range.end) {
                        wrong.push(format!(
                            "{}: {path} {}-{} {}",
                            fixture.name, range.start, range.end, range.note
                        ));
                    }
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "not changed, or not there:\n{}", wrong.join("\n"));
}

/// Whether a range begins and ends on changed lines of the final file.
fn is_changed(edited: &Edited, start: u32, end: u32) -> bool {
    let changed = |line: u32| edited.ranges.iter().any(|&(first, last)| (first..=last).contains(&line));
    start <= end && edited.total.is_some_and(|total| end <= total) && changed(start) && changed(end)
}

/// The entry of a file; a transcript that does not say where it runs has absolute paths.
fn entry<'a>(handoff: &'a Handoff, path: &str) -> Option<&'a FileEntry> {
    let is_it = |entry: &&FileEntry| {
        entry.path.strip_suffix(path).is_some_and(|head| head.is_empty() || head.ends_with('/'))
    };
    handoff.state.files.iter().filter(is_it).min_by_key(|entry| entry.path.len())
}
