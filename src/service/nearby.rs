//! What lies near at hand: the handoffs of a project, and the sessions on this machine that are newer than theirs.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::{Checkpoint, Filter, Row, Service};
use crate::discover::{self, Found};
use crate::error::{Error, Result};
use crate::project::Project;
use crate::surroundings::Surroundings;

impl Service {
    /// The id of the handoff that was saved last in a project.
    ///
    /// # Errors
    /// [`Error::NothingHere`] if the project has none.
    pub fn latest_of(&self, project: &Project) -> Result<String> {
        let found = self.newest_of(project, Timestamp::MIN, |_| true)?;
        found.map(|row| row.id).ok_or_else(|| Error::NothingHere { project: project.name.clone() })
    }

    /// The handoff that was saved last in a project, among those that are not too old and not left aside.
    pub fn newest_of(
        &self,
        project: &Project,
        after: Timestamp,
        takes: impl Fn(&Row) -> bool,
    ) -> Result<Option<Row>> {
        let rows = self.list(&Filter { after: Some(after), ..Filter::default() })?.handoffs;
        Ok(rows.into_iter().find(|row| takes(row) && is_of(project, &row.project)))
    }

    /// Saves the session of a project that was written to last, apart from one that goes on, as far as it is on disk: whoever
    /// wrote it may have died without a word.
    pub fn catch_up(
        &self,
        project: &Project,
        except: Option<&str>,
        surroundings: &Surroundings,
    ) -> Result<()> {
        let mut found = discover::sessions(surroundings);
        // What lies in a database is safe there, and to see whether it is new takes reading it.
        found.retain(|found| found.session.is_none());
        let sessions = discover::of_project(&found, project, NEWEST).into_iter();
        let mut named =
            sessions.filter_map(|(found, opening)| Some((opening.session.or_else(|| stem(&found))?, found)));
        match named.find(|(session, _)| Some(session.as_str()) != except) {
            Some((session, found)) => {
                let checkpoint = Checkpoint { session, agent: found.agent, transcript: Some(found.path) };
                self.checkpoint(&checkpoint, surroundings).map(drop)
            }
            None => Ok(()),
        }
    }
}

/// How many sessions are looked at to find the last one: a session that goes on may have several files.
const NEWEST: usize = 4;

/// The name of a session that does not say its id.
fn stem(found: &Found) -> Option<String> {
    Some(found.path.file_stem()?.to_str()?.to_owned())
}

/// How long ago a session was written to that is said to be at hand.
const AT_HAND: SignedDuration = SignedDuration::from_mins(30);

/// The transcript of the session that goes on in a project, where its agent keeps it.
pub fn at_hand(project: &Project, surroundings: &Surroundings) -> Option<Found> {
    let now = surroundings.clock.now();
    let is_fresh = |found: &Found| now.duration_since(found.modified) <= AT_HAND;
    discover::latest(surroundings, project, None).filter(is_fresh)
}

/// Whether the name of a project in a record means this project; it may be its id, the address of its remote or a folder.
fn is_of(project: &Project, named: &str) -> bool {
    let in_folder = |root: &PathBuf| Path::new(named).starts_with(root);
    let is_path = Path::new(named).is_absolute();
    named == project.id || project.has_remote(named) || is_path && project.worktrees().iter().any(in_folder)
}
