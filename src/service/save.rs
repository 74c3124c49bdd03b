//! Saving: what is handed in becomes a handoff under an id, and what was there a version.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::given::redacted;
use super::tree::{self, Tree};
use super::{Given, Keeping, Service, conversation, fit, since};
use crate::build::{Handoff, Options, build, refuse_small, resume};
use crate::checkpoint::Kept;
use crate::diff::Known;
use crate::error::{Error, Result};
use crate::event::Warning;
use crate::state::{Environment, HandoffState};
use crate::store::{Comment, Id, Record, SCHEMA_VERSION, Stage, Visibility};
use crate::token::Tokenizer;
use crate::{project, render, worktree};

/// How something is to be saved. What is not named stays as it was under that id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Save {
    /// Under which id; made from objective and time if none.
    pub id: Option<String>,
    /// The handoff it goes on from.
    pub base: Option<String>,
    /// The most tokens it may have as Markdown: 2000 for a transcript, no limit for a handoff that somebody wrote.
    pub budget: Option<usize>,
    /// The encoding or model that counts them.
    pub model: Option<String>,
    /// The format of the transcript; detected if none.
    pub format: Option<String>,
    /// What people call it.
    pub title: Option<String>,
    /// Words to find it by, added to those there are.
    pub tags: Vec<String>,
    /// Whether it is still needed.
    pub status: Option<Stage>,
    /// The project it belongs to.
    pub project: Option<String>,
    /// Where it is saved from: of that project it is, if nothing else tells.
    pub folder: Option<PathBuf>,
    /// The agent whose session it was.
    pub agent: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// Who works on it too, added to those there are.
    pub collaborators: Vec<String>,
    /// Who may see it.
    pub visibility: Option<Visibility>,
    /// The conversation, word for word.
    pub conversation: Option<String>,
    /// Whether the conversation is taken from the transcript, if none is given.
    pub keep_conversation: bool,
    /// What was said about it, added to what was said already.
    pub comments: Vec<Comment>,
    /// Whether nobody asked for it: then it can be switched off.
    pub automatic: bool,
    /// The working tree in which places are confirmed and anchored.
    pub tree: Tree,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Under which id.
    pub id: String,
    /// In which store.
    pub store: String,
    /// Which save of this id it is, from 1.
    pub version: u32,
    /// When that was.
    pub saved_at: Timestamp,
    /// When what was there before had been saved, if there was something.
    pub replaced: Option<Timestamp>,
    /// Whether it was there already, word for word: then no version was made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unchanged: bool,
    /// The handoff that its session was saved to until now, if that is another: it stays as it is from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its size as Markdown, in tokens.
    pub tokens: usize,
    /// What counted them.
    pub encoding: String,
    /// Size of what it was made from, in tokens; 0 if it was written by somebody.
    pub tokens_read: u64,
    /// Secrets that were taken out of what was handed in beside a transcript.
    pub redacted: usize,
    /// What could not be read.
    #[serde(skip)]
    pub warnings: Vec<Warning>,
}

/// What is to be kept, before it has an id.
struct Made {
    state: HandoffState,
    /// What tells why something of its base is not in it.
    known: Known,
    tokens: usize,
    redacted: usize,
    warnings: Vec<Warning>,
    /// What reading on takes.
    kept: Kept,
}

impl Service {
    /// Saves what is handed in.
    pub fn save(&self, given: Given, request: &Save) -> Result<Saved> {
        if request.automatic && !self.settings.automatic {
            return Err(Error::Disabled);
        }
        let (mut request, marks) = redacted(request);
        let base = self.base(&request)?;
        let tokenizer = fit::tokenizer(request.model.as_deref())?;
        if let (Given::Transcript(bytes), true, None) =
            (&given, request.keep_conversation, &request.conversation)
        {
            request.conversation = Some(conversation::of(bytes, request.format.as_deref())?);
        }
        let going_on = base.as_ref().map(|base| base.state.clone());
        let mut made = self.make(given, &request, tokenizer, going_on)?;
        made.redacted += marks;
        let saved = self.keep(&made, base.as_ref(), &request, &tokenizer)?;
        self.keep_to_read_on(&Id::new(&saved.id)?, &made.kept)?;
        Ok(saved)
    }

