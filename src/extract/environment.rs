//! Where the work happens: folder, branch, commit, repository, pull request, and the skills it follows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Material, git};
use crate::event::{Action, Call, Context, Event, EventKind};
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
    let notes = skills(material).into_iter().chain(compared(material));
    if full.is_empty() {
        return notes.collect();
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
    notes.chain([fact]).collect()
}

/// The skills that the agent was given or read, the latest first.
fn skills(material: &Material) -> Option<Fact> {
    let session = &material.session;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (at, event) in session.events.iter().enumerate().filter(|(_, event)| !event.abandoned) {
        let path = match &event.kind {
            EventKind::Injected { text } => text.strip_prefix(GIVEN).and_then(|rest| rest.lines().next()),
            EventKind::Call(Call { action: Action::Read { path, .. }, .. }) => Some(path.as_str()),
            _ => None,
        };
        if let Some(name) = path.and_then(skill) {
            seen.insert(name.to_owned(), at);
        }
    }
    let mut latest: Vec<(String, usize)> = seen.into_iter().collect();
    latest.sort_by_key(|(_, at)| Reverse(*at));
    let (_, at) = latest.first()?;
    let evidence = vec![session.line(*at)];
    let names: Vec<&str> = latest.iter().take(6).map(|(name, _)| name.as_str()).collect();
    let note = Finding { text: format!("skills in use: {}", names.join(", ")), evidence: evidence.clone() };
    Some(Fact::new(Item::Note(note), evidence, 90, "the agent was given or read them"))
}

/// How a host begins a skill that it gives the agent.
const GIVEN: &str = "Base directory for this skill:";

/// The name of the skill that a path lies in.
fn skill(path: &str) -> Option<&str> {
    let mut parts = path.trim().split(['/', '\\']).skip_while(|part| *part != "skills").skip(1);
    let name = parts.next().filter(|name| !name.is_empty() && !name.contains('.'))?;
    let rest: Vec<&str> = parts.collect();
    (rest.is_empty() || rest.iter().any(|part| matches!(*part, "SKILL.md" | "references"))).then_some(name)
}

/// The commits that the session's work is compared with: the range that git was asked about most, the later one of equals.
fn compared(material: &Material) -> Option<Fact> {
    let session = &material.session;
    let mut ranges: BTreeMap<&str, (u32, usize)> = BTreeMap::new();
    for (used, command) in session.commands() {
        for range in command.parts.iter().filter_map(git::compared) {
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
