//! Where lines that a transcript showed stand in a file now.

use std::path::Path;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::read::read;
use crate::event::LineRange;

/// Farthest a place is taken to have moved, where its text alone does not settle it.
const NEAR: usize = 200;

/// Most lines of a place that are aligned line by line: the effort grows with their square.
const ALIGNED: usize = 300;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The lines stand where they were said to be.
    Valid,
    /// They stand somewhere else.
    Moved(LineRange),
    /// They cannot be found, or not told from others.
    Lost,
}

/// Where the expected lines stand in a file now. `path` is relative to `root`, and must stay in it.
///
/// The same text at the same place is enough. Else the text must be in the file once, or once within 200 lines.
/// Else a part of the file must hold at least 60 % of its lines in order, and no other part more than 40 %.
pub fn check(root: &Path, path: &str, range: LineRange, expected: &[String]) -> Place {
    match read(root, path) {
        Some(text) => place(&text, range, expected),
        None => Place::Lost,
    }
}

/// Where the expected lines stand in a text.
fn place(text: &str, range: LineRange, expected: &[String]) -> Place {
    let lines: Vec<String> = text.lines().map(flat).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let wanted: Vec<String> = expected.iter().map(|line| flat(line.trim_end_matches('\r'))).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let length = (range.end as usize).saturating_sub(range.start as usize) + 1;
    if wanted.len() != length || range.start == 0 || wanted.iter().all(|line| line.trim().is_empty()) {
        return Place::Lost;
    }
    let start = range.start as usize - 1;
    if lines.get(start..start + length).is_some_and(|here| here == wanted) {
        return Place::Valid;
    }
    let found = exact(&lines, &wanted, start).or_else(|| aligned(&lines, &wanted, start));
    found.map_or(Place::Lost, |(from, to)| Place::Moved(numbered(from, to)))
}

/// A line with each leading tab as two blanks: transcripts show it either way.
fn flat(line: &str) -> String {
    let code = line.trim_start_matches([' ', '\t']);
    let blanks = line[..line.len() - code.len()].replace('\t', "  ");
    blanks + code
}

/// The only place of exactly these lines, in the file or else near where they were.
fn exact(lines: &[&str], wanted: &[&str], start: usize) -> Option<(usize, usize)> {
    let first = wanted.first()?;
    let same = |at: &usize| lines[*at] == *first && lines[*at..].starts_with(wanted);
    let all: Vec<usize> = (0..lines.len()).filter(same).collect();
    let near: Vec<usize> = all.iter().copied().filter(|at| at.abs_diff(start) <= NEAR).collect();
    let at = match (&all[..], &near[..]) {
        ([only], _) | (_, [only]) => *only,
        _ => return None,
    };
    Some((at, at + wanted.len()))
}

/// The part of the file near by that holds most of the lines in order, if no other comes close.
fn aligned(lines: &[&str], wanted: &[&str], start: usize) -> Option<(usize, usize)> {
    if wanted.len() > ALIGNED {
        return None;
    }
    let from = start.saturating_sub(NEAR).min(lines.len());
    let to = (start + wanted.len() + NEAR).min(lines.len());
    let (best, held) = best_part(&lines[from..to], wanted)?;
    let wide = best.1 - best.0 > wanted.len() + wanted.len() / 2 + 2;
    if wide || held * 10 < wanted.len() * 6 {
        return None;
    }
    let others = [&lines[from..from + best.0], &lines[from + best.1..to]];
    let rival = others.into_iter().filter_map(|part| best_part(part, wanted)).map(|(_, held)| held).max();
    (rival.unwrap_or(0) * 10 <= wanted.len() * 4).then_some((from + best.0, from + best.1))
}

/// From where to where lines hold the wanted ones in order, and how many of them.
fn best_part(lines: &[&str], wanted: &[&str]) -> Option<((usize, usize), usize)> {
    let steps = capture_diff_slices(Algorithm::Patience, wanted, lines);
    let same: Vec<(usize, usize)> = steps
        .iter()
        .filter_map(|step| match step {
            DiffOp::Equal { new_index, len, .. } => Some((*new_index, *len)),
            _ => None,
        })
        .collect();
    let held = |&(at, length): &(usize, usize)| {
        lines[at..at + length].iter().filter(|line| !line.trim().is_empty()).count()
    };
    let (first, last) = (same.first()?, same.last()?);
    Some(((first.0, last.0 + last.1), same.iter().map(held).sum()))
}

/// Lines from one to before another, counted from 0, as they are numbered.
pub(super) fn numbered(from: usize, to: usize) -> LineRange {
    let number = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
    LineRange { start: number(from + 1), end: number(to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(start: u32, end: u32) -> Place {
        Place::Moved(LineRange { start, end })
    }

    fn check_place(text: &str, (start, end): (u32, u32), wanted: &str, expected: Place) {
        let wanted: Vec<String> = wanted.lines().map(String::from).collect();
        assert_eq!(place(text, LineRange { start, end }, &wanted), expected, "{text:?}");
    }

    #[test]
    fn lines_are_found_where_they_are() {
        check_place("a\nb\nc\n", (2, 3), "b\nc", Place::Valid);
        check_place("a\r\nb\r\nc\r\n", (2, 3), "b\nc", Place::Valid);
        check_place("a\n\tb\n", (1, 2), "a\n  b", Place::Valid);
        check_place("x\na\nb\nc\n", (2, 3), "b\nc", moved(3, 4));
        check_place("b\na\nb\nc\nb\n", (2, 2), "b", Place::Lost);
        check_place("\n\n", (1, 1), "", Place::Lost);
        check_place("a", (1, 2), "a", Place::Lost);
        check_place("a", (0, 0), "a", Place::Lost);
        check_place("", (5, 6), "a\nb", Place::Lost);
        check_place("a", (u32::MAX, u32::MAX), "a", moved(1, 1));
    }

    #[test]
    fn the_near_one_of_two_is_taken_if_the_other_is_far() {
        let far = format!("b\n{}b\n", "x\n".repeat(500));
        check_place(&far, (2, 2), "b", moved(1, 1));
        let near = format!("b\n{}b\n", "x\n".repeat(100));
        check_place(&near, (2, 2), "b", Place::Lost);
    }

    #[test]
    fn most_of_the_lines_are_enough_if_they_are_nowhere_else() {
        check_place("x\none\ntwo\nTHREE\nfour\nfive\n", (1, 5), "one\ntwo\nthree\nfour\nfive", moved(2, 6));
        check_place("x\none\nTWO\nTHREE\nFOUR\nfive\n", (1, 5), "one\ntwo\nthree\nfour\nfive", Place::Lost);
        let twice = "one\ntwo\nTHREE\nfour\nfive\nx\none\ntwo\nTHREE\nfour\nfive\n";
        check_place(twice, (3, 7), "one\ntwo\nthree\nfour\nfive", Place::Lost);
    }
}
