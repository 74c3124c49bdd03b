//! Made-up homes of every host: what goes in, that it goes in once, and that it comes out again without a trace.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use super::*;

fn around(home: &Path, platform: Platform) -> Surroundings {
    Surroundings {
        home: Some(home.to_owned()),
        folder: home.join("work"),
        platform,
        program: Some("/usr/bin/baton".into()),
        ..Surroundings::default()
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Every file below a folder, with its text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(inner) = folders.pop() {
        for path in fs::read_dir(&inner).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn apply(changes: &[Change]) -> usize {
    for change in changes {
        change.apply().unwrap();
    }
    changes.len()
}

const SCOPES: [Scope; 2] = [Scope::User, Scope::Project];
const PLATFORMS: [Platform; 3] = [Platform::Linux, Platform::MacOs, Platform::Windows];

/// Whether the host has any file of that scope.
fn has(host: &Host, scope: Scope) -> bool {
    host.parts.iter().any(|part| matches!(part.file, File::User { .. }) == (scope == Scope::User))
}

#[test]
fn every_host_takes_it_once_and_gives_it_back_whole() {
    for (host, platform, scope) in HOSTS.iter().flat_map(|host| {
        PLATFORMS.iter().flat_map(move |platform| SCOPES.map(|scope| (host, *platform, scope)))
    }) {
        let home = TempDir::new().unwrap();
        fs::create_dir(home.path().join("work")).unwrap();
        let around = around(home.path(), platform);
        if !has(host, scope) {
            assert!(matches!(install(host, scope, &around), Err(Error::NoScope { .. })), "{}", host.name);
            continue;
        }
        let name = host.name;
        assert!(apply(&install(host, scope, &around).unwrap()) > 0, "{name}");
        assert_eq!(install(host, scope, &around).unwrap(), [], "{name} is installed twice");
        assert!(
            states(host, scope, &around).iter().all(|(_, _, state)| matches!(state, State::Present)),
            "{name}"
        );
        apply(&uninstall(host, scope, &around).unwrap());
        assert_eq!(files(home.path()), [], "{name} leaves something behind");
        assert_eq!(uninstall(host, scope, &around).unwrap(), [], "{name}");
        assert!(
            states(host, scope, &around).iter().all(|(_, _, state)| matches!(state, State::Absent)),
            "{name}"
        );
    }
}

/// The files of a host as they read, in full for one system; elsewhere only where they are.
#[test]
fn what_each_host_gets() {
    for host in HOSTS {
        let mut text = String::new();
        for (scope, platform) in [
            (Scope::User, Platform::Linux),
            (Scope::User, Platform::MacOs),
            (Scope::User, Platform::Windows),
            (Scope::Project, Platform::Linux),
        ] {
            let home = TempDir::new().unwrap();
            apply(&install(host, scope, &around(home.path(), platform)).unwrap_or_default());
            let in_full = |name: &str| {
                platform == Platform::Linux && !name.contains("skills/") && !name.contains("plugins/")
            };
            let told = files(home.path()).into_iter().map(|(name, content)| {
                if in_full(&name) { format!("## {name}\n{content}") } else { format!("## {name}\n") }
            });
            text.extend([format!("# {scope:?} {platform:?}\n")].into_iter().chain(told));
        }
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(host.name, text);
        });
    }
}

/// A file among others' entries: what it becomes, that twice is once, and that it becomes again what it was, with the copy
/// made before and without it.
#[track_caller]
fn check(host: &str, file: &str, before: &str, after: &str) {
    let home = TempDir::new().unwrap();
    let around = around(home.path(), Platform::Linux);
    let host = find(host).unwrap();
    let path = home.path().join(file);
    write(&path, before);
    let change = |make: fn(&Host, Scope, &Surroundings) -> Result<Vec<Change>>| {
        let changes = make(host, Scope::User, &around).unwrap();
        let of_file: Vec<Change> = changes.into_iter().filter(|change| change.path == path).collect();
        apply(&of_file);
    };
    let text = || fs::read_to_string(&path).unwrap();
    let backup = change::backup_of(&path);
    change(install);
    assert_eq!(text(), after);
    assert_eq!(fs::read_to_string(&backup).unwrap(), before);
    change(install);
    assert_eq!(text(), after);
    change(uninstall);
    assert_eq!(text(), before, "restored from the copy");
    assert!(!backup.exists());
    change(install);
    fs::remove_file(&backup).unwrap();
    change(uninstall);
    assert_eq!(text(), before, "cut out");
}

#[test]
fn foreign_entries_order_and_comments_stay() {
    check(
        "cursor",
        ".cursor/mcp.json",
        "{\n  // mine\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" }, // why\n  },\n  \"z\": 1\n}\n",
        "{\n  // mine\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" }, // why\n    \"baton\": {\n      \"command\": \"/usr/bin/baton\",\n      \"args\": [\"mcp\"],\n    },\n  },\n  \"z\": 1\n}\n",
    );
    check(
        "antigravity",
        ".gemini/config/mcp_config.json",
        "{\n\t\"theme\": \"dark\",\n\t\"mcpServers\": {\n\t\t\"other\": {\n\t\t\t\"command\": \"x\"\n\t\t}\n\t}\n}",
        "{\n\t\"theme\": \"dark\",\n\t\"mcpServers\": {\n\t\t\"other\": {\n\t\t\t\"command\": \"x\"\n\t\t},\n\t\t\"baton\": {\n\t\t\t\"command\": \"/usr/bin/baton\",\n\t\t\t\"args\": [\"mcp\"]\n\t\t}\n\t}\n}",
    );
    check(
        "antigravity",
        ".gemini/config/mcp_config.json",
        "{\r\n  \"a\": 1\r\n}\r\n",
        "{\r\n  \"a\": 1,\r\n  \"mcpServers\": {\r\n    \"baton\": {\r\n      \"command\": \"/usr/bin/baton\",\r\n      \"args\": [\"mcp\"]\r\n    }\r\n  }\r\n}\r\n",
    );
}

