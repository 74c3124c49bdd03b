//! Packing: the facts that fit the budget, exactly.
//!
//! First the floor, in its order, each entry in its shortest form; then, entry by entry, what adds most per token,
//! an entry's longer form being an entry of its own. What is taken is measured on the whole rendered text, so the budget
//! holds on the final bytes, and nothing is estimated that decides. While there is plenty of room, several entries are
//! measured together: each by itself would fit as well.

mod assemble;
mod sizes;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::fact::{Fact, Item};
use crate::rank::{Covered, Ranking};
use crate::state::{HandoffState, Metadata};

pub use assemble::assemble;

use sizes::Sizes;

/// What reading one more statement costs beside its tokens, in tokens; the more, the fewer and richer are taken.
const STATEMENT: i64 = 40;
/// The same of one more file, which is read at a glance; and of one more check in a handoff of [`USUAL`] tokens. In a
/// smaller one a check costs more: a statement that has no place there is the greater loss.
const GLANCE: i64 = 8;
/// The tokens of a usual handoff.
const USUAL: i64 = 2000;
/// The same of a longer form of an entry that is there already.
const LONGER: i64 = 20;
/// By how many tokens an entry may seem too large and still be tried: its size is an estimate, the whole is measured.
const SLACK: usize = 8;
/// With less room than this, in tokens, every step is measured.
const PLENTY: usize = 200;
/// By how many tokens a text with fewer entries might be longer, where names share a folder or an ending.
const SHARING: usize = 64;
/// With less room than this, in tokens, no entry worth reading fits any more.
const CRUMBS: usize = 4;

/// Measures a rendered handoff, in tokens.
pub type Measure<'a> = &'a dyn Fn(&HandoffState) -> usize;

/// Measures the words of an entry, in tokens.
pub type SizeOf<'a> = &'a dyn Fn(&str) -> usize;

/// Which form of which fact was taken, by the fact's index.
pub type Choice = BTreeMap<usize, usize>;

/// A packed handoff, and what was taken for it.
pub struct Packed {
    /// The handoff.
    pub state: HandoffState,
    /// What was taken.
    pub choice: Choice,
    /// Its size in tokens, by the measure it was packed with.
    pub tokens: usize,
}

/// Packs as much as fits. Nothing if not even the barest handoff does.
pub fn pack(
    facts: &[Fact],
    metadata: &Metadata,
    budget: usize,
    measure: Measure,
    size_of: SizeOf,
) -> Option<Packed> {
    let mut packer = Packer::of(facts, metadata, budget, measure, size_of);
    packer.draft.tokens = packer.size()?;
    packer.floor();
    packer.fill();
    let Draft { choice, tokens, .. } = packer.draft;
    Some(Packed { state: assemble(facts, &choice, metadata), choice, tokens })
}

struct Packer<'a> {
    facts: &'a [Fact],
    ranking: Ranking,
    metadata: &'a Metadata,
    budget: usize,
    measure: Measure<'a>,
    /// Estimated tokens of each form of each fact; only for choosing.
    sizes: Sizes<'a>,
    draft: Draft,
    /// The forms that did not fit, by fact.
    refused: BTreeSet<(usize, usize)>,
}

/// How far the packing is.
#[derive(Clone, Default)]
struct Draft {
    choice: Choice,
    covered: Covered,
    /// Its size, as it was measured last.
    tokens: usize,
    /// What may be taken, best first.
    offers: BinaryHeap<Offer>,
}

/// A form of a fact that may be taken. The order of the fields is the order of choice; among equals the first is taken.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Offer {
    /// What it adds per token, as it was when it was offered.
    density: i64,
    index: Reverse<usize>,
    form: Reverse<usize>,
    /// The form of the fact that was there when it was offered, if any.
    now: Option<usize>,
    /// Tokens that it adds.
    more: usize,
    /// Whether these were counted; if not, it adds at least so many.
    counted: bool,
}

impl<'a> Packer<'a> {
    fn of(
        facts: &'a [Fact],
        metadata: &'a Metadata,
        budget: usize,
        measure: Measure<'a>,
        size_of: SizeOf<'a>,
    ) -> Self {
        let (ranking, sizes) = (Ranking::of(facts), Sizes::of(facts, size_of));
        let (draft, refused) = (Draft::default(), BTreeSet::new());
        Packer { facts, ranking, metadata, budget, measure, sizes, draft, refused }
    }

