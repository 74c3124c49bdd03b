//! The places of a file as the caller sees them: in order, with neighbours merged.

use super::sparse::count;
use super::track::{Note, Place, Tracked, range};
use super::{FileReplay, Origin, TrackedRange};
use crate::event::LineRange;

/// Places with at most this many lines between them become one.
const GAP: u32 = 3;

/// Lines from one to before another, and what is known about them.
type Part = (u32, u32, Note);

impl FileReplay {
    /// All places. Those with trusted numbers come first, in order; then those of which only a name is left.
    ///
    /// Edited places are merged where at most three lines stand between them. A mark joins the edited place it lies
    /// in; one that reaches out of it, and a file written whole, stand by themselves.
    pub fn ranges(&self) -> Vec<TrackedRange> {
        let mut edited = merged(self.parts(Origin::Edit));
        let mut marked = merged(self.parts(Origin::Mark));
        marked.retain(|mark| !join(&mut edited, mark));
        let (edited, gone): (Vec<Part>, Vec<Part>) = edited.into_iter().partition(|(from, to, _)| from < to);
        let written = self.parts(Origin::Write);
        let mut all: Vec<TrackedRange> = Vec::new();
        for (origin, parts) in [(Origin::Edit, edited), (Origin::Write, written), (Origin::Mark, marked)] {
            all.extend(parts.into_iter().map(|part| self.trusted(origin, part)));
        }
        all.sort_by_key(|place| (place.range, place.origin));
        all.extend(gone.into_iter().map(|(_, _, note)| lost(Origin::Edit, None, None, note)));
        all.extend(self.tracks.live.iter().filter_map(doubtful));
        all.extend(self.tracks.lost.iter().filter_map(nowhere));
        all
    }

    fn parts(&self, wanted: Origin) -> Vec<Part> {
        let parts = self.tracks.live.iter().filter_map(|tracked| match tracked.place {
            Place::At(from, to) if tracked.origin == wanted => Some((from, to, tracked.note.clone())),
            _ => None,
        });
        parts.collect()
    }

    fn trusted(&self, origin: Origin, (from, to, note): Part) -> TrackedRange {
        let lines = self.file.ahead_from(from, to - from);
        let known = count(lines.len()) == to - from;
        let mut place = lost(origin, None, None, note);
        if place.symbols.is_empty() {
            place.symbols = self.symbols_of(&lines, None);
        }
        if place.symbols.is_empty() {
            place.symbols.extend(self.enclosing(&lines, from));
        }
        place.range = range(from, to);
        place.lines = known.then(|| lines.into_iter().map(String::from).collect());
        place
    }
}

/// Joins neighbours. A place without lines vanishes in a neighbour with some.
fn merged(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by_key(|(from, to, _)| (*from, *to));
    let mut merged: Vec<Part> = Vec::new();
    for (from, to, note) in parts {
        match merged.last_mut() {
            Some(last) if from <= last.1.saturating_add(GAP) => {
                if last.0 == last.1 {
                    (last.0, last.1) = (from, to);
                } else if from < to {
                    last.1 = last.1.max(to);
                }
                last.2.absorb(note);
            }
            _ => merged.push((from, to, note)),
        }
    }
    merged
}

/// Adds a mark to the edited place it lies in, if there is one.
fn join(edited: &mut [Part], (from, to, note): &Part) -> bool {
    let within = |(start, end, _): &&mut Part| start < end && start <= from && to <= end;
    match edited.iter_mut().find(within) {
        Some((_, _, known)) => {
            known.absorb(note.clone());
            true
        }
        None => false,
    }
}

fn doubtful(tracked: &Tracked) -> Option<TrackedRange> {
    let Place::Doubtful(anchor) = &tracked.place else { return None };
    Some(lost(tracked.origin, Some(anchor.last), Some(anchor.text()), tracked.note.clone()))
}

fn nowhere(tracked: &Tracked) -> Option<TrackedRange> {
    let Place::Lost(last) = tracked.place else { return None };
    Some(lost(tracked.origin, last, None, tracked.note.clone()))
}

fn lost(origin: Origin, last: Option<LineRange>, lines: Option<Vec<String>>, note: Note) -> TrackedRange {
    TrackedRange {
        range: None,
        last,
        lines,
        origin,
        symbols: note.symbols,
        ids: note.ids,
        edits: note.edits,
        added: note.added,
        removed: note.removed,
    }
}
