//! A handoff taken apart: its lists, and every other field by name. A field that is added to the state comes along
//! without a line here.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::delta::{Added, Section};
use crate::state::HandoffState;

/// An entry of a list: its fields as they stand in JSON.
pub(super) type Entry = Map<String, Value>;

/// A handoff, taken apart.
pub(super) struct Parts {
    /// The lists; every section has one.
    pub lists: BTreeMap<Section, Vec<Entry>>,
    /// The other fields: `task.status`, `metadata.session_id`, ….
    pub fields: Map<String, Value>,
}

impl Parts {
    pub fn of(state: &HandoffState) -> Self {
        Parts::of_json(json(state))
    }

    /// Takes a handoff in JSON apart.
    pub fn of_json(state: Value) -> Self {
        let mut root = object(state);
        let lists = Section::ALL.map(|section| (section, take(section, &mut root))).into_iter().collect();
        Parts { lists, fields: flat(root) }
    }

    /// Puts it together again; nothing if that gives no handoff.
    pub fn into_state(self) -> Option<HandoffState> {
        let mut root = Map::new();
        for (name, value) in self.fields {
            match name.split_once('.') {
                Some((outer, inner)) => inside(&mut root, outer)?.insert(inner.to_owned(), value),
                None => root.insert(name, value),
            };
        }
        for (section, entries) in self.lists {
            put(section, entries, &mut root)?;
        }
        serde_json::from_value(Value::Object(root)).ok()
    }
}

/// A handoff in JSON.
pub(super) fn json(state: &HandoffState) -> Value {
    serde_json::to_value(state).expect("a state is plain data")
}

/// Where a list stands: the object around it, and its name there.
fn place(section: Section) -> (Option<&'static str>, &'static str) {
    match section {
        Section::Progress => (Some("task"), "progress_summary"),
        Section::Notes => (Some("environment"), "notes"),
        section => (None, section.name()),
    }
}

fn take(section: Section, root: &mut Entry) -> Vec<Entry> {
    let (outer, name) = place(section);
    let around = match outer {
        Some(outer) => root.get_mut(outer).and_then(Value::as_object_mut),
        None => Some(root),
    };
    match around.and_then(|around| around.shift_remove(name)) {
        Some(Value::Array(entries)) => entries.into_iter().map(object).collect(),
        Some(Value::String(text)) => lines(&text),
        _ => Vec::new(),
    }
}

fn put(section: Section, entries: Vec<Entry>, root: &mut Entry) -> Option<()> {
    let (outer, name) = place(section);
    let value = match section {
        Section::Progress => Value::String(joined(&entries)),
        _ => entries.into_iter().map(Value::Object).collect(),
    };
    let around = match outer {
        Some(outer) => inside(root, outer)?,
        None => root,
    };
    around.insert(name.to_owned(), value);
    Some(())
}

/// The lines of a text as entries; no text has none.
pub(super) fn lines(text: &str) -> Vec<Entry> {
    text.split('\n').filter(|_| !text.is_empty()).map(line).collect()
}

/// A line as an entry.
pub(super) fn line(text: &str) -> Entry {
    Entry::from_iter([("text".to_owned(), Value::String(text.to_owned()))])
}

/// The text that entries are the lines of.
pub(super) fn joined(entries: &[Entry]) -> String {
    entries.iter().map(|entry| words(entry, "text")).collect::<Vec<_>>().join("\n")
}

/// The text of a field; empty if there is none.
pub(super) fn words<'a>(entry: &'a Entry, field: &str) -> &'a str {
    entry.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The new entries of a delta, by section.
pub(super) fn added(added: &Added, progress: Vec<Entry>) -> BTreeMap<Section, Vec<Entry>> {
    let mut all = object(serde_json::to_value(added).expect("entries are plain data"));
    let mut lists = BTreeMap::from([(Section::Progress, progress)]);
    for section in Section::ALL {
        if let Some(Value::Array(entries)) = all.shift_remove(&key(section)) {
            lists.insert(section, entries.into_iter().map(object).collect());
        }
    }
    lists
}

/// The same the other way round; nothing if an entry is none of its section.
pub(super) fn into_added(lists: BTreeMap<Section, Vec<Entry>>) -> Option<(Added, String)> {
    let progress = lists.get(&Section::Progress).map(|entries| joined(entries)).unwrap_or_default();
    let all: Map<String, Value> = lists
        .into_iter()
        .map(|(section, entries)| (key(section), entries.into_iter().map(Value::Object).collect()))
        .collect();
    Some((serde_json::from_value(Value::Object(all)).ok()?, progress))
}

fn key(section: Section) -> String {
    format!("{}_added", section.name())
}

fn object(value: Value) -> Entry {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn inside<'a>(root: &'a mut Entry, outer: &str) -> Option<&'a mut Entry> {
    root.entry(outer).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}

/// The fields of inner objects beside those of the outer one, by both names.
fn flat(root: Entry) -> Map<String, Value> {
    let mut fields = Map::new();
    for (outer, value) in root {
        match value {
            Value::Object(inner) => {
                fields.extend(inner.into_iter().map(|(name, value)| (format!("{outer}.{name}"), value)));
            }
            value => {
                fields.insert(outer, value);
            }
        }
    }
    fields
}
