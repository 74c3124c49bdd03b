//! Which entry of a list is which of another: those that are the same first, then those known by the same key, then those
//! that are alike.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use super::identity::Mark;
use super::parts::Entry;
use crate::delta::Section;

/// Lists of which more pairs than this would have to be compared word by word are not.
const PAIRS: usize = 250_000;

/// For each new entry the place of the old one that it is, if it is one.
pub(super) fn pairs(section: Section, old: &[Entry], new: &[Entry]) -> Vec<Option<usize>> {
    let mut pairing = Pairing { pairs: vec![None; new.len()], free: vec![true; old.len()] };
    pairing.in_place(old, new);
    let same = |entry: &Entry| serde_json::to_string(entry).expect("an entry is plain data");
    pairing.by_key(|at| same(&old[at]), |at| same(&new[at]));
    let mark = |entry| Mark::of(section, entry);
    let old: Vec<Option<Mark>> =
        old.iter().zip(&pairing.free).map(|(it, free)| free.then(|| mark(it))).collect();
    let new: Vec<Option<Mark>> =
        new.iter().zip(&pairing.pairs).map(|(it, pair)| pair.is_none().then(|| mark(it))).collect();
    let key = |mark: &Option<Mark>| mark.as_ref().map(|mark| mark.key.clone());
    pairing.by_key(|at| key(&old[at]), |at| key(&new[at]));
    pairing.by_likeness(&old, &new);
    pairing.pairs
}

struct Pairing {
    pairs: Vec<Option<usize>>,
    free: Vec<bool>,
}

impl Pairing {
    /// Pairs what both lists begin with: mostly that is nearly all, and what follows is spared.
    fn in_place(&mut self, old: &[Entry], new: &[Entry]) {
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        for at in 0..same {
            self.pair(at, at);
        }
    }

    fn pair(&mut self, new: usize, old: usize) {
        self.pairs[new] = Some(old);
        self.free[old] = false;
    }

    /// Pairs entries of the same key: the first with the first, and so on. Only of those left are the keys asked.
    fn by_key<K: Ord>(&mut self, old: impl Fn(usize) -> K, new: impl Fn(usize) -> K) {
        let mut places: BTreeMap<K, VecDeque<usize>> = BTreeMap::new();
        for at in (0..self.free.len()).filter(|at| self.free[*at]) {
            places.entry(old(at)).or_default().push_back(at);
        }
        for at in 0..self.pairs.len() {
            if self.pairs[at].is_none()
                && let Some(place) = places.get_mut(&new(at)).and_then(VecDeque::pop_front)
            {
                self.pair(at, place);
            }
        }
    }

    /// Pairs what is left with what is most like it.
    fn by_likeness(&mut self, old: &[Option<Mark>], new: &[Option<Mark>]) {
        let left: Vec<usize> = (0..new.len()).filter(|at| self.pairs[*at].is_none()).collect();
        if left.len() * self.free.iter().filter(|free| **free).count() > PAIRS {
            return;
        }
        for at in left {
            let likeness = |place: &usize| new[at].as_ref()?.likeness(old[*place].as_ref()?);
            let free = (0..old.len()).filter(|place| self.free[*place]);
            let like = free.filter_map(|place| Some((likeness(&place)?, Reverse(place))));
            if let Some((_, Reverse(place))) = like.max() {
                self.pair(at, place);
            }
        }
    }
}
