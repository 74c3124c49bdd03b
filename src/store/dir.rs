//! A store in a folder: `<id>.json` for each handoff, and what is kept beside it in `.kept/<id>/`.
//!
//! Whoever changes something holds the lock of the folder. A document is written to a file of its own, forced to the
//! disk and moved into place, and the folder is forced to the disk too: whatever happens in between, a document is the
//! old one or the new one. What is kept beside it is moved into place in the same way, but not forced to the disk.
//! Reading needs no lock.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::place::FOLDER;
use super::{DIARY, Document, Expected, Id, Keep, Listing, Revision, Scheme, Store, surplus, version_name};
use crate::error::{Error, Result};

pub(super) const SCHEME: Scheme = Scheme {
    name: "dir",
    title: "a folder with one readable JSON file a handoff",
    open: |path, place| Box::new(Dir { folder: place.folder.join(path), shared: place.shared }),
};

/// The ending of a handoff's file.
const ENDING: &str = ".json";
/// The file that writers lock.
const LOCK: &str = ".lock";
/// The file that the next document is written to; only who holds the lock does so.
const NEXT: &str = ".next";
/// The same for a version, where a file cannot have two names.
const NEXT_VERSION: &str = ".next-version";
/// The folder for what is kept beside the documents.
const KEPT: &str = ".kept";
/// The diary of the store, and the one before it.
const DIARY_FILE: &str = ".loads.jsonl";
const DIARY_BEFORE: &str = ".loads-before.jsonl";
/// What keeps a private store out of a repository.
const IGNORE_ALL: &str = "*\n";
/// What a store that is shared on purpose keeps out of it.
const IGNORE_OWN: &str =
    "# Shared on purpose: only what concerns this machine is left out.\n.*\n!.gitignore\n";

struct Dir {
    folder: PathBuf,
    shared: bool,
}

impl Store for Dir {
    fn address(&self) -> String {
        self.folder.display().to_string()
    }

    fn list(&self) -> Result<Listing> {
        let mut listing = Listing::default();
        for name in names(&self.folder)? {
            let Some(stem) = name.strip_suffix(ENDING).filter(|stem| !stem.starts_with('.')) else {
                continue;
            };
            match Id::new(stem) {
                Ok(id) => listing.ids.push(id),
                Err(_) => listing.strangers.push(name),
            }
        }
        listing.ids.sort_unstable();
        listing.strangers.sort_unstable();
        Ok(listing)
    }

    fn get(&self, id: &Id) -> Result<Option<Document>> {
        Ok(read(&self.path(id))?.map(|bytes| Document { bytes }))
    }

    fn put(&self, id: &Id, document: &[u8], expected: Expected, keep: Option<Keep>) -> Result<()> {
        let _lock = self.lock()?;
        let there = read(&self.path(id))?;
        expected.check(id, there.as_deref())?;
        if there.is_none() && self.has_like(id)? {
            return Err(Error::Conflict { id: id.to_string() });
        }
        let next = self.write(NEXT, document, self.path(id))?;
        next.force()?;
        if let (Some(keep), Some(there)) = (keep, there) {
            self.keep(id, keep, &there)?;
        }
        next.put()?;
        force(&self.folder)
    }

    fn remove(&self, id: &Id, revision: Revision) -> Result<()> {
        let _lock = self.lock()?;
        let path = self.path(id);
        Expected::This(revision).check(id, read(&path)?.as_deref())?;
        fs::remove_file(&path).map_err(failed(&path))?;
        let beside = self.beside_folder(id);
        gone(fs::remove_dir_all(&beside)).map_err(failed(&beside))?;
        force(&self.folder)
    }

    fn beside(&self, id: &Id) -> Result<Vec<String>> {
        let mut names = names(&self.beside_folder(id))?;
        names.sort_unstable();
        Ok(names)
    }

    fn note(&self, id: &Id, name: &str) -> Result<Option<Vec<u8>>> {
        read(&self.beside_folder(id).join(name))
    }

    fn put_note(&self, id: &Id, name: &str, bytes: &[u8]) -> Result<()> {
        let _lock = self.lock()?;
        let folder = self.beside_folder(id);
        create_private(&folder)?;
        self.write(NEXT, bytes, folder.join(name))?.put()
    }

    fn extend_note(&self, id: &Id, name: &str, bytes: &[u8]) -> Result<()> {
        let _lock = self.lock()?;
        let folder = self.beside_folder(id);
        create_private(&folder)?;
        let path = folder.join(name);
        let added = private().append(true).open(&path).and_then(|mut file| file.write_all(bytes));
        added.map_err(failed(&path))
    }

    fn write_diary(&self, line: &str) -> Result<()> {
        if !self.folder.exists() {
            self.settle()?;
        }
        let path = self.folder.join(DIARY_FILE);
        let is_full = || path.metadata().is_ok_and(|file| file.len() > DIARY as u64 / 2);
        if is_full() {
            let _lock = self.lock()?;
            if is_full() {
                // Who still writes to it writes to what it is called then.
                fs::rename(&path, self.folder.join(DIARY_BEFORE)).map_err(failed(&path))?;
            }
        }
        // One short write at the end of a file is never mixed with another.
        let mut file = private().append(true).open(&path).map_err(failed(&path))?;
        file.write_all(format!("{line}\n").as_bytes()).map_err(failed(&path))
    }

    fn diary(&self) -> Result<Vec<u8>> {
        let mut diary = read(&self.folder.join(DIARY_BEFORE))?.unwrap_or_default();
        diary.extend(read(&self.folder.join(DIARY_FILE))?.unwrap_or_default());
        Ok(diary)
    }

