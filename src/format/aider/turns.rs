//! Whose the lines of a history are: each begins with a mark, but for those of the model.

use crate::format::blocks;

/// How the line begins with which a chat does.
pub(super) const START: &str = "# aider chat started at ";

/// Who a line is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    Chat,
    User,
    Program,
    Assistant,
}

fn speaker(line: &str) -> Speaker {
    match line {
        line if line.starts_with(START) => Speaker::Chat,
        line if line == "####" || line.starts_with("#### ") => Speaker::User,
        line if line == ">" || line.starts_with("> ") => Speaker::Program,
        _ => Speaker::Assistant,
    }
}

/// Lines of one speaker that follow each other.
pub(super) struct Turn<'a> {
    /// The first of them, from 0.
    pub first: usize,
    /// Whose they are.
    pub speaker: Speaker,
    /// They themselves.
    pub lines: &'a [&'a str],
}

impl Turn<'_> {
    /// The line of the file, from 1, on which one of the lines stands.
    pub fn line(&self, index: usize) -> u32 {
        u32::try_from(self.first + index + 1).unwrap_or(u32::MAX)
    }
}

/// The turns; what stands inside a block is the model's, whatever it looks like.
pub(super) fn turns<'a>(lines: &'a [&'a str]) -> Vec<Turn<'a>> {
    let mut turns: Vec<Turn> = Vec::new();
    let mut inside = false;
    for (at, line) in lines.iter().enumerate() {
        let who = if inside { Speaker::Assistant } else { speaker(line) };
        inside = if inside { !blocks::closes(line) } else { blocks::opens(line) };
        match turns.last_mut() {
            Some(turn) if turn.speaker == who && who != Speaker::Chat => turn.lines = &lines[turn.first..=at],
            _ => turns.push(Turn { first: at, speaker: who, lines: &lines[at..=at] }),
        }
    }
    turns
}
