//! The files that matter: what changed in each, where, and what was said of it.

use std::collections::BTreeMap;

use super::ledger::FileRecord;
use super::quotes::{Quote, Source};
use super::Material;
use crate::fact::{Fact, Item};
use crate::state::{FileChange, FileEntry};
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
    let entry = |relevance: String, evidence: Vec<u32>| {
        Item::File(FileEntry { path: file.name.clone(), relevance, focus_ranges: Vec::new(), change: Some(file.change), evidence })
    };
    let rank = i64::try_from(rank).unwrap_or(i64::MAX);
    let bare = entry(String::new(), evidence.clone());
    let worth = if file.change == FileChange::Read { (file.score / 4).clamp(4, 90) } else { 60 + (file.score / 6).min(120) } - rank.min(20);
    let Some(facts) = summary(file) else {
        return Fact::new(bare, evidence, worth.max(3), "read or mentioned");
    };
    if let Some(quote) = note {
        evidence.push(material.session.line(quote.at));
        evidence.sort_unstable();
        evidence.dedup();
        let said = note_text(&quote.statement.text, &file.name).unwrap_or_default();
        let long = entry(format!("{facts}; {}", clip(said, 260)), evidence.clone());
        let middle = entry(facts, file.evidence.clone());
        return Fact::new(long, evidence, worth + 40, "changed, and described").or(middle).or(bare).on_floor(3);
    }
    Fact::new(entry(facts, evidence.clone()), evidence, worth, "changed").or(bare).on_floor(3)
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
