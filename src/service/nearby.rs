//! What lies near at hand: the handoffs of a project, and the sessions on this machine that are newer than theirs.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::{CaughtUp, Checkpoint, Filter, Row, Service};
use crate::discover::{self, Found};
use crate::error::{Error, Result};
use crate::project::{self, Project};
use crate::state::HandoffState;
use crate::surroundings::Surroundings;

impl Service {
    /// The id of the handoff that was saved last in a project; what a session saved by itself only where there is no other,
    /// if it is the one that asks.
    ///
    /// # Errors
    /// [`Error::NothingHere`] if the project has none.
    pub fn latest_of(&self, project: &Project, asking: Option<&str>) -> Result<String> {
        let others = self.newest_of(project, Timestamp::MIN, |row| Some(row.id.as_str()) != asking)?;
        let found =
            if others.is_empty() { self.newest_of(project, Timestamp::MIN, |_| true)? } else { others };
        found.into_iter().next().ok_or_else(|| Error::NothingHere { project: project.name.clone() })
    }

    /// The handoffs of a project to go on from, among those that are not too old and not left aside: the one that was saved
    /// last and says something, and where nothing was changed in its session, behind it the last one in which something was.
    pub fn newest_of(
        &self,
        project: &Project,
        after: Timestamp,
        takes: impl Fn(&Row) -> bool,
    ) -> Result<Vec<String>> {
        let rows = self.list(&Filter { after: Some(after), ..Filter::default() })?.handoffs;
        let ours = rows.into_iter().filter(|row| takes(row) && is_of(project, &row.project));
        let ids: Vec<String> = ours.take(LOOKED_AT).map(|row| row.id).collect();
        let first = |is_meant: fn(&HandoffState) -> bool, ids: &[String]| {
            ids.iter().position(|id| self.record(id).is_ok_and(|record| is_meant(&record.state)))
        };
        let newest = first(says_something, &ids).unwrap_or(0);
        let behind = ids.get(newest..).and_then(|ids| first(is_of_work, ids)).map(|at| newest + at);
        let chosen = [Some(newest), behind.filter(|at| *at != newest)].into_iter().flatten();
        Ok(chosen.filter_map(|at| ids.get(at).cloned()).collect())
    }

    /// Saves the session of a project that was written to last, if that was since then, apart from one that goes on, as far as
    /// it is on disk: whoever wrote it may have died without a word.
    pub fn catch_up(
        &self,
        project: &Project,
        except: Option<&str>,
        since: Timestamp,
        surroundings: &Surroundings,
    ) -> Result<CaughtUp> {
        let mut found = discover::sessions(surroundings);
        found.retain(|found| found.modified > since);
        match named(&found, project).find(|(session, _)| Some(session.as_str()) != except) {
            Some((session, found)) => {
                let agent = Some(found.agent.to_owned());
                let checkpoint = Checkpoint { session, agent, transcript: Some(found.origin()) };
                self.checkpoint(&checkpoint, surroundings)
            }
            None => Ok(CaughtUp::default()),
        }
    }
}

/// How many handoffs are looked at to find one to go on from.
const LOOKED_AT: usize = 8;

/// Whether a handoff is of work: somebody wrote it, or files were changed in its session.
fn is_of_work(state: &HandoffState) -> bool {
    let HandoffState { files, metadata, .. } = state;
    metadata.source.is_none() || metadata.said.is_some() || files.iter().any(|file| file.change.is_some())
}

/// Whether a handoff leaves anything to go on with: the one of a session that only asked what is next must not stand before
/// the one that says it.
fn says_something(state: &HandoffState) -> bool {
    /// The replies to a question or two.
    const REPLIES: usize = 2;
    let HandoffState {
        decisions, next_steps, constraints, findings, errors, verification, questions, ..
    } = state;
    let lists = [
        decisions.len(),
        next_steps.len(),
        constraints.len(),
        errors.len(),
        verification.len(),
        questions.len(),
        findings.len().saturating_sub(REPLIES),
    ];
    is_of_work(state) || lists.into_iter().any(|entries| entries > 0)
}

/// How many sessions are looked at to find the last one: a session that goes on may have several files.
const NEWEST: usize = 4;

/// The newest sessions of a project, each with its id.
fn named(found: &[Found], project: &Project) -> impl Iterator<Item = (String, Found)> {
    let newest = discover::of_project(found, project, NEWEST).into_iter();
    newest.filter_map(|(found, opening)| Some((opening.session.or_else(|| stem(&found))?, found)))
}

/// The name of a session that does not say its id.
fn stem(found: &Found) -> Option<String> {
    Some(found.path.file_stem()?.to_str()?.to_owned())
}

/// How long ago a session was written to that is said to be at hand.
const AT_HAND: SignedDuration = SignedDuration::from_mins(30);

/// How long ago a session was written to that makes a call: the call is written down as it is made.
const AT_WORK: SignedDuration = SignedDuration::from_secs(3);

/// The variables in which hosts name the session that they start a program in.
const SESSION: &[&str] = &["CLAUDE_CODE_SESSION_ID", "CODEX_THREAD_ID"];

/// The session that this process was started in, if a host says so.
pub fn session_around(surroundings: &Surroundings) -> Option<&str> {
    SESSION.iter().find_map(|name| surroundings.variable(name))
}

/// The session that makes a call and does not say which it is: of those at work in a project the one that this process was
/// started in, else the newest, since the host may have begun another.
pub fn calling(project: &Project, surroundings: &Surroundings) -> Option<String> {
    let now = surroundings.clock.now();
    let mut found = discover::sessions(surroundings);
    found.retain(|found| now.duration_since(found.modified) <= AT_WORK);
    let at_work: Vec<String> = named(&found, project).map(|(session, _)| session).collect();
    let around = session_around(surroundings).map(str::to_owned);
    let is_around = around.as_ref().is_some_and(|around| at_work.contains(around));
    let newest = at_work.into_iter().next().filter(|_| !is_around);
    newest.or(around)
}

/// The transcript of the session that goes on in a project, where its agent keeps it: of the one that is named; else of the
/// one that this process was started in while that is at work, since the host may have begun another; else the newest.
pub fn at_hand(project: &Project, named: Option<&str>, surroundings: &Surroundings) -> Option<Found> {
    let now = surroundings.clock.now();
    let is_within = |time| move |found: &Found| now.duration_since(found.modified) <= time;
    let of = |session| discover::of_session(session, surroundings);
    let around = || session_around(surroundings).and_then(of).filter(is_within(AT_WORK));
    let newest = || discover::latest(surroundings, project, None).filter(is_within(AT_HAND));
    named.and_then(of).or_else(around).or_else(newest)
}

/// Whether the name of a project in a record means this project; it may be its id, the address of its remote or a folder.
fn is_of(project: &Project, named: &str) -> bool {
    let folder = Path::new(project::folder_of(named));
    let in_folder = |root: &PathBuf| folder.starts_with(root);
    let is_path = folder.is_absolute();
    named == project.id || project.has_remote(named) || is_path && project.worktrees().iter().any(in_folder)
}
