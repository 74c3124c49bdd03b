//! Repositories made for the test, good, broken and hostile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::*;

/// A folder without links in its path.
fn folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = real(folder.path());
    (folder, path)
}

/// Runs git as somebody, with nobody's configuration.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git is there");
    assert!(output.status.success(), "git {arguments:?}");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

fn repository(at: &Path) -> String {
    fs::create_dir_all(at).unwrap();
    git(at, &["init", "-q"]);
    git(at, &["commit", "-q", "--allow-empty", "-m", "Begin"]);
    git(at, &["rev-parse", "HEAD"])
}

#[track_caller]
fn check(folder: &Path, id: &str, name: &str, root: &Path) {
    let expected = Project { id: id.to_owned(), name: name.to_owned(), root: root.to_owned() };
    assert_eq!(of(folder), expected);
}

#[test]
fn a_folder_is_known_by_its_path() {
    let (_kept, home) = folder();
    check(&home.join("gone"), &format!("folder:{}", home.join("gone").display()), "gone", &home.join("gone"));
    fs::create_dir(home.join("notes")).unwrap();
    check(&home.join("notes/../notes"), &folder_id(&home.join("notes")), "notes", &home.join("notes"));
    assert_eq!(root(&home.join("notes")), None);
}

#[test]
fn a_remote_counts_before_all_else() {
    let (_kept, home) = folder();
    let tool = home.join("tool");
    repository(&tool);
    git(&tool, &["remote", "add", "origin", "https://ann:secret@github.com/Ann/The-Tool.git"]);
    fs::create_dir_all(tool.join("src/deep")).unwrap();
    check(&tool.join("src/deep"), "git:github.com/ann/the-tool", "the-tool", &tool);
    git(&tool, &["worktree", "add", "-q", "../beside"]);
    check(&home.join("beside"), "git:github.com/ann/the-tool", "the-tool", &home.join("beside"));
    assert_eq!(of(&home.join("beside")).worktrees(), [home.join("beside"), tool.clone()]);
    assert_eq!(of(&tool).worktrees(), [tool.clone(), home.join("beside")]);
    assert!(
        of(&tool).has_remote("git@github.com:ann/the-tool") && !of(&tool).has_remote("git@github.com:ann/a")
    );
}

#[test]
fn without_a_remote_the_first_commit_counts() {
    let (_kept, home) = folder();
    let tool = home.join("tool");
    let first = repository(&tool);
    let id = format!("commit:{first}");
    git(&tool, &["commit", "-q", "--allow-empty", "-m", "Go on"]);
    check(&tool, &id, "tool", &tool);
    git(&tool, &["worktree", "add", "-q", "--orphan", "-b", "pages", "../beside"]);
    git(&home.join("beside"), &["commit", "-q", "--allow-empty", "-m", "Another root"]);
    check(&home.join("beside"), &id, "tool", &home.join("beside"));
    fs::rename(&tool, home.join("moved")).unwrap();
    check(&home.join("moved"), &id, "moved", &home.join("moved"));
}

#[test]
fn a_repository_without_commits_is_known_by_its_path() {
    let (_kept, home) = folder();
    git(&home, &["init", "-q", "tool"]);
    check(&home.join("tool"), &folder_id(&home.join("tool")), "tool", &home.join("tool"));
}

#[test]
fn a_submodule_is_a_project_of_its_own_and_so_is_a_bare_repository() {
    let (_kept, home) = folder();
    repository(&home.join("part"));
    repository(&home.join("tool"));
    let part = home.join("part").display().to_string();
    git(
        &home.join("tool"),
        &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &part, "part"],
    );
    check(&home.join("tool/part"), &format!("git:{part}"), "part", &home.join("tool/part"));
    git(&home, &["clone", "-q", "--bare", "tool", "tool.git"]);
    git(&home.join("tool.git"), &["worktree", "add", "-q", "../work", "main"]);
    let id = format!("git:{}", home.join("tool").display());
    check(&home.join("work"), &id, "tool", &home.join("work"));
}

#[test]
fn broken_and_hostile_repositories_are_folders() {
    let (_kept, home) = folder();
    let text = |name: &str, text: &str| {
        fs::create_dir_all(home.join(name)).unwrap();
        fs::write(home.join(name).join(".git"), text).unwrap();
        check(&home.join(name), &folder_id(&home.join(name)), name, &home.join(name));
    };
    text("empty", "");
    text("nowhere", "gitdir: /no/such/folder\n");
    text("itself", "gitdir: .git\n");
    text("root", "gitdir: /\n");
    text("device", "gitdir: /dev/zero\n");
    text("long", &"gitdir: x".repeat(1 << 20));
    fs::create_dir_all(home.join("hollow/.git")).unwrap();
    check(&home.join("hollow"), &folder_id(&home.join("hollow")), "hollow", &home.join("hollow"));
}

/// Whatever a repository's configuration would have git run, nothing is run.
#[cfg(unix)]
#[test]
fn nothing_that_a_repository_brings_is_run() {
    let (_kept, home) = folder();
    let tool = home.join("tool");
    let first = repository(&tool);
    let touch = format!("touch {}", home.join("ran").display());
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "core.askPass",
        "credential.helper",
        "diff.external",
        "gpg.program",
        "pager.rev-list",
        "uploadpack.packObjectsHook",
    ] {
        git(&tool, &["config", key, &touch]);
    }
    git(&tool, &["config", "alias.rev-list", &format!("!{touch}")]);
    assert_eq!(of(&tool).id, format!("commit:{first}"));
    // A promised object that is missing makes git ask its remote, which is a command.
    git(&tool, &["config", "core.repositoryFormatVersion", "1"]);
    git(&tool, &["config", "extensions.partialClone", "evil"]);
    git(&tool, &["config", "remote.evil.promisor", "true"]);
    git(&tool, &["config", "remote.evil.url", &format!("ext::{touch}")]);
    git(&tool, &["config", "protocol.ext.allow", "always"]);
    fs::remove_dir_all(tool.join(".git/objects").join(&first[..2])).unwrap();
    assert_eq!(of(&tool).id, folder_id(&tool));
    assert!(!home.join("ran").exists(), "the repository ran a command");
}

/// A pipe in the place of a file would block for ever.
#[cfg(unix)]
#[test]
fn pipes_do_not_block() {
    let (_kept, home) = folder();
    let pipe = |path: PathBuf| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    };
    pipe(home.join("one/.git"));
    assert_eq!(of(&home.join("one")).name, "one");
    repository(&home.join("two"));
    pipe(home.join("two/.git/included"));
    git_config_append(&home.join("two"), "[include]\n\tpath = included\n");
    assert_eq!(of(&home.join("two")).id, folder_id(&home.join("two")));
}

fn git_config_append(repository: &Path, text: &str) {
    let path = repository.join(".git/config");
    fs::write(&path, fs::read_to_string(&path).unwrap() + text).unwrap();
}
