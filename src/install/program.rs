//! The command that hosts are told to run.

use std::fs;
use std::path::{Path, PathBuf};

use super::Scope;
use crate::surroundings::{Platform, Surroundings};

/// What the program is called.
const NAME: &str = "baton";

/// The program as a host is to run it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its path, or its name alone where others share the configuration.
    pub path: String,
    platform: Platform,
}

impl Program {
    /// For one user, the path: hosts with windows do not know a shell's `PATH`. The place in the `PATH` stays the same
    /// over updates where the file itself may not. For a project, the name.
    pub(super) fn find(scope: Scope, surroundings: &Surroundings) -> Self {
        let path = match scope {
            Scope::Project => None,
            Scope::User => on_path(surroundings).or_else(|| surroundings.program.clone()),
        };
        let path = path.map_or_else(|| NAME.to_owned(), |path| path.to_string_lossy().into_owned());
        Program { path, platform: surroundings.platform }
    }

    /// A command for a shell: the program and its words, which need no quotes.
    pub(super) fn in_shell(&self, words: &str) -> String {
        let is_plain = |c: char| c.is_alphanumeric() || "/._-+:\\~".contains(c);
        let path = match self.platform {
            _ if self.path.chars().all(is_plain) && !self.needs_quotes() => self.path.clone(),
            Platform::Windows => format!("\"{}\"", self.path),
            Platform::Linux | Platform::MacOs => format!("'{}'", self.path.replace('\'', r"'\''")),
        };
        format!("{path} {words}")
    }

    /// A backslash is only in a Windows shell what it looks like.
    fn needs_quotes(&self) -> bool {
        self.platform != Platform::Windows && self.path.contains(['\\', '~'])
    }
}

/// Where the search path has this very program.
pub fn on_path(surroundings: &Surroundings) -> Option<PathBuf> {
    let own = surroundings.program.as_deref().and_then(|program| fs::canonicalize(program).ok())?;
    candidates(surroundings).find(|path| fs::canonicalize(path).is_ok_and(|path| path == own))
}

/// The first program of that name in the search path, which may be another.
pub fn first_on_path(surroundings: &Surroundings) -> Option<PathBuf> {
    candidates(surroundings).find(|path| path.is_file())
}

fn candidates(surroundings: &Surroundings) -> impl Iterator<Item = PathBuf> {
    let (separator, name) = match surroundings.platform {
        Platform::Windows => (';', "baton.exe"),
        Platform::Linux | Platform::MacOs => (':', NAME),
    };
    let folders = surroundings.variable("PATH").unwrap_or_default().split(separator);
    folders.map(Path::new).filter(|folder| folder.has_root()).map(move |folder| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_path_as_one_word() {
        let check = |path: &str, platform: Platform, expected: &str| {
            let program = Program { path: path.to_owned(), platform };
            assert_eq!(program.in_shell("hook codex"), expected);
        };
        check("baton", Platform::Linux, "baton hook codex");
        check("/usr/bin/baton", Platform::MacOs, "/usr/bin/baton hook codex");
        check("/home/ann b/baton", Platform::Linux, "'/home/ann b/baton' hook codex");
        check("/o'neill/$x/baton", Platform::Linux, r"'/o'\''neill/$x/baton' hook codex");
        check(r"C:\bin\baton.exe", Platform::Windows, r"C:\bin\baton.exe hook codex");
        check(r"C:\My Files\baton.exe", Platform::Windows, "\"C:\\My Files\\baton.exe\" hook codex");
    }

    #[cfg(unix)]
    #[test]
    fn the_search_path_gives_the_name_that_stays() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("cellar-1.0-baton");
        fs::write(&real, "").unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        std::os::unix::fs::symlink(&real, folder.path().join("bin/baton")).unwrap();
        let bin = folder.path().join("bin").to_string_lossy().into_owned();
        let path = |value: &str| Surroundings {
            program: Some(real.clone()),
            variables: [("PATH".to_owned(), value.to_owned())].into(),
            ..Surroundings::default()
        };
        let find = |surroundings: &Surroundings| Program::find(Scope::User, surroundings).path;
        assert_eq!(find(&path(&format!("/none:.:{bin}"))), format!("{bin}/baton"));
        assert_eq!(find(&path("/none")), real.to_string_lossy());
        assert_eq!(find(&Surroundings::default()), "baton");
        assert_eq!(Program::find(Scope::Project, &path(&bin)).path, "baton");
    }
}
