//! Modules look down only. The floors are those of the design; a `use` of the own floor or a higher one is a change of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors from the ground up. Modules on one floor do not know each other.
///
/// `replay` and `text` are a half-floor below the leaves: extracting and ranking both read prose, and ranges are followed for extracting.
/// `worktree` stands between: extracting asks it, and it asks `replay` for the names of places.
const FLOORS: &[&[&str]] = &[
    &["error", "event", "state", "surroundings"],
    &["delta"],
    &["fact"],
    &["prices", "project", "replay", "text", "whole"],
    &["worktree"],
    &["diff", "extract", "format", "rank", "redact", "render", "source", "store", "token"],
    &["count", "coverage", "pack", "recall", "stats"],
    &["checkpoint"],
    &["build", "discover", "install"],
    &["explain", "update"],
    &["service"],
    &["doctor", "hook", "mcp"],
    &["http"],
    &["cli"],
    &["main"],
];

#[test]
fn modules_look_down() {
    let mut upward = Vec::new();
    for (path, code) in sources() {
        let module = module(&path);
        if module == "lib" {
            continue;
        }
        let Some(own) = floor(&module) else {
            upward.push(format!("src/{} has no floor", path.display()));
            continue;
        };
        for used in used(&path, &code) {
            let Some(below) = floor(&used) else { continue };
            if used != module && below >= own {
                upward.push(format!("src/{} uses {used}", path.display()));
            }
        }
    }
    assert!(upward.is_empty(), "these look up or sideways:\n{}", upward.join("\n"));
}

#[test]
fn modules_begin_with_a_sentence() {
    let without: Vec<String> = all_sources()
        .into_iter()
        .filter(|(_, text)| !begins_with_a_sentence(text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(without.is_empty(), "no sentence at the top of: {}", without.join(", "));
}

#[test]
fn a_look_up_is_found() {
    let uses = |path: &str, code: &str| used(Path::new(path), &strip(code)).into_iter().collect::<Vec<_>>();
    assert_eq!(
        uses("rank.rs", "use crate::fact::Fact;\nuse crate::{pack::{self, Choice}, text};"),
        ["fact", "pack", "text"]
    );
    assert_eq!(
        uses("extract/mod.rs", "//! See [`crate::build`].\nfn a() { crate::token::count() }"),
        ["token"]
    );
    assert_eq!(uses("extract/cues.rs", "use super::super::render;\nuse super::quotes;"), ["render"]);
    assert_eq!(uses("main.rs", "use baton::service::Service;"), ["service"]);
    assert_eq!(uses("text.rs", "#[cfg(test)]\nmod tests {\n use crate::build::build;\n}"), [""; 0]);
    assert!(
        floor("pack") > floor("rank") && floor("main") > floor("mcp") && floor("new") == floor("unknown")
    );
    assert!(
        !begins_with_a_sentence("use a;")
            && !begins_with_a_sentence("//! todo\n")
            && begins_with_a_sentence("//! It is.\n")
    );
}

/// How high a module stands.
fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The module at the root that a file belongs to.
fn module(path: &Path) -> String {
    let first = path.iter().next().unwrap().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules at the root that some code names.
fn used(path: &Path, code: &str) -> BTreeSet<String> {
    let inside = path.iter().count() - usize::from(path.ends_with("mod.rs"));
    let up = "super::".repeat(inside);
    let mut starts: Vec<&str> = vec!["crate::", &up];
    if ["cli", "main"].contains(&module(path).as_str()) {
        starts.push("baton::");
    }
    let mut used = BTreeSet::new();
    for start in starts {
        for (at, _) in code.match_indices(start) {
            let inner = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if !inner {
                used.extend(names(&code[at + start.len()..]));
            }
        }
    }
    used
}

/// The first names of a path, or of every path of a group in braces.
fn names(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else { return name(path).into_iter().collect() };
    let mut depth = 0;
    let mut names: Vec<String> = name(group).into_iter().collect();
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.extend(name(&group[at + 1..])),
            _ => {}
        }
    }
    names
}

fn name(path: &str) -> Option<String> {
    let path = path.trim_start();
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
    (end > 0).then(|| path[..end].to_owned())
}

/// The code of every module outside tests, which may look anywhere.
fn sources() -> Vec<(PathBuf, String)> {
    let is_test = |path: &Path| path.iter().any(|part| part == "tests" || part == "tests.rs");
    all_sources()
        .into_iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (path, strip(&text)))
        .collect()
}

/// Every file of `src`, by its path there.
fn all_sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources
                    .push((path.strip_prefix(&root).unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources.sort();
    sources
}

/// Code without comments and without the tests at its end.
fn strip(text: &str) -> String {
    let code = text.find("#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at]);
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Whether the first paragraph is a module comment that ends like a sentence.
fn begins_with_a_sentence(text: &str) -> bool {
    let comment = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let first: Vec<&str> = comment.take_while(|line| !line.is_empty()).collect();
    first.join(" ").ends_with(['.', ':', '?', '!'])
}
