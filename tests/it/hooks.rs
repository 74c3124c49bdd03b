use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use baton::hook::{HOSTS, Task};
use baton::token::Encoding;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fixtures;

const SESSION: &str = "claude-code/rate-limiter/session.jsonl";
const OBJECTIVE: &str = "## Task: ";

/// A machine with a home, a project, and a session of it on disk.
pub struct Machine {
    folder: TempDir,
    pub session: String,
}

impl Machine {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let machine = Machine { folder, session: "0f3c1d2e-aaaa-4bbb-8ccc-0123456789ab".to_owned() };
        fs::create_dir_all(machine.project()).unwrap();
        fs::create_dir_all(machine.transcript().parent().unwrap()).unwrap();
        machine
    }

    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    pub fn project(&self) -> PathBuf {
        self.home().join("project")
    }

    /// Where Claude Code keeps the session of the project.
    pub fn transcript(&self) -> PathBuf {
        let name = self.project().to_string_lossy().replace(['/', '.', '_'], "-");
        self.home().join(".claude/projects").join(name).join(format!("{}.jsonl", self.session))
    }

    /// Puts the first records of the session there, as if it had run in the project.
    pub fn write(&self, records: usize) {
        let text = fs::read_to_string(fixtures::root().join(SESSION)).unwrap();
        let project = self.project().to_string_lossy().into_owned();
        let placed = text.lines().take(records).map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            for (field, value) in [("cwd", &project), ("sessionId", &self.session)] {
                if record.get(field).is_some() {
                    record[field] = json!(value);
                }
            }
            record.to_string() + "\n"
        });
        fs::write(self.transcript(), placed.collect::<String>()).unwrap();
    }

    pub fn event(&self, name: &str, more: &Value) -> Value {
        let mut event = json!({
            "session_id": self.session, "transcript_path": self.transcript(), "cwd": self.project(), "hook_event_name": name,
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    }

    fn hook(&self, words: &[&str], sent: &[u8], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
        command.arg("hook").args(words).current_dir(self.home()).env_clear().env("HOME", self.home());
        command.envs(variables.iter().copied());
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // A hook that does not read everything closes its end.
        let _ = child.stdin.take().unwrap().write_all(sent);
        child.wait_with_output().unwrap()
    }

    /// Sends an event as the host does, and holds the answer against the host's contract.
    #[track_caller]
    pub fn send(&self, host: &str, event: &Value) -> Option<String> {
        let output = self.hook(&[host], event.to_string().as_bytes(), &[]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{host} {event}");
        context(host, event["hook_event_name"].as_str().unwrap(), &String::from_utf8(output.stdout).unwrap())
    }

    pub fn kept(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.home().join(".handoffs")) else { return Vec::new() };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> =
            names.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned())).collect();
        names.sort();
        names
    }

    pub fn record(&self) -> Value {
        self.kept_as(&self.session)
    }

    pub fn kept_as(&self, id: &str) -> Value {
        let path = self.home().join(".handoffs").join(format!("{id}.json"));
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    /// A command that a person types in the project.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
        command.args(words).current_dir(self.project()).env_clear().env("HOME", self.home());
        command
    }

    /// What a person types in the project.
    #[track_caller]
    pub fn baton(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// What a host makes of an answer: the context it takes from it. Panics where the host would complain.
#[track_caller]
fn context(host: &str, event: &str, output: &str) -> Option<String> {
    let starts = ["SessionStart", "sessionStart", "session.created", "experimental.session.compacting"]
        .contains(&event);
    let context = match host {
        // What is plain goes to the model, or into the instructions for its summary; JSON is checked.
        "claude-code" if output.is_empty() => None,
        "claude-code" => Some(specific(event, output)),
        "codex" | "gemini" => match output {
            "{}" => None,
            output => Some(specific(event, output)),
        },
        "cursor" => {
            let answer: Value = serde_json::from_str(output).expect("Cursor reads JSON");
            let fields = answer.as_object().unwrap();
            assert!(fields.keys().all(|key| key == "additional_context"), "{output}");
            fields.get("additional_context").map(|text| text.as_str().unwrap().to_owned())
        }
        "opencode" => (!output.is_empty()).then(|| output.to_owned()),
        host => panic!("no contract is known of {host}"),
    };
    if let Some(context) = &context {
        assert!(starts, "{host} takes no context at {event}: {output}");
        assert!(context.chars().count() <= 10_000, "{} characters", context.chars().count());
        assert!(Encoding::O200kBase.count(context) <= 2_500);
        assert!(context.len() <= 4 * 2_500, "{} bytes, which Codex takes for too many tokens", context.len());
    }
    context
}

/// The context in an answer with closed keys.
#[track_caller]
fn specific(event: &str, output: &str) -> String {
    let answer: Value = serde_json::from_str(output).expect("an answer is JSON");
    let inner = answer["hookSpecificOutput"].as_object().expect("it is for an event");
    assert_eq!((answer.as_object().unwrap().len(), inner.len()), (1, 2), "unknown keys: {output}");
    assert_eq!(inner["hookEventName"], event);
    inner["additionalContext"].as_str().unwrap().to_owned()
}

#[test]
fn a_session_is_saved_and_given_back_after_compaction() {
    let machine = Machine::new();
    machine.write(usize::MAX);
    let before = machine.event("PreCompact", &json!({"trigger": "auto", "custom_instructions": null}));
    assert_eq!(machine.send("claude-code", &before), None);
    assert_eq!(machine.kept(), [machine.session.as_str()]);
    let after =
        machine.event("PostCompact", &json!({"trigger": "auto", "compact_summary": "What the host thinks"}));
    assert_eq!(machine.send("claude-code", &after), None);
    let start = machine.event("SessionStart", &json!({"source": "compact", "model": "m"}));
    let context = machine.send("claude-code", &start).unwrap();
    assert!(context.contains(OBJECTIVE) && context.contains(&machine.session), "{context}");
    assert_eq!(machine.send("claude-code", &machine.event("SessionEnd", &json!({"reason": "other"}))), None);
}

/// The host's own summary is told of in a load, shown, and searched.
#[test]
fn the_hosts_own_summary_is_kept_beside_ours() {
    let machine = Machine::new();
    machine.write(usize::MAX);
    let summary = "The host thinks that the zebra crossing comes next.";
    machine.send("claude-code", &machine.event("PostCompact", &json!({"compact_summary": summary})));
    let start = machine.event("SessionStart", &json!({"source": "resume"}));
    let context = machine.send("claude-code", &start).unwrap();
    assert!(
        context.contains("The host's own summary of this session is kept too; recall_handoff"),
        "{context}"
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    command
        .args(["show", &machine.session])
        .current_dir(machine.home())
        .env_clear()
        .env("HOME", machine.home());
    let shown = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(shown.ends_with(&format!("\n## The Host's Own Summary\n{summary}\n")), "{shown}");
}

#[test]
fn an_event_that_repeats_saves_nothing_new() {
    let machine = Machine::new();
    machine.write(40);
    let stop = machine.event("Stop", &json!({"stop_hook_active": false}));
    for _ in 0..3 {
        machine.send("claude-code", &stop);
    }
    assert_eq!(machine.record()["version"], 1);
    machine.write(60);
    machine.send("claude-code", &stop);
    machine.send("claude-code", &stop);
    assert_eq!(machine.record()["version"], 2);
}

/// What somebody saved by hand goes on as that, as long as it was, and nothing stands twice in the list.
#[test]
fn a_session_saved_by_hand_goes_on_under_its_name() {
    let machine = Machine::new();
    let stop = machine.event("Stop", &json!({}));
    let save = |more: &[&str]| {
        let path = machine.transcript().to_string_lossy().into_owned();
        machine.baton(&[&["save", &path], more].concat())
    };
    machine.write(40);
    assert_eq!(save(&["--id", "limiter", "--budget", "3000"]).lines().count(), 1);
    machine.send("claude-code", &stop);
    assert_eq!(machine.kept_as("limiter")["version"], 1);
    machine.write(60);
    machine.send("claude-code", &stop);
    machine.write(80);
    machine.send("claude-code", &stop);
    machine.send("claude-code", &stop);
    assert_eq!(machine.kept(), ["limiter"]);
    let record = machine.kept_as("limiter");
    assert_eq!((&record["version"], &record["metadata"]["tokens"]["budget"]), (&json!(3), &json!(3000)));
    let start = machine.event("SessionStart", &json!({"source": "resume"}));
    assert!(machine.send("claude-code", &start).unwrap().contains("handoff limiter"));

    // The newest of several goes on, and one that was removed does not come back.
    let said = save(&["--id", "later"]);
    assert!(said.ends_with("\nthe session goes on as later from now on; limiter stays as it is\n"), "{said}");
    machine.write(100);
    machine.send("claude-code", &stop);
    assert_eq!(
        (&machine.kept_as("limiter")["version"], &machine.kept_as("later")["version"]),
        (&json!(3), &json!(2))
    );
    machine.baton(&["rm", "later", "limiter"]);
    machine.write(120);
    machine.send("claude-code", &stop);
    assert_eq!(machine.kept(), [machine.session.as_str()]);
}

/// A hook knows all that the session said, so it says why entries went as a save by hand does.
#[test]
fn a_checkpoint_says_why_entries_went() {
    let removed = |save: fn(&Machine)| {
        let machine = Machine::new();
        for records in [150, usize::MAX] {
            machine.write(records);
            save(&machine);
        }
        machine.record()["delta"]["removed"].clone()
    };
    let by_hook = removed(|machine| {
        machine.send("claude-code", &machine.event("Stop", &json!({"stop_hook_active": false})));
    });
    let by_hand = removed(|machine| {
        machine.baton(&["save", machine.transcript().to_str().unwrap(), "--id", &machine.session]);
    });
    let reasons = |reason: &str| by_hook.as_array().unwrap().iter().any(|entry| entry["reason"] == reason);
    assert!(reasons("executed") && reasons("evicted"), "{by_hook}");
    assert_eq!(by_hook, by_hand);
}

/// What is not this session's to change is left alone.
#[test]
fn handoffs_that_are_not_to_be_changed_stay() {
    for more in [&["--project", "another"][..], &["--status", "completed"]] {
        let machine = Machine::new();
        machine.write(40);
        let path = machine.transcript().to_string_lossy().into_owned();
        machine.baton(&[&["save", &path, "--id", "zzz"], more].concat());
        machine.write(60);
        machine.send("claude-code", &machine.event("Stop", &json!({})));
        assert_eq!(machine.kept(), [machine.session.as_str(), "zzz"], "{more:?}");
        assert_eq!(machine.kept_as("zzz")["version"], 1, "{more:?}");
    }
    let machine = Machine::new();
    let mut written: Value = serde_json::from_str(&crate::home::written("By hand")).unwrap();
    written["metadata"]["session_id"] = json!(machine.session);
    let path = machine.home().join("written.json");
    fs::write(&path, written.to_string()).unwrap();
    machine.baton(&["save", path.to_str().unwrap(), "--id", "zzz"]);
    machine.write(60);
    machine.send("claude-code", &machine.event("Stop", &json!({})));
    assert_eq!(machine.kept(), [machine.session.as_str(), "zzz"]);
}

/// A session that was killed saved nothing; the next one has all that is on disk.
#[test]
fn what_died_without_a_word_is_restored() {
    for records in [20, 50, usize::MAX] {
        let machine = Machine::new();
        machine.write(records);
        let mut start = machine.event("SessionStart", &json!({"source": "startup"}));
        start["session_id"] = json!("another-session");
        start["transcript_path"] = json!(machine.home().join("none.jsonl"));
        let context = machine.send("claude-code", &start).unwrap();
        assert!(context.contains(OBJECTIVE), "{context}");
        assert_eq!(machine.kept(), [machine.session.as_str()]);
    }
}

/// So it is where the agent keeps its sessions in a database.
#[cfg(feature = "sqlite")]
#[test]
fn what_died_in_a_database_is_restored() {
    let machine = Machine::new();
    let database = machine.home().join(".local/share/opencode/opencode.db");
    fs::create_dir_all(database.parent().unwrap()).unwrap();
    let connection = rusqlite::Connection::open(&database).unwrap();
    let tables = r#"
        CREATE TABLE session (id TEXT, parent_id TEXT, directory TEXT, title TEXT, version TEXT, time_updated INTEGER);
        CREATE TABLE message (id TEXT, session_id TEXT, data TEXT);
        CREATE TABLE part (id TEXT, message_id TEXT, data TEXT);
        INSERT INTO message VALUES ('msg_1', 'ses_1', '{"role":"user"}');
        INSERT INTO part VALUES ('prt_1', 'msg_1', '{"type":"text","text":"Count the sheep by night as well"}');
    "#;
    connection.execute_batch(tables).unwrap();
    let folder = fs::canonicalize(machine.project()).unwrap();
    let row = "INSERT INTO session VALUES ('ses_1', NULL, ?1, 'Sheep', '1.18', 1)";
    connection.execute(row, [folder.to_str()]).unwrap();
    let start = machine.event("session.created", &json!({"session_id": "ses_2"}));
    let context = machine.send("opencode", &start).unwrap();
    assert!(context.contains("## Task: Count the sheep by night as well"), "{context}");
    assert_eq!(machine.kept(), ["ses_1"]);
}

/// A session that only asked how things stand does not stand before the work it asked about.
#[test]
fn a_question_does_not_hide_the_work() {
    for (reply, expected) in [
        ("All of it is done.", vec!["tollgate needs rate limits"]),
        ("Next: evict idle buckets.", vec!["What is next?", "tollgate needs rate limits"]),
    ] {
        let machine = Machine::new();
        machine.write(usize::MAX);
        machine.send("claude-code", &machine.event("Stop", &json!({})));
        let asked = machine.transcript().with_file_name("asked.jsonl");
        let record = |kind: &str, said: &str| {
            let content = json!([{"type": "text", "text": said}]);
            let message = json!({"role": kind, "content": content});
            json!({"type": kind, "cwd": machine.project(), "sessionId": "asked", "message": message})
        };
        let said = [record("user", "What is next?"), record("assistant", reply)];
        fs::write(&asked, said.map(|record| record.to_string()).join("\n")).unwrap();
        let its_own = json!({"session_id": "asked", "transcript_path": asked});
        machine.send("claude-code", &machine.event("Stop", &its_own));
        assert!(machine.kept().contains(&"asked".to_owned()));

        let next = json!({"session_id": "next", "transcript_path": "none", "source": "startup"});
        let context = machine.send("claude-code", &machine.event("SessionStart", &next)).unwrap();
        let tasks = context.lines().filter_map(|line| line.strip_prefix(OBJECTIVE));
        let tasks: Vec<&str> = tasks.collect();
        assert_eq!(tasks.len(), expected.len(), "{context}");
        let matches = tasks.iter().zip(&expected).all(|(task, expected)| task.starts_with(expected));
        assert!(matches, "{context}");
    }
}

/// Where the user said nothing, the command that began the session is what it was for.
#[test]
fn a_session_of_a_command_is_told_by_it() {
    let machine = Machine::new();
    let command = "<command-name>/handoff</command-name>\n<command-args>save parser</command-args>";
    let message = json!({"role": "user", "content": command});
    let said =
        json!({"type": "user", "cwd": machine.project(), "sessionId": machine.session, "message": message});
    fs::write(machine.transcript(), said.to_string()).unwrap();
    machine.send("claude-code", &machine.event("Stop", &json!({})));
    assert_eq!(machine.record()["task"]["objective"], "/handoff save parser");
}

/// A host may tell of a session before anything is said in it.
#[test]
fn a_session_without_words_is_no_problem() {
    let machine = Machine::new();
    let begun = json!({"sessionId": machine.session, "projectHash": "a1", "kind": "main"});
    for begun in [String::new(), begun.to_string()] {
        fs::write(machine.transcript(), begun).unwrap();
        assert_eq!(machine.send("gemini", &machine.event("PreCompress", &json!({}))), None);
    }
    assert_eq!(machine.kept(), [""; 0]);
}

#[test]
fn a_first_session_is_given_nothing() {
    let machine = Machine::new();
    for host in HOSTS {
        let (name, _) = host.events.iter().find(|(_, task)| *task == Task::Restore).unwrap();
        assert_eq!(machine.send(host.name, &machine.event(name, &json!({"source": "startup"}))), None);
    }
}

/// What one project did is nothing for a session of another.
#[test]
fn another_project_is_given_nothing() {
    let machine = Machine::new();
    machine.write(usize::MAX);
    machine.send("claude-code", &machine.event("Stop", &json!({})));
    let mut start = machine.event("SessionStart", &json!({"source": "startup", "session_id": "other"}));
    fs::create_dir_all(machine.home().join("elsewhere")).unwrap();
    start["cwd"] = json!(machine.home().join("elsewhere"));
    assert_eq!(machine.send("claude-code", &start), None);
}

#[test]
fn every_event_of_every_host_is_answered_in_its_contract() {
    for host in HOSTS {
        let machine = Machine::new();
        machine.write(usize::MAX);
        for (name, task) in host.events {
            let context = machine
                .send(host.name, &machine.event(name, &json!({"source": "resume", "compact_summary": "s"})));
            let gives = matches!(task, Task::Restore | Task::Continue);
            assert_eq!(context.is_some(), gives, "{} {name}", host.name);
        }
        assert_eq!(machine.send(host.name, &machine.event("SomethingNew", &json!({}))), None);
    }
}

#[test]
fn saving_can_be_switched_off() {
    let machine = Machine::new();
    machine.write(usize::MAX);
    for name in ["PreCompact", "Stop", "SessionEnd", "SessionStart"] {
        let event = machine.event(name, &json!({"source": "startup"})).to_string();
        let output = machine.hook(&["claude-code"], event.as_bytes(), &[("BATON_DISABLE", "1")]);
        assert_eq!(
            (output.status.code(), output.stdout.len(), output.stderr.len()),
            (Some(0), 0, 0),
            "{output:?}"
        );
    }
    assert_eq!(machine.kept(), [""; 0]);
}

/// Whatever is wrong: the host is told nothing that it could trip over, the user one line, and the log the same.
#[test]
fn nothing_disturbs_the_host() {
    let machine = Machine::new();
    let event = |more: &Value| machine.event("Stop", more).to_string().into_bytes();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes();
    fs::write(machine.home().join("binary"), [0u8, 255, 1, 2]).unwrap();
    let cases: Vec<(&[&str], Vec<u8>)> = vec![
        (&[], Vec::new()),
        (&["claude-code"], Vec::new()),
        (&["claude-code"], b"{".to_vec()),
        (&["claude-code"], b"[]".to_vec()),
        (&["claude-code"], b"\xff\xfe".to_vec()),
        (&["claude-code"], deep),
        (&["no-such-host"], event(&json!({}))),
        (&["claude-code"], event(&json!({"transcript_path": machine.home()}))),
        (&["claude-code"], event(&json!({"transcript_path": "/dev/zero"}))),
        (&["claude-code"], event(&json!({"transcript_path": machine.home().join("binary")}))),
        (&["claude-code"], event(&json!({"session_id": "../../evil"}))),
        (&["claude-code", "--unknown", "flag"], event(&json!({"transcript_path": machine.home()}))),
    ];
    for (words, sent) in &cases {
        let output = machine.hook(words, sent, &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{words:?}: {said}");
        assert_eq!(output.stdout, b"", "{words:?}");
        assert_eq!(said.lines().count(), 1, "{words:?}: {said}");
        assert!(said.starts_with("baton hook: ") && !said.contains("panicked"), "{said}");
    }
    let log = fs::read_to_string(machine.home().join(".handoffs/hook.log")).unwrap();
    assert_eq!(log.lines().count(), cases.len(), "{log}");
    // What names nothing is not worth a word, nor is what is not written down yet.
    for more in [json!({"session_id": null}), json!({"transcript_path": "/nowhere"})] {
        let output = machine.hook(&["claude-code"], &event(&more), &[]);
        assert_eq!((output.stdout.len(), output.stderr.len()), (0, 0), "{more}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_said_and_nothing_more() {
    let machine = Machine::new();
    machine.write(30);
    fs::write(machine.home().join(".handoffs"), "not a folder").unwrap();
    let event = machine.event("Stop", &json!({})).to_string();
    let output = machine.hook(&["codex"], event.as_bytes(), &[]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), b"{}".as_slice()));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
}

#[test]
fn the_hosts_are_a_list_like_any_other() {
    let names: Vec<&str> = HOSTS.iter().map(|host| host.name).collect();
    assert!(names.is_sorted());
    for host in HOSTS {
        let tasks: Vec<Task> = host.events.iter().map(|(_, task)| *task).collect();
        assert!(tasks.contains(&Task::Save) && tasks.contains(&Task::Restore), "{}", host.name);
    }
}
