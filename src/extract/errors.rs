//! Errors that are still there: the last run of a check failed, and no later run of its like passed.

use std::collections::BTreeSet;

use super::checks::{Check, Outcome};
use super::shell::{CommandLine, Part};
use super::{Material, shell};
use crate::event::Status;
use crate::fact::{Fact, Item};
use crate::state::OpenError;
use crate::text::clip;

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    material
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Failed && !is_resolved(check, &material.checks))
        .take(4)
        .enumerate()
        .filter_map(|(rank, check)| fact(material, check, rank))
        .chain(failed_commands(material))
        .collect()
}

/// Other commands that failed, and were not run with success since: what the surroundings do not allow.
fn failed_commands(material: &Material) -> Vec<Fact> {
    let session = &material.session;
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut facts = Vec::new();
    for (used, command) in session.commands().collect::<Vec<_>>().into_iter().rev() {
        let subjects = subjects(command);
        let again = subjects.iter().any(|subject| seen.contains(subject));
        if command.check.is_some() || subjects.is_empty() {
            continue;
        }
        seen.extend(subjects);
        if again {
            continue;
        }
        let (Some(result), Some(at)) =
            (used.result.filter(|result| result.status == Status::Failed), used.result_at)
        else {
            continue;
        };
        let Some(line) = result.text.lines().find(|line| is_refusal(line)) else { continue };
        let evidence = vec![session.line(used.at), session.line(at)];
        let shown = command.parts.first().map(|part| clip(&shell::tidy(part.text), 90)).unwrap_or_default();
        let entry =
            OpenError { signature: clip(line.trim(), 180), command: shown, evidence: evidence.clone() };
        facts.push(Fact::new(
            Item::Error(entry),
            evidence,
            90 * session.recency(at) / 1000,
            "a command failed, and none of its like worked since",
        ));
        if facts.len() == 3 {
            break;
        }
    }
    facts
}

/// What the parts of a command line do, those that only go somewhere or say something left out.
fn subjects(command: &CommandLine) -> Vec<String> {
    let parts = command.parts.iter().map(Part::subject);
    parts.filter(|part| !part.is_empty() && !part.starts_with("cd") && !part.starts_with("echo")).collect()
}

/// Whether a line of output says that something was refused or is not there.
fn is_refusal(line: &str) -> bool {
    const MARKS: &[&str] = &[
        "fatal:",
        "Could not",
        "could not",
        "denied",
        "refused",
        "not found",
        "No such",
        "cannot",
        "Cannot",
        "error:",
        "Error:",
        "failed to",
    ];
    line.len() < 400 && MARKS.iter().any(|mark| line.contains(mark))
}

/// Whether a later run on the same subject passed.
pub(super) fn is_resolved(check: &Check, checks: &[Check]) -> bool {
    let subjects: Vec<String> = shell::parts(&check.command).map(|part| part.subject()).collect();
    checks.iter().any(|other| {
        other.at > check.at
            && other.outcome == Outcome::Passed
            && shell::parts(&other.command).map(|part| part.subject()).any(|subject| {
                subjects.iter().any(|own| own.starts_with(&subject) || subject.starts_with(own))
            })
    })
}

fn fact(material: &Material, check: &Check, rank: usize) -> Option<Fact> {
    let signature = check.failure.join(" / ");
    if signature.is_empty() {
        return None;
    }
    let evidence = check.evidence(&material.session);
    let entry = |signature: String, command: String| {
        Item::Error(OpenError { signature, command, evidence: evidence.clone() })
    };
    let worth = if rank == 0 { 220 } else { 100 } * material.session.recency(check.at) / 1000 + 20;
    let long = entry(clip(&signature, 400), check.command.clone());
    let short = entry(check.failure.first().cloned().unwrap_or_default(), String::new());
    let fact =
        Fact::new(long, evidence.clone(), worth, "a check failed, and did not pass since").or(short, 70);
    Some(if rank == 0 && material.session.ages[check.at] < 40 { fact.on_floor(5) } else { fact })
}
