//! Finding the sessions of this machine: where each format says that its agent keeps them.
//!
//! Files are listed by name and time; none is opened before somebody asks what is in it, and then only its beginning
//! and its end.

mod opening;
mod territory;
mod walk;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::PathBuf;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::format::{self, FORMATS, Format};
use crate::project::Project;
use crate::source::{self, Origin, Session};
use crate::surroundings::Surroundings;

pub use opening::Opening;
use territory::Territory;

/// Sessions that are opened at once when looking for those of a project.
const TOGETHER: usize = 64;

/// A session on this machine, as far as one knows it without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The agent: the name of the format.
    pub agent: &'static str,
    /// The transcript, or the database that holds it.
    pub path: PathBuf,
    /// Which session it is where the path is a database.
    pub session: Option<Session>,
    /// The name by which the agent's folders tell the project, where they do; usually not a path.
    pub folder: Option<String>,
    /// When it was written last.
    pub modified: Timestamp,
    /// Bytes of the file at the path.
    pub size: u64,
}

/// The sessions on this machine, newest first.
///
/// ```
/// use baton::discover;
/// use baton::surroundings::Surroundings;
///
/// let home = tempfile::tempdir()?;
/// let folder = home.path().join(".claude/projects/-src-tool");
/// std::fs::create_dir_all(&folder)?;
/// std::fs::write(folder.join("0f3c.jsonl"), "{}")?;
/// let surroundings = Surroundings { home: Some(home.path().to_owned()), ..Surroundings::default() };
/// let found = discover::sessions(&surroundings);
/// assert_eq!((found.len(), found[0].folder.as_deref()), (1, Some("-src-tool")));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn sessions(surroundings: &Surroundings) -> Vec<Found> {
    let mut found: Vec<Found> =
        FORMATS.par_iter().flat_map_iter(|format| of_agent(format, surroundings)).collect();
    let place =
        |found: &Found| (found.path.clone(), found.session.as_ref().map(|session| session.id.clone()));
    found.sort_by(|one, other| other.modified.cmp(&one.modified).then_with(|| place(one).cmp(&place(other))));
    // Two variables may lead to the same folder; files at the same path have the same time.
    found.dedup_by(|one, other| one.path == other.path && one.session == other.session);
    leave_out_moved(&mut found);
    found
}

/// An agent that took to a database may have left the files where they were.
fn leave_out_moved(found: &mut Vec<Found>) {
    let moved: BTreeSet<(&str, String)> =
        found.iter().filter_map(|found| Some((found.agent, found.session.as_ref()?.id.clone()))).collect();
    if moved.is_empty() {
        return;
    }
    let stem = |found: &Found| Some(found.path.file_stem()?.to_string_lossy().into_owned());
    let is_moved = |found: &Found| stem(found).is_some_and(|stem| moved.contains(&(found.agent, stem)));
    found.retain(|found| found.session.is_some() || !is_moved(found));
}

/// The newest sessions of a project, at most so many, with what their beginnings say.
pub fn of_project(found: &[Found], project: &Project, limit: usize) -> Vec<(Found, Opening)> {
    let territory = Territory::of(project);
    let candidates: Vec<&Found> = found.iter().filter(|found| territory.may_hold(found)).collect();
    let mut belonging = Vec::new();
    for some in candidates.chunks(limit.clamp(4, TOGETHER)) {
        let opened = some.par_iter().filter_map(|&found| {
            let opening = Some(found.beginning()).filter(|opening| territory.holds(found, opening))?;
            Some((found.clone(), found.with_end(opening)))
        });
        belonging.par_extend(opened);
        if belonging.len() >= limit {
            break;
        }
    }
    belonging.truncate(limit);
    belonging
}

/// The newest session of a project in which something was said, of one agent or of any.
pub fn latest(surroundings: &Surroundings, project: &Project, agent: Option<&str>) -> Option<Found> {
    let mut found = sessions(surroundings);
    found.retain(|found| agent.is_none_or(|agent| agent == found.agent));
    let newest = of_project(&found, project, TOGETHER);
    let says = |(found, opening): &(Found, Opening)| opening.has_begun || found.session.is_some();
    newest.into_iter().find(says).map(|(found, _)| found)
}

/// The newest session that has this id, or whose file is named after it.
pub fn of_session(session: &str, surroundings: &Surroundings) -> Option<Found> {
    let is_named = |stem: &OsStr| stem.to_string_lossy().ends_with(session);
    let is_it = |found: &Found| match &found.session {
        Some(held) => held.id == session,
        None => found.path.file_stem().is_some_and(is_named),
    };
    sessions(surroundings).into_iter().find(is_it)
}

impl Found {
    /// What the beginning and the end of the session say of it. What cannot be read says nothing.
    pub fn opening(&self) -> Opening {
        self.with_end(self.beginning())
    }

    /// Where it is to be read.
    pub fn origin(&self) -> Origin {
        let session = self.session.as_ref().map(|session| session.id.clone());
        Origin { path: self.path.clone(), session }
    }

    fn beginning(&self) -> Opening {
        if let Some(session) = &self.session {
            return Opening::of_session(session);
        }
        self.format().and_then(|format| Opening::of(format, &self.path, self.size)).unwrap_or_default()
    }

    fn with_end(&self, mut opening: Opening) -> Opening {
        match (&self.session, self.format()) {
            (None, Some(format)) => opening.look_at_the_end(format, &self.path, self.size),
            // Without a title, only its words tell it from others.
            (Some(session), Some(format)) if opening.title.is_none() => {
                let words = source::gather(&self.path, Some(&session.id)).ok().flatten();
                opening.look_at_all(format, &words.unwrap_or_default());
            }
            _ => {}
        }
        opening
    }

    fn format(&self) -> Option<&'static Format> {
        format::find(self.agent)
    }
}

fn of_agent(format: &'static Format, surroundings: &Surroundings) -> Vec<Found> {
    let places = format.places.iter().filter_map(|place| Some((place, place.root(surroundings)?)));
    let files = places.map(|(place, root)| (place.database, walk::files(format.name, place, root)));
    files.flat_map(|(database, files)| if database { in_databases(files) } else { files }).collect()
}

/// The sessions in these databases; one that cannot be read has none.
fn in_databases(files: Vec<Found>) -> Vec<Found> {
    let sessions = |file: Found| {
        let sessions = source::sessions(&file.path).unwrap_or_default().into_iter();
        sessions.map(move |session| {
            let modified = session.updated.unwrap_or(file.modified);
            Found { modified, session: Some(session), ..file.clone() }
        })
    };
    files.into_iter().flat_map(sessions).collect()
}

#[cfg(test)]
mod tests;
