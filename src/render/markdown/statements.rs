//! Statements that stood together in one list, told together: the heading they share is said once.

use crate::state::Evidence;

/// The longest bullet that several statements share, in bytes.
pub(super) const LONGEST: usize = 440;

/// The bullets of some statements: neighbours from one place that stood under one heading share one.
pub(super) fn joined<'a>(
    statements: impl Iterator<Item = (String, &'a Evidence)>,
) -> Vec<(String, &'a Evidence)> {
    let mut bullets: Vec<(String, &Evidence)> = Vec::new();
    for (text, evidence) in statements {
        match bullets.last_mut() {
            Some((bullet, lines)) if *lines == evidence && continues(bullet, &text) => {
                let rest = &text[heading(&text).len()..];
                *bullet = format!("{}; {rest}", bullet.trim_end_matches(['.', ';']));
            }
            _ => bullets.push((text, evidence)),
        }
    }
    bullets
}

/// The heading that a statement was put under: what stands before its first colon, with it; empty if there is none.
fn heading(text: &str) -> &str {
    text.find(": ").filter(|at| *at <= 60).map_or("", |at| &text[..at + 2])
}

/// Whether a statement stood under the heading that a bullet begins with, and has room in it.
fn continues(bullet: &str, text: &str) -> bool {
    let heading = heading(text);
    !heading.is_empty() && bullet.starts_with(heading) && bullet.len() + text.len() - heading.len() <= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statements: &[(&str, Evidence)], expected: &[&str]) {
        let statements = statements.iter().map(|(text, evidence)| ((*text).to_owned(), evidence));
        let bullets: Vec<String> = joined(statements).into_iter().map(|(text, _)| text).collect();
        assert_eq!(bullets, expected);
    }

    #[test]
    fn a_heading_is_said_once() {
        let (here, there) = (vec![3], vec![4]);
        check(
            &[("Open: the tests.", here.clone()), ("Open: the docs", here.clone())],
            &["Open: the tests; the docs"],
        );
        check(
            &[("Open: the tests", here.clone()), ("Open: the docs", there)],
            &["Open: the tests", "Open: the docs"],
        );
        check(
            &[("Open: the tests", here.clone()), ("Done: the docs", here.clone())],
            &["Open: the tests", "Done: the docs"],
        );
        check(&[("It runs", here.clone()), ("It runs", here.clone())], &["It runs", "It runs"]);
        let long = format!("Open: {}", "word ".repeat(70));
        check(&[(&long, here.clone()), (&long, here)], &[&long, &long]);
    }
}
