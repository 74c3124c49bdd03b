//! A repository's own history: every revision of a file is a save, a few revisions later is the load.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::*;

use crate::Dice;
use crate::truth::{Tally, Went, anywhere, step, then, written};

/// How many revisions of the file lie between the save and the load.
const LATER: [usize; 5] = [1, 2, 4, 8, 16];

/// Longest source that is followed, in bytes.
const LONGEST: usize = 200_000;

/// What was said of places after so many revisions; nothing where there is no repository.
pub fn tallies() -> Vec<(String, Tally)> {
    let Some(repository) = repository() else { return Vec::new() };
    let files = revisions(&repository);
    let tally = |later: usize| {
        let tallies = files.par_iter().map(|(path, texts)| replay(path, texts, later));
        tallies.reduce(Tally::default, |mut all, one| {
            all.add(&one);
            all
        })
    };
    LATER.into_iter().map(|later| (format!("history, {later} revisions later"), tally(later))).collect()
}

fn replay(path: &str, texts: &[String], later: usize) -> Tally {
    let steps: Vec<Went> = texts.windows(2).map(|pair| step(&pair[0], &pair[1])).collect();
    let mut tally = Tally::default();
    for at in 0..texts.len().saturating_sub(later) {
        let went = steps[at + 1..at + later].iter().fold(steps[at].clone(), |went, step| then(&went, step));
        let lines = texts[at].lines().count();
        let mut places = anywhere(&mut Dice(at as u64), lines, 4);
        if let Some(before) = at.checked_sub(1) {
            places.extend(written(&steps[before], lines));
        }
        tally.judge(path, &texts[at], &texts[at + later], &went, &places);
    }
    tally
}

/// Every text a source file ever had on the main line, in order, each once.
fn revisions(repository: &Path) -> BTreeMap<String, Vec<String>> {
    let mut blobs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for commit in git(repository, &["log", "--first-parent", "--reverse", "--format=%H"]).lines() {
        for line in git(repository, &["ls-tree", "-r", commit]).lines() {
            let Some((about, path)) = line.split_once('\t') else { continue };
            let blob = about.split(' ').next_back().unwrap_or_default();
            let source = [".rs", ".md", ".py", ".toml"].iter().any(|end| path.ends_with(end));
            let known = blobs.get(path).and_then(|blobs| blobs.last()).is_some_and(|last| last == blob);
            if source && !known && !path.starts_with("fixtures/") {
                blobs.entry(path.to_owned()).or_default().push(blob.to_owned());
            }
        }
    }
    blobs.retain(|_, blobs| blobs.len() > 1);
    let text = |blob: &String| git(repository, &["cat-file", "blob", blob]);
    let texts = blobs.into_iter().map(|(path, blobs)| (path, blobs.iter().map(text).collect()));
    texts.filter(|(_, texts): &(_, Vec<String>)| texts.iter().all(|text| text.len() <= LONGEST)).collect()
}

#[expect(clippy::disallowed_methods, reason = "a bench is a process of its own")]
fn repository() -> Option<PathBuf> {
    let named = std::env::var_os("BATON_HISTORY").map(PathBuf::from);
    let repository = named.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    repository.join(".git").exists().then_some(repository)
}

fn git(repository: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(repository).args(arguments).output();
    String::from_utf8_lossy(&output.map(|output| output.stdout).unwrap_or_default()).into_owned()
}
