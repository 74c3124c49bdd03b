//! Field readers that take a value of the wrong type as nothing, so that it costs the field and not its record.
//!
//! Each is for `#[serde(deserialize_with = "…")]`. Only broken JSON makes them fail.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
    value::MapAccessDeserializer,
};

/// A string, or a number as a string; anything else is nothing.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    deserializer.deserialize_any(Scalar).map(|scalar| match scalar {
        Value::Text(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Flag(_) | Value::Nothing => None,
    })
}

/// A whole number that is not negative, or a string of one.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    deserializer.deserialize_any(Scalar).map(|scalar| match scalar {
        Value::Text(text) => text.trim().parse().ok(),
        Value::Number(number) => Some(number),
        Value::Flag(_) | Value::Nothing => None,
    })
}

/// `true`; anything else is `false`.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    deserializer.deserialize_any(Scalar).map(|scalar| matches!(scalar, Value::Flag(true)))
}

/// An object; anything else is nothing.
pub(super) fn maybe<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(Maybe(PhantomData)).map(|list| list.0.into_iter().next())
}

/// A list of objects, or one object; members that are no objects are left out.
pub(super) fn many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(Many(PhantomData))
}

/// The text of a string, of a list of strings or text blocks, or of an object with `text`, `content` or `file`
/// (one inside another as they come); pieces are joined with a line end. What is no text is left out.
pub(super) fn prose<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let mut out = String::new();
    Prose(&mut out).deserialize(deserializer)?;
    Ok(out)
}

/// Strings of a list, joined with a line end, each without its own.
pub(super) fn joined<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let mut out = Joined { lines: String::new(), any: false };
    (&mut out).deserialize(deserializer)?;
    Ok(out.lines)
}

/// The members of an object as text: a list as its members joined with a comma.
pub(super) fn pairs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    let object = serde_json::Value::deserialize(deserializer)?;
    let serde_json::Value::Object(members) = object else { return Ok(Vec::new()) };
    Ok(members.into_iter().map(|(key, value)| (key, listed(&value))).collect())
}

fn listed(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => items.iter().map(listed).collect::<Vec<_>>().join(", "),
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

enum Value {
    Text(String),
    Number(u64),
    Flag(bool),
    Nothing,
}

struct Scalar;

/// What every visitor here does with the types it does not want.
macro_rules! nothing {
    ($value:expr; $($visit:ident: $type:ty),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Self::Value, E> { Ok($value) })*
        fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok($value) }
    };
}

fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<(), A::Error> {
    while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("anything")
    }

    nothing!(Value::Nothing; visit_f64: f64);

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(u64::try_from(number).map_or(Value::Nothing, Value::Number))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Value, A::Error> {
        skip_list(list).map(|()| Value::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Value, A::Error> {
        skip_object(object).map(|()| Value::Nothing)
    }
}

struct Maybe<T>(PhantomData<T>);

/// One value or none, as it comes out of a [`Maybe`].
struct AtMostOne<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Maybe<T> {
    type Value = AtMostOne<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    nothing!(AtMostOne(None); visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str);

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<AtMostOne<T>, A::Error> {
        skip_list(list).map(|()| AtMostOne(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<AtMostOne<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|value| AtMostOne(Some(value)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for AtMostOne<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Maybe(PhantomData))
    }
}

struct Many<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Many<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a list of objects")
    }

    nothing!(Vec::new(); visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str);

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<AtMostOne<T>>()? {
            items.extend(item.0);
        }
        Ok(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Vec<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|value| vec![value])
    }
}

struct Prose<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Prose<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Prose<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("text")
    }

    nothing!((); visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64);

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Prose(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some(key) = object.next_key::<std::borrow::Cow<'de, str>>()? {
            if matches!(&*key, "text" | "content" | "file") {
                object.next_value_seed(Prose(self.0))?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Joined {
    lines: String,
    any: bool,
}

impl<'de> DeserializeSeed<'de> for &mut Joined {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Joined {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a list of lines")
    }

    nothing!((); visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64);

    fn visit_str<E>(self, line: &str) -> Result<(), E> {
        if self.any {
            self.lines.push('\n');
        }
        self.any = true;
        self.lines.push_str(line.strip_suffix('\r').unwrap_or(line));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
        skip_object(object)
    }
}
