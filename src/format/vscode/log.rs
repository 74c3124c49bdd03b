//! The log of changes to a stored chat: the first line is the whole of it, each other sets a member or adds to a list.

use crate::format::json::Value;

/// The document that a log makes; none if the input is no log. A line that cannot be read or followed is passed over.
pub(super) fn made(bytes: &[u8]) -> Option<Vec<u8>> {
    let begin = bytes.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start();
    // Only a log is worth parsing for this: its lines have a few members with short names.
    ["\"kind\"", "\"v\"", "\"k\""].iter().find(|name| begin.starts_with(name.as_bytes()))?;
    let lines = bytes.split(|byte| *byte == b'\n');
    let mut lines = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let first = lines.next().filter(|first| first["kind"].as_u64() == Some(0) && first["v"].is_object())?;
    let mut document = first["v"].clone();
    for change in lines {
        apply(&mut document, &change);
    }
    serde_json::to_vec(&document).ok()
}

fn apply(document: &mut Value, change: &Value) {
    let keys = change["k"].as_array().map_or(&[][..], Vec::as_slice);
    let (Some((last, way)), value) = (keys.split_last(), &change["v"]) else { return };
    let Some(holder) = way.iter().try_fold(document, |at, key| inside(at, key)) else { return };
    match change["kind"].as_u64() {
        Some(1) => set(holder, last, value.clone()),
        Some(2) => push(holder, last, value, change["i"].as_u64()),
        _ => {}
    }
}

fn inside<'a>(value: &'a mut Value, key: &Value) -> Option<&'a mut Value> {
    match key {
        Value::String(name) => value.as_object_mut()?.get_mut(name),
        Value::Number(index) => value.as_array_mut()?.get_mut(usize::try_from(index.as_u64()?).ok()?),
        _ => None,
    }
}

fn set(holder: &mut Value, key: &Value, value: Value) {
    if let (Value::Object(members), Value::String(name)) = (&mut *holder, key) {
        members.set(name, value);
    } else if let Some(place) = inside(holder, key) {
        *place = value;
    }
}

/// Adds to a list, from that place on if one is named.
fn push(holder: &mut Value, key: &Value, value: &Value, from: Option<u64>) {
    if let Some(Value::Array(items)) = inside(holder, key) {
        if let Some(from) = from.and_then(|from| usize::try_from(from).ok()) {
            items.truncate(from);
        }
        items.extend(value.as_array().into_iter().flatten().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::json::json;

    #[test]
    fn changes_are_put_on() {
        let lines = [
            json!({"kind": 0, "v": {"requests": []}}),
            json!({"kind": 2, "k": ["requests"], "v": [{"message": {"text": "hi"}, "response": []}]}),
            json!({"kind": 2, "k": ["requests", 0, "response"], "v": [{"value": "a"}, {"value": "b"}]}),
            json!({"kind": 2, "k": ["requests", 0, "response"], "v": [{"value": "c"}], "i": 1}),
            json!({"kind": 1, "k": ["customTitle"], "v": "Hi"}),
            json!({"kind": 1, "k": ["nowhere", 3, "x"], "v": 1}),
        ];
        let text = lines.map(|line| line.to_string()).join("\n") + "\n{torn";
        let made: Value = serde_json::from_slice(&made(text.as_bytes()).unwrap()).unwrap();
        let response = json!([{"value": "a"}, {"value": "c"}]);
        let requests = json!([{"message": {"text": "hi"}, "response": response}]);
        assert_eq!(made, json!({"requests": requests, "customTitle": "Hi"}));
        assert_eq!(super::made(b"{\"requests\":[]}"), None);
    }
}
