//! How large entries seem to be, before the whole is measured.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::SizeOf;
use crate::fact::{Fact, Item};

/// Estimated tokens of each form of each fact. A file of which only the name is told shares the words of its folder
/// with the other files there.
pub(super) fn sizes(facts: &[Fact], size_of: SizeOf) -> Vec<Vec<usize>> {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for name in facts.iter().filter_map(|fact| bare_name(&fact.forms[fact.forms.len() - 1])) {
        *folders.entry(folder_of(name)).or_default() += 1;
    }
    let size = |item: &Item| match bare_name(item) {
        Some(name) => {
            let folder = folder_of(name);
            let sharing = if folder.contains([':', ' ']) { 1 } else { folders[folder].min(4) };
            size_of(&name[folder.len()..]) + size_of(folder) / sharing
        }
        None => size_of(&item.text()),
    };
    facts.par_iter().map(|fact| fact.forms.iter().map(|item| size(item) + overhead(item)).collect()).collect()
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
