//! Telling a place by its text, after something unseen moved the lines.

use rustc_hash::FxHashMap;

use super::sparse::{SparseFile, Stretch, count};
use crate::event::LineRange;

/// Lines before and behind a place that are remembered with it.
const CONTEXT: u32 = 5;

/// Lines with something to read in them that must be the same before a place counts as found.
const EVIDENCE: usize = 4;

/// The text of a place and around it.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// Where it was.
    pub last: LineRange,
    /// Lines before it, its own, and lines behind it.
    lines: Lines,
    /// Which of them are its own: from the first to before the second.
    own: (usize, usize),
    /// A line that stood in the file only once.
    key: usize,
    /// Whether the file began with the first of the lines, or ended with the last.
    edges: (bool, bool),
}

impl Anchor {
    /// The text of the place itself.
    pub fn text(&self) -> Vec<String> {
        (self.own.0..self.own.1).map(|index| self.lines.get(index).to_owned()).collect()
    }
}

/// Some lines in one text: a place is told by a dozen of them, and places are many.
#[derive(Debug, Clone)]
struct Lines {
    text: String,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Lines {
    fn of(lines: &[&str]) -> Self {
        let ends = lines.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        Self { ends: ends.collect(), text: lines.concat() }
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }
}

/// Takes anchors out of a file.
pub(super) struct Anchors<'a> {
    file: &'a SparseFile,
    /// How often each line stands in the file; counted when first asked for.
    counts: Option<FxHashMap<&'a str, u32>>,
}

impl<'a> Anchors<'a> {
    pub fn of(file: &'a SparseFile) -> Self {
        Self { file, counts: None }
    }

    /// The anchor of the lines from one to before another, if they are known and can be told from others.
    pub fn take(&mut self, from: u32, to: u32) -> Option<Anchor> {
        let last = super::track::range(from, to)?;
        let mut lines: Vec<&str> =
            self.file.back_from(from).take(CONTEXT as usize).map(|(_, text)| text).collect();
        lines.reverse();
        let before = lines.len();
        let ahead = self.file.ahead_from(from, (to - from).saturating_add(CONTEXT));
        let own = (before, before + (to - from) as usize);
        lines.extend(ahead);
        if lines.len() < own.1 {
            return None;
        }
        let start = from - count(before);
        let end = start + count(lines.len()) - 1;
        let key = self.key(&lines, own)?;
        Some(Anchor {
            last,
            own,
            key,
            edges: (start == 1, self.file.end() == Some(end)),
            lines: Lines::of(&lines),
        })
    }

    /// A line that stands in the file only once: the longest, and one of the place's own if there is one.
    fn key(&mut self, lines: &[&str], own: (usize, usize)) -> Option<usize> {
        let file = self.file;
        let counts = self.counts.get_or_insert_with(|| {
            let mut counts = FxHashMap::default();
            for (_, text) in file.lines() {
                *counts.entry(text).or_insert(0) += 1;
            }
            counts
        });
        (0..lines.len())
            .filter(|&index| says_something(lines[index]) && counts.get(lines[index]) == Some(&1))
            .max_by_key(|&index| {
                let is_own = (own.0..own.1).contains(&index);
                (is_own, lines[index].trim().len(), std::cmp::Reverse(index))
            })
    }
}

/// Known lines in which places are looked for.
pub(super) struct Window<'a> {
    stretch: Stretch<'a>,
    /// Number of the file's last line, where it is known.
    end: Option<u32>,
    /// Where each line stands that is there only once.
    once: FxHashMap<&'a str, Option<usize>>,
}

impl<'a> Window<'a> {
    pub fn new(stretch: Stretch<'a>, end: Option<u32>) -> Self {
        let mut once = FxHashMap::default();
        for (index, text) in stretch.lines.iter().enumerate() {
            once.entry(*text).and_modify(|at| *at = None).or_insert(Some(index));
        }
        Self { stretch, end, once }
    }

    /// Where a place stands here: from the first line to before the second.
    pub fn find(&self, anchor: &Anchor) -> Option<(u32, u32)> {
        let key = (*self.once.get(anchor.lines.get(anchor.key))?)?;
        let same = |index: usize| {
            let here = (key + index).checked_sub(anchor.key)?;
            (*self.stretch.lines.get(here)? == anchor.lines.get(index)).then_some(index)
        };
        let (from, to) = anchor.own;
        if !(from..to).all(|index| same(index).is_some()) {
            return None;
        }
        let before = (0..from).rev().map_while(same).count();
        let behind = (to..anchor.lines.len()).map_while(same).count();
        let start = self.stretch.start + count((key + from).checked_sub(anchor.key)?);
        let found = (start, start + count(to - from));
        let matched = from - before..to + behind;
        let evidence = matched.clone().filter(|&index| says_something(anchor.lines.get(index))).count();
        let first = anchor.edges.0 && before == from && start - count(before) == 1;
        let last = anchor.edges.1
            && to + behind == anchor.lines.len()
            && self.end == Some(found.1 + count(behind) - 1);
        let key_matched = matched.contains(&anchor.key);
        let enough = evidence + 2 * usize::from(first) + 2 * usize::from(last) >= EVIDENCE;
        (key_matched && enough).then_some(found)
    }
}

/// Whether a line is more than brackets and blanks.
pub(super) fn says_something(line: &str) -> bool {
    line.chars().filter(|symbol| symbol.is_alphanumeric()).nth(2).is_some()
}
