//! What became of a place since it was anchored: valid, moved, changed or gone.

use super::anchor::{CONTEXT, ENDS, symbol};
use super::lines::{Lines, Print, hash, prints};
use super::place::numbered;
use crate::event::LineRange;
use crate::state::Anchor;

/// Most places of the same text that are told apart.
const ALIKE: usize = 64;

/// Lines with something to read in them that make a text its own proof.
const EVIDENCE: usize = 3;

/// Farthest that two lines which stood together are believed to have been moved apart.
const APART: usize = 200;

/// What became of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its lines stand where they stood.
    Valid,
    /// They stand somewhere else, the same.
    Moved(LineRange),
    /// They were changed; what became of them stands here.
    Changed(LineRange),
    /// They cannot be found, or not told from others.
    Gone,
}

/// What became of a place in a file, given the text of the file now.
///
/// The same text is not enough: what stands around it, and the definition it is in, tell it from its like. Where it
/// is not found, its lines that stand only once in the file show where the rest has to be.
pub fn judge(path: &str, text: &str, range: LineRange, anchor: &Anchor) -> Verdict {
    let lines = Lines::of(text);
    Place::new(path, &lines, range, anchor).map_or(Verdict::Gone, |place| place.judge())
}

/// A place that is looked for.
pub(super) struct Place<'a> {
    path: &'a str,
    lines: &'a Lines<'a>,
    anchor: &'a Anchor,
    /// Where it stood, counted from 0, and how many lines it had.
    stood: usize,
    length: usize,
    before: Vec<Print>,
    own: Vec<Print>,
    behind: Vec<Print>,
}

/// Where the same text stands, and how much speaks for it.
struct Found {
    at: usize,
    context: usize,
    same_symbol: bool,
}

impl<'a> Place<'a> {
    /// None if the anchor is not one of so many lines.
    pub fn new(path: &'a str, lines: &'a Lines<'a>, range: LineRange, anchor: &'a Anchor) -> Option<Self> {
        let stood = (range.start as usize).checked_sub(1)?;
        let length = (range.end as usize).checked_sub(stood).filter(|length| *length > 0)?;
        let own = prints(&anchor.lines);
        let (before, behind) = (prints(&anchor.before), prints(&anchor.behind));
        let place = Place { path, lines, anchor, stood, length, before, own, behind };
        (place.own.len() == length.min(2 * ENDS)).then_some(place)
    }

    pub fn judge(&self) -> Verdict {
        let same = self.same();
        let surest = surest(&same).filter(|found| self.is_proven(found, &same));
        match surest {
            Some(found) if found.at == self.stood => Verdict::Valid,
            Some(found) => Verdict::Moved(numbered(found.at, found.at + self.length)),
            None => self.changed().map_or(Verdict::Gone, Verdict::Changed),
        }
    }

    /// Everywhere the same text stands; nowhere if that is too often.
    fn same(&self) -> Vec<Found> {
        let last = (self.lines.text.len() + 1).saturating_sub(self.length);
        let alike: Vec<usize> = (0..last).filter(|at| self.looks_same(*at)).take(ALIKE + 1).collect();
        if alike.len() > ALIKE {
            return Vec::new();
        }
        let own = |at: usize| &self.lines.text[at..at + self.length];
        let same = alike.into_iter().filter(|at| hash(own(*at)) == self.anchor.hash);
        same.map(|at| self.found(at)).collect()
    }

    fn looks_same(&self, at: usize) -> bool {
        let (first, last) =
            self.own.split_at(self.own.len().min(if self.length > 2 * ENDS { ENDS } else { usize::MAX }));
        let end = at + self.length;
        self.lines.prints[at..].starts_with(first) && self.lines.prints[..end].ends_with(last)
    }

    fn found(&self, at: usize) -> Found {
        let end = at + self.length;
        let before =
            agreement(self.before.iter().rev(), self.lines.before(at).map(|at| &self.lines.prints[at]));
        let behind = agreement(self.behind.iter(), self.lines.behind(end).map(|at| &self.lines.prints[at]));
        let same_symbol = symbol(self.path, self.lines, at) == self.anchor.symbol;
        Found { at, context: before + behind, same_symbol }
    }

    /// Whether enough speaks for a place: what is in it, if there is and was nothing like it, and what is around it.
    fn is_proven(&self, found: &Found, same: &[Found]) -> bool {
        let telling =
            (found.at..found.at + self.length).filter(|at| self.lines.tells(*at)).take(EVIDENCE).count();
        let around = found.context + usize::from(found.same_symbol);
        match telling {
            0 => around > 2 * EVIDENCE,
            _ if same.len() > 1 || self.anchor.twins > 0 => around > EVIDENCE + 1,
            _ => around + telling > EVIDENCE,
        }
    }

