//! Where the entries of a list went, and the same of two changes in a row.

use std::collections::BTreeSet;

use crate::delta::{Placement, Run};
use crate::error::{Error, Result};

/// The longest list that a delta may speak of.
const LONGEST: usize = 1 << 24;

/// The placement of a list, by the old place of each new entry; nothing if all stand where they stood.
pub(super) fn of(pairs: &[Option<usize>], old: usize) -> Option<Placement> {
    let stands = pairs.len() == old && pairs.iter().enumerate().all(|(to, from)| *from == Some(to));
    if stands {
        return None;
    }
    let mut kept: Vec<Run> = Vec::new();
    for (to, from) in pairs.iter().enumerate().filter_map(|(to, from)| Some((to, (*from)?))) {
        match kept.last_mut() {
            Some(run) if run.from + run.count == from && run.to + run.count == to => run.count += 1,
            _ => kept.push(Run { from, to, count: 1 }),
        }
    }
    Some(Placement { length: pairs.len(), kept })
}

/// The old place of each new entry.
pub(super) fn pairs(placement: &Placement) -> Result<Vec<Option<usize>>> {
    let mut pairs = vec![None; sane(placement.length)?];
    for Run { from, to, count } in &placement.kept {
        sane(from.saturating_add(*count))?;
        for step in 0..*count {
            let pair =
                pairs.get_mut(to.saturating_add(step)).ok_or_else(|| broken("a place behind the end"))?;
            *pair = Some(from + step);
        }
    }
    let kept: BTreeSet<usize> = pairs.iter().flatten().copied().collect();
    if kept.len() != pairs.iter().flatten().count() {
        return Err(broken("an entry in two places"));
    }
    Ok(pairs)
}

/// The old places that no new entry has, of so many.
pub(super) fn removed(pairs: &[Option<usize>], old: usize) -> Vec<usize> {
    let kept: BTreeSet<usize> = pairs.iter().flatten().copied().collect();
    (0..old).filter(|at| !kept.contains(at)).collect()
}

fn sane(length: usize) -> Result<usize> {
    if length > LONGEST { Err(broken("a list too long to be true")) } else { Ok(length) }
}

fn broken(what: &str) -> Error {
    Error::BrokenDelta { what: what.to_owned() }
}
