//! Which lines of a document are its own, and which are code or comments in which nothing is a header.

use super::header::{Header, Kind};

/// A line of the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Its text, without its line end.
    pub text: &'a str,
    /// Its first byte in the document.
    pub start: usize,
    /// Whether it is neither code nor comment.
    pub own: bool,
}

/// A fence of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence<'a> {
    mark: u8,
    length: usize,
    /// What stands behind the marks: the language.
    pub info: &'a str,
}

impl<'a> Fence<'a> {
    /// Reads a line as a fence that opens code.
    pub fn open(line: &'a str) -> Option<Self> {
        let body = line.trim_start_matches(' ');
        let mark = *body.as_bytes().first()?;
        if line.len() - body.len() > 3 || !matches!(mark, b'`' | b'~') {
            return None;
        }
        let info = body.trim_start_matches(mark as char);
        let length = body.len() - info.len();
        let fits = length >= 3 && !(mark == b'`' && info.contains('`'));
        fits.then_some(Self { mark, length, info: info.trim() })
    }

    /// Whether the line closes this fence.
    pub fn is_closed_by(&self, line: &str) -> bool {
        Fence::open(line).is_some_and(|other| {
            other.mark == self.mark && other.length >= self.length && other.info.is_empty()
        })
    }
}

/// The lines of a document.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = split(text);
    let mut state = State::default();
    for index in 0..lines.len() {
        lines[index].own = state.line(lines[index].text, &lines[index + 1..]);
    }
    lines
}

fn split(text: &str) -> Vec<Line<'_>> {
    let ends =
        memchr::memchr_iter(b'\n', text.as_bytes()).chain((!text.ends_with('\n')).then_some(text.len()));
    let mut start = 0;
    let lines = ends.map(|end| {
        let line = &text[start..end];
        let line = Line { text: line.strip_suffix('\r').unwrap_or(line), start, own: true };
        start = end + 1;
        line
    });
    if text.is_empty() { Vec::new() } else { lines.collect() }
}

#[derive(Default)]
struct State<'a> {
    fence: Option<Fence<'a>>,
    comment: bool,
    tool_block: bool,
}

impl<'a> State<'a> {
    /// Whether the line is the document's own.
    fn line(&mut self, text: &'a str, following: &[Line]) -> bool {
        if self.tool_block && text.starts_with("</") && text.trim_end().ends_with("</tool-use>") {
            // What a tool printed may hold fences of its own; the end of its block ends them all.
            *self = Self::default();
            return true;
        }
        if let Some(fence) = self.fence {
            if fence.is_closed_by(text) {
                self.fence = None;
            }
            return false;
        }
        if self.comment {
            self.comment = !text.contains("-->");
            return false;
        }
        self.outside(text, following)
    }

    fn outside(&mut self, text: &'a str, following: &[Line]) -> bool {
        if let Some(fence) = Fence::open(text) {
            let stray = fence.info.is_empty() && is_before_header(following);
            self.fence = Some(fence).filter(|_| !stray);
            return false;
        }
        if let Some(comment) = text.trim_start().strip_prefix("<!--") {
            self.comment = !comment.contains("-->");
            return false;
        }
        self.tool_block |= text.starts_with("<tool-use");
        true
    }
}

/// Whether blank lines and then a header follow: a fence without a language before that closes code whose beginning
/// was closed too early, by a fence in what a tool printed.
fn is_before_header(following: &[Line]) -> bool {
    let blank = following.iter().take_while(|line| line.text.trim().is_empty()).count();
    let next = following.get(blank).and_then(|line| Header::parse(line.text));
    blank > 0 && next.is_some_and(|header| header.kind != Kind::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `o` for a line of the document's own, `.` for another.
    fn check(text: &str, expected: &str) {
        let found: String = lines(text).iter().map(|line| if line.own { 'o' } else { '.' }).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn code_and_comments_are_set_apart() {
        check("a\n```\n## User\n```\nb", "o...o");
        check("````md\n```\n```\n````\nb", "....o");
        check("~~~\n```\n~~~\nb", "...o");
        check("``` a`b\nx", "oo");
        check("    ```\nx", "oo");
        check("<!-- a\n## User\n-->\nb", "...o");
        check("<!-- a -->\nb", ".o");
        check("```\nnever closed\n## User", "...");
    }

    #[test]
    fn a_closing_fence_that_was_closed_before_does_not_swallow_the_rest() {
        check("```\nout\n```\nmore\n```\n\n### User\nx", "...o.ooo");
        check("```\n### User\n```", "...");
    }

    #[test]
    fn the_end_of_a_tool_block_ends_its_code() {
        check("<tool-use>\n```\n</details></tool-use>\nx", "o.oo");
    }
}
