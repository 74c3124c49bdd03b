//! Calls as tags in a text: `<read_file><path>a</path></read_file>`, and their answers: `[read_file for 'a'] Result:`.

use crate::format::json::{Object, Value};

/// The tools that are called so.
const TOOLS: &[&str] = &[
    "access_mcp_resource",
    "apply_diff",
    "ask_followup_question",
    "attempt_completion",
    "browser_action",
    "codebase_search",
    "execute_command",
    "fetch_instructions",
    "insert_content",
    "list_code_definition_names",
    "list_files",
    "load_mcp_documentation",
    "new_task",
    "plan_mode_respond",
    "read_file",
    "replace_in_file",
    "search_and_replace",
    "search_files",
    "switch_mode",
    "update_todo_list",
    "use_mcp_tool",
    "write_to_file",
];

/// No tag is longer.
const LONGEST: usize = 32;

/// A part of what the model wrote.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    Thought(&'a str),
    Call(&'a str, Value),
}

/// The parts of what the model wrote, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut unclosed = Vec::new();
    while let Some((before, tag, body, after)) = next(rest, &mut unclosed) {
        pieces.push(Piece::Words(before));
        pieces.push(match tag {
            "thinking" => Piece::Thought(body),
            tool => Piece::Call(tool, arguments(body)),
        });
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// The next call or thought: what stands before it, its tag, what is inside, and what follows. A tag that is nowhere
/// closed from some place on is looked for only once.
fn next<'a>(text: &'a str, unclosed: &mut Vec<&'a str>) -> Option<(&'a str, &'a str, &'a str, &'a str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('<').map(|at| from + at) {
        from = at + 1;
        let Some(name) = tag(&text[from..]).filter(|name| !unclosed.contains(name)) else { continue };
        let open = from + name.len() + 1;
        let Some(length) = text[open..].find(&format!("</{name}>")) else {
            unclosed.push(name);
            continue;
        };
        let end = open + length;
        return Some((&text[..at], name, &text[open..end], &text[end + name.len() + 3..]));
    }
    None
}

/// The name of the tag that goes on here, if it is one of those that mean something.
fn tag(text: &str) -> Option<&str> {
    let length = text.bytes().take(LONGEST).position(|byte| byte == b'>')?;
    let name = &text[..length];
    (name == "thinking" || TOOLS.contains(&name)).then_some(name)
}

/// The arguments, each in a tag of its own. What a file is to hold may have tags in it: its last end counts.
fn arguments(body: &str) -> Value {
    let mut members = Object::default();
    let mut rest = body;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((name, inner)) = after.split_once('>') else { break };
        let close = format!("</{name}>");
        let end = if matches!(name, "content" | "diff") { inner.rfind(&close) } else { inner.find(&close) };
        let Some(end) = end else {
            rest = after;
            continue;
        };
        members.push(name, inner[..end].trim_matches('\n'));
        rest = &inner[end + close.len()..];
    }
    Value::Object(members)
}

/// The tool that a text in the user's name answers for, and the answer.
pub(super) fn answered(text: &str) -> Option<(&str, &str)> {
    let (head, rest) = text.strip_prefix('[')?.split_once("] Result:")?;
    let tool = head.split(" for ").next()?.trim();
    TOOLS.contains(&tool).then(|| (tool, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_answers_in_texts() {
        let text = "<thinking>hm</thinking>I look.\n<read_file>\n<path>a.rs</path>\n</read_file>";
        let call = Piece::Call("read_file", Value::object([("path", "a.rs")]));
        let expected =
            [Piece::Words(""), Piece::Thought("hm"), Piece::Words("I look.\n"), call, Piece::Words("")];
        assert_eq!(pieces(text), expected);
        let html = "<write_to_file><path>a</path><content>\n<content>x</content>\n</content></write_to_file>";
        let whole = Value::object([("path", "a"), ("content", "<content>x</content>")]);
        assert_eq!(pieces(html)[1], Piece::Call("write_to_file", whole));
        assert_eq!(pieces("a <b> <read_file> c"), [Piece::Words("a <b> <read_file> c")]);
        assert_eq!(answered("[read_file for 'a.rs'] Result:\nx"), Some(("read_file", "x")));
        assert_eq!(answered("[a list] Result: x"), None);
    }

    #[test]
    fn many_open_tags_take_linear_time() {
        for open in ["<", "<read_file>", "<thinking><b"] {
            let text = open.repeat(100_000);
            assert_eq!(pieces(&text), [Piece::Words(&text)]);
        }
    }
}