    /// The handoff of what is handed in. Who names an id will come back to it: then only what is new is read.
    fn make(
        &self,
        given: Given,
        request: &Save,
        tokenizer: Tokenizer,
        base: Option<HandoffState>,
    ) -> Result<Made> {
        match given {
            Given::Transcript(bytes) => {
                let defaults = Options::default();
                let budget = request.budget.unwrap_or(defaults.budget);
                let options = Options { budget, tokenizer, format: request.format.clone(), base, ..defaults };
                let options = request.tree.seen_by(options);
                match &request.id {
                    Some(id) => {
                        let before = self.kept_to_read_on(&Id::new(id)?)?;
                        let (made, kept) = resume(&bytes, &options, before.as_deref())?;
                        Ok(Made { kept, ..of_transcript(made) })
                    }
                    None => Ok(of_transcript(build(&bytes, &options)?)),
                }
            }
            Given::State(state) => make_of(&state, Known::default(), request, tokenizer, base),
            Given::Proven { state, facts } => make_of(&state, Known::facts(facts), request, tokenizer, base),
        }
    }

    /// The handoff that this one goes on from: the one that is named, else what is under its id already.
    fn base(&self, request: &Save) -> Result<Option<Record>> {
        if let Some(base) = &request.base {
            return self.record(base).map(Some);
        }
        let Some(id) = &request.id else { return Ok(None) };
        Ok(self.there(&Id::new(id)?)?.map(|(record, _)| record))
    }

    fn keep(
        &self,
        made: &Made,
        base: Option<&Record>,
        request: &Save,
        tokenizer: &Tokenizer,
    ) -> Result<Saved> {
        let now = self.settings.clock.now();
        let id = match &request.id {
            Some(id) => Id::new(id)?,
            None => self.free_id(&Id::generate(&made.state.task.objective, now))?,
        };
        if let Some(there) = self.unchanged(&id, made, request, now)? {
            let before = self.note_place_of(&id, &there, made, request)?;
            return Ok(Saved { unchanged: true, before, ..self.saved(&id, &there, made, tokenizer) });
        }
        let mut replaced = None;
        let record = self.change(&id, Keeping::Version, |there| {
            replaced = there.as_ref().map(Record::time);
            // Where the last one was lost, or one before it was put in its place, none of the others is written over.
            let former = self.former(&id, u32::MAX)?.first().copied().unwrap_or_default();
            let before = there.as_ref().map_or(0, |there| there.version).max(former);
            let mut record = renewed(there, &id, made, request, now);
            record.version = before.saturating_add(1);
            record.delta = base.map(|base| since::delta(base, &record, &made.known));
            Ok(record)
        })?;
        let before = self.note_place_of(&id, &record, made, request)?;
        Ok(Saved { replaced, before, ..self.saved(&id, &record, made, tokenizer) })
    }

    /// What is there, if it says all that is to be saved, and in the same way.
    fn unchanged(&self, id: &Id, made: &Made, request: &Save, now: Timestamp) -> Result<Option<Record>> {
        let Some((there, _)) = self.there(id)? else { return Ok(None) };
        let mut record = renewed(Some(there.clone()), id, made, request, now);
        record.saved_at = there.saved_at;
        if request.base.is_none() {
            record.state.metadata.base_session.clone_from(&there.state.metadata.base_session);
        }
        Ok((record == there).then_some(there))
    }

    /// Notes where a session was saved, and gives the handoff that it was saved to before, if that is another.
    fn note_place_of(&self, id: &Id, record: &Record, made: &Made, request: &Save) -> Result<Option<String>> {
        let before = self.note_place(id, record, || {
            let own = request.project.as_ref().and_then(|_| project_of(&made.state.environment));
            own.is_none_or(|own| own == record.project)
        })?;
        Ok(before.map(|id| id.to_string()))
    }

    fn saved(&self, id: &Id, record: &Record, made: &Made, tokenizer: &Tokenizer) -> Saved {
        Saved {
            id: id.to_string(),
            store: self.address(),
            version: record.version,
            saved_at: record.time(),
            replaced: None,
            unchanged: false,
            before: None,
            tokens: made.tokens,
            encoding: tokenizer.name(),
            tokens_read: record.state.metadata.source.as_ref().map_or(0, |source| source.tokens),
            redacted: made.redacted,
            warnings: made.warnings.clone(),
        }
    }

