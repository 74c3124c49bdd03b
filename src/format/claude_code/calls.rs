//! What the agent's tools mean.

use serde_json::Value;

use crate::event::{Action, Call, Change, FileEdit, Hunk, LineRange, Question, QuestionOption};

/// The call of a tool with this input.
pub(super) fn call(tool: String, input: &Value) -> Call {
    let action = action(&tool, input);
    Call { tool, input: written(input), action }
}

fn action(tool: &str, input: &Value) -> Action {
    match tool {
        "Bash" | "PowerShell" => Action::Run { command: string(input, "command"), cwd: None },
        "Read" | "NotebookRead" => Action::Read { path: path(input), range: range(input) },
        "Edit" | "MultiEdit" | "NotebookEdit" | "Write" => Action::Edit(vec![edit(tool, input)]),
        "Grep" | "Glob" => {
            Action::Search { pattern: string(input, "pattern"), path: optional(input, "path") }
        }
        "LSP" => Action::Search { pattern: string(input, "operation"), path: optional(input, "filePath") },
        "AskUserQuestion" => Action::Ask(members(input, "questions").iter().map(question).collect()),
        "ExitPlanMode" => Action::Plan { text: string(input, "plan") },
        "Task" | "Agent" => Action::Delegate { prompt: string(input, "prompt") },
        _ => Action::Other,
    }
}

fn edit(tool: &str, input: &Value) -> FileEdit {
    let (hunks, content) = match tool {
        "Edit" => (vec![hunk(input)], None),
        "MultiEdit" => (members(input, "edits").iter().map(hunk).collect(), None),
        "NotebookEdit" => (vec![replacement("", text(input, "new_source"), false)], None),
        _ => (Vec::new(), optional(input, "content")),
    };
    FileEdit { path: path(input), change: Change::Edited, hunks, content }
}

fn hunk(edit: &Value) -> Hunk {
    let everywhere = edit.get("replace_all").and_then(Value::as_bool).unwrap_or(false);
    replacement(text(edit, "old_string"), text(edit, "new_string"), everywhere)
}

/// The hunk that turns one text into another; lines that both begin or end with are context.
fn replacement(old: &str, new: &str, everywhere: bool) -> Hunk {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail =
        old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(one, other)| one == other).count();
    let (removed, kept) = old_rest.split_at(old_rest.len() - tail);
    let added = &new_rest[..new_rest.len() - tail];
    let marked = [(' ', &old[..head]), ('-', removed), ('+', added), (' ', kept)];
    let lines: Vec<String> = marked
        .iter()
        .flat_map(|(mark, lines)| lines.iter().map(move |line| format!("{mark}{line}")))
        .collect();
    Hunk { lines: lines.join("\n"), everywhere, ..Hunk::default() }
}

fn range(input: &Value) -> Option<LineRange> {
    let number = |key: &str| input.get(key).and_then(whole);
    let limit = number("limit").filter(|&limit| limit > 0)?;
    let start = number("offset").unwrap_or(1).max(1);
    Some(LineRange { start, end: start.saturating_add(limit - 1) })
}

/// A number of lines; some models write it as a string.
fn whole(value: &Value) -> Option<u32> {
    match value {
        Value::String(digits) => digits.trim().parse().ok(),
        _ => value.as_u64().and_then(|number| u32::try_from(number).ok()),
    }
}

fn question(question: &Value) -> Question {
    let option = |option: &Value| match option {
        Value::String(label) => QuestionOption { label: label.clone(), description: String::new() },
        _ => QuestionOption { label: string(option, "label"), description: string(option, "description") },
    };
    Question {
        text: string(question, "question"),
        options: members(question, "options").iter().map(option).collect(),
    }
}

fn path(input: &Value) -> String {
    ["file_path", "notebook_path", "path"].iter().find_map(|key| optional(input, key)).unwrap_or_default()
}

fn members<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn string(value: &Value, key: &str) -> String {
    optional(value, key).unwrap_or_default()
}

