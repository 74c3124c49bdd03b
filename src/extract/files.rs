//! The files that matter: what changed in each, where, and what was said of it.

use std::collections::BTreeMap;

use super::kinds::Kind;
use super::ledger::FileRecord;
use super::paths::is_temporary;
use super::quotes::{Quote, Source};
use super::{Material, places};
use crate::fact::{Fact, Item};
use crate::replay::TrackedRange;
use crate::state::{FileChange, FileEntry, FocusRange};
use crate::text::clip;

/// How many files that were only read are worth naming.
const READ_ONLY: usize = 90;

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let notes = notes(material);
    let mut facts = Vec::new();
    let mut read = 0;
    for (rank, file) in material.ledger.ranked().into_iter().enumerate() {
        if file.change == FileChange::Read {
            read += 1;
            if read > READ_ONLY {
                continue;
            }
        }
        facts.push(fact(material, file, rank, notes.get(&file.name).copied()));
    }
    facts
}

/// The best that was said of each file, by one statement that begins with it.
fn notes<'a>(material: &'a Material) -> BTreeMap<String, &'a Quote> {
    let mut notes: BTreeMap<String, &Quote> = BTreeMap::new();
    for quote in material.quotes_of(Kind::Note) {
        let Some(file) = quote.file.as_ref().filter(|file| stands(material, quote, file)) else { continue };
        let better = notes.get(file).is_none_or(|old| quote.worth + 15 >= old.worth);
        if better {
            notes.insert(file.clone(), quote);
        }
    }
    notes
}

/// Whether what was said of a file may still hold: it is there, or it was said when it was gone.
fn stands(material: &Material, quote: &Quote, file: &str) -> bool {
    let gone = material.ledger.files.get(file).filter(|file| file.change == FileChange::Deleted);
    gone.is_none_or(|file| file.edited_at < Some(quote.at))
}

/// Whether a statement describes the file it names: it begins with the name.
pub(super) fn is_note(quote: &Quote) -> bool {
    matches!(quote.source, Source::Reply | Source::Remark | Source::Commit | Source::Summary)
        && quote.file.as_ref().is_some_and(|file| note_text(&quote.statement.text, file).is_some())
}

/// The statement behind the file's name.
fn note_text<'a>(text: &'a str, file: &str) -> Option<&'a str> {
    let base = file.rsplit('/').next().unwrap_or(file);
    let at = text.find(base).filter(|at| *at < 80 && !text[..*at].contains(' '))?;
    let rest = text[at + base.len()..].trim_start_matches(|c: char| !c.is_alphabetic() && !matches!(c, '"'));
    let whole = rest.matches('(').count() == rest.matches(')').count();
    (rest.len() > 12 && whole && says_something(rest)).then_some(rest)
}

/// Whether some words say anything of the file before them, rather than that it was changed, or another one's name.
fn says_something(rest: &str) -> bool {
    const SAID: &[&str] =
        &["created", "edited", "updated", "modified", "added", "deleted", "removed", "new", "file"];
    let joins = matches!(rest.split_whitespace().next(), Some("and" | "or" | "plus" | "with"));
    let words =
        rest.split_whitespace().filter(|word| !SAID.contains(&word.trim_matches(',')) && !word.contains('/'));
    !joins && words.count() > 1
}

/// What a file's name alone is worth at most, and each thing said of it beside that, in points.
mod worth {
    pub const NAME: i64 = 60;
    pub const REST: i64 = 30;
    pub const LISTED: i64 = 13;
    /// Below this score a file was found in a listing at most.
    pub const TOUCHED: i64 = 16;
    pub const NUMBERS: i64 = 12;
    pub const PLACES: i64 = 40;
}

