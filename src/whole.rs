//! Writing a file that is there whole or not at all.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// Writes beside the file and moves it into place, so that nobody sees a half.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
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

/// Copies a file, with its permissions; the copy is there whole or not at all.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut copy = beside(to)?;
    io::copy(&mut fs::File::open(from)?, &mut copy)?;
    copy.as_file().set_permissions(fs::metadata(from)?.permissions())?;
    copy.as_file().sync_all()?;
    copy.persist(to)?;
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