#[test]
fn hooks_stand_beside_those_of_others() {
    check(
        "cursor",
        ".cursor/hooks.json",
        "{\n  \"version\": 1,\n  \"hooks\": {\n    \"stop\": [\n      { \"command\": \"./mine.sh\" }\n    ]\n  }\n}\n",
        "{\n  \"version\": 1,\n  \"hooks\": {\n    \"stop\": [\n      { \"command\": \"./mine.sh\" },\n      {\n        \"command\": \"/usr/bin/baton hook cursor\"\n      }\n    ],\n    \"sessionStart\": [\n      {\n        \"command\": \"/usr/bin/baton hook cursor\"\n      }\n    ],\n    \"preCompact\": [\n      {\n        \"command\": \"/usr/bin/baton hook cursor\"\n      }\n    ],\n    \"sessionEnd\": [\n      {\n        \"command\": \"/usr/bin/baton hook cursor\"\n      }\n    ]\n  }\n}\n",
    );
}

#[test]
fn tables_of_others_stay() {
    let ours = "[mcp_servers.baton]\ncommand = \"/usr/bin/baton\"\nargs = [\"mcp\"]\n";
    let codex = |before: &str, after: &str| check("codex", ".codex/config.toml", before, after);
    let simple = "# mine\nmodel = \"x\" # why\n\n[mcp_servers.other]\ncommand = \"y\"\n\n# the end\n";
    codex(simple, &format!("{simple}\n{ours}"));
    let windows = "model = 'x'\r\n[a]\r\nb = 1\r\n";
    codex(windows, &format!("{windows}\r\n{}", ours.replace('\n', "\r\n")));
    let lists = "[[a]]\nb = 1\n[[a]]\nb = \"\"\"\n[mcp_servers.baton]\n\"\"\"\n";
    codex(lists, &format!("{lists}\n{ours}"));
    codex(
        "mcp_servers = { other = { command = \"y\" } }\n",
        "mcp_servers = { other = { command = \"y\" } , baton = { command = \"/usr/bin/baton\", args = [\"mcp\"] } }\n",
    );
}

/// What others have done to our entry since stays, and what is cut out later leaves the rest alone.
#[test]
fn an_older_entry_is_renewed() {
    let home = TempDir::new().unwrap();
    let around = around(home.path(), Platform::Linux);
    let renew = |host: &str, file: &str, before: &str, after: &str, without: &str| {
        let path = home.path().join(file);
        write(&path, before);
        let host = find(host).unwrap();
        let text = || fs::read_to_string(&path).unwrap();
        let stale = |state: &State| matches!(state, State::Gone);
        assert!(states(host, Scope::User, &around).iter().any(|(_, of, state)| *of == path && stale(state)));
        apply(&install(host, Scope::User, &around).unwrap());
        assert_eq!(text(), after);
        assert!(!change::backup_of(&path).exists(), "what has ours in it is no copy to go back to");
        apply(&uninstall(host, Scope::User, &around).unwrap());
        assert_eq!(text(), without);
    };
    renew(
        "antigravity",
        ".gemini/config/mcp_config.json",
        r#"{"mcpServers": {"baton": {"command": "/old/baton", "args": ["mcp"], "trust": true}}, "a": 1}"#,
        r#"{"mcpServers": {"baton": {"command": "/usr/bin/baton", "args": ["mcp"], "trust": true}}, "a": 1}"#,
        r#"{ "a": 1}"#,
    );
    renew(
        "codex",
        ".codex/config.toml",
        "[mcp_servers.baton]\ncommand = \"/old/baton\"\nargs = [\"mcp\"]\nenabled = false\n\n[mcp_servers.baton.env]\nA = \"b\"\n\n# of b\n[b]\n",
        "[mcp_servers.baton]\ncommand = \"/usr/bin/baton\"\nargs = [\"mcp\"]\nenabled = false\n\n[mcp_servers.baton.env]\nA = \"b\"\n\n# of b\n[b]\n",
        "\n# of b\n[b]\n",
    );
}

