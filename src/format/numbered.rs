//! Files as tools print them for a model: each line with its number before it.

use crate::event::{FileRead, Hunk, HunkPosition};

/// Fewer lines in a row than this may carry numbers by chance.
const FEWEST: usize = 3;

/// The lines shown of the file, if the text has a run of lines whose numbers go up by one.
pub(super) fn read(path: &str, text: &str) -> Option<FileRead> {
    let run = Run::of(text, FEWEST);
    (run.lines.len() >= FEWEST).then(|| run.read(path, run.content()))
}

/// The same, where the text is known to have numbers: a single line will do, and no blank stands behind a number.
pub(super) fn shown(path: &str, text: &str) -> Option<FileRead> {
    let run = Run::of(text, 1);
    (!run.lines.is_empty()).then(|| run.read(path, run.lines.join("\n")))
}

/// The lines shown, where every line has its number and a dot before it. In prose that would be a list: only for a
/// tool that is known to number lines so.
pub(super) fn dotted(path: &str, text: &str) -> Option<FileRead> {
    let bare = |line: &str, number: u32| {
        let (digits, rest) = line.split_once('.')?;
        (digits.parse() == Ok(number)).then(|| rest.strip_prefix(' ').unwrap_or(rest).to_owned())
    };
    let start: u32 = text.split_once('.')?.0.parse().ok()?;
    let lines: Option<Vec<String>> =
        text.lines().zip(start..).map(|(line, number)| bare(line, number)).collect();
    Some(FileRead { path: path.to_owned(), start, content: lines?.join("\n"), total: None })
}

/// The hunks of a diff in which every line has its mark and its number before it (`+ 12 text`): removed lines the
/// old number, all others the new one. A line of dots stands for what is left out.
pub(super) fn hunks(text: &str) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut open = false;
    let mut shift = 0_i64;
    for line in text.lines() {
        let Some((mark, number, rest)) = numbered_change(line) else {
            open = false;
            continue;
        };
        if !open {
            hunks.push(begin(mark, number, shift));
            open = true;
        }
        let hunk = hunks.last_mut().expect("pushed above");
        shift += add(hunk, mark, rest);
    }
    hunks.retain(|hunk| hunk.lines.contains(['+', '-']));
    hunks
}

fn numbered_change(line: &str) -> Option<(char, u32, &str)> {
    let mark = line.chars().next().filter(|mark| matches!(mark, '+' | '-' | ' '))?;
    let rest = line[1..].trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number = rest[..digits].parse().ok().filter(|number| *number > 0)?;
    let text = &rest[digits..];
    Some((mark, number, text.strip_prefix(' ').unwrap_or(text)))
}

fn begin(mark: char, number: u32, shift: i64) -> Hunk {
    let other = |shift: i64| u32::try_from(i64::from(number) + shift).unwrap_or(1).max(1);
    let (old_start, new_start) = if mark == '-' { (number, other(shift)) } else { (other(-shift), number) };
    let position = HunkPosition { old_start, old_lines: 0, new_start, new_lines: 0 };
    Hunk { position: Some(position), ..Hunk::default() }
}

/// Adds a line, and says by how much it moves what follows.
fn add(hunk: &mut Hunk, mark: char, text: &str) -> i64 {
    if !hunk.lines.is_empty() {
        hunk.lines.push('\n');
    }
    hunk.lines.push(mark);
    hunk.lines.push_str(text);
    let (old, new) = (u32::from(mark != '+'), u32::from(mark != '-'));
    if let Some(position) = &mut hunk.position {
        position.old_lines += old;
        position.new_lines += new;
    }
    i64::from(new) - i64::from(old)
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
    /// The first run of at least so many lines.
    fn of(text: &'a str, fewest: usize) -> Self {
        let mut run = Self::default();
        for line in text.lines() {
            if !run.take(line) {
                if run.lines.len() >= fewest {
                    break;
                }
                run = Self::default();
                run.take(line);
            }
        }
        run
    }

    fn read(&self, path: &str, content: String) -> FileRead {
        FileRead { path: path.to_owned(), start: self.start, content, total: None }
    }

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
    let mut line = line.trim_start();
    // The first line may stand behind a tag.
    if line.starts_with('<') {
        line = line.trim_start_matches("<content>").trim_start_matches("<file>").trim_start();
    }
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
    fn numbers_with_a_dot_where_they_are_known() {
        let content = |text| dotted("a", text).map(|read| (read.start, read.content));
        assert_eq!(content("7. x\n8. \n9.   y"), Some((7, "x\n\n  y".to_owned())));
        assert_eq!(content("1. x\n3. y"), None);
        assert_eq!(content("no number"), None);
    }

    #[test]
    fn changes_with_their_numbers() {
        let position = |old_start, old_lines, new_start, new_lines| {
            Some(HunkPosition { old_start, old_lines, new_start, new_lines })
        };
        let hunk = |position, lines: &str| Hunk { position, lines: lines.to_owned(), ..Hunk::default() };
        assert_eq!(
            hunks("     ...\n   9 a\n- 10 b\n+ 10 c\n+ 11 d\n  12 e\n     ...\n  30 f\n- 30 g\n+ 31 h"),
            [hunk(position(9, 3, 9, 4), " a\n-b\n+c\n+d\n e"), hunk(position(29, 2, 30, 2), " f\n-g\n+h"),]
        );
        assert_eq!(hunks("no diff"), []);
    }

    #[test]
    fn numbers_by_chance_are_not_line_numbers() {
        check("1. first\n2. second\n3. third", None);
        check("1: a\n3: b\n5: c", None);
        check("plain\ntext", None);
        check("", None);
    }
}
