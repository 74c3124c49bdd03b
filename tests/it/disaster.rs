use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

const BATON: &str = env!("CARGO_BIN_EXE_baton");

/// A handoff in which every part names the same number, so that a mixture shows; of some size, so that a part shows.
fn state(number: usize) -> String {
    let part = |at: usize| json!({ "path": format!("src/{at}.rs"), "relevance": format!("of {number}") });
    let files: Vec<Value> = (0..1200).map(part).collect();
    json!({
        "task": { "objective": format!("of {number}"), "status": "in_progress", "progress_summary": format!("of {number}") },
        "files": files,
    })
    .to_string()
}

/// The number of a handoff on the disk, if it is whole and of one piece.
fn number(bytes: &[u8]) -> Option<usize> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let objective = value["task"]["objective"].as_str()?;
    let files = value["files"].as_array()?;
    let whole = files.len() == 1200 && files.iter().all(|file| file["relevance"] == objective);
    (whole && value["task"]["progress_summary"] == objective)
        .then(|| objective.strip_prefix("of ")?.parse().ok())?
}

fn save(store: &Path, id: &str, number: usize) -> Child {
    let mut child = Command::new(BATON)
        .args(["save", "--id", id, "--store"])
        .arg(store)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // One that is killed early does not read on.
    let _ = child.stdin.take().unwrap().write_all(state(number).as_bytes());
    child
}

fn saved(store: &Path, id: &str, number: usize) -> bool {
    save(store, id, number).wait().unwrap().success()
}

/// What `baton list` cannot read.
fn damaged(store: &Path) -> Value {
    let output = Command::new(BATON).args(["list", "--json", "--store"]).arg(store).output().unwrap();
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    listed["damaged"].clone()
}

/// Kills a save at so many moments, spread over the time that a save takes, and looks at the handoff after each.
fn kill_at(moments: u32, span: Duration) {
    let folder = TempDir::new().unwrap();
    let store = folder.path().join("store");
    assert!(saved(&store, "a", 0));
    let (mut last, mut killed) = (0, 0);
    for moment in 1..=moments {
        let next = moment as usize;
        let mut child = save(&store, "a", next);
        // In an order that jumps about, so that every part of the span is met early and late.
        thread::sleep(span * (moment * 7919 % moments) / moments);
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());
        let found = number(&fs::read(store.join("a.json")).unwrap());
        assert!(found == Some(last) || found == Some(next), "after {last} and {next} there is {found:?}");
        last = found.unwrap();
    }
    assert!(killed > 0, "nothing was killed while it worked");
    assert_eq!(damaged(&store), json!([]));
    for entry in fs::read_dir(store.join(".kept/a")).into_iter().flatten() {
        let path = entry.unwrap().path();
        assert!(number(&fs::read(&path).unwrap()).is_some(), "{} is not whole", path.display());
    }
    assert!(saved(&store, "a", 1_000_000), "whoever was killed held the lock");
}

/// How long a save takes here, from start to end.
#[expect(
    clippy::disallowed_methods,
    reason = "a test that kills in the middle has to know where the middle is"
)]
fn time_of_a_save() -> Duration {
    let folder = TempDir::new().unwrap();
    assert!(saved(folder.path(), "a", 0));
    let begin = std::time::Instant::now();
    assert!(saved(folder.path(), "a", 1));
    begin.elapsed()
}

#[test]
fn a_killed_save_leaves_the_old_or_the_new() {
    kill_at(60, time_of_a_save());
}

#[test]
#[ignore = "takes minutes: cargo test --test it -- --ignored disaster"]
fn a_save_killed_at_five_hundred_points() {
    kill_at(500, time_of_a_save());
}

/// Saves at once: half of them to handoffs of their own, half of them comments on one.
fn write_at_once(writers: usize) {
    let folder = TempDir::new().unwrap();
    let store = folder.path().join("store");
    assert!(saved(&store, "shared", 0));
    let comment = |number: usize| {
        let text = format!("of {number}");
        let mut command = Command::new(BATON);
        command.args(["comment", "shared", &text, "--store"]).arg(&store).stdout(Stdio::null());
        command.spawn().unwrap()
    };
    let children: Vec<Child> = (0..writers)
        .flat_map(|number| [save(&store, &format!("own-{number}"), number), comment(number)])
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let shared: Value = serde_json::from_slice(&fs::read(store.join("shared.json")).unwrap()).unwrap();
    let comments = shared["comments"].as_array().unwrap().iter();
    let mut texts: Vec<String> =
        comments.map(|comment| comment["text"].as_str().unwrap().to_owned()).collect();
    let mut expected: Vec<String> = (0..writers).map(|number| format!("of {number}")).collect();
    texts.sort();
    expected.sort();
    assert_eq!(texts, expected);
    for own in 0..writers {
        let bytes = fs::read(store.join(format!("own-{own}.json"))).unwrap();
        assert_eq!(number(&bytes), Some(own));
    }
    assert_eq!(damaged(&store), json!([]));
}

#[test]
fn many_writers_lose_nothing() {
    write_at_once(20);
}

#[test]
#[ignore = "takes minutes: cargo test --test it -- --ignored disaster"]
fn two_hundred_writers_lose_nothing() {
    write_at_once(200);
}

/// A save that may write no more than so many bytes to a file: what a full disk does, at any place of a file.
#[cfg(unix)]
fn save_within(store: &Path, number: usize, blocks: usize) -> bool {
    let script = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" save --id a --store \"$1\" 2>/dev/null >/dev/null"
    );
    let mut child =
        Command::new("sh").arg("-c").arg(script).arg(BATON).arg(store).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(state(number).as_bytes()).unwrap();
    child.wait().unwrap().success()
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old() {
    let folder = TempDir::new().unwrap();
    let store = folder.path().join("store");
    assert!(saved(&store, "a", 1));
    let size = fs::metadata(store.join("a.json")).unwrap().len();
    for blocks in [0, 1, 5, 20, 40] {
        // A block is 512 bytes, or 1024 in some shells.
        assert!(blocks as u64 * 1024 < size, "{size}");
        assert!(!save_within(&store, 2, blocks), "{blocks} blocks are not enough");
        assert_eq!(number(&fs::read(store.join("a.json")).unwrap()), Some(1));
        let left: Vec<_> = fs::read_dir(&store).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name == ".next"), "{left:?}");
    }
    assert!(save_within(&store, 2, 100_000));
    assert_eq!(number(&fs::read(store.join("a.json")).unwrap()), Some(2));
}
