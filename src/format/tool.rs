//! What a tool call means, judged by the shape of its arguments: agents name their tools as they like.

use rustc_hash::FxHashSet;
use serde_json::{Map, Value};

use super::diff;
use crate::event::{
    Action, Change, FileEdit, Hunk, HunkPosition, LineRange, Question, QuestionOption, Todo, TodoState,
};

const PATH: &[&str] = &[
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
const OLD: &[&str] = &["old_string", "old_str", "oldString", "oldText", "old_text", "search"];
const NEW: &[&str] = &["new_string", "new_str", "newString", "newText", "new_text", "replace", "insert_text"];
const CONTENT: &[&str] = &["content", "file_text", "contents", "CodeContent"];
const PATCH: &[&str] = &["patch", "input", "patchText", "patch_text", "diff"];
const COMMAND: &[&str] = &["command", "cmd", "script", "shell_command", "commandLine", "CommandLine"];
const CWD: &[&str] = &["cwd", "workdir", "working_directory", "workingDirectory", "Cwd"];
const PATTERN: &[&str] = &["pattern", "query", "regex", "search_term", "glob_pattern", "Query", "glob"];
const EVERYWHERE: &[&str] = &["replace_all", "replaceAll", "allow_multiple"];
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
    let empty = Map::new();
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
    let mut lines = Vec::new();
    collect(arguments, &mut lines);
    lines.join("\n")
}

fn collect(value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::String(text) => lines.push(text.clone()),
        Value::Number(number) => lines.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, lines)),
        Value::Object(members) => members.values().for_each(|value| collect(value, lines)),
        Value::Null | Value::Bool(_) => {}
    }
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

#[derive(Clone, Copy)]
struct Arguments<'a>(&'a Map<String, Value>);

