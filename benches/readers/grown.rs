//! Sessions of any size in any format: a fixture's records over and over, each copy with ids of its own.

use std::path::PathBuf;

use serde_json::{Map, Value};

/// Ids that stay the same in all copies, because they name what all of them are part of.
const SHARED: &[&str] = &["sessionid", "session_id", "conversation_id", "threadid", "modelid", "providerid"];

/// The format's fixture, grown to at least so many bytes.
pub fn fixture(format: &str, size: usize) -> Vec<u8> {
    let text = text(format);
    let copies = size / text.len() + 1;
    if let Ok(document) = serde_json::from_str(&text) {
        return document_of(document, copies).to_string().into_bytes();
    }
    let lines = (0..copies).flat_map(|copy| text.lines().map(move |line| renumbered_line(line, copy)));
    lines.collect::<String>().into_bytes()
}

/// A whole fixture of the format: the longest.
fn text(format: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(format);
    let stories = std::fs::read_dir(folder).expect("every format has fixtures");
    let stories = stories.map(|it| it.expect("a readable folder").path()).filter(|it| !it.ends_with("torn"));
    let sessions = stories
        .flat_map(|story| ["json", "jsonl", "md"].map(|end| story.join("session").with_extension(end)));
    let texts = sessions.filter_map(|path| std::fs::read_to_string(path).ok());
    texts.max_by_key(String::len).expect("every format has a whole fixture")
}

fn renumbered_line(line: &str, copy: usize) -> String {
    let line = match serde_json::from_str(line) {
        Ok(mut record) => {
            renumber(&mut record, copy);
            record.to_string()
        }
        Err(_) => line.to_owned(),
    };
    line + "\n"
}

/// Ids of a copy's own.
fn renumber(value: &mut Value, copy: usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| renumber(item, copy)),
        Value::Object(members) => {
            for (key, member) in members {
                let key = key.to_lowercase();
                match member {
                    Value::String(id) if key.ends_with("id") && !SHARED.contains(&key.as_str()) => {
                        id.push('-');
                        id.push_str(&copy.to_string());
                    }
                    member => renumber(member, copy),
                }
            }
        }
        _ => {}
    }
}

/// The document with its records so many times.
fn document_of(mut document: Value, copies: usize) -> Value {
    if let Some(nodes) = document.pointer_mut("/0/mapping").and_then(Value::as_object_mut) {
        *nodes = chained(nodes, copies);
        let last = nodes.keys().next_back().cloned().expect("a conversation has nodes");
        document[0]["current_node"] = last.into();
        document.as_array_mut().expect("it has a first member").truncate(1);
    } else {
        let records = records(&mut document).expect("a document has records");
        let copy_of = |copy| {
            let mut records = Value::Array(records.clone());
            renumber(&mut records, copy);
            records.as_array().cloned().unwrap_or_default()
        };
        *records = (0..copies).flat_map(copy_of).collect();
    }
    document
}

/// The list of records: the longest list of objects, in the document or in what it is a list of.
fn records(document: &mut Value) -> Option<&mut Vec<Value>> {
    if document.pointer("/0/chat_messages").is_some() {
        document.as_array_mut().expect("it has a first member").truncate(1);
        return records(&mut document[0]);
    }
    match document {
        Value::Array(items) => Some(items),
        Value::Object(members) => {
            let lists = members.values_mut().filter_map(Value::as_array_mut);
            lists.filter(|list| list.iter().all(Value::is_object)).max_by_key(|list| list.len())
        }
        _ => None,
    }
}

/// A tree of messages whose next copy goes on where the one before ended.
fn chained(nodes: &Map<String, Value>, copies: usize) -> Map<String, Value> {
    let mut all = Map::new();
    for copy in 0..copies {
        let last = all.keys().next_back().cloned();
        for (id, node) in nodes {
            let mut node = node.clone();
            renumber(&mut node, copy);
            node["parent"] = match node["parent"].as_str() {
                Some(parent) => format!("{parent}-{copy}").into(),
                None => last.clone().map_or(Value::Null, Value::String),
            };
            all.insert(format!("{id}-{copy}"), node);
        }
    }
    all
}
