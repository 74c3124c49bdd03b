//! What a statement is for the handoff: which section tells it.
//!
//! What stands in a list under one heading belongs together, so the list as a whole goes where most of it belongs.

use std::collections::BTreeMap;

use super::cues::{Cue, Cues};
use super::quotes::{Quote, Source};
use crate::text::Block;

/// The section that a statement belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The user said it.
    Instruction,
    /// The agent asked it.
    Question,
    /// It describes the file that it begins with.
    Note,
    /// It says what is left to do.
    Step,
    /// It says what was decided or dropped.
    Decision,
    /// It reports what was done.
    Progress,
    /// It says how things are.
    Finding,
}

/// Gives every statement its kind.
pub fn settle(quotes: &mut [Quote]) {
    let mut lists: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for (index, quote) in quotes.iter_mut().enumerate() {
        quote.kind = by_itself(quote);
        let statement = &quote.statement;
        let is_of_list = is_told(quote.kind) || quote.kind == Kind::Step && !quote.heading.has(Cue::Ahead);
        if statement.block != Block::Prose && !statement.heading.is_empty() && is_of_list {
            lists.entry((quote.at, statement.heading.clone())).or_default().push(index);
        }
    }
    for list in lists.values() {
        let told = list.iter().map(|index| quotes[*index].kind).filter(|kind| is_told(*kind));
        let (count, kind) = (told.clone().count(), commonest(told));
        for index in list {
            let quote = &mut quotes[*index];
            if is_told(quote.kind) || count * 2 > list.len() {
                quote.kind = kind;
            }
        }
    }
}

/// Whether a kind is one of those that tell how things are, and differ by degrees.
fn is_told(kind: Kind) -> bool {
    matches!(kind, Kind::Decision | Kind::Progress | Kind::Finding)
}

/// The commonest of some kinds; among equals, the one that says most.
fn commonest(kinds: impl Iterator<Item = Kind>) -> Kind {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(kind, count)| (*count, std::cmp::Reverse(*kind)));
    most.map_or(Kind::Finding, |(kind, _)| kind)
}

fn by_itself(quote: &Quote) -> Kind {
    match quote {
        quote if quote.source == Source::User => Kind::Instruction,
        quote if quote.statement.text.ends_with('?') => Kind::Question,
        quote if super::files::is_note(quote) => Kind::Note,
        quote if is_step(quote) => Kind::Step,
        quote if is_decision(quote) => Kind::Decision,
        quote if is_progress(quote) => Kind::Progress,
        _ => Kind::Finding,
    }
}

fn is_step(quote: &Quote) -> bool {
    let tells_plans = matches!(quote.source, Source::Reply | Source::Summary);
    if tells_plans && is_under_plan(quote) && is_planned(quote) {
        return true;
    }
    let (ahead, headed) = (quote.cues.has(Cue::Ahead), quote.heading.has(Cue::Ahead));
    match quote.source {
        Source::Reply | Source::Plan => {
            let looks_ahead =
                headed && !reports(&quote.statement.heading) || ahead && !quote.cues.has(Cue::Done);
            looks_ahead && !reports(&quote.statement.text)
        }
        // Most of a summary tells the past: its steps stand under a heading of their own, or behind one.
        Source::Summary => {
            headed || label(&quote.statement.text).is_some_and(|it| Cues::of(it).has(Cue::Ahead))
        }
        _ => false,
    }
}

/// The few words before a statement's first colon.
fn label(text: &str) -> Option<&str> {
    text.split_once(": ").map(|(label, _)| label).filter(|label| label.len() < 40)
}

/// Whether a heading or a statement begins by telling what was done: "I updated the remaining pages".
fn reports(text: &str) -> bool {
    const BEFORE: &[&str] = &["I", "We", "I've", "I’ve", "also"];
    const OPEN: &[&str] =
        &["blocked", "deferred", "needed", "planned", "proposed", "recommended", "required", "suggested"];
    let mut words = text.split_whitespace().skip_while(|word| BEFORE.contains(word));
    let first = words.next().unwrap_or_default().trim_end_matches([':', ',']).to_lowercase();
    first.ends_with("ed") && !first.starts_with("un") && !OPEN.contains(&first.as_str())
}

fn is_decision(quote: &Quote) -> bool {
    let (cues, heading) = (quote.cues, quote.heading);
    let chooses = cues.has(Cue::Choice)
        || cues.has(Cue::Rejection)
        || cues.has(Cue::Contrast) && cues.has(Cue::Cause)
        || heading.has(Cue::Choice)
        || heading.has(Cue::Rejection);
    // A brief says what is to be done.
    chooses && quote.source != Source::Brief && !proposes(quote) && !only_reports(quote)
}

/// Whether a statement tells what was done, and neither why nor what was not: "Removed the old note".
fn only_reports(quote: &Quote) -> bool {
    let gives = [Cue::Cause, Cue::Contrast, Cue::Choice];
    reports(&quote.statement.text) && !gives.iter().any(|cue| quote.cues.has(*cue))
}

