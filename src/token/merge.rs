//! Merging the bytes of a piece into tokens, counted.
//!
//! Byte pair encoding (Sennrich, Haddow, Birch: "Neural Machine Translation of Rare Words with Subword Units", 2016)
//! merges the adjacent pair of the lowest rank, the leftmost of equals, until no pair merges.

use super::lowest::Lowest;
use super::vocabulary::Vocabulary;

/// The rank of a pair that does not merge.
const NONE: u32 = u32::MAX;
/// Pieces up to this many bytes are merged in an array.
const SHORT: usize = 48;
/// Longer pieces are merged this many bytes at a time.
const WINDOW: usize = 1024;
/// So many bytes before its end, a window is taken to be merged as the whole is.
const MARGIN: usize = 128;

/// Tokens as a list linked through the places where they start; room for one piece after the other.
#[derive(Default)]
pub(super) struct Merged {
    parts: Vec<Part>,
    pairs: Lowest,
}

#[derive(Clone, Copy)]
struct Part {
    token: u32,
    length: u32,
    /// The length of the one before.
    previous: u32,
}

/// A token that two windows have in common, and how many tokens each has before it, from the later one's start on.
struct Join {
    at: usize,
    earlier: usize,
    later: usize,
}

impl Merged {
    /// The number of tokens of a piece that is not itself one.
    pub(super) fn count(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> usize {
        match piece.len() {
            0..=16 => count_short::<16>(vocabulary, piece),
            17..=SHORT => count_short::<SHORT>(vocabulary, piece),
            _ => self.count_bounded(vocabulary, piece),
        }
    }

    /// Counts in windows, and gives back the room if they had to be large.
    fn count_bounded(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> usize {
        let tokens = self.count_long(vocabulary, piece);
        if self.parts.capacity() > 16 * WINDOW {
            *self = Merged::default();
        }
        tokens
    }

    /// In windows as small as do: each try has windows sixteen times as large, up to one for the whole.
    fn count_long(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> usize {
        let (mut window, mut margin) = (WINDOW, MARGIN);
        while window < piece.len() {
            if let Some(tokens) = self.count_in(vocabulary, piece, window, margin) {
                return tokens;
            }
            (window, margin) = (window * 16, margin * 16);
        }
        self.merge(vocabulary, piece)
    }

    /// Merges one window after the other, each from a token's start well before the end of the one before.
    ///
    /// This is exact: tokens are the encoding of their text if and only if each two neighbours are the encoding of
    /// theirs (van Antwerpen and Neubeck, "So many tokens, so little time", 2024; see GitHub's `bpe`). Neighbours
    /// in one window are. The tokens of two windows are joined at a token that both have in the same place: the
    /// neighbour before it is from the earlier window, which has both. If there is none, nothing is known.
    /// A window of the same bytes as the one before it, as in a long run, is not merged again.
    fn count_in(
        &mut self,
        vocabulary: &Vocabulary,
        piece: &[u8],
        window: usize,
        margin: usize,
    ) -> Option<usize> {
        let (mut start, mut tokens, mut merged) = (0, 0, 0);
        let mut last: &[u8] = &[];
        let mut tail = Vec::new();
        loop {
            let text = &piece[start..piece.len().min(start + window)];
            if text != last {
                merged = self.merge(vocabulary, text);
                last = text;
            }
            let Join { mut at, earlier, later } = self.join_windows(&tail, text.len())?;
            tokens += earlier;
            if start + text.len() == piece.len() {
                return Some(tokens + merged - later);
            }
            while at + self.length(at) <= window - margin {
                at += self.length(at);
                tokens += 1;
            }
            if at == 0 {
                return None;
            }
            self.keep_tail(&mut tail, at, text.len());
            start += at;
        }
    }

    /// Where this window first has a token that the one before, of which these are the lengths, has there too.
    fn join_windows(&self, tail: &[usize], end: usize) -> Option<Join> {
        let (mut at, mut later, mut place) = (0, 0, 0);
        for (earlier, &length) in tail.iter().enumerate() {
            while at < place {
                at += self.length(at);
                later += 1;
            }
            if at >= end {
                return None;
            }
            if at == place && self.length(at) == length {
                return Some(Join { at, earlier, later });
            }
            place += length;
        }
        tail.is_empty().then_some(Join { at: 0, earlier: 0, later: 0 })
    }

    /// Keeps the lengths of the tokens from a place on.
    fn keep_tail(&self, tail: &mut Vec<usize>, from: usize, end: usize) {
        tail.clear();
        let mut at = from;
        while at < end {
            tail.push(self.length(at));
            at += self.length(at);
        }
    }

    /// The length of the token that starts at a place.
    fn length(&self, at: usize) -> usize {
        self.parts[at].length as usize
    }

    /// Merges a text and gives the number of its tokens: n log n.
    fn merge(&mut self, vocabulary: &Vocabulary, text: &[u8]) -> usize {
        self.parts.clear();
        self.parts.extend(text.iter().map(|&byte| Part {
            token: vocabulary.byte(byte),
            length: 1,
            previous: 1,
        }));
        let pairs = self.parts.windows(2).map(|pair| vocabulary.merge(pair[0].token, pair[1].token));
        self.pairs.fill(pairs);
        let mut tokens = text.len();
        while let Some((rank, at)) = self.pairs.lowest() {
            self.join(vocabulary, at, rank);
            tokens -= 1;
        }
        tokens
    }

    /// Puts the token at a place and the one after it together.
    fn join(&mut self, vocabulary: &Vocabulary, at: usize, rank: u32) {
        let gone = at + self.length(at);
        self.parts[at].token = rank;
        self.parts[at].length += self.parts[gone].length;
        let Part { length, previous, .. } = self.parts[at];
        let next = self.parts.get_mut(at + length as usize).map(|next| {
            next.previous = length;
            next.token
        });
        let before = at.checked_sub(previous as usize).filter(|_| at > 0);
        self.pairs.set(gone, None);
        self.pairs.set(at, next.and_then(|next| vocabulary.merge(rank, next)));
        if let Some(before) = before {
            self.pairs.set(before, vocabulary.merge(self.parts[before].token, rank));
        }
    }
}

/// Looks for the lowest rank among all pairs at every merge: quadratic, and the fastest for few bytes.
fn count_short<const MOST: usize>(vocabulary: &Vocabulary, piece: &[u8]) -> usize {
    let mut tokens = [0; MOST];
    let mut pairs = [NONE; MOST];
    let merge = |left, right| vocabulary.merge(left, right).unwrap_or(NONE);
    for (token, byte) in tokens.iter_mut().zip(piece) {
        *token = vocabulary.byte(*byte);
    }
    let mut parts = piece.len();
    for at in 1..parts {
        pairs[at - 1] = merge(tokens[at - 1], tokens[at]);
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
            pairs[at] = merge(tokens[at], tokens[at + 1]);
        }
        if at > 0 {
            pairs[at - 1] = merge(tokens[at - 1], tokens[at]);
        }
    }
    parts
}

/// The first place of the lowest rank, if any pair merges.
fn lowest(pairs: &[u32]) -> Option<usize> {
    let mut best = (NONE, None);
    for (place, &rank) in pairs.iter().enumerate() {
        if rank < best.0 {
            best = (rank, Some(place));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary;
    use super::*;

    /// Windows of any size give what one window does.
    #[test]
    fn windows_change_nothing() {
        let mut state = 1_u64;
        let mut merged = Merged::default();
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
                let whole = merged.merge(vocabulary, &piece);
                for (window, margin) in [(8, 2), (16, 9), (64, 20), (128, 5), (399, 100)] {
                    let joined = merged.count_in(vocabulary, &piece, window, margin);
                    assert!(joined.is_none_or(|tokens| tokens == whole), "{joined:?} for {whole}");
                }
                assert_eq!(merged.count_long(vocabulary, &piece), whole);
                let short = &piece[..SHORT];
                assert_eq!(count_short::<SHORT>(vocabulary, short), merged.merge(vocabulary, short));
            }
        }
    }

    /// A piece of some megabytes takes no more room than a window, and is counted as in one.
    #[test]
    fn long_runs_are_merged_in_windows() {
        let mut merged = Merged::default();
        let vocabularies =
            [(&vocabulary::O200K, 5_000_000), (&vocabulary::CL100K, 300_001), (&vocabulary::P50K, 300_001)];
        for (vocabulary, length) in vocabularies {
            let run = vec![b'a'; length];
            let tokens = merged.count(vocabulary, &run);
            assert!(merged.parts.capacity() <= 16 * WINDOW, "room for {}", merged.parts.capacity());
            assert_eq!(Merged::default().merge(vocabulary, &run), tokens);
        }
    }

    /// Long pieces, random and repeating, on small and large alphabets, are counted as in one window.
    #[test]
    fn long_random_pieces_are_merged_in_windows() {
        let mut state = 7_u64;
        let mut random = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for round in 0..60_u64 {
            let alphabet = [2, 3, 8, 26, 60, 256][usize::try_from(round % 6).expect("below 6")];
            let first = if alphabet == 256 { 0 } else { 0x41 };
            let period = if round % 4 == 0 { 1 + random(300) } else { 10_000 };
            let part: Vec<u8> =
                (0..period).map(|_| u8::try_from(first + random(alphabet)).expect("below 256")).collect();
            let piece: Vec<u8> = part.iter().copied().cycle().take(10_000).collect();
            for vocabulary in [&vocabulary::O200K, &vocabulary::CL100K, &vocabulary::P50K, &vocabulary::R50K]
            {
                let whole = Merged::default().merge(vocabulary, &piece);
                let mut merged = Merged::default();
                assert_eq!(merged.count(vocabulary, &piece), whole, "round {round}");
                assert!(merged.parts.capacity() <= 16 * WINDOW);
            }
        }
    }
}
