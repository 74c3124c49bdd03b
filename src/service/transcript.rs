//! The transcript behind a handoff, as it lies on disk: read whole, but never more than a limit.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::Service;
use crate::discover;
use crate::error::{Error, Result};
use crate::format;
use crate::source::{self, LIMIT, Origin};
use crate::store::Id;
use crate::surroundings::Surroundings;

/// The name of the note that says where the transcript of a handoff lies.
const NOTE: &str = "transcript";

/// Reads a transcript, of many in a file, a folder or a database the one that is meant.
pub(super) fn read(origin: &Origin) -> Result<Vec<u8>> {
    let wanted = origin.session.as_deref();
    if let Some(bytes) = source::gather(&origin.path, wanted)? {
        return Ok(bytes);
    }
    let bytes = whole(&origin.path)?;
    match wanted {
        Some(wanted) => format::choose(&bytes, wanted),
        None => Ok(bytes),
    }
}

/// Reads a file; a pipe or a device would never end, and is refused.
fn whole(path: &Path) -> Result<Vec<u8>> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(Error::Folder { path: path.to_owned() });
    }
    if !metadata.is_file() {
        return Err(failed(io::Error::new(ErrorKind::InvalidInput, "it is no file but a device or a pipe")));
    }
    if metadata.len() > LIMIT {
        return Err(Error::TooLong { limit: LIMIT });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    File::open(path).map_err(failed)?.take(LIMIT).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// How many lines a transcript has: an entry with a later line is newer.
pub(super) fn lines(bytes: &[u8]) -> u32 {
    let torn = usize::from(bytes.last().is_some_and(|byte| *byte != b'\n'));
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count() + torn).unwrap_or(u32::MAX)
}

impl Service {
    /// Notes where the transcript of a handoff lies.
    pub(super) fn note_transcript(&self, id: &Id, origin: &Origin) -> Result<()> {
        let path = origin.path.to_string_lossy();
        let note =
            origin.session.as_ref().map_or_else(|| path.to_string(), |session| format!("{path}\n{session}"));
        // A path hardly ever changes.
        if self.store.note(id, NOTE)?.is_some_and(|noted| noted == note.as_bytes()) {
            return Ok(());
        }
        self.store.put_note(id, NOTE, note.as_bytes())
    }

    /// Where the transcript of a handoff was read from, if that was noted and is still there.
    pub(super) fn noted_transcript(&self, id: &Id) -> Result<Option<Origin>> {
        let noted = self.store.note(id, NOTE)?.map(|note| noted(&String::from_utf8_lossy(&note)));
        Ok(noted.filter(|origin| origin.path.exists()))
    }

    /// Where the transcript of a handoff lies: where it was read from, else where its agent keeps it.
    pub(super) fn transcript_of(&self, id: &Id, surroundings: &Surroundings) -> Result<Origin> {
        let noted = self.noted_transcript(id)?;
        let session = self.record(id.as_str()).map(|record| record.agent_session).unwrap_or_default();
        let session = if session.is_empty() { id.as_str() } else { &session };
        noted
            .or_else(|| discover::of_session(session, surroundings).map(|found| found.origin()))
            .ok_or_else(|| Error::NoTranscript { id: id.to_string() })
    }
}

/// What a note says: a path, and on a line of its own which session it is there.
fn noted(note: &str) -> Origin {
    match note.split_once('\n') {
        Some((path, session)) => Origin { path: path.into(), session: Some(session.to_owned()) },
        None => PathBuf::from(note).into(),
    }
}
