use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::hooks::Machine;

const TASK: &str = "## Task: tollgate needs rate limits per tenant";

fn stop(machine: &Machine) {
    machine.send("claude-code", &machine.event("Stop", &json!({})));
}

/// What a load says on the side.
#[track_caller]
fn warned(machine: &Machine, words: &[&str], variables: &[(&str, &str)]) -> String {
    let output = machine.command(words).envs(variables.iter().copied()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{words:?}: {said}");
    assert!(String::from_utf8(output.stdout).unwrap().contains(TASK), "{words:?}");
    said
}

/// No hook ran before the agent was killed, or since: whoever loads has all that is on disk.
#[test]
fn a_load_by_hand_has_all_that_is_on_disk() {
    let machine = Machine::new();
    let id = machine.session.clone();
    let check = |records: usize, words: &[&str], version: u64| {
        machine.write(records);
        assert_eq!(machine.kept().is_empty(), version == 1);
        assert_eq!(
            warned(&machine, words, &[]).lines().count(),
            1,
            "{words:?} tells what was loaded, and no more"
        );
        assert_eq!(
            (machine.kept(), &machine.record()["version"]),
            (vec![id.clone()], &json!(version)),
            "{words:?}"
        );
    };
    check(40, &["load"], 1);
    check(60, &["load"], 2);
    check(60, &["load", &id], 2);
    check(80, &["load", &id], 3);
    check(100, &["load", &format!("{id}@1")], 3);
    check(100, &["load", &id, "--version", "1"], 3);
    let said = machine.command(&["load", &id, "--since", &format!("{id}@1")]).output().unwrap();
    assert!(said.status.success());
    assert_eq!(machine.record()["version"], 4);
    let source = |record: Value| record["metadata"]["source"].clone();
    machine.write(usize::MAX);
    machine.baton(&["load"]);
    let transcript = machine.transcript();
    machine.baton(&["save", transcript.to_str().unwrap(), "--id", "whole"]);
    assert_eq!(source(machine.record()), source(machine.kept_as("whole")));
}

/// A session that goes on under a name is caught up under it.
#[test]
fn a_named_session_is_caught_up_under_its_name() {
    let machine = Machine::new();
    machine.write(40);
    machine.baton(&["save", machine.transcript().to_str().unwrap(), "--id", "limiter"]);
    machine.write(60);
    stop(&machine);
    machine.write(80);
    machine.baton(&["load", "limiter"]);
    assert_eq!(
        (machine.kept(), &machine.kept_as("limiter")["version"]),
        (vec!["limiter".to_owned()], &json!(3))
    );
}

/// What nobody saved by itself, or what is finished, is loaded as it is; and nothing is saved where that is switched off.
#[test]
fn a_load_leaves_alone_what_is_not_to_be_changed() {
    let machine = Machine::new();
    let transcript = machine.transcript();
    let version = |id: &str| machine.kept_as(id)["version"].as_u64().unwrap();
    machine.write(40);
    machine.baton(&["save", transcript.to_str().unwrap(), "--id", "by-hand"]);
    machine.write(60);
    machine.baton(&["load", "by-hand"]);
    assert_eq!(version("by-hand"), 1);
    stop(&machine);
    assert_eq!(version("by-hand"), 2);
    machine.write(80);
    for words in [&["load", "by-hand"][..], &["load"]] {
        assert_eq!(warned(&machine, words, &[("BATON_DISABLE", "1")]).lines().count(), 1);
    }
    assert_eq!((version("by-hand"), machine.kept().len()), (2, 1));
    machine.baton(&["save", transcript.to_str().unwrap(), "--id", "by-hand", "--status", "completed"]);
    machine.write(100);
    machine.baton(&["load", "by-hand"]);
    assert_eq!((version("by-hand"), machine.kept().len()), (3, 1));
}

/// What cannot be read now is no reason to withhold what was saved before.
#[test]
fn a_load_does_well_where_catching_up_fails() {
    let machine = Machine::new();
    machine.write(60);
    stop(&machine);
    fs::write(machine.transcript(), [0_u8, 159, 146, 150].repeat(400)).unwrap();
    for words in [&["load"][..], &["load", &machine.session]] {
        let said = warned(&machine, words, &[]);
        assert!(
            said.starts_with("warning: What the session said since the last save is not in it: "),
            "{said}"
        );
    }
    fs::remove_file(machine.transcript()).unwrap();
    assert_eq!(warned(&machine, &["load", &machine.session], &[]).lines().count(), 1);
}

/// The same for an agent that asks: of what died, not of its own session.
#[cfg(feature = "server")]
#[test]
fn an_agent_that_loads_has_all_that_is_on_disk() {
    let machine = Machine::new();
    machine.write(60);
    stop(&machine);
    let load = |arguments: Value, meta: Value| {
        let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "load_handoff", "arguments": arguments, "_meta": meta}});
        let answers = crate::mcp::answered(machine.home(), &machine.project(), &[&call.to_string()], &[2]);
        let answer = answers.last().unwrap()["result"].clone();
        assert_eq!(answer["isError"], false, "{answer}");
        answer["content"][0]["text"].as_str().unwrap().to_owned()
    };
    let version = || machine.record()["version"].as_u64().unwrap();
    machine.write(80);
    load(json!({"session_id": machine.session}), json!({}));
    assert_eq!(version(), 2);
    machine.write(100);
    load(json!({"session_id": format!("{}@1", machine.session)}), json!({}));
    assert_eq!(version(), 2);
    load(json!({}), json!({"threadId": "another"}));
    assert_eq!(version(), 3);
    fs::write(machine.transcript(), [0_u8, 159, 146, 150].repeat(400)).unwrap();
    let text = load(json!({"session_id": machine.session}), json!({}));
    assert!(
        text.contains(TASK) && text.contains("\nWhat the session said since the last save is not in it: "),
        "{text}"
    );
}

/// A torn handoff is kept aside, the version before takes its place, and the session goes on to be saved.
#[test]
fn a_torn_handoff_does_not_end_the_saves() {
    let torn = "{\"task\": {\"objective\": \"ha";
    for versions in [1, 2] {
        let machine = Machine::new();
        for records in [40, 60].into_iter().take(versions) {
            machine.write(records);
            stop(&machine);
        }
        let store = machine.home().join(".handoffs");
        let document = store.join(format!("{}.json", machine.session));
        let read = |path: &Path| fs::read_to_string(path).unwrap();
        fs::write(&document, torn).unwrap();
        machine.write(80);
        stop(&machine);
        machine.write(100);
        stop(&machine);
        assert!(machine.record()["version"].as_u64().unwrap() >= 2);
        assert_eq!(read(&store.join(format!("{}.json.damaged", machine.session))), torn);
        let log = read(&store.join("hook.log"));
        assert!(log.lines().count() == 1 && log.contains(" is damaged (EOF while parsing"), "{log}");
        assert_eq!(log.contains("; version 1 of it is in its place"), versions == 2, "{log}");

        // A load mends as well, whether or not anything is new.
        fs::write(&document, torn).unwrap();
        let said = warned(&machine, &["load", &machine.session], &[]);
        assert!(said.starts_with("warning: '") && said.contains(" is in its place\n"), "{said}");
        assert!(!said.contains("not in it"), "{said}");
    }
}
