//! What was done: reports of changes and checks, commits, finished to-dos.

use super::kinds::Kind;
use super::quotes::{Quote, Source};
use super::{Material, acts, findings, git};
use crate::event::TodoState;
use crate::fact::{Fact, Item};
use crate::text::clip;

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    let commits = commits(material);
    let told = |quote: &&Quote| {
        quote.source == Source::Commit
            && commits.iter().any(|fact| fact.forms[0].text().ends_with(&quote.statement.text))
    };
    let mut facts: Vec<Fact> = material
        .quotes_of(Kind::Progress)
        .filter(|quote| !told(quote))
        .map(|quote| {
            let text = findings::with_heading(quote);
            let fact = Fact::new(
                Item::Progress(text),
                material.evidence(quote),
                quote.worth,
                "it reports what was done",
            )
            .from(quote.source.name());
            match findings::shorter(quote) {
                Some(text) => fact.or(Item::Progress(text), findings::SHARE),
                None => fact,
            }
        })
        .collect();
    facts.extend(commits);
    facts.extend(acts::fact(material));
    facts.extend(finished(material));
    facts
}

/// What a commit is worth more, in points, that came after the user's last words: it is how the session ends.
const LATEST: i64 = 60;

fn commits(material: &Material) -> Vec<Fact> {
    let session = &material.session;
    git::commits(session)
        .filter_map(|(used, command)| {
            let message = git::commit_message(command.text)?;
            let subject = clip(message.lines().next()?, 110);
            let hash =
                used.output().and_then(git::commit_hash).map(|hash| format!("{hash} ")).unwrap_or_default();
            let at = used.result_at.unwrap_or(used.at);
            let since_asked = session.turns.last().is_none_or(|turn| turn.at < at);
            let worth = 60 + 40 * session.recency(at) / 1000 + if since_asked { LATEST } else { 0 };
            let evidence = vec![session.line(used.at), session.line(at)];
            Some(Fact::new(Item::Progress(format!("Committed {hash}{subject}")), evidence, worth, "a commit"))
        })
        .collect()
}

fn finished(material: &Material) -> Vec<Fact> {
    let Some((line, todos)) = material.session.todos() else { return Vec::new() };
    let done: Vec<String> = todos
        .iter()
        .filter(|todo| todo.state == TodoState::Completed)
        .map(|todo| clip(&todo.text, 90))
        .collect();
    if done.is_empty() {
        return Vec::new();
    }
    let text = format!("Done of the plan ({} of {}): {}", done.len(), todos.len(), done.join("; "));
    let short = format!("Done of the plan: {} of {}", done.len(), todos.len());
    vec![
        Fact::new(Item::Progress(clip(&text, 480)), vec![line], 70, "finished to-dos")
            .or(Item::Progress(short), 40),
    ]
}
