//! Replacements as text: blocks of `SEARCH` and `REPLACE`, and the lines of a passage with their marks.

use crate::event::Hunk;

/// The lines of a replacement, each with its mark.
pub(super) fn marked(old: &str, new: &str) -> String {
    let mut lines = String::with_capacity(old.len() + new.len() + (old.len() + new.len()) / 16);
    let removed = super::lines::of(old).map(|line| ('-', line));
    for (mark, line) in removed.chain(super::lines::of(new).map(|line| ('+', line))) {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push(mark);
        lines.push_str(line);
    }
    lines
}

/// Whether a block begins with this line.
pub(super) fn opens(line: &str) -> bool {
    line.starts_with(['<', '-']) && line.trim_end().ends_with(" SEARCH")
}

/// Whether a block ends with this line.
pub(super) fn closes(line: &str) -> bool {
    line.starts_with(['>', '+']) && line.trim_end().ends_with(" REPLACE")
}

/// A part of a message: words, or the blocks of one file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// Its first line in the message, from 0.
    pub first: usize,
    /// The file that it changes, empty where nothing says which; words change none.
    pub path: Option<&'a str>,
    /// Its lines.
    pub text: String,
}

/// Cuts a message into its words and its blocks. The path of a block stands before it, inside its fence or above.
pub(super) fn pieces<'a>(lines: &[&'a str]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < lines.len() {
        let Some((path, begin)) = opens(lines[at]).then(|| path_before(&lines[from..at])).flatten() else {
            at += 1;
            continue;
        };
        let Some(length) = lines[at..].iter().position(|line| closes(line)) else { break };
        let mut end = at + length + 1;
        words(lines, from, from + begin, &mut pieces);
        pieces.push(Piece { first: at, path: Some(path), text: lines[at..end].join("\n") });
        let is_fence =
            |line: &&str| line.starts_with("```") && line.trim_end().bytes().all(|byte| byte == b'`');
        end += usize::from(lines.get(end).is_some_and(is_fence));
        (from, at) = (end, end);
    }
    words(lines, from, lines.len(), &mut pieces);
    pieces
}

fn words<'a>(lines: &[&'a str], from: usize, to: usize, pieces: &mut Vec<Piece<'a>>) {
    let text = lines[from..to].join("\n");
    if !text.trim().is_empty() {
        let blank = lines[from..to].iter().take_while(|line| line.trim().is_empty()).count();
        pieces.push(Piece { first: from + blank, path: None, text });
    }
}

/// The path in the last lines before a block, and the line where what belongs to the block begins.
fn path_before<'a>(lines: &[&'a str]) -> Option<(&'a str, usize)> {
    let last = lines.len().checked_sub(1)?;
    let before = last.checked_sub(1);
    let is_fence = |index: usize| lines[index].starts_with("```");
    if is_fence(last) {
        return before.map(|index| (path(lines[index]), index));
    }
    let begin = before.filter(|index| is_fence(*index)).unwrap_or(last);
    Some((path(lines[last]), begin))
}

/// The path in a line; a title or a sentence names none.
fn path(line: &str) -> &str {
    let path = line.trim().trim_matches(['`', '*', '#', ':']).trim();
    if path.contains(": ") { "" } else { path }
}

/// The hunks of `SEARCH` and `REPLACE` blocks.
pub(super) fn search_replace(text: &str) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let mut side = None;
    for line in super::lines::of(text) {
        if opens(line) {
            (old, new, side) = (Vec::new(), Vec::new(), Some('-'));
        } else if side.is_some() && line.starts_with("=====") {
            side = Some('+');
        } else if side.is_some() && closes(line) {
            hunks.push(Hunk { lines: marked(&old.join("\n"), &new.join("\n")), ..Hunk::default() });
            side = None;
        } else if side == Some('-') {
            old.push(line);
        } else if side == Some('+') {
            new.push(line);
        }
    }
    hunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_apart_into_words_and_blocks() {
        let block = "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE";
        let check = |text: &str, expected: &[(usize, Option<&str>, &str)]| {
            let lines: Vec<&str> = text.lines().collect();
            let found = pieces(&lines);
            let found: Vec<_> =
                found.iter().map(|piece| (piece.first, piece.path, piece.text.as_str())).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("hello\n\nworld", &[(0, None, "hello\n\nworld")]);
        let fenced = format!("do it\n\na.rs\n```rust\n{block}\n```\ndone");
        check(&fenced, &[(0, None, "do it\n"), (4, Some("a.rs"), block), (10, None, "done")]);
        check(&format!("```rust\n`src/a b.rs`\n{block}\n```"), &[(2, Some("src/a b.rs"), block)]);
        check("a.rs\n<<<<<<< SEARCH\nnever closed", &[(0, None, "a.rs\n<<<<<<< SEARCH\nnever closed")]);
        assert_eq!(search_replace(block)[0].lines, "-a\n+b");
    }
}
