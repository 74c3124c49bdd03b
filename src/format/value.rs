//! Looking into JSON records: a member that is missing or of another type is nothing.

use crate::format::json::Value;
use jiff::Timestamp;

use super::times;

/// The first of these members that is a string.
pub(super) fn string<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| value.get(key)?.as_str())
}

/// The string of that name; an empty one where there is none.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The first of these members that is a string with something in it, owned.
pub(super) fn owned(value: &Value, keys: &[&str]) -> Option<String> {
    let found = keys.iter().filter_map(|key| value.get(key)?.as_str());
    found.map(str::to_owned).find(|text| !text.trim().is_empty())
}

/// The first of these members that is there; null where none is.
pub(super) fn member<'a>(value: &'a Value, keys: &[&str]) -> &'a Value {
    keys.iter().find_map(|key| value.get(key).filter(|found| !found.is_null())).unwrap_or(&Value::Null)
}

/// The members of a list; none where it is no list.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A number of tokens, or of anything else that is counted.
pub(super) fn count(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_default()
}

/// A whole number that fits.
pub(super) fn integer(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|number| i32::try_from(number).ok())
}

/// The text of a content: its string, its text parts, or the JSON itself.
pub(super) fn prose(content: &Value) -> String {
    match content {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) if parts.iter().all(|part| part.is_string() || part.is_object()) => {
            let texts: Vec<&str> =
                parts.iter().filter_map(|part| part.as_str().or_else(|| string(part, &["text"]))).collect();
            if texts.is_empty() && parts.iter().any(|part| part.get("type").is_none()) {
                return content.to_string();
            }
            texts.join("\n")
        }
        Value::Object(_) => match string(content, &["text"]).or_else(|| string(content, &["value"])) {
            Some(text) => text.to_owned(),
            None => content.to_string(),
        },
        other => other.to_string(),
    }
}

/// A time: a date in text, or seconds or milliseconds since 1970.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => times::parse(text),
        value => times::from_number(value.as_f64()?),
    }
}
