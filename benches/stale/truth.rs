//! Where every line truly went, and what was said of places against that.

use baton::event::LineRange;
use baton::worktree::{Verdict, anchored, judge};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Where each line of an old text is in a new one, counted from 0.
pub type Went = Vec<Option<usize>>;

/// What was said of places.
#[derive(Default)]
pub struct Tally {
    pub places: usize,
    /// Said to stand as they were saved, moved or not.
    pub valid: usize,
    /// Of these, those that do not.
    pub stale: usize,
    /// Those that would be wrong if the numbers were taken as they were saved.
    pub stale_unmoved: usize,
    /// Truly as they were.
    pub same: usize,
    /// Of these, those that were said to be.
    pub kept: usize,
    pub changed: usize,
    pub gone: usize,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        let Tally { places, valid, stale, stale_unmoved, same, kept, changed, gone } = other;
        self.places += places;
        self.valid += valid;
        self.stale += stale;
        self.stale_unmoved += stale_unmoved;
        self.same += same;
        self.kept += kept;
        self.changed += changed;
        self.gone += gone;
    }

    /// Judges places of an old text in a new one.
    pub fn judge(&mut self, path: &str, old: &str, new: &str, went: &Went, places: &[LineRange]) {
        let case = Case { old: old.lines().collect(), new: new.lines().collect(), went };
        for &place in places {
            if let Some(anchor) = anchored(path, old, place) {
                self.count(&case, place, judge(path, new, place, &anchor));
            }
        }
    }

    fn count(&mut self, case: &Case, place: LineRange, verdict: Verdict) {
        let from = place.start as usize - 1;
        let length = place.end as usize - from;
        let true_at = case.true_place(from, length);
        let said = match verdict {
            Verdict::Valid => Some(from),
            Verdict::Moved(to) => Some(to.start as usize - 1),
            Verdict::Changed(_) | Verdict::Gone => None,
        };
        let stale = said.is_some_and(|at| case.is_stale(from, length, at));
        if stale && debugging() {
            let at = said.unwrap_or_default();
            println!(
                "stale: {place:?} said {} true {true_at:?}\n{}",
                at + 1,
                case.old[from..from + length].join("\n")
            );
        }
        self.places += 1;
        self.valid += usize::from(said.is_some());
        self.stale += usize::from(stale);
        self.stale_unmoved += usize::from(case.is_stale(from, length, from));
        self.same += usize::from(true_at.is_some());
        self.kept += usize::from(true_at.is_some() && true_at == said);
        self.changed += usize::from(matches!(verdict, Verdict::Changed(_)));
        self.gone += usize::from(verdict == Verdict::Gone);
    }
}

/// Whether every stale place is to be shown.
#[expect(clippy::disallowed_methods, reason = "a bench is a process of its own")]
fn debugging() -> bool {
    std::env::var_os("BATON_SHOW").is_some()
}

struct Case<'a> {
    old: Vec<&'a str>,
    new: Vec<&'a str>,
    went: &'a Went,
}

impl Case<'_> {
    /// Where lines stand if all that say something went there together, unchanged.
    fn true_place(&self, from: usize, length: usize) -> Option<usize> {
        let first = self.telling(from, length).next()?;
        let at = (self.went[first]? + from).checked_sub(first)?;
        let same = self.telling(from, length).all(|line| self.went[line] == Some(at + line - from));
        (same && self.reads_the_same(from, length, at)).then_some(at)
    }

    /// Whether lines are not those that stand at a place now: the text is another, or they went elsewhere, or they
    /// were deleted and those there are old ones of their own. Text that was cut here and pasted there is the same,
    /// and so is a text that there was once and is once: a shortest script may align its lines with others.
    fn is_stale(&self, from: usize, length: usize, at: usize) -> bool {
        if !self.reads_the_same(from, length, at) {
            return true;
        }
        if occurs_once(&self.old, &self.old[from..from + length])
            && occurs_once(&self.new, &self.new[at..at + length])
        {
            return false;
        }
        let mut went =
            self.telling(from, length).filter_map(|line| Some((line, self.went[line]?))).peekable();
        if went.peek().is_some() {
            return went.any(|(line, now)| now != at + line - from);
        }
        let came = |line: usize| self.went.contains(&Some(line));
        self.telling(from, length).any(|line| came(at + line - from))
    }

    fn reads_the_same(&self, from: usize, length: usize, at: usize) -> bool {
        let old = &self.old[from..from + length];
        self.new
            .get(at..at + length)
            .is_some_and(|new| old.iter().zip(new).all(|(a, b)| a.trim_end() == b.trim_end()))
    }

    /// Lines that are more than brackets; all of them where none is.
    fn telling(&self, from: usize, length: usize) -> impl Iterator<Item = usize> {
        let tells = |line: &usize| self.old[*line].chars().any(char::is_alphanumeric);
        let any = (from..from + length).any(|line| tells(&line));
        (from..from + length).filter(move |line| !any || tells(line))
    }
}

fn occurs_once(lines: &[&str], text: &[&str]) -> bool {
    lines.windows(text.len()).filter(|window| *window == text).count() == 1
}

/// Where each line went in one change, by the shortest script of edits.
pub fn step(old: &str, new: &str) -> Went {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut went = vec![None; old.len()];
    for part in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { old_index, new_index, len } = part {
            (0..len).for_each(|line| went[old_index + line] = Some(new_index + line));
        }
    }
    went
}

/// One change after another.
pub fn then(first: &Went, second: &Went) -> Went {
    first.iter().map(|line| line.and_then(|line| second[line])).collect()
}

/// The lines of a new text that did not come from the old one, near ones together, as an agent would name them.
pub fn written(went: &Went, lines: usize) -> Vec<LineRange> {
    let mut old = vec![false; lines];
    went.iter().flatten().for_each(|line| old[*line] = true);
    let mut places: Vec<LineRange> = Vec::new();
    for line in (0..lines).filter(|line| !old[*line]) {
        let number = u32::try_from(line + 1).expect("a source file");
        match places.last_mut() {
            Some(last) if number <= last.end + 4 => last.end = number,
            _ => places.push(LineRange { start: number, end: number }),
        }
    }
    places
}

/// Some places of a text, of one to forty lines.
pub fn anywhere(dice: &mut crate::Dice, lines: usize, count: usize) -> Vec<LineRange> {
    let mut place = || {
        let from = dice.below(lines);
        let to = (from + 1 + dice.below(40)).min(lines);
        let number = |line: usize| u32::try_from(line).expect("a source file");
        LineRange { start: number(from + 1), end: number(to) }
    };
    (0..count).map(|_| place()).collect()
}
