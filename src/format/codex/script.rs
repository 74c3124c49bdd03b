//! Code mode: the agent writes a script that calls its tools. Commands and patches that stand in it as literals are
//! found without running it; what it puts together as it runs stays unknown.

use super::call;
use crate::event::{FileEdit, Todo, TodoState};
use crate::format::patch;

/// What a script does, as far as it can be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mined {
    pub commands: Vec<String>,
    pub folder: Option<String>,
    pub edits: Vec<FileEdit>,
    pub todos: Vec<Todo>,
    pub prompts: Vec<String>,
    /// Whether it shows the output of its one command, and nothing else.
    pub shows_output: bool,
}

/// Looks through a script for commands and patches.
pub(super) fn mine(source: &str) -> Mined {
    let mut mined = Mined::default();
    let mut open: Option<String> = None;
    let mut last = String::new();
    for (code, literal) in literals(source) {
        if let Some(patch) = open.take().map(|lines| lines + "\n" + &literal) {
            if closes(&literal) {
                mined.edits.extend(patch::apply_patch(&patch));
            } else {
                open = Some(patch);
            }
        } else if literal.starts_with("*** Begin Patch") {
            if closes(&literal) {
                mined.edits.extend(patch::apply_patch(&literal));
            } else {
                open = Some(literal);
            }
        } else {
            mined.value(key(code, &last), &literal);
            last = literal;
        }
    }
    mined.edits.extend(open.iter().flat_map(|patch| patch::apply_patch(patch)));
    if !source.contains("update_plan(") {
        mined.todos.clear();
    }
    if !source.contains("spawn_agent(") {
        mined.prompts.clear();
    }
    let shown = source.matches("text(").count() == 1 && source.contains(".output)");
    mined.shows_output = shown && mined.commands.len() == 1;
    mined
}

impl Mined {
    fn value(&mut self, key: &str, literal: &str) {
        match key {
            "cmd" | "command" => {
                self.edits.extend(patch::in_command(literal));
                self.commands.push(literal.to_owned());
            }
            "workdir" | "cwd" => self.folder = Some(literal.to_owned()),
            "step" => {
                self.todos.push(Todo { text: literal.to_owned(), state: TodoState::Pending });
            }
            "status" => {
                if let Some(todo) = self.todos.last_mut() {
                    todo.state = call::state(&literal.into());
                }
            }
            "message" | "prompt" => self.prompts.push(literal.to_owned()),
            _ => {}
        }
    }
}

/// Whether a literal is the last of the lines that a patch is joined from.
fn closes(literal: &str) -> bool {
    literal.starts_with("*** End Patch") || literal.contains("\n*** End Patch")
}

/// The name that the literal after this code is the value of: `cmd: `, `"cmd": ` or `cmd = `.
fn key<'a>(code: &'a str, last: &'a str) -> &'a str {
    let code = code.trim_end();
    let Some(name) = code.strip_suffix([':', '=']) else { return "" };
    if name.trim().is_empty() {
        return last;
    }
    name.trim_end().rsplit(|char: char| !(char.is_alphanumeric() || char == '_')).next().unwrap_or_default()
}

/// The string and template literals of a script, each with the code before it.
fn literals(source: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let (mut code, mut at) = (0, 0);
    while let Some(offset) = source[at..].find(['"', '\'', '`', '/']) {
        let begin = at + offset;
        let rest = &source[begin..];
        at = match rest.as_bytes() {
            [b'/', b'/', ..] => rest.find('\n').map_or(source.len(), |end| begin + end),
            [b'/', b'*', ..] => rest.find("*/").map_or(source.len(), |end| begin + end + 2),
            [b'/', ..] => begin + 1,
            [quote, ..] => {
                let raw = source[code..begin].ends_with("String.raw");
                let (literal, length) = literal(&rest[1..], char::from(*quote), raw);
                found.push((&source[code..begin], literal));
                code = begin + 1 + length;
                code
            }
            [] => break,
        };
    }
    found
}

/// Reads a literal up to its closing quote: its text, and how much of the source it takes up.
fn literal(source: &str, quote: char, raw: bool) -> (String, usize) {
    let mut text = String::new();
    let mut chars = source.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            _ if char == quote => return (text, at + 1),
            '\n' if quote != '`' => return (text, at),
            '\\' if !raw => escape(&mut chars, &mut text),
            _ => text.push(char),
        }
    }
    (text, source.len())
}

fn escape(chars: &mut std::str::CharIndices, text: &mut String) {
    match chars.next().map(|(_, char)| char) {
        Some('n') => text.push('\n'),
        Some('t') => text.push('\t'),
        Some('r') => text.push('\r'),
        Some('u') => text.extend(code_point(chars)),
        Some('\n') | None => {}
        Some(char) => text.push(char),
    }
}

/// `\u1234` or `\u{1234}`.
fn code_point(chars: &mut std::str::CharIndices) -> Option<char> {
    let rest = chars.as_str();
    let (digits, taken) = match rest.strip_prefix('{') {
        Some(inside) => inside.find('}').filter(|end| *end <= 6).map(|end| (&inside[..end], end + 2))?,
        None => (rest.get(..4)?, 4),
    };
    let point = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?;
    for _ in 0..taken {
        chars.next();
    }
    Some(point)
}
