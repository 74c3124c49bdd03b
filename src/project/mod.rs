//! Which project a folder belongs to: the same answer in every working tree of a repository, in a copy, and after a move.
//!
//! A repository is known by the address of its remote, one without a remote by its first commit, and anything else by its
//! path. Only git's plain files are read, with a limit; nothing that a repository brings along is run.

mod config;
mod name;
mod remote;
mod repository;
mod root_commit;
mod user;

use std::fs;
use std::path::{Path, PathBuf};

use repository::Repository;

pub use name::{folder_of, id_of, names};
pub use remote::address;
pub use user::user_name;

/// A project, found from one of its folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// What it is told from others by: `git:<host>/<path>` of its remote, `commit:<hash>` of its first commit, or
    /// `folder:<path>`. It has no credentials in it.
    pub id: String,
    /// What people call it: the last part of the remote's address or of the folder.
    pub name: String,
    /// The folder of the working tree that it was found from, or the folder itself.
    pub root: PathBuf,
}

/// The project of a folder. Where the folder does not exist, its path is all there is.
///
/// For a repository without a remote this runs `git` to find the first commit, for at most two seconds; whoever needs
/// the answer often should keep it.
pub fn of(folder: &Path) -> Project {
    let folder = real(folder);
    let Some(repository) = Repository::around(&folder) else {
        return Project { id: folder_id(&folder), name: last_name(&folder), root: folder };
    };
    if let Some(address) = repository.address() {
        let name = address.rsplit('/').next().unwrap_or_default().to_owned();
        return Project { id: remote_id(&address), name, root: repository.root };
    }
    let id = root_commit::of(&repository.common).map(|commit| format!("commit:{commit}"));
    let main = repository.main_folder();
    Project { id: id.unwrap_or_else(|| folder_id(main)), name: last_name(main), root: repository.root }
}

/// The root of the working tree around a folder, which need not exist any more; none outside of repositories.
pub fn root(folder: &Path) -> Option<PathBuf> {
    Repository::around(&real(folder)).map(|repository| repository.root)
}

impl Project {
    /// Whether a remote with that URL is the one of this project.
    pub fn has_remote(&self, url: &str) -> bool {
        address(url).is_some_and(|address| remote_id(&address) == self.id)
    }

    /// The folders of all working trees of the repository, the one that it was found from first.
    pub fn worktrees(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.root.clone()];
        let others = Repository::around(&self.root).map(|repository| repository.worktrees());
        folders.extend(others.unwrap_or_default().into_iter().filter(|folder| *folder != self.root));
        folders
    }
}

fn remote_id(address: &str) -> String {
    format!("git:{address}")
}

fn folder_id(folder: &Path) -> String {
    format!("folder:{}", folder.display())
}

fn last_name(folder: &Path) -> String {
    folder
        .file_name()
        .map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The path without links, as far as it exists. Windows writes such a path in a form that nobody else does.
fn real(folder: &Path) -> PathBuf {
    let path = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    match path.to_str().and_then(|path| path.strip_prefix(r"\\?\")) {
        Some(plain) if plain.as_bytes().get(1) == Some(&b':') => PathBuf::from(plain),
        _ => path,
    }
}

#[cfg(test)]
mod tests;
