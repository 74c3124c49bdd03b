//! Where in the files: every edit's place, followed through all that came after it.

use std::collections::BTreeMap;
use std::path::Path;

use super::ledger::Ledger;
use super::session::{Session, Use};
use super::shell;
use crate::event::{Action, Change, EventKind};
use crate::replay::{FileReplay, Origin, TrackedRange};
use crate::state::FileChange;
use crate::worktree::{self, Place};

/// The changed places of each file, in the coordinates of the end of the session.
pub type Places = BTreeMap<String, Vec<TrackedRange>>;

/// Replays all edits of a session.
pub fn places(session: &Session, ledger: &Ledger, root: Option<&Path>) -> Places {
    let mut replays: BTreeMap<String, FileReplay> = ledger
        .files
        .values()
        .filter(|file| !matches!(file.change, FileChange::Read | FileChange::Deleted))
        .flat_map(|file| [Some(file.name.clone()), file.before.clone()])
        .flatten()
        .map(|name| (name.clone(), FileReplay::new(&name)))
        .collect();
    for step in steps(session) {
        match step {
            Step::Used(used) => replay(session, &mut replays, used),
            Step::Outside(path) => {
                if let Some(file) = replays.get_mut(&session.paths.name(path)) {
                    file.unknown_change();
                }
            }
        }
    }
    replays
        .into_iter()
        .map(|(name, file)| {
            let ranges = file.ranges();
            let ranges = match root {
                Some(root) => ranges.into_iter().map(|range| confirmed(root, &name, range)).collect(),
                None => ranges,
            };
            (name, ranges)
        })
        .collect()
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

fn replay(session: &Session, replays: &mut BTreeMap<String, FileReplay>, used: &Use) {
    if let Some(read) = used.read
        && let Some(file) = replays.get_mut(&session.paths.name(&read.path))
    {
        file.read(read);
    }
    for edit in &used.edits {
        let name = session.paths.name(&edit.path);
        if let Change::Renamed { from } = &edit.change {
            let from = session.paths.name(from);
            if let Some(file) = replays.get(&from).cloned() {
                replays.insert(name.clone(), file);
            }
        }
        if let Some(file) = replays.get_mut(&name) {
            file.edit(edit);
        }
    }
    if let (Action::Run { command, .. }, true) = (&used.call.action, used.edits.is_empty())
        && shell::may_rewrite(command)
    {
        replays.values_mut().for_each(FileReplay::unknown_change);
    }
}

/// Whether a place says more than that the whole file is new.
pub fn is_part(range: &TrackedRange) -> bool {
    range.origin != Origin::Write
}
