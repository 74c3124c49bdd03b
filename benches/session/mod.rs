//! A session of any size, made from the fixtures: repeated, each copy with ids of its own, in one conversation.

use std::path::PathBuf;

/// The session every record is made part of.
const SESSION: &str = "00000000-0000-4000-8000-000000000000";

/// At least so many bytes of a Claude Code session, less one record.
pub fn of(bytes: usize) -> String {
    let fixtures = fixtures();
    let mut session = String::with_capacity(bytes + (1 << 20));
    let mut parent = None;
    let lines = |copy: usize| fixtures.iter().flat_map(|text| text.lines()).map(move |line| (copy, line));
    for (copy, line) in (0..).flat_map(lines) {
        let line = renumbered(line, copy, parent.as_deref());
        parent = value(&line, "\"uuid\":\"").map(str::to_owned).or(parent);
        if session.len() + line.len() > bytes {
            break;
        }
        session.push_str(&line);
        session.push('\n');
    }
    session
}

/// The whole fixtures of the format, in order of their names.
fn fixtures() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/claude-code");
    let folders = std::fs::read_dir(folder).expect("the fixtures are there");
    let mut paths: Vec<PathBuf> = folders.map(|it| it.expect("a readable folder").path()).collect();
    paths.retain(|path| !path.ends_with("torn"));
    paths.sort();
    let read =
        |path: PathBuf| std::fs::read_to_string(path.join("session.jsonl")).expect("a fixture in UTF-8");
    paths.into_iter().map(read).collect()
}

/// The record with other ids, so that no two copies are taken for the same; a first record follows the last copy.
fn renumbered(line: &str, copy: usize, parent: Option<&str>) -> String {
    let mut new = line.to_owned();
    for name in ["\"uuid\":\"", "\"parentUuid\":\"", "\"promptId\":\""] {
        replace_after(&mut new, name, copy);
    }
    for name in ["\"toolu_", "\"msg_", "\"req_"] {
        replace_after(&mut new, name, copy);
    }
    if let Some(id) = value(&new, "\"sessionId\":\"").map(str::to_owned) {
        new = new.replace(&id, SESSION);
    }
    match parent {
        Some(parent) => new.replacen("\"parentUuid\":null", &format!("\"parentUuid\":\"{parent}\""), 1),
        None => new,
    }
}

/// Writes the number of the copy over the beginning of every id behind this.
fn replace_after(line: &mut String, name: &str, copy: usize) {
    let number = format!("{copy:08x}");
    let places: Vec<usize> = line.match_indices(name).map(|(at, _)| at + name.len()).collect();
    for at in places.into_iter().rev() {
        if line.is_char_boundary(at + 8) {
            line.replace_range(at..at + 8, &number);
        }
    }
}

fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let start = line.find(name)? + name.len();
    line[start..].split('"').next()
}