fn fact(material: &Material, file: &FileRecord, rank: usize, note: Option<&Quote>) -> Fact {
    let entry = |relevance: String, focus_ranges: Vec<FocusRange>, evidence: Vec<u32>| {
        Item::File(FileEntry {
            path: file.name.clone(),
            relevance,
            focus_ranges,
            change: Some(file.change),
            evidence,
            ..FileEntry::default()
        })
    };
    let own = file.evidence.clone();
    let rank = i64::try_from(rank).unwrap_or(i64::MAX);
    let name = worth_of_name(file, rank);
    let bare = entry(String::new(), Vec::new(), own.clone());
    let Some(facts) = summary(file) else {
        return Fact::new(bare, own, name, "read or mentioned");
    };
    if is_temporary(&file.name) && !file.is_certain {
        return Fact::new(bare, own, worth::LISTED, "a temporary file of a command's");
    }
    if file.change == FileChange::Deleted && file.made_here {
        return Fact::new(bare, own, worth::LISTED, "made and deleted").on_floor(4);
    }
    if file.change == FileChange::Deleted && file.edits == 1 {
        return Fact::new(bare, own, worth::REST, "deleted");
    }
    let change = if file.change == FileChange::Renamed { facts.as_str() } else { file.change.name() };
    let places = material.places.get(&file.name).map(Vec::as_slice).unwrap_or_default();
    let (ranges, symbols) = (focus(places), symbols(places));
    // Its name before is what the session called it.
    let bare = if file.before.is_some() { entry(facts.clone(), Vec::new(), own.clone()) } else { bare };
    let mut forms = vec![
        (bare, name),
        (entry(facts.clone(), Vec::new(), own.clone()), name + worth::NUMBERS * name / worth::NAME),
    ];
    let recent =
        i64::from(file.edited_at.map_or(0, |at| u32::try_from(material.session.recency(at)).unwrap_or(0)));
    let known = name + worth::NUMBERS + worth::PLACES * recent / 1000;
    let around = if ranges.is_empty() && !symbols.is_empty() {
        format!("{change} in {}", symbols.join(", "))
    } else if ranges.is_empty() {
        facts.clone()
    } else {
        change.to_owned()
    };
    if ranges.len() > 2 {
        forms.push((entry(change.to_owned(), ranges[..2].to_vec(), own.clone()), known - 10));
    }
    forms.push((entry(around, ranges.clone(), own.clone()), known));
    let Some(quote) = note else { return growing(forms, own, "changed").on_floor(4) };
    let mut evidence = own;
    evidence.push(material.session.line(quote.at));
    evidence.sort_unstable();
    evidence.dedup();
    let said = clip(note_text(&quote.statement.text, &file.name).unwrap_or_default(), 260);
    forms.push((entry(format!("{change}; {said}"), Vec::new(), evidence.clone()), name + quote.worth));
    forms.push((
        entry(format!("{change}; {said}"), ranges, evidence.clone()),
        name + quote.worth + worth::PLACES * recent / 1000,
    ));
    growing(forms, evidence, "changed, and described").on_floor(4)
}

/// What a file's name is worth: most for the few at the top, the same for the many behind them, little where the file
/// was only found in a listing.
fn worth_of_name(file: &FileRecord, rank: i64) -> i64 {
    let top = 51 - 3 * rank / 2 + file.score / 24;
    let rest = if file.score < worth::TOUCHED && file.edits == 0 { worth::LISTED } else { worth::REST };
    top.clamp(rest - rank / 12, worth::NAME)
}

/// A fact out of its forms, shortest first, each with its worth; a form worth less than a shorter one is left out.
fn growing(forms: Vec<(Item, i64)>, evidence: Vec<u32>, reason: &'static str) -> Fact {
    let mut kept: Vec<(Item, i64)> = Vec::new();
    for (item, worth) in forms {
        if kept.last().is_none_or(|(before, least)| *before != item && *least < worth) {
            kept.push((item, worth));
        }
    }
    kept.reverse();
    let (forms, worths): (Vec<Item>, Vec<i64>) = kept.into_iter().unzip();
    Fact {
        forms,
        evidence,
        worth: worths[0],
        shorter: worths[1..].to_vec(),
        floor: None,
        reason,
        source: "ledger",
    }
}

/// The places that were changed, at most six, the latest first chosen, in the order of the file.
fn focus(places: &[TrackedRange]) -> Vec<FocusRange> {
    let mut parts: Vec<&TrackedRange> =
        places.iter().filter(|place| place.range.is_some() && places::is_part(place)).collect();
    parts.sort_by_key(|place| std::cmp::Reverse(place.edits.last().copied()));
    parts.truncate(6);
    parts.sort_by_key(|place| place.range);
    parts
        .into_iter()
        .filter_map(|place| {
            let range = place.range?;
            let note = place.symbols.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            Some(FocusRange { start: range.start, end: range.end, note, ..FocusRange::default() })
        })
        .collect()
}

/// The names of what was changed, the latest first, at most six.
fn symbols(places: &[TrackedRange]) -> Vec<String> {
    let mut by_edit: Vec<&TrackedRange> = places.iter().collect();
    by_edit.sort_by_key(|place| std::cmp::Reverse(place.edits.last().copied()));
    let mut names: Vec<String> = Vec::new();
    for name in by_edit.into_iter().flat_map(|place| &place.symbols) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names.truncate(6);
    names
}

/// What was done to a file, in numbers.
fn summary(file: &FileRecord) -> Option<String> {
    let size = match (file.added, file.removed) {
        (0, 0) => String::new(),
        (added, 0) => format!(" +{added}"),
        (added, removed) => format!(" +{added}/−{removed}"),
    };
    match file.change {
        FileChange::Read => None,
        FileChange::Renamed => Some(format!("renamed from {}{size}", file.before.as_deref().unwrap_or("?"))),
        change => Some(format!("{}{size}", change.name())),
    }
}
