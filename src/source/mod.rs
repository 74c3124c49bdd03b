//! Sessions that are no single file: what an agent keeps in a folder of small files or in a database is written out
//! here as the bytes that its format reads.

#[cfg(feature = "sqlite")]
mod database;
mod folder;
#[cfg(feature = "sqlite")]
mod workspaces;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::error::Result;

/// What the first bytes of every `SQLite` database are.
const DATABASE: &[u8] = b"SQLite format 3\0";

/// The most bytes that are read of a transcript.
pub const LIMIT: u64 = 1 << 30;

/// Where a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file, or what stands in its place: a folder of small files, or a database.
    pub path: PathBuf,
    /// Of a path that holds many sessions the one of that title or id; the last used if nothing is named.
    pub session: Option<String>,
}

/// A session in a database, as far as one knows it without reading what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The agent's id of it.
    pub id: String,
    /// Its title; may be empty.
    pub title: String,
    /// The folder in which it ran, where the agent notes it.
    pub folder: Option<String>,
    /// When something was last said in it.
    pub updated: Option<Timestamp>,
}

impl From<PathBuf> for Origin {
    fn from(path: PathBuf) -> Self {
        Self { path, session: None }
    }
}

/// The sessions in a database in which something was said, the last used first. What was said is not read.
///
/// # Errors
/// [`crate::error::Error::Database`].
#[cfg(feature = "sqlite")]
pub fn sessions(path: &Path) -> Result<Vec<Session>> {
    database::sessions(path)
}

/// Without a library for databases none is seen.
#[cfg(not(feature = "sqlite"))]
pub fn sessions(_path: &Path) -> Result<Vec<Session>> {
    Ok(Vec::new())
}

/// The session at that path, if it is not simply a file: of a database the one of that title or id, or the last used.
///
/// # Errors
/// [`crate::error::Error::Database`] and [`crate::error::Error::NoSuchConversation`]; and
/// [`crate::error::Error::Read`] where a file of a session cannot be read.
pub fn gather(path: &Path, wanted: Option<&str>) -> Result<Option<Vec<u8>>> {
    if is_database(path) {
        return database(path, wanted).map(Some);
    }
    folder::gather(path)
}

fn is_database(path: &Path) -> bool {
    use std::io::Read;
    let mut head = [0; DATABASE.len()];
    let opened =
        std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file()).then(|| std::fs::File::open(path));
    opened
        .and_then(std::result::Result::ok)
        .is_some_and(|mut file| file.read_exact(&mut head).is_ok() && head == DATABASE)
}

#[cfg(feature = "sqlite")]
fn database(path: &Path, wanted: Option<&str>) -> Result<Vec<u8>> {
    database::gather(path, wanted)
}

#[cfg(not(feature = "sqlite"))]
fn database(path: &Path, _wanted: Option<&str>) -> Result<Vec<u8>> {
    let message = "this Baton was built without databases; build it with the feature sqlite".to_owned();
    Err(crate::error::Error::Database { path: path.to_owned(), message })
}
