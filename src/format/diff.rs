//! Unified diffs as they stand in messages and tool inputs: files, hunks and their line numbers.

use super::tool::edited;
use crate::event::{Change, FileEdit, Hunk, HunkPosition};

/// The files that the diff changes. A hunk that stands before any file header belongs to `path`, if there is one.
/// Line numbers are taken only from hunk headers that have them.
pub(super) fn unified(text: &str, path: Option<&str>) -> Vec<FileEdit> {
    let mut parser = Parser { path, files: Vec::new(), open: None, renamed_from: None };
    for line in text.lines() {
        parser.line(line);
    }
    parser.files
}

/// The hunks of a diff of one file, with or without a file header.
pub(super) fn hunks(text: &str) -> Vec<Hunk> {
    unified(text, Some("")).into_iter().flat_map(|file| file.hunks).collect()
}

/// Whether the text has a hunk of a unified diff in it.
pub(super) fn is_unified(text: &str) -> bool {
    let has_header = text.lines().any(|line| line.starts_with("+++ "));
    has_header && text.lines().any(|line| hunk_header(line).is_some())
}

struct Parser<'a> {
    path: Option<&'a str>,
    files: Vec<FileEdit>,
    /// Lines still to come of the last file's last hunk, old and new.
    open: Option<(u32, u32)>,
    renamed_from: Option<&'a str>,
}

impl<'a> Parser<'a> {
    fn line(&mut self, line: &'a str) {
        if let Some(left) = self.open {
            if self.body(line, left) {
                return;
            }
            self.open = None;
        }
        if let Some((position, heading)) = hunk_header(line) {
            self.begin_hunk(position, heading);
        } else {
            self.header(line);
        }
    }

    /// Takes a line of a hunk's body; false if the hunk ended before it.
    fn body(&mut self, line: &str, (old, new): (u32, u32)) -> bool {
        let (takes_old, takes_new) = match line.as_bytes().first() {
            None | Some(b' ' | b'\t') => (1, 1),
            Some(b'-') => (1, 0),
            Some(b'+') => (0, 1),
            Some(b'\\') => return true,
            Some(_) => return false,
        };
        if takes_old > old || takes_new > new {
            return false;
        }
        self.open = Some((old - takes_old, new - takes_new));
        let hunk = self.files.last_mut().and_then(|file| file.hunks.last_mut());
        if let Some(hunk) = hunk {
            add_line(hunk, line, takes_old, takes_new);
        }
        true
    }

    fn begin_hunk(&mut self, position: HunkPosition, heading: Option<&str>) {
        if self.files.is_empty() {
            let Some(path) = self.path else { return };
            self.files.push(edited(path));
        }
        let hunk = Hunk {
            position: Some(HunkPosition { old_lines: 0, new_lines: 0, ..position }),
            heading: heading.map(str::to_owned),
            ..Hunk::default()
        };
        self.files.last_mut().expect("pushed above").hunks.push(hunk);
        self.open = Some((position.old_lines, position.new_lines));
    }

    fn header(&mut self, line: &'a str) {
        if let Some(path) = line.strip_prefix("--- ") {
            let path = file_name(path);
            let change = if path == "/dev/null" { Change::Created } else { Change::Edited };
            self.files.retain(|file| !file.path.is_empty());
            self.files.push(FileEdit { change, ..edited(path) });
        } else if let Some(path) = line.strip_prefix("+++ ") {
            self.new_name(file_name(path));
        } else if let Some(path) = line.strip_prefix("rename from ") {
            self.renamed_from = Some(path);
        } else if let Some(path) = line.strip_prefix("rename to ")
            && let Some(from) = self.renamed_from.take()
        {
            self.files.push(FileEdit { change: Change::Renamed { from: from.to_owned() }, ..edited(path) });
        }
    }

    fn new_name(&mut self, path: &str) {
        let Some(mut file) = self.files.pop() else { return };
        if path == "/dev/null" {
            file.change = Change::Deleted;
            file.hunks.clear();
        } else {
            let before = self.files.last();
            let renamed =
                before.is_some_and(|b| b.hunks.is_empty() && b.path == path && b.change != Change::Edited);
            if renamed {
                file = self.files.pop().expect("looked at above");
            }
            path.clone_into(&mut file.path);
        }
        self.files.push(file);
    }
}

