use std::fs;

use serde_json::{Value, json};

use crate::home::{Home, session, written};

/// A home with a session that was kept at two thirds and whole, and loaded.
fn home() -> Home {
    let home = Home::new();
    let session = session();
    let most: String = session.split_inclusive('\n').take(session.lines().count() * 2 / 3).collect();
    home.told("save --id limiter", &most);
    home.told("save --id limiter", &session);
    home.told("save --id note", &written("Drain the retry queue"));
    home.told("load limiter", "");
    home
}

fn number(line: &Value, field: &str) -> i64 {
    line[field].as_i64().unwrap()
}

#[test]
fn a_load_saves_what_was_not_read_again() {
    let home = home();
    let loaded = baton::token::Encoding::O200kBase.count(&home.told("load limiter", ""));
    let stats = home.json("stats --json", "");
    let (total, limiter) = (&stats["total"], &stats["handoffs"][0]);
    assert_eq!((&limiter["name"], &stats["handoffs"][1]["name"]), (&json!("limiter"), &json!("note")));
    assert_eq!((number(total, "handoffs"), number(total, "loads")), (2, 2));
    assert_eq!(number(total, "loaded_tokens"), 2 * i64::try_from(loaded).unwrap());
    assert_eq!(
        number(limiter, "saved_tokens"),
        number(limiter, "replayed_tokens") - number(limiter, "loaded_tokens")
    );
    assert!(
        number(limiter, "replayed_tokens") <= number(limiter, "source_tokens"),
        "the second load saves nothing"
    );
    assert_eq!(stats["days"].as_array().unwrap().iter().map(|day| number(day, "loads")).sum::<i64>(), 2);
    let money =
        |model: &str| home.json(&format!("stats --json --model {model}"), "")["total"]["saved"].clone();
    assert_ne!(money("claude-opus-4-5"), money("gpt-5"), "{stats}");
    assert_eq!(home.json("stats --json --model nobodys-model", "")["unpriced"], json!(["nobodys-model"]));
}

/// What changed is a load as well, held against the part of the session that its reader did not have.
#[test]
fn a_load_of_changes_counts_too() {
    let home = home();
    let before = home.json("stats --json", "");
    let changes = home.told("load limiter --since limiter@1", "");
    home.told("diff limiter@1 limiter", "");
    let after = home.json("stats --json", "");
    let more = |field: &str| number(&after["total"], field) - number(&before["total"], field);
    let tokens = i64::try_from(baton::token::Encoding::O200kBase.count(&changes)).unwrap();
    assert_eq!((more("loads"), more("loaded_tokens")), (1, tokens), "a comparison is no load");
    let diary = fs::read_to_string(home.store().join(".loads.jsonl")).unwrap();
    let sizes: Vec<i64> =
        diary.lines().map(|line| number(&serde_json::from_str(line).unwrap(), "source_tokens")).collect();
    assert!(sizes.len() == 2 && 0 < sizes[1] && sizes[1] < sizes[0] / 2, "{sizes:?}");
}

#[test]
fn tables_are_for_people() {
    let home = home();
    let told = home.told("stats", "");
    let heads: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("SESSION"))
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(heads, ["HANDOFF", "PROJECT", "DAY", "ALL"]);
    for part in ["limiter", "note", "total", "baseline: the session's text", "list prices of 20"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(Home::new().told("stats", "").contains("total"), "an empty store has figures too");
    assert!(home.fails("stats --prices in", "{", 1).contains("in"));
}

#[test]
fn the_page_stands_alone() {
    let home = home();
    home.told("save --id hostile --project <script>alert(1)</script>", &written("x"));
    home.told("load hostile", "");
    home.told("stats --html -o page.html", "");
    let page = fs::read_to_string(home.path().join("page.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"), "{page}");
    for other in ["<script", "http://", "https://", "src=", "@import", "<link"] {
        assert!(!page.contains(other), "{other} in {page}");
    }
    let count = |part: &str| page.matches(part).count();
    assert!(count("<svg") >= 1 && count("<svg") == count("</svg>") && count("<rect") >= 3, "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("limiter"), "{page}");
}

#[test]
fn blocks_are_for_a_prompt_cache() {
    let home = home();
    let blocks = home.json("load limiter --output blocks", "");
    let blocks = blocks.as_array().unwrap();
    assert_eq!(blocks.iter().map(|block| &block["type"]).collect::<Vec<_>>(), ["text", "text"]);
    assert_eq!(
        (&blocks[0]["cache_control"], blocks[1].get("cache_control")),
        (&json!({"type": "ephemeral"}), None)
    );
    let text = |at: usize| blocks[at]["text"].as_str().unwrap();
    assert!(text(0).contains("## Task: ") && text(1).contains("## Next Steps"), "{blocks:?}");
    let changes = home.json("load limiter --since limiter@1 --output blocks", "");
    assert_eq!(changes.as_array().unwrap().len(), 1, "what changed is all new to the cache");
    let small = home.told("load limiter --output blocks --budget 400", "");
    assert!(baton::token::Encoding::O200kBase.count(&small) <= 400, "{small}");
}
