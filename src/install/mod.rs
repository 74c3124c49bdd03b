//! Putting Baton into the agents' own configurations, and taking it out again.
//!
//! Every host is one file in `hosts` and one line in [`HOSTS`]: which of its files get what. Files are read and the changes
//! worked out for all of them before the first is written; what is not ours in them stays as it is, byte for byte.

mod change;
mod entry;
mod hosts;
mod json;
mod program;
mod toml;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use change::Change;
pub use hosts::{HOSTS, MCP_SERVER};
pub use program::{Program, first_on_path, on_path};

use crate::error::{Error, Result};
use crate::project;
use crate::surroundings::{Platform, Surroundings};
use entry::Entry;

/// An agent that can be told of Baton.
pub struct Host {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it is called by people.
    pub title: &'static str,
    /// What goes into which of its files.
    pub parts: &'static [Part],
    /// What the user must still do there; empty if nothing.
    pub confirm: &'static str,
}

/// One file of a host, and what goes into it.
pub struct Part {
    /// What it is, for people.
    pub what: &'static str,
    /// Where the file is.
    pub file: File,
    /// What goes in.
    pub content: Content,
}

/// For whom Baton is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// For all projects of the user.
    #[default]
    User,
    /// For everybody who works on the project at hand.
    Project,
}

/// Where a file of a host is.
#[derive(Debug, Clone, Copy)]
pub enum File {
    /// In the user's folders.
    User {
        /// The systems on which it is there.
        on: &'static [Platform],
        /// A variable that names its folder; empty if there is none.
        variable: &'static str,
        /// Its folder otherwise, below the home.
        base: &'static str,
        /// Its names below that; the last is taken if none of them exists.
        names: &'static [&'static str],
    },
    /// Below the root of the project: its names, as above.
    Project(&'static [&'static str]),
}

/// What goes into a file.
pub enum Content {
    /// Entries among others, in JSON, with or without comments.
    Json(fn(&Program) -> Vec<Entry>),
    /// Entries among others, in TOML.
    Toml(fn(&Program) -> Vec<Entry>),
    /// The whole file.
    Text(fn(&Program) -> String),
}

/// How a part of a host stands.
#[derive(Debug)]
pub enum State {
    /// All is in place.
    Present,
    /// Nothing of ours is there.
    Absent,
    /// Something of ours is there, but not as it would be installed now.
    Stale,
    /// As [`State::Stale`], and it runs a program that is not there.
    Gone,
    /// The file cannot be read or understood.
    Broken(Error),
}

/// The host of that name.
pub fn find(name: &str) -> Option<&'static Host> {
    HOSTS.iter().find(|host| host.name == name)
}

/// The changes that put Baton into a host; none of them if all is in place.
///
/// # Errors
/// [`Error::NoScope`] if the host has no such files, [`Error::Configuration`] if one of its files cannot be changed safely.
pub fn install(host: &Host, scope: Scope, surroundings: &Surroundings) -> Result<Vec<Change>> {
    changes(host, scope, surroundings, Change::install)
}

/// The changes that take Baton out of a host again.
///
/// # Errors
/// As [`install`].
pub fn uninstall(host: &Host, scope: Scope, surroundings: &Surroundings) -> Result<Vec<Change>> {
    changes(host, scope, surroundings, Change::uninstall)
}

/// How the parts of a host stand, with their files.
pub fn states(
    host: &'static Host,
    scope: Scope,
    surroundings: &Surroundings,
) -> Vec<(&'static Part, PathBuf, State)> {
    let program = Program::find(scope, surroundings);
    let parts = host.parts.iter().filter_map(|part| Some((part, part.file.path(scope, surroundings)?)));
    parts.map(|(part, path)| (part, path.clone(), state(part, path, &program))).collect()
}

type Make = fn(&Part, PathBuf, &Program) -> Result<Option<Change>>;

fn changes(host: &Host, scope: Scope, surroundings: &Surroundings, make: Make) -> Result<Vec<Change>> {
    let program = Program::find(scope, surroundings);
    let files = host.parts.iter().filter_map(|part| Some((part, part.file.path(scope, surroundings)?)));
    let files: Vec<(&Part, PathBuf)> = files.collect();
    if files.is_empty() {
        return Err(Error::NoScope { host: host.title });
    }
    let changes: Result<Vec<Option<Change>>> =
        files.into_iter().map(|(part, path)| make(part, path, &program)).collect();
    Ok(changes?.into_iter().flatten().collect())
}

fn state(part: &Part, path: PathBuf, program: &Program) -> State {
    match (Change::install(part, path.clone(), program), Change::uninstall(part, path, program)) {
        (Ok(None), _) => State::Present,
        (Ok(Some(_)), Ok(None)) => State::Absent,
        (Ok(Some(change)), Ok(Some(_))) => {
            let named = entry::programs(change.before.as_deref().unwrap_or_default());
            if named.iter().all(|path| Path::new(path).exists()) { State::Stale } else { State::Gone }
        }
        (Err(error), _) | (_, Err(error)) => State::Broken(error),
    }
}

impl File {
    /// Its path, if there is such a file for that scope on this system.
    fn path(&self, scope: Scope, surroundings: &Surroundings) -> Option<PathBuf> {
        let (folder, names) = match *self {
            File::User { on, variable, base, names }
                if scope == Scope::User && on.contains(&surroundings.platform) =>
            {
                (surroundings.base(variable, base)?, names)
            }
            File::Project(names) if scope == Scope::Project => {
                let root = project::root(&surroundings.folder);
                (root.unwrap_or_else(|| surroundings.folder.clone()), names)
            }
            _ => return None,
        };
        let mut paths =
            names.iter().map(|name| name.split('/').fold(folder.clone(), |path, name| path.join(name)));
        let last = paths.clone().next_back();
        paths.find(|path| path.symlink_metadata().is_ok()).or(last)
    }
}
