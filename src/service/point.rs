//! What a handoff is named by wherever one is read: its id, or with `@` and a number behind it one of its versions.

use std::fmt;

use super::Service;
use crate::error::Result;
use crate::store::{Id, Record};

/// A handoff, or a version of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The handoff.
    pub id: Id,
    /// Which version of it; the last if none is named.
    pub version: Option<u32>,
}

impl Point {
    /// Reads `parser`, or `parser@2` for its second version.
    pub fn of(text: &str) -> Result<Self> {
        let numbered = text.rsplit_once('@').and_then(|(id, number)| Some((id, number.parse().ok()?)));
        let (id, version) = numbered.map_or((text, None), |(id, number)| (id, Some(number)));
        Ok(Point { id: Id::new(id)?, version })
    }

    /// The last version of a handoff.
    pub(super) fn last(id: Id) -> Self {
        Point { id, version: None }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self.version {
            Some(version) => write!(formatter, "{}@{version}", self.id),
            None => write!(formatter, "{}", self.id),
        }
    }
}

impl Service {
    /// The handoff of an id, or with `@` and a number behind it that version.
    pub fn point(&self, point: &str) -> Result<Record> {
        let Point { id, version } = Point::of(point)?;
        self.version(&id, version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_stands_behind_the_id() {
        let check = |text: &str, id: &str, version: Option<u32>| {
            assert_eq!(Point::of(text).unwrap(), Point { id: Id::new(id).unwrap(), version }, "{text}");
        };
        check("parser", "parser", None);
        check("parser@2", "parser", Some(2));
        assert_eq!(Point::of("parser@2").unwrap().to_string(), "parser@2");
        check("parser@0", "parser", Some(0));
        for wrong in ["", "@2", "parser@", "parser@two", "a@1@2", "parser@4294967296"] {
            assert!(Point::of(wrong).is_err(), "{wrong}");
        }
    }
}
