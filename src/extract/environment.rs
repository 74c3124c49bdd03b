//! Where the work happens: folder, branch, commit, repository, pull request.

use super::Material;
use crate::event::EventKind;
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
        notes: Vec::new(),
    };
    if full.is_empty() {
        return Vec::new();
    }
    let evidence: Vec<u32> = material
        .session
        .events
        .iter()
        .rev()
        .filter(|event| matches!(event.kind, EventKind::Context(_)))
        .map(|event| event.line)
        .take(1)
        .collect();
    let middle = Environment { repository: String::new(), ..full.clone() };
    let short = Environment { cwd: String::new(), pull_request: String::new(), ..middle.clone() };
    let fact = Fact::new(Item::Environment(full), evidence, 110, "where the session ran");
    vec![if short.is_empty() { fact } else { fact.or(Item::Environment(middle), 95).or(Item::Environment(short), 50) }]
}
