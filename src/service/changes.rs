//! What changed between two kept handoffs, or two versions of one, as a text within a budget.

use serde::{Deserialize, Serialize};

use super::Service;
use super::fit::{self, Fitted};
use super::load::renderer;
use crate::build::{Options, refuse_small};
use crate::delta::Delta;
use crate::error::Result;
use crate::render::{Citations, Renderer};
use crate::store::Record;
use crate::update::{is_clearly_shorter, update_in_frame};

/// What is to be compared, and how the result is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Compare {
    /// The earlier handoff: its id, or `id@2` for its second version.
    pub base: String,
    /// The later one, in the same way.
    pub id: String,
    /// The most tokens the text may have; 2000 if none is named.
    pub budget: Option<usize>,
    /// The encoding or model that counts them.
    pub model: Option<String>,
    /// The rendering, Markdown if none is named.
    pub output: Option<String>,
    /// Whether entries show the lines of the transcript that prove them.
    pub cite: bool,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// The earlier handoff.
    pub base: String,
    /// The later one.
    pub id: String,
    /// The changes as text; the whole later handoff where they would hardly be shorter.
    pub text: String,
    /// The size of the text in tokens.
    pub tokens: usize,
    /// The size of the whole later handoff in tokens.
    pub full: usize,
    /// What counted them.
    pub encoding: String,
    /// Whether the text is the whole handoff.
    pub whole: bool,
    /// Changes that the budget had no room for.
    pub left_out: usize,
    /// The changes, all of them.
    pub delta: Delta,
}

impl Compare {
    fn options(&self) -> Result<Options> {
        let defaults = Options::default();
        Ok(Options {
            budget: self.budget.unwrap_or(defaults.budget),
            tokenizer: fit::tokenizer(self.model.as_deref())?,
            renderer: renderer(self.output.as_deref())?,
            citations: if self.cite { Citations::Shown } else { Citations::Hidden },
            ..defaults
        })
    }
}

impl Service {
    /// Gives a session what changed since the handoff that it has already; that counts as a load.
    pub fn load_changes(&self, request: &Compare) -> Result<Changed> {
        request.budget.map_or(Ok(()), refuse_small)?;
        self.load_changes_in_frame(request)
    }

    /// Says what changed from one handoff to another.
    pub fn changes(&self, request: &Compare) -> Result<Changed> {
        request.budget.map_or(Ok(()), refuse_small)?;
        self.changes_in_frame(request)
    }

    /// [`Service::load_changes`] in a budget of which a frame has taken its part already.
    pub(super) fn load_changes_in_frame(&self, request: &Compare) -> Result<Changed> {
        let (base, new) = (self.point(&request.base)?, self.point(&request.id)?);
        let changed = or_whole(self.compared(request, &base, &new)?, request, &new)?;
        self.note_changes(&base, &new, &changed);
        Ok(changed)
    }

    /// [`Service::changes`] in such a budget.
    pub(super) fn changes_in_frame(&self, request: &Compare) -> Result<Changed> {
        self.compared(request, &self.point(&request.base)?, &self.point(&request.id)?)
    }

    fn compared(&self, request: &Compare, base: &Record, new: &Record) -> Result<Changed> {
        let options = request.options()?;
        let tokenizer = options.tokenizer;
        let known = self.known(base, new)?;
        let update = update_in_frame(&base.state, &new.state, &known, &options)?;
        Ok(Changed {
            base: request.base.clone(),
            id: request.id.clone(),
            text: update.text,
            tokens: update.tokens,
            full: update.full,
            encoding: tokenizer.name(),
            whole: update.whole,
            left_out: update.left_out,
            delta: update.delta,
        })
    }
}

/// The whole handoff in place of changes that are not clearly shorter than it is within the same budget.
fn or_whole(changed: Changed, request: &Compare, new: &Record) -> Result<Changed> {
    let Options { budget, tokenizer, renderer, citations, .. } = request.options()?;
    let whole = Renderer { render: renderer.whole, ..*renderer };
    let Ok(fitted) = fit::fit(new.state.clone(), Some(budget), tokenizer, &whole, citations) else {
        return Ok(changed);
    };
    let is_told = changed.left_out == 0 && is_clearly_shorter(changed.tokens, fitted.tokens);
    if changed.whole || is_told {
        return Ok(changed);
    }
    let Fitted { text, tokens, left_out, .. } = fitted;
    Ok(Changed { text, tokens, left_out, whole: true, ..changed })
}
