use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use baton::install::HOSTS;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn plugin(name: &str) -> Value {
    read(&root().join("plugins/baton").join(name))
}

/// The plugin for every host that knows Agent Plugins.
fn agent_plugin() -> PathBuf {
    root().join("plugins/agent-plugins")
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn all_manifests_say_the_same_and_the_version_of_the_program() {
    let manifests = [".claude-plugin/plugin.json", ".codex-plugin/plugin.json"].map(plugin);
    for manifest in manifests.iter().chain([&read(&agent_plugin().join("plugin.json"))]) {
        assert_eq!(manifest["name"], "baton");
        assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(manifest["description"], manifests[0]["description"]);
        assert_eq!(manifest["license"], "MIT OR Apache-2.0");
    }
    let marketplace = read(&root().join(".claude-plugin/marketplace.json"));
    assert_eq!(marketplace["plugins"][0]["version"], env!("CARGO_PKG_VERSION"));
}

/// Every path in a manifest leads to something that is there, and stays in the plugin.
#[test]
fn what_the_manifests_name_is_there() {
    for name in [".claude-plugin/plugin.json", ".codex-plugin/plugin.json"] {
        for (key, value) in plugin(name).as_object().unwrap() {
            if let Some(path) = value.as_str().and_then(|path| path.strip_prefix("./")) {
                assert!(root().join("plugins/baton").join(path).exists(), "{name}: {key} leads nowhere");
            }
        }
    }
    let claude = read(&root().join(".claude-plugin/marketplace.json"));
    let codex = read(&root().join(".agents/plugins/marketplace.json"));
    assert_eq!(claude["plugins"][0]["source"], codex["plugins"][0]["source"]["path"]);
    let source = root().join(claude["plugins"][0]["source"].as_str().unwrap());
    assert!(source.join(".codex-plugin/plugin.json").is_file());
    // Codex would take it for all there is, and leave the hooks out.
    assert!(!source.join("plugin.json").exists());
    assert_eq!(keys(&codex["plugins"][0]), ["name", "source", "policy", "category"]);
    assert_eq!(codex["plugins"][0]["source"]["source"], "local");
}

/// The closed list of keys, and the form of a name, that Agent Plugins 1.0 demands.
#[test]
fn the_shape_of_agent_plugins() {
    const KEYS: &[&str] = &[
        "$schema",
        "name",
        "version",
        "description",
        "author",
        "homepage",
        "repository",
        "license",
        "keywords",
        "extensions",
    ];
    let manifest = read(&agent_plugin().join("plugin.json"));
    assert!(keys(&manifest).iter().all(|key| KEYS.contains(key)), "{manifest}");
    assert_eq!(manifest["$schema"], "https://agent-plugins.org/schemas/1.0.0/plugin.schema.json");
    let name = manifest["name"].as_str().unwrap();
    assert!(
        name.len() <= 64
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c))
    );
    let servers = read(&agent_plugin().join("mcp.json"));
    assert_eq!(servers["$schema"], "https://agent-plugins.org/schemas/1.0.0/mcp.schema.json");
    assert_eq!(servers["mcpServers"]["baton"], json!({"type": "stdio", "command": "baton", "args": ["mcp"]}));
    assert_eq!(plugin(".mcp.json")["mcpServers"], servers["mcpServers"]);
    let skill = |folder: PathBuf| fs::read_to_string(folder.join("skills/handoff/SKILL.md")).unwrap();
    assert_eq!(skill(agent_plugin()), skill(root().join("plugins/baton")));
}

/// A plugin has the hooks that `baton install --project` writes: there is one list of events, in the host.
#[test]
fn plugins_have_the_hooks_that_are_installed() {
    for (host, installed) in [("claude-code", ".claude/settings.json"), ("codex", ".codex/hooks.json")] {
        let home = tempfile::tempdir().unwrap();
        let status = Command::new(env!("CARGO_BIN_EXE_baton"))
            .args(["install", host, "--project"])
            .current_dir(home.path())
            .env("HOME", home.path())
            .output()
            .unwrap()
            .status;
        assert!(status.success() && HOSTS.iter().any(|known| known.name == host));
        let hooks = plugin(&format!("hooks/{host}.json"));
        assert_eq!(hooks["hooks"], read(&home.path().join(installed))["hooks"], "{host}");
    }
}

/// A plugin file that is installed knows where the program is.
#[test]
fn the_file_for_opencode_names_the_program_once() {
    let text = fs::read_to_string(root().join("plugins/opencode/baton.js")).unwrap();
    assert_eq!(text.matches("\"baton\"").count(), 1);
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    let output = command.args(["install", "opencode"]).current_dir(home.path()).env("HOME", home.path());
    assert!(output.env_remove("XDG_CONFIG_HOME").output().unwrap().status.success());
    let installed = fs::read_to_string(home.path().join(".config/opencode/plugins/baton.js")).unwrap();
    let program = json!(env!("CARGO_BIN_EXE_baton")).to_string();
    assert_eq!(installed, text.replace("\"baton\"", &program));
}

/// The plugin tells of the events that the hook knows, by the same names.
#[test]
fn the_file_for_opencode_tells_of_every_event() {
    let text = fs::read_to_string(root().join("plugins/opencode/baton.js")).unwrap();
    let told = text.split("tell(\"").skip(1).filter_map(|rest| rest.split_once('"'));
    let told: BTreeSet<&str> = told.map(|(event, _)| event).collect();
    let host = baton::hook::find("opencode").unwrap();
    assert_eq!(told, host.events.iter().map(|(event, _)| *event).collect());
}

/// Hosts read name and description only until the skill is used, and refuse long ones.
#[test]
fn the_skill_has_the_head_that_hosts_read() {
    let text = fs::read_to_string(root().join("plugins/baton/skills/handoff/SKILL.md")).unwrap();
    let (head, body) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
    let field =
        |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap();
    assert_eq!(field("name"), "handoff");
    assert!(field("description").len() <= 1024 && !field("description").contains(": "));
    assert!(!field("argument-hint").starts_with('['), "a value that begins with a bracket is a list");
    for word in ["## save", "## load", "save_handoff", "load_handoff", "$ARGUMENTS"] {
        assert!(body.contains(word), "{word}");
    }
}
