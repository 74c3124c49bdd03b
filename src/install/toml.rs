//! Entries in TOML, among others. A table of our own is added and cut out as lines of text, so that nothing else can
//! change; where that would not do, a syntax tree is edited.

use serde_json::{Map, Value, json};
use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike};

use super::entry::{Entry, is_ours};

/// The text with the entries in it; the text itself if they are there.
///
/// # Errors
/// A sentence that says why it cannot be done.
pub(super) fn put(text: &str, entries: &[Entry]) -> Result<String, String> {
    entries.iter().try_fold(text.to_owned(), |text, entry| put_entry(&text, entry))
}

/// The text without our entries.
///
/// # Errors
/// As [`put`].
pub(super) fn take(text: &str, entries: &[Entry]) -> Result<String, String> {
    entries.iter().try_fold(text.to_owned(), |text, entry| take_entry(&text, entry))
}

fn put_entry(text: &str, entry: &Entry) -> Result<String, String> {
    let document = parse(text)?;
    match at(&document, &entry.path) {
        None => {
            let new = Some(appended(text, entry)).filter(|new| adds_only(text, new, entry));
            new.map_or_else(|| inserted(text, entry), Ok)
        }
        Some(there) if !is_ours(&there) => {
            Err(format!("\"{}\" is there already, and runs something else", entry.path.join(".")))
        }
        Some(there) => {
            let missing = fields(&entry.value).filter(|(key, value)| there.get(key) != Some(value));
            if missing.count() == 0 { Ok(text.to_owned()) } else { inserted(text, entry) }
        }
    }
}

fn take_entry(text: &str, entry: &Entry) -> Result<String, String> {
    let document = parse(text)?;
    if !at(&document, &entry.path).as_ref().is_some_and(is_ours) {
        return Ok(text.to_owned());
    }
    let new = cuts(text, &entry.path).into_iter().find(|new| adds_only(new, text, entry));
    new.map_or_else(|| removed(text, entry), Ok)
}

fn parse(text: &str) -> Result<DocumentMut, String> {
    text.parse().map_err(|error: toml_edit::TomlError| format!("it is broken: {}", error.message()))
}

/// Whether the longer text says what the shorter says, and the entry.
fn adds_only(shorter: &str, longer: &str, entry: &Entry) -> bool {
    let (Ok(shorter), Ok(mut longer)) = (parse(shorter), parse(longer)) else { return false };
    let (name, folders) = entry.path.split_last().expect("a path has a last name");
    let had = at(&shorter, folders).is_some();
    let added = table(longer.as_item_mut(), folders).and_then(|table| table.remove(name)).is_some();
    if !had && let Some((last, above)) = folders.split_last() {
        table(longer.as_item_mut(), above).map(|table| table.remove(last));
    }
    added && plain(shorter.as_item()) == plain(longer.as_item())
}

/// The text with a table at its end.
fn appended(text: &str, entry: &Entry) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut new = text.to_owned();
    if !text.is_empty() {
        let missing = if text.ends_with('\n') { 1 } else { 2 };
        new.push_str(&newline.repeat(missing));
    }
    let header = format!("[{}]{newline}", entry.path.join("."));
    let lines = fields(&entry.value).map(|(key, value)| format!("{key} = {}{newline}", toml(value)));
    new.extend(std::iter::once(header).chain(lines));
    new
}

/// The text without the lines of a table and of those below it, for each line that looks like the table's header: it may
/// be a line of a longer text.
fn cuts(text: &str, path: &[&str]) -> Vec<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let ours: Vec<Option<bool>> = lines
        .iter()
        .map(|line| {
            header(line).map(|names| names.len() >= path.len() && names.iter().zip(path).all(|(a, b)| a == b))
        })
        .collect();
    let starts = (0..lines.len()).rev().filter(|&at| ours[at] == Some(true));
    starts
        .map(|start| cut(&lines, start, ours[start..].iter().position(|ours| *ours == Some(false))))
        .collect()
}

