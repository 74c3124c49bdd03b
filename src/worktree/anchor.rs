//! What is noted of a handoff's files when it is saved.

use std::path::Path;

use super::lines::{Lines, Print, hash, written};
use super::read::read;
use super::{head, lines};
use crate::event::LineRange;
use crate::replay;
use crate::state::{Anchor, FileAnchor, FileEntry, HandoffState, Head};

/// Most prints of lines that are kept from either end of a place.
pub(super) const ENDS: usize = 48;

/// Lines before and behind a place whose prints are kept.
pub(super) const CONTEXT: usize = 4;

/// A text that stands in a file so often is not counted further.
const MANY: usize = 64;

/// Most prints in the sketch of a file.
pub(super) const SKETCH: usize = 16;

/// Notes what tells the files and places of a handoff again, as they stand in the working tree now.
///
/// What an earlier visit said of them is forgotten. A file that cannot be read, or lies outside the root, gets no anchor.
pub fn anchor(state: &mut HandoffState, root: &Path) {
    state.files.iter_mut().for_each(|file| anchor_file(file, root));
    let root_name = root.to_string_lossy().into_owned();
    state.environment.anchor = Some(Head { root: root_name, ..head(root).unwrap_or_default() });
    state.environment.now = None;
}

/// What tells a place of a text again; none if the text has no such lines, or nothing is in them.
pub fn anchored(path: &str, text: &str, range: LineRange) -> Option<Anchor> {
    of_place(path, &Lines::of(text), range)
}

fn anchor_file(file: &mut FileEntry, root: &Path) {
    file.since_save = None;
    let text = read(root, &file.path);
    let lines = text.as_deref().map(Lines::of);
    file.anchor = lines.as_ref().map(of_file);
    for place in &mut file.focus_ranges {
        let range = LineRange { start: place.start, end: place.end };
        place.changed_since_save = None;
        place.anchor = lines.as_ref().and_then(|lines| of_place(&file.path, lines, range));
    }
}

pub(super) fn of_file(lines: &Lines) -> FileAnchor {
    FileAnchor { hash: hash(&lines.text), sketch: written(sketch(lines)) }
}

/// The smallest prints of the lines that say something, each once.
pub(super) fn sketch(lines: &Lines) -> Vec<Print> {
    let telling = lines.text.iter().zip(&lines.prints).filter(|(line, _)| lines::tells(line));
    let mut prints: Vec<Print> = telling.map(|(_, print)| *print).collect();
    prints.sort_unstable();
    prints.dedup();
    prints.truncate(SKETCH);
    prints
}

fn of_place(path: &str, lines: &Lines, range: LineRange) -> Option<Anchor> {
    let (from, to) = ((range.start as usize).checked_sub(1)?, range.end as usize);
    let own = lines.text.get(from..to).filter(|own| own.iter().any(|line| !line.trim().is_empty()))?;
    let prints = &lines.prints[from..to];
    let split =
        if prints.len() > 2 * ENDS { (ENDS, prints.len() - ENDS) } else { (prints.len(), prints.len()) };
    let mut before: Vec<Print> = lines.before(from).take(CONTEXT).map(|at| lines.prints[at]).collect();
    before.reverse();
    Some(Anchor {
        hash: hash(own),
        lines: written(prints[..split.0].iter().chain(&prints[split.1..]).copied()),
        before: written(before),
        behind: written(lines.behind(to).take(CONTEXT).map(|at| lines.prints[at])),
        twins: twins(prints, lines),
        symbol: symbol(path, lines, from),
    })
}

/// How often lines stand in the file beside this once, as far as it matters.
fn twins(own: &[Print], lines: &Lines) -> u32 {
    let all = lines.prints.windows(own.len()).filter(|window| *window == own).take(MANY).count();
    u32::try_from(all.saturating_sub(1)).expect("it is at most MANY")
}

/// The innermost definition around a line.
pub(super) fn symbol(path: &str, lines: &Lines, at: usize) -> String {
    replay::symbol(path, &lines.text, at).unwrap_or_default().to_owned()
}
