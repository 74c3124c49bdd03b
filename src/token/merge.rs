//! Merging the bytes of a piece into tokens, counted.
//!
//! Byte pair encoding merges the adjacent pair of the lowest rank, the leftmost of equals, until no pair is a token.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::vocabulary::Vocabulary;

/// Pieces up to this many bytes are merged in an array.
const SHORT: usize = 64;
/// The rank of a pair that is no token.
const NONE: u32 = u32::MAX;

/// The number of tokens of a piece that is not itself one.
pub(super) fn count(vocabulary: &Vocabulary, piece: &[u8]) -> usize {
    if piece.len() <= SHORT { count_short(vocabulary, piece) } else { count_long(vocabulary, piece) }
}

fn rank(vocabulary: &Vocabulary, piece: &[u8], start: usize, end: usize) -> u32 {
    vocabulary.token(piece, start, end).map_or(NONE, |token| token.rank())
}

/// Looks for the lowest rank among all parts at every merge: quadratic, and the fastest for few bytes.
fn count_short(vocabulary: &Vocabulary, piece: &[u8]) -> usize {
    let mut starts = [0_usize; SHORT + 1];
    let mut ranks = [NONE; SHORT];
    for (index, start) in starts.iter_mut().enumerate() {
        *start = index;
    }
    let mut parts = piece.len();
    for (start, place) in ranks.iter_mut().enumerate().take(parts.saturating_sub(1)) {
        *place = rank(vocabulary, piece, start, start + 2);
    }
    while parts > 1 {
        let (lowest, at) = lowest(&ranks[..parts - 1]);
        if lowest == NONE {
            break;
        }
        starts.copy_within(at + 2..=parts, at + 1);
        ranks.copy_within(at + 1..parts, at);
        parts -= 1;
        let pair = |at: usize| {
            if at + 2 > parts { NONE } else { rank(vocabulary, piece, starts[at], starts[at + 2]) }
        };
        ranks[at] = pair(at);
        if at > 0 {
            ranks[at - 1] = pair(at - 1);
        }
    }
    parts
}

fn lowest(ranks: &[u32]) -> (u32, usize) {
    let mut best = (NONE, 0);
    for (at, &rank) in ranks.iter().enumerate() {
        if rank < best.0 {
            best = (rank, at);
        }
    }
    best
}

/// Keeps the pairs in a heap and the parts in a linked list: n log n.
fn count_long(vocabulary: &Vocabulary, piece: &[u8]) -> usize {
    let length = piece.len();
    let mut next: Vec<usize> = (1..=length).collect();
    let mut previous: Vec<usize> = (0..length).map(|at| at.wrapping_sub(1)).collect();
    let mut alive = vec![NONE; length];
    let mut heap = BinaryHeap::new();
    for start in 0..length - 1 {
        let rank = rank(vocabulary, piece, start, start + 2);
        alive[start] = rank;
        if rank != NONE {
            heap.push(Reverse((rank, start)));
        }
    }
    let mut parts = length;
    while let Some(Reverse((pair, at))) = heap.pop() {
        if alive[at] != pair {
            continue;
        }
        let gone = next[at];
        next[at] = next[gone];
        alive[gone] = NONE;
        if next[gone] < length {
            previous[next[gone]] = at;
        }
        parts -= 1;
        for start in [at, previous[at]] {
            if start == usize::MAX {
                continue;
            }
            let middle = next[start];
            let rank = if middle < length { rank(vocabulary, piece, start, next[middle]) } else { NONE };
            alive[start] = rank;
            if rank != NONE {
                heap.push(Reverse((rank, start)));
            }
        }
    }
    parts
}
