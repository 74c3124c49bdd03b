//! From events to facts: every extractor is one file here and one line in [`EXTRACTORS`].

mod acts;
mod agreed;
mod checks;
mod choices;
mod constraints;
mod counts;
mod cues;
mod decisions;
mod environment;
mod errors;
mod files;
mod findings;
mod git;
mod kinds;
mod ledger;
mod lists;
mod names;
mod objective;
mod openings;
mod overtaken;
mod paths;
mod phrases;
mod places;
mod progress;
mod questions;
mod quotes;
mod requests;
mod retracted;
mod scope;
mod session;
mod shell;
mod spoken;
mod status;
mod steps;
mod told_commits;
mod verification;
mod worth;

use std::path::Path;

use rayon::prelude::*;

use crate::event::Transcript;
use crate::fact::Fact;
use overtaken::Overtaken;

pub use session::Session;

/// Finds facts of one kind.
pub struct Extractor {
    /// Name of the section it feeds.
    pub name: &'static str,
    /// Finds them.
    pub extract: fn(&Material) -> Vec<Fact>,
}

/// All extractors, by name.
pub static EXTRACTORS: &[Extractor] = &[
    Extractor { name: "constraints", extract: constraints::extract },
    Extractor { name: "decisions", extract: decisions::extract },
    Extractor { name: "environment", extract: environment::extract },
    Extractor { name: "errors", extract: errors::extract },
    Extractor { name: "files", extract: files::extract },
    Extractor { name: "findings", extract: findings::extract },
    Extractor { name: "objective", extract: objective::extract },
    Extractor { name: "progress", extract: progress::extract },
    Extractor { name: "questions", extract: questions::extract },
    Extractor { name: "status", extract: status::extract },
    Extractor { name: "steps", extract: steps::extract },
    Extractor { name: "verification", extract: verification::extract },
];

/// What the extractors work on: the session, and what more than one of them needs, found once.
pub struct Material<'a> {
    /// The session.
    session: Session<'a>,
    /// What was done to files.
    ledger: ledger::Ledger,
    /// The checks that were run.
    checks: Vec<checks::Check>,
    /// Where files were changed.
    places: places::Places,
    /// What replies offered to choose from, and what was taken.
    offers: Vec<choices::Offer>,
    /// What the user agreed to in a few words.
    agreements: Vec<agreed::Agreement>,
    /// Everything quotable that still stands.
    quotes: Vec<quotes::Quote>,
}

impl<'a> Material<'a> {
    /// Gathers it.
    pub fn of(transcript: &'a Transcript, root: Option<&Path>) -> Self {
        let session = Session::of(transcript);
        let (ledger, checks) = rayon::join(|| ledger::Ledger::of(&session), || checks::checks(&session));
        let offers = choices::offers(&session);
        let agreements = agreed::agreements(&session, &offers);
        let (places, quotes) = rayon::join(
            || places::places(&session, &ledger, root),
            || quotes::quotes(&session, &ledger, &Overtaken::of(&session, &offers)),
        );
        Material { session, ledger, checks, places, offers, agreements, quotes }
    }

    /// The quotes of one kind, in order.
    fn quotes_of(&self, kind: kinds::Kind) -> impl Iterator<Item = &quotes::Quote> {
        self.quotes.iter().filter(move |quote| quote.kind == kind)
    }

    /// What the user's message at an event agreed to, if it only agreed.
    fn agreement(&self, at: usize) -> Option<&agreed::Agreement> {
        self.agreements.iter().find(|agreement| agreement.at == at)
    }

    /// Whether a statement stands in a proposal that the user agreed to, and is told with that.
    fn is_agreed(&self, quote: &quotes::Quote) -> bool {
        let text = quote.statement.text.as_str();
        self.agreements.iter().any(|it| it.reply == quote.at && it.proposal.contains(text))
    }

    /// The evidence of a quote.
    fn evidence(&self, quote: &quotes::Quote) -> Vec<u32> {
        vec![self.session.line(quote.at)]
    }
}

/// Makes the patterns that are looked for, which takes as long as a short session does: to be done while a transcript is
/// read, if there is a thread to spare.
pub fn prepare() {
    cues::prepare();
    checks::prepare();
    git::prepare();
}

/// Finds all facts of a transcript, extractor by extractor.
pub fn extract(transcript: &Transcript) -> Vec<Fact> {
    extract_in(transcript, None)
}

/// The same, with the focus ranges held against the working tree below `root`: what moved is told at its new place,
/// what is not found there is told without numbers.
pub fn extract_in(transcript: &Transcript, root: Option<&Path>) -> Vec<Fact> {
    let material = Material::of(transcript, root);
    EXTRACTORS.par_iter().flat_map_iter(|extractor| (extractor.extract)(&material)).collect()
}