/// A string member, or a number as a string.
pub(super) fn optional(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The strings and numbers of an input in order, one a line: what the model wrote.
fn written(input: &Value) -> String {
    let mut out = String::new();
    write(input, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => line(text, out),
        Value::Number(number) => line(&number.to_string(), out),
        Value::Array(items) => items.iter().for_each(|item| write(item, out)),
        Value::Object(members) => members.values().for_each(|member| write(member, out)),
        Value::Null | Value::Bool(_) => {}
    }
}

fn line(text: &str, out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(tool: &str, input: &Value, expected: &Action) {
        assert_eq!(&call(tool.to_owned(), input).action, expected);
    }

    fn edited(path: &str, hunks: &[(&str, bool)], content: Option<&str>) -> Action {
        let hunk = |&(lines, everywhere): &(&str, bool)| Hunk {
            lines: lines.to_owned(),
            everywhere,
            ..Hunk::default()
        };
        Action::Edit(vec![FileEdit {
            path: path.to_owned(),
            change: Change::Edited,
            hunks: hunks.iter().map(hunk).collect(),
            content: content.map(str::to_owned),
        }])
    }

    #[test]
    fn tools() {
        check(
            "Bash",
            &json!({"command": "ls", "timeout": 5}),
            &Action::Run { command: "ls".into(), cwd: None },
        );
        check(
            "Read",
            &json!({"file_path": "a", "offset": 3, "limit": 2}),
            &Action::Read { path: "a".into(), range: Some(LineRange { start: 3, end: 4 }) },
        );
        check(
            "Read",
            &json!({"file_path": "a", "limit": "10"}),
            &Action::Read { path: "a".into(), range: Some(LineRange { start: 1, end: 10 }) },
        );
        check(
            "Read",
            &json!({"file_path": ["a"], "offset": -3}),
            &Action::Read { path: String::new(), range: None },
        );
        check(
            "Grep",
            &json!({"pattern": "x", "path": "src"}),
            &Action::Search { pattern: "x".into(), path: Some("src".into()) },
        );
        check(
            "Edit",
            &json!({"file_path": "a", "old_string": "x\ny\nz", "new_string": "x\n1\n2\nz", "replace_all": true}),
            &edited("a", &[(" x\n-y\n+1\n+2\n z", true)], None),
        );
        check(
            "Edit",
            &json!({"file_path": "a", "old_string": "x\nx", "new_string": "x"}),
            &edited("a", &[(" x\n-x", false)], None),
        );
        check(
            "MultiEdit",
            &json!({"file_path": "a", "edits": [{"old_string": "1", "new_string": "2"}, 7, {"old_string": "", "new_string": "n"}]}),
            &edited("a", &[("-1\n+2", false), ("", false), ("+n", false)], None),
        );
        check("Write", &json!({"file_path": "a", "content": "new\n"}), &edited("a", &[], Some("new\n")));
        check(
            "NotebookEdit",
            &json!({"notebook_path": "n.ipynb", "new_source": "a\nb"}),
            &edited("n.ipynb", &[("+a\n+b", false)], None),
        );
        check("Agent", &json!({"prompt": "look", "model": "m"}), &Action::Delegate { prompt: "look".into() });
        check("ExitPlanMode", &json!({"plan": "# P"}), &Action::Plan { text: "# P".into() });
        check(
            "AskUserQuestion",
            &json!({"questions": [{"question": "Q?", "options": [{"label": "A", "description": "d"}, "B"]}]}),
            &Action::Ask(vec![Question {
                text: "Q?".into(),
                options: vec![
                    QuestionOption { label: "A".into(), description: "d".into() },
                    QuestionOption { label: "B".into(), description: String::new() },
                ],
            }]),
        );
        check("Mystery", &Value::Null, &Action::Other);
    }

    #[test]
    fn input_is_every_string_and_number_in_order() {
        let input = json!({"b": "x", "a": 3, "flag": true, "list": [{"z": "y"}, null]});
        assert_eq!(call("T".to_owned(), &input).input, "x\n3\ny");
    }
}
