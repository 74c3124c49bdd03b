//! The pipeline: a transcript in, a handoff out, in the order it runs.

use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::event::{Transcript, Warning};
use crate::fact::Fact;
use crate::pack::{self, Packed};
use crate::render::{Citations, Renderer};
use crate::state::{HandoffState, Metadata, Source, Tokens};
use crate::token::Encoding;
use crate::{extract, format, redact, render};

/// The smallest budget a handoff is made for, in tokens.
pub const MINIMUM: usize = 200;

/// How a handoff is to be made.
#[derive(Clone)]
pub struct Options {
    /// The most tokens the rendered handoff may have.
    pub budget: usize,
    /// What counts them.
    pub encoding: Encoding,
    /// How it is rendered.
    pub renderer: &'static Renderer,
    /// Whether entries cite their lines.
    pub citations: Citations,
    /// Format of the transcript; detected if none.
    pub format: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            budget: 2000,
            encoding: Encoding::O200kBase,
            renderer: render::find("markdown").expect("markdown is in the list"),
            citations: Citations::Hidden,
            format: None,
        }
    }
}

/// A handoff, how it reads, and what it was made from.
pub struct Handoff {
    /// The handoff.
    pub state: HandoffState,
    /// The handoff as rendered: never more than the budget.
    pub text: String,
    /// Its size in tokens.
    pub tokens: usize,
    /// Everything that was extracted, taken or not.
    pub facts: Vec<Fact>,
    /// Which form of which fact was taken.
    pub choice: pack::Choice,
    /// What could not be read.
    pub warnings: Vec<Warning>,
}

/// Makes a handoff from the bytes of a transcript.
pub fn build(bytes: &[u8], options: &Options) -> Result<Handoff> {
    if options.budget < MINIMUM {
        return Err(Error::BudgetTooSmall { budget: options.budget, minimum: MINIMUM });
    }
    let mut transcript = format::read(bytes, options.format.as_deref())?;
    redact::transcript(&mut transcript);
    let facts = extract::extract(&transcript);
    let metadata = metadata(&transcript, options);
    let packed = fit(&facts, &metadata, options)?;
    let text = (options.renderer.render)(&packed.state, options.citations);
    Ok(Handoff { text, tokens: packed.tokens, state: packed.state, facts, choice: packed.choice, warnings: transcript.warnings })
}

fn fit(facts: &[Fact], metadata: &Metadata, options: &Options) -> Result<Packed> {
    let count = |text: &str| options.encoding.count(text);
    let measure = |state: &HandoffState| count(&(options.renderer.render)(state, options.citations));
    pack::pack(facts, metadata, options.budget, &measure, &count)
        .ok_or(Error::BudgetTooSmall { budget: options.budget, minimum: MINIMUM })
}

fn metadata(transcript: &Transcript, options: &Options) -> Metadata {
    let mut times = transcript.events.iter().filter_map(|event| event.time);
    let first = times.next().unwrap_or(Timestamp::UNIX_EPOCH);
    let session = extract::Session::of(transcript).context.session.unwrap_or_default();
    Metadata {
        created_at: first,
        updated_at: times.last().unwrap_or(first),
        session_id: session,
        base_session: None,
        source: Some(Source { format: transcript.format.to_owned(), events: transcript.events.len() as u64, tokens: 0 }),
        tokens: Some(Tokens { encoding: options.encoding.name().to_owned(), budget: options.budget as u64 }),
    }
}