impl<'a> Arguments<'a> {
    fn string(self, keys: &[&str]) -> Option<&'a str> {
        keys.iter().find_map(|key| self.0.get(*key)?.as_str())
    }

    fn number(self, keys: &[&str]) -> Option<u32> {
        let value = keys.iter().find_map(|key| self.0.get(*key))?;
        // Markdown exports and some models write numbers as strings.
        let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
        u32::try_from(number).ok()
    }

    fn list(self, keys: &[&str]) -> Option<&'a Vec<Value>> {
        keys.iter().find_map(|key| self.0.get(*key)?.as_array())
    }

    fn path(self) -> Option<&'a str> {
        self.string(PATH).filter(|path| !path.is_empty())
    }

    fn todos(self) -> Option<Vec<Todo>> {
        let todos: Vec<Todo> = self.list(&["todos", "plan", "todo_list"])?.iter().filter_map(todo).collect();
        (!todos.is_empty()).then_some(todos)
    }

    fn ask(self) -> Option<Action> {
        if let Some(list) = self.list(&["questions"]) {
            let questions: Vec<Question> = list.iter().filter_map(question).collect();
            return (!questions.is_empty()).then_some(Action::Ask(questions));
        }
        let text = self.string(&["question"])?;
        let options = options(self.list(&["options", "follow_up"]));
        Some(Action::Ask(vec![Question { text: text.to_owned(), options }]))
    }

    fn edit(self, files: &Files) -> Option<Action> {
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
        } else if let Some(blocks) = self.string(&["diff"]) {
            edit.hunks = search_replace(blocks);
        }
        let says_something = edit.content.is_some() || !edit.hunks.is_empty();
        (says_something || self.string(&["code_edit"]).is_some()).then(|| Action::Edit(vec![edit]))
    }

    /// A replaced passage. The editor tools leave out the new text when it is empty.
    fn hunk(self) -> Option<Hunk> {
        let old = self.string(OLD)?;
        let editor = self.string(&["command"]) == Some("str_replace");
        let new = self.string(NEW).or(editor.then_some(""))?;
        let everywhere = EVERYWHERE.iter().any(|key| self.0.get(*key) == Some(&Value::Bool(true)));
        Some(Hunk { lines: marked(old, new), everywhere, ..Hunk::default() })
    }

    /// Lines put after a line whose number the call gives.
    fn insertion(self) -> Option<Hunk> {
        let after = self.number(&["insert_line"])?;
        let lines = marked("", self.string(NEW)?);
        let count = u32::try_from(lines.lines().count()).ok()?;
        let position = HunkPosition {
            old_start: after,
            old_lines: 0,
            new_start: after.checked_add(1)?,
            new_lines: count,
        };
        Some(Hunk { position: Some(position), lines, ..Hunk::default() })
    }

    fn patch(self) -> Option<Action> {
        let path = self.path();
        let candidates = PATCH.iter().chain(COMMAND).filter_map(|key| self.0.get(*key));
        let found = candidates.filter_map(command_text).find_map(|text| patched(&text, path));
        found.map(Action::Edit)
    }

    fn run(self) -> Option<Action> {
        let command = COMMAND.iter().find_map(|key| command_text(self.0.get(*key)?))?;
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

fn number(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
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

fn edited(path: &str) -> FileEdit {
    FileEdit { path: path.to_owned(), change: Change::Edited, hunks: Vec::new(), content: None }
}

/// The lines of a replacement, each with its mark.
pub(super) fn marked(old: &str, new: &str) -> String {
    let removed = old.lines().map(|line| format!("-{line}"));
    let added = new.lines().map(|line| format!("+{line}"));
    removed.chain(added).collect::<Vec<_>>().join("\n")
}

/// A command as one text: a shell's `-c` script is the command, other lists are joined.
fn command_text(value: &Value) -> Option<String> {
    let words: Vec<&str> = match value {
        Value::String(text) => return Some(text.clone()),
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    match words.as_slice() {
        [shell, flag, script] if is_shell(shell) && flag.starts_with('-') => Some((*script).to_owned()),
        words => Some(words.join(" ")),
    }
}

fn is_shell(program: &str) -> bool {
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    ["bash", "sh", "zsh", "fish", "dash", "pwsh", "powershell", "cmd"]
        .contains(&name.trim_end_matches(".exe"))
}

/// The edits of a patch in either of the two notations.
fn patched(text: &str, path: Option<&str>) -> Option<Vec<FileEdit>> {
    let edits = if text.contains("*** Begin Patch") {
        apply_patch(text)
    } else if diff::is_unified(text) && !text.contains("<<") {
        diff::unified(text, path)
    } else {
        Vec::new()
    };
    (!edits.is_empty()).then_some(edits)
}

/// The files of a patch in the `*** Begin Patch` notation. Its hunks have no line numbers.
fn apply_patch(text: &str) -> Vec<FileEdit> {
    let mut files: Vec<FileEdit> = Vec::new();
    let begin = text.find("*** Begin Patch").unwrap_or_default();
    for line in text[begin..].lines().take_while(|line| line.trim() != "*** End Patch") {
        if let Some((change, path)) = patch_header(line) {
            files.push(FileEdit { change, ..edited(path) });
        } else if let Some(file) = files.last_mut() {
            patch_line(file, line);
        }
    }
    for file in &mut files {
        file.hunks.retain(|hunk| !hunk.lines.is_empty());
    }
    files
}

/// A file's hunks in that notation, without the envelope.
pub(super) fn unnumbered(path: &str, text: &str) -> FileEdit {
    let mut file = edited(path);
    text.lines().for_each(|line| patch_line(&mut file, line));
    file.hunks.retain(|hunk| !hunk.lines.is_empty());
    file
}

fn patch_header(line: &str) -> Option<(Change, &str)> {
    let (verb, path) = line.strip_prefix("*** ")?.split_once(" File: ")?;
    let change = match verb {
        "Add" => Change::Created,
        "Update" => Change::Edited,
        "Delete" => Change::Deleted,
        _ => return None,
    };
    Some((change, path.trim()))
}

fn patch_line(file: &mut FileEdit, line: &str) {
    if let Some(to) = line.strip_prefix("*** Move to: ") {
        let from = std::mem::replace(&mut file.path, to.trim().to_owned());
        file.change = Change::Renamed { from };
    } else if file.change == Change::Created {
        let content = file.content.get_or_insert_default();
        content.push_str(line.strip_prefix('+').unwrap_or(line));
        content.push('\n');
    } else if let Some(heading) = line.strip_prefix("@@") {
        let heading = Some(heading.trim().to_owned()).filter(|heading| !heading.is_empty());
        file.hunks.push(Hunk { heading, ..Hunk::default() });
    } else if !line.starts_with("*** ") {
        if file.hunks.is_empty() {
            file.hunks.push(Hunk::default());
        }
        let hunk = file.hunks.last_mut().expect("pushed above");
        if !hunk.lines.is_empty() {
            hunk.lines.push('\n');
        }
        hunk.lines.push_str(if line.is_empty() { " " } else { line });
    }
}

/// The hunks of `SEARCH` and `REPLACE` blocks.
fn search_replace(text: &str) -> Vec<Hunk> {
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

fn todo(value: &Value) -> Option<Todo> {
    let entry = Arguments(value.as_object()?);
    let text = entry.string(&["content", "step", "text", "title", "description", "task"])?.to_owned();
    let state = match entry.string(&["status", "state"]).unwrap_or_default() {
        "in_progress" | "in-progress" | "inProgress" | "active" => TodoState::InProgress,
        "completed" | "done" | "complete" => TodoState::Completed,
        "cancelled" | "canceled" => TodoState::Cancelled,
        _ => TodoState::Pending,
    };
    Some(Todo { text, state })
}

fn question(value: &Value) -> Option<Question> {
    if let Some(text) = value.as_str() {
        return Some(Question { text: text.to_owned(), options: Vec::new() });
    }
    let entry = Arguments(value.as_object()?);
    let text = entry.string(&["question", "text", "prompt"])?.to_owned();
    Some(Question { text, options: options(entry.list(&["options"])) })
}

fn options(list: Option<&Vec<Value>>) -> Vec<QuestionOption> {
    let option = |value: &Value| {
        if let Some(label) = value.as_str() {
            return Some(QuestionOption { label: label.to_owned(), description: String::new() });
        }
        let entry = Arguments(value.as_object()?);
        let label = entry.string(&["label", "title", "value"])?.to_owned();
        let description = entry.string(&["description"]).unwrap_or_default().to_owned();
        Some(QuestionOption { label, description })
    };
    list.into_iter().flatten().filter_map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
