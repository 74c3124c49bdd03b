//! A first look at an input: what formats are told apart by.

use std::borrow::Cow;

use crate::format::json::{Object, Value, scalars};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// So many lines are looked at however long they are, and more of them until they have so many bytes.
const FEW: usize = 10;
const ENOUGH: usize = 32 << 10;

/// A line longer than this is looked at by its shape only.
const LONG_LINE: usize = 4 << 10;

/// The beginning of an input, prepared once for all formats to look at.
pub struct Head<'a> {
    /// The first 64 KiB at the most, as text; what is not UTF-8 is replaced.
    pub text: Cow<'a, str>,
    /// The first lines that are JSON objects, parsed; at most 40. Empty if the input is not JSON Lines.
    /// Of a very long line only the shape is here, as in `document`.
    pub records: Vec<Value>,
    /// The whole input as one JSON value, if it is one or the beginning of one, with strings and arrays cut short: only
    /// its shape is for looking at.
    /// An input of one line that is an object is here and in `records`.
    pub document: Option<Value>,
}

impl<'a> Head<'a> {
    /// Bytes of the beginning that formats may look at as text.
    pub const BYTES: usize = 64 << 10;

    /// Lines that are looked at as records at the most, blank ones not counted.
    pub const RECORDS: usize = 40;

    /// Looks at the beginning of an input in UTF-8.
    pub fn of(bytes: &'a [u8]) -> Self {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(Self::BYTES)]);
        let whole = bytes.trim_ascii();
        let single = memchr::memchr(b'\n', whole).is_none();
        let first = first_lines(whole).next().and_then(record);
        let whole_is_open = matches!(whole.first(), Some(b'[' | b'{'));
        let document = ((single || first.is_none()) && whole_is_open).then(|| shape(whole)).flatten();
        let records = match (single, &document) {
            (true, _) => first.into_iter().collect(),
            (false, Some(_)) => Vec::new(),
            (false, None) => json_lines(whole),
        };
        Self { text, records, document }
    }
}

/// The first lines that are objects, if most of the first lines are (half will do where the input begins like one).
fn json_lines(bytes: &[u8]) -> Vec<Value> {
    let lines = first_lines(bytes).count();
    let records: Vec<Value> = first_lines(bytes).filter_map(record).collect();
    let doubled = records.len() * 2 + usize::from(bytes.starts_with(b"{"));
    if doubled > lines { records } else { Vec::new() }
}

/// The lines that are looked at: the first few, and more of them as long as they are short.
fn first_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let mut seen = 0;
    let shown = lines.take(Head::RECORDS).enumerate().take_while(move |(at, line)| {
        let before = seen;
        seen += line.len();
        *at < FEW || before < ENOUGH
    });
    shown.map(|(_, line)| line)
}

fn record(line: &[u8]) -> Option<Value> {
    if line.first() != Some(&b'{') {
        return None;
    }
    let value = if line.len() > LONG_LINE { shape(line) } else { first_value(line) };
    value.filter(Value::is_object)
}

/// The value in a line; the first, where the line end between two was lost.
fn first_value(line: &[u8]) -> Option<Value> {
    serde_json::Deserializer::from_slice(line).into_iter().next()?.ok()
}

/// The value with strings, arrays, objects and depth cut short; the rest is only scanned. Of a value that breaks off
/// there is what stands before the last comma.
fn shape(bytes: &[u8]) -> Option<Value> {
    match shape_of(bytes) {
        Err(error) if error.is_eof() => shape_of(&closed(bytes)).ok(),
        shape => shape.ok(),
    }
}

fn shape_of(bytes: &[u8]) -> serde_json::Result<Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Shape { depth: 6 }.deserialize(&mut deserializer)?;
    deserializer.end().map(|()| value)
}

/// What stands before the last comma outside of strings, with all that is open there closed.
fn closed(bytes: &[u8]) -> Vec<u8> {
    let (mut open, mut ends) = (Vec::new(), (0, Vec::new()));
    let (mut inside, mut escaped) = (false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = inside,
            b'"' => inside = !inside,
            _ if inside => {}
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' => drop(open.pop()),
            b',' if open.len() < ENDS => ends = (at, open.clone()),
            _ => {}
        }
    }
    let (end, closers) = ends;
    bytes[..end].iter().chain(closers.iter().rev()).copied().collect()
}

/// How deep a comma may lie that a torn value is cut at.
const ENDS: usize = 8;

/// Longest string, most members of an array, and most keys of an object in a shape.
const STRING: usize = 400;
const ARRAY: usize = 8;
const OBJECT: usize = 48;

#[derive(Clone, Copy)]
struct Shape {
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Shape {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth == 0 {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Value::Null);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape {
    type Value = Value;

    scalars!();

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text[..text.floor_char_boundary(STRING)].into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while items.len() < ARRAY {
            match list.next_element_seed(Self { depth: self.depth - 1 })? {
                Some(item) => items.push(item),
                None => return Ok(items.into()),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Object::default();
        while members.len() < OBJECT {
            let Some(key) = object.next_key::<String>()? else { return Ok(Value::Object(members)) };
            members.push(&key, object.next_value_seed(Self { depth: self.depth - 1 })?);
        }
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::json::json;

    #[track_caller]
    fn check(input: &str, records: &[Value], document: Option<Value>) {
        let head = Head::of(input.as_bytes());
        assert_eq!((head.records.as_slice(), head.document), (records, document));
    }

    #[test]
    fn shapes() {
        check("", &[], None);
        check("# Title\n\n{\"a\":1}", &[], None);
        check("{\"a\":1}\n\n{\"b\":2}\nnoise\n", &[json!({"a": 1}), json!({"b": 2})], None);
        check("{\"torn\n{\"b\":2}\n{\"c\":3}", &[json!({"b": 2}), json!({"c": 3})], None);
        check("{\"a\":1}", &[json!({"a": 1})], Some(json!({"a": 1})));
        check("[{\"a\":1},\n{\"b\":2}\n]", &[], Some(json!([{"a": 1}, {"b": 2}])));
        check("[{\"a\":1,\"b\":[1,2,\n{\"c", &[], Some(json!([{"a": 1, "b": [1, 2]}])));
        check("{\n  \"a\": [\n    {\"b\": 1}\n  ]\n}\n", &[], Some(json!({"a": [{"b": 1}]})));
    }

    #[test]
    fn big_documents_are_cut_to_their_shape() {
        let text = "x".repeat(10_000);
        let deep = "[".repeat(100) + &"]".repeat(100);
        let members = vec![json!({"text": text}); 1000];
        let document = format!("{{\n\"messages\": {},\n\"deep\": {deep}}}", json!(members));
        let shape = Head::of(document.as_bytes()).document.unwrap();
        assert_eq!(shape["messages"].as_array().unwrap().len(), ARRAY);
        assert_eq!(shape["messages"][0]["text"].as_str().unwrap().len(), STRING);
        assert!(shape.to_string().len() < 10_000);
    }

    #[test]
    fn a_long_line_is_looked_at_by_its_shape() {
        let line = json!({"type": "user", "text": "x".repeat(Head::BYTES)}).to_string();
        let head = Head::of(line.as_bytes());
        assert_eq!(head.records[0]["type"].as_str(), Some("user"));
        assert!(head.records[0].to_string().len() < 1000 && head.text.len() == Head::BYTES);
    }
}
