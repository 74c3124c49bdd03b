//! The log of hooks: a line for each that went wrong, in the folder of the store, since nobody sees what a host swallows.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use crate::redact;
use crate::store::{self, Place};
use crate::surroundings::Surroundings;

/// The name of the log.
const NAME: &str = "hook.log";
/// The most bytes of a log; then it begins anew, and the old one stays beside it.
const LONGEST: u64 = 256 << 10;

/// Notes what went wrong. That the log cannot be written is no reason to disturb anybody.
pub(super) fn note(host: &str, problem: &str, surroundings: &Surroundings) {
    let Some(path) = path(surroundings) else { return };
    let time = surroundings.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let line = format!("{time} {host}: {problem}").replace(['\n', '\r'], " ");
    if fs::metadata(&path).is_ok_and(|log| log.len() > LONGEST) {
        let _ = fs::rename(&path, path.with_extension("log.old"));
    }
    if let Some(folder) = path.parent() {
        let _ = store::create_private(folder);
    }
    let log = store::private().append(true).open(path);
    let _ = log.and_then(|mut log| writeln!(log, "{}", redact::text(&line)));
}

/// Where the log is, if the store is a folder.
fn path(surroundings: &Surroundings) -> Option<PathBuf> {
    let place = Place::find(None, surroundings).ok()?;
    let folder = place.folder.join(place.address.strip_prefix("dir:").unwrap_or(&place.address));
    Some(folder.join(NAME))
}
