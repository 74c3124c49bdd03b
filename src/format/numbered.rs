//! Files as tools print them for a model: each line with its number before it.

use crate::event::FileRead;

/// Fewer lines in a row than this may carry numbers by chance.
const FEWEST: usize = 3;

/// The lines shown of the file, if the text has a run of lines whose numbers go up by one.
pub(super) fn read(path: &str, text: &str) -> Option<FileRead> {
    let mut run = Run::default();
    for line in text.lines() {
        if !run.take(line) {
            if run.lines.len() >= FEWEST {
                break;
            }
            run = Run::default();
            run.take(line);
        }
    }
    let content = run.content();
    (run.lines.len() >= FEWEST).then(|| FileRead {
        path: path.to_owned(),
        start: run.start,
        content,
        total: None,
    })
}

/// Lines in a row with numbers that go up by one, all with the same sign behind the number.
#[derive(Default)]
struct Run<'a> {
    start: u32,
    next: u32,
    sign: Option<char>,
    lines: Vec<&'a str>,
}

impl<'a> Run<'a> {
    /// Takes the line if it continues the run or begins it.
    fn take(&mut self, line: &'a str) -> bool {
        let Some((number, sign, rest)) = numbered(line) else { return false };
        if self.lines.is_empty() {
            (self.start, self.sign) = (number, Some(sign));
        } else if number != self.next || self.sign != Some(sign) {
            return false;
        }
        self.next = number.saturating_add(1);
        self.lines.push(rest);
        true
    }

    /// The lines without their numbers; a blank behind a colon or a bar is the tool's if every line has it.
    fn content(&self) -> String {
        let padded = matches!(self.sign, Some(':' | '|'))
            && self.lines.iter().all(|line| line.is_empty() || line.starts_with(' '));
        let bare = |line: &&'a str| if padded { line.strip_prefix(' ').unwrap_or(line) } else { line };
        self.lines.iter().map(bare).collect::<Vec<_>>().join("\n")
    }
}

/// A line's number, the sign behind it, and the rest.
fn numbered(line: &str) -> Option<(u32, char, &str)> {
    let line = line.trim_start().trim_start_matches("<content>").trim_start_matches("<file>").trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let number = line.get(..digits)?.parse().ok().filter(|number| *number > 0)?;
    let mut rest = line[digits..].chars();
    let sign = rest.next().filter(|sign| matches!(sign, '→' | '\t' | '|' | ':'))?;
    Some((number, sign, rest.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(u32, &str)>) {
        let found = read("a", text);
        assert_eq!(found.as_ref().map(|read| (read.start, read.content.as_str())), expected, "{text}");
    }

    #[test]
    fn common_notations() {
        check("     9→fn a() {\n    10→    b\n    11→}", Some((9, "fn a() {\n    b\n}")));
        check("1\tx\n2\t\n3\ty\n\n<note>", Some((1, "x\n\ny")));
        check("<path>a</path>\n<content>4: a\n5:\n6:  b\n(end)", Some((4, "a\n\n b")));
        check("[File: a (9 lines total)]\n1:x\n2:y\n3:z", Some((1, "x\ny\nz")));
        check("00001| a\n00002| b\n00003| c", Some((1, "a\nb\nc")));
    }

    #[test]
    fn numbers_by_chance_are_not_line_numbers() {
        check("1. first\n2. second\n3. third", None);
        check("1: a\n3: b\n5: c", None);
        check("plain\ntext", None);
        check("", None);
    }
}
