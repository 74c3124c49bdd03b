//! Whether a handoff tells a fact: one of its entries has to match a pattern of every group, and none of `none`.
//!
//! An entry is a bullet, a table row or a paragraph with its continuation lines (a heading goes with the one below it),
//! in JSON each element of an array. One of over 500 characters counts sentence by sentence. So what belongs together
//! has to stand together: a list of keywords scores nothing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;

use fancy_regex::Regex;
use serde_json::Value;

use crate::fixtures::{Expected, Sheet};

/// Characters within which a fact must stand.
const WINDOW: usize = 500;

/// How much of the facts a handoff tells, and which it does not.
pub struct Recall {
    /// Weight of what it tells over the whole weight.
    pub share: f64,
    /// The facts that it does not tell, in words.
    pub missed: Vec<String>,
}

/// Scores a handoff.
pub fn recall(text: &str, sheet: &Sheet) -> Recall {
    let entries = entries(text);
    let (told, missed): (Vec<&Expected>, Vec<&Expected>) =
        sheet.facts.iter().partition(|fact| is_told(fact, &entries));
    let weight =
        |facts: &[&Expected]| u32::try_from(facts.iter().map(|fact| fact.weight).sum::<usize>()).unwrap();
    let share = f64::from(weight(&told)) / f64::from(weight(&told) + weight(&missed));
    Recall { share, missed: missed.iter().map(|fact| format!("{}: {}", fact.id, fact.answer)).collect() }
}

/// Whether a pattern stands anywhere in a text, in any case.
pub fn matches(pattern: &str, text: &str) -> bool {
    // Compiling takes longer than most texts.
    static COMPILED: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());
    let compile =
        || Regex::new(&format!("(?i){pattern}")).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let regex = COMPILED.lock().unwrap().entry(pattern.to_owned()).or_insert_with(compile).clone();
    regex.is_match(text).unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

fn is_told(fact: &Expected, entries: &[String]) -> bool {
    entries.iter().any(|entry| {
        let has = |pattern: &String| matches(pattern, entry);
        fact.all.iter().all(|group| group.iter().any(has)) && !fact.none.iter().any(has)
    })
}

/// Adds the members of `{a,b}` groups, so that grouped paths are found.
fn expand(text: &str) -> String {
    let groups = Regex::new(r"([\w@./+-]*)\{([^{}\n]{1,400})\}([\w@./+-]*)").unwrap();
    let mut expanded = text.to_owned();
    for found in groups.captures_iter(text).map(Result::unwrap) {
        for member in found[2].split(',') {
            let _ = write!(expanded, "\n{}{}{}", &found[1], member.trim(), &found[3]);
        }
    }
    expanded
}

/// The statements of a handoff.
fn entries(text: &str) -> Vec<String> {
    let mut entries = Vec::new();
    match serde_json::from_str(text) {
        Ok(value) => values(&value, "", &mut entries),
        Err(_) => entries = blocks(&expand(text)),
    }
    entries.iter().map(|entry| entry.replace('`', "")).flat_map(|entry| pieces(&entry)).collect()
}

/// Each element of an array, and each other value with its keys.
fn values(node: &Value, path: &str, out: &mut Vec<String>) {
    let bare = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match node {
        Value::Object(fields) => {
            let plain = fields.iter().filter(|(_, value)| !value.is_object() && !value.is_array());
            let plain: Vec<String> = plain.map(|(key, value)| format!("{key}: {}", bare(value))).collect();
            if !plain.is_empty() {
                out.push(format!("{path} {}", plain.join("; ")));
            }
            for (key, value) in fields.iter().filter(|(_, value)| value.is_object() || value.is_array()) {
                values(value, &format!("{path} {key}"), out);
            }
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Array(_) => values(item, path, out),
                    item => out.push(format!("{path} {}", bare(item))),
                }
            }
        }
        value => out.push(format!("{path} {}", bare(value))),
    }
}

fn blocks(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut heading = String::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('#') {
            line.clone_into(&mut heading);
            open = false;
        } else if line.is_empty() {
            open = false;
        } else if open && !matches(r"^([-*+•]\s|[>|]|\d+[.)]\s)", line) {
            let last = out.last_mut().expect("an open entry");
            last.push('\n');
            last.push_str(line);
        } else {
            let head = std::mem::take(&mut heading);
            out.push(if head.is_empty() { line.to_owned() } else { format!("{head}\n{line}") });
            open = true;
        }
    }
    out.extend(Some(heading).filter(|heading| !heading.is_empty()));
    out
}

/// The entry, or its sentences if it is long.
fn pieces(entry: &str) -> Vec<String> {
    if entry.chars().count() <= WINDOW {
        return vec![entry.to_owned()];
    }
    let mut pieces = vec![String::new()];
    for c in entry.chars() {
        let ends = c == '\n' || c.is_whitespace() && pieces[pieces.len() - 1].ends_with(['.', '!', '?', ';']);
        if ends {
            pieces.push(String::new());
        } else {
            pieces.last_mut().expect("never empty").push(c);
        }
    }
    pieces.iter().map(|piece| piece.chars().take(WINDOW).collect()).collect()
}

#[test]
fn what_counts() {
    let told = |text: &str, all: &[&str], none: &[&str]| {
        let all: Vec<Vec<&str>> = all.iter().map(|pattern| vec![*pattern]).collect();
        let facts =
            serde_json::json!([{"id": "one", "weight": 2, "all": all, "none": none, "answer": "It is."}]);
        let sheet = serde_json::json!({"session": "", "status": "", "facts": facts});
        recall(text, &serde_json::from_value(sheet).unwrap()).missed.is_empty()
    };
    assert!(told("- use `argon2id`, not bcrypt", &["argon2(id)?", "BCRYPT"], &[]));
    assert!(!told("- argon2id\n- bcrypt", &["argon2", "bcrypt"], &[]), "in two entries");
    assert!(told("## Hashes\n\n- argon2id", &["hashes", "argon2"], &[]), "with the heading");
    assert!(!told("## Hashes\n\n- bcrypt\n- argon2id", &["hashes", "argon2"], &[]));
    assert!(told("one\ntwo", &["one", "two"], &[]) && !told("one\n\ntwo", &["one", "two"], &[]));
    assert!(!told("- argon2id, use bcrypt", &["argon2"], &["use bcrypt"]));
    assert!(told("- src/{a.rs, b.rs}", &["src/b\\.rs"], &[]));
    assert!(told(r#"{"decisions": [{"decision": "a", "rationale": "b"}]}"#, &["a", "rationale\":\"b"], &[]));
    assert!(!told(r#"{"decisions": [{"decision": "c"}, {"decision": "b"}]}"#, &["c\"", "b\""], &[]));
    let long = format!("- one {}. two", "word ".repeat(200));
    assert!(!told(&long, &["one", "two"], &[]), "too far apart");
}
