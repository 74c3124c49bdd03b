//! A saved handoff, looked at again when the files have changed: what is said of them, and how it reads.

use std::fs;
use std::path::Path;

use baton::render::{self, Citations};
use baton::state::{
    Anchor, Environment, FileAnchor, FileChange, FileEntry, FocusRange, HandoffState, Head, Metadata,
    Standing, Task,
};
use baton::worktree::{Visit, anchor, revisit};
use jiff::Timestamp;
use serde_json::{Value, json};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const LATER: &str = "89abcdef0123456789abcdef0123456789abcdef";

const INVOICE: &str = "\
//! Invoices.

pub fn total(items: &[Item]) -> u64 {
    let sum: u64 = items.iter().map(|item| item.price).sum();
    round(sum)
}

pub fn round(sum: u64) -> u64 {
    let rest = sum % 100;
    sum - rest
}
";

fn file(path: &str, places: &[(u32, u32, &str)]) -> FileEntry {
    let place = |(start, end, note): &(u32, u32, &str)| FocusRange {
        start: *start,
        end: *end,
        note: (*note).to_owned(),
        ..FocusRange::default()
    };
    FileEntry {
        path: path.to_owned(),
        relevance: "edited".to_owned(),
        focus_ranges: places.iter().map(place).collect(),
        change: Some(FileChange::Edited),
        ..FileEntry::default()
    }
}

fn state(files: Vec<FileEntry>) -> HandoffState {
    let task = Task { objective: "Fix the rounding".to_owned(), ..Task::default() };
    let metadata = Metadata {
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        session_id: "s".to_owned(),
        base_session: None,
        source: None,
        tokens: None,
        said: None,
    };
    let environment = Environment { branch: "main".to_owned(), ..Environment::default() };
    HandoffState {
        task,
        files,
        decisions: Vec::new(),
        next_steps: Vec::new(),
        metadata,
        constraints: Vec::new(),
        findings: Vec::new(),
        errors: Vec::new(),
        verification: Vec::new(),
        questions: Vec::new(),
        environment,
    }
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A tree with a repository and five files.
fn tree() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), ".git/HEAD", "ref: refs/heads/main\n");
    write(root.path(), ".git/refs/heads/main", COMMIT);
    for path in ["src/invoice.rs", "src/kept.rs", "src/old.rs", "src/dropped.rs", "src/bare.rs"] {
        write(root.path(), path, &format!("{INVOICE}// {path}\n"));
    }
    root
}

fn saved(root: &Path) -> HandoffState {
    let places = [(3, 6, "total"), (8, 11, "round")];
    let mut bare = file("src/bare.rs", &[]);
    bare.relevance = String::new();
    let mut state = state(vec![
        file("src/invoice.rs", &places),
        file("src/kept.rs", &places),
        file("src/old.rs", &places[1..]),
        file("src/dropped.rs", &places),
        file("/elsewhere/a.rs", &[(1, 2, "")]),
        bare,
    ]);
    anchor(&mut state, root);
    state
}

fn markdown(state: &HandoffState) -> String {
    (render::find("markdown").unwrap().render)(state, Citations::Hidden)
}

#[test]
fn nothing_changed() {
    let root = tree();
    let mut state = saved(root.path());
    let visit = revisit(&mut state, root.path());
    assert_eq!(visit, Visit { kept: 7, ..Visit::default() });
    assert_eq!(state.environment.now, None);
    insta::assert_snapshot!(markdown(&state));
}

/// What was not in the tree at the save cannot have stayed as it was saved.
#[test]
fn what_was_not_noted_is_not_checked() {
    let root = tree();
    let check = |paths: &[&str], expected: &str| {
        let mut state = state(paths.iter().map(|path| file(path, &[(3, 6, "total")])).collect());
        anchor(&mut state, root.path());
        write(root.path(), "src/later.rs", INVOICE);
        revisit(&mut state, root.path());
        fs::remove_file(root.path().join("src/later.rs")).unwrap();
        let text = markdown(&state);
        let glance = text.lines().skip_while(|line| *line != "## Relevant Files").nth(1).unwrap();
        assert_eq!(glance, expected);
    };
    check(
        &["src/later.rs", "src/never.rs"],
        "Not checked against the files: none of these was in this tree at the save.",
    );
    check(
        &["src/later.rs", "src/kept.rs", "src/never.rs"],
        "Checked against the files now, only src/kept.rs: all as saved, the lines hold. The others were not in this tree at the save and could not be checked.",
    );
    check(
        &["src/later.rs", "src/kept.rs", "src/old.rs"],
        "Checked against the files now: all as saved, the lines hold. Not in this tree at the save, not checked: src/later.rs.",
    );
    check(&["src/kept.rs"], "Checked against the files now: all as saved, the lines hold.");
}

