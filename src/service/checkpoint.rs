//! Checkpoints: a session saved while it goes on, as often as anybody likes, for the cost of what is new.

use std::fs::{self, File, Metadata};
use std::io::ErrorKind;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::tell::put_together;
use super::transcript::read;
use super::{Damaged, Given, Save, Saved, Service, Words};
use crate::build::{Handoff, MINIMUM, Options, resume, resume_file};
use crate::checkpoint::Kept;
use crate::error::{Error, Result};
use crate::render::Citations;
use crate::source::Origin;
use crate::state::HandoffState;
use crate::store::{Id, Record};
use crate::surroundings::Surroundings;
use crate::token::Tokenizer;
use crate::{project, redact, render};

/// A session that is to be saved as far as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The agent's id of the session, under which it is saved, unless somebody saved it under another.
    pub session: String,
    /// The agent; the one that its transcript is of if none is named.
    pub agent: Option<String>,
    /// Its transcript; looked for where the agent keeps them if none is named.
    pub transcript: Option<Origin>,
}

/// What was done so that all that is on disk of a session is in its handoff.
#[derive(Debug, Default)]
pub struct CaughtUp {
    /// What was saved; nothing where nothing is new.
    pub saved: Option<Saved>,
    /// What stood in the way of it, and was moved aside.
    pub mended: Option<Damaged>,
}

/// Whether there is nothing to say of it: saving was switched off on purpose, or nothing was said in the session yet, or its
/// transcript is not there: a host may write it down a little later than it tells of it.
pub fn is_no_problem(error: &Error) -> bool {
    match error {
        Error::In { source, .. } => is_no_problem(source),
        Error::Read { source, .. } => source.kind() == ErrorKind::NotFound,
        Error::Disabled | Error::Empty | Error::NoEvents { .. } => true,
        _ => false,
    }
}

/// The note that says how far the transcript was read.
const READ: &str = "read";
/// The note that holds what the transcript said up to there, to go on from.
const RESUME: &str = "resume";
/// The note that holds the host's own summary.
const SUMMARY: &str = "summary";

impl Service {
    /// Saves a session as far as it is; nothing is saved where nothing is new. A handoff of it that is damaged is moved aside.
    ///
    /// # Errors
    /// [`Error::Disabled`] where saving by itself is switched off.
    pub fn checkpoint(&self, request: &Checkpoint, surroundings: &Surroundings) -> Result<CaughtUp> {
        if !self.settings.automatic {
            return Err(Error::Disabled);
        }
        let session = Id::new(&request.session)?;
        let noted = self.noted(&session)?;
        let origin = match &request.transcript {
            Some(origin) => origin.clone(),
            None => self.transcript_of(&noted, surroundings)?,
        };
        let size = size(&origin.path)?;
        if self.store.note(&noted, READ)?.is_some_and(|read| read == size.as_bytes()) {
            return Ok(CaughtUp::default());
        }
        let mended = self.mend(&noted)?;
        let id = self.unless_completed(noted, &session)?;
        let saved = self.save_as_far(&id, request, &origin, surroundings)?;
        self.note_transcript(&id, &origin)?;
        // Noted last, so that what is cut short is done again.
        self.note_read(&id, &size)?;
        Ok(CaughtUp { saved, mended })
    }

    /// Notes how far a transcript was read, as [`size`] told before that.
    pub(super) fn note_read(&self, id: &Id, size: &str) -> Result<()> {
        self.store.put_note(id, READ, size.as_bytes())
    }

    /// Forgets how far a transcript was read, so that it is saved again.
    pub(super) fn forget_read(&self, id: &Id) -> Result<()> {
        let noted = self.store.note(id, READ)?;
        noted.map_or(Ok(()), |_| self.store.put_note(id, READ, b""))
    }

    fn save_as_far(
        &self,
        id: &Id,
        request: &Checkpoint,
        origin: &Origin,
        surroundings: &Surroundings,
    ) -> Result<Option<Saved>> {
        let before = self.record(id.as_str()).ok();
        let kept = self.kept_to_read_on(id)?;
        let options = Options { recorded_root: true, ..as_before(before.as_ref()) };
        let grown = kept.as_deref().map(|kept| grown(origin, &options, kept)).transpose()?.flatten();
        let (handoff, kept) = match grown {
            Some(resumed) => resumed,
            None => {
                resume(&read(origin)?, &options, kept.as_deref()).map_err(|error| error.of(&origin.path))?
            }
        };
        // To know the project of a folder may take a while, and is found out once.
        let project = match before
            .as_ref()
            .map(|before| before.project.clone())
            .filter(|project| !project.is_empty())
        {
            Some(known) => known,
            None => project::of(&surroundings.folder).id,
        };
        let state = put_together(Words::default(), Some(handoff.state), before.as_ref())?;
        let says_more = before.as_ref().is_none_or(|before| !reads_alike(&before.state, &state));
        let save = Save {
            id: Some(id.to_string()),
            agent: request.agent.clone(),
            project: Some(project),
            model: Some(options.tokenizer.name()),
            automatic: true,
            ..Save::default()
        };
        let given = Given::Proven { state: Box::new(state), facts: handoff.facts };
        let saved = says_more.then(|| self.save(given, &save)).transpose()?;
        self.keep_to_read_on(id, &kept)?;
        Ok(saved)
    }

