//! The hook door: a host tells of an event on standard input, and is answered in its own contract.
//!
//! It never disturbs the host. Whatever goes wrong, the process ends well: the host is told nothing, the user one line
//! on stderr, and the log the same. Events may repeat, come late or not at all; each is answered from what is on disk then.

mod hosts;
mod log;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Result, chain};
use crate::project;
use crate::service::{CaughtUp, Checkpoint, Load, Restore, Row, Service, is_no_problem};
use crate::surroundings::Surroundings;
use crate::token::Encoding;

pub use hosts::{Event, HOSTS, Host, Task, find};

/// What a hook answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// What the host is told on stdout; often nothing.
    pub output: String,
    /// What went wrong, in one line for the user.
    pub problem: Option<String>,
}

/// The tokens of a handoff that a session is given by itself: enough to go on, and a small part of any context.
const BUDGET: usize = 2_000;

/// What stands between a handoff and an earlier one, and its tokens at most.
const EARLIER: (&str, usize) = ("\n\nThe last session before it that changed files:\n", 12);

/// How long a handoff is offered to a session that did not ask for it.
const FRESH: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Answers an event of a host. Never fails and never panics.
pub fn answer(host: &str, sent: &[u8], surroundings: &Surroundings) -> Answer {
    let answer = try_to_answer(host, sent, surroundings);
    if let Some(problem) = &answer.problem {
        log::note(host, problem, surroundings);
    }
    answer
}

fn try_to_answer(host: &str, sent: &[u8], surroundings: &Surroundings) -> Answer {
    let done = catch_unwind(AssertUnwindSafe(|| act(host, sent, surroundings)));
    let silence = || find(host).map_or("", |host| host.silence).to_owned();
    match done {
        Ok(Ok(output)) => Answer { output: output.unwrap_or_else(silence), problem: None },
        Ok(Err(error)) if is_no_problem(&error) => Answer { output: silence(), problem: None },
        Ok(Err(error)) => Answer { output: silence(), problem: Some(chain(&error)) },
        Err(_) => {
            Answer { output: silence(), problem: Some("a fault of the program; please report it".to_owned()) }
        }
    }
}

/// What the host is told, if it is told something.
fn act(host: &str, sent: &[u8], surroundings: &Surroundings) -> Result<Option<String>> {
    let host = find(host).ok_or_else(|| Error::NoSuchHost { name: host.to_owned(), known: known() })?;
    let event = Event::read(sent).map_err(|source| Error::HookEvent { source })?;
    let Some((_, task)) = host.events.iter().find(|(name, _)| *name == event.name) else { return Ok(None) };
    let folder = event.folder.as_ref().map_or_else(|| surroundings.folder.clone(), PathBuf::from);
    let surroundings = Surroundings { folder, ..surroundings.clone() };
    let service = Service::open(None, &surroundings)?;
    let desk = Desk { host, event: &event, service, surroundings };
    match task {
        Task::Save => desk.save().map(|()| None),
        Task::Summary => desk.keep_summary().map(|()| None),
        Task::Restore => desk.restore(matches!(event.source.as_deref(), Some("compact" | "resume" | "fork"))),
        Task::Continue => desk.restore(true),
    }
}

fn known() -> String {
    HOSTS.iter().map(|host| host.name).collect::<Vec<_>>().join(", ")
}

/// An event, and what it is answered from.
struct Desk<'a> {
    host: &'static Host,
    event: &'a Event,
    service: Service,
    surroundings: Surroundings,
}

impl Desk<'_> {
    /// Saves the session as far as it is.
    fn save(&self) -> Result<()> {
        let Some(session) = &self.event.session else { return Ok(()) };
        let transcript = self.event.transcript.as_ref().map(|path| PathBuf::from(path).into());
        let agent = Some(self.host.name.to_owned());
        let checkpoint = Checkpoint { session: session.clone(), agent, transcript };
        self.service.checkpoint(&checkpoint, &self.surroundings).map(|done| self.log(&done))
    }

    /// Notes what stood in the way of a save, since nobody else is told.
    fn log(&self, done: &CaughtUp) {
        if let Some(damaged) = &done.mended {
            log::note(self.host.name, &damaged.to_string(), &self.surroundings);
        }
    }

    fn keep_summary(&self) -> Result<()> {
        self.save()?;
        match (&self.event.session, &self.event.summary) {
            (Some(session), Some(summary)) => self.service.keep_summary(session, summary),
            _ => Ok(()),
        }
    }

    /// The handoff for the session that begins or goes on.
    fn restore(&self, goes_on: bool) -> Result<Option<String>> {
        let own = if goes_on { self.own() } else { None };
        let loads = own.map_or_else(|| self.before(), |load| Ok(vec![load]))?;
        let text = self.within_limits(&loads)?;
        Ok(text.map(|text| (self.host.context)(&self.event.name, &text)))
    }

    /// The handoff of this session, with all that is on disk of it.
    fn own(&self) -> Option<Load> {
        // Where nothing new can be saved, what was saved before is still better than nothing.
        let _ = self.save();
        let id = self.service.of_session(self.event.session.as_deref()?).ok()??;
        self.service.record(&id).ok()?;
        Some(Load { id: Some(id), ..Load::default() })
    }

    /// The handoff of the session before this one, with all that is on disk of it, if it is not too old; and where that
    /// changed nothing, behind it that of the last one that did.
    fn before(&self) -> Result<Vec<Load>> {
        let project = project::of(&self.surroundings.folder);
        let own = self.event.session.as_deref();
        // Where nothing new can be saved, what was saved before is still better than nothing.
        let caught_up = self.service.catch_up(&project, own, Timestamp::MIN, &self.surroundings);
        let _ = caught_up.map(|done| self.log(&done));
        let now = self.surroundings.clock.now();
        let fresh = now.checked_sub(FRESH).unwrap_or(now);
        let is_own = |row: &Row| [row.id.as_str(), &row.agent_session].map(Some).contains(&own);
        let found = self.service.newest_of(&project, fresh, |row| !is_own(row))?;
        Ok(found.into_iter().map(|id| Load { id: Some(id), ..Load::default() }).collect())
    }

    /// The text as long as the host takes it: bytes are measured, since characters and guessed tokens are never more.
    fn within_limits(&self, loads: &[Load]) -> Result<Option<String>> {
        let mut budget = BUDGET.min(self.host.most_tokens);
        while let Some(text) = self.restored(loads, budget)? {
            let fits = Encoding::O200kBase.fits(&text, self.host.most_tokens);
            if text.len() <= self.host.most_bytes && fits {
                return Ok(Some(text));
            }
            budget = budget * 4 / 5;
        }
        Ok(None)
    }

    /// The handoffs, each in what the ones before it left of the budget.
    fn restored(&self, loads: &[Load], mut budget: usize) -> Result<Option<String>> {
        let mut texts = Vec::new();
        for load in loads {
            let wanted = Restore { load: load.clone(), budget, ..Restore::default() };
            match self.service.restore(&wanted, &self.surroundings) {
                Err(Error::BudgetTooSmall { .. }) => break,
                restored => {
                    let restored = restored?;
                    budget = budget.saturating_sub(restored.tokens + EARLIER.1);
                    texts.push(restored.text);
                }
            }
        }
        Ok((!texts.is_empty()).then(|| texts.join(EARLIER.0)))
    }
}
