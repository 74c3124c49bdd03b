//! The arguments of a tool call, under the names that agents give them.

use crate::format::json::{Object, Value};

use crate::format::shell;

pub(super) const PATH: &[&str] = &[
    "file_path",
    "path",
    "filePath",
    "filename",
    "file_name",
    "absolute_path",
    "target_file",
    "TargetFile",
    "AbsolutePath",
    "relative_workspace_path",
    "notebook_path",
    "file",
];
pub(super) const OLD: &[&str] = &["old_string", "old_str", "oldString", "oldText", "old_text", "search"];
pub(super) const NEW: &[&str] =
    &["new_string", "new_str", "newString", "newText", "new_text", "replace", "insert_text"];
pub(super) const CONTENT: &[&str] = &["content", "file_text", "contents", "CodeContent"];
pub(super) const PATCH: &[&str] = &["patch", "input", "patchText", "patch_text", "diff"];
pub(super) const COMMAND: &[&str] =
    &["command", "cmd", "script", "shell_command", "commandLine", "CommandLine"];
pub(super) const CWD: &[&str] = &["cwd", "workdir", "working_directory", "workingDirectory", "Cwd"];
pub(super) const PATTERN: &[&str] =
    &["pattern", "query", "regex", "search_term", "glob_pattern", "Query", "glob"];
pub(super) const EVERYWHERE: &[&str] = &["replace_all", "replaceAll", "allow_multiple"];

/// The arguments of a call, or the members of an object in them.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a>(pub &'a Object);

impl<'a> Arguments<'a> {
    /// The first of these members that is a string.
    pub fn string(self, keys: &[&str]) -> Option<&'a str> {
        keys.iter().find_map(|key| self.0.get(key)?.as_str())
    }

    /// The first of these members, if it is a whole number.
    pub fn number(self, keys: &[&str]) -> Option<u32> {
        let value = keys.iter().find_map(|key| self.0.get(key))?;
        // Markdown exports and some models write numbers as strings.
        let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
        u32::try_from(number).ok()
    }

    /// The first of these members that is a list.
    pub fn list(self, keys: &[&str]) -> Option<&'a Vec<Value>> {
        keys.iter().find_map(|key| self.0.get(key)?.as_array())
    }

    /// The file that the call is about.
    pub fn path(self) -> Option<&'a str> {
        self.string(PATH).filter(|path| !path.is_empty())
    }

    /// The command line, where there is one.
    pub fn command(self) -> Option<String> {
        COMMAND.iter().find_map(|key| command_text(self.0.get(key)?))
    }
}

/// A command as one text: a shell's script is the command, other words are joined.
pub(super) fn command_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) => {
            let words: Vec<String> = words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            Some(shell::unwrap(&words))
        }
        _ => None,
    }
}
