use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::home::{Home, SAID, session, written};

/// A handoff with one decision.
fn decided(objective: &str, decision: &str, rationale: &str) -> String {
    let mut state: Value = serde_json::from_str(&written(objective)).unwrap();
    state["decisions"] =
        json!([{ "decision": decision, "rationale": rationale, "timestamp": "2025-10-20T14:30:00.000Z" }]);
    state.to_string()
}

#[test]
fn the_best_hit_comes_first() {
    let home = Home::new();
    home.told("save --id queue --tag rust", &written("Drain the retry queue"));
    home.told("save --id limiter", &session());
    home.write("talk", "## User\n\nIs the zebra striped?\n");
    home.told("save --id talk --conversation=talk", &written("Talk about animals"));
    home.told("comment limiter Zebras", "");
    let check = |words: &str, expected: &[&str]| {
        let found = home.json(&format!("search {words} --json"), "");
        let ids: Vec<&str> = found["hits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["handoff"]["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, expected, "{words}");
        found
    };
    check("retry queue", &["queue", "talk", "limiter"]);
    check("QUEUE --tag rust", &["queue"]);
    let found = check("zebra", &["talk", "limiter"]);
    assert_eq!(found["hits"][0]["excerpt"], "Is the zebra striped?");
    check("nothingofthesort", &[]);
    check("the", &[]);
    let said = home.told("search zebra --limit 1", "");
    assert!(said.starts_with("talk  ") && said.ends_with("and 1 more; --limit shows them\n"), "{said}");
    assert_eq!(home.told("search nothingofthesort", ""), "nothing was found\n");
}

#[test]
fn the_later_decision_wins() {
    let home = Home::new();
    home.told(
        "save --id one --tag a",
        &decided("Store sessions", "Use Redis for session storage", "it is fast"),
    );
    home.told("comment one early", "");
    home.told(
        "save --id two --tag b",
        &decided("Store sessions well", "Use Postgres for session storage", "it is there"),
    );
    let merged = home.json("merge two one --as both --json", "");
    assert_eq!(merged["sources"], json!(["one", "two"]));
    let expected = json!([{
        "earlier": { "id": "one", "decision": "Use Redis for session storage" },
        "later": { "id": "two", "decision": "Use Postgres for session storage" },
    }]);
    assert_eq!(merged["conflicts"], expected);
    let both = home.json("show both --json", "");
    assert_eq!(both["task"]["objective"], "Store sessions well");
    let decisions = both["decisions"].as_array().unwrap();
    assert_eq!((decisions.len(), &decisions[0]["decision"]), (1, &json!("Use Postgres for session storage")));
    let rejected = json!([{ "option": "Use Redis for session storage", "reason": "it is fast" }]);
    assert_eq!(decisions[0]["rejected"], rejected);
    assert_eq!((&both["tags"], both["files"].as_array().unwrap().len()), (&json!(["a", "b"]), 1));
    assert_eq!(both["comments"][0]["text"], "early");
    let said = home.told("merge two one --as other --in-order", "");
    assert!(
        said.starts_with("merged two < one into other: ") && said.contains("  + one: Use Redis"),
        "{said}"
    );
    assert_eq!(home.ids().len(), 4, "the sources stay");
    assert!(home.fails("merge one one", "", 2).contains("two or more different handoffs"));
    assert!(home.fails("merge one nobody", "", 1).contains("there is no handoff 'nobody'"));
    home.told("merge one two --as small --budget 200", "");
    assert!(baton::token::Encoding::O200kBase.count(&home.told("load small", "")) <= 200);
}

/// Of two states of one session, the one that ends later in it stands, whichever was saved last.
#[test]
fn the_later_state_of_a_session_wins() {
    let home = Home::new();
    let session = session();
    let lines: Vec<&str> = session.lines().collect();
    home.told("save --id whole", &session);
    home.told("save --id part", &lines[..lines.len() / 2].join("\n"));
    let told = home.told("merge whole part --as both", "");
    assert!(told.starts_with("merged part < whole into both: "), "{told}");
    assert!(told.contains("part and whole are of one session; where they differ, whole stands"), "{told}");
    let (both, whole) = (home.json("show both --json", ""), home.json("show whole --json", ""));
    assert_eq!(both["task"]["status"], whole["task"]["status"]);
    let words = |state: &serde_json::Value, section: &str, field: &str| {
        let entries = state[section].as_array().into_iter().flatten();
        entries.map(|entry| entry[field].clone()).collect::<Vec<_>>()
    };
    for (section, field) in [
        ("errors", "signature"),
        ("questions", "question"),
        ("verification", "command"),
        ("next_steps", "action"),
    ] {
        assert_eq!(words(&both, section, field), words(&whole, section, field), "{section}");
    }
}

