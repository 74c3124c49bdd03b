//! What became of the files since the save, in as few tokens as can be: a star on what changed, and one line that says so.

use crate::state::{Environment, FileEntry, FocusRange, Head, Standing};

const ALL_AS_SAVED: &str = "Checked against the files now: all as saved, the lines hold.";
const SOME_CHANGED: &str = "Checked against the files now: * changed since the save, read it again; the rest is as saved, the lines hold.";

/// The line above the files, if they were looked for in a working tree.
pub(super) fn glance(files: &[FileEntry]) -> Option<String> {
    let mut checked = files.iter().filter_map(|file| file.since_save.as_ref()).peekable();
    checked.peek()?;
    let same = checked.all(|since| since.standing == Standing::Unchanged && since.renamed_from.is_empty());
    let found = if same { ALL_AS_SAVED } else { SOME_CHANGED };
    let unchecked = files.iter().filter(|file| file.since_save.is_none() && !file.focus_ranges.is_empty());
    let names: Vec<&str> = unchecked.map(|file| file.path.as_str()).collect();
    Some(if names.is_empty() {
        found.to_owned()
    } else {
        format!("{found} Not checked: {}.", names.join(", "))
    })
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
