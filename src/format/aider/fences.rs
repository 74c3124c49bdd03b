//! Edits that a model shows in fences, as aider's other edit formats have it: a file written whole below its path, or a
//! diff. Whether they were put into the file, the program says behind them.

use crate::event::FileEdit;
use crate::format::{diff, tool};

/// An edit shown in a fence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// What it changes.
    pub edit: FileEdit,
    /// What stands in the fence.
    pub text: String,
}

/// The edits in the fences of a message.
pub(super) fn shown(lines: &[&str]) -> Vec<Shown> {
    let mut shown = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let Some(language) = lines[at].strip_prefix("```") else {
            at += 1;
            continue;
        };
        let body = &lines[at + 1..];
        let Some(length) = body.iter().position(|line| line.trim_end() == "```") else { break };
        let text = body[..length].join("\n");
        if language.trim() == "diff" {
            let edits = diff::unified(&text, None).into_iter();
            shown.extend(edits.map(|edit| Shown { edit, text: text.clone() }));
        } else if let Some(path) = at.checked_sub(1).and_then(|above| path(lines[above])) {
            let edit = FileEdit { content: Some(format!("{text}\n")), ..tool::edited(path) };
            shown.push(Shown { edit, text });
        }
        at += length + 2;
    }
    shown
}

/// The path that a line is, if it is one and nothing else.
fn path(line: &str) -> Option<&str> {
    let path = line.trim().trim_matches(['`', '*', '#', ':']).trim();
    let is_path =
        path.contains(['.', '/', '\\']) && !path.contains(char::is_whitespace) && !path.ends_with('.');
    is_path.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_files_and_diffs() {
        let message = "Here is `a.rs`:\n\nsrc/a.rs\n```rust\nfn a() {}\n```\nNot one.\n```\nx\n```\n\
            ```diff\n--- b.rs\n+++ b.rs\n@@ ... @@\n-x\n+y\n```\nopen.rs\n```\nz";
        let lines: Vec<&str> = message.lines().collect();
        let found: Vec<(String, Option<String>, usize)> = shown(&lines)
            .into_iter()
            .map(|shown| (shown.edit.path, shown.edit.content, shown.edit.hunks.len()))
            .collect();
        let whole = ("src/a.rs".to_owned(), Some("fn a() {}\n".to_owned()), 0);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], whole);
        assert_eq!(found[1].0, "b.rs");
    }
}
