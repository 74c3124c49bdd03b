//! The quotable statements of a session, each with who said it, where, and what it is worth.
//!
//! Quoting is enough: nearly every fact of a session is said whole by somebody in it. The work is to choose.

use std::collections::BTreeSet;

use super::cues::Cues;
use super::ledger::Ledger;
use super::session::Session;
use super::shell;
use super::worth::{View, worth};
use crate::event::{Action, Actor, Change, EventKind};
use crate::text::{Statement, is_narration, statements};

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

impl Source {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Source::User => "user",
            Source::Reply => "reply",
            Source::Remark => "remark",
            Source::Plan => "plan",
            Source::Commit => "commit",
            Source::Brief => "brief",
            Source::Report => "report",
            Source::Document => "document",
            Source::Summary => "summary",
        }
    }
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
    /// x
    pub features: Vec<i64>,
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
        if source != Source::User && is_narration(&statement.text) {
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
            features: Vec::new(),
        };
        let view = View {
            quote: &quote,
            recency: session.recency(at),
            first_turn: session.turns.first().is_some_and(|turn| turn.at == at),
            last_turn: session.turns.iter().rev().take(2).any(|turn| turn.at == at) || session.turns.last().is_some_and(|turn| turn.reply == Some(at)),
            long_message: text.len() > 1200,
            approved: source == Source::Reply && session.is_approved(at),
        };
        let points = worth(&view);
        let features = super::worth::FEATURES.iter().map(|f| (f.value)(&view)).collect();
        quote.worth = points;
        quote.features = features;
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

