//! Finding a file again that is no longer under its name.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::anchor::{SKETCH, sketch};
use super::lines::{Lines, Print, hash, prints};
use super::read::read;
use crate::state::FileAnchor;

/// Most entries of folders that are looked at, and most files that are read, for all missing files of a handoff.
const ENTRIES: usize = 50_000;
const READ: usize = 2_000;

/// Folders that hold no work of anybody's.
const PASSED_BY: [&str; 6] = ["target", "node_modules", "dist", "build", "vendor", "__pycache__"];

/// All files of a working tree; listed when first asked for.
pub(super) struct Tree<'a> {
    root: &'a Path,
    files: Option<Vec<String>>,
    left: usize,
}

impl<'a> Tree<'a> {
    pub fn of(root: &'a Path) -> Self {
        Tree { root, files: None, left: READ }
    }

    /// The new name of a file that is gone from its own: the file with its text, or else the one that has most of it.
    ///
    /// A file of the same name must share half of the text, any other of the same kind four fifths.
    pub fn find(&mut self, path: &str, anchor: &FileAnchor, taken: &[String]) -> Option<String> {
        let known = prints(&anchor.sketch);
        let mut best: Vec<(usize, String)> = Vec::new();
        for candidate in self.candidates(path, taken) {
            let Some(text) = read(self.root, &candidate) else { continue };
            let lines = Lines::of(&text);
            if hash(&lines.text) == anchor.hash && !text.trim().is_empty() {
                return Some(candidate);
            }
            let least = if name(&candidate) == name(path) { 50 } else { 80 };
            let shared = resemblance(&known, &sketch(&lines));
            if shared >= least && known.len() >= SKETCH / 2 {
                best.push((shared, candidate));
            }
        }
        let most = best.iter().map(|(shared, _)| *shared).max()?;
        let mut most = best.into_iter().filter(|(shared, _)| *shared == most);
        let (_, found) = most.next()?;
        most.next().is_none().then_some(found)
    }

    /// The files it may be: those of the same name first, then others of the same kind, as many as may be read.
    fn candidates(&mut self, path: &str, taken: &[String]) -> Vec<String> {
        let root = self.root;
        let files = self.files.get_or_insert_with(|| list(root));
        let alike = |file: &&String| extension(file) == extension(path) && !taken.contains(file);
        let (mut named, others): (Vec<String>, Vec<String>) =
            files.iter().filter(alike).cloned().partition(|file| name(file) == name(path));
        named.extend(others);
        named.truncate(self.left);
        self.left -= named.len();
        named
    }
}

/// How much of two texts is the same by their sketches, in percent: the share of the smallest prints of both together
/// that is in both.
fn resemblance(one: &[Print], other: &[Print]) -> usize {
    let mut both: Vec<Print> = one.iter().chain(other).copied().collect();
    both.sort_unstable();
    both.dedup();
    both.truncate(SKETCH);
    let shared = both.iter().filter(|print| one.contains(print) && other.contains(print)).count();
    100 * shared / both.len().max(1)
}

/// The files of a tree by their names from the root, in order; hidden folders and those of builds are passed by.
fn list(root: &Path) -> Vec<String> {
    let mut folders = VecDeque::from([PathBuf::new()]);
    let (mut files, mut left) = (Vec::new(), ENTRIES);
    while let Some(folder) = folders.pop_front() {
        for entry in std::fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
            left = left.saturating_sub(1);
            let Ok(kind) = entry.file_type() else { continue };
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = folder.join(&name);
            if kind.is_dir() && !name.starts_with('.') && !PASSED_BY.contains(&name.as_str()) {
                folders.push_back(path);
            } else if kind.is_file() {
                files.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
        if left == 0 {
            break;
        }
    }
    files.sort();
    files
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn extension(path: &str) -> Option<&str> {
    name(path).rsplit_once('.').map(|(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::super::anchor::of_file;
    use super::*;

    fn text(from: usize, to: usize) -> String {
        (from..to).map(|number| format!("let value_{number} = {number};")).collect::<Vec<_>>().join("\n")
    }

    /// Which of these files `old/a.rs` with the lines 0 to 40 became.
    #[track_caller]
    fn check(files: &[(&str, String)], expected: Option<&str>) {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("one above")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        let anchor = of_file(&Lines::of(&text(0, 40)));
        let found = Tree::of(folder.path()).find("old/a.rs", &anchor, &["taken.rs".to_owned()]);
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn a_file_is_found_under_its_new_name() {
        check(&[("new/b.rs", text(0, 40)), ("c.rs", text(50, 90))], Some("new/b.rs"));
        check(&[("new/a.rs", text(0, 44)), ("c.rs", text(50, 90))], Some("new/a.rs"));
        check(&[("taken.rs", text(0, 40))], None);
        check(&[("b.rs", text(30, 90))], None);
        check(&[("b.txt", text(0, 40))], None);
        check(&[("target/a.rs", text(0, 40)), (".git/a.rs", text(0, 40))], None);
        check(&[("one/a.rs", text(0, 41)), ("two/a.rs", text(0, 41))], None);
    }
}
