//! Real transcripts, where there are any beside the project.

use std::path::{Path, PathBuf};

/// The corpus that the environment names, or the one beside the project, if there is one.
#[expect(clippy::disallowed_methods, reason = "a bench is a process of its own")]
pub fn corpus() -> Option<PathBuf> {
    let beside = || Some(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    std::env::var_os("BATON_CORPUS").map(PathBuf::from).or_else(beside).filter(|folder| folder.is_dir())
}

/// The name of a file or folder, without its ending.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// The folders in a folder, by name.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) =
        entries(folder).into_iter().partition(|it| it.is_dir());
    files.extend(folders.iter().flat_map(|it| self::files(it)));
    files
}
