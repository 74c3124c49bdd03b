//! Errors that are still there: the last run of a check failed, and no later run of its like passed.

use super::checks::{Check, Outcome};
use super::{shell, Material};
use crate::fact::{Fact, Item};
use crate::state::OpenError;

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    material
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Failed && !is_resolved(check, &material.checks))
        .take(4)
        .enumerate()
        .filter_map(|(rank, check)| fact(material, check, rank))
        .collect()
}

/// Whether a later run on the same subject passed.
pub(super) fn is_resolved(check: &Check, checks: &[Check]) -> bool {
    let subjects: Vec<String> = check.command.split(" && ").map(shell::subject).collect();
    checks.iter().any(|other| {
        other.at > check.at
            && other.outcome == Outcome::Passed
            && other.command.split(" && ").map(shell::subject).any(|subject| subjects.iter().any(|own| own.starts_with(&subject) || subject.starts_with(own)))
    })
}

fn fact(material: &Material, check: &Check, rank: usize) -> Option<Fact> {
    let signature = check.failure.join(" / ");
    if signature.is_empty() {
        return None;
    }
    let evidence = vec![material.session.line(check.at)];
    let entry = |signature: String, command: String| Item::Error(OpenError { signature, command, evidence: evidence.clone() });
    let worth = if rank == 0 { 220 } else { 100 } * material.session.recency(check.at) / 1000 + 20;
    let long = entry(crate::text::clip(&signature, 400), check.command.clone());
    let short = entry(check.failure.first().cloned().unwrap_or_default(), String::new());
    let fact = Fact::new(long, evidence.clone(), worth, "a check failed, and did not pass since").or(short, 70);
    Some(if rank == 0 && material.session.ages[check.at] < 40 { fact.on_floor(5) } else { fact })
}
