//! A block that shows a tool at work: its input, and what it answered.

use crate::format::json::Value;

use super::lines::{Fence, Line};
use super::yaml;
use crate::event::{Action, Change, FileEdit, Todo, TodoState};
use crate::format::{diff, patch, tool};

/// What a block says.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The calls in it; more than one where a console shows several commands.
    pub steps: Vec<Step>,
}

/// A call and its answer.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// The arguments, as far as the block shows them.
    pub arguments: Value,
    /// What the call means, where the block shows more than arguments: a diff.
    pub action: Option<Action>,
    /// The to-do list that it sets.
    pub todos: Option<Vec<Todo>>,
    /// The input as shown.
    pub input: String,
    /// What the tool answered.
    pub output: Option<String>,
    /// Whether the block itself marks an error.
    pub failed: Option<bool>,
}

/// A run of lines between fences, or the code in one.
#[derive(Debug)]
struct Piece<'a> {
    language: Option<&'a str>,
    text: String,
}

impl Block {
    /// Reads the lines of a block. `hint` says what kind of tool it is, where the document does.
    pub fn read(tool: &str, hint: &str, lines: &[Line]) -> Self {
        let output_at = lines.iter().position(|line| line.own && is_label(line.text, OUTPUT));
        let failed = output_at.is_some_and(|at| is_label(lines[at].text, &["error"])).then_some(true);
        let (before, after) = lines.split_at(output_at.unwrap_or(lines.len()));
        let mut pieces = pieces(before);
        let output = match output_at {
            Some(_) => Some(unfenced(&after[1..])),
            None => take_output(&mut pieces),
        };
        if let Some(steps) = console(&pieces, output.as_deref()) {
            return Self { steps };
        }
        Self { steps: vec![step(tool, hint, &pieces, output, failed)] }
    }

    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.steps
            .iter()
            .all(|step| step.input.is_empty() && step.output.as_deref().unwrap_or_default().is_empty())
    }
}

const OUTPUT: &[&str] =
    &["output", "result", "error", "response", "ausgabe", "ergebnis", "résultat", "salida", "出力", "输出"];
const INPUT: &[&str] =
    &["input", "arguments", "parameters", "command", "eingabe", "entrée", "entrada", "入力", "输入"];

/// Whether the line is one of the labels, in bold or alone, with its colon.
fn is_label(line: &str, labels: &[&str]) -> bool {
    let line = line.trim();
    if line.len() > 40 || !(line.starts_with("**") || line.ends_with(':')) {
        return false;
    }
    let word = line.trim_matches(['*', ':', ' ', '：', '#']).to_lowercase();
    labels.contains(&word.as_str())
}

/// The text of lines of which the first fence to the last is code that a tool printed: it may hold fences itself.
pub(super) fn unfenced(lines: &[Line]) -> String {
    let open = lines.iter().position(|line| !line.text.trim().is_empty());
    let fence = open.and_then(|at| Fence::open(lines[at].text));
    let (Some(open), Some(fence)) = (open, fence) else { return joined(lines) };
    let close = lines.iter().rposition(|line| fence.is_closed_by(line.text)).filter(|at| *at > open);
    let close = close.unwrap_or(lines.len());
    let code = joined(&lines[open + 1..close]);
    let rest = joined(lines.get(close + 1..).unwrap_or_default());
    if is_remark(&rest) { code } else { format!("{code}\n{rest}") }
}

/// Whether the rest of a block is an export's own remark, or nothing.
fn is_remark(rest: &str) -> bool {
    rest.lines().map(str::trim).all(|line| {
        line.is_empty()
            || line == "---"
            || line.starts_with("</")
            || (line.starts_with("*Completed in ") && line.ends_with('*'))
    })
}

fn joined(lines: &[Line]) -> String {
    let begin = lines.iter().position(|line| !line.text.is_empty()).unwrap_or(lines.len());
    let mut text = String::new();
    for line in &lines[begin..] {
        text.push_str(line.text);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

/// The lines in pieces: code by fences, other lines together; labels and tags are left out.
fn pieces<'a>(lines: &[Line<'a>]) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        if let Some(fence) = Fence::open(line.text) {
            let length = code_length(&lines[at..], &fence);
            pieces.push(Piece { language: Some(fence.info), text: joined(&lines[at..at + length]) });
            at += length + 1;
        } else if let Some(text) = loose(line.text) {
            match pieces.last_mut() {
                Some(piece) if piece.language.is_none() => {
                    piece.text.push('\n');
                    piece.text.push_str(text);
                }
                _ => pieces.push(Piece { language: None, text: text.to_owned() }),
            }
        }
    }
    pieces
}

/// The lines up to the closing fence. A fence without a language holds what was printed: it goes to the last one.
fn code_length(lines: &[Line], fence: &Fence) -> usize {
    let closes = |line: &Line| fence.is_closed_by(line.text);
    let printed = fence.info.is_empty() || fence.info == "text";
    let found = if printed { lines.iter().rposition(closes) } else { lines.iter().position(closes) };
    found.unwrap_or(lines.len())
}

/// A line outside of code, if it says something.
fn loose(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some((_, input)) = line.strip_prefix("Tool use: **").and_then(|rest| rest.split_once("**")) {
        return Some(input.trim()).filter(|input| !input.is_empty());
    }
    if line.contains('<')
        && let Some((_, after)) = line.split_once("<summary>")
    {
        let inner = after.split_once("</summary>").map_or(after, |(inner, _)| inner);
        // Behind the tool's name stands what it was called with.
        return inner.split_once("** ").map(|(_, rest)| rest.trim()).filter(|rest| !rest.is_empty());
    }
    let is_tag = line.starts_with("<details") || line.starts_with("</") || line.starts_with("<tool-use");
    (!line.is_empty() && !is_tag && line != "---" && !is_label(line, INPUT)).then_some(line)
}

