//! Whether Baton is in place on this machine: one check is one function and one line in [`CHECKS`].

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use crate::discover;
use crate::error::{Result, chain};
use crate::install::{self, HOSTS, Host, Part, Scope, State};
use crate::project;
use crate::service::{Filter, Service};
use crate::surroundings::Surroundings;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub about: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was found, and what to do about it.
    pub said: String,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, or might, but could be better.
    Note,
    /// Something will not work.
    Bad,
}

/// Looks at one thing.
type Check = fn(&Surroundings) -> Vec<Finding>;

/// What is looked at, in the order in which it is told.
const CHECKS: &[Check] = &[program, hosts, store, sessions];

/// What all checks found.
pub fn examine(surroundings: &Surroundings) -> Vec<Finding> {
    CHECKS.iter().flat_map(|check| check(surroundings)).collect()
}

fn good(about: &'static str, said: String) -> Finding {
    Finding { about, verdict: Verdict::Good, said }
}

fn note(about: &'static str, said: String) -> Finding {
    Finding { about, verdict: Verdict::Note, said }
}

fn bad(about: &'static str, said: String) -> Finding {
    Finding { about, verdict: Verdict::Bad, said }
}

/// Whether what a project's configuration and the plugins call is there.
fn program(surroundings: &Surroundings) -> Vec<Finding> {
    let own = surroundings.program.as_deref();
    let folder = own.and_then(Path::parent).map(|folder| format!(": add {} to it", folder.display()));
    vec![match (install::on_path(surroundings), install::first_on_path(surroundings)) {
        (Some(path), _) => good("program", format!("{} is this program", path.display())),
        (None, Some(other)) => {
            note("program", format!("{} comes first in the PATH, and is another baton", other.display()))
        }
        (None, None) => bad(
            "program",
            format!(
                "baton is not in the PATH, where projects and plugins look for it{}",
                folder.unwrap_or_default()
            ),
        ),
    }]
}

/// Whether the agents that know of Baton know it as it is now.
fn hosts(surroundings: &Surroundings) -> Vec<Finding> {
    // In the home, a project's files are the user's own.
    let project = project::root(&surroundings.folder).unwrap_or_else(|| surroundings.folder.clone());
    let is_home = surroundings.home.as_ref() == Some(&project);
    let scopes = [Some((Scope::User, "")), (!is_home).then_some((Scope::Project, " --project"))];
    let all = HOSTS.iter().flat_map(|host| scopes.into_iter().flatten().map(move |scope| (host, scope)));
    let mut known: Vec<Finding> = all
        .filter_map(|(host, (scope, flag))| {
            let parts = install::states(host, scope, surroundings);
            host_state(host, &Parts(parts), &format!("'baton install {}{flag}'", host.name))
        })
        .collect();
    if !is_home {
        known.extend(HOSTS.iter().filter_map(|host| twice(host, surroundings)));
    }
    if known.is_empty() {
        let names: Vec<&str> = HOSTS.iter().map(|host| host.name).collect();
        let names = names.join(", ");
        return vec![note(
            "agents",
            format!("none knows Baton yet: run 'baton install' with one of {names}"),
        )];
    }
    known
}

/// Whether a host has more than the server both from the user and from the project, and so asks twice at every event.
fn twice(host: &'static Host, surroundings: &Surroundings) -> Option<Finding> {
    let asks = |(part, _, state): &(&Part, PathBuf, State)| {
        part.what != install::MCP_SERVER && matches!(state, State::Present)
    };
    let is_in = |scope| install::states(host, scope, surroundings).iter().any(asks);
    let said = format!(
        "in place for you and for the project: a session is given its handoff twice; take one out with 'baton uninstall {}', or with --project",
        host.name
    );
    (is_in(Scope::User) && is_in(Scope::Project)).then(|| note(host.title, said))
}

/// How a host stands; none if it has nothing of ours and nothing is wrong.
fn host_state(host: &'static Host, parts: &Parts, again: &str) -> Option<Finding> {
    if let Some(reason) = parts.broken() {
        return Some(note(host.title, reason));
    }
    let present = parts.named(|state| matches!(state, State::Present));
    let absent = parts.named(|state| matches!(state, State::Absent));
    let stale = parts.named(|state| matches!(state, State::Stale));
    let gone = parts.named(|state| matches!(state, State::Gone));
    if !gone.is_empty() {
        return Some(bad(host.title, format!("{gone}: the program named there is gone: run {again}")));
    }
    if !stale.is_empty() {
        return Some(note(
            host.title,
            format!("{stale}: not as this program installs it; {again} renews it"),
        ));
    }
    match (present.is_empty(), absent.is_empty()) {
        (true, _) => None,
        (false, true) => Some(good(host.title, format!("{present} in place"))),
        (false, false) => {
            Some(note(host.title, format!("{present} in place, but not {absent}: run {again}")))
        }
    }
}

/// The parts of a host, and how they stand.
struct Parts(Vec<(&'static Part, PathBuf, State)>);

impl Parts {
    /// Those that stand so, for people.
    fn named(&self, wanted: fn(&State) -> bool) -> String {
        let names = self.0.iter().filter(|(_, _, state)| wanted(state)).map(|(part, _, _)| part.what);
        names.collect::<Vec<_>>().join(", ")
    }

    /// Why the first that cannot be read cannot.
    fn broken(&self) -> Option<String> {
        self.0.iter().find_map(|(_, _, state)| match state {
            State::Broken(error) => Some(error.to_string()),
            _ => None,
        })
    }
}

/// Whether handoffs can be kept, and when one was last.
fn store(surroundings: &Surroundings) -> Vec<Finding> {
    let looked = look_into_store(surroundings);
    looked.unwrap_or_else(|error| vec![bad("store", chain(&error))])
}

fn look_into_store(surroundings: &Surroundings) -> Result<Vec<Finding>> {
    let service = Service::open(None, surroundings)?;
    let address = service.address();
    let listed = service.list(&Filter::default())?;
    let writable = match can_write(Path::new(&address)) {
        Ok(()) => {
            good("store", format!("{address} can be written, and has {} handoffs", listed.handoffs.len()))
        }
        Err(error) => bad("store", format!("{address} cannot be written: {error}")),
    };
    let damaged = (!listed.damaged.is_empty()).then(|| {
        note("store", format!("{} damaged; 'baton list --repair' moves them aside", listed.damaged.len()))
    });
    let last = match listed.handoffs.first() {
        Some(row) => good("last save", format!("{}, {}", row.id, minute(row.saved_at))),
        None => note("last save", "none yet: 'baton save --latest' makes one".to_owned()),
    };
    Ok([Some(writable), damaged, Some(last)].into_iter().flatten().collect())
}

/// Tries it in the folder, or in the nearest above it that is there. A store that is no folder needs no trying.
fn can_write(store: &Path) -> std::io::Result<()> {
    match store.ancestors().find(|folder| folder.is_dir()) {
        Some(folder) => tempfile::tempfile_in(folder).map(drop),
        None => Ok(()),
    }
}

/// Whether there is anything to save.
fn sessions(surroundings: &Surroundings) -> Vec<Finding> {
    let found = discover::sessions(surroundings);
    vec![match found.first() {
        Some(newest) => good(
            "sessions",
            format!(
                "{} on this machine, the newest of {} at {}",
                found.len(),
                newest.agent,
                minute(newest.modified)
            ),
        ),
        None => note("sessions", "none found on this machine: is the home the right one?".to_owned()),
    }]
}

/// A time as people read it.
fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%MZ").to_string()
}