#[test]
fn a_group_that_the_user_made_keeps_their_hook() {
    let group = r#"{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "mine"}, {"type": "command", "command": "/old/baton", "args": ["hook", "claude-code"]}]}]}}"#;
    let host = find("claude-code").unwrap();
    let Content::Json(entries) = host.parts[1].content else { panic!("settings are JSON") };
    let around = around(Path::new("/home/ann"), Platform::Linux);
    let entries = entries(&Program::find(Scope::User, &around));
    let without = r#"{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "mine"}]}]}}"#;
    assert_eq!(json::take(group, &entries).unwrap(), without);
    let renewed = json::put(group, &entries).unwrap();
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(plain(&json::take(&renewed, &entries).unwrap()), plain(without));
    assert_eq!(json::put(&renewed, &entries).unwrap(), renewed);
}

/// A file that cannot be changed safely is left alone, and so are all others of the host.
#[test]
fn broken_and_foreign_files_are_left_as_they_are() {
    let refuse = |host: &str, file: &str, text: &[u8], reason: &str| {
        let home = TempDir::new().unwrap();
        let around = around(home.path(), Platform::Linux);
        let path = home.path().join(file);
        write(&path, "");
        fs::write(&path, text).unwrap();
        let error = install(find(host).unwrap(), Scope::User, &around).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(&path.display().to_string()), "{error}");
        assert_eq!(fs::read(&path).unwrap(), text);
        let states = states(find(host).unwrap(), Scope::User, &around);
        assert!(
            states.iter().any(|(_, of, state)| *of == path && matches!(state, State::Broken(_))),
            "{file}"
        );
    };
    let settings = ".claude/settings.json";
    refuse("claude-code", settings, b"{\"a\": ", "it is broken");
    refuse("claude-code", settings, b"{'a': 1}", "it is broken");
    refuse("claude-code", settings, b"{a: 1}", "it is broken");
    refuse("claude-code", settings, b"[1]", "it is no JSON object");
    refuse("claude-code", settings, b"{\"hooks\": []}", "\"hooks\" is not an object");
    refuse("claude-code", settings, b"{\"hooks\": {\"Stop\": {}}}", "\"Stop\" is not a list");
    refuse("claude-code", settings, b"{\"a\": \"\xff\"}", "it is not UTF-8");
    refuse(
        "claude-code",
        ".claude.json",
        b"{\"mcpServers\": {\"baton\": {\"command\": \"twirl\"}}}",
        "runs something else",
    );
    refuse("claude-code", ".claude/skills/handoff/SKILL.md", b"# My own", "somebody else's file");
    refuse("claude-code", ".claude.json", "[".repeat(100_000).as_bytes(), "it is broken");
    refuse("codex", ".codex/config.toml", b"a = ", "it is broken");
    refuse(
        "codex",
        ".codex/config.toml",
        b"[mcp_servers.baton]\ncommand = \"twirl\"\n",
        "runs something else",
    );
    refuse("codex", ".codex/config.toml", b"mcp_servers = 7\n", "is not a table");
}

#[test]
fn empty_files_are_filled() {
    for text in ["", "\n", "{}", "\u{feff}{}", "// mine\n"] {
        let home = TempDir::new().unwrap();
        let around = around(home.path(), Platform::Linux);
        let path = home.path().join(".gemini/settings.json");
        write(&path, text);
        let host = find("gemini").unwrap();
        apply(&install(host, Scope::User, &around).unwrap());
        let new = fs::read_to_string(&path).unwrap();
        assert!(
            new.contains("\"/usr/bin/baton\"") && new.starts_with(text.trim_end_matches(['{', '}', '\n'])),
            "{new}"
        );
        apply(&uninstall(host, Scope::User, &around).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[cfg(unix)]
#[test]
fn links_are_written_through_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = TempDir::new().unwrap();
    let around = around(home.path(), Platform::Linux);
    let (real, link) = (home.path().join("dotfiles/claude.json"), home.path().join(".claude.json"));
    write(&real, "{}");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&real, &link).unwrap();
    let host = find("claude-code").unwrap();
    apply(&install(host, Scope::User, &around).unwrap());
    assert!(link.is_symlink() && fs::read_to_string(&real).unwrap().contains("baton"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&real), mode(&change::backup_of(&link))), (0o600, 0o600));
    fs::remove_file(&real).unwrap();
    let error = install(host, Scope::User, &around).unwrap_err().to_string();
    assert!(error.contains("a link that leads nowhere"), "{error}");
}

