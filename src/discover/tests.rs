//! Made-up homes, in the shape of each system.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::*;
use crate::surroundings::Platform;

/// A home with files in it, each a second newer than the one before.
fn home(files: &[(&str, String)]) -> TempDir {
    let home = TempDir::new().expect("a folder");
    for (second, (name, text)) in (1_700_000_000..).zip(files) {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    }
    home
}

fn surroundings(home: &Path, platform: Platform, variables: &[(&str, &str)]) -> Surroundings {
    let absolute = |value: &str| home.join(value).to_string_lossy().into_owned();
    let variables = variables.iter().map(|(name, value)| (name.to_string(), absolute(value))).collect();
    Surroundings { home: Some(home.to_owned()), platform, variables, ..Surroundings::default() }
}

/// What is found, as `agent folder path` from the home.
#[track_caller]
fn check(files: &[&str], platform: Platform, variables: &[(&str, &str)], expected: &[&str]) {
    let files: Vec<(&str, String)> = files.iter().map(|name| (*name, "{}".to_owned())).collect();
    let home = home(&files);
    let found = sessions(&surroundings(home.path(), platform, variables));
    let told = found.iter().map(|found| {
        let path = found.path.strip_prefix(home.path()).unwrap().to_string_lossy().replace('\\', "/");
        format!("{} {} {path}", found.agent, found.folder.as_deref().unwrap_or("-"))
    });
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

const CLAUDE: &str = ".claude/projects/-src-tool/0f3c.jsonl";
const CODEX: &str = ".codex/sessions/2026/11/21/rollout-2026-11-21T10-00-00-0f3c.jsonl";

#[test]
fn homes_of_each_system() {
    for platform in [Platform::Linux, Platform::MacOs, Platform::Windows] {
        let codex = format!("codex - {CODEX}");
        let claude = format!("claude-code -src-tool {CLAUDE}");
        check(&[CLAUDE, CODEX], platform, &[], &[&codex, &claude]);
        check(&[CODEX, CLAUDE], platform, &[], &[&claude, &codex]);
    }
    let drive = ".claude/projects/C--src-tool/0f3c.jsonl";
    check(
        &[drive],
        Platform::Windows,
        &[],
        &["claude-code C--src-tool .claude/projects/C--src-tool/0f3c.jsonl"],
    );
}

#[test]
fn variables_lead_elsewhere() {
    let files = [CLAUDE, "cfg/projects/-a/1.jsonl", "cx/sessions/2026/01/02/rollout-1.jsonl", CODEX];
    check(
        &files,
        Platform::Linux,
        &[("CLAUDE_CONFIG_DIR", "cfg"), ("CODEX_HOME", "cx")],
        &["codex - cx/sessions/2026/01/02/rollout-1.jsonl", "claude-code -a cfg/projects/-a/1.jsonl"],
    );
    let both =
        [".claude/projects/-a/1.jsonl", ".config/claude/projects/-a/2.jsonl", "x/claude/projects/-a/3.jsonl"];
    let [first, second, third] = both.map(|path| format!("claude-code -a {path}"));
    check(&both, Platform::Linux, &[], &[&second, &first]);
    check(&both, Platform::Linux, &[("XDG_CONFIG_HOME", "x")], &[&third, &first]);
    let same = ["x/claude/projects/-a/1.jsonl"];
    let variables = [("CLAUDE_CONFIG_DIR", "x/claude"), ("XDG_CONFIG_HOME", "x")];
    check(&same, Platform::Linux, &variables, &["claude-code -a x/claude/projects/-a/1.jsonl"]);
}

#[test]
fn what_is_no_session_is_not_found() {
    let files = [
        ".claude/projects/-a/agent-17.jsonl",
        ".claude/projects/-a/0f3c/subagents/agent-18.jsonl",
        ".claude/projects/-a/notes.md",
        ".claude/projects/-a/x.jsonl/y.txt",
        ".claude/projects/loose.jsonl",
        ".claude/history.jsonl",
        ".codex/history.jsonl",
        ".codex/sessions/2026/11/21/notes.jsonl",
        ".codex/archived_sessions/rollout-9.jsonl",
    ];
    check(&files, Platform::Linux, &[], &["codex - .codex/archived_sessions/rollout-9.jsonl"]);
    check(&[], Platform::Linux, &[], &[]);
    assert_eq!(sessions(&Surroundings::default()), []);
    let relative = Surroundings {
        variables: [("CODEX_HOME".to_owned(), "here".to_owned())].into(),
        ..Surroundings::default()
    };
    assert_eq!(sessions(&relative), []);
}

fn claude(cwd: &str, said: &str) -> String {
    let record = serde_json::json!({
        "type": "user", "cwd": cwd, "sessionId": "s", "message": {"role": "user", "content": said}
    });
    format!("{record}\n")
}

fn codex(cwd: &str, url: &str, said: &str) -> String {
    let meta = serde_json::json!({
        "type": "session_meta", "payload": {"id": "x", "cwd": cwd, "git": {"repository_url": url}}
    });
    let message = serde_json::json!({
        "type": "response_item",
        "payload": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": said}]}
    });
    format!("{meta}\n{message}\n")
}

/// A session that began with a command to the host is one as well, but not one in which nothing happened yet.
#[test]
fn the_latest_may_have_begun_with_a_command() {
    let call = serde_json::json!({
        "type": "assistant", "cwd": "/none/tool",
        "message": {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "Bash", "input": {"command": "ls"}}]}
    });
    let begun = claude("/none/tool", "<command-name>/handoff</command-name>");
    let path = |name: &str| format!(".claude/projects/-none-tool/{name}.jsonl");
    let home = home(&[
        (&path("before"), claude("/none/tool", "Fix it")),
        (&path("command"), format!("{begun}{call}\n")),
        (&path("empty"), begun),
    ]);
    let surroundings = surroundings(home.path(), Platform::Linux, &[]);
    let found = latest(&surroundings, &project("/none/tool"), None).unwrap();
    assert!(found.path.ends_with("command.jsonl"), "{found:?}");
}

