//! How large entries seem to be, before the whole is measured.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::SizeOf;
use crate::fact::{Fact, Item};

/// Estimated tokens of each form of each fact. Most facts are never near to being taken, so a form is counted when it is
/// asked for; until then it is known how large it is at least.
pub(super) struct Sizes<'a> {
    facts: &'a [Fact],
    size_of: SizeOf<'a>,
    /// How many files of which only the name is told each folder has.
    folders: BTreeMap<&'a str, usize>,
    /// What was counted, by fact and form.
    counted: Vec<Vec<Cell<Option<usize>>>>,
}

impl<'a> Sizes<'a> {
    pub fn of(facts: &'a [Fact], size_of: SizeOf<'a>) -> Self {
        let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
        for name in facts.iter().filter_map(|fact| bare_name(&fact.forms[fact.forms.len() - 1])) {
            *folders.entry(folder_of(name)).or_default() += 1;
        }
        let counted = facts.iter().map(|fact| vec![Cell::new(None); fact.forms.len()]).collect();
        Sizes { facts, size_of, folders, counted }
    }

    /// The tokens of a form.
    pub fn of_form(&self, index: usize, form: usize) -> usize {
        let counted = &self.counted[index][form];
        let size = counted.get().unwrap_or_else(|| self.count(&self.facts[index].forms[form]));
        counted.set(Some(size));
        size
    }

    /// The tokens it has at least: those counted, else one for each word.
    pub fn at_least(&self, index: usize, form: usize) -> usize {
        let item = &self.facts[index].forms[form];
        let least = || overhead(item) + bare_name(item).map_or_else(|| words(&item.text()), |_| 0);
        self.counted[index][form].get().unwrap_or_else(least)
    }

    /// A file of which only the name is told shares the words of its folder with the other files there.
    fn count(&self, item: &Item) -> usize {
        let size = match bare_name(item) {
            Some(name) => {
                let folder = folder_of(name);
                let sharing = if folder.contains([':', ' ']) { 1 } else { self.folders[folder].min(4) };
                (self.size_of)(&name[folder.len()..]) + (self.size_of)(folder) / sharing
            }
            None => (self.size_of)(&item.text()),
        };
        size + overhead(item)
    }
}

/// The words behind a space: no token has two of them.
fn words(text: &str) -> usize {
    text.as_bytes().windows(2).filter(|pair| pair[0] == b' ' && pair[1].is_ascii_alphanumeric()).count()
}

/// The name of a file of which nothing else is told.
fn bare_name(item: &Item) -> Option<&str> {
    match item {
        Item::File(entry) if entry.relevance.is_empty() && entry.focus_ranges.is_empty() => Some(&entry.path),
        _ => None,
    }
}

fn folder_of(name: &str) -> &str {
    name.rfind('/').map_or("", |at| &name[..at])
}

/// Tokens that an entry costs beside its own words.
fn overhead(item: &Item) -> usize {
    match item {
        Item::File(entry) if entry.relevance.is_empty() => 2,
        Item::File(entry) => 3 + 8 * entry.focus_ranges.len(),
        Item::NextStep(_) => 6,
        Item::Verification(_) => 8,
        _ => 3,
    }
}
