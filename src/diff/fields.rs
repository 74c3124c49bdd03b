//! What changed in an entry, field by field.

use serde_json::Value;

use super::parts::Entry;
use super::words;
use crate::delta::{Change, Fields};
use crate::error::{Error, Result};

/// A text has to be as long as this, in bytes, to be told by the words that changed.
const LONG: usize = 80;

/// The fields that differ.
pub(super) fn between(old: &Entry, new: &Entry) -> Fields {
    let gone = old.keys().filter(|name| !new.contains_key(*name)).map(|name| (name.clone(), Change::Unset));
    let other = new.iter().filter(|(name, value)| old.get(*name) != Some(value));
    gone.chain(other.map(|(name, value)| (name.clone(), change(old.get(name), value)))).collect()
}

/// Makes the changes.
pub(super) fn apply(entry: &mut Entry, fields: &Fields) -> Result<()> {
    for (name, change) in fields {
        match change {
            Change::Set(value) => {
                entry.insert(name.clone(), value.clone());
            }
            Change::Unset => {
                entry.shift_remove(name);
            }
            Change::Words(pieces) => {
                let text = entry.get(name).and_then(Value::as_str).ok_or_else(|| lost(name))?;
                let text = words::apply(text, pieces).ok_or_else(|| lost(name))?;
                entry.insert(name.clone(), Value::String(text));
            }
        }
    }
    Ok(())
}

/// The changes of both, one after the other.
pub(super) fn compose(first: &Fields, second: &Fields) -> Result<Fields> {
    let mut both = first.clone();
    for (name, change) in second {
        let change = match (first.get(name), change) {
            (Some(Change::Words(one)), Change::Words(two)) => {
                Change::Words(words::compose(one, two).ok_or_else(|| lost(name))?)
            }
            (Some(Change::Set(Value::String(text))), Change::Words(pieces)) => {
                Change::Set(Value::String(words::apply(text, pieces).ok_or_else(|| lost(name))?))
            }
            (_, change) => change.clone(),
        };
        both.insert(name.clone(), change);
    }
    Ok(both)
}

fn change(old: Option<&Value>, new: &Value) -> Change {
    let by_words = match (old, new) {
        (Some(Value::String(old)), Value::String(new)) if old.len().min(new.len()) >= LONG => {
            words::between(old, new)
        }
        _ => None,
    };
    by_words.map_or_else(|| Change::Set(new.clone()), Change::Words)
}

fn lost(name: &str) -> Error {
    Error::BrokenDelta { what: format!("the words of '{name}' are not those it changes") }
}