    fn set_aside(&self, id: &Id, revision: Revision) -> Result<String> {
        let _lock = self.lock()?;
        let path = self.path(id);
        Expected::This(revision).check(id, read(&path)?.as_deref())?;
        let name = |number: u32| match number {
            0 => format!("{id}{ENDING}.damaged"),
            _ => format!("{id}{ENDING}.damaged-{number}"),
        };
        let mut number = 0;
        while self.folder.join(name(number)).exists() {
            number += 1;
        }
        let free = name(number);
        fs::rename(&path, self.folder.join(&free)).map_err(failed(&path))?;
        force(&self.folder)?;
        Ok(free)
    }
}

impl Dir {
    fn path(&self, id: &Id) -> PathBuf {
        self.folder.join(format!("{id}{ENDING}"))
    }

    fn beside_folder(&self, id: &Id) -> PathBuf {
        self.folder.join(KEPT).join(id.as_str())
    }

    /// Whether there is an id that differs only in case: on some systems it would be the same file.
    fn has_like(&self, id: &Id) -> Result<bool> {
        Ok(self.list()?.ids.iter().any(|other| other.is_like(id)))
    }

    /// Waits for the lock of the folder, which is made if need be. It is given back when the file is closed, or its process dies.
    fn lock(&self) -> Result<File> {
        let path = self.folder.join(LOCK);
        if !path.exists() {
            self.settle()?;
        }
        let lock = private().open(&path).map_err(failed(&path))?;
        lock.lock().map_err(failed(&path))?;
        Ok(lock)
    }

    /// Makes the folder, for its owner only, and tells git what to leave out.
    fn settle(&self) -> Result<()> {
        create_private(&self.folder)?;
        if !self.shared && self.folder.ends_with(FOLDER) {
            close(&self.folder);
        }
        self.folder.parent().map_or(Ok(()), force)?;
        let path = self.folder.join(".gitignore");
        if !path.exists() {
            let rules = if self.shared { IGNORE_OWN } else { IGNORE_ALL };
            let made = private().open(&path).and_then(|mut file| file.write_all(rules.as_bytes()));
            made.map_err(failed(&path))?;
        }
        Ok(())
    }

    /// Keeps what is there as a version, which costs no copy: the file gets a second name before its first goes to the new
    /// one. Where a disk keeps one journal, both names last from the same moment; elsewhere a power cut at this moment may
    /// take the version, never the document.
    fn keep(&self, id: &Id, keep: Keep, there: &[u8]) -> Result<()> {
        let folder = self.beside_folder(id);
        if keep.most > 0 {
            create_private(&folder)?;
            let version = folder.join(version_name(keep.number));
            gone(fs::remove_file(&version)).map_err(failed(&version))?;
            if fs::hard_link(self.path(id), &version).is_err() {
                self.write(NEXT_VERSION, there, version)?.put()?;
            }
        }
        for name in surplus(&names(&folder)?, keep.most) {
            let path = folder.join(name);
            gone(fs::remove_file(&path)).map_err(failed(&path))?;
        }
        Ok(())
    }

    /// Writes something that is to be put in a place.
    fn write(&self, name: &str, bytes: &[u8], place: PathBuf) -> Result<Next> {
        let mut next = Next { path: self.folder.join(name), place, file: None };
        // What a process that was killed left here may be anything, a link too.
        let made =
            gone(fs::remove_file(&next.path)).and_then(|_| private().create_new(true).open(&next.path));
        let written = made.and_then(|mut file| file.write_all(bytes).map(|()| file));
        next.file = Some(written.map_err(failed(&next.place))?);
        Ok(next)
    }
}

/// A file that is written and not yet in its place. If it does not get there, it goes.
struct Next {
    path: PathBuf,
    place: PathBuf,
    /// Open as long as it may be forced to the disk.
    file: Option<File>,
}

impl Next {
    /// Forces what is in it to the disk.
    fn force(&self) -> Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_all).map_err(failed(&self.place))
    }

    /// Puts it in its place.
    fn put(mut self) -> Result<()> {
        // Some systems move no open files.
        self.file = None;
        fs::rename(&self.path, &self.place).map_err(failed(&self.place))
    }
}

impl Drop for Next {
    fn drop(&mut self) {
        // It is gone if it was put in its place; if it cannot be removed, the next writer does.
        let _ = fs::remove_file(&self.path);
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Read { path: path.to_owned(), source }),
    }
}

/// The names of what is in a folder; none if there is no folder.
fn names(folder: &Path) -> Result<Vec<String>> {
    let failed = |source| Error::Read { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let names: io::Result<Vec<OsString>> = entries.map(|entry| Ok(entry?.file_name())).collect();
    Ok(names.map_err(failed)?.into_iter().map(|name| name.to_string_lossy().into_owned()).collect())
}

/// Whether something was removed; that it was gone already is no error.
fn gone(removed: io::Result<()>) -> io::Result<bool> {
    match removed {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// A file that only its owner may read.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A folder, and those above it, that only its owner may enter.
pub fn create_private(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed(folder))
}

/// Closes a folder that somebody made by hand to all but its owner; whoever is not its owner cannot.
fn close(folder: &Path) {
    #[cfg(unix)]
    let _ = fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700));
    #[cfg(not(unix))]
    let _ = folder;
}

/// Forces the names in a folder to the disk; Windows does so by itself.
fn force(folder: &Path) -> Result<()> {
    if cfg!(unix) && !folder.as_os_str().is_empty() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))?;
    }
    Ok(())
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    |source| Error::Write { path: path.to_owned(), source }
}
