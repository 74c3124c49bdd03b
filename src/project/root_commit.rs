//! The first commit of a repository, which only a walk through its history tells. `git` walks, in a cage: no network,
//! no replaced objects, no fetching of what is missing, a limit on time, and nothing of its output is trusted.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The longest that the walk may take.
const LONGEST: Duration = Duration::from_secs(2);

/// Variables by which git, when it runs us from a hook, would lead us to another repository.
const MISLEADING: &[&str] = &[
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
];

/// The hash of the commit without a parent that following first parents from `HEAD` ends at.
pub(super) fn of(common: &Path) -> Option<String> {
    let mut child = command(common).spawn().ok()?;
    let hash = output(&mut child).map(|text| text.trim_ascii().to_owned());
    // It has ended, or it must.
    let _ = child.kill();
    let _ = child.wait();
    let is_hash =
        |text: &String| matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    hash.filter(is_hash)
}

fn command(common: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(common);
    git.args(["--no-pager", "--no-optional-locks", "--no-replace-objects"]);
    git.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]);
    git.args(["rev-list", "--max-parents=0", "--first-parent", "--max-count=1", "HEAD"]);
    // A repository's configuration can allow itself a protocol, but not against this list.
    git.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "").env("GIT_TERMINAL_PROMPT", "0");
    for name in MISLEADING {
        git.env_remove(name);
    }
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    git
}

/// What it writes, if it ends in time.
fn output(child: &mut Child) -> Option<String> {
    let stdout = child.stdout.take()?;
    let (written, waiting) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.take(100).read_to_string(&mut text);
        let _ = written.send(read.map(|_| text).unwrap_or_default());
    });
    waiting.recv_timeout(LONGEST).ok()
}
