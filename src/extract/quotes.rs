//! The quotable statements of a session, each with who said it, where, and what it is worth.
//!
//! Quoting is enough: nearly every fact of a session is said whole by somebody in it. The work is to choose.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::announced::without_announcement;
use super::cues::Cues;
use super::git;
use super::kinds::{self, Kind};
use super::ledger::Ledger;
use super::lists::gathered;
use super::openings::is_all_courtesy;
use super::overtaken::Overtaken;
use super::session::Session;
use super::spoken::spoken;
use super::worth::{View, worth};
use crate::event::{Action, Actor, Change, EventKind};
use crate::text::{Statement, is_narration, passages, statements};

/// A text longer than this, in bytes, is data rather than speech.
const LONGEST: usize = 200_000;

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
    /// What it is for the handoff.
    pub kind: Kind,
    /// What it is worth, in points.
    pub worth: i64,
}

/// A text to take statements from: who said it, in which event, and the words.
struct Text<'a> {
    source: Source,
    at: usize,
    words: Cow<'a, str>,
}

/// Collects the statements of a session that still stand, in order; what was said before in the same words is left out.
pub fn quotes(session: &Session, ledger: &Ledger, overtaken: &Overtaken) -> Vec<Quote> {
    let mut texts = said(session);
    texts.extend(handed(session));
    texts.sort_by_key(|text| text.at);
    let mut quotes: Vec<Quote> =
        texts.par_iter().flat_map_iter(|text| collect(session, ledger, overtaken, text)).collect();
    let mut said = FxHashSet::default();
    quotes.retain(|quote| said.insert(quote.statement.text.to_lowercase()));
    kinds::settle(&mut quotes);
    quotes.retain(|quote| !overtaken.has(quote));
    quotes
}

/// What the user and the agent said, plans and summaries included.
fn said<'a>(session: &Session<'a>) -> Vec<Text<'a>> {
    let replies: BTreeSet<usize> = session.turns.iter().filter_map(|turn| turn.reply).collect();
    let heard = session
        .events
        .iter()
        .enumerate()
        .filter(|(_, event)| !event.abandoned && event.actor != Actor::Subagent);
    heard
        .filter_map(|(at, event)| {
            let (source, words) = match &event.kind {
                EventKind::User { text } => (Source::User, text),
                EventKind::Assistant { text } if replies.contains(&at) => (Source::Reply, text),
                EventKind::Assistant { text } => (Source::Remark, text),
                EventKind::PlanApproved { plan } => (Source::Plan, plan),
                EventKind::Compacted { summary: Some(summary) } => (Source::Summary, summary),
                _ => return None,
            };
            let words = match source {
                Source::User => spoken(words),
                Source::Summary => Cow::Borrowed(summed_up(words)),
                _ => Cow::Borrowed(words.as_str()),
            };
            Some(Text { source, at, words })
        })
        .collect()
}

/// What the agent wrote for others by its tools: briefs and the reports on them, commit messages, documents.
fn handed<'a>(session: &Session<'a>) -> Vec<Text<'a>> {
    let commits = git::commits(session).filter_map(|(used, command)| {
        let words = Cow::Owned(git::commit_message(command.text)?);
        Some(Text { source: Source::Commit, at: used.at, words })
    });
    let mut texts: Vec<Text> = commits.collect();
    for used in session.uses.iter().filter(|used| !used.abandoned) {
        let mut push = |source, at, words| texts.push(Text { source, at, words });
        match &used.call.action {
            Action::Delegate { prompt } => {
                push(Source::Brief, used.at, Cow::Borrowed(prompt.as_str()));
                if let (Some(result), Some(at)) = (used.result, used.result_at) {
                    push(Source::Report, at, Cow::Borrowed(report(&result.text)));
                }
            }
            Action::Edit(edits) => {
                for edit in
                    edits.iter().filter(|edit| is_document(&edit.path) && edit.change == Change::Created)
                {
                    push(
                        Source::Document,
                        used.at,
                        Cow::Borrowed(edit.content.as_deref().unwrap_or_default()),
                    );
                }
            }
            _ => {}
        }
    }
    texts
}

/// How hosts begin the line that they put before a summary.
const BEFORE_SUMMARY: &[&str] = &[
    "Another language model started to solve this problem",
    "This session is being continued from a previous conversation",
];

/// How hosts begin the lines that they put behind a summary.
const BEHIND_SUMMARY: &[&str] = &[
    "\nContinue the conversation from where",
    "\nIf you need specific details from before",
    "\nPlease continue the conversation from where",
    "\nThe messages after this summary are",
];

/// A host's summary, without what the host says around it, nor the analysis before it, which says the same in the order it
/// came about.
fn summed_up(summary: &str) -> &str {
    let is_introduced = BEFORE_SUMMARY.iter().any(|start| summary.starts_with(start));
    let told = if is_introduced { summary.split_once('\n').map_or("", |(_, told)| told) } else { summary };
    let told = told.split_once("\nSummary:\n").map_or(told, |(_, told)| told);
    let end = BEHIND_SUMMARY.iter().filter_map(|start| told.find(start)).min();
    &told[..end.unwrap_or(told.len())]
}

/// Whether a host wrote this, the same in every session: around a summary, or behind a plan that it hands over.
fn is_of_host(text: &str) -> bool {
    BEFORE_SUMMARY.iter().chain(BEHIND_SUMMARY).any(|start| text.starts_with(start.trim_start()))
}

