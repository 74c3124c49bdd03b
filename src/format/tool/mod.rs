//! What a tool call means, judged by the shape of its arguments: agents name their tools as they like.

mod arguments;
mod ask;
mod edit;

use crate::format::json::{Object, Value};
use rustc_hash::FxHashSet;

use self::arguments::{Arguments, CWD, PATTERN};
pub(super) use self::edit::edited;
use crate::event::{Action, Change, FileEdit, LineRange, Todo};

/// Commands of the tools that put reading and editing behind one name.
const EDITOR_COMMANDS: &[&str] = &["view", "create", "str_replace", "insert", "undo_edit"];

/// The files that a session has read or edited so far: one that is written whole and is not among them is new.
#[derive(Debug, Default)]
pub(super) struct Files(FxHashSet<String>);

/// What a call means.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meaning {
    /// What it does.
    pub action: Action,
    /// The to-do list that it sets.
    pub todos: Option<Vec<Todo>>,
}

/// What the call of `tool` with these arguments means.
pub(super) fn meaning(tool: &str, arguments: &Value, files: &mut Files) -> Meaning {
    let empty = Object::default();
    let arguments = Arguments(arguments.as_object().unwrap_or(&empty));
    if let Some(todos) = arguments.todos() {
        return Meaning { action: Action::Other, todos: Some(todos) };
    }
    let action = action(tool, arguments, files);
    files.note(&action);
    Meaning { action, todos: None }
}

/// What the model wrote as input: the strings and numbers of the arguments in order, one a line.
pub(super) fn input(arguments: &Value) -> String {
    let mut lines = String::new();
    collect(arguments, &mut lines);
    lines
}

fn collect(value: &Value, lines: &mut String) {
    match value {
        Value::String(text) => add_line(text, lines),
        Value::Number(number) => add_line(&number.to_string(), lines),
        Value::Array(values) => values.iter().for_each(|value| collect(value, lines)),
        Value::Object(members) => members.values().for_each(|value| collect(value, lines)),
        Value::Null | Value::Bool(_) => {}
    }
}

fn add_line(line: &str, lines: &mut String) {
    if !lines.is_empty() {
        lines.push('\n');
    }
    lines.push_str(line);
}

fn action(tool: &str, arguments: Arguments, files: &Files) -> Action {
    arguments
        .ask()
        .or_else(|| arguments.edit(files))
        .or_else(|| arguments.patch())
        .or_else(|| arguments.run())
        .or_else(|| arguments.search())
        .or_else(|| arguments.delegate(tool))
        .or_else(|| arguments.plan())
        .or_else(|| arguments.path_alone(tool))
        .unwrap_or(Action::Other)
}

impl Files {
    fn has(&self, path: &str) -> bool {
        self.0.contains(path)
    }

    fn note(&mut self, action: &Action) {
        match action {
            Action::Read { path, .. } => self.0.extend([path.clone()]),
            Action::Edit(edits) => self.0.extend(edits.iter().map(|edit| edit.path.clone())),
            _ => {}
        }
    }
}

impl Arguments<'_> {
    fn run(self) -> Option<Action> {
        let command = self.command()?;
        if EDITOR_COMMANDS.contains(&command.as_str()) && self.path().is_some() {
            return None;
        }
        let cwd = self.string(CWD).map(str::to_owned);
        (!command.trim().is_empty()).then_some(Action::Run { command, cwd })
    }

    fn search(self) -> Option<Action> {
        let pattern = self.string(PATTERN)?.to_owned();
        let path = self.path().or_else(|| self.string(&["dir_path", "directory"]));
        Some(Action::Search { pattern, path: path.map(str::to_owned) })
    }

    fn delegate(self, tool: &str) -> Option<Action> {
        let prompt = self.string(&["prompt", "task"])?;
        let described = self.string(&["subagent_type", "agent", "agent_type", "description"]).is_some();
        let named = names(tool, &["task", "agent", "delegate"]);
        (described || named).then(|| Action::Delegate { prompt: prompt.to_owned() })
    }

    fn plan(self) -> Option<Action> {
        self.string(&["plan"]).map(|text| Action::Plan { text: text.to_owned() })
    }

    /// Arguments do not tell a deletion or a listing from reading; here alone the name has to.
    fn path_alone(self, tool: &str) -> Option<Action> {
        let path = self.path()?;
        if names(tool, &["delete", "remove"]) {
            return Some(Action::Edit(vec![FileEdit { change: Change::Deleted, ..edited(path) }]));
        }
        if names(tool, &["list", "dir", "glob", "tree", "ls"])
            || self.string(&["command"]) == Some("undo_edit")
        {
            return None;
        }
        Some(Action::Read { path: path.to_owned(), range: self.range() })
    }

    /// The lines asked for. Some tools count from 0, some from 1; where that is not known, nothing is said.
    fn range(self) -> Option<LineRange> {
        if let Some([start, end]) = self.list(&["view_range"]).map(Vec::as_slice) {
            let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
            return lines(number(start)?, number(end)?);
        }
        let first = self.number(&["start_line", "startLine", "StartLine", "start_line_one_indexed"]);
        let last = self.number(&["end_line", "endLine", "EndLine", "end_line_one_indexed_inclusive"]);
        if let (Some(first), Some(last)) = (first, last) {
            return lines(first, last);
        }
        let limit = self.number(&["limit"])?;
        let start = match self.number(&["offset"]).unwrap_or(0) {
            0 => 1,
            offset if self.string(&["absolute_path"]).is_some() => offset.checked_add(1)?,
            _ if self.string(&["filePath"]).is_some() => return None,
            offset => offset,
        };
        lines(start, start.checked_add(limit)?.checked_sub(1)?)
    }
}

