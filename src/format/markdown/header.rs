//! Headers of messages: one line that names the speaker, and the style in which a document writes them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::roles::{Role, role};
use crate::format::times;

/// How a header is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// `## User`
    Heading,
    /// `**User:**`
    Bold,
    /// `_**User**_`
    BoldItalic,
    /// `User:`
    Plain,
}

/// All that must be alike in the headers of one role in one document.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shape {
    level: usize,
    decoration: String,
    name: String,
    colon: bool,
}

/// A line that may be a header.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header<'a> {
    /// How it is set.
    pub kind: Kind,
    /// Whom it names.
    pub role: Role,
    /// Whether it names one that works aside: a subagent, or who speaks to it.
    pub aside: bool,
    /// When, if it says so.
    pub time: Option<Timestamp>,
    /// What stands in brackets after the name and is no time: a model, a tool.
    pub note: Option<&'a str>,
    /// What follows the name and its colon: in a tool's header its name, else the message's first words.
    pub rest: &'a str,
    shape: Shape,
}

/// The way in which a document writes its headers, chosen by its first ones.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Style {
    /// How headers are set.
    pub kind: Kind,
    /// Whether both the user and the model have headers.
    pub both: bool,
    /// Whether a header says more than a name: a time, or a sign before it.
    pub distinct: bool,
    shapes: BTreeMap<Role, Shape>,
}

impl Style {
    /// The style of a document with these lines that may be headers, in order.
    pub fn of(candidates: &[&Header], plain_begins: bool) -> Option<Self> {
        let mut kinds: Vec<Kind> = Vec::new();
        for header in candidates.iter().filter(|header| speaks(header.role)) {
            if !kinds.contains(&header.kind) && (header.kind != Kind::Plain || plain_begins) {
                kinds.push(header.kind);
            }
        }
        // Words with a colon are the weakest sign: they count only where nothing else does.
        kinds.sort_by_key(|kind| *kind == Kind::Plain);
        let styles: Vec<Self> = kinds.into_iter().map(|kind| Self::of_kind(kind, candidates)).collect();
        let with_both = styles.iter().position(|style| style.both);
        let strong = styles.iter().position(|style| style.kind != Kind::Plain);
        with_both.or(strong).map(|index| styles[index].clone())
    }

    fn of_kind(kind: Kind, candidates: &[&Header]) -> Self {
        let mut shapes = BTreeMap::new();
        let mut distinct = false;
        for header in candidates.iter().filter(|header| header.kind == kind || is_tool(header.role)) {
            distinct |= header.time.is_some() || !header.shape.decoration.is_empty();
            shapes.entry(header.role).or_insert_with(|| header.shape.clone());
        }
        let both = shapes.contains_key(&Role::User) && shapes.contains_key(&Role::Assistant);
        Self { kind, both, distinct, shapes }
    }

    /// Whether the header is one of this document.
    pub fn has(&self, header: &Header) -> bool {
        let kind_fits = header.kind == self.kind || (is_tool(header.role) && header.kind != Kind::Plain);
        kind_fits && self.shapes.get(&header.role) == Some(&header.shape)
    }
}

fn speaks(role: Role) -> bool {
    matches!(role, Role::User | Role::Assistant)
}

fn is_tool(role: Role) -> bool {
    matches!(role, Role::Tool | Role::ToolResult)
}

impl<'a> Header<'a> {
    /// Reads a line as a header, if it can be one.
    pub fn parse(line: &'a str) -> Option<Self> {
        if line.starts_with("    ") {
            return None;
        }
        let line = line.trim_start();
        match line.as_bytes().first()? {
            b'#' => heading(line.trim_end()),
            b'_' | b'*' => emphasis(line.trim_end()),
            _ => plain(line),
        }
    }
}

fn heading(line: &str) -> Option<Header<'_>> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    if level > 6 || !text.starts_with([' ', '\t']) {
        return None;
    }
    let text = text.trim().trim_end_matches('#').trim_end();
    let text = text.strip_prefix("**").and_then(|inner| inner.strip_suffix("**")).unwrap_or(text);
    named(text, Kind::Heading, level).filter(|header| header.rest.is_empty() || is_tool(header.role))
}

