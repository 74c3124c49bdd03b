//! A change of one file: worked out first, shown, then written whole or not at all.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::{Content, Part, Program, json, toml};
use crate::error::{Error, Result};
use crate::redact;
use crate::whole;

/// Longest file that is taken for a configuration.
const LONGEST: u64 = 64 << 20;

/// What a file of our own says of itself.
const MARK: &str = "baton install";

/// What the copy of a file is called that is made before the first change.
const BACKUP: &str = "before-baton";

/// What is to be changed in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is about, for people.
    pub what: &'static str,
    /// The file.
    pub path: PathBuf,
    /// What is in it; none if it is not there.
    pub before: Option<String>,
    /// What is to be in it; none if it is to go.
    pub after: Option<String>,
    /// What becomes of the copy of what was there before.
    pub backup: Backup,
    /// Whether the file is ours alone, and so is an empty folder that it leaves behind.
    own: bool,
}

/// What becomes of the copy of a file as it was before Baton.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backup {
    /// It is made.
    Made,
    /// It stays, or there is none.
    Left,
    /// It is what the file becomes again, and goes.
    Restored,
}

impl Change {
    /// What puts a part there; none if it is there.
    pub(super) fn install(part: &Part, path: PathBuf, program: &Program) -> Result<Option<Self>> {
        let before = read(&path)?;
        let after = with(part, &path, before.as_deref(), program)?;
        let has_ours = without(part, &path, before.as_deref(), program)? != before;
        let backup = if before.is_some() && !has_ours { Backup::Made } else { Backup::Left };
        let own = matches!(part.content, Content::Text(_));
        Ok(Self { what: part.what, path, before, after: Some(after), backup, own }.if_any())
    }

    /// What takes a part out; none if it is not there. A file that nobody has changed since becomes what it was.
    pub(super) fn uninstall(part: &Part, path: PathBuf, program: &Program) -> Result<Option<Self>> {
        let before = read(&path)?;
        let kept = read(&backup_of(&path)).unwrap_or_default();
        let unchanged = before.is_some() && with(part, &path, kept.as_deref(), program).ok() == before;
        let (after, backup) = if unchanged {
            (kept, Backup::Restored)
        } else {
            (without(part, &path, before.as_deref(), program)?, Backup::Left)
        };
        let own = matches!(part.content, Content::Text(_));
        Ok(Self { what: part.what, path, before, after, backup, own }.if_any())
    }

    fn if_any(self) -> Option<Self> {
        (self.before != self.after).then_some(self)
    }

    /// The lines that change, with some around them, as a patch. Secrets that stand there are not in it.
    pub fn diff(&self) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (before, after) = (text(&self.before), text(&self.after));
        let name = self.path.display().to_string();
        let none = "/dev/null".to_owned();
        let old = if self.before.is_some() { &name } else { &none };
        let new = if self.after.is_some() { &name } else { &none };
        let patch =
            TextDiff::from_lines(before.as_str(), after.as_str()).unified_diff().header(old, new).to_string();
        redact::text(&patch).into_owned()
    }

    /// Where the copy is that this change makes.
    pub fn backup_path(&self) -> Option<PathBuf> {
        (self.backup == Backup::Made).then(|| backup_of(&self.path))
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the file is not what it was, [`Error::Write`] if it cannot be written.
    pub fn apply(&self) -> Result<()> {
        if read(&self.path)? != self.before {
            return Err(refused(&self.path, "somebody changed it just now; try again".to_owned()));
        }
        if let (Some(backup), Some(before)) = (self.backup_path(), &self.before) {
            write(&backup, before, Some(&self.path))?;
        }
        if let Some(after) = &self.after {
            write(&self.path, after, None)?;
        } else {
            self.remove()?;
        }
        if self.backup == Backup::Restored { remove(&backup_of(&self.path)) } else { Ok(()) }
    }

    fn remove(&self) -> Result<()> {
        remove(&self.path)?;
        if self.own {
            // The folders that were made for it are empty now; any other is not, and stays.
            let _ = self.path.ancestors().skip(1).take(2).try_for_each(fs::remove_dir);
        }
        Ok(())
    }
}

/// The text with a part in it.
fn with(part: &Part, path: &Path, text: Option<&str>, program: &Program) -> Result<String> {
    let new = match &part.content {
        Content::Json(entries) => json::put(text.unwrap_or_default(), &entries(program)),
        Content::Toml(entries) => toml::put(text.unwrap_or_default(), &entries(program)),
        Content::Text(_) if text.is_some_and(|text| !text.contains(MARK)) => {
            Err("it is somebody else's file of that name".to_owned())
        }
        Content::Text(content) => Ok(content(program)),
    };
    new.map_err(|reason| refused(path, reason))
}

/// The text without a part.
fn without(part: &Part, path: &Path, text: Option<&str>, program: &Program) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    let new = match &part.content {
        Content::Json(entries) => json::take(text, &entries(program)).map(Some),
        Content::Toml(entries) => toml::take(text, &entries(program)).map(Some),
        Content::Text(_) => Ok(Some(text.to_owned()).filter(|text| !text.contains(MARK))),
    };
    new.map_err(|reason| refused(path, reason))
}

fn refused(path: &Path, reason: String) -> Error {
    Error::Configuration { path: path.to_owned(), reason }
}

pub(super) fn backup_of(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{name}.{BACKUP}"))
}

/// The text of a file; none if there is none.
fn read(path: &Path) -> Result<Option<String>> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound && path.symlink_metadata().is_err() => {
            return Ok(None);
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(refused(path, "it is a link that leads nowhere".to_owned()));
        }
        Err(error) => return Err(failed(error)),
    };
    if !metadata.is_file() || metadata.len() > LONGEST {
        return Err(refused(path, "it is no file of a usual size".to_owned()));
    }
    let bytes = fs::read(path).map_err(failed)?;
    String::from_utf8(bytes).map(Some).map_err(|_| refused(path, "it is not UTF-8".to_owned()))
}

/// Writes a file, with the permissions of another if it is a copy of that.
fn write(path: &Path, text: &str, like: Option<&Path>) -> Result<()> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match like {
        Some(like) => whole::copy(like, path).map_err(failed),
        None => whole::replace(path, text).map_err(failed),
    }
}

/// Removes a file; that it was gone is no error.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(Error::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