#[test]
fn what_is_exported_is_imported() {
    let home = Home::new();
    home.told("save --id one --title First", &session());
    home.told("save --id one --tag again", &session());
    home.told("save --id two", &written("second"));
    home.told("comment two well", "");
    home.told("export one -o single.json", "");
    home.told("export --all --versions -o bundle.json", "");
    let elsewhere = "--store elsewhere";
    assert_eq!(home.told(&format!("import single.json {elsewhere}"), ""), "one: added\n");
    assert_eq!(
        home.told(&format!("import bundle.json {elsewhere}"), ""),
        "two: added\none: the same is there already\n"
    );
    for id in ["one", "two"] {
        let kept = |store: &str| home.told(&format!("show {id} --json {store}"), "");
        assert_eq!(kept(elsewhere), kept(""), "{id}");
    }
    home.told("import bundle.json --store third", "");
    assert_eq!(home.told("log one --store third", ""), home.told("log one", ""));
    home.told("comment one differs", "");
    assert!(home.told("import single.json", "").starts_with("one: left out: something else is there"));
    assert!(
        home.told("import single.json --replace", "")
            .starts_with("one: replaced; what was there is kept as version 2")
    );
    assert_eq!(home.told("import single.json --id three", ""), "three: added\n");
}

#[test]
fn what_cannot_be_imported() {
    let home = Home::new();
    let check = |text: &str, expected: &str| {
        let said = home.fails("import -", text, 1);
        assert!(said.contains(expected), "{said}");
        assert!(home.ids().is_empty());
    };
    check("", "standard input: this is no handoff");
    check("[1]", "standard input: this is no handoff");
    check("{\"handoffs\": [{}]}", "standard input: this is no handoff");
    check("\u{0}\u{1}", "standard input: this is no handoff");
    check(r#"{"schema_version": 9, "metadata": {"session_id": "x"}}"#, "has schema version 9");
    let nested = "[".repeat(100_000);
    check(&format!("{{\"handoffs\": {nested}"), "standard input: this is no handoff");
    home.write("no name.json", r#"{"task":{"objective":"x","status":"blocked","progress_summary":""}}"#);
    let output = home.command(&["import", "no name.json"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be the id of a handoff"), "{output:?}");
    let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
    home.told("import - --id a", &written(&secret));
    assert!(!fs::read_to_string(home.store().join("a.json")).unwrap().contains(&secret));
}

#[test]
fn the_conversation_is_kept_and_given_along() {
    let home = Home::new();
    home.told("save --id limiter --conversation", &session());
    let whole = home.told("show limiter --conversation", "");
    assert!(whole.contains("## Conversation\n## User\n"), "{whole}");
    let text = home.told("load limiter", "");
    let with = home.told("load limiter --messages 2", "");
    let talk = with.strip_prefix(&text).unwrap();
    assert_eq!(
        talk.lines().filter(|line| *line == "## User" || *line == "## Assistant").count(),
        2,
        "{talk}"
    );
    let budget = baton::token::Encoding::O200kBase.count(&text) + 10;
    assert_eq!(
        home.told(&format!("load limiter --messages 2 --budget {budget}"), "").trim_end(),
        text.trim_end()
    );
    home.told("save --id limiter", SAID);
    assert!(!home.told("show limiter --conversation", "").contains("## Conversation"));
}

#[test]
fn the_newest_session_of_the_project() {
    let home = Home::new();
    assert!(home.fails("save --latest", "", 1).contains("no session of "));
    let folder = home.path().join("project");
    fs::create_dir(&folder).unwrap();
    let cwd = fs::canonicalize(&folder).unwrap();
    let name = cwd.to_string_lossy().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let sessions = home.path().join(".claude/projects").join(name);
    fs::create_dir_all(&sessions).unwrap();
    let record = json!({
        "type": "user", "cwd": cwd, "sessionId": "s-1", "timestamp": "2026-11-21T10:00:00Z",
        "message": { "role": "user", "content": "Fix the rounding" },
    });
    fs::write(sessions.join("s-1.jsonl"), format!("{record}\n")).unwrap();
    let run = |words: &[&str]| home.command(words).current_dir(&folder).output().unwrap();
    let saved = run(&["save", "--latest", "--id", "newest"]);
    assert!(saved.status.success());
    let said = String::from_utf8_lossy(&saved.stderr).into_owned();
    assert!(
        said.starts_with("newest session of this project: claude-code, ") && said.contains("s-1.jsonl"),
        "{said}"
    );
    let kept = home.json("show newest --json", "");
    assert_eq!((&kept["agent_session"], &kept["metadata"]["session_id"]), (&json!("s-1"), &json!("newest")));
    home.told("save --id later", &written("of another project"));
    let loaded = run(&["load"]);
    assert!(
        String::from_utf8_lossy(&loaded.stdout).contains("## Task: Fix the rounding"),
        "that of the project is loaded"
    );
    assert!(!run(&["save", "--latest", "--agent", "codex"]).status.success());
}

#[test]
fn what_changed_since() {
    let home = Home::new();
    let session = session();
    let lines: Vec<&str> = session.lines().collect();
    let cut = lines[..lines.len() * 9 / 10].join("\n");
    home.told("save --id limiter", &cut);
    home.told("save --id limiter", &session);
    assert_eq!(home.json("show limiter --json", "")["metadata"]["base_session"], "limiter");
    let whole = home.told("load limiter", "");
    let changes = home.told("load limiter --since limiter@1 --budget 600", "");
    assert!(baton::token::Encoding::O200kBase.count(&changes) <= 600);
    assert!(changes.len() < whole.len(), "{changes}");
    assert!(
        home.fails("load limiter --since limiter@9", "", 1).contains("there is no version 9 of 'limiter'")
    );
    assert!(home.fails("load limiter --since nobody", "", 1).contains("there is no handoff 'nobody'"));
    home.told("save --id next --base limiter", &written("go on"));
    assert_eq!(home.json("show next --json", "")["metadata"]["base_session"], "limiter");
    assert!(home.fails("save --base nobody", SAID, 1).contains("there is no handoff 'nobody'"));
}

/// Changes that fill the budget are no shorter than the whole handoff in the same budget.
#[test]
fn the_whole_handoff_in_place_of_many_changes() {
    let home = Home::new();
    let session = session();
    let lines: Vec<&str> = session.lines().collect();
    home.told("save --id limiter", &lines[..lines.len() / 4].join("\n"));
    home.told("save --id limiter", &session);
    let loaded = home.run("load limiter --since limiter@1 --budget 300", "");
    let (text, said) = (String::from_utf8(loaded.stdout).unwrap(), String::from_utf8(loaded.stderr).unwrap());
    assert!(text.starts_with("# Session Restoration") && text.contains("would hardly be shorter"), "{text}");
    assert!(said.starts_with("the whole of limiter: ") && said.contains(" entries left out"), "{said}");
    assert!(baton::token::Encoding::O200kBase.count(&text) <= 300);
}

/// A kept handoff that is cut to a budget keeps the floor that one made within that budget has.
#[test]
fn a_smaller_budget_keeps_the_floor() {
    let home = Home::new();
    for name in ["claude-code/rate-limiter/session.jsonl", "codex/csv-import/session.jsonl"] {
        let session = fs::read_to_string(crate::fixtures::root().join(name)).unwrap();
        home.told("save --id kept --budget 3000", &session);
        for budget in [500, 800, 1200] {
            let made = home.json(&format!("compress in --output json --budget {budget}"), &session);
            let loaded = home.json(&format!("load kept --output json --budget {budget}"), "");
            let files = |state: &Value| -> BTreeSet<String> {
                let files = state["files"].as_array().into_iter().flatten();
                let changed = files.filter(|file| file["change"] != "read" && file["change"] != "deleted");
                changed.map(|file| file["path"].to_string()).collect()
            };
            assert!(files(&loaded).is_superset(&files(&made)), "{name} in {budget}: {loaded}");
            for section in ["questions", "verification", "next_steps", "constraints"] {
                let has = |state: &Value| state[section].get(0).is_some();
                assert!(has(&loaded) || !has(&made), "{section}, {name} in {budget}: {loaded}");
            }
        }
    }
}

/// Kept handoffs are compared by their ids, and changes that follow one another are put on in a row.
#[test]
fn changes_of_kept_handoffs() {
    let home = Home::new();
    let session = session();
    let lines: Vec<&str> = session.lines().collect();
    for part in 7..=10 {
        home.told("save --id limiter", &lines[..lines.len() * part / 10].join("\n"));
    }
    let deltas: Vec<String> = (1..4).map(|from| format!("{from}.json")).collect();
    for (from, file) in (1..).zip(&deltas) {
        home.told(&format!("diff limiter@{from} limiter@{} --output json -o {file}", from + 1), "");
    }
    let chain = deltas.join(" ");
    home.told(&format!("apply limiter@1 {chain} -o made.json"), "");
    home.told(&format!("apply limiter@1 {chain} --compact -o all.json"), "");
    home.told("apply limiter@1 all.json -o again.json", "");
    let read = |name: &str| fs::read_to_string(home.path().join(name)).unwrap();
    assert_eq!(read("made.json"), read("again.json"));
    let nothing = home.json("diff made.json limiter --output json", "");
    assert_eq!((&nothing["base"], nothing.get("removed")), (&nothing["target"], None), "{nothing}");
    assert!(home.told("diff limiter@1 limiter", "").starts_with("# Session Update"));
    let check = |words: &str, status: i32, expected: &str| {
        let said = home.fails(words, "", status);
        assert!(said.contains(expected), "{words}: {said}");
    };
    check("apply limiter@1 1.json 3.json", 1, "the delta applies to the handoff blake3:");
    check("apply limiter@1 1.json 3.json --compact", 1, "the delta applies to the handoff blake3:");
    check("apply limiter@1", 2, "required");
    check("diff limiter@9 limiter", 1, "there is no version 9 of 'limiter'");
    check("diff made.json nobody", 1, "there is no file nobody, and no handoff 'nobody' in");
    check("diff nobody limiter", 1, "there is no file nobody, and no handoff 'nobody' in");
    check("apply ../nobody 1.json", 1, "there is no file ../nobody, and no handoff");
    check("diff limiter limiter@1 -o made.json --budget 10", 2, "the minimum is 200");
}

/// What other tools and people put into the store is shown without its secrets, and cannot play with the terminal.
#[test]
fn files_of_others_pass_the_gate() {
    let home = Home::new();
    let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
    fs::create_dir(home.store()).unwrap();
    home.write(".handoffs/foreign.json", &written(&format!("use {secret} \u{1b}[31m gladly")));
    for words in [
        "list",
        "list --json",
        "show foreign",
        "show foreign --json",
        "load foreign",
        "search gladly",
        "export foreign",
    ] {
        let told = home.told(words, "");
        assert!(
            !told.contains(&secret) && !told.contains('\u{1b}') && told.contains("[redacted:github-token]"),
            "{words}: {told}"
        );
    }
}

/// A comment is by whom git takes the user for, unless somebody else is named.
#[test]
fn a_comment_is_by_somebody() {
    let home = Home::new();
    home.told("save - --id limits", &written("Limit the rate"));
    home.told("comment limits nobody", "");
    home.write(".gitconfig", "[user]\n\tname = Ann Lee\n");
    home.told("comment limits ann", "");
    home.told("comment limits bob --author Bob", "");
    let kept: Value = serde_json::from_slice(&fs::read(home.store().join("limits.json")).unwrap()).unwrap();
    let said = kept["comments"].as_array().unwrap().iter();
    let said: Vec<_> =
        said.map(|it| (it["author"].as_str().unwrap_or_default(), it["text"].as_str().unwrap())).collect();
    assert_eq!(said, [("", "nobody"), ("Ann Lee", "ann"), ("Bob", "bob")]);
}