fn lines(start: u32, end: u32) -> Option<LineRange> {
    (start >= 1 && end >= start).then_some(LineRange { start, end })
}

fn names(tool: &str, words: &[&str]) -> bool {
    let lower = tool.to_ascii_lowercase();
    lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| words.iter().any(|word| part.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Hunk, HunkPosition, Question, QuestionOption, TodoState};
    use crate::format::json::json;

    fn check(tool: &str, arguments: &Value, expected: Action) {
        let found = meaning(tool, arguments, &mut Files::default());
        assert_eq!(found, Meaning { action: expected, todos: None }, "{tool} {arguments}");
    }

    fn run(command: &str) -> Action {
        Action::Run { command: command.into(), cwd: None }
    }

    fn edit(path: &str, lines: &str) -> Action {
        let hunk = Hunk { lines: lines.into(), ..Hunk::default() };
        Action::Edit(vec![FileEdit { hunks: vec![hunk], ..edited(path) }])
    }

    #[test]
    fn commands() {
        check("x", &json!({"command": "ls -l"}), run("ls -l"));
        check("x", &json!({"cmd": ["bash", "-lc", "ls | wc"]}), run("ls | wc"));
        check("x", &json!({"command": ["git", "status"]}), run("git status"));
        check(
            "x",
            &json!({"script": "make", "workdir": "/w"}),
            Action::Run { command: "make".into(), cwd: Some("/w".into()) },
        );
    }

    #[test]
    fn edits() {
        check(
            "x",
            &json!({"file_path": "a", "old_string": "x\ny", "new_string": "z"}),
            edit("a", "-x\n-y\n+z"),
        );
        check("x", &json!({"command": "str_replace", "path": "a", "old_str": "x"}), edit("a", "-x"));
        check("x", &json!({"path": "a", "edits": [{"oldText": "1", "newText": "2"}]}), edit("a", "-1\n+2"));
        check(
            "x",
            &json!({"path": "a", "diff": "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n"}),
            edit("a", "-a\n+b"),
        );
        check(
            "x",
            &json!({"input": "*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** End Patch"}),
            edit("a", "-x\n+y"),
        );
        let position = HunkPosition { old_start: 4, old_lines: 0, new_start: 5, new_lines: 2 };
        let hunk = Hunk { position: Some(position), lines: "+p\n+q".into(), ..Hunk::default() };
        check(
            "x",
            &json!({"command": "insert", "path": "a", "insert_line": 4, "new_str": "p\nq\n"}),
            Action::Edit(vec![FileEdit { hunks: vec![hunk], ..edited("a") }]),
        );
        check(
            "delete_file",
            &json!({"path": "a"}),
            Action::Edit(vec![FileEdit { change: Change::Deleted, ..edited("a") }]),
        );
    }

    #[test]
    fn a_file_written_whole_is_new_unless_it_was_seen() {
        let mut files = Files::default();
        let write = json!({"path": "a", "content": "x"});
        let change = |files: &mut Files| match meaning("write", &write, files).action {
            Action::Edit(edits) => edits[0].change.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(change(&mut files), Change::Created);
        assert_eq!(change(&mut files), Change::Edited);
    }

    #[test]
    fn reads_with_the_lines_asked_for() {
        let read = |range: Option<(u32, u32)>| Action::Read {
            path: "a".into(),
            range: range.map(|(start, end)| LineRange { start, end }),
        };
        check("x", &json!({"path": "a"}), read(None));
        check("x", &json!({"file_path": "a", "offset": 10, "limit": 5}), read(Some((10, 14))));
        check("x", &json!({"absolute_path": "a", "offset": 10, "limit": 5}), read(Some((11, 15))));
        check("x", &json!({"filePath": "a", "offset": 10, "limit": 5}), read(None));
        check("x", &json!({"path": "a", "view_range": [3, 9]}), read(Some((3, 9))));
        check("x", &json!({"path": "a", "view_range": [3, -1]}), read(None));
        check("x", &json!({"command": "view", "path": "a"}), read(None));
        check("list_dir", &json!({"path": "a"}), Action::Other);
    }

    #[test]
    fn the_rest() {
        check(
            "x",
            &json!({"pattern": "fn", "path": "src"}),
            Action::Search { pattern: "fn".into(), path: Some("src".into()) },
        );
        check("Task", &json!({"description": "d", "prompt": "p"}), Action::Delegate { prompt: "p".into() });
        check("x", &json!({"plan": "do it"}), Action::Plan { text: "do it".into() });
        check("x", &json!("text"), Action::Other);
        let option = QuestionOption { label: "A".into(), description: "first".into() };
        check(
            "x",
            &json!({"questions": [{"question": "Which?", "options": [{"label": "A", "description": "first"}]}]}),
            Action::Ask(vec![Question { text: "Which?".into(), options: vec![option] }]),
        );
        let plan = json!({"plan": [{"step": "a", "status": "completed"}, {"step": "b"}]});
        let todos = vec![
            Todo { text: "a".into(), state: TodoState::Completed },
            Todo { text: "b".into(), state: TodoState::Pending },
        ];
        let found = meaning("x", &plan, &mut Files::default());
        assert_eq!(found, Meaning { action: Action::Other, todos: Some(todos) });
    }
}
