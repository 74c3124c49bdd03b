//! What a call changes, in each of the notations that tools take.

use crate::format::json::Value;

use super::Files;
use super::arguments::{Arguments, CONTENT, EVERYWHERE, NEW, OLD, PATCH};
use crate::event::{Action, Change, FileEdit, Hunk, HunkPosition};
use crate::format::{blocks, diff, patch};

impl Arguments<'_> {
    /// The files that the call writes or replaces passages of.
    pub fn edit(self, files: &Files) -> Option<Action> {
        let path = self.path()?;
        let mut edit = edited(path);
        if let Some(list) = self.list(&["edits"]) {
            edit.hunks =
                list.iter().filter_map(Value::as_object).filter_map(|e| Arguments(e).hunk()).collect();
        } else if let Some(hunk) = self.insertion().or_else(|| self.hunk()) {
            edit.hunks.push(hunk);
        } else if let Some(content) = self.string(CONTENT) {
            edit.change = if files.has(path) { Change::Edited } else { Change::Created };
            edit.content = Some(content.to_owned());
        } else if let Some(text) = self.string(&["diff"]) {
            edit.hunks = blocks::search_replace(text);
        }
        let says_something = edit.content.is_some() || !edit.hunks.is_empty();
        (says_something || self.string(&["code_edit"]).is_some()).then(|| Action::Edit(vec![edit]))
    }

    /// A replaced passage. The editor tools leave out the new text when it is empty.
    fn hunk(self) -> Option<Hunk> {
        let old = self.string(OLD)?;
        let editor = self.string(&["command"]) == Some("str_replace");
        let new = self.string(NEW).or(editor.then_some(""))?;
        let everywhere = EVERYWHERE.iter().any(|key| self.0.get(key) == Some(&Value::Bool(true)));
        Some(Hunk { lines: blocks::marked(old, new), everywhere, ..Hunk::default() })
    }

    /// Lines put after a line whose number the call gives.
    fn insertion(self) -> Option<Hunk> {
        let after = self.number(&["insert_line"])?;
        let lines = blocks::marked("", self.string(NEW)?);
        let count = u32::try_from(lines.lines().count()).ok()?;
        let position = HunkPosition {
            old_start: after,
            old_lines: 0,
            new_start: after.checked_add(1)?,
            new_lines: count,
        };
        Some(Hunk { position: Some(position), lines, ..Hunk::default() })
    }

    /// The files of the patch that the call holds, or hands to a shell.
    pub fn patch(self) -> Option<Action> {
        let texts = PATCH.iter().filter_map(|key| self.0.get(key)?.as_str());
        let mut found = texts.filter_map(|text| patched(text, self.path()));
        found.next().or_else(|| in_command(&self.command()?)).map(Action::Edit)
    }
}

/// A file that is changed, without hunks as yet.
pub(in crate::format) fn edited(path: &str) -> FileEdit {
    FileEdit { path: path.to_owned(), change: Change::Edited, hunks: Vec::new(), content: None }
}

/// The edits of a patch in either of the two notations.
fn patched(text: &str, path: Option<&str>) -> Option<Vec<FileEdit>> {
    let mut edits = patch::apply_patch(text);
    if edits.is_empty() && diff::is_unified(text) {
        edits = diff::unified(text, path);
    }
    (!edits.is_empty()).then_some(edits)
}

/// The edits of a command: a patch handed to `apply_patch`, or a diff that is not written into a file.
fn in_command(command: &str) -> Option<Vec<FileEdit>> {
    let mut edits = patch::in_command(command);
    if edits.is_empty() && diff::is_unified(command) && !command.contains("<<") {
        edits = diff::unified(command, None);
    }
    (!edits.is_empty()).then_some(edits)
}
