//! JSON as readers look at it: a tree that costs little to build. A record is looked into a few times and dropped, so
//! the members of an object stand in a list, in the order of the file, and nothing is hashed.

mod key;
mod written;

use std::ops::Index;

use serde_json::Number;

use self::key::Key;
pub(super) use self::written::scalars;

/// A JSON value.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// `null`, and what stands where nothing is.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

/// The members of an object, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(Vec<(Key, Value)>);

/// What stands where nothing is.
static NULL: Value = Value::Null;

impl Object {
    /// The member of that name; of several the last.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(name, _)| name.is(key)).map(|(_, value)| value)
    }

    /// The member of that name, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.iter_mut().rev().find(|(name, _)| name.is(key)).map(|(_, value)| value)
    }

    /// Adds a member.
    pub fn push(&mut self, key: &str, value: impl Into<Value>) {
        self.0.push((Key::from(key), value.into()));
    }

    /// Gives a member its value, be it new or not.
    pub fn set(&mut self, key: &str, value: Value) {
        match self.get_mut(key) {
            Some(place) => *place = value,
            None => self.push(key, value),
        }
    }

    /// The members.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The names of the members.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(key, _)| key)
    }

    /// The values of the members.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Value {
    /// An object of these members.
    pub fn object<const N: usize>(members: [(&str, &str); N]) -> Self {
        members.into_iter().map(|(key, text)| (key.to_owned(), text.into())).collect()
    }

    /// The member of that name, if this is an object that has one.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// The item at that place, if this is an array that has one.
    pub fn item(&self, index: usize) -> Option<&Value> {
        self.as_array()?.get(index)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(flag) = self { Some(*flag) } else { None }
    }

    /// A whole number.
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Number(number) = self { number.as_i64() } else { None }
    }

    /// A whole number that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        if let Self::Number(number) = self { number.as_u64() } else { None }
    }

    /// A number.
    pub fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self { number.as_f64() } else { None }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&Vec<Value>> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The items of an array, to be changed.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Value>> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The members of an object, to be changed.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// Whether it is a string.
    pub fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// Whether it is an array.
    pub fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Whether it is nothing.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// The member of that name; where there is none, nothing.
impl Index<&str> for Value {
    type Output = Value;

    fn index(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(&NULL)
    }
}

/// The item at that place; where there is none, nothing.
impl Index<usize> for Value {
    type Output = Value;

    fn index(&self, index: usize) -> &Value {
        self.item(index).unwrap_or(&NULL)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(items)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl FromIterator<(String, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(members: I) -> Self {
        Self(members.into_iter().map(|(key, value)| (Key::from(key.as_str()), value)).collect())
    }
}

impl FromIterator<(String, Value)> for Value {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(members: I) -> Self {
        Self::Object(members.into_iter().collect())
    }
}

/// A value as it stands in a test.
#[cfg(test)]
macro_rules! value {
    ($($json:tt)+) => {
        serde_json::from_value::<$crate::format::json::Value>(serde_json::json!($($json)+)).expect("JSON")
    };
}

#[cfg(test)]
pub(super) use value as json;

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_is_what_serde_json_reads(text in r#"[\[\]{}:,"a-c0-9.eE\\ut -]{0,40}"#) {
            let (ours, theirs) = (serde_json::from_str::<Value>(&text), serde_json::from_str::<serde_json::Value>(&text));
            assert_eq!(ours.is_ok(), theirs.is_ok());
            if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
                let again: serde_json::Value = serde_json::from_str(&ours.to_string()).unwrap();
                assert_eq!(again, theirs);
            }
        }
    }

    #[test]
    fn looking_into_it() {
        let value: Value = serde_json::from_str(r#"{"b":[1,-2,0.5,null],"a":{"b":"x"},"a":true}"#).unwrap();
        assert_eq!(value.to_string(), r#"{"b":[1,-2,0.5,null],"a":{"b":"x"},"a":true}"#);
        assert_eq!(value["a"], Value::Bool(true), "the last of its name counts");
        assert_eq!((value["b"][1].as_i64(), value["b"][2].as_f64()), (Some(-2), Some(0.5)));
        assert!(value["b"][9].is_null() && value["c"]["d"].is_null() && value["a"].get("b").is_none());
    }
}