fn emphasis(line: &str) -> Option<Header<'_>> {
    for (open, close) in [("_**", "**_"), ("***", "***"), ("**_", "_**")] {
        if let Some(inner) = line.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            let header = named(inner, Kind::BoldItalic, 0);
            return header.filter(|header| header.rest.is_empty() || is_tool(header.role));
        }
    }
    let (inner, after) = line.strip_prefix("**")?.split_once("**")?;
    let mut header = named(inner, Kind::Bold, 0)?;
    let after = match after.trim_start().strip_prefix([':', '：']) {
        Some(after) => {
            header.shape.colon = true;
            after.trim()
        }
        None => after.trim(),
    };
    if after.is_empty() {
        return (header.rest.is_empty() || is_tool(header.role)).then_some(header);
    }
    if !header.rest.is_empty() || !header.shape.colon {
        return None;
    }
    header.rest = after;
    Some(header)
}

fn plain(line: &str) -> Option<Header<'_>> {
    // Nearly all lines are prose, and few of those have a colon.
    if memchr::memchr(b':', line.as_bytes()).is_none() && !line.contains('：') {
        return None;
    }
    let header = named(line.trim_end(), Kind::Plain, 0)?;
    header.shape.colon.then_some(header)
}

/// Reads a name, what is in brackets after it, and what follows its colon.
fn named(text: &str, kind: Kind, level: usize) -> Option<Header<'_>> {
    let begin = text.find(char::is_alphanumeric)?;
    let decoration = text[..begin].trim();
    let text = &text[begin..];
    let name_end = text.find(ends_name).unwrap_or(text.len());
    let name = text[..name_end].trim_end_matches(|c: char| !c.is_alphanumeric());
    // In plain text only capital letters set a name apart from words.
    if kind == Kind::Plain && (!decoration.is_empty() || name.starts_with(|c: char| c.is_lowercase())) {
        return None;
    }
    let (name, aside) = without_aside(name);
    let role = role(name)?;
    let tail = Tail::read(text[name_end..].trim());
    let shape = Shape { level, decoration: decoration.to_owned(), name: name.to_owned(), colon: tail.colon };
    tail.fits.then_some(Header {
        kind,
        role,
        aside,
        time: tail.time,
        note: tail.note,
        rest: tail.rest,
        shape,
    })
}

/// A name without the words behind it that say that its bearer works aside: `Agent - sidechain`.
fn without_aside(name: &str) -> (&str, bool) {
    let bare = [" - sidechain", " - subagent"].iter().find_map(|ending| name.strip_suffix(ending));
    (bare.unwrap_or(name), bare.is_some())
}

fn ends_name(c: char) -> bool {
    matches!(c, '(' | '[' | ':' | '：' | '（' | '—' | '–' | '|' | '@' | '•' | '·' | ',' | '`')
}

/// What stands behind a name.
#[derive(Default)]
struct Tail<'a> {
    fits: bool,
    time: Option<Timestamp>,
    note: Option<&'a str>,
    colon: bool,
    rest: &'a str,
}

impl<'a> Tail<'a> {
    fn read(mut text: &'a str) -> Self {
        let mut tail = Self { fits: true, ..Self::default() };
        while let Some((inner, after)) = bracketed(text) {
            tail.note(inner);
            text = after.trim_start();
        }
        if let Some(after) = text.strip_prefix([':', '：']) {
            tail.colon = true;
            tail.after_colon(after.trim());
        } else if let Some(after) = text.strip_prefix(['—', '–', '|', '@', '•', '·', ',']) {
            tail.time = tail.time.or_else(|| times::parse(after));
            tail.fits = tail.time.is_some();
        } else if text.starts_with('`') {
            tail.rest = text;
        } else {
            tail.fits = text.is_empty();
        }
        tail
    }