    /// What became of a place whose lines were changed: what stands between and around those that are still there.
    fn changed(&self) -> Option<LineRange> {
        let all: Vec<Print> =
            [&self.before, &self.own, &self.behind].into_iter().flatten().copied().collect();
        let own = self.before.len()..self.before.len() + self.own.len();
        let at = matched(self.lines, &all, &|index| self.offset(index))?;
        let known = |index: usize| at.get(index).copied().flatten();
        // At either end of the file nothing stands around it.
        let follows = match own.start.checked_sub(1) {
            Some(before) => known(before).and_then(|at| self.lines.behind(at + 1).next()),
            None => self.lines.behind(0).next(),
        };
        let precedes = match self.behind.first() {
            Some(_) => known(own.end).and_then(|at| self.lines.before(at).next()),
            None => self.lines.before(self.lines.text.len()).next(),
        };
        let first = known(own.start).or(follows).or_else(|| own.clone().find_map(known))?;
        let last = known(own.end - 1).or(precedes).or_else(|| own.clone().rev().find_map(known))?;
        let still =
            own.clone().any(|index| known(index).is_some()) || follows.is_some() && precedes.is_some();
        let wide = last.saturating_sub(first) > 3 * self.length + APART / 4;
        (still && first <= last && !wide).then(|| numbered(first, last + 1))
    }

    /// How far a line was from the first of all those with prints: in a long place, those in the middle have none.
    fn offset(&self, index: usize) -> usize {
        let skipped = self.length - self.own.len();
        if index < self.before.len() + ENDS { index } else { index + skipped }
    }
}

/// Where each line stands that can be told: a chain of lines that stand only once, in order and not torn far apart,
/// and what is the same right beside them. None if that is less than two lines.
fn matched(lines: &Lines, all: &[Print], offset: &dyn Fn(usize) -> usize) -> Option<Vec<Option<usize>>> {
    let once = |index: &usize| all.iter().filter(|print| **print == all[*index]).count() == 1;
    let pairs: Vec<(usize, usize)> =
        (0..all.len()).filter(once).filter_map(|index| Some((index, lines.only(all[index])?))).collect();
    let chain = longest_chain(&pairs, offset);
    if chain.len() < 2 {
        return None;
    }
    let mut at = vec![None; all.len()];
    for (index, line) in chain {
        at[index] = Some(line);
        let same = |(index, line): &(usize, usize)| lines.prints.get(*line) == Some(&all[*index]);
        let down = (index + 1..all.len()).zip(line + 1..).take_while(same);
        let up = (0..index).rev().zip((0..line).rev()).take_while(same);
        for (index, line) in down.chain(up) {
            at[index].get_or_insert(line);
        }
    }
    Some(at)
}

/// The most pairs that keep their order, none farther from the one before than [`APART`] lines more than it was.
fn longest_chain(pairs: &[(usize, usize)], offset: &dyn Fn(usize) -> usize) -> Vec<(usize, usize)> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(pairs.len());
    for (at, (index, line)) in pairs.iter().enumerate() {
        let follows = |from: &usize| {
            let (before, above) = pairs[*from];
            above < *line && line - above <= offset(*index) - offset(before) + APART
        };
        let from = (0..at).filter(follows).max_by_key(|from| best[*from].0);
        best.push((from.map_or(1, |from| best[from].0 + 1), from));
    }
    let mut next = (0..pairs.len()).max_by_key(|at| best[*at].0);
    let mut chain = Vec::new();
    while let Some(at) = next {
        chain.push(pairs[at]);
        next = best[at].1;
    }
    chain.reverse();
    chain
}

/// How many lines agree from the place outward; the end of the file on both sides agrees as well.
fn agreement<'a>(known: impl Iterator<Item = &'a Print>, mut here: impl Iterator<Item = &'a Print>) -> usize {
    let mut agreed = 0;
    for print in known {
        if here.next() != Some(print) {
            return agreed;
        }
        agreed += 1;
    }
    if agreed < CONTEXT && here.next().is_none() { CONTEXT } else { agreed }
}

