//! Writing a result: to standard output, or to a file that is there whole or not at all.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use baton::error::{Error, Result};
use serde::Serialize;
use tempfile::{Builder, NamedTempFile};

/// Writes to the file, or to standard output where none is named or it is `-`.
pub fn write(text: &str, file: Option<&Path>) -> Result<()> {
    match file.filter(|path| path.as_os_str() != "-") {
        Some(path) => replace(path, text).map_err(|source| Error::Write { path: path.to_owned(), source }),
        None => print(text),
    }
}

/// A reply as JSON for people and programs.
pub fn json(reply: &impl Serialize) -> String {
    serde_json::to_string_pretty(reply).expect("a reply is plain data") + "\n"
}

/// Refuses a target that is the input itself.
pub fn keep_input(input: &Path, target: Option<&Path>) -> Result<()> {
    let real = |path: &Path| fs::canonicalize(path).ok().filter(|path| path.is_file());
    let target = target.and_then(real);
    if target.is_some() && target == real(input) {
        return Err(Error::Overwrite { path: input.to_owned() });
    }
    Ok(())
}

/// Writes to standard output; that its reader went away is no error.
fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| Error::Write { path: "standard output".into(), source }),
    }
}

/// Writes beside the file and moves it into place, so that nobody sees a half.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // Through a link, the file it leads to is replaced, not the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(&path).ok();
    if before.as_ref().is_some_and(Metadata::is_dir) {
        return Err(ErrorKind::IsADirectory.into());
    }
    // A device or a pipe cannot be replaced, only written to.
    if before.as_ref().is_some_and(|before| !before.is_file()) {
        return fs::write(path, text);
    }
    let mut beside = beside(&path)?;
    beside.write_all(text.as_bytes())?;
    if let Some(before) = before {
        beside.as_file().set_permissions(before.permissions())?;
    }
    beside.as_file().sync_all()?;
    beside.persist(&path)?;
    Ok(())
}

/// A new file in the same folder, with the permissions that any new file gets.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = Builder::new();
    builder.prefix(".baton-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder.map_or_else(|| PathBuf::from("."), Path::to_owned))
}
