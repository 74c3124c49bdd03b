//! Places in a file, followed through every change of it.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::anchor::Anchor;
use super::sparse::{SparseFile, moved};
use super::{Origin, TrackedId};
use crate::event::LineRange;

/// Most places that are followed; each change moves all of them. Beyond, the oldest lose their numbers.
const FOLLOWED: usize = 4096;

/// So many places are followed one by one, though some may be the same.
const FEW: usize = 64;

/// Most symbols kept for one place.
const SYMBOLS: usize = 8;

/// A place of interest.
#[derive(Debug, Clone)]
pub(super) struct Tracked {
    pub origin: Origin,
    pub place: Place,
    pub note: Note,
}

/// What is known about a place besides where it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Note {
    pub ids: Vec<TrackedId>,
    pub edits: Vec<usize>,
    pub symbols: Vec<String>,
    pub added: u32,
    pub removed: u32,
}

/// Where a place is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In these lines: from the first to before the second. Both are equal where lines were taken out and none put in.
    At(u32, u32),
    /// Somewhere: it was there before something unseen happened, and can be told by its text.
    Doubtful(Box<Anchor>),
    /// Nowhere any more, or nobody knows where.
    Lost(Option<LineRange>),
}

impl Note {
    /// Adds what is known about another place that is the same now.
    pub fn absorb(&mut self, other: Note) {
        self.ids.extend(other.ids);
        // Mostly the other is the newer one; to sort each time anew would add up.
        let in_order = self.edits.last() < other.edits.first();
        self.edits.extend(other.edits);
        if !in_order {
            self.edits.sort_unstable();
            self.edits.dedup();
        }
        for symbol in other.symbols {
            if self.symbols.len() < SYMBOLS && !self.symbols.contains(&symbol) {
                self.symbols.push(symbol);
            }
        }
        self.added = self.added.saturating_add(other.added);
        self.removed = self.removed.saturating_add(other.removed);
    }
}

/// All places of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Tracks {
    /// Those that are somewhere, or doubtful, oldest first.
    pub live: Vec<Tracked>,
    /// Those that are lost.
    pub lost: Vec<Tracked>,
    begun: u32,
    /// How many were left when those that are the same were made one.
    united: usize,
}

impl Tracks {
    /// An identity for a new place.
    pub fn next_id(&mut self) -> TrackedId {
        self.begun += 1;
        TrackedId(self.begun)
    }

