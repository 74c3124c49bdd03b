//! The host's own account of how a command or a patch ended.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::call;
use super::record::{integer, text};
use crate::event::{Change, FileEdit, Status};
use crate::format::diff;

/// How a command or a patch ended, as the host saw it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct End {
    pub command: Option<String>,
    pub cwd: Option<String>,
    pub exit: Option<i32>,
    pub failed: bool,
    pub denied: bool,
    pub edits: Vec<FileEdit>,
}

impl End {
    pub(super) fn of_command(command: &Value, exit: &Value, status: &Value, cwd: Option<String>) -> Self {
        let exit = integer(exit);
        Self {
            command: call::command_line(command),
            cwd,
            exit,
            failed: exit.is_some_and(|exit| exit != 0) || status == "failed",
            denied: status == "declined",
            edits: Vec::new(),
        }
    }

    pub(super) fn of_patch(changes: &Value, status: &Value, failed: bool) -> Self {
        let failed = failed || status == "failed";
        let changes = changes.as_object().filter(|_| !failed);
        let edits =
            changes.into_iter().flatten().filter_map(|(path, change)| file_edit(path, change)).collect();
        Self { failed, denied: status == "declined", edits, ..Self::default() }
    }

    /// Takes in the account of one more tool of the same script: edits add up, and one failure is the whole's.
    pub(super) fn merge(&mut self, end: Self) {
        self.exit = end.exit.filter(|exit| *exit != 0).or(self.exit).or(end.exit);
        self.failed |= end.failed;
        self.denied |= end.denied;
        self.edits.extend(end.edits);
    }

    /// How the call ended, with the exit status from here or elsewhere.
    pub(super) fn status(&self, exit: Option<i32>) -> Status {
        if self.denied {
            Status::Denied
        } else if self.failed || exit.is_some_and(|exit| exit != 0) {
            Status::Failed
        } else {
            Status::Ok
        }
    }
}

/// One entry of `changes`; older versions nest the fields under the kind of change.
fn file_edit(path: &str, change: &Value) -> Option<FileEdit> {
    let (kind, fields) = match change["type"].as_str() {
        Some(kind) => (kind, change),
        None => change.as_object()?.iter().next().map(|(kind, fields)| (kind.as_str(), fields))?,
    };
    let mut edit =
        FileEdit { path: path.to_owned(), change: Change::Edited, hunks: Vec::new(), content: None };
    match kind {
        "add" => {
            edit.change = Change::Created;
            edit.content = text(&fields["content"]);
        }
        "delete" => edit.change = Change::Deleted,
        "update" => {
            edit.hunks = diff::hunks(fields["unified_diff"].as_str().unwrap_or_default());
            if let Some(target) = text(&fields["move_path"]) {
                edit.change = Change::Renamed { from: std::mem::replace(&mut edit.path, target) };
            }
        }
        _ => return None,
    }
    Some(edit)
}
