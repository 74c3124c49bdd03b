//! Ranks at places, of which the lowest is always known: a tree in which every node holds the lowest of sixteen.

/// Children of a node.
const WIDTH: usize = 16;
/// What stands where there is no rank.
const NONE: u64 = u64::MAX;

/// The ranks of places `0..n`; a rank at a place is kept as one number, so that the leftmost of equals is the lowest.
#[derive(Default)]
pub(super) struct Lowest {
    /// The places themselves, then the lowest of each sixteen of them, and so on up to a single node.
    levels: Vec<Vec<[u64; WIDTH]>>,
    /// How many levels are in use.
    depth: usize,
}

impl Lowest {
    /// Forgets everything and takes these ranks.
    pub(super) fn fill(&mut self, ranks: impl Iterator<Item = Option<u32>>) {
        self.depth = 0;
        let level = self.next_level();
        for (place, rank) in ranks.enumerate() {
            push(level, place, key(place, rank));
        }
        while self.levels[self.depth - 1].len() > 1 {
            let mut below = std::mem::take(&mut self.levels[self.depth - 1]);
            let level = self.next_level();
            for (place, node) in below.iter().enumerate() {
                push(level, place, lowest(node));
            }
            std::mem::swap(&mut self.levels[self.depth - 2], &mut below);
        }
    }

    fn next_level(&mut self) -> &mut Vec<[u64; WIDTH]> {
        if self.levels.len() == self.depth {
            self.levels.push(Vec::new());
        }
        self.depth += 1;
        let level = &mut self.levels[self.depth - 1];
        level.clear();
        level
    }

    /// The lowest rank and its place.
    pub(super) fn lowest(&self) -> Option<(u32, usize)> {
        let key = self.levels[self.depth - 1].first().map_or(NONE, lowest);
        let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).expect("32 bits");
        (key != NONE).then(|| (half(key >> 32), half(key) as usize))
    }

    /// Sets the rank of a place.
    pub(super) fn set(&mut self, place: usize, rank: Option<u32>) {
        let mut place = place;
        let mut key = key(place, rank);
        for level in &mut self.levels[..self.depth] {
            let Some(node) = level.get_mut(place / WIDTH) else { return };
            if node[place % WIDTH] == key {
                return;
            }
            node[place % WIDTH] = key;
            key = lowest(node);
            place /= WIDTH;
        }
    }
}

fn key(place: usize, rank: Option<u32>) -> u64 {
    rank.map_or(NONE, |rank| u64::from(rank) << 32 | place as u64)
}

fn push(level: &mut Vec<[u64; WIDTH]>, place: usize, key: u64) {
    if place.is_multiple_of(WIDTH) {
        level.push([NONE; WIDTH]);
    }
    if let Some(node) = level.last_mut() {
        node[place % WIDTH] = key;
    }
}

#[inline]
fn lowest(node: &[u64; WIDTH]) -> u64 {
    node.iter().copied().fold(NONE, u64::min)
}
