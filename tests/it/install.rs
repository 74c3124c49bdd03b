use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn baton(home: &Path, folder: &Path, words: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_baton"));
    Command::new(program)
        .args(words.split_whitespace())
        .current_dir(folder)
        .env_clear()
        .env("HOME", home)
        .env("USERPROFILE", home)
        .env("PATH", program.parent().unwrap())
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_new_user_of_claude_code() {
    let home = TempDir::new().unwrap();
    let run = |words: &str| baton(home.path(), home.path(), words);
    let shown = out(&run("install claude-code --dry-run"));
    assert!(shown.contains("would be written") && shown.contains("+    \"PreCompact\""), "{shown}");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "a dry run writes nothing");

    let told = out(&run("install claude-code"));
    assert!(told.contains("MCP server") && told.contains("Start a new session"), "{told}");
    let server = &json(&home.path().join(".claude.json"))["mcpServers"]["baton"];
    assert_eq!(server["command"], env!("CARGO_BIN_EXE_baton"));
    assert_eq!(server["args"][0], "mcp");
    assert!(home.path().join(".claude/skills/handoff/SKILL.md").is_file());
    assert_eq!(out(&run("install claude-code")), "Claude Code: nothing to do\n");

    let findings: Value = serde_json::from_slice(&run("doctor --json").stdout).unwrap();
    let of = |about: &str| findings.as_array().unwrap().iter().find(|one| one["about"] == about).unwrap();
    assert_eq!(of("Claude Code")["verdict"], "good");
    assert_eq!(of("program")["verdict"], "good");
    assert_eq!(of("store")["verdict"], "good");
    assert_eq!(of("last save")["verdict"], "note");

    assert!(out(&run("uninstall claude-code")).contains("removed"));
    assert_eq!(out(&run("uninstall claude-code")), "Claude Code: nothing to do\n");
    assert!(!home.path().join(".claude.json").exists());
}

#[test]
fn a_project_is_installed_at_its_root() {
    let home = TempDir::new().unwrap();
    let project = home.path().join("tool");
    fs::create_dir_all(project.join("src")).unwrap();
    fs::create_dir_all(project.join(".git")).unwrap();
    fs::write(project.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let output = baton(home.path(), &project.join("src"), "install codex cursor --project");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(project.join(".codex/config.toml")).unwrap();
    assert_eq!(text, "[mcp_servers.baton]\ncommand = \"baton\"\nargs = [\"mcp\"]\n");
    let hooks = json(&project.join(".cursor/hooks.json"));
    assert_eq!(hooks["hooks"]["preCompact"][0]["command"], "baton hook cursor");

    // Installed for the user as well, every hook would run twice.
    let twice = || out(&baton(home.path(), &project, "doctor")).matches("given its handoff twice").count();
    assert_eq!(twice(), 0);
    baton(home.path(), &project, "install codex vscode");
    baton(home.path(), &project, "install vscode --project");
    assert_eq!(twice(), 1);
}

#[test]
fn one_that_fails_keeps_no_other_from_it() {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join(".cursor")).unwrap();
    fs::write(home.path().join(".cursor/hooks.json"), "{broken").unwrap();
    let output = baton(home.path(), home.path(), "install cursor gemini");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("hooks.json was left as it is: it is broken"), "{said}");
    assert!(
        !home.path().join(".cursor/mcp.json").exists(),
        "nothing of a host is written if a part cannot be"
    );
    assert!(home.path().join(".gemini/settings.json").is_file());
    assert_eq!(baton(home.path(), home.path(), "install word").status.code(), Some(2));
    assert_eq!(baton(home.path(), home.path(), "install claude-desktop --project").status.code(), Some(1));
}

#[test]
fn the_doctor_sees_what_is_wrong() {
    let home = TempDir::new().unwrap();
    let settings = home.path().join(".gemini/settings.json");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    fs::write(&settings, r#"{"mcpServers": {"baton": {"command": "/gone/baton", "args": ["mcp"]}}}"#)
        .unwrap();
    let output = baton(home.path(), home.path(), "doctor");
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("run 'baton install gemini'"), "{}", out(&output));
    assert!(out(&output).contains("BAD   Gemini CLI"), "{}", out(&output));
    fs::write(&settings, r#"{"mcpServers": {"baton": {"command": "baton", "args": ["mcp"]}}}"#).unwrap();
    let output = baton(home.path(), home.path(), "doctor");
    assert!(output.status.success() && out(&output).contains("note  Gemini CLI"), "{}", out(&output));
    baton(home.path(), home.path(), "install gemini");
    assert!(baton(home.path(), home.path(), "doctor").status.success());
}
