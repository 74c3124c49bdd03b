//! Arguments of tools as exports write them: JSON, or the plain part of YAML that a dump of arguments needs.

use crate::format::json::{Object, Value};

/// How deep lists and mappings may lie in each other.
const DEPTH: usize = 6;

/// The arguments in a text, if it is a mapping in either notation.
pub(super) fn arguments(text: &str) -> Option<Value> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).ok();
    }
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().find(|line| !line.trim().is_empty())?;
    (indent(first) == 0 && key(first).is_some()).then(|| Value::Object(mapping(&lines, DEPTH)))
}

fn mapping(lines: &[&str], depth: usize) -> Object {
    let mut members = Object::default();
    let Some(base) = lines.iter().find(|line| !line.trim().is_empty()).map(|line| indent(line)) else {
        return members;
    };
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        rest = after;
        let Some((name, head)) = key(line).filter(|_| indent(line) == base) else { continue };
        let count = after.iter().take_while(|line| belongs(line, base)).count();
        let (block, after) = after.split_at(count);
        members.push(name, value(head, block, base, depth));
        rest = after;
    }
    members
}

/// Whether a line belongs to the member before it: blank, further in, or an item of its list.
fn belongs(line: &str, base: usize) -> bool {
    line.trim().is_empty()
        || indent(line) > base
        || (indent(line) == base && line.trim_start().starts_with("- "))
}

fn value(head: &str, block: &[&str], base: usize, depth: usize) -> Value {
    match head.as_bytes().first() {
        Some(b'|') => Value::String(literal(head, block, base)),
        Some(b'>') => Value::String(folded(&literal(head, block, base))),
        Some(_) => scalar(&continued(head, block)),
        None if depth == 0 => Value::Null,
        None => nested(block, depth - 1),
    }
}

fn nested(block: &[&str], depth: usize) -> Value {
    let Some(first) = block.iter().find(|line| !line.trim().is_empty()) else { return Value::Null };
    if first.trim_start().starts_with("- ") {
        return Value::Array(list(block, indent(first), depth));
    }
    if key(first).is_some() { Value::Object(mapping(block, depth)) } else { scalar(&continued("", block)) }
}

fn list(block: &[&str], base: usize, depth: usize) -> Vec<Value> {
    let is_item = |line: &&str| indent(line) == base && line.trim_start().starts_with("- ");
    let mut items: Vec<Vec<String>> = Vec::new();
    for line in block {
        if is_item(line) {
            items.push(vec![format!("{}  {}", &line[..base], &line[base + 2..])]);
        } else if let Some(item) = items.last_mut() {
            item.push((*line).to_owned());
        }
    }
    items.iter().map(|item| self::item(item, depth)).collect()
}

fn item(lines: &[String], depth: usize) -> Value {
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    if key(lines[0]).is_some() && depth > 0 {
        return Value::Object(mapping(&lines, depth - 1));
    }
    value(lines[0].trim(), &lines[1..], indent(lines[0]), 0)
}

/// A block after `|` or `>`: its lines without their common indent, with the line end that the mark asks for.
fn literal(head: &str, block: &[&str], base: usize) -> String {
    let given = head.chars().find_map(|c| c.to_digit(10)).map(|digit| base + digit as usize);
    let first = block.iter().find(|line| !line.trim().is_empty());
    let cut = given.or(first.map(|line| indent(line))).unwrap_or(0);
    let mut lines: Vec<&str> =
        block.iter().map(|line| line.get(cut.min(indent(line))..).unwrap_or_default()).collect();
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    let end = if head.contains('-') || lines.is_empty() { "" } else { "\n" };
    lines.join("\n") + end
}

/// Folds lines into one; a blank line is a line end.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if line.is_empty() {
            out.push('\n');
        } else {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push(' ');
            }
            out.push_str(line);
        }
    }
    out
}

fn continued(head: &str, block: &[&str]) -> String {
    let lines = block.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join(" ").trim().to_owned()
}

fn scalar(text: &str) -> Value {
    if let Some(inner) = text.strip_prefix('\'').and_then(|inner| inner.strip_suffix('\'')) {
        return Value::String(inner.replace("''", "'"));
    }
    match serde_json::from_str(text) {
        Ok(value) => value,
        Err(_) => Value::String(text.to_owned()),
    }
}

/// The key of a line, and what follows it.
fn key(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim_start().split_once(':')?;
    let word = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    (word && (rest.is_empty() || rest.starts_with(' '))).then_some((name, rest.trim()))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let expected = expected.map(|json| serde_json::from_str::<Value>(json).expect("JSON"));
        assert_eq!(arguments(text), expected, "{text}");
    }

    #[test]
    fn what_a_dump_of_arguments_needs() {
        check("command: ls -l\ntimeout: 60\n\n", Some(r#"{"command": "ls -l", "timeout": 60}"#));
        check(
            "old: |-\n  a\n    b\n\n  c: d\nnew: |\n  e\n",
            Some(r#"{"old": "a\n  b\n\nc: d", "new": "e\n"}"#),
        );
        check("a: >-\n  one\n  two\n\n  three\n", Some(r#"{"a": "one two\nthree"}"#));
        check("a: 'it''s'\nb: \"x\\ny\"\nc: true\n", Some(r#"{"a": "it's", "b": "x\ny", "c": true}"#));
        check("a: long\n  line\nb:\n", Some(r#"{"a": "long line", "b": null}"#));
        check(
            "todos:\n  - content: one\n    status: done\n  - content: two\n",
            Some(r#"{"todos": [{"content": "one", "status": "done"}, {"content": "two"}]}"#),
        );
        check("todos:\n- a\n- b\n", Some(r#"{"todos": ["a", "b"]}"#));
        check("a:\n  b: c\n", Some(r#"{"a": {"b": "c"}}"#));
        check("{\"a\": 1}", Some(r#"{"a": 1}"#));
        check("just text", None);
        check("", None);
    }
}
