//! Names of members: nearly all are short, and stand in place instead of in memory of their own.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// The longest name that stands in place.
const SHORT: usize = 22;

/// The name of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Short(u8, [u8; SHORT]),
    Long(Box<str>),
}

impl Key {
    /// Whether this is the name.
    #[inline]
    pub fn is(&self, name: &str) -> bool {
        let bytes = self.as_bytes();
        // Names of one length mostly begin unlike, which is seen without a call.
        bytes.len() == name.len() && bytes.first() == name.as_bytes().first() && bytes == name.as_bytes()
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("it was made from text")
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short(length, bytes) => &bytes[..usize::from(*length)],
            Self::Long(name) => name.as_bytes(),
        }
    }
}

impl From<&str> for Key {
    fn from(name: &str) -> Self {
        match u8::try_from(name.len()) {
            Ok(length) if name.len() <= SHORT => {
                let mut bytes = [0; SHORT];
                bytes[..name.len()].copy_from_slice(name.as_bytes());
                Self::Short(length, bytes)
            }
            _ => Self::Long(name.into()),
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Name)
    }
}

struct Name;

impl Visitor<'_> for Name {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
        Ok(name.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_length_stay_as_they_are() {
        for name in ["", "a", "é", &"x".repeat(SHORT), &"x".repeat(SHORT + 1), &"é".repeat(200)] {
            let key: Key = name.into();
            assert!(key.as_str() == name && key.is(name) && !key.is("other"));
        }
    }
}