/// The one that clearly more speaks for than for any other.
fn surest(same: &[Found]) -> Option<&Found> {
    let weight = |found: &&Found| found.context + 2 * usize::from(found.same_symbol);
    let best = same.iter().max_by_key(weight)?;
    let rivals = same.iter().filter(|found| found.at != best.at);
    rivals.map(|rival| weight(&rival)).all(|rival| rival + 1 < weight(&best)).then_some(best)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::anchor::anchored;
    use super::*;

    const OLD: &str = "\
use one::two;

fn first(a: u32) -> u32 {
    let sum = a + 1;
    check(sum);
    sum
}

fn second(b: u32) -> u32 {
    let product = b * 2;
    check(product);
    product
}
";

    fn range(start: u32, end: u32) -> LineRange {
        LineRange { start, end }
    }

    /// What became of lines of [`OLD`] after some texts were replaced by others.
    #[track_caller]
    fn check(place: (u32, u32), edits: &[(&str, &str)], expected: Verdict) {
        let place = range(place.0, place.1);
        let anchor = anchored("a.rs", OLD, place).expect("the lines are there");
        let new = edits.iter().fold(OLD.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
        assert_eq!(judge("a.rs", &new, place, &anchor), expected, "{new}");
    }

    #[test]
    fn a_place_is_valid_moved_changed_or_gone() {
        let (first, second) = ((3, 7), (9, 13));
        check(first, &[], Verdict::Valid);
        check(first, &[("b * 2", "b * 3")], Verdict::Valid);
        check(second, &[("use one::two;\n", "")], Verdict::Moved(range(8, 12)));
        check(second, &[("a + 1", "a + 2")], Verdict::Valid);
        check(second, &[("b * 2", "b * 3")], Verdict::Changed(range(9, 13)));
        check(
            second,
            &[("use one", "use zero;\nuse one"), ("b * 2", "b * 3")],
            Verdict::Changed(range(10, 14)),
        );
        check(
            second,
            &[("    product\n}\n", "    let more = product;\n    more\n}\n")],
            Verdict::Changed(range(9, 14)),
        );
        check(first, &[(&OLD[15..99], "")], Verdict::Gone);
        check(first, &[(OLD, "")], Verdict::Gone);
        check(first, &[(OLD, "fn other() {}\n")], Verdict::Gone);
    }

    #[test]
    fn a_bracket_is_told_by_what_stands_around_it() {
        check((7, 7), &[], Verdict::Valid);
        check((7, 7), &[("use one::two;\n", "use one::two;\nuse three;\n")], Verdict::Moved(range(8, 8)));
        check(
            (13, 13),
            &[("    let sum = a + 1;\n    check(sum);\n    sum\n", "")],
            Verdict::Moved(range(10, 10)),
        );
        check(
            (7, 7),
            &[("fn second", "}\n\nfn second"), ("    sum\n", ""), ("check(sum);\n", "")],
            Verdict::Gone,
        );
    }

    #[test]
    fn an_anchor_that_is_not_of_the_place_finds_nothing() {
        let anchor = anchored("a.rs", OLD, range(3, 7)).expect("the lines are there");
        for place in [range(0, 0), range(3, 8), range(7, 3), range(u32::MAX, u32::MAX), range(1, u32::MAX)] {
            assert_eq!(judge("a.rs", OLD, place, &anchor), Verdict::Gone, "{place:?}");
        }
        assert_eq!(judge("a.rs", OLD, range(1, 1), &Anchor::default()), Verdict::Gone);
    }

    #[test]
    fn a_long_place_is_known_by_its_ends_and_its_hash() {
        let line = |number: usize| format!("let value_{number} = {number};\n");
        let old: String = (0..300).map(line).collect();
        let anchor = anchored("a.rs", &old, range(11, 260)).expect("the lines are there");
        assert_eq!(anchor.lines.len(), 2 * ENDS * 4);
        let check = |new: &str, expected| assert_eq!(judge("a.rs", new, range(11, 260), &anchor), expected);
        check(&old, Verdict::Valid);
        check(&format!("x\n{old}"), Verdict::Moved(range(12, 261)));
        check(&old.replace("value_130 ", "other "), Verdict::Changed(range(11, 260)));
        check(&old.replace("let value_130 ", "y\nz "), Verdict::Changed(range(11, 261)));
    }

    #[test]
    fn a_file_of_equal_lines_is_given_up_at_once() {
        let text = "same();\n".repeat(200_000);
        let place = range(1000, 100_000);
        let anchor = anchored("a.rs", &text, place).expect("the lines are there");
        assert_eq!(judge("a.rs", &format!("{text}end();\n"), place, &anchor), Verdict::Gone);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        /// A place that is said to stand somewhere reads there as it was saved; a place in the same text stands.
        #[test]
        fn what_is_kept_reads_the_same(
            old in prop::collection::vec("(fn [abc]\\(\\) \\{|    [a-e]{1,4}\\(\\);|\\}|)", 1..40),
            cut in any::<(prop::sample::Index, u8)>(),
            pasted in prop::collection::vec("(    [a-e]{1,4}\\(\\);|\\})", 0..6),
            place in any::<(prop::sample::Index, u32)>(),
        ) {
            let (from, length) = (place.0.index(old.len()), place.1 as usize % 12 + 1);
            let to = (from + length).min(old.len());
            let number = |line: usize| u32::try_from(line).expect("a short text");
            let place = range(number(from + 1), number(to));
            let text = old.join("\n");
            if let Some(anchor) = anchored("a.rs", &text, place) {
                let mut new = old.clone();
                let at = cut.0.index(new.len());
                let end = (at + cut.1 as usize % 6).min(new.len());
                new.splice(at..end, pasted);
                let said = match judge("a.rs", &new.join("\n"), place, &anchor) {
                    Verdict::Valid => Some(place),
                    Verdict::Moved(to) => Some(to),
                    Verdict::Changed(to) => {
                        prop_assert!(to.start >= 1 && to.start <= to.end && to.end as usize <= new.len());
                        None
                    }
                    Verdict::Gone => None,
                };
                if let Some(said) = said {
                    prop_assert_eq!(&new[said.start as usize - 1..said.end as usize], &old[from..to]);
                }
            }
        }
    }
}
