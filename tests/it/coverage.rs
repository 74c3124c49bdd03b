//! What people and models said in real transcripts is in the events: counted by a walk over the JSON that knows
//! nothing of the readers.
//!
//! Where there are no real transcripts (see `corpus`), the fixtures are held to the same.

use std::collections::BTreeSet;
use std::fs;

use baton::coverage;
use baton::error::Error;
use baton::event::Event;
use baton::format;
use serde_json::Value;

use crate::corpus;
use crate::fixtures;

/// Of a thousand characters said, at least so many are in the events.
const KEPT: usize = 990;

/// Of a thousand records, at most so many are of a kind that is not known.
const UNKNOWN: usize = 5;

/// Files in which no session is: what hosts keep beside one, or a header alone.
const BESIDE: &[&str] =
    &["state.json", "summary.json", "system_messages.json", "msg_0002.json", "T18-36-16.jsonl"];

/// Every input that is held to it, with its name.
fn inputs() -> Vec<(String, Vec<u8>)> {
    // The other fixtures are full of what hosts write in the user's name.
    let told = fixtures::all()
        .iter()
        .filter(|fixture| !fixture.name.starts_with("claude-code") && !fixture.name.starts_with("codex"));
    let fixtures = told.map(|fixture| (fixture.name.clone(), fixture.bytes.clone()));
    let real = corpus::files().into_iter().map(|path| (path.display().to_string(), fs::read(path).unwrap()));
    let is_session = |name: &str| !BESIDE.iter().any(|end| name.ends_with(end));
    fixtures.chain(real).filter(|(name, _)| is_session(name)).collect()
}

#[test]
fn every_real_file_is_claimed_by_one_format() {
    for (name, bytes) in inputs() {
        let head = format::Head::of(&bytes);
        let claims = format::FORMATS.iter().filter(|format| (format.claims)(&head)).map(|format| format.name);
        let claims: Vec<&str> = claims.collect();
        assert_eq!(claims.len(), 1, "{name} is claimed by {claims:?}");
        assert!(format::read(&bytes, None).is_ok(), "{name}");
    }
}

#[test]
fn hardly_a_record_is_of_an_unknown_kind() {
    let (mut records, mut unknown) = (0, Vec::new());
    for (name, bytes) in inputs().into_iter().filter(|(name, _)| !name.ends_with("/torn")) {
        let coverage = coverage::of(&bytes, None).unwrap();
        records += coverage.records();
        let lost = coverage.kinds.iter().filter(|kind| kind.fate == coverage::Fate::Unknown);
        unknown.extend(lost.map(|kind| (kind.records, format!("{} in {name}", kind.name))));
    }
    let lost: usize = unknown.iter().map(|(records, _)| records).sum();
    assert!(lost * 1000 <= records * UNKNOWN, "{lost} of {records} records: {unknown:#?}");
}

#[test]
fn what_was_said_is_in_the_events() {
    let mut short = Vec::new();
    for (name, bytes) in inputs().into_iter().filter(|(name, _)| !name.ends_with("/torn")) {
        for (part, bytes) in parts(&bytes) {
            let (said, kept, lost) = count(&bytes);
            if kept * 1000 < said * KEPT {
                short.push(format!("{name} {part}: {kept} of {said}, such as {lost:?}"));
            }
        }
    }
    assert!(short.is_empty(), "{}", short.join("\n"));
}

/// The conversations of a file of many, each by itself; else the file.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let all = format::conversations(bytes);
    if all.is_empty() {
        return vec![(String::new(), bytes.to_vec())];
    }
    let ids = all.into_iter().filter_map(|conversation| conversation.id);
    ids.map(|id| (id.clone(), format::choose(bytes, &id).unwrap())).collect()
}

/// How many characters were said, how many of them are in the events, and a few lines that are not.
fn count(bytes: &[u8]) -> (usize, usize, Vec<String>) {
    let transcript = match format::read(bytes, None) {
        Ok(transcript) => transcript,
        Err(Error::NoEvents { .. }) => return (0, 0, Vec::new()),
        Err(error) => panic!("{error}"),
    };
    let told: Vec<&str> = transcript.events.iter().flat_map(Event::seen).collect();
    let lines: BTreeSet<&str> = told.iter().flat_map(|text| text.lines()).map(str::trim).collect();
    let (mut said, mut kept, mut lost) = (0, 0, Vec::new());
    for line in said_in(transcript.format, bytes).iter().flat_map(|text| text.lines()).map(str::trim) {
        if HOSTS.iter().any(|host| line.starts_with(host)) {
            continue;
        }
        let length = line.chars().count();
        said += length;
        if lines.contains(line) || told.iter().any(|text| text.contains(line)) || is_within(line, &told) {
            kept += length;
        } else if lost.len() < 3 {
            lost.push(line.chars().take(80).collect());
        }
    }
    (said, kept, lost)
}

