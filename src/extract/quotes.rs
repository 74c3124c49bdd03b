//! The quotable statements of a session, each with who said it, where, and what it is worth.
//!
//! Quoting is enough: nearly every fact of a session is said whole by somebody in it. The work is to choose.

use std::collections::BTreeSet;

use super::cues::{Cue, Cues};
use super::ledger::Ledger;
use super::session::Session;
use super::shell;
use crate::event::{Action, Actor, Change, EventKind};
use crate::text::{Block, Statement, identifiers, statements};

/// Who said something, and on which occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The user.
    User,
    /// The agent, as its last word before the user spoke again: reports, proposals, questions.
    Reply,
    /// The agent, on the way.
    Remark,
    /// A plan the user accepted.
    Plan,
    /// A commit message.
    Commit,
    /// The agent, to a subagent.
    Brief,
    /// A subagent, in its report.
    Report,
    /// A document the agent wrote.
    Document,
    /// The host's summary at a compaction.
    Summary,
}

/// A statement with its circumstances.
#[derive(Debug, Clone)]
pub struct Quote {
    /// Who said it.
    pub source: Source,
    /// Index of the event it was said in.
    pub at: usize,
    /// What was said.
    pub statement: Statement,
    /// What it is about, by its own words.
    pub cues: Cues,
    /// What its heading is about.
    pub heading: Cues,
    /// Name of the edited file it is about, if it names one.
    pub file: Option<String>,
    /// What it is worth, in points.
    pub worth: i64,
}

/// Collects the statements of a session, in order; what was said before in the same words is left out.
pub fn quotes(session: &Session, ledger: &Ledger) -> Vec<Quote> {
    let mut out = Vec::new();
    let replies: BTreeSet<usize> = session.turns.iter().filter_map(|turn| turn.reply).collect();
    for (at, event) in session.events.iter().enumerate() {
        if event.abandoned || event.actor == Actor::Subagent {
            continue;
        }
        match &event.kind {
            EventKind::User { text } => collect(session, ledger, &mut out, Source::User, at, text),
            EventKind::Command { arguments, .. } => collect(session, ledger, &mut out, Source::User, at, arguments),
            EventKind::Assistant { text } => {
                let source = if replies.contains(&at) { Source::Reply } else { Source::Remark };
                collect(session, ledger, &mut out, source, at, text);
            }
            EventKind::PlanApproved { plan } => collect(session, ledger, &mut out, Source::Plan, at, plan),
            EventKind::Compacted { summary: Some(summary) } => collect(session, ledger, &mut out, Source::Summary, at, summary),
            _ => {}
        }
    }
    for used in session.uses.iter().filter(|used| !used.abandoned) {
        match &used.call.action {
            Action::Delegate { prompt } => {
                collect(session, ledger, &mut out, Source::Brief, used.at, prompt);
                if let (Some(result), Some(at)) = (used.result, used.result_at) {
                    collect(session, ledger, &mut out, Source::Report, at, &result.text);
                }
            }
            Action::Run { command, .. } => {
                if let Some(message) = shell::commit_message(command).filter(|_| used.took_effect()) {
                    collect(session, ledger, &mut out, Source::Commit, used.at, &message);
                }
            }
            Action::Edit(edits) => {
                for edit in edits.iter().filter(|edit| is_document(&edit.path) && edit.change == Change::Created) {
                    collect(session, ledger, &mut out, Source::Document, used.at, edit.content.as_deref().unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    out.sort_by_key(|quote| quote.at);
    let mut said = BTreeSet::new();
    out.retain(|quote| said.insert(quote.statement.text.to_lowercase()));
    out
}

fn is_document(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

fn collect(session: &Session, ledger: &Ledger, out: &mut Vec<Quote>, source: Source, at: usize, text: &str) {
    if text.len() > 200_000 {
        return;
    }
    for statement in statements(text) {
        if statement.text.chars().count() < 12 || statement.text.len() > 700 {
            continue;
        }
        let file = about(ledger, &statement.text);
        let mut quote = Quote {
            source,
            at,
            cues: Cues::of(&statement.text),
            heading: Cues::of(&statement.heading),
            statement,
            file,
            worth: 0,
        };
        quote.worth = worth(session, &quote);
        out.push(quote);
    }
}

/// The edited file a statement names first.
fn about(ledger: &Ledger, text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | '"' | '|' | ':'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '/'))
        .filter(|word| word.contains('.') && word.len() > 4)
        .find_map(|word| ledger.find(word).filter(|file| file.edits > 0).map(|file| file.name.clone()))
}

/// What a statement is worth. The weights were set by hand from what real continuations and annotated facts needed,
/// and rounded; only their order of size matters.
fn worth(session: &Session, quote: &Quote) -> i64 {
    let text = &quote.statement.text;
    let cues = quote.cues;
    let recency = session.recency(quote.at);
    let source = match quote.source {
        Source::User => 80,
        Source::Reply => 30 + 50 * recency / 1000,
        Source::Plan => 50,
        Source::Commit => 50,
        Source::Remark => 12 + 20 * recency / 1000,
        Source::Brief => 20,
        Source::Report => 15 + 20 * recency / 1000,
        Source::Document => 10,
        Source::Summary => 20,
    };
    let names = i64::try_from(identifiers(text).take(4).count()).unwrap_or(0);
    let mut points = source
        + 10 * names
        + 20 * cues.count(Cue::Choice)
        + 15 * cues.count(Cue::Change)
        + 12 * cues.count(Cue::Contrast)
        + 15 * cues.count(Cue::Rejection)
        + 10 * cues.count(Cue::Ahead)
        + 10 * cues.count(Cue::Wrong)
        + if quote.file.is_some() { 25 } else { 0 }
        + if quote.statement.block == Block::Row { 15 } else { 0 }
        + if quote.statement.block == Block::Item { 8 } else { 0 }
        + if quote.heading.has(Cue::Change) || quote.heading.has(Cue::Choice) || quote.heading.has(Cue::Check) { 20 } else { 0 };
    if quote.source == Source::Remark {
        points += 25 * cues.count(Cue::Cause) + 12 * cues.count(Cue::Wrong);
    }
    if quote.source == Source::User {
        points += 15 * cues.count(Cue::Rule) + 15 * cues.count(Cue::Correction);
    }
    if session.turns.first().is_some_and(|turn| turn.at == quote.at) {
        points += 25;
    }
    if cues.has(Cue::Narration) {
        points -= 40;
    }
    if cues.has(Cue::Guess) && quote.source != Source::User {
        points -= 10;
    }
    if cues.has(Cue::Chat) || text.len() < 30 {
        points -= 50;
    }
    if text.ends_with(':') {
        points -= 30;
    }
    points.max(1)
}