#[test]
fn all_kinds_of_change() {
    let root = tree();
    let mut state = saved(root.path());
    let edited = format!("//! More.\n{}", INVOICE.replace("sum % 100", "sum % 10"));
    write(root.path(), "src/invoice.rs", &edited);
    write(root.path(), "src/bare.rs", "fn other() {}\n");
    fs::rename(root.path().join("src/old.rs"), root.path().join("src/new.rs")).unwrap();
    fs::remove_file(root.path().join("src/dropped.rs")).unwrap();
    write(root.path(), ".git/HEAD", "ref: refs/heads/side\n");
    write(root.path(), ".git/packed-refs", &format!("{LATER} refs/heads/side\n"));
    let visit = revisit(&mut state, root.path());
    assert_eq!(visit, Visit { kept: 4, moved: 1, changed: 1, gone: 2 });
    let standing = |at: usize| state.files[at].since_save.as_ref().map(|since| since.standing);
    let standings: Vec<_> = (0..6).map(standing).collect();
    let (same, other) = (Some(Standing::Unchanged), Some(Standing::Changed));
    assert_eq!(standings, [other, same, same, Some(Standing::Deleted), Some(Standing::Unknown), other]);
    let now = Head { branch: "side".to_owned(), commit: LATER.to_owned(), ..Head::default() };
    assert_eq!(state.environment.now, Some(now));
    insta::assert_snapshot!(markdown(&state));
}

#[test]
fn saving_again_starts_anew() {
    let root = tree();
    let mut state = saved(root.path());
    write(root.path(), "src/invoice.rs", "fn other() {}\n");
    revisit(&mut state, root.path());
    anchor(&mut state, root.path());
    let files: Vec<_> = state.files.iter().map(|file| file.since_save.is_some()).collect();
    assert_eq!(files, [false; 6]);
    let visit = revisit(&mut state, root.path());
    assert_eq!((visit.changed, visit.gone), (0, 0));
}

#[test]
fn anchors_are_stored_and_never_shown() {
    let root = tree();
    let state = saved(root.path());
    let stored: HandoffState = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(stored, state);
    let anchors =
        state.files.iter().flat_map(|file| &file.focus_ranges).filter(|place| place.anchor.is_some());
    assert_eq!(anchors.count(), 7);
    let mut bare = state.clone();
    bare.environment.anchor = None;
    for file in &mut bare.files {
        file.anchor = None;
        file.focus_ranges.iter_mut().for_each(|place| place.anchor = None);
    }
    for renderer in render::RENDERERS {
        for citations in [Citations::Hidden, Citations::Shown] {
            assert_eq!(
                (renderer.render)(&state, citations),
                (renderer.render)(&bare, citations),
                "{}",
                renderer.name
            );
        }
    }
}

/// A session that changed two lines of `src/invoice.rs` in that folder.
fn session(root: &Path) -> String {
    let file = root.join("src/invoice.rs");
    let record = |kind: &str, content: Value| json!({"type": kind, "cwd": root, "gitBranch": "main", "message": {"role": kind, "content": content}});
    let input = json!({"file_path": file, "old_string": "sum % 10;", "new_string": "sum % 100;"});
    let call = json!({"type": "tool_use", "id": "toolu_1", "name": "Edit", "input": input});
    let answer = json!({"type": "tool_result", "tool_use_id": "toolu_1", "content": "The file was updated."});
    let patch = json!([{"oldStart": 8, "oldLines": 4, "newStart": 8, "newLines": 4, "lines": [
        " pub fn round(sum: u64) -> u64 {", "-    let rest = sum % 10;", "+    let rest = sum % 100;", "     sum - rest", " }"]}]);
    let mut answered = record("user", json!([answer]));
    answered["toolUseResult"] = json!({"filePath": file, "structuredPatch": patch});
    let records = [
        record("user", json!("Fix the rounding in src/invoice.rs")),
        record("assistant", json!([call])),
        answered,
    ];
    records.iter().map(|record| format!("{record}\n")).collect::<Vec<_>>().concat()
}

