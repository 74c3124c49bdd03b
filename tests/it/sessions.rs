use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Runs the binary in a folder, at home in another, with no variable that leads elsewhere.
fn baton(home: &Path, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_baton"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", home)
        .env("USERPROFILE", home)
        .output()
        .unwrap()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A home with a session in `home/tool`, and one elsewhere.
fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    let real = fs::canonicalize(home.path()).unwrap();
    let tool = real.join("tool");
    fs::create_dir(&tool).unwrap();
    let said = |cwd: &Path, text: &str| {
        let message = json!({ "role": "user", "content": text });
        format!("{}\n", json!({ "type": "user", "cwd": cwd, "sessionId": "s1", "message": message }))
    };
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = tool.to_string_lossy().chars().map(letter).collect();
    let projects = home.path().join(".claude/projects");
    write(&projects.join(name).join("ours.jsonl"), &said(&tool, "Fix the rounding"));
    write(&projects.join("-else").join("theirs.jsonl"), &said(Path::new("/else"), "Count the sheep"));
    home
}

/// What a listing says: titles and projects, with the numbers that differ from run to run left out.
fn listed(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sessions = listed["sessions"].as_array().unwrap().iter();
    sessions.map(|one| json!([one["agent"], one["session"], one["first_message"], one["tokens"]])).collect()
}

#[test]
fn of_the_project_at_hand_of_another_and_of_all() {
    let home = home();
    let tool = home.path().join("tool");
    let ours = json!([["claude-code", "s1", "Fix the rounding", null]]);
    let list = |folder: &Path, words: &str| {
        let words: Vec<&str> = ["sessions", "--json"].into_iter().chain(words.split_whitespace()).collect();
        listed(&baton(home.path(), folder, &words))
    };
    assert_eq!(list(&tool, ""), ours);
    assert_eq!(list(home.path(), "--project tool"), ours);
    assert_eq!(list(&tool, "--agent codex"), json!([]));
    assert_eq!(list(&tool, "--tokens"), json!([["claude-code", "s1", "Fix the rounding", 3]]));
    assert_eq!(list(&tool, "--all").as_array().unwrap().len(), 2);
    assert_eq!(list(&tool, "--all --limit 1").as_array().unwrap().len(), 1);
    assert_eq!(list(&tool, "--all --limit 0"), json!([]));
}

#[test]
fn for_people() {
    let home = home();
    let output = baton(home.path(), &home.path().join("tool"), &["sessions", "--tokens"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].contains("claude-code  tool") && lines[0].ends_with("3 tokens  Fix the rounding"),
        "{text}"
    );
    assert!(lines[1].trim_start().starts_with('/') || cfg!(windows), "{text}");
    assert!(Path::new(lines[1].trim()).is_file(), "{text}");
}

#[test]
fn the_latest_is_saved() {
    let home = home();
    let output = baton(home.path(), &home.path().join("tool"), &["save", "--latest", "--id", "x"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = baton(home.path(), home.path(), &["show", "x"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("Fix the rounding"));
    let none = baton(home.path(), &home.path().join(".claude"), &["save", "--latest"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&none.stderr).contains("'baton sessions --all'"));
}

/// A home whose sessions lie in the database of an agent.
#[cfg(feature = "sqlite")]
fn home_with_a_database() -> TempDir {
    let home = TempDir::new().unwrap();
    let tool = fs::canonicalize(home.path()).unwrap().join("tool");
    fs::create_dir(&tool).unwrap();
    let database = home.path().join(".local/share/opencode/opencode.db");
    fs::create_dir_all(database.parent().unwrap()).unwrap();
    let tables = r#"
        CREATE TABLE session (id TEXT, parent_id TEXT, directory TEXT, title TEXT, version TEXT, time_updated INTEGER);
        CREATE TABLE message (id TEXT, session_id TEXT, data TEXT);
        CREATE TABLE part (id TEXT, message_id TEXT, data TEXT);
        INSERT INTO message VALUES ('msg_1', 'ses_1', '{"role":"user"}'), ('msg_2', 'ses_2', '{"role":"user"}');
        INSERT INTO part VALUES ('prt_1', 'msg_1', '{"type":"text","text":"Count the sheep"}'), ('prt_2', 'msg_2', '{"type":"text","text":"Fix the rounding"}');
    "#;
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.execute_batch(tables).unwrap();
    for (id, title, time) in [("ses_1", "Sheep", 1), ("ses_2", "Rounding", 2)] {
        let row = (id, tool.to_str(), title, time);
        connection.execute("INSERT INTO session VALUES (?1, NULL, ?2, ?3, '1.3', ?4)", row).unwrap();
    }
    home
}

#[cfg(feature = "sqlite")]
#[test]
fn sessions_in_a_database_are_listed_and_saved() {
    let home = home_with_a_database();
    let tool = home.path().join("tool");
    let run = |words: &str| {
        let output = baton(home.path(), &tool, &words.split_whitespace().collect::<Vec<_>>());
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let listed: Value = serde_json::from_str(&run("sessions --json --tokens")).unwrap();
    let rows = listed["sessions"].as_array().unwrap().iter();
    let rows: Value = rows
        .map(|one| json!([one["agent"], one["of"], one["title"], one["folder"], one["tokens"], one["bytes"]]))
        .collect();
    let folder = fs::canonicalize(&tool).unwrap();
    assert_eq!(
        rows,
        json!([
            ["opencode", "ses_2", "Rounding", folder, 3, null],
            ["opencode", "ses_1", "Sheep", folder, 3, null]
        ])
    );
    let text = run("sessions");
    assert!(text.contains("Rounding") && text.contains("opencode.db --of ses_2"), "{text}");
    run("save --latest --id newest");
    assert!(run("show newest").contains("Fix the rounding"));
    run("save ../.local/share/opencode/opencode.db --of Sheep --id sheep");
    assert!(run("show sheep").contains("Count the sheep"));
}

#[test]
fn where_there_is_none_it_says_what_to_do() {
    let home = TempDir::new().unwrap();
    let output = baton(home.path(), home.path(), &["sessions"]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--all lists those of every project"));
    assert_eq!(baton(home.path(), home.path(), &["sessions", "--agent", "word"]).status.code(), Some(2));
}
