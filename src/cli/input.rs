//! Reading an input whole, but never more than a limit: a pipe or a device may be endless.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use baton::error::{Error, Result};
use baton::source::LIMIT;
use baton::{format, source};
use ignore::{DirEntry, WalkBuilder};

/// Reads a file, or standard input where the path is `-`; of a folder or a database that holds sessions, the last one.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    chosen(path, None)
}

/// Reads a file, or standard input where the path is `-`, as it is.
pub fn whole(path: &Path) -> Result<Vec<u8>> {
    let failed = |source| Error::Read { path: name(path).into(), source };
    if is_stdin(path) {
        return bounded(io::stdin().lock(), LIMIT, failed);
    }
    if fs::metadata(path).map_err(failed)?.is_dir() {
        return Err(Error::Folder { path: path.to_owned() });
    }
    bounded(File::open(path).map_err(failed)?, LIMIT, failed)
}

/// Reads an input as [`read`] does; of a file of many conversations only the one of that title or id, if one is named.
pub fn chosen(path: &Path, conversation: Option<&str>) -> Result<Vec<u8>> {
    gathered(path, conversation).map_err(|error| error.of(name(path)))
}

fn gathered(path: &Path, conversation: Option<&str>) -> Result<Vec<u8>> {
    if !is_stdin(path)
        && let Some(bytes) = source::gather(path, conversation)?
    {
        return Ok(bytes);
    }
    let bytes = whole(path)?;
    match conversation {
        Some(wanted) => format::choose(&bytes, wanted),
        None => Ok(bytes),
    }
}

/// The files below a folder by name, as tools for code see them: hidden ones, and those that git is told to ignore, are
/// left out. None if it is no folder, or a session that is kept in one.
pub fn below(folder: &Path) -> Option<Vec<PathBuf>> {
    if !folder.is_dir() || matches!(source::gather(folder, None), Ok(Some(_))) {
        return None;
    }
    let entries = WalkBuilder::new(folder).require_git(false).sort_by_file_name(Ord::cmp).build();
    let is_file = |entry: &DirEntry| entry.file_type().is_some_and(|kind| kind.is_file());
    Some(entries.filter_map(std::result::Result::ok).filter(is_file).map(DirEntry::into_path).collect())
}

/// What an input is called in messages.
pub fn name(path: &Path) -> &Path {
    if is_stdin(path) { Path::new("standard input") } else { path }
}

/// Whether the path stands for standard input.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// How many bytes may be zero from the beginning on; what has more is a device or a disk, and not worth reading.
const ZEROS: u64 = 1 << 16;

/// Reads to the end if that comes within the limit.
fn bounded(reader: impl Read, limit: u64, failed: impl Fn(io::Error) -> Error) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut reader = reader.take(limit + 1);
    reader.by_ref().take(ZEROS).read_to_end(&mut bytes).map_err(&failed)?;
    if bytes.len() as u64 == ZEROS && bytes.iter().all(|byte| *byte == 0) {
        return Err(Error::Binary);
    }
    reader.read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(Error::TooLong { limit });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_input_is_refused() {
        let failed = |source| Error::Read { path: "pipe".into(), source };
        assert!(matches!(bounded(io::repeat(b'a'), 1000, failed), Err(Error::TooLong { limit: 1000 })));
        assert!(matches!(bounded(io::repeat(0), LIMIT, failed), Err(Error::Binary)));
        for length in [1000, 100_000] {
            assert_eq!(bounded(io::repeat(b'a').take(length), length, failed).unwrap().len() as u64, length);
        }
    }
}