/// Whether the words of a line between its tags are all told.
fn is_within(line: &str, told: &[&str]) -> bool {
    let behind_tags = line.split('<').enumerate().map(|(at, piece)| match piece.split_once('>') {
        Some((_, words)) if at > 0 => words,
        _ => piece,
    });
    let mut words = behind_tags.map(str::trim).filter(|words| !words.is_empty());
    line.contains('<') && words.all(|words| told.iter().any(|text| text.contains(words)))
}

/// Lines that hosts write between the words of a message.
const HOSTS: &[&str] = &[
    "## My request for Codex:",
    "The user interrupted the previous turn on purpose.",
    "MEMORY.md:",
    "🛠",
    "*Completed in ",
    "Tool use: **",
    "[execute_command for ",
    "[read_file for ",
    "[replace_in_file for ",
    "[write_to_file for ",
];

/// What the user and the model said, as it stands in the file.
fn said_in(format: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    match format {
        "aider" => markdown(&text, &["# aider chat", "> ", ">", "```", "/"]),
        "markdown" | "specstory" => {
            markdown(&text, &["<", "_**", "**", "#", "---", "|", "`", "-", "+", "```"])
        }
        _ => {
            let mut said = Vec::new();
            if let Ok(document) = serde_json::from_str::<Value>(&text) {
                walk(&document, &mut said);
            } else {
                let records = text.lines().filter_map(|line| serde_json::from_str(line).ok());
                records.for_each(|record: Value| walk(&record, &mut said));
            }
            said
        }
    }
}

/// The plain lines of a document, without those that begin with what is no message or a mark in one.
fn markdown(text: &str, marks: &[&str]) -> Vec<String> {
    let plain = text.lines().map(|line| line.strip_prefix("#### ").unwrap_or(line));
    let said = plain.filter(|line| !marks.iter().any(|mark| line.starts_with(mark)));
    said.map(str::to_owned).collect()
}

/// Finds messages of the user and the model, however deep, and what their texts are.
fn walk(value: &Value, said: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, said)),
        Value::Object(members) => {
            if let Some(content) = message(value) {
                words(content, said);
            } else {
                members
                    .iter()
                    .filter(|(key, _)| !is_side_copy(key))
                    .for_each(|(_, member)| walk(member, said));
            }
        }
        _ => {}
    }
}

/// Members in which hosts repeat what is told elsewhere.
fn is_side_copy(key: &str) -> bool {
    ["trajectory", "toolUseResult", "replacement_history", "hook", "messages_before", "normalizedMessages"]
        .contains(&key)
}

/// The content of a message of the user or the model, in any of the shapes in which there are messages.
fn message(value: &Value) -> Option<&Value> {
    let name = |key: &str| value[key].as_str().or_else(|| value["author"][key].as_str());
    let speaker = name("role").or_else(|| name("type"))?;
    let speaks =
        ["user", "assistant", "gemini", "model", "user.message", "assistant.message"].contains(&speaker);
    let places = [&value["content"], &value["data"]["content"], &value["parts"]];
    let content = places.into_iter().find(|place| !place.is_null() && !place["content"].is_string())?;
    speaks.then_some(content)
}

/// The texts of a content; what tools were given and answered is no message.
fn words(content: &Value, said: &mut Vec<String>) {
    match content {
        Value::String(text) => said.push(text.clone()),
        Value::Array(parts) => parts.iter().for_each(|part| words(part, said)),
        Value::Object(part) => {
            let kind = content["type"].as_str().unwrap_or("text");
            let is_text = ["text", "input_text", "output_text"].contains(&kind);
            let inner = part.get("text").or_else(|| part.get("parts")).filter(|_| is_text);
            if let Some(inner) = inner {
                words(inner, said);
            }
        }
        _ => {}
    }
}