    /// Begins a place from a line to before another. An edit within an edited place becomes a part of it.
    pub fn begin(&mut self, origin: Origin, from: u32, to: u32, note: Note) {
        let mut new = Tracked { origin, place: Place::At(from, to), note };
        if origin == Origin::Edit && from < to {
            let (within, others): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.live).into_iter().partition(|old| old.overlaps(from, to));
            self.live = others;
            for old in within {
                new.widen(&old.place);
                let newer = std::mem::replace(&mut new.note, old.note);
                new.note.absorb(newer);
            }
        }
        self.live.push(new);
        if self.live.len() > FOLLOWED {
            let oldest: Vec<Tracked> = self.live.drain(..FOLLOWED / 2).collect();
            self.lost.extend(oldest.into_iter().map(Tracked::lose));
        }
    }

    /// Begins a place that nobody knows the lines of.
    pub fn begin_lost(&mut self, origin: Origin, note: Note) {
        self.lost.push(Tracked { origin, place: Place::Lost(None), note });
    }

    /// Follows all places through a change: `removed` lines from `at` on became `added` others.
    pub fn shift(&mut self, at: u32, removed: u32, added: u32) {
        let mut died = false;
        for tracked in &mut self.live {
            if let Place::At(from, to) = tracked.place {
                tracked.place = shifted((from, to), at, removed, added);
                died |= matches!(tracked.place, Place::Lost(_));
            }
        }
        if died {
            self.sweep();
        }
    }

    /// Something unseen happened at or behind a line: the places there are told by their text from now on.
    pub fn doubt_from(&mut self, line: u32, file: &SparseFile) {
        let mut anchors = super::anchor::Anchors::of(file);
        let mut died = false;
        for tracked in &mut self.live {
            if let Place::At(from, to) = tracked.place
                && to > line
            {
                tracked.place = match anchors.take(from, to) {
                    Some(anchor) => Place::Doubtful(Box::new(anchor)),
                    None => Place::Lost(range(from, to)),
                };
                died |= matches!(tracked.place, Place::Lost(_));
            }
        }
        if died {
            self.sweep();
        }
    }

    /// Makes one of places that are the same and are called the same: found again, they would be followed side by side
    /// for good. Done when they have doubled, so that it costs each of them little.
    pub fn unite(&mut self) {
        if self.live.len() <= FEW.max(2 * self.united) {
            return;
        }
        let mut known: FxHashMap<(u32, u32, Origin), usize> = FxHashMap::default();
        let mut united: Vec<Tracked> = Vec::with_capacity(self.live.len());
        for tracked in std::mem::take(&mut self.live) {
            if let Place::At(from, to) = tracked.place {
                match known.entry((from, to, tracked.origin)) {
                    Entry::Occupied(at) if united[*at.get()].note.symbols == tracked.note.symbols => {
                        united[*at.get()].note.absorb(tracked.note);
                        continue;
                    }
                    Entry::Occupied(_) => {}
                    Entry::Vacant(place) => drop(place.insert(united.len())),
                }
            }
            united.push(tracked);
        }
        self.united = united.len();
        self.live = united;
    }

    /// Whether any place waits for its text to be seen again.
    pub fn any_doubtful(&self) -> bool {
        self.live.iter().any(|tracked| matches!(tracked.place, Place::Doubtful(_)))
    }

    /// Everything is gone with the file.
    pub fn lose_all(&mut self) {
        self.lost.extend(std::mem::take(&mut self.live).into_iter().map(Tracked::lose));
    }

    fn sweep(&mut self) {
        let (lost, live): (Vec<_>, Vec<_>) = std::mem::take(&mut self.live)
            .into_iter()
            .partition(|tracked| matches!(tracked.place, Place::Lost(_)));
        self.live = live;
        self.lost.extend(lost);
    }
}

impl Tracked {
    /// Whether an edit of these lines belongs to this place.
    fn overlaps(&self, from: u32, to: u32) -> bool {
        self.origin == Origin::Edit && matches!(self.place, Place::At(start, end) if start < to && from < end)
    }

    fn widen(&mut self, other: &Place) {
        if let (Place::At(from, to), Place::At(start, end)) = (&mut self.place, other) {
            (*from, *to) = ((*from).min(*start), (*to).max(*end));
        }
    }

    fn lose(mut self) -> Self {
        self.place = match self.place {
            Place::At(from, to) => Place::Lost(range(from, to)),
            Place::Doubtful(anchor) => Place::Lost(Some(anchor.last)),
            lost @ Place::Lost(_) => lost,
        };
        self
    }
}

/// The lines from one to before another, if there are any.
pub(super) fn range(from: u32, to: u32) -> Option<LineRange> {
    (from < to).then(|| LineRange { start: from, end: to - 1 })
}

/// Where the lines `from..to` are after `removed` lines from `at` on became `added` others.
fn shifted((from, to): (u32, u32), at: u32, removed: u32, added: u32) -> Place {
    let cut = at.saturating_add(removed);
    let behind = |line| moved(line, removed, added);
    if cut <= from {
        return Place::At(behind(from), behind(to));
    }
    if to <= at {
        return Place::At(from, to);
    }
    let place = match (from < at, cut < to) {
        // Within the place, or at one end of it: whatever was put in belongs to it.
        (true, true) => (from, behind(to)),
        (false, false) => (at, at.saturating_add(added)),
        (true, false) if cut == to => (from, behind(to)),
        (false, true) if from == at => (from, behind(to)),
        // Across an end: what is left of it.
        (true, false) => (from, at),
        (false, true) => (at.saturating_add(added), behind(to)),
    };
    if place.0 < place.1 { Place::At(place.0, place.1) } else { Place::Lost(None) }
}
