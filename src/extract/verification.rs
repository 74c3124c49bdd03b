//! The checks: each command in full, how it ended last, and whether edits came after it.

use super::Material;
use super::checks::{Check, Outcome};
use crate::fact::{Fact, Item};
use crate::state::Verification;

/// How many checks are worth a thought.
const MOST: usize = 30;

/// What is left of the worth of a check that a later, wider one covers, in hundredths.
const COVERED: i64 = 80;

/// What is told of a check that failed by itself, and did not when others did all of it again.
const WIDER: &str = "passed since in a wider run";

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    material.checks.iter().take(MOST).enumerate().map(|(rank, check)| fact(material, check, rank)).collect()
}

fn fact(material: &Material, check: &Check, rank: usize) -> Fact {
    let evidence = check.evidence(&material.session);
    let outcome = match (check.outcome, check.counts.as_str()) {
        _ if check.before == Some(Outcome::Failed) => WIDER.to_owned(),
        (Outcome::Unfinished, _) => "started, result not seen".to_owned(),
        (outcome, "") => outcome.name().to_owned(),
        (outcome, counts) => format!("{} ({counts})", outcome.name()),
    };
    let entry = |outcome: String| {
        Item::Verification(Verification {
            command: check.command.clone(),
            outcome,
            edits_since: check.edits_since,
            evidence: evidence.clone(),
        })
    };
    let short = if check.before == Some(Outcome::Failed) { WIDER } else { check.outcome.name() };
    let worth = 160 + 120 * material.session.recency(check.at) / 1000 + 8 * i64::from(check.runs.min(8))
        - i64::try_from(check.command.len() / 12).unwrap_or(0);
    let worth = if check.before.is_some() { worth * COVERED / 100 } else { worth };
    let fact =
        Fact::new(entry(outcome), evidence.clone(), worth.max(10), "a check").or(entry(short.to_owned()), 80);
    if rank == 0 { fact.on_floor(3) } else { fact }
}
