//! A longer text as the words that changed. Words are found by `similar`; lengths count Unicode scalar values, so that
//! two changes can be made one without the text between them.

use std::collections::VecDeque;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::delta::Piece;

/// Texts of more words than this, both together, are not compared by word.
const MOST: usize = 20_000;

/// What changed; nothing if telling it takes nearly as much as telling the new text.
pub(super) fn between(old: &str, new: &str) -> Option<Vec<Piece>> {
    let (before, after) = (split(old), split(new));
    if before.len() + after.len() > MOST {
        return None;
    }
    let mut pieces = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, &before, &after) {
        match operation {
            DiffOp::Equal { old_index, len, .. } => keep(&mut pieces, count(&before[old_index..][..len])),
            DiffOp::Delete { old_index, old_len, .. } => {
                drop_text(&mut pieces, &before[old_index..][..old_len].concat());
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                add(&mut pieces, &after[new_index..][..new_len].concat());
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                drop_text(&mut pieces, &before[old_index..][..old_len].concat());
                add(&mut pieces, &after[new_index..][..new_len].concat());
            }
        }
    }
    (4 * size(&pieces) < 3 * new.len()).then_some(pieces)
}

/// The new text; nothing if the pieces are not of this one.
pub(super) fn apply(text: &str, pieces: &[Piece]) -> Option<String> {
    let mut rest = text;
    let mut new = String::with_capacity(text.len());
    for piece in pieces {
        match piece {
            Piece::Keep(length) => {
                let (kept, behind) = cut(rest, *length)?;
                new.push_str(kept);
                rest = behind;
            }
            Piece::Drop(gone) => rest = rest.strip_prefix(gone.as_str())?,
            Piece::Add(text) => new.push_str(text),
        }
    }
    rest.is_empty().then_some(new)
}

/// Both changes as one; nothing if the second is not of the text that the first gives.
pub(super) fn compose(first: &[Piece], second: &[Piece]) -> Option<Vec<Piece>> {
    let mut first: VecDeque<Piece> = first.iter().cloned().collect();
    let mut both = Vec::new();
    for piece in second {
        match piece {
            Piece::Add(text) => add(&mut both, text),
            Piece::Keep(length) => {
                let mut left = *length;
                while left > 0 {
                    match next(&mut first, left, &mut both)? {
                        Piece::Keep(length) => {
                            keep(&mut both, length);
                            left -= length;
                        }
                        Piece::Add(text) | Piece::Drop(text) => {
                            left -= text.chars().count();
                            add(&mut both, &text);
                        }
                    }
                }
            }
            Piece::Drop(text) => {
                let mut left = text.as_str();
                while !left.is_empty() {
                    match next(&mut first, left.chars().count(), &mut both)? {
                        Piece::Keep(length) => {
                            let (gone, behind) = cut(left, length)?;
                            drop_text(&mut both, gone);
                            left = behind;
                        }
                        Piece::Add(text) | Piece::Drop(text) => left = left.strip_prefix(text.as_str())?,
                    }
                }
            }
        }
    }
    while let Some(piece) = first.pop_front() {
        let Piece::Drop(text) = piece else { return None };
        drop_text(&mut both, &text);
    }
    Some(both)
}

/// The next piece of what the first change gives, at most so long; what it drops on the way is dropped.
fn next(first: &mut VecDeque<Piece>, most: usize, both: &mut Vec<Piece>) -> Option<Piece> {
    loop {
        match first.pop_front()? {
            Piece::Drop(text) => drop_text(both, &text),
            Piece::Keep(0) => {}
            Piece::Keep(length) if length > most => {
                first.push_front(Piece::Keep(length - most));
                return Some(Piece::Keep(most));
            }
            Piece::Add(text) if text.is_empty() => {}
            Piece::Add(text) => {
                let Some((head, tail)) = cut(&text, most).filter(|(_, tail)| !tail.is_empty()) else {
                    return Some(Piece::Add(text));
                };
                first.push_front(Piece::Add(tail.to_owned()));
                return Some(Piece::Add(head.to_owned()));
            }
            piece @ Piece::Keep(_) => return Some(piece),
        }
    }
}

fn keep(pieces: &mut Vec<Piece>, length: usize) {
    match pieces.last_mut() {
        Some(Piece::Keep(before)) => *before = before.saturating_add(length),
        _ if length > 0 => pieces.push(Piece::Keep(length)),
        _ => {}
    }
}

fn drop_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Drop(before)) => before.push_str(text),
        _ if !text.is_empty() => pieces.push(Piece::Drop(text.to_owned())),
        _ => {}
    }
}

fn add(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Add(before)) => before.push_str(text),
        _ if !text.is_empty() => pieces.push(Piece::Add(text.to_owned())),
        _ => {}
    }
}

/// Words, each with the white space behind it.
fn split(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

fn count(words: &[&str]) -> usize {
    words.iter().map(|word| word.chars().count()).sum()
}

/// The first so many characters, and the rest; nothing if there are fewer.
fn cut(text: &str, length: usize) -> Option<(&str, &str)> {
    let at = text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(length)?;
    Some(text.split_at(at))
}

/// About how many bytes a reader has to read of the pieces: what went is told by its beginning.
fn size(pieces: &[Piece]) -> usize {
    let of = |piece: &Piece| match piece {
        Piece::Keep(_) => 12,
        Piece::Drop(text) => 4 + text.len().min(40),
        Piece::Add(text) => 4 + text.len(),
    };
    pieces.iter().map(of).sum()
}
