//! Whatever there is several of stands in a list, and the list is tested as a whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use baton::extract::EXTRACTORS;
use baton::format::{self, Carries, FORMATS, Format, Head};
use baton::render::{self, RENDERERS};
use baton::token::Encoding;

use crate::fixtures;

#[track_caller]
fn check<'a>(list: &str, names: impl IntoIterator<Item = &'a str>) {
    let names: Vec<&str> = names.into_iter().collect();
    let sorted: BTreeSet<&str> = names.iter().copied().collect();
    assert!(!names.is_empty(), "{list} is empty");
    assert_eq!(names, sorted.into_iter().collect::<Vec<_>>(), "{list} is sorted by name, each once");
    let is_name = |name: &str| {
        name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
    };
    assert!(names.iter().all(|name| is_name(name)), "{list} has names that one can type: {names:?}");
}

#[test]
fn sorted_and_unique() {
    check("FORMATS", FORMATS.iter().map(|format| format.name));
    check("EXTRACTORS", EXTRACTORS.iter().map(|extractor| extractor.name));
    #[cfg(feature = "cli")]
    check("HOSTS", baton::install::HOSTS.iter().map(|host| host.name));
    check("RENDERERS", RENDERERS.iter().map(|renderer| renderer.name));
    let encodings: BTreeSet<&str> = Encoding::ALL.iter().map(|encoding| encoding.name()).collect();
    assert_eq!(encodings.len(), Encoding::ALL.len(), "encodings have names of their own");
}

#[test]
fn said_for_people() {
    for format in FORMATS {
        assert!(!format.title.is_empty() && !format.location.is_empty(), "{}", format.name);
    }
    assert!(RENDERERS.iter().all(|renderer| !renderer.title.is_empty()));
}

#[test]
fn found_by_name() {
    assert!(FORMATS.iter().all(|format| std::ptr::eq(format::find(format.name).unwrap(), format)));
    assert!(RENDERERS.iter().all(|renderer| std::ptr::eq(render::find(renderer.name).unwrap(), renderer)));
    assert!(format::find("word").is_none() && render::find("word").is_none());
}

#[test]
fn every_format_has_fixtures() {
    let with: BTreeSet<&str> = fixtures::all().iter().map(|fixture| fixture.format.as_str()).collect();
    let formats: BTreeSet<&str> = FORMATS.iter().map(|format| format.name).collect();
    assert_eq!(with, formats);
}

#[test]
fn every_fixture_is_claimed_by_its_own_format_only() {
    for fixture in fixtures::all() {
        let head = Head::of(&fixture.bytes);
        let claims = FORMATS.iter().filter(|format| (format.claims)(&head)).map(|format| format.name);
        assert_eq!(claims.collect::<Vec<_>>(), [fixture.format.as_str()], "{}", fixture.name);
        assert_eq!(format::read(&fixture.bytes, None).unwrap().format, fixture.format, "{}", fixture.name);
    }
}

/// The rows of the README's table, made anew: a format that is added there by hand is never wrong for long.
#[test]
fn every_format_is_a_row_of_the_readme() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let rows: Vec<String> = FORMATS.iter().map(row).collect();
    assert!(
        readme.contains(&rows.concat()),
        "README.md must have these rows, and no others between:\n{}",
        rows.concat()
    );
}

fn row(format: &Format) -> String {
    let Carries { edits, ranges, exit_status, usage, plans } = format.carries;
    let carried =
        [edits, ranges, exit_status, usage, plans].map(|it| if it { "yes" } else { "no" }).join(" | ");
    let is_path = format.location.contains('/');
    let location = if is_path { format!("`{}`", format.location) } else { format.location.to_owned() };
    let experimental = if format.proof.is_experimental() { " (*experimental*)" } else { "" };
    format!("| `{}` | {}{experimental} | {location} | {carried} |\n", format.name, format.title)
}

#[test]
fn every_fixture_is_told_of() {
    let readme = fs::read_to_string(fixtures::root().join("README.md")).unwrap();
    for fixture in fixtures::all() {
        assert!(
            readme.contains(&format!("| `{}` |", fixture.name)),
            "fixtures/README.md does not tell of {}",
            fixture.name
        );
    }
}

/// A format's name that is typed outside the format would have to be typed again for the next one.
#[test]
fn names_of_formats_are_typed_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let renderers: BTreeSet<&str> = RENDERERS.iter().map(|renderer| renderer.name).collect();
    let typed = FORMATS
        .iter()
        .filter(|format| !renderers.contains(format.name))
        .map(|format| format!("\"{}\"", format.name));
    let typed: Vec<String> = typed.collect();
    // Hosts are a list of their own, whose names people type where they install and hook them.
    let lists = ["format", "hook"];
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if lists.iter().any(|list| path.ends_with(list)) {
            continue;
        }
        for file in if path.is_dir() { files(&path) } else { vec![path] } {
            if file.ends_with("tests.rs") {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap_or_default();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let found: Vec<&String> = typed.iter().filter(|name| code.contains(name.as_str())).collect();
            assert!(found.is_empty(), "{} names {found:?}", file.display());
        }
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
}