/// Whether a statement proposes or asks for what it says, rather than deciding it.
fn proposes(quote: &Quote) -> bool {
    const STARTS: &[&str] = &[
        "I'd ",
        "I’d ",
        "I would ",
        "We could ",
        "You could ",
        "Consider ",
        "Possibly ",
        "Option",
        "Maybe ",
    ];
    const HEADINGS: &[&str] = &["option", "suggest", "alternative", "idea", "request", "primary request"];
    let heading = quote.statement.heading.to_lowercase();
    STARTS.iter().any(|start| quote.statement.text.starts_with(start))
        || HEADINGS.iter().any(|start| heading.starts_with(start))
        || heading.contains("propos")
}

/// Whether a statement orders or proposes what it says, rather than reporting it: "Add the cache" in a plan. What is told
/// so of a change that was made stands in a commit, or under a heading that says so.
fn is_planned(quote: &Quote) -> bool {
    let reported = [Cue::Change, Cue::Done, Cue::Version].iter().any(|cue| quote.heading.has(*cue));
    let planned = is_under_plan(quote) || proposes(quote);
    quote.source != Source::Commit
        && (planned && !reports(&quote.statement.text)
            || begins_with_order(&quote.statement.text) && !reported)
}

/// Whether a statement stands under a heading of plans or advice, and not of one that was carried out.
fn is_under_plan(quote: &Quote) -> bool {
    let heading = &quote.statement.heading;
    plans(heading) && !quote.heading.has(Cue::Done) && !reports(heading)
}

/// Whether a heading says that what stands below it is a plan or advice.
fn plans(heading: &str) -> bool {
    const WORDS: &[&str] =
        &["plan", "recommendations", "roadmap", "proposal", "suggestions", "suggested", "steps", "todo"];
    const PHRASES: &[&str] =
        &["should fix", "will fix", "to fix", "fix options", "to do", "my recommendation"];
    let lower = heading.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
        || PHRASES.iter().any(|phrase| lower.contains(phrase))
}

/// Whether a statement begins with an order that cannot be a noun as well, behind the number of its step.
fn begins_with_order(text: &str) -> bool {
    const ORDERS: &[&str] = &[
        "Add",
        "Convert",
        "Create",
        "Delete",
        "Enhance",
        "Ensure",
        "Expand",
        "Extend",
        "Extract",
        "Fix",
        "Implement",
        "Improve",
        "Introduce",
        "Make",
        "Migrate",
        "Move",
        "Refactor",
        "Remove",
        "Rename",
        "Replace",
        "Run",
        "Update",
        "Use",
        "Wire",
        "Write",
    ];
    let behind =
        label(text).filter(|label| is_numbered(label)).map_or(text, |label| &text[label.len() + 2..]);
    behind.split_once(' ').is_some_and(|(first, rest)| {
        ORDERS.binary_search(&first).is_ok() && rest.starts_with(|c: char| c.is_alphanumeric() || c == '`')
    })
}

/// Whether a label numbers a step: "Step 2", "Phase 1".
fn is_numbered(label: &str) -> bool {
    ["Step ", "Phase ", "Task ", "Part "].iter().any(|word| label.starts_with(word))
}

fn is_progress(quote: &Quote) -> bool {
    const REPORTS: [Cue; 4] = [Cue::Check, Cue::Done, Cue::Change, Cue::Version];
    quote.source != Source::Brief
        && !quote.cues.has(Cue::Cause)
        && !is_planned(quote)
        && (REPORTS.iter().any(|cue| quote.cues.has(*cue)) || quote.source == Source::Commit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Statement;

    fn check(source: Source, heading: &str, text: &str, expected: Kind) {
        let statement = Statement { heading: heading.to_owned(), block: Block::Item, text: text.to_owned() };
        let (cues, headed) = (Cues::of(text), Cues::of(heading));
        let mut quotes = [Quote {
            source,
            at: 0,
            statement,
            cues,
            heading: headed,
            file: None,
            kind: Kind::Finding,
            worth: 0,
        }];
        settle(&mut quotes);
        assert_eq!(quotes[0].kind, expected, "{heading}: {text}");
    }

    #[test]
    fn what_is_planned_is_no_progress() {
        check(Source::Reply, "What's next", "Add tests of the cache", Kind::Step);
        check(Source::Reply, "Roadmap candidates", "Add tests of the cache", Kind::Step);
        check(Source::Reply, "Cache", "Add tests of the cache", Kind::Finding);
        check(Source::Document, "Phase 2", "Step 1: Create the cache", Kind::Finding);
        check(Source::Remark, "Suggestions", "Support for a second cache", Kind::Finding);
    }

    #[test]
    fn what_was_done_is_progress() {
        check(Source::Reply, "Changes", "Add tests of the cache", Kind::Progress);
        check(Source::Commit, "", "Add tests of the cache", Kind::Progress);
        check(
            Source::Reply,
            "Plan implemented in two commits",
            "1a2b3c4: a cache, and its tests",
            Kind::Progress,
        );
        check(Source::Reply, "Plan", "Added tests of the cache", Kind::Progress);
        check(Source::Reply, "Cache", "Tests of the cache added", Kind::Progress);
    }
}
