//! Keeping handoffs: every kind of store is one file here and one line in [`STORES`].
//!
//! A store keeps documents by id and knows nothing of what is in them; [`Record`] says that, once for all stores.

mod dir;
mod id;
mod memory;
mod place;
mod record;
mod subject;

#[cfg(test)]
mod contract;

use std::path::Path;

use crate::error::{Error, Result};

pub use dir::{create_private, private};
pub use id::Id;
pub use place::Place;
pub use record::{Comment, Head, Record, SCHEMA_VERSION, Stage, Visibility};

/// Keeps documents by id. What is put is there whole and for good when the call returns, whatever happens then, and
/// nobody ever sees a part of it.
pub trait Store: Send + Sync {
    /// What it is called in messages.
    fn address(&self) -> String;

    /// The ids it has, sorted, and what else lies there.
    fn list(&self) -> Result<Listing>;

    /// The document under an id.
    fn get(&self, id: &Id) -> Result<Option<Document>>;

    /// Puts a document there, if what is there is what the caller expects; with `keep`, what was there stays as a version.
    ///
    /// # Errors
    /// [`Error::Conflict`] if something else is there.
    fn put(&self, id: &Id, document: &[u8], expected: Expected, keep: Option<Keep>) -> Result<()>;

    /// Takes a document and all that is kept beside it away, if it is this one.
    ///
    /// # Errors
    /// [`Error::Conflict`] if something else is there, or nothing.
    fn remove(&self, id: &Id, revision: Revision) -> Result<()>;

    /// The names of what is kept beside a document, sorted: its versions, and notes of the program's own.
    fn beside(&self, id: &Id) -> Result<Vec<String>>;

    /// What is kept beside a document under a name.
    fn note(&self, id: &Id, name: &str) -> Result<Option<Vec<u8>>>;

    /// Keeps something beside a document, in place of what was there. It is seen whole, but not forced to the disk: a
    /// power cut may take it, so nothing is kept so that cannot be had again.
    fn put_note(&self, id: &Id, name: &str, bytes: &[u8]) -> Result<()>;

    /// Adds to what is kept beside a document; as little is promised, and who reads it has to tell a part from the whole.
    fn extend_note(&self, id: &Id, name: &str, bytes: &[u8]) -> Result<()>;

    /// Adds a line to the diary of the store. The diary is bounded: its oldest lines go.
    fn write_diary(&self, line: &str) -> Result<()>;

    /// The diary, a line each, the oldest first.
    fn diary(&self) -> Result<Vec<u8>>;

    /// Moves a damaged document out of the way, if it is this one, and says where it is now.
    ///
    /// # Errors
    /// [`Error::Conflict`] if something else is there, or nothing.
    fn set_aside(&self, id: &Id, revision: Revision) -> Result<String>;
}

/// Size at which the first half of a diary goes.
const DIARY: usize = 1 << 20;

/// What lies in a store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The ids, sorted.
    pub ids: Vec<Id>,
    /// Names of what would be a handoff if its name were an id.
    pub strangers: Vec<String>,
}

/// A document as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The hash of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision(blake3::Hash);

/// What has to be there for a document to be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing, not even under an id that differs only in case.
    Nothing,
    /// This.
    This(Revision),
}

/// How what was there stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The number of the version it was.
    pub number: u32,
    /// The most versions that stay; the oldest go.
    pub most: usize,
}

/// A kind of store.
pub struct Scheme {
    /// What its addresses begin with, before the colon.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// Opens the store at the rest of an address.
    pub open: fn(&str, &Place) -> Box<dyn Store>,
}

/// The kinds of stores, by name.
pub static STORES: &[Scheme] = &[dir::SCHEME, memory::SCHEME];

/// Opens the store of a place.
///
/// # Errors
/// [`Error::NoSuchStore`] if its address names a kind of store that there is not.
pub fn open(place: &Place) -> Result<Box<dyn Store>> {
    let address = place.address.as_str();
    match address.split_once(':') {
        // A single letter is a drive.
        Some((name, rest)) if is_scheme(name) => match STORES.iter().find(|scheme| scheme.name == name) {
            Some(scheme) => Ok((scheme.open)(rest, place)),
            None if Path::new(address).exists() => Ok((dir::SCHEME.open)(address, place)),
            None => Err(Error::NoSuchStore { address: address.to_owned(), known: known() }),
        },
        _ => Ok((dir::SCHEME.open)(address, place)),
    }
}

fn is_scheme(name: &str) -> bool {
    name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn known() -> String {
    STORES.iter().map(|scheme| format!("{}:", scheme.name)).collect::<Vec<_>>().join(", ")
}

impl Document {
    /// What tells it from any other document.
    pub fn revision(&self) -> Revision {
        Revision::of(&self.bytes)
    }
}

impl Revision {
    /// The revision of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Revision(blake3::hash(bytes))
    }
}

impl Expected {
    /// Fails if what is there is not what is expected.
    fn check(self, id: &Id, there: Option<&[u8]>) -> Result<()> {
        let holds = match (self, there) {
            (Expected::Nothing, None) => true,
            (Expected::This(revision), Some(bytes)) => Revision::of(bytes) == revision,
            _ => false,
        };
        if holds { Ok(()) } else { Err(Error::Conflict { id: id.to_string() }) }
    }
}

/// The name of a version among what is kept beside a document.
pub fn version_name(number: u32) -> String {
    format!("v{number}")
}

/// The number in the name of a version.
pub fn version_number(name: &str) -> Option<u32> {
    name.strip_prefix('v')?.parse().ok()
}

/// The versions that have to go so that only the last `most` stay.
fn surplus(names: &[String], most: usize) -> Vec<String> {
    let mut numbers: Vec<u32> = names.iter().filter_map(|name| version_number(name)).collect();
    numbers.sort_unstable();
    let surplus = numbers.len().saturating_sub(most);
    numbers.into_iter().take(surplus).map(version_name).collect()
}
