//! What changed since a base, as a text that fits a budget; the whole handoff where that is hardly longer.

use crate::build::{Options, refuse_small};
use crate::delta::Delta;
use crate::diff::{self, Known};
use crate::error::{Error, Result};
use crate::state::HandoffState;

/// From this share of the whole handoff on, in hundredths, the changes are not clearly shorter.
const HARDLY_SHORTER: usize = 85;

/// What changed since a base, and how it reads.
pub struct Update {
    /// What changed, all of it.
    pub delta: Delta,
    /// How it reads: never more than the budget.
    pub text: String,
    /// Its size in tokens.
    pub tokens: usize,
    /// Size of the whole handoff in tokens.
    pub full: usize,
    /// Whether the text is the whole handoff, since the changes are hardly shorter.
    pub whole: bool,
    /// How many changes the text leaves out for the budget.
    pub left_out: usize,
}

/// What changed from the base to the new handoff, within the budget of the options and rendered as they say.
pub fn update(base: &HandoffState, new: &HandoffState, known: &Known, options: &Options) -> Result<Update> {
    refuse_small(options.budget)?;
    update_in_frame(base, new, known, options)
}

/// The same in a budget of which a frame has taken its part already.
pub(crate) fn update_in_frame(
    base: &HandoffState,
    new: &HandoffState,
    known: &Known,
    options: &Options,
) -> Result<Update> {
    let count = |text: &str| options.tokenizer.count_upper(text);
    let delta = diff::diff(base, new, known);
    let full = count(&(options.renderer.render)(new, options.citations));
    let (text, left_out) = fit(&delta, new, options)?;
    let tokens = count(&text);
    if !is_clearly_shorter(tokens, full) || left_out > 0 {
        let text = (options.renderer.whole)(new, options.citations);
        let tokens = count(&text);
        if tokens <= options.budget {
            return Ok(Update { delta, text, tokens, full, whole: true, left_out: 0 });
        }
    }
    Ok(Update { delta, text, tokens, full, whole: false, left_out })
}

/// Whether changes of that size are worth giving in place of the whole handoff.
pub fn is_clearly_shorter(tokens: usize, full: usize) -> bool {
    tokens * 100 < full * HARDLY_SHORTER
}

/// The text of as many changes as fit, and how many it leaves out.
fn fit(delta: &Delta, new: &HandoffState, options: &Options) -> Result<(String, usize)> {
    let all = diff::changes(delta);
    let text = |told: usize| (options.renderer.changes)(&diff::cut(delta, told), new, options.citations);
    let size = |told: usize| options.tokenizer.count_upper(&text(told));
    if size(all) <= options.budget {
        return Ok((text(all), 0));
    }
    let mut told = most(all, |told| size(told) <= options.budget);
    while told > 0 && size(told) > options.budget {
        told -= 1;
    }
    if size(told) > options.budget {
        return Err(Error::BudgetTooSmall { budget: options.budget, minimum: size(0) });
    }
    Ok((text(told), all - told))
}

/// The largest number below `end` that fits, if none fits behind one that does not; 0 if none fits.
fn most(end: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, end);
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        if fits(middle) { low = middle } else { high = middle }
    }
    low
}
