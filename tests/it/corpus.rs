//! Real transcripts, where there are any beside the project: every file builds, and fits.
//!
//! They are not part of the project. `BATON_CORPUS=<folder>` names them if they are not at `../shared/corpus`.

use std::fs;
use std::path::{Path, PathBuf};

use baton::build;
use baton::error::Error;
use rayon::prelude::*;

use crate::fixtures::options;

/// A file longer than this takes too long for a test that runs every time.
const LONGEST: u64 = 3 << 20;

#[test]
fn every_file_builds() {
    let files = files();
    let built = files.par_iter().filter(|path| builds(path)).count();
    assert!(built * 100 >= files.len() * 95, "only {built} of {} files are of a known format", files.len());
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test may ask where its data is, and says if it has none"
)]
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("BATON_CORPUS").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there are no real transcripts at {}", folder.display());
    None
}

/// Whether a file is of a known format; then its handoff fits.
fn builds(path: &Path) -> bool {
    let bytes = fs::read(path).unwrap();
    match build::build(&bytes, &options(2000, "markdown")) {
        Ok(handoff) => {
            let counted = tiktoken_rs::o200k_base_singleton().encode_ordinary(&handoff.text).len();
            assert!(counted <= 2000 && counted == handoff.tokens, "{}: {counted} tokens", path.display());
            true
        }
        Err(Error::UnknownFormat { .. } | Error::NoEvents { .. } | Error::Empty) => false,
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

/// The real transcripts, by name; none where there is no folder of them.
pub fn files() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = folder().into_iter().collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if is_transcript(&path) && fs::metadata(&path).unwrap().len() <= LONGEST {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn is_transcript(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["jsonl", "json", "md"].iter().any(|known| extension == *known))
}
