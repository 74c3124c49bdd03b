//! The two sides of a hunk, and what really differs between them.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::event::Hunk;

/// Above this many lines two sides are not compared line by line: the effort grows with the square.
const COMPARED: usize = 2000;

/// A hunk taken apart.
#[derive(Debug, Default)]
pub(super) struct Sides<'a> {
    /// Context and removed lines.
    pub old: Vec<&'a str>,
    /// Context and added lines.
    pub new: Vec<&'a str>,
    /// Whether there is any context.
    pub context: bool,
    /// What is replaced, in order. Line numbers count from 0, on the old and on the new side.
    pub replaced: Vec<Replaced>,
}

/// Lines that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Replaced {
    pub old: usize,
    pub removed: usize,
    pub new: usize,
    pub added: usize,
}

/// Takes a hunk apart.
pub(super) fn sides(hunk: &Hunk) -> Sides<'_> {
    let mut sides = Sides::default();
    let mut group = (0, 0);
    for line in lines(&hunk.lines) {
        let text = line.get(1..).unwrap_or_default();
        match line.as_bytes().first() {
            Some(b'-') => sides.old.push(text),
            Some(b'+') => sides.new.push(text),
            // The note that the file does not end with a line end.
            Some(b'\\') => {}
            _ => {
                sides.close(group);
                sides.context = true;
                sides.old.push(text);
                sides.new.push(text);
                group = (sides.old.len(), sides.new.len());
            }
        }
    }
    sides.close(group);
    sides
}

impl Sides<'_> {
    /// Notes what differs in a group of marked lines that began at these two numbers.
    fn close(&mut self, (old, new): (usize, usize)) {
        let replaced = differences(&self.old[old..], &self.new[new..]);
        self.replaced.extend(replaced.into_iter().map(|part| Replaced {
            old: part.old + old,
            new: part.new + new,
            ..part
        }));
    }
}

/// The lines of a text: none in an empty one, and a line end at the very end begins no further line.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_terminator('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// What has to be replaced to come from the old lines to the new ones, in order.
pub(super) fn differences(old: &[&str], new: &[&str]) -> Vec<Replaced> {
    let before = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[before..], &new[before..]);
    let behind = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - behind], &new[..new.len() - behind]);
    let whole = Replaced { old: 0, removed: old.len(), new: 0, added: new.len() };
    let parts = match (old.len(), new.len()) {
        (0, 0) => Vec::new(),
        (0, _) | (_, 0) => vec![whole],
        (old, new) if old + new > COMPARED => vec![whole],
        _ => capture_diff_slices(Algorithm::Patience, old, new).iter().filter_map(replaced).collect(),
    };
    let shift = |part: Replaced| Replaced { old: part.old + before, new: part.new + before, ..part };
    parts.into_iter().map(shift).collect()
}

fn replaced(step: &DiffOp) -> Option<Replaced> {
    if matches!(step, DiffOp::Equal { .. }) {
        return None;
    }
    let (old, new) = (step.old_range(), step.new_range());
    Some(Replaced { old: old.start, removed: old.len(), new: new.start, added: new.len() })
}