    /// The size of what is chosen, if it fits.
    fn size(&self) -> Option<usize> {
        let tokens = (self.measure)(&assemble(self.facts, &self.draft.choice, self.metadata));
        (tokens <= self.budget).then_some(tokens)
    }

    /// The tokens that are left.
    fn room(&self) -> usize {
        self.budget - self.draft.tokens
    }

    /// Takes a form of a fact if the whole still fits.
    fn take(&mut self, index: usize, form: usize) -> bool {
        let before = self.draft.choice.insert(index, form);
        if let Some(tokens) = self.size() {
            self.draft.tokens = tokens;
            if before.is_none() {
                self.ranking.cover(index, &mut self.draft.covered);
            }
            return true;
        }
        match before {
            Some(form) => self.draft.choice.insert(index, form),
            None => self.draft.choice.remove(&index),
        };
        false
    }

    /// Takes a form of a fact that is measured later, together with others.
    fn take_unmeasured(&mut self, index: usize, form: usize) {
        if self.draft.choice.insert(index, form).is_none() {
            self.ranking.cover(index, &mut self.draft.covered);
        }
    }

    /// What must not be lost: by order, and within it by worth, each in the longest form that leaves room for the rest.
    fn floor(&mut self) {
        let mut floor: Vec<usize> =
            (0..self.facts.len()).filter(|index| self.facts[*index].floor.is_some()).collect();
        floor.sort_by_key(|index| (self.facts[*index].floor, -self.facts[*index].worth, *index));
        let shortest = |index: usize| self.facts[index].forms.len() - 1;
        let before = self.draft.clone();
        for index in &floor {
            self.take_unmeasured(*index, shortest(*index));
        }
        if let Some(tokens) = self.size() {
            self.draft.tokens = tokens;
            return;
        }
        self.draft = before;
        let mut rest = floor.as_slice();
        while self.room() > PLENTY {
            let taken = self.take_together(|packer, taken| {
                let index = *rest.get(taken)?;
                packer.take_unmeasured(index, shortest(index));
                Some(packer.sizes.of_form(index, shortest(index)))
            });
            match taken {
                0 => break,
                taken => rest = &rest[taken..],
            }
        }
        for index in rest {
            if self.room() >= CRUMBS {
                self.take(*index, shortest(*index));
            }
        }
    }

    fn fill(&mut self) {
        for index in 0..self.facts.len() {
            self.offer(index);
        }
        while self.room() > PLENTY && self.take_best() > 0 {}
        self.take_one_by_one();
    }

    fn take_one_by_one(&mut self) {
        while self.room() >= CRUMBS
            && let Some((index, form, _)) = self.best()
        {
            if self.take(index, form) {
                self.offer(index);
            } else {
                self.refused.insert((index, form));
            }
        }
    }

    /// Takes what is best, several together, and says how many.
    fn take_best(&mut self) -> usize {
        self.take_together(|packer, _| {
            let (index, form, more) = packer.best()?;
            packer.take_unmeasured(index, form);
            packer.offer(index);
            Some(more)
        })
    }

    /// Takes entries for about half of the room that is left, and measures all of them together. If any of them might
    /// not have been taken by itself, none is. `take` takes one, knows how many it took before, and says how many tokens
    /// it seems to add.
    fn take_together(&mut self, mut take: impl FnMut(&mut Self, usize) -> Option<usize>) -> usize {
        let before = self.draft.clone();
        let (mut taken, mut added, mut largest) = (0, 0, 0);
        while added < self.room() / 2
            && let Some(more) = take(self, taken)
        {
            taken += 1;
            added += more;
            largest = largest.max(more);
        }
        match self.size() {
            Some(tokens) if tokens + largest + SHARING <= self.budget => {
                self.draft.tokens = tokens;
                taken
            }
            _ => {
                self.draft = before;
                0
            }
        }
    }

    /// Offers the forms of a fact that are longer than the one that is there.
    fn offer(&mut self, index: usize) {
        let now = self.draft.choice.get(&index).copied();
        for form in 0..now.unwrap_or(self.facts[index].forms.len()) {
            if self.refused.contains(&(index, form)) {
                continue;
            }
            let more = self.more(index, self.sizes.at_least(index, form), now);
            let density = self.density(index, form, now, more);
            self.put(Offer {
                density,
                index: Reverse(index),
                form: Reverse(form),
                now,
                more,
                counted: false,
            });
        }
    }