#[cfg(feature = "cli")]
#[test]
fn a_load_says_what_changed_since_the_save() {
    let (root, home) = (tree(), tempfile::tempdir().unwrap());
    write(home.path(), "session.jsonl", &session(root.path()));
    let run = |words: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_baton"));
        let output = command
            .args(words)
            .current_dir(home.path())
            .env_clear()
            .env("HOME", home.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["save", "session.jsonl", "--id", "rounding"]);
    let compressed = run(&["compress", "session.jsonl", "--output", "json"]);
    assert!(!compressed.contains("anchor") && !compressed.contains("since"), "{compressed}");
    let loaded = run(&["load", "rounding"]);
    assert!(loaded.contains("all as saved"), "{loaded}");
    assert!(loaded.contains("src/invoice.rs — edited; lines 9 round"), "{loaded}");
    write(root.path(), "src/invoice.rs", &format!("// New.\n{INVOICE}"));
    assert!(run(&["load", "rounding"]).contains("src/invoice.rs* — edited; lines 10 round"));
    write(root.path(), "src/invoice.rs", &INVOICE.replace("% 100", "% 1000"));
    assert!(run(&["load", "rounding"]).contains("src/invoice.rs* — edited; lines 9* round"));
    let elsewhere = home.path().display().to_string();
    assert!(
        run(&["load", "rounding", "--root", &elsewhere]).contains("src/invoice.rs (deleted since the save)")
    );
    fs::remove_dir_all(root.path()).unwrap();
    assert!(run(&["load", "rounding"]).contains("src/invoice.rs — edited; lines 9 round"));
}

#[test]
fn anchors_pass_the_gate_for_secrets() {
    let root = tree();
    let text = (0..400)
        .map(|number| format!("let token_{number} = \"value {number}\";\n"))
        .collect::<Vec<_>>()
        .concat();
    write(root.path(), "src/long.rs", &text);
    let mut state =
        state(vec![file("src/long.rs", &[(1, 90, "token"), (100, 400, "password"), (95, 95, "")])]);
    anchor(&mut state, root.path());
    let before = serde_json::to_value(&state).unwrap();
    let mut after = before.clone();
    baton::redact::json(&mut after);
    assert_eq!(after, before);
}

#[test]
fn hostile_anchors_are_harmless() {
    let root = tree();
    for text in ["", "é", "abc", "AAAA", &"AAAA".repeat(100_000)] {
        let mut state = saved(root.path());
        write(root.path(), "src/invoice.rs", &format!("{INVOICE}// more\n"));
        let text = || text.to_owned();
        for file in &mut state.files {
            file.anchor = Some(FileAnchor { hash: text(), sketch: text() });
            for (place, end) in file.focus_ranges.iter_mut().zip([0, u32::MAX]) {
                let anchor = Anchor {
                    hash: text(),
                    lines: text(),
                    before: text(),
                    behind: text(),
                    twins: 9,
                    symbol: text(),
                };
                (place.end, place.anchor) = (end, Some(anchor));
            }
        }
        state.environment.anchor = Some(Head { root: text(), branch: text(), commit: text() });
        assert_eq!(revisit(&mut state, root.path()).kept, 0);
    }
}

#[test]
fn paths_that_lead_out_are_not_followed() {
    let root = tree();
    let outer = root.path().join("src");
    for path in ["../src/invoice.rs", "/etc/hostname", "..", ""] {
        let mut state = state(vec![file(path, &[(1, 3, "")])]);
        anchor(&mut state, &outer);
        assert_eq!(state.files[0].anchor, None, "{path}");
        state.files[0].anchor = Some(FileAnchor::default());
        revisit(&mut state, &outer);
        assert_eq!(state.files[0].focus_ranges, [], "{path}");
    }
}
