//! Where the work happens: folder, branch, commit, repository, pull request.

use super::Material;
use crate::event::{Context, Event, EventKind};
use crate::fact::{Fact, Item};
use crate::state::Environment;

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
    if full.is_empty() {
        return Vec::new();
    }
    let evidence = evidence(material);
    let middle = Environment { repository: String::new(), ..full.clone() };
    let short = Environment { cwd: String::new(), pull_request: String::new(), ..middle.clone() };
    let fact = Fact::new(Item::Environment(full), evidence, 110, "where the session ran");
    vec![if short.is_empty() {
        fact
    } else {
        fact.or(Item::Environment(middle), 95).or(Item::Environment(short), 50)
    }]
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
