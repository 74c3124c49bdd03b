//! What became of a saved handoff's files and places by the time it is loaded.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::head::head;
use super::lines::{Lines, hash};
use super::read::{exists, read};
use super::renamed::Tree;
use super::verdict::{Place, Verdict};
use crate::event::LineRange;
use crate::state::{
    Environment, FileAnchor, FileChange, FileEntry, FocusRange, HandoffState, Head, SinceSave, Standing,
};

/// How many places were found as they were, and how many were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Visit {
    /// Places whose lines are the same, where they were or elsewhere.
    pub kept: usize,
    /// Those of them that stand elsewhere.
    pub moved: usize,
    /// Places whose lines were changed.
    pub changed: usize,
    /// Places that are not found any more.
    pub gone: usize,
}

/// Looks for every anchored file and place of a handoff in the working tree, and writes down what became of it.
///
/// Places that moved get their new numbers, places that are gone lose them and leave their note in [`SinceSave::gone`].
/// Of a file without an anchor nothing is known, and that is what is said of it, unless the session deleted it.
pub fn revisit(state: &mut HandoffState, root: &Path) -> Visit {
    let mut visit = Visit::default();
    let taken: Vec<String> = state.files.iter().map(|file| file.path.clone()).collect();
    let mut tree = Tree::of(root);
    for file in &mut state.files {
        let Some(anchor) = file.anchor.clone() else {
            file.since_save = (file.change != Some(FileChange::Deleted)).then(unknown);
            continue;
        };
        let mut renamed_from = String::new();
        if !exists(root, &file.path)
            && let Some(path) = tree.find(&file.path, &anchor, &taken)
        {
            renamed_from = std::mem::replace(&mut file.path, path);
        }
        let mut since = visit_file(file, &anchor, root, &mut visit);
        since.renamed_from = renamed_from;
        file.since_save = Some(since);
    }
    state.environment.now = elsewhere(&state.environment, root);
    visit
}

fn unknown() -> SinceSave {
    SinceSave { standing: Standing::Unknown, renamed_from: String::new(), gone: Vec::new() }
}

fn visit_file(file: &mut FileEntry, anchor: &FileAnchor, root: &Path, visit: &mut Visit) -> SinceSave {
    let text = read(root, &file.path);
    let lines = Lines::of(text.as_deref().unwrap_or_default());
    let standing = match text {
        Some(_) if hash(&lines.text) == anchor.hash => Standing::Unchanged,
        None if !exists(root, &file.path) => Standing::Deleted,
        _ => Standing::Changed,
    };
    let (mut here, mut gone) = (Vec::new(), Vec::new());
    for place in std::mem::take(&mut file.focus_ranges) {
        let verdict =
            if standing == Standing::Unchanged { Verdict::Valid } else { judged(&file.path, &lines, &place) };
        visit.count(verdict);
        match placed(place, verdict) {
            Ok(place) => here.push(place),
            Err(note) => gone.extend(note),
        }
    }
    here.sort_by_key(|place| (place.start, place.end));
    gone.dedup();
    file.focus_ranges = here;
    SinceSave { standing, renamed_from: String::new(), gone }
}

fn judged(path: &str, lines: &Lines, place: &FocusRange) -> Verdict {
    let range = LineRange { start: place.start, end: place.end };
    let anchored = place.anchor.as_ref().and_then(|anchor| Place::new(path, lines, range, anchor));
    anchored.map_or(Verdict::Gone, |place| place.judge())
}

/// The place as it stands now, or what is left of it.
fn placed(mut place: FocusRange, verdict: Verdict) -> Result<FocusRange, Option<String>> {
    match verdict {
        Verdict::Valid => {}
        Verdict::Moved(to) | Verdict::Changed(to) => (place.start, place.end) = (to.start, to.end),
        Verdict::Gone => {
            let symbol = place.anchor.map(|anchor| anchor.symbol).unwrap_or_default();
            return Err([place.note, symbol].into_iter().find(|name| !name.is_empty()));
        }
    }
    place.changed_since_save = Some(matches!(verdict, Verdict::Changed(_)));
    Ok(place)
}

impl Visit {
    fn count(&mut self, verdict: Verdict) {
        self.kept += usize::from(matches!(verdict, Verdict::Valid | Verdict::Moved(_)));
        self.moved += usize::from(matches!(verdict, Verdict::Moved(_)));
        self.changed += usize::from(matches!(verdict, Verdict::Changed(_)));
        self.gone += usize::from(verdict == Verdict::Gone);
    }
}

/// Where the repository stands now, if it stood elsewhere when the handoff was saved.
fn elsewhere(environment: &Environment, root: &Path) -> Option<Head> {
    let then = environment.then();
    let now = head(root)?;
    let other_branch = !then.branch.is_empty() && then.branch != now.branch;
    let other_commit = !then.commit.is_empty() && !now.commit.starts_with(&then.commit);
    (other_branch || other_commit).then_some(now)
}
