//! The files that matter: what changed in each, where, and what was said of it.

use std::collections::BTreeMap;

use super::ledger::FileRecord;
use super::quotes::{Quote, Source};
use super::{Material, places};
use crate::fact::{Fact, Item};
use crate::replay::TrackedRange;
use crate::state::{FileChange, FileEntry, FocusRange};
use crate::text::clip;

/// How many files that were only read are worth naming.
const READ_ONLY: usize = 60;

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
    for quote in &material.quotes {
        let Some(file) = quote.file.as_ref().filter(|_| is_note(quote)) else { continue };
        let better = notes.get(file).is_none_or(|old| quote.worth + 15 >= old.worth);
        if better {
            notes.insert(file.clone(), quote);
        }
    }
    notes
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
    let rest = text[at + base.len()..].trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '"' | '+' | '.'));
    (rest.len() > 12).then_some(rest)
}

fn fact(material: &Material, file: &FileRecord, rank: usize, note: Option<&Quote>) -> Fact {
    let mut evidence = file.evidence.clone();
    let entry = |relevance: String, focus_ranges: Vec<FocusRange>, evidence: Vec<u32>| {
        Item::File(FileEntry { path: file.name.clone(), relevance, focus_ranges, change: Some(file.change), evidence })
    };
    let rank = i64::try_from(rank).unwrap_or(i64::MAX);
    let bare = entry(String::new(), Vec::new(), evidence.clone());
    let Some(facts) = summary(file) else {
        return Fact::new(bare, evidence, (38 - rank + file.score / 12).clamp(3, 80), "read or mentioned");
    };
    let worth = 60 + (file.score / 6).min(120) - rank.min(20);
    let places = material.places.get(&file.name).map(Vec::as_slice).unwrap_or_default();
    let (ranges, symbols) = (focus(places), symbols(places));
    let around = if ranges.is_empty() && !symbols.is_empty() { format!("{facts} in {}", symbols.join(", ")) } else { facts.clone() };
    let mut forms = vec![entry(around.clone(), ranges.clone(), file.evidence.clone())];
    if ranges.len() > 2 {
        forms.push(entry(facts.clone(), ranges[..2].to_vec(), file.evidence.clone()));
    }
    forms.extend([entry(facts, Vec::new(), file.evidence.clone()), bare]);
    let mut worth = worth;
    if let Some(quote) = note {
        evidence.push(material.session.line(quote.at));
        evidence.sort_unstable();
        evidence.dedup();
        let said = note_text(&quote.statement.text, &file.name).unwrap_or_default();
        forms.insert(0, entry(format!("{around}; {}", clip(said, 260)), ranges, evidence.clone()));
        worth += 40;
    }
    forms.dedup();
    Fact { forms, evidence, worth, floor: Some(3), reason: if note.is_some() { "changed, and described" } else { "changed" }, source: "ledger" }
}

/// The places that were changed, at most six, the latest first chosen, in the order of the file.
fn focus(places: &[TrackedRange]) -> Vec<FocusRange> {
    let mut parts: Vec<&TrackedRange> = places.iter().filter(|place| place.range.is_some() && places::is_part(place)).collect();
    parts.sort_by_key(|place| std::cmp::Reverse(place.edits.last().copied()));
    parts.truncate(6);
    parts.sort_by_key(|place| place.range);
    parts
        .into_iter()
        .filter_map(|place| {
            let range = place.range?;
            let note = place.symbols.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            Some(FocusRange { start: range.start, end: range.end, note, changed_since_save: None })
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
