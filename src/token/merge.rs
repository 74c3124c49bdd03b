//! Merging the bytes of a piece into tokens, counted.
//!
//! Byte pair encoding (Sennrich, Haddow, Birch: "Neural Machine Translation of Rare Words with Subword Units", 2016)
//! merges the adjacent pair of the lowest rank, the leftmost of equals, until no pair merges.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::vocabulary::Vocabulary;

/// The rank of a pair that does not merge.
const NONE: u32 = u32::MAX;
/// Pieces up to this many bytes are merged in an array.
const SHORT: usize = 96;
/// Longer pieces are merged this many bytes at a time.
const WINDOW: usize = 4096;
/// So many bytes before its end, a window is taken to be merged as the whole is.
const MARGIN: usize = 512;

/// The number of tokens of a piece that is not itself one.
pub(super) fn count(vocabulary: &Vocabulary, piece: &[u8]) -> usize {
    match piece.len() {
        0..=16 => count_short::<16>(vocabulary, piece),
        17..=SHORT => count_short::<SHORT>(vocabulary, piece),
        _ => count_long(vocabulary, piece, WINDOW, MARGIN),
    }
}

/// Looks for the lowest rank among all pairs at every merge: quadratic, and the fastest for few bytes.
fn count_short<const MOST: usize>(vocabulary: &Vocabulary, piece: &[u8]) -> usize {
    let mut tokens = [0; MOST];
    let mut pairs = [NONE; MOST];
    for (token, byte) in tokens.iter_mut().zip(piece) {
        *token = vocabulary.byte(*byte);
    }
    let mut parts = piece.len();
    for at in 1..parts {
        pairs[at - 1] = vocabulary.merge(tokens[at - 1], tokens[at]).unwrap_or(NONE);
    }
    while let Some(at) = lowest(&pairs[..parts]) {
        tokens[at] = pairs[at];
        for gone in at + 1..parts - 1 {
            tokens[gone] = tokens[gone + 1];
            pairs[gone - 1] = pairs[gone];
        }
        parts -= 1;
        pairs[parts - 1] = NONE;
        if at + 1 < parts {
            pairs[at] = vocabulary.merge(tokens[at], tokens[at + 1]).unwrap_or(NONE);
        }
        if at > 0 {
            pairs[at - 1] = vocabulary.merge(tokens[at - 1], tokens[at]).unwrap_or(NONE);
        }
    }
    parts
}

/// The first place of the lowest rank, if any pair merges.
fn lowest(pairs: &[u32]) -> Option<usize> {
    let lowest = pairs.iter().copied().min().filter(|&rank| rank != NONE)?;
    pairs.iter().position(|&rank| rank == lowest)
}

/// Merges one window after the other, each from a token's start well before the end of the one before.
///
/// This is exact: tokens are the encoding of their text if and only if each two neighbours are the encoding of theirs
/// (van Antwerpen and Neubeck, "So many tokens, so little time", 2024; see GitHub's `bpe`). Neighbours in one window
/// are. Those on either side of a window's start are too if its first token is the one that the window before has
/// there, since they are neighbours in that. If it is another, the whole piece is one window.
fn count_long(vocabulary: &Vocabulary, piece: &[u8], window: usize, margin: usize) -> usize {
    let mut merged = Merged::default();
    let (mut start, mut tokens, mut first_length) = (0, 0, None);
    while piece.len() - start > window {
        merged.merge(vocabulary, &piece[start..start + window]);
        if first_length.is_some_and(|length| length != merged.length(0)) {
            return merged.merge(vocabulary, piece);
        }
        let mut at = 0;
        while at + merged.length(at) <= window - margin {
            at += merged.length(at);
            tokens += 1;
        }
        if at == 0 {
            return merged.merge(vocabulary, piece);
        }
        first_length = Some(merged.length(at));
        start += at;
    }
    let rest = merged.merge(vocabulary, &piece[start..]);
    if first_length.is_some_and(|length| length != merged.length(0)) {
        return merged.merge(vocabulary, piece);
    }
    tokens + rest
}

/// Tokens as a list linked through the places where they start; pairs by rank and place in a heap.
#[derive(Default)]
struct Merged {
    parts: Vec<Part>,
    heap: BinaryHeap<Reverse<(u32, usize)>>,
}

#[derive(Clone, Copy)]
struct Part {
    token: u32,
    /// The rank of what it and the next merge into.
    pair: u32,
    length: usize,
    /// The length of the one before.
    previous: usize,
}

impl Merged {
    /// The length of the token that starts at a place.
    fn length(&self, at: usize) -> usize {
        self.parts[at].length
    }

    /// Merges a text and gives the number of its tokens: n log n.
    fn merge(&mut self, vocabulary: &Vocabulary, text: &[u8]) -> usize {
        self.parts.clear();
        self.parts.extend(text.iter().map(|&byte| Part {
            token: vocabulary.byte(byte),
            pair: NONE,
            length: 1,
            previous: 1,
        }));
        self.heap.clear();
        for at in 0..text.len() {
            self.pair(vocabulary, at);
        }
        let mut tokens = text.len();
        while let Some(Reverse((rank, at))) = self.heap.pop() {
            if self.parts[at].pair == rank {
                self.join(vocabulary, at, rank);
                tokens -= 1;
            }
        }
        tokens
    }

    /// Puts the token at a place and the one after it together.
    fn join(&mut self, vocabulary: &Vocabulary, at: usize, rank: u32) {
        let gone = at + self.parts[at].length;
        self.parts[gone].pair = NONE;
        self.parts[at].token = rank;
        self.parts[at].length += self.parts[gone].length;
        let length = self.parts[at].length;
        if let Some(next) = self.parts.get_mut(at + length) {
            next.previous = length;
        }
        self.pair(vocabulary, at);
        if at > 0 {
            self.pair(vocabulary, at - self.parts[at].previous);
        }
    }

    /// Looks up what the token at a place and the one after it merge into.
    fn pair(&mut self, vocabulary: &Vocabulary, at: usize) {
        let Part { token, length, .. } = self.parts[at];
        let next = self.parts.get(at + length);
        let pair = next.and_then(|next| vocabulary.merge(token, next.token));
        self.parts[at].pair = pair.unwrap_or(NONE);
        if let Some(rank) = pair {
            self.heap.push(Reverse((rank, at)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary;
    use super::*;

    /// Windows of any size give what one window does.
    #[test]
    fn windows_change_nothing() {
        let mut state = 1_u64;
        for round in 0..600 {
            let alphabet = 1 + round % 26;
            let piece: Vec<u8> = (0..400)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    b'a' + u8::try_from((state >> 33) % alphabet).expect("below 26")
                })
                .collect();
            for vocabulary in [&vocabulary::O200K, &vocabulary::CL100K, &vocabulary::P50K, &vocabulary::R50K]
            {
                let whole = Merged::default().merge(vocabulary, &piece);
                for (window, margin) in [(8, 2), (16, 9), (64, 20), (128, 5), (399, 100)] {
                    assert_eq!(count_long(vocabulary, &piece, window, margin), whole);
                }
                let short = Merged::default().merge(vocabulary, &piece[..SHORT]);
                assert_eq!(count_short::<SHORT>(vocabulary, &piece[..SHORT]), short);
            }
        }
    }
}