fn add_line(hunk: &mut Hunk, line: &str, old: u32, new: u32) {
    if let Some(position) = &mut hunk.position {
        position.old_lines += old;
        position.new_lines += new;
    }
    if !hunk.lines.is_empty() {
        hunk.lines.push('\n');
    }
    // Some tools strip white space at line ends, which leaves an empty context line without its mark.
    hunk.lines.push_str(if line.is_empty() { " " } else { line });
}

/// The name in a file header: without the time after a tab, without quotes, without git's side mark.
fn file_name(header: &str) -> &str {
    let name = header.split('\t').next().unwrap_or_default().trim().trim_matches('"');
    name.strip_prefix("a/").or_else(|| name.strip_prefix("b/")).unwrap_or(name)
}

/// Reads `@@ -1,2 +3,4 @@ heading`.
pub(super) fn hunk_header(line: &str) -> Option<(HunkPosition, Option<&str>)> {
    let (ranges, heading) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let (old_start, old_lines) = range(old)?;
    let (new_start, new_lines) = range(new)?;
    let heading = Some(heading.trim()).filter(|heading| !heading.is_empty());
    Some((HunkPosition { old_start, old_lines, new_start, new_lines }, heading))
}

fn range(text: &str) -> Option<(u32, u32)> {
    match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbered<'a> = (u32, u32, u32, u32, &'a str);

    fn check(input: &str, expected: &[(&str, Change, &[Numbered])]) {
        let files = unified(input, Some("given"));
        let shown: Vec<_> = files
            .iter()
            .map(|file| {
                let hunks = file.hunks.iter().map(|hunk| {
                    let at = hunk.position.expect("every hunk here has numbers");
                    (at.old_start, at.old_lines, at.new_start, at.new_lines, hunk.lines.as_str())
                });
                (file.path.as_str(), file.change.clone(), hunks.collect::<Vec<_>>())
            })
            .collect();
        let expected: Vec<_> = expected.iter().map(|(p, c, h)| (*p, c.clone(), h.to_vec())).collect();
        assert_eq!(shown, expected, "{input}");
    }

    #[test]
    fn files_and_hunks_are_read_with_their_positions() {
        check(
            "--- a/x.rs\n+++ b/x.rs\n@@ -1,2 +1,3 @@ fn main()\n a\n-b\n+c\n+d\n@@ -9 +10 @@\n-x\n+y\n",
            &[("x.rs", Change::Edited, &[(1, 2, 1, 3, " a\n-b\n+c\n+d"), (9, 1, 10, 1, "-x\n+y")])],
        );
        check("@@ -3,0 +4,1 @@\n+new\n", &[("given", Change::Edited, &[(3, 0, 4, 1, "+new")])]);
        check(
            "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+a\n--- a/o\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
            &[("n", Change::Created, &[(0, 0, 1, 1, "+a")]), ("o", Change::Deleted, &[(1, 1, 0, 0, "-a")])],
        );
    }

    #[test]
    fn a_removed_line_that_looks_like_a_header_stays_in_its_hunk() {
        check(
            "--- a/q\n+++ b/q\n@@ -1,2 +1,1 @@\n--- comment\n keep\n",
            &[("q", Change::Edited, &[(1, 2, 1, 1, "--- comment\n keep")])],
        );
    }

    #[test]
    fn a_hunk_cut_short_counts_only_the_lines_it_has() {
        check(
            "--- a/q\n+++ b/q\n@@ -5,9 +5,9 @@\n a\n+b",
            &[("q", Change::Edited, &[(5, 1, 5, 2, " a\n+b")])],
        );
    }

    #[test]
    fn a_rename_keeps_its_old_name() {
        check(
            "rename from a.rs\nrename to b.rs\n--- a/a.rs\n+++ b/b.rs\n@@ -1 +1 @@\n-x\n+y\n",
            &[("b.rs", Change::Renamed { from: "a.rs".into() }, &[(1, 1, 1, 1, "-x\n+y")])],
        );
    }
}