    /// What was kept of a session to read on from.
    pub(super) fn kept_to_read_on(&self, id: &Id) -> Result<Option<Vec<u8>>> {
        self.store.note(id, RESUME)
    }

    /// Keeps what the next reading goes on from.
    pub(super) fn keep_to_read_on(&self, id: &Id, kept: &Kept) -> Result<()> {
        match kept {
            Kept::Instead(bytes) => self.store.put_note(id, RESUME, bytes),
            Kept::Behind(bytes) => self.store.extend_note(id, RESUME, bytes),
            Kept::Nothing => Ok(()),
        }
    }

    /// Keeps the host's own summary of a session beside its handoff.
    pub fn keep_summary(&self, session: &str, summary: &str) -> Result<()> {
        let id = self.noted(&Id::new(session)?)?;
        self.store.put_note(&id, SUMMARY, redact::text(summary).as_bytes())
    }

    /// The host's own summary of the session that a handoff is of, if one was kept.
    pub fn summary(&self, id: &str) -> Result<Option<String>> {
        let noted = self.store.note(&Id::new(id)?, SUMMARY)?;
        Ok(noted.map(|summary| redact::text(&String::from_utf8_lossy(&summary)).into_owned()))
    }
}

/// The handoff of a file that only grew; none if it has to be read whole.
fn grown(origin: &Origin, options: &Options, kept: &[u8]) -> Result<Option<(Handoff, Kept)>> {
    let is_file = origin.session.is_none() && origin.path.is_file();
    let Some(file) = is_file.then(|| File::open(&origin.path).ok()).flatten() else { return Ok(None) };
    resume_file(file, options, kept)
}

/// Whether two handoffs of a session are of the same length of it, and tell a reader the same: then one of them is enough.
fn reads_alike(one: &HandoffState, other: &HandoffState) -> bool {
    let markdown = render::find("markdown").expect("markdown is in the list");
    let text = |state| (markdown.render)(state, Citations::Hidden);
    one.metadata.source == other.metadata.source && text(one) == text(other)
}

/// How a handoff is made again: as long as it was, and preferring what it says.
fn as_before(before: Option<&Record>) -> Options {
    let usual = Options::default();
    let Some(state) = before.map(|before| &before.state) else { return usual };
    let counted = state.metadata.tokens.as_ref();
    let budget =
        counted.and_then(|tokens| usize::try_from(tokens.budget).ok()).filter(|budget| *budget >= MINIMUM);
    let tokenizer = counted.and_then(|tokens| Tokenizer::resolve(&tokens.encoding).ok());
    Options {
        budget: budget.unwrap_or(usual.budget),
        tokenizer: tokenizer.unwrap_or(usual.tokenizer),
        base: Some(state.clone()),
        ..usual
    }
}

/// What tells a transcript from itself grown: path, length and time of the last change; and those of the log beside a
/// database, to which all is written first.
pub(super) fn size(path: &Path) -> Result<String> {
    let metadata = fs::metadata(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = fs::metadata(log).map(|log| stamp(&log) + " ").unwrap_or_default();
    Ok(format!("{} {log}{}", stamp(&metadata), path.display()))
}

/// Length and time of the last change.
fn stamp(metadata: &Metadata) -> String {
    let changed =
        metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{} {}", metadata.len(), changed.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_grows_in_the_log_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let [database, log] = ["a.db", "a.db-wal"].map(|name| folder.path().join(name));
        fs::write(&database, "pages").unwrap();
        let alone = size(&database).unwrap();
        let mut sizes = vec![alone];
        for written in ["one", "one, two"] {
            fs::write(&log, written).unwrap();
            sizes.push(size(&database).unwrap());
        }
        sizes.dedup();
        assert_eq!(sizes.len(), 3, "{sizes:?}");
    }
}
