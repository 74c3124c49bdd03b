//! The pipeline: a transcript in, a handoff out, in the order it runs.

use std::io::Read;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::checkpoint::{self, Kept};
use crate::error::{Error, Result};
use crate::event::{Actor, EventKind, Transcript, Warning};
use crate::fact::Fact;
use crate::pack::{self, Packed};
use crate::render::{Citations, Renderer};
use crate::state::{HandoffState, Metadata, Source, Tokens, Used};
use crate::token::{Encoding, Lines, Tokenizer};
use crate::{count, diff, extract, format, redact, render};

/// The smallest budget a handoff is made for, in tokens.
pub const MINIMUM: usize = 200;

/// How a handoff is to be made.
#[derive(Clone)]
pub struct Options {
    /// The most tokens the rendered handoff may have.
    pub budget: usize,
    /// What counts them; an estimate is held against the budget with its upper bound.
    pub tokenizer: Tokenizer,
    /// How it is rendered.
    pub renderer: &'static Renderer,
    /// Whether entries cite their lines.
    pub citations: Citations,
    /// Format of the transcript; detected if none.
    pub format: Option<String>,
    /// Working tree to check the places in files against, if there is one at hand.
    pub root: Option<PathBuf>,
    /// The handoff before this one: what stands in it is preferred, so that the two differ by the work that was done.
    pub base: Option<HandoffState>,
    /// Whether, if none is named, the folder is taken in which the session worked, as far as it is there.
    pub recorded_root: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            budget: 2000,
            tokenizer: Tokenizer::Exact(Encoding::O200kBase),
            renderer: render::find("markdown").expect("markdown is in the list"),
            citations: Citations::Hidden,
            format: None,
            root: None,
            base: None,
            recorded_root: false,
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
    /// The working tree that the places were checked against.
    pub root: Option<PathBuf>,
}