    /// The tokens that a form of a fact adds.
    fn more(&self, index: usize, size: usize, now: Option<usize>) -> usize {
        now.map_or(size, |now| size.saturating_sub(self.sizes.of_form(index, now))).max(1)
    }

    /// Keeps an offer that adds something and may fit. Room only shrinks, so what is left out here stays out.
    fn put(&mut self, offer: Offer) {
        if offer.density > 0 && offer.more <= self.room() + SLACK {
            self.draft.offers.push(offer);
        }
    }

    /// The form of a fact that adds most per token among those that may fit, and how many tokens it seems to add.
    ///
    /// What is covered only grows, so what an offer adds only falls, as does its density once it is counted: one that is
    /// counted, leads, and has not fallen since it was put in is the best of all, though the others were not looked at
    /// again.
    fn best(&mut self) -> Option<(usize, usize, usize)> {
        while let Some(offer) = self.draft.offers.pop() {
            let (Reverse(index), Reverse(form)) = (offer.index, offer.form);
            if offer.more > self.room() + SLACK || offer.now != self.draft.choice.get(&index).copied() {
                continue;
            }
            let more = self.more(index, self.sizes.of_form(index, form), offer.now);
            let density = self.density(index, form, offer.now, more);
            if offer.counted && density == offer.density {
                return Some((index, form, more));
            }
            self.put(Offer { density, more, counted: true, ..offer });
        }
        None
    }

    /// What a form of a fact adds for a thousand tokens, those of its reading included.
    fn density(&self, index: usize, form: usize, now: Option<usize>, more: usize) -> i64 {
        let reading = match &self.facts[index].forms[form] {
            _ if now.is_some() => LONGER,
            Item::File(_) | Item::Note(_) => GLANCE,
            Item::Verification(_) => GLANCE * USUAL / i64::try_from(self.budget).unwrap_or(i64::MAX).max(1),
            _ => STATEMENT,
        };
        self.gain(index, form, now) * 1000 / i64::try_from(more).unwrap_or(i64::MAX).saturating_add(reading)
    }

    /// What a form of a fact adds to what is chosen, in points.
    fn gain(&self, index: usize, form: usize, now: Option<usize>) -> i64 {
        let fact = &self.facts[index];
        match now {
            Some(now) => fact.worth_of(form) - fact.worth_of(now),
            None => self.ranking.gain(index, fact.worth_of(form), &self.draft.covered),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use jiff::Timestamp;

    use super::*;
    use crate::token::Encoding;
    use crate::{extract, format, render};

    /// What is chosen when every step is measured.
    fn one_by_one(mut packer: Packer) -> (Choice, usize) {
        (0..packer.facts.len()).for_each(|index| packer.offer(index));
        packer.take_one_by_one();
        (packer.draft.choice, packer.draft.tokens)
    }

    fn together(mut packer: Packer) -> (Choice, usize) {
        packer.fill();
        (packer.draft.choice, packer.draft.tokens)
    }

    #[test]
    fn what_is_measured_together_would_fit_one_by_one() {
        let epoch = Timestamp::UNIX_EPOCH;
        let (source, tokens, said) = (None, None, None);
        let session_id = String::new();
        let (created_at, updated_at, base_session) = (epoch, epoch, None);
        let metadata = Metadata { created_at, updated_at, session_id, base_session, source, tokens, said };
        let markdown = render::find("markdown").unwrap();
        let measure = |state: &HandoffState| {
            Encoding::O200kBase.count(&(markdown.render)(state, render::Citations::Hidden))
        };
        let size_of = |text: &str| Encoding::O200kBase.count(text);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/claude-code");
        for session in fs::read_dir(folder).unwrap() {
            let bytes = fs::read(session.unwrap().path().join("session.jsonl")).unwrap();
            let facts = extract::extract(&format::read(&bytes, None).unwrap());
            for budget in (300..2400).step_by(150) {
                let packer = || {
                    let mut packer = Packer::of(&facts, &metadata, budget, &measure, &size_of);
                    packer.draft.tokens = packer.size().unwrap();
                    packer.floor();
                    packer
                };
                assert_eq!(together(packer()), one_by_one(packer()));
            }
        }
    }
}
