//! Sessions in folders of small JSON files: `OpenCode`'s storage, and the events of `OpenHands`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The session that a file or a folder stands for, if it is one in many files.
pub(super) fn gather(path: &Path) -> Result<Option<Vec<u8>>> {
    let name = name(path);
    let above = path.parent().map(self::name).unwrap_or_default();
    if path.is_dir() && path.join("events").is_dir() {
        return events(&path.join("events")).map(Some);
    }
    if name.starts_with("event-") && above == "events" {
        return events(path.parent().unwrap_or(path)).map(Some);
    }
    let storage = path.ancestors().nth(3).filter(|storage| storage.join("message").is_dir());
    match storage {
        Some(storage) if name.starts_with("ses_") && name.ends_with(".json") => {
            stored(path, storage).map(Some)
        }
        _ => Ok(None),
    }
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// A folder of events, one a file, as one a line.
fn events(folder: &Path) -> Result<Vec<u8>> {
    let texts: Result<Vec<String>> = files(folder)?.iter().map(|file| one_line(file)).collect();
    Ok((texts?.join("\n") + "\n").into_bytes())
}

/// A session of a storage as its export would be: what it is, then its messages with their parts.
fn stored(session: &Path, storage: &Path) -> Result<Vec<u8>> {
    let id = name(session).trim_end_matches(".json");
    let mut messages = Vec::new();
    for message in files(&storage.join("message").join(id))? {
        let parts = storage.join("part").join(name(&message).trim_end_matches(".json"));
        let parts = if parts.is_dir() { files(&parts)? } else { Vec::new() };
        let parts: Result<Vec<String>> = parts.iter().map(|part| one_line(part)).collect();
        messages.push(format!("{{\"info\":{},\"parts\":[{}]}}", one_line(&message)?, parts?.join(",\n")));
    }
    let text = format!("{{\"info\":{},\n\"messages\":[\n{}\n]}}\n", one_line(session)?, messages.join(",\n"));
    Ok(text.into_bytes())
}

/// The JSON files in a folder by name, which is the order of time.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |source| Error::Read { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| name(file).ends_with(".json"));
    files.sort();
    Ok(files)
}

/// A file's JSON without line ends, which only stand between its members; `null` in place of what is none.
fn one_line(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    Ok(value.to_string())
}
