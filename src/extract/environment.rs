//! Where the work happens: folder, branch, commit, repository, pull request.

use std::collections::BTreeMap;

use super::{Material, shell};
use crate::event::{Context, Event, EventKind};
use crate::fact::{Fact, Item};
use crate::state::{Environment, Finding};

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let context = &material.session.context;
    let field = |value: &Option<String>| value.clone().unwrap_or_default();
    let full = Environment {
        cwd: field(&context.cwd),
        branch: field(&context.branch),
        commit: field(&context.commit).chars().take(10).collect(),
        repository: field(&context.repository),
        pull_request: field(&context.pull_request),
        ..Environment::default()
    };
    let notes = compared(material);
    if full.is_empty() {
        return notes.into_iter().collect();
    }
    let evidence = evidence(material);
    let middle = Environment { repository: String::new(), ..full.clone() };
    let short = Environment { cwd: String::new(), pull_request: String::new(), ..middle.clone() };
    let fact = Fact::new(Item::Environment(full), evidence, 110, "where the session ran");
    let fact = if short.is_empty() {
        fact
    } else {
        fact.or(Item::Environment(middle), 95).or(Item::Environment(short), 50)
    };
    notes.into_iter().chain([fact]).collect()
}

/// The commits that the session's work is compared with: the range that git was asked about most, the later one of equals.
fn compared(material: &Material) -> Option<Fact> {
    let session = &material.session;
    let mut ranges: BTreeMap<&str, (u32, usize)> = BTreeMap::new();
    for (used, command) in session.commands() {
        for range in shell::parts(command).into_iter().filter_map(shell::compared) {
            let (times, last) = ranges.entry(range).or_default();
            *times += 1;
            *last = used.at;
        }
    }
    let (range, (_, at)) = ranges.into_iter().max_by_key(|(_, often)| *often)?;
    let evidence = vec![session.line(at)];
    let note = Finding { text: format!("compared with {range}"), evidence: evidence.clone() };
    let worth = 30 + 60 * session.recency(at) / 1000;
    Some(Fact::new(Item::Note(note), evidence, worth, "git compared these"))
}

/// The lines that said each field as it stands.
fn evidence(material: &Material) -> Vec<u32> {
    let context = &material.session.context;
    let fields: [fn(&Context) -> &Option<String>; 5] =
        [|c| &c.cwd, |c| &c.branch, |c| &c.commit, |c| &c.repository, |c| &c.pull_request];
    let mut lines: Vec<u32> = fields
        .iter()
        .filter_map(|field| {
            let value = field(context).as_ref()?;
            let said = |event: &&Event| matches!(&event.kind, EventKind::Context(new) if field(new).as_ref() == Some(value));
            material.session.events.iter().rev().find(said).map(|event| event.line)
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}
