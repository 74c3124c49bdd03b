//! Replacements as text: blocks of `SEARCH` and `REPLACE`, and the lines of a passage with their marks.

use crate::event::Hunk;

/// The lines of a replacement, each with its mark.
pub(super) fn marked(old: &str, new: &str) -> String {
    let removed = old.lines().map(|line| format!("-{line}"));
    let added = new.lines().map(|line| format!("+{line}"));
    removed.chain(added).collect::<Vec<_>>().join("\n")
}

/// The hunks of `SEARCH` and `REPLACE` blocks.
pub(super) fn search_replace(text: &str) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let mut side = None;
    for line in text.lines() {
        if line.ends_with(" SEARCH") && line.starts_with(['<', '-']) {
            (old, new, side) = (Vec::new(), Vec::new(), Some('-'));
        } else if side.is_some() && line.starts_with("=====") {
            side = Some('+');
        } else if side.is_some() && line.ends_with(" REPLACE") && line.starts_with(['>', '+']) {
            hunks.push(Hunk { lines: marked(&old.join("\n"), &new.join("\n")), ..Hunk::default() });
            side = None;
        } else if side == Some('-') {
            old.push(line);
        } else if side == Some('+') {
            new.push(line);
        }
    }
    hunks
}

