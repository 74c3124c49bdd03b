//! Random edits of real sources, in which every line keeps an identity of its own: copies of what is there already,
//! deletions, changed lines, moved blocks.

use std::fs;

use rayon::prelude::*;

use crate::Dice;
use crate::truth::{Tally, Went, anywhere};
use crate::versions::{crates, sources};

/// How many edits lie between the save and the load.
const EDITS: [usize; 4] = [1, 3, 10, 30];

/// How many sources are taken.
const SOURCES: usize = 240;

/// A line, and which one it was before all edits.
#[derive(Clone)]
struct Line {
    text: String,
    was: Option<usize>,
}

/// What was said of places after so many edits.
pub fn tallies() -> Vec<(String, Tally)> {
    let texts = texts();
    let tally = |edits: usize| {
        let tallies = texts.par_iter().enumerate().map(|(seed, text)| edited(seed, text, edits));
        tallies.reduce(Tally::default, |mut all, one| {
            all.add(&one);
            all
        })
    };
    let edits = EDITS.into_iter().filter(|_| !texts.is_empty());
    edits.map(|edits| (format!("random edits, {edits}"), tally(edits))).collect()
}

/// Sources of a middling length, every so many of all.
fn texts() -> Vec<String> {
    let all: Vec<_> = crates().iter().flat_map(|folder| sources(folder)).collect();
    let every = (all.len() / (2 * SOURCES)).max(1);
    let texts = all.iter().step_by(every).filter_map(|path| fs::read_to_string(path).ok());
    texts.filter(|text| (60..1500).contains(&text.lines().count())).take(SOURCES).collect()
}

fn edited(seed: usize, text: &str, edits: usize) -> Tally {
    let mut dice = Dice((seed * 1000 + edits) as u64);
    let mut lines: Vec<Line> =
        text.lines().enumerate().map(|(at, text)| Line { text: text.to_owned(), was: Some(at) }).collect();
    let before = lines.len();
    (0..edits).for_each(|_| edit(&mut lines, &mut dice));
    let mut went: Went = vec![None; before];
    for (at, line) in lines.iter().enumerate() {
        if let Some(was) = line.was {
            went[was] = Some(at);
        }
    }
    let new: String = lines.iter().flat_map(|line| [line.text.as_str(), "\n"]).collect();
    let mut tally = Tally::default();
    tally.judge("a.rs", text, &new, &went, &anywhere(&mut dice, before, 12));
    tally
}

/// One edit of up to twelve lines.
fn edit(lines: &mut Vec<Line>, dice: &mut Dice) {
    let from = dice.below(lines.len());
    let to = (from + 1 + dice.below(12)).min(lines.len());
    let elsewhere = dice.below(lines.len());
    match dice.below(6) {
        0 => drop(lines.drain(from..to)),
        1 => {
            let copy: Vec<Line> =
                lines[from..to].iter().map(|line| Line { was: None, ..line.clone() }).collect();
            lines.splice(elsewhere..elsewhere, copy);
        }
        2 => {
            let block: Vec<Line> = lines.drain(from..to).collect();
            let at = elsewhere.min(lines.len());
            lines.splice(at..at, block);
        }
        3 => lines[from..to].iter_mut().for_each(|line| *line = reworded(line, dice)),
        4 => {
            let line = &mut lines[from];
            *line = reworded(line, dice);
        }
        _ => {
            let number = dice.below(10_000);
            let new = (0..to - from).map(|line| format!("    let added_{number}_{line} = {line};"));
            lines.splice(from..from, new.map(|text| Line { text, was: None }).collect::<Vec<_>>());
        }
    }
}

/// The line with one more word; a line without any stays what it is.
fn reworded(line: &Line, dice: &mut Dice) -> Line {
    if line.text.trim().is_empty() {
        return line.clone();
    }
    Line { text: format!("{} // {}", line.text, dice.below(1000)), was: None }
}
