//! What a handoff is called: a name that is safe as the name of a file on every system.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::subject::subject;
use crate::error::{Error, Result};

/// The most characters of an id.
pub const LONGEST: usize = 100;

/// The name of a handoff: ASCII letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

impl Id {
    /// The id of that name, if it can be one.
    ///
    /// # Errors
    /// [`Error::Id`] with the reason why not.
    pub fn new(name: &str) -> Result<Id> {
        match reason_against(name) {
            None => Ok(Id(name.to_owned())),
            Some(reason) => Err(Error::Id { id: name.chars().take(LONGEST).collect(), reason }),
        }
    }

    /// An id that says what a handoff is about and when it was saved: `fix-rounding-invoice-20261121-130250`.
    pub fn generate(objective: &str, time: Timestamp) -> Id {
        let subject = subject(objective);
        let subject = if subject.is_empty() { "handoff" } else { &subject };
        Id(format!("{subject}-{}", time.strftime("%Y%m%d-%H%M%S")))
    }

    /// The same with a number behind it.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Id {
        let end = format!("-{number}");
        Id(self.0.chars().take(LONGEST - end.len()).collect::<String>() + &end)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a file system that ignores case would take one for the other.
    pub fn is_like(&self, other: &Id) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

/// Why a name can be no id.
fn reason_against(name: &str) -> Option<&'static str> {
    let is_edge = |c: char| c.is_ascii_alphanumeric();
    let is_inner = |c: char| is_edge(c) || matches!(c, '-' | '_' | '.');
    if name.is_empty() {
        Some("it is empty")
    } else if name.len() > LONGEST {
        Some("it is too long")
    } else if !name.chars().all(is_inner) {
        Some("it has other characters")
    } else if !name.starts_with(is_edge) || !name.ends_with(|c| is_edge(c) || c == '_') {
        Some("it does not begin and end with a letter or digit")
    } else if is_reserved(name) {
        Some("Windows keeps that name for a device")
    } else {
        None
    }
}

/// Whether Windows takes the name for a device, whatever follows a dot.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device)
            .is_some_and(|number| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
    };
    ["con", "prn", "aux", "nul"].contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl TryFrom<String> for Id {
    type Error = Error;

    fn try_from(name: String) -> Result<Id> {
        Id::new(&name)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> String {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_can_be_ids() {
        for name in ["a", "7", "auth-refactor-2025-10-20", "JIRA-123", "a.b_c", "console", "com10", "a_"] {
            assert_eq!(Id::new(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn names_that_cannot() {
        let long = "a".repeat(LONGEST + 1);
        let names = [
            "",
            ".",
            "..",
            "../a",
            "a/b",
            "a\\b",
            "/etc/passwd",
            "C:a",
            "a b",
            " a",
            "-a",
            "a.",
            "a-",
            ".hidden",
            "é",
            "a\0",
            "a\n",
            "con",
            "NUL",
            "Aux.txt",
            "com1",
            "LPT9.x",
            &long,
        ];
        for name in names {
            assert!(matches!(Id::new(name), Err(Error::Id { .. })), "{name:?}");
        }
    }

    #[test]
    fn made_from_objective_and_time() {
        let time: Timestamp = "2026-11-21T13:02:50Z".parse().unwrap();
        let check =
            |objective: &str, expected: &str| assert_eq!(Id::generate(objective, time).as_str(), expected);
        check("Fix the rounding in src/invoice.rs!", "fix-rounding-invoice-20261121-130250");
        check("", "handoff-20261121-130250");
        check("日本語", "handoff-20261121-130250");
        check("con", "con-20261121-130250");
        check(&"x".repeat(90), "handoff-20261121-130250");
        assert_eq!(Id::new("a").unwrap().numbered(2).as_str(), "a-2");
    }

    proptest! {
        #[test]
        fn what_is_made_can_be_an_id(objective: String, seconds in 0_i64..4_000_000_000, number in 2_usize..9999) {
            let id = Id::generate(&objective, Timestamp::from_second(seconds).unwrap());
            prop_assert!(Id::new(id.as_str()).is_ok());
            prop_assert!(Id::new(id.numbered(number).as_str()).is_ok());
        }

        #[test]
        fn no_id_leaves_its_folder(name: String) {
            if Id::new(&name).is_ok() {
                prop_assert_eq!(std::path::Path::new(&name).components().count(), 1);
                prop_assert!(!name.starts_with('.') && !name.contains(['/', '\\', ':']));
            }
        }
    }
}
