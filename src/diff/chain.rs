//! Deltas in a row, each of what the one before it made.

use super::{apply, compose};
use crate::delta::Delta;
use crate::error::Result;
use crate::state::HandoffState;

/// The handoff at the end of a chain; every delta is held against the hash of what it is put on.
pub fn replay(base: &HandoffState, chain: &[Delta]) -> Result<HandoffState> {
    chain.iter().try_fold(base.clone(), |state, delta| apply(&state, delta))
}

/// One delta in place of a chain of them, each held against the hash of what it is put on; none of an empty chain.
pub fn compact(base: &HandoffState, chain: &[Delta]) -> Result<Option<Delta>> {
    replay(base, chain)?;
    let Some((first, rest)) = chain.split_first() else { return Ok(None) };
    rest.iter().try_fold(first.clone(), |one, next| compose(&one, next)).map(Some)
}
