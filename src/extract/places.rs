//! Where in the files: every edit's place, followed through all that came after it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use super::ledger::{FileRecord, Ledger};
use super::session::{Session, Use};
use crate::event::{Change, EventKind, FileEdit, FileRead};
use crate::replay::{FileReplay, Origin, TrackedRange};
use crate::state::FileChange;
use crate::worktree::{self, Place};

/// The changed places of each file, in the coordinates of the end of the session.
pub type Places = BTreeMap<String, Vec<TrackedRange>>;

/// Replays all edits of a session.
pub fn places(session: &Session, ledger: &Ledger, root: Option<&Path>) -> Places {
    let ranges = |name: &str, file: &FileReplay| match root {
        Some(root) => file.ranges().into_iter().map(|range| confirmed(root, name, range)).collect(),
        None => file.ranges(),
    };
    let followed = families(session, ledger).into_par_iter().map(Family::replay);
    let places = followed.flat_map_iter(|files| {
        let places = files.iter().map(|(name, file)| (name.clone(), ranges(name, file)));
        places.collect::<Vec<_>>()
    });
    places.collect()
}

/// Files that are replayed together: one by itself, or all that have to do with a renaming.
#[derive(Default)]
struct Family<'a> {
    files: BTreeMap<String, FileReplay>,
    /// In the order in which they took effect.
    touches: Vec<Touch<'a>>,
}

/// What touched a file.
struct Touch<'a> {
    name: String,
    /// How many commands before it may have rewritten anything.
    rewrites: usize,
    what: What<'a>,
}

enum What<'a> {
    Read(&'a FileRead),
    /// An edit, with the name before if that changed.
    Edit(&'a FileEdit, Option<String>),
    Outside,
    /// Nothing: the end of the session.
    End,
}

/// The files that were changed, each with all that touched it.
fn families<'a>(session: &'a Session<'a>, ledger: &Ledger) -> Vec<Family<'a>> {
    let touches = touches(session);
    let renamed: BTreeSet<String> = touches.iter().flat_map(Touch::renamed).cloned().collect();
    let family = |name: &String| Some(name.clone()).filter(|name| !renamed.contains(name));
    let mut families: BTreeMap<Option<String>, Family> = BTreeMap::new();
    let changed = |file: &&FileRecord| !matches!(file.change, FileChange::Read | FileChange::Deleted);
    for file in ledger.files.values().filter(changed) {
        for name in [&file.name].into_iter().chain(&file.before) {
            let family = families.entry(family(name)).or_default();
            family.files.insert(name.clone(), FileReplay::new(name));
        }
    }
    let rewrites = touches.last().map_or(0, |last| last.rewrites);
    for touch in touches {
        if let Some(family) = families.get_mut(&family(&touch.name)) {
            family.touches.push(touch);
        }
    }
    let end = || Touch { name: String::new(), rewrites, what: What::End };
    for family in families.values_mut() {
        family.touches.push(end());
    }
    families.into_values().collect()
}

impl Family<'_> {
    fn replay(mut self) -> BTreeMap<String, FileReplay> {
        let mut rewrites = 0;
        for touch in self.touches {
            if touch.rewrites > rewrites {
                self.files.values_mut().for_each(FileReplay::unknown_change);
                rewrites = touch.rewrites;
            }
            if let What::Edit(_, Some(from)) = &touch.what
                && let Some(file) = self.files.get(from).cloned()
            {
                self.files.insert(touch.name.clone(), file);
            }
            let Some(file) = self.files.get_mut(&touch.name) else { continue };
            match touch.what {
                What::Read(read) => file.read(read),
                What::Edit(edit, _) => drop(file.edit(edit)),
                What::Outside => file.unknown_change(),
                What::End => {}
            }
        }
        self.files
    }
}

impl Touch<'_> {
    /// Both names of a file that was renamed.
    fn renamed(&self) -> impl Iterator<Item = &String> {
        let from = if let What::Edit(_, from) = &self.what { from.as_ref() } else { None };
        from.into_iter().chain(from.is_some().then_some(&self.name))
    }
}

/// What touched files, in the order in which it took effect; the last says how many commands may have rewritten
/// anything.
fn touches<'a>(session: &'a Session<'a>) -> Vec<Touch<'a>> {
    let mut touches = Vec::new();
    let mut rewrites = 0;
    for step in steps(session) {
        let mut push = |path: &str, what| {
            touches.push(Touch { name: session.paths.name(path), rewrites, what });
        };
        let used = match step {
            Step::Outside(path) => {
                push(path, What::Outside);
                continue;
            }
            Step::Used(used) => used,
        };
        if let Some(read) = used.read {
            push(&read.path, What::Read(read));
        }
        for edit in &used.edits {
            let from = if let Change::Renamed { from } = &edit.change { Some(from) } else { None };
            push(&edit.path, What::Edit(edit, from.map(|from| session.paths.name(from))));
        }
        rewrites += usize::from(may_rewrite(used));
    }
    touches.push(Touch { name: String::new(), rewrites, what: What::End });
    touches
}

fn may_rewrite(used: &Use) -> bool {
    used.edits.is_empty() && used.command.as_ref().is_some_and(|command| command.may_rewrite)
}

/// A place as the working tree has it: where its lines stand there, or without numbers.
fn confirmed(root: &Path, name: &str, mut place: TrackedRange) -> TrackedRange {
    let (Some(range), Some(lines)) = (place.range.or(place.last), place.lines.as_ref()) else {
        place.range = None;
        return place;
    };
    place.range = match worktree::check(root, name, range, lines) {
        Place::Valid => Some(range),
        Place::Moved(to) => Some(to),
        Place::Lost => None,
    };
    place
}

enum Step<'a, 'b> {
    Used(&'b Use<'a>),
    Outside(&'a str),
}

/// What touched files, in the order in which it took effect.
fn steps<'a, 'b>(session: &'b Session<'a>) -> Vec<Step<'a, 'b>> {
    let mut steps: Vec<(usize, Step)> = session
        .uses
        .iter()
        .filter(|used| !used.abandoned)
        .map(|used| (used.result_at.unwrap_or(used.at), Step::Used(used)))
        .collect();
    steps.extend(session.events.iter().enumerate().filter_map(|(at, event)| match &event.kind {
        EventKind::ChangedOutside { path } => Some((at, Step::Outside(path.as_str()))),
        _ => None,
    }));
    steps.sort_by_key(|(at, _)| *at);
    steps.into_iter().map(|(_, step)| step).collect()
}

/// Whether a place says more than that the whole file is new.
pub fn is_part(range: &TrackedRange) -> bool {
    range.origin != Origin::Write
}