    /// The id, or the first free one with a number behind it.
    pub(super) fn free_id(&self, id: &Id) -> Result<Id> {
        let taken = self.store.list()?.ids;
        let is_free = |id: &Id| !taken.iter().any(|other| other.is_like(id));
        let numbered = (2..).map(|number| id.numbered(number));
        let mut candidates = std::iter::once(id.clone()).chain(numbered);
        Ok(candidates.find(is_free).expect("numbers do not end"))
    }
}

fn of_transcript(mut made: Handoff) -> Made {
    if let Some(root) = &made.root {
        worktree::anchor(&mut made.state, root);
    }
    let known = Known::facts(made.facts);
    let (state, tokens, warnings) = (made.state, made.tokens, made.warnings);
    Made { state, known, tokens, redacted: 0, warnings, kept: Kept::Nothing }
}

/// The handoff of one that is there.
fn make_of(
    state: &HandoffState,
    known: Known,
    request: &Save,
    tokenizer: Tokenizer,
    base: Option<HandoffState>,
) -> Result<Made> {
    let (mut state, redacted) = redacted(state);
    state.metadata.base_session = base.map(|base| base.metadata.session_id).or(state.metadata.base_session);
    let markdown = render::find("markdown").expect("markdown is in the list");
    request.budget.map_or(Ok(()), refuse_small)?;
    let mut fitted = fit::fit(state, request.budget, tokenizer, markdown, render::Citations::Hidden)?;
    if let Some(root) = request.tree.root(&tree::recorded(&fitted.state)) {
        // What was anchored before may have moved since.
        worktree::revisit(&mut fitted.state, &root);
        worktree::anchor(&mut fitted.state, &root);
    }
    let (state, tokens) = (fitted.state, fitted.tokens);
    Ok(Made { state, known, tokens, redacted, warnings: Vec::new(), kept: Kept::Nothing })
}

/// The record with the new handoff; what nobody named stays as it was.
fn renewed(there: Option<Record>, id: &Id, made: &Made, request: &Save, now: Timestamp) -> Record {
    let mut record = there.unwrap_or_else(|| Record::new(made.state.clone()));
    record.state = made.state.clone();
    let metadata = &mut record.state.metadata;
    // In the protocol's words the session is what the handoff is saved under; the agent's own name of it is ours to keep.
    let session = std::mem::replace(&mut metadata.session_id, id.to_string());
    if session != id.as_str() {
        record.agent_session = session;
    }
    let format = metadata.source.as_ref().map(|source| source.format.clone());
    put(&mut record.agent, request.agent.clone().or(format));
    let named = request.project.clone().or_else(|| project_of(&made.state.environment));
    let at_hand = || {
        request.folder.as_deref().filter(|_| record.project.is_empty()).map(|folder| project::of(folder).id)
    };
    let project = named.or_else(at_hand);
    put(&mut record.project, project);
    put(&mut record.title, request.title.clone());
    put(&mut record.owner, request.owner.clone());
    add(&mut record.tags, &request.tags);
    add(&mut record.collaborators, &request.collaborators);
    record.status = request.status.unwrap_or(record.status);
    record.visibility = request.visibility.unwrap_or(record.visibility);
    record.conversation.clone_from(&request.conversation);
    record.comments.extend(request.comments.iter().cloned());
    Record { schema_version: SCHEMA_VERSION, saved_at: Some(now), tokens: Some(made.tokens as u64), ..record }
}

/// The project that a session worked in: as its folder tells, if that is on this machine, else as the transcript does.
fn project_of(environment: &Environment) -> Option<String> {
    let folder = Path::new(&environment.cwd);
    if folder.is_absolute() && folder.is_dir() {
        return Some(project::of(folder).id);
    }
    let place = [&environment.repository, &environment.cwd].into_iter().find(|place| !place.is_empty());
    place.map(|place| project::id_of(place))
}

fn put(field: &mut String, given: Option<String>) {
    if let Some(given) = given {
        *field = given;
    }
}

/// Adds words to a sorted list that has each once.
pub(super) fn add(list: &mut Vec<String>, words: &[String]) {
    list.extend(words.iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()));
    list.sort_unstable();
    list.dedup();
}