/// Told what is done next; an error ends the work there.
pub type Step<'a> = &'a (dyn Fn(&'static str) -> Result<()> + Sync);

/// Makes a handoff from the bytes of a transcript.
pub fn build(bytes: &[u8], options: &Options) -> Result<Handoff> {
    build_in_steps(bytes, options, &|_| Ok(()))
}

/// The same for whoever wants to know how far it is, or may no longer want it.
///
/// # Errors
/// Those of [`build`], and what `step` answers.
pub fn build_in_steps(bytes: &[u8], options: &Options, step: Step) -> Result<Handoff> {
    refuse_small(options.budget)?;
    step("reading the transcript")?;
    let read = || format::read(bytes, options.format.as_deref());
    let (transcript, ()) = rayon::join(read, extract::prepare);
    let mut transcript = transcript?;
    step("counting it")?;
    let read = count::seen(&transcript, options.tokenizer.encoding());
    step("taking secrets out")?;
    redact::transcript(&mut transcript);
    let chosen = choose(&transcript, read, options, step)?;
    Ok(handoff(chosen, transcript.warnings, options))
}

/// Makes a handoff of a transcript that grew, with what was kept the last time, and says what to keep for the next:
/// bytes that mean nothing to anybody else, and hold no secret. The handoff is the one that [`build`] makes. Where the
/// transcript was rewritten or cut short, or what was kept is of no use, it is read anew.
pub fn resume(bytes: &[u8], options: &Options, kept: Option<&[u8]>) -> Result<(Handoff, Kept)> {
    refuse_small(options.budget)?;
    let (format, encoding) = (options.format.as_deref(), options.tokenizer.encoding());
    let (session, ()) = rayon::join(|| checkpoint::read(bytes, format, encoding, kept), extract::prepare);
    resumed(session?, options)
}

/// The same of a file, of which only what is new is read into memory. None if it has to be read whole, as where it does
/// not begin with what was kept.
pub fn resume_file(
    file: impl Read + Send,
    options: &Options,
    kept: &[u8],
) -> Result<Option<(Handoff, Kept)>> {
    refuse_small(options.budget)?;
    let (format, encoding) = (options.format.as_deref(), options.tokenizer.encoding());
    let (session, ()) = rayon::join(|| checkpoint::read_on(file, format, encoding, kept), extract::prepare);
    session.map(|session| resumed(session, options)).transpose()
}

fn resumed(session: checkpoint::Session, options: &Options) -> Result<(Handoff, Kept)> {
    let choose = || choose(&session.transcript, session.tokens, options, &|_| Ok(()));
    let (chosen, kept) = rayon::join(choose, || session.keep());
    Ok((handoff(chosen?, session.transcript.warnings, options), kept))
}

/// Refuses a budget that is below what any handoff needs.
pub(crate) fn refuse_small(budget: usize) -> Result<()> {
    if budget < MINIMUM {
        return Err(Error::BudgetTooSmall { budget, minimum: MINIMUM });
    }
    Ok(())
}

/// What was chosen, from what, and the working tree that was asked.
struct Chosen {
    packed: Packed,
    facts: Vec<Fact>,
    root: Option<PathBuf>,
}

/// The facts of a transcript behind the gate, and which of them fit; `read` is what the models saw, in tokens.
fn choose(transcript: &Transcript, read: usize, options: &Options, step: Step) -> Result<Chosen> {
    step("finding what matters")?;
    let root = options.root.clone().or_else(|| recorded_root(transcript).filter(|_| options.recorded_root));
    let mut facts = extract::extract_in(transcript, root.as_deref());
    if let Some(base) = &options.base {
        facts = diff::prefer(facts, base);
    }
    step("choosing what fits")?;
    let packed = fit(&facts, &metadata(transcript, read, options), options)?;
    Ok(Chosen { packed, facts, root })
}

fn handoff(Chosen { packed, facts, root }: Chosen, warnings: Vec<Warning>, options: &Options) -> Handoff {
    let text = (options.renderer.render)(&packed.state, options.citations);
    Handoff { text, tokens: packed.tokens, state: packed.state, facts, choice: packed.choice, warnings, root }
}

fn fit(facts: &[Fact], metadata: &Metadata, options: &Options) -> Result<Packed> {
    let count = |text: &str| options.tokenizer.count_upper(text);
    let lines = Lines::new(options.tokenizer.encoding());
    let counted = |text: &str| options.tokenizer.upper(lines.count(text));
    let measure = |state: &HandoffState| counted(&(options.renderer.render)(state, options.citations));
    let barest = || measure(&pack::assemble(&[], &pack::Choice::new(), metadata)).max(MINIMUM);
    pack::pack(facts, metadata, options.budget, &measure, &count)
        .ok_or_else(|| Error::BudgetTooSmall { budget: options.budget, minimum: barest() })
}

/// Where the handoff comes from; `read` is what the models saw, in tokens of the tokenizer's encoding.
fn metadata(transcript: &Transcript, read: usize, options: &Options) -> Metadata {
    let mut times = transcript.events.iter().filter_map(|event| event.time);
    let first = times.next().unwrap_or(Timestamp::UNIX_EPOCH);
    let source = Source {
        format: transcript.format.to_owned(),
        events: transcript.events.len() as u64,
        tokens: options.tokenizer.upper(read) as u64,
        model: model(transcript),
        used: used(transcript),
    };
    Metadata {
        created_at: first,
        updated_at: times.next_back().unwrap_or(first),
        session_id: session_id(transcript),
        base_session: options.base.as_ref().map(|base| base.metadata.session_id.clone()),
        source: Some(source),
        tokens: Some(Tokens { encoding: options.tokenizer.name(), budget: options.budget as u64 }),
        said: None,
    }
}

/// The folder that the session began in, from which files are named, if it is there. A relative one would depend on where this program runs.
fn recorded_root(transcript: &Transcript) -> Option<PathBuf> {
    let first = transcript.events.iter().find_map(|event| match &event.kind {
        EventKind::Context(context) => context.cwd.as_ref(),
        _ => None,
    });
    first.map(PathBuf::from).filter(|root| root.is_absolute() && root.is_dir())
}

/// The model that worked last; empty if the transcript does not say.
fn model(transcript: &Transcript) -> String {
    let last = transcript.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Context(context) => context.model.clone(),
        _ => None,
    });
    last.unwrap_or_default()
}

/// The provider's figures, summed; none if the transcript has none.
fn used(transcript: &Transcript) -> Option<Used> {
    let mut used = None;
    for event in &transcript.events {
        let EventKind::Usage(usage) = &event.kind else { continue };
        let sum: &mut Used = used.get_or_insert_default();
        sum.input += usage.input;
        sum.cached += usage.cached;
        sum.output += usage.output;
        if event.actor == Actor::Main {
            sum.context = usage.input;
        }
    }
    used
}

/// The last id the transcript gives the session; empty if it gives none.
fn session_id(transcript: &Transcript) -> String {
    let last = transcript.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Context(context) => context.session.clone(),
        _ => None,
    });
    last.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const SAID: &[u8] = br#"{"type":"user","message":{"role":"user","content":"Fix the rounding"}}"#;

    #[test]
    fn work_that_is_not_wanted_ends_before_its_next_step() {
        let told = Mutex::new(Vec::new());
        let run = |most: usize| {
            told.lock().unwrap().clear();
            build_in_steps(SAID, &Options::default(), &|step| {
                told.lock().unwrap().push(step);
                if told.lock().unwrap().len() > most { Err(Error::Cancelled) } else { Ok(()) }
            })
        };
        assert!(run(usize::MAX).is_ok());
        let all = told.lock().unwrap().clone();
        assert_eq!(all.len(), 5, "{all:?}");
        for most in 0..all.len() {
            assert!(matches!(run(most), Err(Error::Cancelled)));
            assert_eq!(*told.lock().unwrap(), all[..=most]);
        }
    }
}