fn opening(text: &str) -> Opening {
    let home = home(&[(CLAUDE, text.to_owned())]);
    sessions(&surroundings(home.path(), Platform::Linux, &[]))[0].opening()
}

#[test]
fn a_session_says_what_it_was() {
    let first = Some("Fix the rounding in src/invoice.rs".to_owned());
    let said = claude("/src/tool", "Fix the rounding\nin src/invoice.rs");
    let plain = Opening {
        session: Some("s".to_owned()),
        cwd: Some("/src/tool".to_owned()),
        first: first.clone(),
        has_begun: true,
        ..Opening::default()
    };
    assert_eq!(opening(&said), plain);
    let titled = format!(
        "{said}{}{{\"type\":\"custom-title\",\"customTitle\":\"Rounding\",\"sessionId\":\"s\"}}\n{{\"to",
        claude("/src/tool", "More").repeat(2000)
    );
    assert_eq!(opening(&titled), Opening { title: Some("Rounding".to_owned()), ..plain.clone() });
    let late =
        format!("{{\"type\":\"file-history-snapshot\",\"snapshot\":\"{}\"}}\n{said}", "x".repeat(200_000));
    assert_eq!(opening(&late), plain);
    assert_eq!(opening("{\"type\":\"mode\"}\n"), Opening::default());
    assert_eq!(opening("\u{0}\n{"), Opening::default());
    let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
    let safe = opening(&claude("/src", &format!("use {secret}\u{1b}[31m"))).first;
    assert_eq!(safe.as_deref(), Some("use [redacted:github-token]"));
}

/// The first messages of the sessions that are a project's.
#[track_caller]
fn check_project(files: &[(&str, String)], project: &Project, limit: usize, expected: &[&str]) {
    let home = home(files);
    let found = sessions(&surroundings(home.path(), Platform::Linux, &[]));
    let said = of_project(&found, project, limit).into_iter().map(|(_, opening)| opening.first.unwrap());
    assert_eq!(said.collect::<Vec<_>>(), expected);
}

