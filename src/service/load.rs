//! Loading: a kept handoff as text for the next agent, within its budget.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::tree::{self, Tree};
use super::{Point, Service, conversation, fit, read};
use crate::build::{MINIMUM, refuse_small};
use crate::error::{Error, Result};
use crate::render::{self, Citations, Renderer};
use crate::state::HandoffState;
use crate::store::{Id, Record, version_name};
use crate::token::Tokenizer;
use crate::worktree::{self, Visit};

/// The rendering in which handoffs are saved.
const MARKDOWN: &str = "markdown";

/// What is to be loaded, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Load {
    /// Which handoff, or `id@2` for its second version; the one that was saved last if none is named.
    pub id: Option<String>,
    /// Which version of it; the last if none is named.
    pub version: Option<u32>,
    /// The most tokens the text may have; as many as it was saved with if none is named, in the form it was saved in.
    pub budget: Option<usize>,
    /// The encoding or model that counts them; the one that counted it at the save if none is named.
    pub model: Option<String>,
    /// The rendering, Markdown if none is named.
    pub output: Option<String>,
    /// The most messages of the conversation, the last ones, to give along; none if none is named.
    pub messages: Option<usize>,
    /// Whether entries show the lines of the transcript that prove them.
    pub cite: bool,
    /// The working tree that says what changed since the save.
    pub tree: Tree,
}

/// What was loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    /// Which handoff.
    pub id: String,
    /// Which version of it.
    pub version: u32,
    /// When it was saved; none if another tool did.
    pub saved_at: Option<Timestamp>,
    /// The handoff as text.
    pub text: String,
    /// The last messages of the conversation, as many as were asked for and as there is room for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// The size of the text in tokens, without the conversation.
    pub tokens: usize,
    /// What counted them.
    pub encoding: String,
    /// Entries that the budget had no room for.
    pub left_out: usize,
    /// What became of the places in files, if a working tree was at hand.
    pub visit: Option<Visit>,
    /// The handoff that the text tells.
    #[serde(skip_serializing, default = "none")]
    pub state: Option<HandoffState>,
}

fn none() -> Option<HandoffState> {
    None
}

impl Service {
    /// Loads a handoff.
    pub fn load(&self, request: &Load) -> Result<Loaded> {
        request.budget.map_or(Ok(()), refuse_small)?;
        self.load_in_frame(request)
    }

    /// The same in a budget of which a frame has taken its part already.
    pub(super) fn load_in_frame(&self, request: &Load) -> Result<Loaded> {
        let Point { id, version } = self.meant(request)?;
        let mut record = self.version(&id, version)?;
        let conversation = record.conversation.take().zip(request.messages);
        let root = request.tree.root(&tree::recorded(&record.state));
        let visit = root.map(|root| worktree::revisit(&mut record.state, &root));
        let tokenizer = tokenizer(request, &record)?;
        let renderer = renderer(request.output.as_deref())?;
        let citations = if request.cite { Citations::Shown } else { Citations::Hidden };
        let budget = request.budget.or_else(|| as_saved(&record, renderer, citations));
        let fitted = fit::fit(record.state.clone(), budget, tokenizer, renderer, citations)?;
        self.note_load(&id, &record, &fitted.text, fitted.tokens, tokenizer.name());
        let left = request.budget.map_or(usize::MAX, |budget| budget - fitted.tokens);
        Ok(Loaded {
            conversation: conversation.map(|(talk, most)| last(&talk, most, left, tokenizer)),
            id: id.to_string(),
            version: record.version,
            saved_at: record.saved_at,
            text: fitted.text,
            tokens: fitted.tokens,
            encoding: tokenizer.name(),
            left_out: fitted.left_out,
            visit,
            state: Some(fitted.state),
        })
    }

    /// The handoff that is meant, and which version of it.
    pub(super) fn meant(&self, request: &Load) -> Result<Point> {
        let named = request.id.as_deref().map(Point::of).transpose()?;
        let point = named.map_or_else(|| self.latest().map(Point::last), Ok)?;
        Ok(Point { version: request.version.or(point.version), ..point })
    }

    /// A record, or a former version of it.
    pub(super) fn version(&self, id: &Id, number: Option<u32>) -> Result<Record> {
        let last = self.record(id.as_str());
        let is_last = |number: &u32| last.as_ref().is_ok_and(|last| last.version == *number);
        let Some(number) = number.filter(|number| !is_last(number)) else { return last };
        // The former ones are there, whatever became of the last.
        match self.store.note(id, &version_name(number))? {
            Some(bytes) => read(id, &bytes),
            None => last.and_then(|_| Err(Error::NoSuchVersion { id: id.to_string(), number })),
        }
    }

    /// The handoff that was saved last.
    fn latest(&self) -> Result<Id> {
        let heads = self.heads()?.read;
        let latest = heads.into_iter().max_by_key(|(id, head, _)| (head.time(), id.clone()));
        latest.map(|(id, ..)| id).ok_or_else(|| Error::EmptyStore { store: self.address() })
    }
}

/// What counts a load: what is named, else what counted the handoff when it was saved.
fn tokenizer(request: &Load, record: &Record) -> Result<Tokenizer> {
    let saved = || Tokenizer::resolve(&record.state.metadata.tokens.as_ref()?.encoding).ok();
    match &request.model {
        Some(named) => Tokenizer::resolve(named),
        None => saved().map_or_else(|| fit::tokenizer(None), Ok),
    }
}

/// The budget that a handoff was saved with, where it is told in the same form: what a load says of its files beside that
/// has to be within it too.
fn as_saved(record: &Record, renderer: &Renderer, citations: Citations) -> Option<usize> {
    let is_same = renderer.name == MARKDOWN && citations == Citations::Hidden;
    let saved = record.state.metadata.tokens.as_ref().filter(|_| is_same)?.budget;
    usize::try_from(saved).ok().filter(|budget| *budget >= MINIMUM)
}

/// The last messages of a conversation, at most so many and with no more tokens than that.
fn last(talk: &str, most: usize, room: usize, tokenizer: Tokenizer) -> String {
    let messages = conversation::messages(talk);
    let mut first = messages.len();
    while first > messages.len().saturating_sub(most)
        && tokenizer.count_upper(&messages[first - 1..].concat()) <= room
    {
        first -= 1;
    }
    messages[first..].concat()
}

pub(super) fn renderer(name: Option<&str>) -> Result<&'static Renderer> {
    let name = name.unwrap_or(MARKDOWN);
    render::find(name).ok_or_else(|| Error::NoSuchRendering {
        name: name.to_owned(),
        known: render::RENDERERS.iter().map(|renderer| renderer.name).collect::<Vec<_>>().join(", "),
    })
}
