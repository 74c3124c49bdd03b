//! Fitting a kept handoff into a budget: its entries are packed anew, so that the most telling ones stay.

use super::entries;
use crate::error::{Error, Result};
use crate::pack;
use crate::render::{Citations, Renderer};
use crate::state::{HandoffState, Metadata, Tokens};
use crate::token::{Encoding, Tokenizer};

/// A handoff within a budget, and how it reads.
pub(super) struct Fitted {
    pub state: HandoffState,
    pub text: String,
    pub tokens: usize,
    /// Entries that had to go.
    pub left_out: usize,
}

/// The tokenizer of that name, or the usual one.
pub(super) fn tokenizer(name: Option<&str>) -> Result<Tokenizer> {
    name.map_or(Ok(Tokenizer::Exact(Encoding::default())), Tokenizer::resolve)
}

/// Fits a handoff into a budget, if there is one; what fits as it is stays as it is.
pub(super) fn fit(
    mut state: HandoffState,
    budget: Option<usize>,
    tokenizer: Tokenizer,
    renderer: &Renderer,
    citations: Citations,
) -> Result<Fitted> {
    let known = state.metadata.tokens.as_ref().map(|tokens| tokens.budget);
    state.metadata.tokens = budget
        .map(|budget| budget as u64)
        .or(known)
        .map(|budget| Tokens { encoding: tokenizer.name(), budget });
    let measure = |state: &HandoffState| tokenizer.count_upper(&(renderer.render)(state, citations));
    let text = (renderer.render)(&state, citations);
    let tokens = tokenizer.count_upper(&text);
    let Some(budget) = budget.filter(|budget| tokens > *budget) else {
        return Ok(Fitted { state, text, tokens, left_out: 0 });
    };
    let facts = entries::facts(&state);
    let packed = pack::pack(&facts, &state.metadata, budget, &measure, &|text| tokenizer.count_upper(text));
    let packed =
        packed.ok_or_else(|| Error::BudgetTooSmall { budget, minimum: barest(&state.metadata, &measure) })?;
    let text = (renderer.render)(&packed.state, citations);
    let left_out = facts.len() - packed.choice.len();
    Ok(Fitted { state: packed.state, text, tokens: packed.tokens, left_out })
}

fn barest(metadata: &Metadata, measure: pack::Measure) -> usize {
    measure(&pack::assemble(&[], &pack::Choice::new(), metadata))
}
