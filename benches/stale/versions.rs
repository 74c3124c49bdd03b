//! Two versions of one crate, where the registry cache has both: a save at the old one, a load at the new one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Dice;
use crate::truth::{Tally, anywhere, step};

/// What was said of places, for each crate.
pub fn tallies() -> Vec<(String, Tally)> {
    let mut versions: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for folder in crates() {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let digit =
            name.match_indices('-').find(|(at, _)| name[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
        if let Some((at, _)) = digit {
            versions.entry(name[..at].to_owned()).or_default().push(folder);
        }
    }
    let pairs = versions.into_iter().filter(|(_, folders)| folders.len() > 1);
    pairs.map(|(name, folders)| (format!("crate {name}"), compare(&folders[0], &folders[1]))).collect()
}

fn compare(old: &Path, new: &Path) -> Tally {
    let mut tally = Tally::default();
    for path in sources(old) {
        let name = path.strip_prefix(old).expect("below it");
        let texts = (fs::read_to_string(&path), fs::read_to_string(new.join(name)));
        let (Ok(before), Ok(after)) = texts else { continue };
        if before != after {
            let lines = before.lines().count();
            let places = anywhere(&mut Dice(lines as u64), lines, lines / 10);
            tally.judge(&name.to_string_lossy(), &before, &after, &step(&before, &after), &places);
        }
    }
    tally
}

/// The folders of all crates in the registry cache, by name.
#[expect(clippy::disallowed_methods, reason = "a bench is a process of its own")]
pub fn crates() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).unwrap_or_default();
    entries(&home.join("registry/src")).iter().flat_map(|registry| entries(registry)).collect()
}

/// The Rust sources below a folder, by name.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) =
        entries(folder).into_iter().partition(|it| it.is_dir());
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.extend(folders.iter().flat_map(|it| sources(it)));
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}
