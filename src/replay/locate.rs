//! Finding the place of a hunk that has no line numbers, by its text.

use std::collections::BTreeMap;

use super::anchor::says_something;
use super::hunk::{Replaced, Sides, differences};
use super::sparse::{SparseFile, Stretch, count};

/// Different lines with something to read in them that a hunk must have to be told from lines nobody saw.
const EVIDENCE: usize = 3;

/// Where a hunk belongs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// At these places, in order; each names the first line and what the lines there become.
    At(Vec<Spot>),
    /// Nowhere in what is known of the file.
    Nowhere,
    /// At more places than one, the first of them in this line.
    Ambiguous(u32),
}

/// One place of a hunk, in whole lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub line: u32,
    pub old: Vec<String>,
    pub new: Vec<String>,
    /// What differs between the two.
    pub parts: Vec<Replaced>,
    /// Whether it is clear what the lines become.
    clear: bool,
}

impl Spot {
    /// A place of a text; what differs there shows when its whole lines are compared.
    fn compared(line: u32, old: Vec<String>, new: Vec<String>, clear: bool) -> Self {
        let (before, after): (Vec<&str>, Vec<&str>) =
            (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
        let parts = differences(&before, &after);
        Self { line, old, new, parts, clear }
    }
}

/// Finds the lines of a hunk with context: whole lines, at or behind `from`. Patch tools forgive blanks, first at
/// the end of the lines and then at both ends.
pub(super) fn locate_lines(file: &SparseFile, sides: &Sides<'_>, from: u32) -> Found {
    let stretches = file.stretches();
    let exact: fn(&str) -> &str = |line| line;
    for forgive in [exact, str::trim_end, str::trim] {
        let needle: Vec<&str> = sides.old.iter().map(|line| forgive(line)).collect();
        let found = matches(&stretches, &needle, from, forgive);
        match found[..] {
            [] => {}
            [line] => return Found::At(vec![spot_of_lines(file, sides, line)]),
            [first, ..] => return Found::Ambiguous(first),
        }
    }
    Found::Nowhere
}

/// Whether lines found at or behind `from` cannot also stand before, where nothing is known: a patch goes to the
/// first place. Either there is no gap before them, or they say enough, with a line that stands only once.
pub(super) fn is_first(file: &SparseFile, old: &[&str], heading: Option<&str>, from: u32, line: u32) -> bool {
    let behind = line.saturating_add(count(old.len()));
    let between = behind.saturating_sub(from);
    if count(file.ahead_from(from, between).len()) == between {
        return true;
    }
    let telling = old.iter().copied().chain(heading).map(str::trim).filter(|line| says_something(line));
    let mut different: BTreeMap<&str, u32> = telling.map(|line| (line, 0)).collect();
    if different.len() < EVIDENCE {
        return false;
    }
    for (_, known) in file.lines() {
        if let Some(times) = different.get_mut(known.trim()) {
            *times += 1;
        }
    }
    different.values().any(|times| *times == 1)
}

/// Finds the text of a hunk without context: it may begin and end within a line.
pub(super) fn locate_text(file: &SparseFile, sides: &Sides<'_>) -> Found {
    let spots: Vec<Spot> = file.stretches().iter().flat_map(|stretch| text_spots(stretch, sides)).collect();
    match spots[..] {
        [] => Found::Nowhere,
        [ref only] if only.clear => Found::At(spots),
        [ref only] => Found::Ambiguous(only.line),
        // As text it is there more than once: then whole lines can have been meant.
        [ref first, ..] => match locate_lines(file, sides, 1) {
            Found::At(spots) => Found::At(spots),
            _ => Found::Ambiguous(first.line),
        },
    }
}

/// Finds all places of a text that was replaced everywhere.
pub(super) fn locate_everywhere(file: &SparseFile, sides: &Sides<'_>) -> Found {
    let spots: Vec<Spot> = file
        .stretches()
        .iter()
        .flat_map(|stretch| match sides.old[..] {
            [only] if !only.is_empty() => lines_replaced(stretch, sides, only),
            _ => text_spots(stretch, sides),
        })
        .collect();
    // Two places that share a line cannot be taken one by one.
    let apart = spots.windows(2).all(|pair| pair[0].line + count(pair[0].old.len()) <= pair[1].line);
    match spots.first() {
        None => Found::Nowhere,
        Some(_) if apart && spots.iter().all(|spot| spot.clear) => Found::At(spots),
        Some(first) => Found::Ambiguous(first.line),
    }
}

/// The first line at or behind `from` that holds the text.
pub(super) fn line_with(file: &SparseFile, text: &str, from: u32) -> Option<u32> {
    file.lines().find(|(line, known)| *line >= from && known.contains(text)).map(|(line, _)| line)
}

/// First two lines at which the needle stands.
fn matches(stretches: &[Stretch<'_>], needle: &[&str], from: u32, forgive: fn(&str) -> &str) -> Vec<u32> {
    let Some(first) = needle.first() else { return Vec::new() };
    let here = |stretch: &Stretch<'_>, index: usize| {
        let lines = &stretch.lines[index..];
        forgive(lines[0]) == *first
            && lines.len() >= needle.len()
            && lines.iter().zip(needle).all(|(line, wanted)| forgive(line) == *wanted)
    };
    let starts = stretches.iter().flat_map(|stretch| {
        let skipped = from.saturating_sub(stretch.start) as usize;
        let found = (skipped..stretch.lines.len()).filter(move |&index| here(stretch, index));
        found.map(|index| stretch.start + count(index))
    });
    starts.take(2).collect()
}

/// The hunk's lines at a place, with the file's own blanks in the lines that stay.
fn spot_of_lines(file: &SparseFile, sides: &Sides<'_>, line: u32) -> Spot {
    let known = file.ahead_from(line, count(sides.old.len()));
    let mut new: Vec<String> = Vec::new();
    let (mut old_at, mut new_at) = (0, 0);
    for part in &sides.replaced {
        new.extend(known[old_at..part.old].iter().map(ToString::to_string));
        new_at += part.old - old_at;
        new.extend(sides.new[new_at..new_at + part.added].iter().map(ToString::to_string));
        old_at = part.old + part.removed;
        new_at += part.added;
    }
    new.extend(known[old_at..].iter().map(ToString::to_string));
    // The hunk says itself which lines are new. Compared anew, a line could pass for its equal neighbour.
    let parts = sides.replaced.clone();
    Spot { line, old: known.iter().map(ToString::to_string).collect(), new, parts, clear: true }
}

/// All places of the old text in known lines, widened to whole lines.
fn text_spots(stretch: &Stretch<'_>, sides: &Sides<'_>) -> Vec<Spot> {
    match sides.old[..] {
        [] | [""] => Vec::new(),
        [only] => spots_in_lines(stretch, sides, only),
        [first, .., last] => spots_over_lines(stretch, sides, first, last),
    }
}

/// Every line that holds the text, with all its occurrences replaced.
fn lines_replaced(stretch: &Stretch<'_>, sides: &Sides<'_>, only: &str) -> Vec<Spot> {
    let finder = memchr::memmem::Finder::new(only);
    let with = sides.new.join("\n");
    let lines = stretch.lines.iter().enumerate();
    lines
        .filter(|(_, line)| finder.find(line.as_bytes()).is_some())
        .map(|(index, line)| {
            let new = if sides.new.is_empty() && line.len() == only.len() {
                Vec::new()
            } else {
                line.replace(only, &with).split('\n').map(String::from).collect()
            };
            let clear = !sides.new.is_empty() || !line.ends_with(only) || new.is_empty();
            Spot::compared(stretch.start + count(index), vec![(*line).to_owned()], new, clear)
        })
        .collect()
}

fn spots_in_lines(stretch: &Stretch<'_>, sides: &Sides<'_>, only: &str) -> Vec<Spot> {
    let finder = memchr::memmem::Finder::new(only);
    let lines = stretch.lines.iter().enumerate();
    lines
        .flat_map(|(index, line)| {
            let found = finder.find_iter(line.as_bytes()).take(2);
            let sides_of = |at: usize| (&line[..at], &line[at + only.len()..]);
            found.map(move |at| spot(stretch, index..=index, sides, sides_of(at))).collect::<Vec<_>>()
        })
        .collect()
}

fn spots_over_lines(stretch: &Stretch<'_>, sides: &Sides<'_>, first: &str, last: &str) -> Vec<Spot> {
    let length = sides.old.len();
    let middle = &sides.old[1..length - 1];
    let windows = stretch.lines.windows(length).enumerate();
    let spots = windows.filter_map(|(index, lines)| {
        let before = lines[0].strip_suffix(first)?;
        let behind = lines[length - 1].strip_prefix(last)?;
        let same = lines[1..length - 1] == *middle;
        same.then(|| spot(stretch, index..=index + length - 1, sides, (before, behind)))
    });
    spots.collect()
}

/// The new text with what stands before and behind it in its lines. It is not clear what they become where nobody
/// can tell whether the line end went with a text that was taken out.
fn spot(
    stretch: &Stretch<'_>,
    lines: std::ops::RangeInclusive<usize>,
    sides: &Sides<'_>,
    (before, behind): (&str, &str),
) -> Spot {
    let line = stretch.start + count(*lines.start());
    let old = stretch.lines[lines].iter().map(ToString::to_string).collect();
    let mut new: Vec<String> = sides.new.iter().map(ToString::to_string).collect();
    let whole = before.is_empty() && behind.is_empty();
    let clear = !new.is_empty() || whole || !behind.is_empty();
    if new.is_empty() && !whole {
        new.push(String::new());
    }
    if let Some(first) = new.first_mut() {
        first.insert_str(0, before);
    }
    if let Some(last) = new.last_mut() {
        last.push_str(behind);
    }
    Spot::compared(line, old, new, clear)
}
