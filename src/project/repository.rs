//! The repository around a folder, read from git's own files.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{config, real, remote};

/// Longest file of git's that is read.
const LONGEST: u64 = 1 << 20;

/// Most working trees that are listed.
const WORKTREES: usize = 1000;

/// A repository and the working tree that it was found from.
pub(super) struct Repository {
    /// The folder of the working tree.
    pub root: PathBuf,
    /// The folder that all working trees share: `.git` of the first of them, or a bare repository.
    pub common: PathBuf,
}

impl Repository {
    /// The innermost repository that holds the folder. A path of another system would lead to the folder at hand.
    pub fn around(folder: &Path) -> Option<Self> {
        folder.is_absolute().then(|| folder.ancestors().find_map(Self::at)).flatten()
    }

    fn at(folder: &Path) -> Option<Self> {
        let git = folder.join(".git");
        let git = if git.is_dir() { git } else { linked(&git, "gitdir:")? };
        let common = linked(&git.join("commondir"), "").unwrap_or(git);
        common.join("HEAD").is_file().then(|| Self { root: folder.to_owned(), common: real(&common) })
    }

    /// The address of its remote.
    pub fn address(&self) -> Option<String> {
        let text = read(&self.common.join("config"))?;
        remote::address_in(&config::remotes(&text), self.main_folder())
    }

    /// The name of the user, if it has one of its own for them.
    pub fn user_name(&self) -> Option<String> {
        config::user_name(&read(&self.common.join("config"))?)
    }

    /// The folder of the first working tree, or of the bare repository.
    pub fn main_folder(&self) -> &Path {
        let is_inside = self.common.file_name().is_some_and(|name| name == ".git");
        self.common.parent().filter(|_| is_inside).unwrap_or(&self.common)
    }

    /// The folders of all working trees that git knows of and that are there.
    pub fn worktrees(&self) -> Vec<PathBuf> {
        let linked = fs::read_dir(self.common.join("worktrees")).into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = linked
            .take(WORKTREES)
            .filter_map(|entry| linked_folder(&entry.path()))
            .chain([self.main_folder().to_owned()])
            .collect();
        folders.sort();
        folders.dedup();
        folders
    }
}

/// The folder of the working tree whose files git keeps here.
fn linked_folder(kept: &Path) -> Option<PathBuf> {
    let git = linked(&kept.join("gitdir"), "")?;
    git.is_file().then(|| git.parent().map(real)).flatten()
}

/// The path that a file names behind a word, from the file's own folder if it is not absolute.
fn linked(file: &Path, word: &str) -> Option<PathBuf> {
    let text = read(file)?;
    let path = text.lines().next()?.strip_prefix(word)?.trim();
    (!path.is_empty()).then(|| file.parent().map(|folder| folder.join(path))).flatten()
}

/// A file's text, if it is a file (a pipe would block) and not too long.
pub(super) fn read(path: &Path) -> Option<String> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LONGEST + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= LONGEST).then(|| String::from_utf8(bytes).ok()).flatten()
}