/// The text without the lines from the start up to the next header; comments before that are its own.
fn cut(lines: &[&str], start: usize, next: Option<usize>) -> String {
    let next = next.map_or(lines.len(), |after| start + after);
    let says = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let end = lines[start..next].iter().rposition(says).map_or(next, |last| start + last + 1);
    let is_blank = |line: Option<&&str>| line.is_none_or(|line| line.trim().is_empty());
    let gap = start > 0 && lines[start - 1].trim().is_empty() && is_blank(lines.get(end));
    lines[..start - usize::from(gap)].concat() + &lines[end..].concat()
}

/// The names in the header of a table.
fn header(line: &str) -> Option<Vec<String>> {
    if !line.trim_start().starts_with('[') || line.trim_start().starts_with("[[") {
        return line.trim_start().starts_with("[[").then(Vec::new);
    }
    let document: DocumentMut = line.parse().ok()?;
    let mut names = Vec::new();
    let mut table = document.as_table();
    while let Some((name, item)) = table.iter().next() {
        names.push(name.to_owned());
        table = item.as_table()?;
    }
    Some(names)
}

/// The text with the entry in its syntax tree.
fn inserted(text: &str, entry: &Entry) -> Result<String, String> {
    let mut document = parse(text)?;
    let mut item = document.as_item_mut();
    for name in &entry.path {
        let table =
            item.as_table_like_mut().ok_or_else(|| format!("what holds \"{name}\" is not a table"))?;
        item = table.entry(name).or_insert_with(|| Item::Value(InlineTable::new().into()));
    }
    let table = item.as_table_like_mut().ok_or("our entry is not a table")?;
    for (key, value) in fields(&entry.value) {
        table.insert(key, Item::Value(toml(value)));
    }
    Ok(with_newlines_of(text, document.to_string()))
}

fn removed(text: &str, entry: &Entry) -> Result<String, String> {
    let mut document = parse(text)?;
    let (name, folders) = entry.path.split_last().expect("a path has a last name");
    table(document.as_item_mut(), folders).map(|table| table.remove(name));
    Ok(with_newlines_of(text, document.to_string()))
}

/// The tree writes every end of a line in one way.
fn with_newlines_of(text: &str, new: String) -> String {
    if text.contains("\r\n") { new.replace("\r\n", "\n").replace('\n', "\r\n") } else { new }
}

fn table<'a>(item: &'a mut Item, path: &[&str]) -> Option<&'a mut dyn TableLike> {
    path.iter().try_fold(item, |item, name| item.as_table_like_mut()?.get_mut(name))?.as_table_like_mut()
}

fn at(document: &DocumentMut, path: &[&str]) -> Option<Value> {
    path.iter().try_fold(document.as_item(), |item, name| item.as_table_like()?.get(name)).map(plain)
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// What an item says, whatever way it is written.
fn plain(item: &Item) -> Value {
    match item {
        Item::None => Value::Null,
        Item::Value(value) => plain_value(value),
        Item::Table(table) => members(table),
        Item::ArrayOfTables(tables) => tables.iter().map(|table| members(table)).collect(),
    }
}

fn plain_value(value: &toml_edit::Value) -> Value {
    match value {
        toml_edit::Value::String(text) => json!(text.value()),
        toml_edit::Value::Integer(number) => json!(number.value()),
        toml_edit::Value::Boolean(flag) => json!(flag.value()),
        toml_edit::Value::Float(number) => json!(format!("float {}", number.value())),
        toml_edit::Value::Datetime(time) => json!(format!("time {}", time.value())),
        toml_edit::Value::Array(items) => items.iter().map(plain_value).collect(),
        toml_edit::Value::InlineTable(table) => members(table),
    }
}

fn members(table: &dyn TableLike) -> Value {
    table.iter().map(|(key, item)| (key.to_owned(), plain(item))).collect::<Map<String, Value>>().into()
}

/// A value of an entry: those have texts, lists and numbers only.
fn toml(value: &Value) -> toml_edit::Value {
    match value {
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => number.as_i64().unwrap_or_default().into(),
        Value::Array(items) => items.iter().map(toml).collect::<Array>().into(),
        Value::String(text) => text.as_str().into(),
        Value::Null | Value::Object(_) => value.to_string().into(),
    }
}