#[test]
fn a_file_that_somebody_changed_meanwhile_is_not_overwritten() {
    let home = TempDir::new().unwrap();
    let around = around(home.path(), Platform::Linux);
    let path = home.path().join(".gemini/settings.json");
    write(&path, "{}");
    let changes = install(find("gemini").unwrap(), Scope::User, &around).unwrap();
    fs::write(&path, "{\"new\": 1}").unwrap();
    assert!(matches!(changes[0].apply(), Err(Error::Configuration { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"new\": 1}");
}

#[test]
fn a_diff_shows_no_secret() {
    let home = TempDir::new().unwrap();
    let around = around(home.path(), Platform::Linux);
    let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
    write(&home.path().join(".gemini/settings.json"), &format!("{{\n  \"token\": \"{secret}\"\n}}\n"));
    let changes = install(find("gemini").unwrap(), Scope::User, &around).unwrap();
    let diff = changes[0].diff();
    assert!(!diff.contains(&secret) && diff.contains("+    \"baton\""), "{diff}");
}

/// Any JSON object, with names that hosts use among others.
fn object() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".*".prop_map(Value::from)
    ];
    let name =
        prop_oneof!["[a-z]{1,3}", Just("mcpServers".to_owned()), Just("servers".to_owned()), "\\PC{0,4}"];
    leaf.prop_recursive(4, 30, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
    .prop_filter("the root is an object with something in it", |value| {
        value.as_object().is_some_and(|members| !members.is_empty())
    })
}

/// Lines of a TOML file that may stand in any order, after the first.
const TABLES: &[&str] = &[
    "# a remark\n",
    "\n",
    "[a]\nb = 1 # why\n",
    "[[list]]\nx = \"\"\"\n[mcp_servers.baton]\n\"\"\"\n",
    "[mcp_servers.other]\ncommand = 'x'\n",
    "[mcp_servers.other.env]\nA = \"b\"\n",
    "[\"mcp_servers.baton\"]\nc = [\n  1,\n]\n",
    "[mcp_servers.batons]\ncommand = \"y\"\n",
];

proptest! {
    #[test]
    fn json_in_and_out_again(before in object(), pretty: bool) {
        let text = if pretty { format!("{before:#}\n") } else { before.to_string() };
        let entries = [Entry::member(&["mcpServers", "baton"], serde_json::json!({"command": "baton", "args": ["mcp"]}))];
        if let Ok(with) = json::put(&text, &entries) {
            let mut value: Value = serde_json::from_str(&with).unwrap();
            prop_assert_eq!(&value["mcpServers"]["baton"], &entries[0].value);
            prop_assert_eq!(json::put(&with, &entries).unwrap(), with.clone());
            let without: Value = serde_json::from_str(&json::take(&with, &entries).unwrap()).unwrap();
            value["mcpServers"].as_object_mut().unwrap().remove("baton");
            let was_empty = before.get("mcpServers").is_none_or(|servers| servers == &serde_json::json!({}));
            if was_empty {
                value.as_object_mut().unwrap().remove("mcpServers");
            }
            prop_assert_eq!(without, value);
        } else {
            prop_assert!(before.get("mcpServers").is_some_and(|servers| !servers.is_object()));
        }
    }

    #[test]
    fn toml_in_and_out_again(order in Just(TABLES.to_vec()).prop_shuffle(), some in 0..=TABLES.len(), windows: bool) {
        let text = format!("model = \"x\"\n{}", order[..some].concat());
        let text = if windows { text.replace('\n', "\r\n") } else { text };
        let entries = [Entry::member(&["mcp_servers", "baton"], serde_json::json!({"command": "baton", "args": ["mcp"]}))];
        let with = toml::put(&text, &entries).unwrap();
        prop_assert!(with.starts_with(&text));
        prop_assert_eq!(&toml::put(&with, &entries).unwrap(), &with);
        prop_assert_eq!(toml::take(&with, &entries).unwrap(), text);
    }
}
