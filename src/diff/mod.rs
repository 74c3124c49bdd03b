//! What changed from one handoff to another, and putting it back on.
//!
//! The laws, with `canonical` for equality: `apply(base, diff(base, new)) == new`; `diff(x, x)` is empty; a delta is
//! applied to its own base or not at all; `apply(apply(b, one), two) == apply(b, compose(one, two))`.

mod apply;
mod chain;
mod compose;
mod cut;
mod fields;
mod identity;
mod known;
mod near;
mod pairing;
mod parts;
mod place;
mod standing;
mod words;

use std::collections::BTreeMap;

use serde_json::Value;

pub use apply::apply;
pub use chain::{compact, replay};
pub use compose::compose;
pub use cut::{changes, cut};
pub use known::Known;
pub use standing::prefer;

use crate::delta::{Delta, Modified, Placement, Removed, Section};
use crate::state::HandoffState;
use crate::text::clip;
use identity::subject;
use known::Witness;
use parts::{Entry, Parts};

/// How much of an entry's words names it, in bytes.
const NAME: usize = 120;

/// What changed from the base to the new handoff; `known` tells why entries went.
pub fn diff(base: &HandoffState, new: &HandoffState, known: &Known) -> Delta {
    let apart = |state| {
        let json = sorted(state);
        (name_of(&json), Parts::of_json(json))
    };
    let ((base_hash, old), (target, young)) = (apart(base), apart(new));
    let mut delta = Delta {
        base_session: base.metadata.session_id.clone(),
        base: base_hash,
        target,
        fields: fields::between(&old.fields, &young.fields),
        ..Delta::default()
    };
    let pairs = Section::ALL
        .map(|section| (section, pairing::pairs(section, &old.lists[&section], &young.lists[&section])));
    let mut added: Vec<(Section, Entry)> = Vec::new();
    for (section, pairs) in &pairs {
        let (old, young) = (&old.lists[section], &young.lists[section]);
        delta.placed.extend(place::of(pairs, old.len()).map(|placement| (*section, placement)));
        for (at, (pair, entry)) in pairs.iter().zip(young).enumerate() {
            match pair {
                Some(from) => delta.modified.extend(modified(*section, at, &old[*from], entry)),
                None => added.push((*section, entry.clone())),
            }
        }
    }
    let gone: Vec<(Section, &Entry)> = pairs
        .iter()
        .flat_map(|(section, pairs)| {
            let old = &old.lists[section];
            place::removed(pairs, old.len()).into_iter().map(|at| (*section, &old[at]))
        })
        .collect();
    let witness = Witness::of(&old, &young, added.clone(), &gone, known);
    delta.removed = gone
        .into_iter()
        .map(|(section, entry)| {
            let reason = witness.reason(section, entry);
            Removed { section, entry: name(section, entry), reason }
        })
        .collect();
    let made = set_added(&mut delta, added);
    debug_assert!(made.is_some(), "the entries come from a handoff");
    delta
}

/// The content of a handoff in the one form that is compared and hashed: JSON without white space, the fields of every
/// object sorted by name.
pub fn canonical(state: &HandoffState) -> String {
    sorted(state).to_string()
}

/// The name of a handoff's content: `blake3:` and the hash of its canonical form.
pub fn hash(state: &HandoffState) -> String {
    name_of(&sorted(state))
}

/// A handoff in JSON, the fields of every object sorted by name.
fn sorted(state: &HandoffState) -> Value {
    let mut value = parts::json(state);
    value.sort_all_objects();
    value
}

fn name_of(sorted: &Value) -> String {
    format!("blake3:{}", blake3::hash(sorted.to_string().as_bytes()).to_hex())
}

fn modified(section: Section, at: usize, old: &Entry, new: &Entry) -> Option<Modified> {
    let fields = fields::between(old, new);
    (!fields.is_empty()).then(|| Modified { section, at, entry: name(section, new), fields })
}

/// What an entry is about, short enough to name it by; a path is never cut.
fn name(section: Section, entry: &Entry) -> String {
    let subject = subject(section, entry);
    if section == Section::Files { subject.to_owned() } else { clip(subject, NAME) }
}

/// Files the new entries under their sections, and what the protocol tells beside them.
fn set_added(delta: &mut Delta, entries: Vec<(Section, Entry)>) -> Option<()> {
    let mut lists = BTreeMap::<Section, Vec<Entry>>::new();
    for (section, entry) in entries {
        lists.entry(section).or_default().push(entry);
    }
    (delta.added, delta.progress_delta) = parts::into_added(lists)?;
    let files = delta.removed.iter().filter(|it| it.section == Section::Files);
    delta.files_removed = files.map(|it| it.entry.clone()).collect();
    Some(())
}

/// The new entries by section.
fn added(delta: &Delta) -> BTreeMap<Section, Vec<Entry>> {
    let lines = match delta.placed.get(&Section::Progress) {
        // One empty line that was added looks like none.
        Some(place) if delta.progress_delta.is_empty() && place.length > kept(place) => {
            vec![parts::line("")]
        }
        _ => parts::lines(&delta.progress_delta),
    };
    parts::added(&delta.added, lines)
}

fn kept(placement: &Placement) -> usize {
    placement.kept.iter().map(|run| run.count).fold(0, usize::saturating_add)
}
