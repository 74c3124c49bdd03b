//! Walking along the names of a place: only folders that a name leaves open are listed, and the depth is fixed.

use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::path::PathBuf;

use jiff::Timestamp;
use rayon::prelude::*;

use super::Found;
use crate::format::Place;

/// The name that stands for the project in a place's files.
const PROJECT: &str = "{project}";

/// A path on the way, and the project's name as far as it was passed.
struct Way {
    path: PathBuf,
    folder: Option<String>,
}

/// The sessions of a place, in no order.
pub(super) fn files(agent: &'static str, place: &Place, root: PathBuf) -> Vec<Found> {
    let names: Vec<&str> = place.files.split('/').collect();
    let (file, folders) = names.split_last().expect("splitting gives at least one name");
    let mut ways = vec![Way { path: root, folder: None }];
    for name in folders {
        ways = ways.into_par_iter().flat_map_iter(|way| step(way, name)).collect();
    }
    ways.into_par_iter().flat_map_iter(|way| sessions(agent, place, way, file)).collect()
}

/// The folders of that name, one step on.
fn step(way: Way, name: &str) -> Vec<Way> {
    if !name.contains(['*', '{']) {
        return vec![Way { path: way.path.join(name), ..way }];
    }
    let next = |entry: DirEntry| {
        let found = entry.file_name();
        let folder =
            if name == PROJECT { Some(found.to_string_lossy().into_owned()) } else { way.folder.clone() };
        (matches(name, &found)).then(|| Way { path: entry.path(), folder })
    };
    entries(&way).filter_map(next).collect()
}

/// The files of that name in the last folder.
fn sessions(agent: &'static str, place: &Place, way: Way, name: &str) -> Vec<Found> {
    if !name.contains(['*', '{']) {
        return found(agent, way.path.join(name), way.folder).into_iter().collect();
    }
    let names = entries(&way).filter(|entry| {
        let file = entry.file_name();
        matches(name, &file) && !matches(place.except, &file)
    });
    names.filter_map(|entry| found(agent, entry.path(), way.folder.clone())).collect()
}

fn entries(way: &Way) -> impl Iterator<Item = DirEntry> + use<> {
    fs::read_dir(&way.path).into_iter().flatten().flatten()
}

/// What the file system says of a session; none if the path is no file.
fn found(agent: &'static str, path: PathBuf, folder: Option<String>) -> Option<Found> {
    let metadata = fs::metadata(&path).ok().filter(|metadata| metadata.is_file() && metadata.len() > 0)?;
    let modified = Timestamp::try_from(metadata.modified().ok()?).ok()?;
    Some(Found { agent, path, session: None, folder, modified, size: metadata.len() })
}

/// Whether a name is of a pattern with at most one `*`.
fn matches(pattern: &str, name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return pattern == PROJECT };
    match pattern.split_once('*') {
        None => pattern == PROJECT || pattern == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let check = |pattern: &str, name: &str, expected: bool| {
            assert_eq!(matches(pattern, OsStr::new(name)), expected, "{pattern} {name}");
        };
        check("*.jsonl", "a.jsonl", true);
        check("*.jsonl", ".jsonl", true);
        check("*.jsonl", "a.jsonl.bak", false);
        check("rollout-*.jsonl", "rollout-1.jsonl", true);
        check("rollout-*.jsonl", "rollout-.json", false);
        check("aba*ba", "aba", false);
        check("chats", "chats", true);
        check("chats", "chat", false);
        check("{project}", "anything", true);
    }
}