    fn after_colon(&mut self, text: &'a str) {
        match times::parse(text) {
            Some(time) => self.time = Some(time),
            None => self.rest = text,
        }
    }

    /// `(2025-01-02 10:00)`, `(gpt-5)`, `(gpt-5 2025-01-02 10:00)`.
    fn note(&mut self, inner: &'a str) {
        let inner = inner.trim();
        let begins = std::iter::once(0).chain(inner.match_indices(' ').map(|(at, _)| at + 1)).take(6);
        for begin in begins {
            if let Some(time) = times::parse(&inner[begin..]) {
                self.time = Some(time);
                self.note = self.note.or(Some(inner[..begin].trim()).filter(|note| !note.is_empty()));
                return;
            }
        }
        self.note = self.note.or(Some(inner));
    }
}

fn bracketed(text: &str) -> Option<(&str, &str)> {
    let close = match text.chars().next()? {
        '(' => ')',
        '[' => ']',
        '（' => '）',
        _ => return None,
    };
    let inner = text.trim_start_matches(['(', '[', '（']);
    let (inner, after) = inner.split_once(close)?;
    (inner.len() <= 100).then_some((inner, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<(Kind, Role, &str)>) {
        let found = Header::parse(line);
        assert_eq!(found.map(|header| (header.kind, header.role, header.rest)), expected, "{line}");
    }

    #[test]
    fn lines_that_can_be_headers() {
        check("## User", Some((Kind::Heading, Role::User, "")));
        check("### 👤 User", Some((Kind::Heading, Role::User, "")));
        check("#### Human (2025-01-02 10:00)", Some((Kind::Heading, Role::User, "")));
        check("## **Assistant** ##", Some((Kind::Heading, Role::Assistant, "")));
        check("### 🤖 Assistant (gpt-5)", Some((Kind::Heading, Role::Assistant, "")));
        check("##### You said:", Some((Kind::Heading, Role::User, "")));
        check("#### 🛠️ Tool: bash", Some((Kind::Heading, Role::Tool, "bash")));
        check("**User:** hello", Some((Kind::Bold, Role::User, "hello")));
        check("**User**: hello", Some((Kind::Bold, Role::User, "hello")));
        check("**Assistant**", Some((Kind::Bold, Role::Assistant, "")));
        check("**Tool: bash**", Some((Kind::Bold, Role::Tool, "bash")));
        check("_**Agent (m-1 2025-01-02 10:00:00Z)**_", Some((Kind::BoldItalic, Role::Assistant, "")));
        check(
            "_**Agent - sidechain (m-1 2025-01-02 10:00:00Z)**_",
            Some((Kind::BoldItalic, Role::Assistant, "")),
        );
        check("User: hi there", Some((Kind::Plain, Role::User, "hi there")));
        check("## Benutzer", Some((Kind::Heading, Role::User, "")));
        check("**ユーザー：** こんにちは", Some((Kind::Bold, Role::User, "こんにちは")));
        check("## 用户", Some((Kind::Heading, Role::User, "")));
        check("## User — 2025-01-02T10:00:00Z", Some((Kind::Heading, Role::User, "")));
    }

    #[test]
    fn lines_that_cannot() {
        for line in [
            "## User guide",
            "## Users",
            "##User",
            "    ## User",
            "**User** is a role",
            "user: root",
            "User",
            "## Tools",
            "**Assistant settings:** x",
            "",
            "###",
            "## User: create, edit",
            "####### User",
            "- User: x",
        ] {
            check(line, None);
        }
    }

    #[test]
    fn times_and_notes() {
        let header = Header::parse("_**Agent (m-1 2025-01-02 10:00:00Z)**_").expect("a header");
        assert_eq!(header.note, Some("m-1"));
        assert_eq!(header.time.map(|time| time.to_string()).as_deref(), Some("2025-01-02T10:00:00Z"));
        let header = Header::parse("### Assistant (gpt-5)").expect("a header");
        assert_eq!((header.note, header.time), (Some("gpt-5"), None));
    }
}
