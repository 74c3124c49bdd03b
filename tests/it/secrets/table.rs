//! The table of the README: what was tried, caught and missed, counted anew on every run.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::forms::FORMS;
use super::innocent::LOOK_ALIKES;
use super::places::PLACES;
use super::tokens::TOKENS;
use super::{Secret, secrets};
use crate::schema::blesses;

const BEGIN: &str = "<!-- secrets:begin -->\n";
const END: &str = "<!-- secrets:end -->";

#[test]
fn the_readme_tells_what_was_tried() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the table has its place");
    let (found, after) = rest.split_once(END).expect("the table has an end");
    let expected = tables();
    if blesses() {
        fs::write(&path, [before, BEGIN, &expected, END, after].concat()).unwrap();
    } else {
        assert!(
            found == expected,
            "the README is stale; write it with: BATON_BLESS=1 cargo test --test it secrets"
        );
    }
}

fn tables() -> String {
    let all = secrets();
    let mut text =
        String::from("| kinds of secrets | kinds | tried | caught | missed |\n|---|---|---|---|---|\n");
    for (group, kinds) in TOKENS.iter().chain(PLACES) {
        row(&mut text, group, Some(kinds.len()), all.iter().filter(|it| it.group == *group));
    }
    let kinds = TOKENS.iter().chain(PLACES).map(|(_, kinds)| kinds.len()).sum();
    row(&mut text, "all", Some(kinds), all.iter());
    text.push_str("\n| form | tried | caught | missed |\n|---|---|---|---|\n");
    for form in FORMS {
        row(&mut text, form.title, None, all.iter().filter(|it| it.form.title == form.title));
    }
    text.push_str("\n| what only looks like a secret | tried | marked |\n|---|---|---|\n");
    for it in LOOK_ALIKES {
        let (tried, marked) = it.tried();
        let _ = writeln!(text, "| {} | {tried} | {} |", it.title, marked.len());
    }
    text
}

fn row<'a>(text: &mut String, name: &str, kinds: Option<usize>, secrets: impl Iterator<Item = &'a Secret>) {
    let caught: Vec<bool> = secrets.map(Secret::is_caught).collect();
    let missed = caught.iter().filter(|is_caught| !**is_caught).count();
    let kinds = kinds.map(|kinds| format!(" {kinds} |")).unwrap_or_default();
    let _ = writeln!(text, "| {name} |{kinds} {} | {} | {missed} |", caught.len(), caught.len() - missed);
}
