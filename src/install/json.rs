//! Entries in JSON, among others: the order, the comments and the blanks of the rest stay.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};
use serde_json::Value;

use super::entry::{Entry, Kind, is_ours};

/// The text with the entries in it; the text itself if they are there.
///
/// # Errors
/// A sentence that says why it cannot be done.
pub(super) fn put(text: &str, entries: &[Entry]) -> Result<String, String> {
    let mut new = edit(text, |root| {
        let object = root.object_value_or_create().ok_or("it is no JSON object")?;
        entries.iter().try_for_each(|entry| put_entry(&object, entry))
    })?;
    // A file that is there ends as it did.
    if text.is_empty() {
        new.push('\n');
    }
    Ok(new)
}

/// The text without our entries, and without what held only them.
///
/// # Errors
/// As [`put`].
pub(super) fn take(text: &str, entries: &[Entry]) -> Result<String, String> {
    edit(text, |root| {
        if let Some(object) = root.object_value() {
            for entry in entries {
                take_entry(&object, entry);
            }
        }
        Ok(())
    })
}

/// The text after its syntax tree was changed; a mark at its beginning stays.
fn edit(text: &str, change: impl Fn(&CstRootNode) -> Result<(), String>) -> Result<String, String> {
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root =
        CstRootNode::parse(plain, &with_comments()).map_err(|error| format!("it is broken: {error}"))?;
    change(&root)?;
    Ok(text[..text.len() - plain.len()].to_owned() + &root.to_string())
}

/// JSON with comments and commas at the end; what hosts read differs beyond that.
fn with_comments() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn put_entry(root: &CstObject, entry: &Entry) -> Result<(), String> {
    let (name, folders) = entry.path.split_last().expect("a path has a last name");
    let mut object = root.clone();
    for folder in folders {
        object = object.object_value_or_create(folder).ok_or_else(|| wrong(folder, "an object"))?;
    }
    match entry.kind {
        Kind::Member => put_member(&object, name, &entry.value),
        Kind::Element => {
            let list = object.array_value_or_create(name).ok_or_else(|| wrong(name, "a list"))?;
            put_element(&list, &entry.value);
            Ok(())
        }
        Kind::Setting => {
            if object.get(name).is_none() {
                object.append(name, input(&entry.value));
            }
            Ok(())
        }
    }
}

/// What others have added to an entry of ours stays in it.
fn put_member(object: &CstObject, name: &str, value: &Value) -> Result<(), String> {
    let Some(there) = object.get(name) else {
        object.append(name, input(value));
        return Ok(());
    };
    let known = there.value().and_then(|node| node.to_serde_value()).unwrap_or_default();
    let Some(inner) = there.object_value().filter(|_| is_ours(&known)) else {
        return Err(format!("\"{name}\" is there already, and runs something else"));
    };
    for (key, wanted) in
        value.as_object().into_iter().flatten().filter(|(key, wanted)| known.get(key) != Some(wanted))
    {
        match inner.get(key) {
            Some(property) => property.set_value(input(wanted)),
            None => drop(inner.append(key, input(wanted))),
        }
    }
    Ok(())
}

/// One of ours is enough, and only the right one.
fn put_element(list: &CstArray, value: &Value) {
    let ours: Vec<Value> =
        list.elements().iter().filter_map(CstNode::to_serde_value).filter(holds_ours).collect();
    if ours.as_slice() != std::slice::from_ref(value) {
        take_elements(list);
        list.append(input(value));
    }
}

fn take_entry(root: &CstObject, entry: &Entry) {
    let (name, folders) = entry.path.split_last().expect("a path has a last name");
    let mut way = vec![root.clone()];
    for folder in folders {
        let Some(object) = way.last().and_then(|object| object.object_value(folder)) else { return };
        way.push(object);
    }
    let object = way.last().expect("the root is there");
    let taken = match entry.kind {
        Kind::Member => take_member(object, name),
        Kind::Element => object.array_value(name).is_some_and(|list| {
            let taken = take_elements(&list);
            if taken && list.elements().is_empty() {
                remove(object, name);
            }
            taken
        }),
        Kind::Setting => false,
    };
    if taken {
        prune(&way, folders);
    }
}

fn take_member(object: &CstObject, name: &str) -> bool {
    let known = object.get(name).and_then(|property| property.value()).and_then(|node| node.to_serde_value());
    let ours = known.as_ref().is_some_and(is_ours);
    if ours {
        remove(object, name);
    }
    ours
}

/// Takes what runs Baton out of the elements: the element itself, or one of the hooks that it groups.
fn take_elements(list: &CstArray) -> bool {
    let mut taken = false;
    for element in list.elements() {
        let hooks = element.as_object().and_then(|group| group.array_value("hooks"));
        let emptied = hooks.is_some_and(|hooks| {
            let inner = take_elements(&hooks);
            taken |= inner;
            inner && hooks.elements().is_empty()
        });
        let itself = element.to_serde_value().as_ref().is_some_and(is_ours);
        taken |= itself;
        if emptied || itself {
            element.remove();
        }
    }
    taken
}

fn holds_ours(element: &Value) -> bool {
    let hooks = element.get("hooks").and_then(Value::as_array);
    is_ours(element) || hooks.is_some_and(|hooks| hooks.iter().any(is_ours))
}

/// Removes the objects on the way that hold nothing any more.
fn prune(way: &[CstObject], names: &[&str]) {
    for (depth, name) in names.iter().enumerate().rev() {
        if !way[depth + 1].properties().is_empty() {
            return;
        }
        remove(&way[depth], name);
    }
}

fn remove(object: &CstObject, name: &str) {
    if let Some(property) = object.get(name) {
        property.remove();
    }
}

fn wrong(name: &str, wanted: &str) -> String {
    format!("\"{name}\" is not {wanted}")
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(flag) => CstInputValue::Bool(*flag),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(members) => {
            CstInputValue::Object(members.iter().map(|(key, value)| (key.clone(), input(value))).collect())
        }
    }
}