fn project(root: &str) -> Project {
    Project { id: format!("folder:{root}"), name: "tool".to_owned(), root: root.into() }
}

#[test]
fn the_working_folder_tells_the_project() {
    // All three folders have one name.
    let files = [
        (".claude/projects/-none-my-tool/1.jsonl", claude("/none/my-tool", "ours")),
        (".claude/projects/-none-my-tool/2.jsonl", claude("/none/my/tool", "theirs")),
        (".claude/projects/-none-my-tool/3.jsonl", claude("/none/my.tool", "theirs, too")),
        (".claude/projects/-none-my-tool-src/4.jsonl", claude("/none/my-tool/src", "ours, deeper")),
        (".claude/projects/-none-my-tool-2/5.jsonl", claude("/none/my-tool-2", "a neighbour's")),
        (".claude/projects/-none/6.jsonl", claude("/none", "above")),
        (".codex/sessions/2026/11/21/rollout-7.jsonl", codex("/none/my-tool", "", "by another agent")),
    ];
    check_project(&files, &project("/none/my-tool"), 9, &["by another agent", "ours, deeper", "ours"]);
    check_project(&files, &project("/none/my-tool"), 1, &["by another agent"]);
    check_project(&files, &project("/none/my-tool"), 0, &[]);
    check_project(&files, &project("/none/else"), 9, &[]);
}

#[test]
fn so_does_the_remote_wherever_the_folder_is_now() {
    let files = [
        (CODEX, codex("/none/moved", "https://github.com/Ann/Tool", "ours")),
        (".codex/archived_sessions/rollout-2.jsonl", codex("/none/b", "https://github.com/ann/b", "theirs")),
    ];
    let project = Project { id: "git:github.com/ann/tool".to_owned(), ..project("/none/tool") };
    check_project(&files, &project, 9, &["ours"]);
}

#[test]
fn a_transcript_that_names_no_folder_is_known_by_its_own() {
    let said = |text: &str| {
        let content = serde_json::json!([{"type": "text", "text": text}]);
        format!("{}\n", serde_json::json!({"role": "user", "message": {"content": content}}))
    };
    let files = [
        (".cursor/projects/none-my-tool/agent-transcripts/1/1.jsonl", said("ours")),
        (".cursor/projects/none-my-tool-2/agent-transcripts/2/2.jsonl", said("a neighbour's")),
    ];
    check_project(&files, &project("/none/my-tool"), 9, &["ours"]);
}

#[test]
fn drives_are_told_apart_by_their_letter_in_either_case() {
    let files = [(".claude/projects/c--Src-tool/1.jsonl", claude(r"c:\Src\tool", "ours"))];
    check_project(&files, &project(r"C:\src\tool"), 9, &["ours"]);
    check_project(&files, &project(r"D:\src\tool"), 9, &[]);
}

#[test]
fn the_latest_is_the_newest_in_which_something_was_said() {
    let silent = "{\"type\":\"user\",\"cwd\":\"/none/tool\",\"isMeta\":true}\n".to_owned();
    let home = home(&[
        (CODEX, codex("/none/tool", "", "first")),
        (CLAUDE.replace("-src", "-none").as_str(), claude("/none/tool", "second")),
        (".claude/projects/-none-tool/3.jsonl", silent),
    ]);
    let surroundings = surroundings(home.path(), Platform::Linux, &[]);
    let newest = |agent| latest(&surroundings, &project("/none/tool"), agent).map(|found| found.agent);
    assert_eq!(newest(None), Some("claude-code"));
    assert_eq!(newest(Some("codex")), Some("codex"));
    assert_eq!(newest(Some("cursor")), None);
    assert_eq!(latest(&surroundings, &project("/none/other"), None), None);
}
