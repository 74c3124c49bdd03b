//! Where the process runs: the user's home, the folder at hand, the variables and the clock, found by `main` and handed down.
//!
//! Nothing else asks the operating system for them, so that a test can make up a home, a machine and its variables.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

/// What a process is surrounded by.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The user's home; none where the system names none.
    pub home: Option<PathBuf>,
    /// The folder the process runs in.
    pub folder: PathBuf,
    /// The kind of system, which decides where programs keep their files.
    pub platform: Platform,
    /// The file of this program, if the system tells.
    pub program: Option<PathBuf>,
    /// The environment's variables, as far as they are text.
    pub variables: BTreeMap<String, String>,
    /// What tells the time.
    pub clock: Clock,
}

/// Tells the time: only what is saved is stamped with it.
#[derive(Debug, Clone, Copy)]
pub struct Clock(pub fn() -> Timestamp);

impl Clock {
    /// What time it is.
    pub fn now(self) -> Timestamp {
        self.0()
    }
}

impl Default for Clock {
    /// A clock that stands still at the epoch.
    fn default() -> Self {
        Clock(|| Timestamp::UNIX_EPOCH)
    }
}

/// A kind of operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Platform {
    /// Linux and what is like it.
    #[default]
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Surroundings {
    /// The folder that a variable names, where it is an absolute path, else the one below the home, its names with `/`
    /// between them.
    pub fn base(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        let named = self.variable(variable).map(PathBuf::from).filter(|path| path.has_root());
        let folders = below_home.split('/').filter(|name| !name.is_empty());
        named.or_else(|| Some(folders.fold(self.home.clone()?, |path, name| path.join(name))))
    }

    /// The value of a variable; an empty one counts as not set.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl Platform {
    /// The system this program was built for.
    pub const HERE: Platform = if cfg!(target_os = "macos") {
        Platform::MacOs
    } else if cfg!(windows) {
        Platform::Windows
    } else {
        Platform::Linux
    };
}
