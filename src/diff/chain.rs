//! Deltas in a row, each of what the one before it made.

use super::{apply, canonical, compose};
use crate::delta::Delta;
use crate::error::Result;
use crate::state::HandoffState;

/// A chain of more deltas than this is made one.
const LONGEST: usize = 8;

/// The handoff at the end of a chain; every delta is held against the hash of what it is put on.
pub fn replay(base: &HandoffState, chain: &[Delta]) -> Result<HandoffState> {
    chain.iter().try_fold(base.clone(), |state, delta| apply(&state, delta))
}

/// The same chain, or one delta in its place if it is longer than eight or its deltas take more room than the handoff
/// they lead to.
pub fn compact(base: &HandoffState, chain: &[Delta]) -> Result<Vec<Delta>> {
    let end = replay(base, chain)?;
    let room: usize = chain.iter().map(size).sum();
    match chain {
        [first, rest @ ..] if !rest.is_empty() && (chain.len() > LONGEST || room > canonical(&end).len()) => {
            let one = rest.iter().try_fold(first.clone(), |one, next| compose(&one, next))?;
            Ok(vec![one])
        }
        chain => Ok(chain.to_vec()),
    }
}

/// The room a delta takes, in bytes.
fn size(delta: &Delta) -> usize {
    serde_json::to_string(delta).expect("a delta is plain data").len()
}
