//! What became of the files since the save, in as few tokens as can be: a star on what changed, and one line that says so.

use super::names::{Ending, grouped};
use crate::state::{Environment, FileEntry, FocusRange, Head, SinceSave, Standing};

const ALL_AS_SAVED: &str = "all as saved, the lines hold.";
const SOME_CHANGED: &str = "* changed since the save, read it again; the rest is as saved, the lines hold.";
const NONE_SEEN: &str = "Not checked against the files: none of these was in this tree at the save.";

/// The line above the files, if they were looked for in a working tree: only of what was noted at the save can it be
/// told whether it is still so.
pub(super) fn glance(files: &[FileEntry]) -> Option<String> {
    let looked_for: Vec<(&FileEntry, &SinceSave)> =
        files.iter().filter_map(|file| Some((file, file.since_save.as_ref()?))).collect();
    let (seen, unseen): (Vec<_>, Vec<_>) =
        looked_for.into_iter().partition(|(_, since)| since.standing != Standing::Unknown);
    if seen.is_empty() {
        return (!unseen.is_empty()).then(|| NONE_SEEN.to_owned());
    }
    let same =
        |(_, since): &(_, &SinceSave)| since.standing == Standing::Unchanged && since.renamed_from.is_empty();
    let found = if seen.iter().all(same) { ALL_AS_SAVED } else { SOME_CHANGED };
    Some(match unseen.len() {
        0 => format!("Checked against the files now: {found}"),
        few if few <= seen.len() => format!(
            "Checked against the files now: {found} Not in this tree at the save, not checked: {}.",
            names(&unseen)
        ),
        _ => format!(
            "Checked against the files now, only {}: {found} The others were not in this tree at the save and could not be checked.",
            names(&seen)
        ),
    })
}

fn names(files: &[(&FileEntry, &SinceSave)]) -> String {
    let paths: Vec<&str> = files.iter().map(|(file, _)| file.path.as_str()).collect();
    grouped(&paths, Ending::Each)
}

/// The name of a file, and what became of it.
pub(super) fn path(file: &FileEntry) -> String {
    let Some(since) = &file.since_save else { return file.path.clone() };
    let star = if since.standing == Standing::Changed { "*" } else { "" };
    let deleted = if since.standing == Standing::Deleted { " (deleted since the save)" } else { "" };
    let renamed = match since.renamed_from.as_str() {
        "" => String::new(),
        old => format!(" (was {old})"),
    };
    format!("{}{star}{deleted}{renamed}", file.path)
}

/// The mark behind the numbers of a place.
pub(super) fn mark(range: &FocusRange) -> &'static str {
    if range.changed_since_save == Some(true) { "*" } else { "" }
}

/// The places of a file that are not found any more.
pub(super) fn gone(file: &FileEntry) -> String {
    match &file.since_save {
        Some(since) if !since.gone.is_empty() => format!("; gone since: {}", since.gone.join(", ")),
        _ => String::new(),
    }
}

/// Where the repository stood and stands, if it moved on.
pub(super) fn moved_on(environment: &Environment) -> Option<String> {
    let now = environment.now.as_ref()?;
    Some(format!("saved at {}, now at {}", place(&environment.then()), place(now)))
}

fn place(head: &Head) -> String {
    let commit: String = head.commit.chars().take(10).collect();
    [head.branch.clone(), commit].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