/// A subagent's report, without what the host adds to it.
fn report(text: &str) -> &str {
    text.split("\nagentId: ").next().unwrap_or(text)
}

fn is_document(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

/// The statements of a text that may be quoted; of a text of a book's length, none.
fn collect(session: &Session, ledger: &Ledger, overtaken: &Overtaken, text: &Text) -> Vec<Quote> {
    if text.words.len() > LONGEST {
        return Vec::new();
    }
    let occasion = Occasion::of(session, text);
    let mut under = (String::new(), Cues::default());
    let statements = if text.source == Source::User { statements } else { passages }(&text.words);
    let falls = |it: &Statement| overtaken.has(&occasion.unweighed(it.clone(), Cues::of(&it.heading)));
    let goes_on = text.source == Source::Remark && Some(text.at) < session.last_say().map(|(at, _)| at);
    gathered(statements, falls)
        .into_iter()
        .map(|statement| if goes_on { found(statement) } else { statement })
        .filter(|statement| is_quotable(statement, text.source))
        .map(|statement| {
            // A section's statements have one heading: its cues are looked for once.
            if under.0 != statement.heading {
                under = (statement.heading.clone(), Cues::of(&statement.heading));
            }
            occasion.quote(statement, under.1, ledger)
        })
        .collect()
}

/// Whether a line names who made a commit: "Co-Authored-By: …".
fn is_trailer(text: &str) -> bool {
    let name = text.split_once(": ").map_or("", |(name, _)| name);
    ["co-authored-by", "signed-off-by", "reviewed-by", "assisted-by"]
        .iter()
        .any(|it| name.eq_ignore_ascii_case(it))
}

/// A remark without what it says is done next.
fn found(mut statement: Statement) -> Statement {
    let length = without_announcement(&statement.text).len();
    statement.text.truncate(length);
    statement
}

fn is_quotable(statement: &Statement, source: Source) -> bool {
    let text = &statement.text;
    text.len() <= 700
        && text.chars().nth(11).is_some()
        && (source == Source::User || !is_narration(text))
        && !text.starts_with(['}', ')', ']', '<'])
        // What an agent tells its host to do: `::git-stage{…}`.
        && !text.starts_with("::")
        // What a host says in the agent's name.
        && !text.starts_with("API Error")
        && !is_trailer(text)
        && !is_of_host(text)
        && !is_all_courtesy(text)
}

/// The circumstances that all statements of a text share.
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of its own, not a state of one thing")]
struct Occasion {
    source: Source,
    at: usize,
    recency: i64,
    first_turn: bool,
    last_turn: bool,
    /// Bytes of the whole text.
    length: usize,
    approved: bool,
    answered: bool,
}

impl Occasion {
    fn of(session: &Session, text: &Text) -> Self {
        let (source, at) = (text.source, text.at);
        let turns = &session.turns;
        Occasion {
            source,
            at,
            recency: session.recency(at),
            first_turn: turns.first().is_some_and(|turn| turn.at == at),
            last_turn: turns.iter().rev().take(2).any(|turn| turn.at == at)
                || turns.last().is_some_and(|turn| turn.reply == Some(at)),
            length: text.words.len(),
            approved: source == Source::Reply && session.is_approved(at),
            answered: source == Source::Reply && session.is_answered(at),
        }
    }

    /// The statement with nothing but who said it and what its words tell.
    fn unweighed(&self, statement: Statement, heading: Cues) -> Quote {
        let (source, at, kind) = (self.source, self.at, Kind::Finding);
        let cues = Cues::of(&statement.text);
        Quote { source, at, statement, cues, heading, file: None, kind, worth: 0 }
    }

    fn quote(&self, statement: Statement, heading: Cues, ledger: &Ledger) -> Quote {
        let mut quote = self.unweighed(statement, heading);
        quote.file = about(ledger, &quote.statement.text);
        quote.worth = worth(&View {
            quote: &quote,
            recency: self.recency,
            first_turn: self.first_turn,
            last_turn: self.last_turn,
            long_message: self.length > 1200,
            approved: self.approved,
            answered: self.answered,
        });
        quote
    }
}

/// The edited file a statement names first.
fn about(ledger: &Ledger, text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | '"' | '|' | ':'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '/'))
        .filter(|word| word.contains('.') && word.len() > 4)
        .find_map(|word| ledger.find(word).filter(|file| file.edits > 0).map(|file| file.name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_without_the_words_of_its_host() {
        let check = |summary: &str, expected: &str| assert_eq!(summed_up(summary).trim(), expected);
        check("Half is done.\n\nContinue.", "Half is done.\n\nContinue.");
        check("This session is being continued from a previous conversation.", "");
        check(
            "This session is being continued from a previous conversation that ran out of context. It is below:\n\
            Analysis:\nFirst this, then that.\n\nSummary:\nHalf is done.\n\n\
            If you need specific details from before compaction, read the transcript.\n\
            Continue the conversation from where it left off. Do not recap.",
            "Half is done.",
        );
        check(
            "Another language model started to solve this problem. Here is its summary:\nHalf is done.",
            "Half is done.",
        );
        check("Half is done.\n\nThe messages after this summary are kept verbatim.", "Half is done.");
        assert!(is_of_host(
            "If you need specific details from before exiting plan mode, read the transcript"
        ));
        assert!(!is_of_host("If you need specific details, ask me"));
    }
}
