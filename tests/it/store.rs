use std::fs;
use std::process::Stdio;

use baton::surroundings::{Clock, Surroundings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::home::{Home, SAID, session, written};

#[test]
fn a_session_is_saved_and_loaded() {
    let home = Home::new();
    let said = home.told("save --id limiter --tag rust --tag api --title Limits", &session());
    assert!(said.starts_with("saved limiter in ") && said.contains(" tokens (o200k_base)"), "{said}");
    let listed = home.json("list --json", "");
    let row = &listed["handoffs"][0];
    assert_eq!(
        (&row["id"], &row["tags"], &row["version"]),
        (&json!("limiter"), &json!(["api", "rust"]), &json!(1))
    );
    let compressed = home.told("compress in", &session());
    assert_eq!(home.told("load limiter", ""), compressed);
    let said = home.fails("load", "", 1);
    assert!(said.contains("there is no handoff of the project '") && said.contains("'baton list'"), "{said}");
    let loaded = home.run("load limiter", "");
    let said = String::from_utf8_lossy(&loaded.stderr).into_owned();
    assert!(said.starts_with("loaded limiter, version 1, saved just now: "), "{said}");
    assert!(home.told("list", "").contains("Limits #api #rust"));
    assert!(home.told("show limiter", "").contains("agent         claude-code"));
}

#[test]
fn a_smaller_budget_holds_when_loading() {
    let home = Home::new();
    home.told("save --id limiter --budget 3000", &session());
    for (budget, counting) in [(200, "o200k_base"), (500, "cl100k_base"), (1000, "o200k_base")] {
        let text = home.told(&format!("load limiter --budget {budget} --encoding {counting}"), "");
        let tokens = baton::token::Encoding::from_name(counting).unwrap().count(&text);
        assert!(tokens <= budget && tokens * 10 > budget * 8, "{tokens} of {budget}: {text}");
        assert!(text.contains("## Task: "), "{text}");
    }
    let json = home.told("load limiter --budget 800 --output json", "");
    assert!(baton::token::Encoding::O200kBase.count(&json) <= 800);
    assert!(serde_json::from_str::<baton::state::HandoffState>(&json).is_ok());
    let said = home.fails("load limiter --budget 199", "", 2);
    assert!(said.contains("the minimum is 200"), "{said}");
}

#[test]
fn what_was_there_stays_as_a_version() {
    let home = Home::new();
    home.told("save --id queue", &written("first"));
    let said = home.told("save --id queue", &written("second"));
    assert!(said.contains(", version 2; the one saved ") && said.contains("is kept as version 1"), "{said}");
    assert!(home.told("load queue", "").contains("## Task: second"));
    assert!(home.told("load queue --version 1", "").contains("## Task: first"));
    let log = home.json("log queue --json", "");
    let numbers: Vec<&Value> = log.as_array().unwrap().iter().map(|version| &version["version"]).collect();
    assert_eq!(numbers, [&json!(2), &json!(1)]);
    let first = home.store().join(".kept/queue/v1");
    let whole = fs::read(&first).unwrap();
    fs::write(&first, "torn").unwrap();
    let log = home.run("log queue --json", "");
    let said = String::from_utf8(log.stderr).unwrap();
    assert!(log.status.success() && said.contains("version 1 is damaged and left out"), "{said}");
    fs::write(&first, whole).unwrap();
    let last = home.store().join("queue.json");
    let whole = fs::read(&last).unwrap();
    fs::remove_file(&last).unwrap();
    assert!(home.told("load queue@1", "").contains("## Task: first"));
    assert!(home.fails("load queue@7", "", 1).contains("there is no handoff 'queue'"));
    home.told("save --id queue", &written("after a loss"));
    assert_eq!(home.json("log queue --json", "")[0]["version"], 2, "the former ones are not written over");
    assert!(home.told("load queue@1", "").contains("## Task: first"));
    fs::write(&last, whole).unwrap();
    let said = home.fails("load queue --version 7", "", 1);
    assert!(said.contains("there is no version 7 of 'queue'"), "{said}");
    for number in 3..=14 {
        home.told("save --id queue", &written(&number.to_string()));
    }
    assert_eq!(home.told("log queue", "").lines().count(), 1 + 11, "ten former versions, and the last");
    assert!(home.told("rm queue", "").contains("removed queue (14) and its 10 former versions"));
    assert!(!home.store().join(".kept/queue").exists());
}

/// The published protocol's own files are handoffs as they are, and ours are valid under it: the top level has its fields.
#[test]
fn a_session_saved_again_is_read_on_from_where_it_ended() {
    let whole = session();
    let half = &whole[..=whole[..whole.len() / 2].rfind('\n').unwrap()];
    let saved_twice = |forgets: bool| {
        let home = Home::new();
        home.told("save --id it", half);
        let kept = home.store().join(".kept/it/resume");
        let before = fs::metadata(&kept).unwrap().len();
        if forgets {
            fs::write(&kept, "of another program").unwrap();
        }
        home.told("save --id it", &whole);
        assert!(forgets || fs::metadata(&kept).unwrap().len() > before);
        home.told("load it", "")
    };
    assert_eq!(saved_twice(false), saved_twice(true));
    let home = Home::new();
    home.told("save", &whole);
    let kept = home.store().join(".kept").join(&home.ids()[0]);
    assert!(!kept.join("resume").exists(), "nobody said that this one goes on");
}

#[test]
fn files_of_the_published_protocol() {
    let home = Home::new();
    fs::create_dir(home.store()).unwrap();
    home.write(".handoffs/queue-2025-10-20.json", &written("keep the order"));
    assert_eq!(home.ids(), ["queue-2025-10-20"]);
    assert!(home.told("load queue-2025-10-20", "").contains("use a queue"));
    let with_more = written("keep the order").replacen('{', r#"{"x_other_tool": {"a": 1},"#, 1);
    home.write(".handoffs/queue-2025-10-20.json", &with_more);
    home.told("comment queue-2025-10-20 well", "");
    assert_eq!(home.json("show queue-2025-10-20 --json", "")["x_other_tool"], json!({ "a": 1 }));
    home.told("save --id mine", &session());
    let text = fs::read_to_string(home.store().join("mine.json")).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let first: Vec<&String> = value.as_object().unwrap().keys().take(5).collect();
    assert_eq!(first, ["task", "files", "decisions", "next_steps", "metadata"]);
    assert_eq!(value["metadata"]["session_id"], "mine");
    assert!(text.starts_with("{\n  \"task\": {\n"), "people can read it");
}

#[test]
fn what_an_agent_may_leave_out() {
    let home = Home::new();
    let bare = r#"{"task":{"objective":"Ship it","status":"blocked","progress_summary":""},"decisions":[{"decision":"wait"}]}"#;
    let saved = home.json("save --json", bare);
    assert!(saved["id"].as_str().unwrap().starts_with("ship-20"), "{saved}");
    assert!(home.told("load", "").contains("**Status:** blocked"));
    let said = home.fails("save", r#"{"task":{"objective":"x","status":"done"}}"#, 1);
    assert!(said.contains("standard input: this is no handoff: it needs a task"), "{said}");
}

#[test]
fn ids_are_made_and_never_the_same() {
    let home = Home::new();
    (0..3).for_each(|_| drop(home.told("save", SAID)));
    let ids = home.ids();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| id.starts_with("fix-rounding-invoice-20")), "{ids:?}");
}

#[test]
fn ids_that_are_refused() {
    let home = Home::new();
    home.told("save --id Queue", SAID);
    let long = "x".repeat(101);
    for id in ["../x", "a/b", "..", "con", "LPT1.txt", ".x", &long] {
        for words in ["save --id", "load", "rm", "log", "show"] {
            let said = home.fails(&format!("{words} {id}"), SAID, 2);
            assert!(said.contains("cannot be the id of a handoff"), "{said}");
        }
    }
    let said = home.fails("save --id queue", SAID, 1);
    assert!(said.contains("differs from another id only in case"), "{said}");
    let said = home.fails("rm nobody", "", 1);
    assert!(said.contains("there is no handoff 'nobody' in "), "{said}");
    assert_eq!(home.fails("rm", "", 2).matches("<ID>").count(), 2, "rm without an id never means all");
    assert_eq!(home.ids(), ["Queue"]);
}

#[test]
fn one_damaged_handoff_does_not_hide_the_others() {
    let home = Home::new();
    home.told("save --id good", SAID);
    home.write(".handoffs/torn.json", "{\"task\": {\"objective\": \"ha");
    home.write(".handoffs/empty.json", "");
    home.write(".handoffs/no id.json", "{}");
    home.write(".handoffs/newer.json", r#"{"schema_version": 99, "task": "of another kind"}"#);
    let output = home.run("list --json", "");
    let said = String::from_utf8_lossy(&output.stderr);
    for name in ["'torn'", "'empty'", "'no id.json'", "'newer'"] {
        assert!(said.contains(&format!("warning: {name} cannot be read: ")), "{said}");
    }
    for line in said.lines() {
        let is_damaged = ["'torn'", "'empty'"].iter().any(|name| line.contains(name));
        assert_eq!(line.contains("--repair"), is_damaged, "{line}");
    }
    assert_eq!(home.ids(), ["good"]);
    let said = home.fails("load torn", "", 1);
    assert!(said.contains("the handoff 'torn' is damaged; 'baton list --repair' moves it aside"), "{said}");
    let said = home.fails("load newer", "", 1);
    assert!(
        said.contains("has schema version 99, and this program knows those up to 1; use a newer baton"),
        "{said}"
    );
    home.told("list --repair", "");
    let left = |name: &str| home.store().join(name).exists();
    assert!(
        left("torn.json.damaged") && left("empty.json.damaged") && left("newer.json") && left("no id.json")
    );
    assert!(!left("torn.json") && !left("empty.json"));
}

/// What was torn is kept aside, and the last version that can be read takes its place; nothing is written over.
#[test]
fn a_repair_puts_the_last_good_version_back() {
    let home = Home::new();
    for words in ["first", "second", "third"] {
        home.told("save --id queue", &written(words));
    }
    let path = |name: &str| home.store().join(name);
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    let repaired = || {
        home.write(".handoffs/queue.json", "{\"torn");
        let output = home.run("list --repair", "");
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = repaired();
    assert!(said.contains("was moved to queue.json.damaged; version 2 of it is in its place\n"), "{said}");
    assert!(home.told("load queue", "").contains("## Task: second"));
    assert_eq!(read("queue.json"), read(".kept/queue/v2"));

    home.write(".handoffs/.kept/queue/v2", "torn too");
    let said = repaired();
    assert!(said.contains("was moved to queue.json.damaged-1; version 1 of it is in its place\n"), "{said}");
    home.told("save --id queue", &written("fourth"));
    assert_eq!(home.json("show queue --json", "")["version"], 3);
    assert_eq!(
        (read(".kept/queue/v2").as_str(), read("queue.json.damaged").as_str()),
        ("torn too", "{\"torn")
    );
    assert!(home.told("load queue@1", "").contains("## Task: first"));

    home.write(".handoffs/alone.json", "");
    let said = repaired();
    assert!(said.contains("'alone' is damaged (EOF while parsing a value at line 1 column 0) and was moved to alone.json.damaged\n"), "{said}");
}

/// What says the same again is no version, unless something else is said of it.
#[test]
fn what_did_not_change_makes_no_version() {
    let home = Home::new();
    for (given, id) in [(session(), "limiter"), (written("by hand"), "hand")] {
        let save = |more: &str| home.json(&format!("save --id {id} --json {more}"), &given);
        let version = |saved: &Value| (saved["version"].as_u64().unwrap(), saved["unchanged"] == true);
        assert_eq!(version(&save("")), (1, false));
        assert_eq!(version(&save("")), (1, true));
        assert_eq!(version(&save("--tag rust --title Limits")), (2, false));
        assert_eq!(version(&save("--tag rust")), (2, true));
        assert_eq!(version(&save("--status completed")), (3, false));
        assert_eq!(version(&save("--budget 300")).0, 3 + u64::from(id == "limiter" || id == "hand"));
        let said = home.told(&format!("save --id {id} --budget 300"), &given);
        assert!(
            said.starts_with(&format!("nothing changed since {id} in "))
                && said.ends_with(": version 4 stays\n"),
            "{said}"
        );
        assert_eq!(home.told(&format!("log {id}"), "").lines().count(), 1 + 4);
    }
}

/// What a load says of the working tree has its place in the budget that the handoff was saved with.
#[test]
fn a_load_stays_within_the_budget_of_the_save() {
    let home = Home::new();
    fs::create_dir(home.path().join("tree")).unwrap();
    for (budget, counting) in
        [(300, "--encoding o200k_base"), (500, "--encoding cl100k_base"), (1000, "--model claude-opus-4-5")]
    {
        home.told(&format!("save --id limiter --budget {budget} {counting}"), &session());
        let text = home.told("load limiter --root tree", "");
        let model = counting.split(' ').next_back().unwrap();
        let tokens = baton::token::Tokenizer::resolve(model).unwrap().count_upper(&text);
        assert!(text.contains("in this tree at the save"), "{text}");
        assert!(tokens <= budget && tokens * 10 > budget * 8, "{tokens} of {budget}: {text}");
    }
}

/// Wherever a handoff is read, `id@1` is its first version.
#[test]
fn a_version_is_named_behind_the_id() {
    let home = Home::new();
    home.told("save --id queue", &written("first"));
    home.told("save --id queue", &written("second"));
    for words in ["load queue@1", "show queue@1", "export queue@1", "export queue@1 queue@1 --versions"] {
        let text = home.told(words, "");
        assert!(text.contains("first") && !text.contains("second"), "{words}: {text}");
        let said = home.fails(&words.replace("@1", "@9"), "", 1);
        assert!(said.contains("there is no version 9 of 'queue'"), "{words}: {said}");
    }
    assert!(home.told("diff queue@1 queue", "").contains("second"));
}

/// A list of several projects says which is whose.
#[test]
fn a_list_names_projects_that_differ() {
    let home = Home::new();
    home.told("save --id one --project git:forge.example/team/parser", &written("first"));
    assert!(!home.told("list", "").contains("PROJECT"));
    home.told("save --id two --project /home/user/limiter/", &written("second"));
    let listed = home.told("list", "");
    let column = listed.lines().next().unwrap().find("PROJECT").unwrap();
    let names: Vec<&str> =
        listed.lines().skip(1).map(|line| line[column..].split(' ').next().unwrap()).collect();
    assert_eq!(names, ["limiter", "parser"]);
    let stats = home.json("stats --json", "");
    let names: Vec<&Value> = stats["projects"].as_array().unwrap().iter().map(|line| &line["name"]).collect();
    assert_eq!(names, ["limiter", "parser"], "as in the list");

    // One that is named in two ways is one, and two of one name are told apart.
    home.told("save --id three --project git@forge.example:team/parser.git", &written("third"));
    home.told("save --id four --project /home/user/parser", &written("fourth"));
    let stats = home.json("stats --json", "");
    let names: Vec<&Value> = stats["projects"].as_array().unwrap().iter().map(|line| &line["name"]).collect();
    assert_eq!(names, ["limiter", "folder:/home/user/parser", "git:forge.example/team/parser"]);
    let listed = home.told("list", "");
    assert_eq!(listed.matches("  git:forge.example/team/parser  ").count(), 2, "{listed}");
}

#[test]
fn filters() {
    let home = Home::new();
    home.told("save --id a --tag x --project alpha --status completed", &written("one"));
    home.told("save --id b --tag x --tag y --project beta", &written("two"));
    let check = |filter: &str, expected: &[&str]| {
        let listed = home.json(&format!("list --json {filter}"), "");
        let mut ids: Vec<&str> =
            listed["handoffs"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        assert_eq!(ids, expected, "{filter}");
    };
    check("--tag x", &["a", "b"]);
    check("--tag x --tag y", &["b"]);
    check("--project ALPH", &["a"]);
    check("--status completed", &["a"]);
    check("--status in_progress", &["a", "b"]);
    check("--text TWO", &["b"]);
    check("--after 1h", &["a", "b"]);
    check("--before 1h", &[]);
    check("--limit 1", &["b"]);
    assert!(home.fails("list --after soon", "", 2).contains("neither a date such as"));
}

#[test]
fn old_handoffs_are_pruned() {
    let home = Home::new();
    home.told("save --id new", SAID);
    home.write(".handoffs/old.json", &written("of another tool"));
    assert!(home.told("prune --older-than 30d --dry-run", "").starts_with("1 handoff would be removed:"));
    assert_eq!(home.ids().len(), 2);
    assert!(home.told("prune --older-than 30d", "").starts_with("1 handoff removed:"));
    assert_eq!(home.ids(), ["new"]);
    assert!(home.told("prune --older-than 30d", "").starts_with("nothing was saved before"));
    assert!(home.fails("prune", "", 2).contains("--older-than"));
}

#[test]
fn secrets_that_are_handed_in() {
    let home = Home::new();
    let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
    home.write("talk", &format!("## User\nuse {secret}\n"));
    let said = home
        .told(&format!("save --id a --title {secret} --tag {secret} --conversation=talk"), &written(&secret));
    assert!(said.contains("secrets taken out"), "{said}");
    home.told(&format!("comment a {secret} --author {secret}"), "");
    let kept = fs::read_to_string(home.store().join("a.json")).unwrap();
    assert!(!kept.contains(&secret) && kept.matches("[redacted:github-token]").count() == 6, "{kept}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.told("save --id a", SAID);
    home.told("save --id a --tag again", SAID);
    let mode = |name: &str| fs::metadata(home.path().join(name)).unwrap().permissions().mode() & 0o777;
    for folder in [".handoffs", ".handoffs/.kept", ".handoffs/.kept/a"] {
        assert_eq!(mode(folder), 0o700, "{folder}");
    }
    for file in [".handoffs/a.json", ".handoffs/.kept/a/v1", ".handoffs/.lock"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}

#[test]
fn the_store_at_hand() {
    let home = Home::new();
    fs::create_dir_all(home.path().join("project/src")).unwrap();
    fs::create_dir(home.path().join("project/.handoffs")).unwrap();
    let at = |folder: &str, words: &[&str], variable: Option<&str>| {
        let mut command = home.command(words);
        command.current_dir(home.path().join(folder)).stdin(Stdio::null()).stdout(Stdio::null());
        variable.map(|value| command.env("BATON_STORE", value));
        assert!(command.status().unwrap().success(), "{words:?}");
    };
    home.write("in", SAID);
    let session = home.path().join("in");
    let session = session.to_str().unwrap();
    at("project/src", &["save", session, "--id", "project"], None);
    at(".", &["save", session, "--id", "user"], None);
    at(".", &["save", session, "--id", "variable"], Some("elsewhere"));
    at(".", &["save", session, "--id", "named", "--store", "dir:shared", "--shared"], Some("elsewhere"));
    fs::create_dir_all(home.path().join("team/src")).unwrap();
    fs::create_dir(home.path().join("team/.git")).unwrap();
    home.write("team/.git/HEAD", "ref: refs/heads/main");
    at("team/src", &["save", session, "--id", "team", "--shared"], None);
    let places = [
        "project/.handoffs/project",
        ".handoffs/user",
        "elsewhere/variable",
        "shared/named",
        "team/.handoffs/team",
    ];
    for place in places {
        assert!(home.path().join(format!("{place}.json")).is_file(), "{place}");
    }
    let ignored = |folder: &str| fs::read_to_string(home.path().join(folder).join(".gitignore")).unwrap();
    assert_eq!(ignored("project/.handoffs"), "*\n");
    assert!(["shared", "team/.handoffs"].iter().all(|folder| ignored(folder).contains("!.gitignore")));
    assert!(
        home.fails("list --store redis://x", "", 2)
            .contains("names no kind of store; use a folder, or one of: dir:, memory:")
    );
}

#[test]
fn nothing_is_made_by_looking() {
    let home = Home::new();
    assert!(home.told("list", "").starts_with("no handoffs in "));
    assert!(home.fails("load", "", 1).contains("there is no handoff of the project '"));
    assert!(!home.store().exists());
}

#[test]
fn automatic_saves_can_be_switched_off() {
    use baton::error::Error;
    use baton::service::{Given, Save, Service};
    let folder = TempDir::new().unwrap();
    let mut around =
        Surroundings { folder: folder.path().to_owned(), clock: Clock::default(), ..Surroundings::default() };
    around.variables.insert("BATON_DISABLE".to_owned(), "1".to_owned());
    let service = Service::open(Some("x"), &around).unwrap();
    let save =
        |automatic| service.save(Given::Transcript(SAID.into()), &Save { automatic, ..Save::default() });
    assert!(matches!(save(true), Err(Error::Disabled)));
    assert!(!folder.path().join("x").exists());
    assert!(save(false).is_ok());
}
