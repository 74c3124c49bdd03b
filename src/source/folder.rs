//! Sessions in folders of small JSON files: `OpenCode`'s storage, and the events of `OpenHands`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The file that is the session in a folder that an agent makes for each, the first of these that is there.
const WHOLE: &[&str] = &[
    "api_conversation_history.json",
    "ui_messages.json",
    "full.jsonl",
    "events.jsonl",
    "chat_history.jsonl",
];

/// The session that a file or a folder stands for, if it is not simply a file.
pub(super) fn gather(path: &Path) -> Result<Option<Vec<u8>>> {
    if path.is_dir() {
        return of_folder(path);
    }
    let name = name(path);
    let folder = path.parent().unwrap_or(path);
    if name.starts_with("event-") && self::name(folder) == "events" {
        return events(folder).map(Some);
    }
    let storage = path.ancestors().nth(3).filter(|storage| storage.join("message").is_dir());
    match storage {
        Some(storage) if name.starts_with("ses_") && is_json(path) => stored(path, storage).map(Some),
        _ => Ok(None),
    }
}

/// The session whose files lie in a folder, if it is one that an agent makes for each.
fn of_folder(folder: &Path) -> Result<Option<Vec<u8>>> {
    if name(folder) == "events" && holds_events(folder) {
        return events(folder).map(Some);
    }
    if holds_events(&folder.join("events")) {
        return events(&folder.join("events")).map(Some);
    }
    if let Some(session) = session_of_messages(folder) {
        return gather(&session);
    }
    let named = ["jsonl", "traj", "traj.json"].map(|end| format!("{}.{end}", name(folder)));
    let files = WHOLE.iter().copied().chain(named.iter().map(String::as_str));
    let file = files.map(|file| folder.join(file)).find(|file| file.is_file());
    let read = |path: PathBuf| fs::read(&path).map_err(|source| Error::Read { path, source });
    file.map(read).transpose()
}

fn holds_events(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| name(&path).starts_with("event-") && is_json(&path))
}

/// The file of the session whose messages lie in a folder of `OpenCode`'s storage.
fn session_of_messages(folder: &Path) -> Option<PathBuf> {
    let messages = folder.parent().filter(|messages| name(messages) == "message")?;
    let file = format!("{}.json", name(folder));
    let projects = fs::read_dir(messages.parent()?.join("session")).ok()?.flatten();
    projects.map(|project| project.path().join(&file)).find(|session| session.is_file())
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
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
    files.retain(|file| is_json(file));
    files.sort();
    Ok(files)
}

/// A file's JSON without line ends, which only stand between its members; `null` in place of what is none.
fn one_line(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    Ok(value.to_string())
}