/// Without labels, the last code is the answer, unless it is the only code and in a language of input.
fn take_output(pieces: &mut Vec<Piece>) -> Option<String> {
    let codes = pieces.iter().filter(|piece| piece.language.is_some()).count();
    let last = pieces.last()?;
    let language = last.language?;
    let is_input =
        ["diff", "yaml", "json", "bash", "sh", "console", "shell", "shell-session"].contains(&language);
    if is_input && codes == 1 || language == "diff" {
        return None;
    }
    pieces.pop().map(|piece| piece.text)
}

/// The commands of a console and what each printed.
fn console(pieces: &[Piece], output: Option<&str>) -> Option<Vec<Step>> {
    let [Piece { language: Some(language), text }] = pieces else { return None };
    let is_shell = ["bash", "sh", "console", "shell", "shell-session"].contains(language);
    if !is_shell || output.is_some() || !text.starts_with("$ ") {
        return None;
    }
    let mut steps: Vec<Step> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            let arguments = Value::object([("command", command)]);
            steps.push(Step { arguments, input: command.to_owned(), ..Step::default() });
        } else if let Some(step) = steps.last_mut() {
            match &mut step.output {
                Some(output) => {
                    output.push('\n');
                    output.push_str(line);
                }
                None => step.output = Some(line.to_owned()),
            }
        }
    }
    Some(steps)
}

fn step(name: &str, hint: &str, pieces: &[Piece], output: Option<String>, failed: Option<bool>) -> Step {
    let input = pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join("\n");
    let arguments =
        pieces.iter().find_map(|piece| shown_arguments(piece)).unwrap_or_else(|| guessed(name, hint, pieces));
    let action = edit(pieces).or_else(|| said_edit(pieces, output.as_deref()?));
    let todos: Vec<Todo> = input.lines().filter_map(todo).collect();
    let todos = (hint == "task" && !todos.is_empty()).then_some(todos);
    Step { arguments, action, todos, input, output, failed }
}

/// The edit of which only the tool's answer names the file, as exports of Claude Code show it.
fn said_edit(pieces: &[Piece], output: &str) -> Option<Action> {
    let updated = output.strip_prefix("The file ").and_then(|rest| rest.split_once(" has been updated"));
    let created = output.strip_prefix("File created successfully at: ");
    let path = updated.map(|(path, _)| path).or_else(|| created?.split(" (file state").next())?.trim();
    let content = pieces.iter().find(|piece| piece.language.is_some()).filter(|_| created.is_some());
    let change = if created.is_some() { Change::Created } else { Change::Edited };
    let content = content.map(|piece| format!("{}\n", piece.text));
    Some(Action::Edit(vec![FileEdit { change, content, ..tool::edited(path) }]))
}

/// Arguments in JSON or YAML, or a command in a shell's code.
fn shown_arguments(piece: &Piece) -> Option<Value> {
    match piece.language? {
        "bash" | "sh" | "shell" | "console" => {
            Some(Value::object([("command", piece.text.trim_start_matches("$ "))]))
        }
        "yaml" | "json" | "" => yaml::arguments(&piece.text),
        _ => None,
    }
}

/// What stands in backquotes, as the argument that such a tool takes.
fn guessed(tool: &str, hint: &str, pieces: &[Piece]) -> Value {
    let kind = if hint.is_empty() || hint == "unknown" { tool } else { hint };
    let kind = kind.to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    let name = if is(&["bash", "shell", "exec", "command", "terminal"]) {
        "command"
    } else if is(&["search", "grep", "glob", "find"]) {
        "pattern"
    } else if is(&["read", "view", "open"]) {
        "path"
    } else {
        return Value::Null;
    };
    let loose = pieces.iter().filter(|piece| piece.language.is_none());
    match loose.filter_map(|piece| quoted(&piece.text)).next_back() {
        Some(text) => Value::object([(name, text)]),
        None => Value::Null,
    }
}

/// What stands between the first backquote and the last.
fn quoted(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('`')?;
    let (inner, _) = rest.rsplit_once('`')?;
    Some(inner).filter(|inner| !inner.is_empty())
}

/// The edits that diffs in the block show.
fn edit(pieces: &[Piece]) -> Option<Action> {
    let mut edits = Vec::new();
    let mut path = None;
    for piece in pieces {
        match piece.language {
            None => path = quoted(&piece.text).or_else(|| named_file(&piece.text)).or(path),
            Some("diff") => edits.extend(shown_edits(&piece.text, path)),
            Some(_) => {}
        }
    }
    (!edits.is_empty()).then_some(Action::Edit(edits))
}

/// What follows `file:` in a line, as in `Edit file: src/main.rs`.
fn named_file(text: &str) -> Option<&str> {
    let name = text.lines().next()?.rsplit_once("file: ")?.1.trim();
    (!name.is_empty() && !name.contains(' ')).then_some(name)
}

fn shown_edits(text: &str, path: Option<&str>) -> Vec<FileEdit> {
    let edits = diff::unified(text, path);
    match path {
        Some(path) if edits.is_empty() && text.starts_with("@@") => vec![patch::bare(path, text)],
        _ => edits,
    }
}

/// Reads `- [x] text`.
fn todo(line: &str) -> Option<Todo> {
    let (mark, text) = line.trim().strip_prefix("- [")?.split_once("] ")?;
    let state = match mark {
        "x" | "X" => TodoState::Completed,
        " " => TodoState::Pending,
        _ => TodoState::InProgress,
    };
    Some(Todo { text: text.to_owned(), state })
}
