//! Reading prose: Markdown text into statements, and statements into words and names.
//!
//! A statement is what a reader would quote as one thing: a bullet, a table row, or a sentence with those behind it
//! that lean on it ("This …", "So …"). Markup goes, words stay.

use std::borrow::Cow;

mod words;

pub use words::{identifiers, is_identifier, words};

/// A quotable piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The heading or lead-in ("Remaining:") it stands under, if any.
    pub heading: String,
    /// What kind of block it was.
    pub block: Block,
    /// The words, without markup, on one line.
    pub text: String,
}

/// What kind of block a statement was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Prose,
    /// An item of a list.
    Item,
    /// A row of a table.
    Row,
}

/// The longest statement of running text, in bytes; longer ones are split at sentence ends.
const LONGEST: usize = 360;
/// The same of an item of a list.
const LONGEST_ITEM: usize = 300;
/// A line shorter than this, in bytes, can be the name of the list below it.
const LONGEST_LABEL: usize = 56;
/// A sentence shorter than this, in bytes, joins the one before it.
const SHORT: usize = 48;
/// The same where a text is read in passages.
const SHORT_OF_PASSAGE: usize = 90;

/// Splits a Markdown message into statements, in order. Code blocks are left out.
pub fn statements(markdown: &str) -> Vec<Statement> {
    read(markdown, SHORT)
}

/// The same with more sentences together, as one reads what is told rather than ordered: each order stands by itself.
pub fn passages(markdown: &str) -> Vec<Statement> {
    read(markdown, SHORT_OF_PASSAGE)
}

fn read(markdown: &str, short: usize) -> Vec<Statement> {
    let mut reader = Reader { short, ..Reader::default() };
    for line in markdown.lines() {
        reader.line(line);
    }
    reader.close();
    reader.out
}

#[derive(Default)]
struct Reader {
    out: Vec<Statement>,
    /// A sentence shorter than this, in bytes, joins the one before it.
    short: usize,
    heading: String,
    /// Lines that ended with a colon and lead into a list, the outermost first; an item that leads into a deeper list
    /// with how far it is indented.
    leads: Vec<(Option<usize>, String)>,
    fence: Option<char>,
    block: Option<Block>,
    indent: usize,
    /// Whether the block at hand is of more than one line.
    goes_on: bool,
    /// Whether the last block was but a name, which leads the list that may stand below it.
    is_named: bool,
    current: String,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let trimmed = line.trim();
        if let Some(mark) = fence_mark(trimmed) {
            self.end();
            match self.fence {
                Some(open) if open == mark => self.fence = None,
                Some(_) => {}
                None => self.fence = Some(mark),
            }
            return;
        }
        if self.fence.is_some() {
            return;
        }
        if trimmed.is_empty() {
            return self.close();
        }
        if self.block.is_none() && list_item(trimmed).is_none() {
            self.is_named = false;
        }
        if let Some(title) = heading(trimmed) {
            self.end();
            self.heading = title;
            self.leads.clear();
            return;
        }
        if is_rule(trimmed) {
            self.end();
            if trimmed.contains('|') && self.out.last().is_some_and(|last| last.block == Block::Row) {
                self.out.pop();
            }
            return;
        }
        if let Some(row) = trimmed.strip_prefix('|') {
            self.end();
            return self.row(row);
        }
        let indent = line.len() - line.trim_start().len();
        if let Some(item) = list_item(trimmed) {
            self.label(indent);
            self.close();
            self.lead();
            self.leave(indent);
            self.block = Some(Block::Item);
            self.goes_on = false;
            self.indent = indent;
            self.current.push_str(item);
            return;
        }
        if self.block.is_none() {
            self.block = Some(Block::Prose);
            self.goes_on = false;
        } else {
            self.goes_on = true;
            self.current.push(' ');
        }
        self.current.push_str(trimmed.trim_start_matches('>').trim_start());
    }

    /// Closes a block above something that is no list.
    fn end(&mut self) {
        self.close();
        self.is_named = false;
    }

    /// Makes a lead of an item that a deeper one follows, if it can only be the name of those: "- Tests".
    fn label(&mut self, indent: usize) {
        let leads = self.block == Some(Block::Item) && indent > self.indent;
        if leads && !self.goes_on && is_label(&self.current) {
            self.current.push(':');
        }
    }

    /// Makes a lead of the name that was told last, above a list.
    fn lead(&mut self) {
        if std::mem::take(&mut self.is_named)
            && let Some(name) = self.out.pop()
        {
            self.leads.push((None, name.text));
        }
    }

    fn row(&mut self, row: &str) {
        let cells: Vec<String> = row
            .trim_end_matches('|')
            .split('|')
            .map(|cell| plain(cell.trim()))
            .filter(|c| !c.is_empty())
            .collect();
        if cells.len() > 1 {
            let text = cells.join(" | ");
            self.push(Block::Row, text);
        }
    }

    fn close(&mut self) {
        let current = std::mem::take(&mut self.current);
        let Some(block) = self.block.take() else { return };
        let text = plain(&current);
        if text.is_empty() {
            return;
        }
        match block {
            Block::Prose => self.prose(&text),
            Block::Item | Block::Row => self.item(&text),
        }
    }

    /// Ends the deeper lists that earlier items led into, where an item is not deeper than those.
    fn leave(&mut self, indent: usize) {
        while self.leads.pop_if(|(led_from, _)| *led_from >= Some(indent)).is_some() {}
    }

    fn prose(&mut self, text: &str) {
        self.leads.clear();
        self.is_named = !self.goes_on && is_label(text);
        let mut sentences = sentences(text);
        while sentences.len() > 1 && sentences.last().is_some_and(|last| is_narration(last)) {
            sentences.pop();
        }
        for part in group(&sentences, self.short) {
            self.push(Block::Prose, part);
        }
        if let Some(lead) = self.out.last().filter(|last| last.text.ends_with(':')) {
            self.leads.push((None, lead.text.clone()));
            self.out.pop();
            self.is_named = false;
        }
    }

    fn item(&mut self, text: &str) {
        if text.ends_with(':') && text.len() < 120 {
            self.leads.push((Some(self.indent), text.to_owned()));
            return;
        }
        for part in if text.len() > LONGEST_ITEM {
            group(&sentences(text), self.short)
        } else {
            vec![text.to_owned()]
        } {
            self.push(Block::Item, part);
        }
    }

    fn push(&mut self, block: Block, text: String) {
        let lead = self.leads.last().map_or("", |(_, lead)| lead.as_str());
        let heading = if lead.is_empty() || lead.len() > 90 {
            self.heading.clone()
        } else {
            lead.trim_end_matches(':').to_owned()
        };
        self.out.push(Statement { heading, block, text });
    }
}

/// Whether a line is too short for a sentence, and ends like a name.
fn is_label(line: &str) -> bool {
    let line = line.trim_end_matches(['*', '`', '_']);
    line.len() < LONGEST_LABEL
        && line.split_whitespace().count() <= 6
        && line.starts_with(|c: char| c.is_uppercase() || matches!(c, '*' | '`' | '_'))
        && line.ends_with(|c: char| c.is_alphanumeric() || c == ')')
}

fn fence_mark(line: &str) -> Option<char> {
    ["```", "~~~"].iter().find(|fence| line.starts_with(**fence)).and_then(|fence| fence.chars().next())
}

fn heading(line: &str) -> Option<String> {
    let hashes = line.len() - line.trim_start_matches('#').len();
    if (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') {
        return Some(plain(line[hashes..].trim()).trim_end_matches(':').to_owned());
    }
    let bold = line.strip_prefix("**")?.trim_end_matches(':').strip_suffix("**")?;
    (!bold.contains("**") && bold.len() < 120).then(|| plain(bold).trim_end_matches(':').to_owned())
}

fn is_rule(line: &str) -> bool {
    line.chars().all(|c| matches!(c, '|' | '-' | ':' | '=' | '_' | '*' | '─' | ' '))
}

/// The text of a list item, without its mark.
fn list_item(line: &str) -> Option<&str> {
    let rest = ["- ", "* ", "+ ", "• "].iter().find_map(|mark| line.strip_prefix(mark)).or_else(|| {
        let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        (1..=3)
            .contains(&digits)
            .then(|| line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") ")))?
    })?;
    Some(
        ["[ ] ", "[x] ", "[X] "].iter().find_map(|mark| rest.strip_prefix(mark)).unwrap_or(rest).trim_start(),
    )
}

/// Takes Markdown's marks out of a line and folds its white space. A link keeps its words; a link to a line of a file keeps that too.
pub fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut rest = markdown;
    loop {
        let (same, behind) = rest.split_at(plain_until(rest));
        out.push_str(same);
        rest = behind;
        let Some(c) = rest.chars().next() else { break };
        if let Some((words, target, behind)) = (c == '[').then(|| link(rest)).flatten() {
            out.push_str(&plain(words));
            out.push_str(line_of(words, target));
            rest = behind;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '`' => {}
            '*' if rest.starts_with('*') => rest = &rest[1..],
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// How many bytes of a text stay as they are, until a mark, white space or something other than ASCII.
fn plain_until(text: &str) -> usize {
    let ends = |byte: u8| !byte.is_ascii_graphic() || matches!(byte, b'`' | b'*' | b'[');
    text.bytes().position(ends).unwrap_or(text.len())
}

/// The words and the target of a Markdown link that begins here, and what stands behind it.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (target, behind) = rest.split_once(')')?;
    let sane = words.len() < 200
        && target.len() < 300
        && !words.contains(['[', '\n'])
        && !target.contains([' ', '\n']);
    sane.then_some((words, target, behind))
}

/// The `:12` at the end of a link's target, if its words name a file without it.
fn line_of<'a>(words: &str, target: &'a str) -> &'a str {
    let Some(at) = target.rfind(':') else { return "" };
    let is_line = target.len() > at + 1 && target[at + 1..].bytes().all(|b| b.is_ascii_digit());
    if is_line && words.contains('.') && !words.contains(':') { &target[at..] } else { "" }
}

/// Splits running text at sentence ends.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let ends = match c {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' => ends_sentence(&text[start..at], &text[end..]),
            _ => false,
        };
        if ends && end > start {
            out.push(text[start..end].trim());
            start = end;
        }
    }
    out.push(text[start..].trim());
    out.retain(|sentence| !sentence.is_empty());
    out
}

fn ends_sentence(before: &str, after: &str) -> bool {
    const ABBREVIATIONS: &[&str] =
        &["e.g", "i.e", "vs", "etc", "cf", "approx", "no", "incl", "z.B", "d.h", "bzw"];
    let Some(next) = after.strip_prefix(' ') else { return false };
    let last = before.rsplit([' ', '(']).next().unwrap_or(before);
    !ABBREVIATIONS.contains(&last)
        && next.chars().next().is_some_and(|c| !c.is_lowercase() && c != ')' || c.is_numeric())
}

/// Joins sentences that lean on the one before, up to [`LONGEST`].
fn group(sentences: &[&str], short: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for sentence in sentences {
        match out.last_mut() {
            Some(last)
                if last.len() + sentence.len() < LONGEST
                    && (leans(sentence, short) || last.len() < short)
                    && !last.ends_with(':') =>
            {
                last.push(' ');
                last.push_str(sentence);
            }
            _ => out.push((*sentence).to_owned()),
        }
    }
    out
}

/// Whether a sentence cannot stand without the one before it.
fn leans(sentence: &str, short: usize) -> bool {
    const LEANING: &[&str] = &[
        "This ",
        "That ",
        "It ",
        "So ",
        "Otherwise",
        "But ",
        "These ",
        "Those ",
        "They ",
        "Same ",
        "Which ",
        "Then ",
        "And ",
    ];
    sentence.len() < short && !sentence.ends_with('?')
        || LEANING.iter().any(|start| sentence.starts_with(start))
}

/// A text with straight apostrophes.
pub fn straight(text: &str) -> Cow<'_, str> {
    if text.contains('’') { Cow::Owned(text.replace('’', "'")) } else { Cow::Borrowed(text) }
}

/// Whether a sentence only says what the speaker does next.
pub fn is_narration(sentence: &str) -> bool {
    const STARTS: &[&str] = &[
        "Let me ",
        "Now let me ",
        "Now I'll ",
        "I'll ",
        "Let's ",
        "Now let's ",
        "Let me:",
        "First, let me ",
        "Next, let me ",
        "Now, let me ",
        "Now, let's ",
        "Now let us ",
        "Next, I'll ",
        "Next I'll ",
        "First, I'll ",
        "Then I'll ",
        "I will ",
        "I'm going to ",
        "I am going to ",
        "We will now ",
        "We will first ",
        "Let us ",
        "Checking ",
        "Running ",
    ];
    if sentence.len() >= 160 {
        return false;
    }
    let straight = straight(sentence);
    let announces = STARTS.iter().any(|start| straight.starts_with(start)) && !chooses(&straight);
    announces || goes_over(&straight)
}

/// Whether a sentence that says what the speaker does next says how they decided: "I'll keep …".
pub fn chooses(sentence: &str) -> bool {
    const CHOICES: &[&str] =
        &["go", "use", "keep", "leave", "stick", "avoid", "not", "skip", "treat", "only"];
    let straight = straight(sentence);
    let next = ["I'll ", "I will "].iter().find_map(|start| straight.strip_prefix(start));
    next.and_then(|rest| rest.split(' ').next()).is_some_and(|word| CHOICES.contains(&word))
}

/// Whether a sentence only says that the speaker goes over to something: "Now updating …", "Now the tests.".
fn goes_over(sentence: &str) -> bool {
    let next = sentence.strip_prefix("Now ").and_then(|rest| rest.split(' ').next());
    next.is_some_and(|word| word.ends_with("ing") || word == "Phase" || word == "for")
}

/// A path in a folder; an absolute path stays as it is.
pub fn joined(folder: &str, path: &str) -> String {
    let absolute = path.starts_with(['/', '~', '\\']) || path.as_bytes().get(1) == Some(&b':');
    if absolute || folder.is_empty() || folder == "." {
        return path.to_owned();
    }
    format!("{}/{}", folder.trim_end_matches(['/', '\\']), path.trim_start_matches("./"))
}

/// The first bytes of a text, at most so many, in whole characters.
pub fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Cuts a text to at most `limit` bytes at the end of a sentence, clause or word, and says so with "…".
pub fn clip(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let head = beginning(text, limit);
    let sentence = head.rfind(". ").map(|at| at + 1).filter(|at| *at > limit / 2);
    if let Some(at) = sentence {
        return head[..at].to_owned();
    }
    let clause = head.rfind("; ").or_else(|| head.rfind(", ")).filter(|at| *at > limit * 2 / 3);
    let word = head.rfind(' ').filter(|at| *at > limit / 2);
    format!("{}…", head[..clause.or(word).unwrap_or(head.len())].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_the_list_below_it() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found = statements(text);
            let found: Vec<(&str, &str)> =
                found.iter().map(|it| (it.heading.as_str(), it.text.as_str())).collect();
            assert_eq!(found, expected, "{text:?}");
        };
        check("Next steps\n- Add the cache.", &[("Next steps", "Add the cache.")]);
        check("- Tests\n  - One of the cache.\n- Docs", &[("Tests", "One of the cache."), ("", "Docs")]);
        check("All of it is done.\n- Add the cache.", &[("", "All of it is done."), ("", "Add the cache.")]);
        check("Next steps\n\n- Add the cache.", &[("Next steps", "Add the cache.")]);
        check("Next steps\n\nFirst:\n- it", &[("", "Next steps"), ("First", "it")]);
        check("Next steps\n### Now\n- it", &[("", "Next steps"), ("Now", "it")]);
        check("It is done and\nNext steps\n- Add it.", &[("", "It is done and Next steps"), ("", "Add it.")]);
    }

    #[test]
    fn paths_are_joined_once() {
        let check = |folder, path, expected: &str| assert_eq!(joined(folder, path), expected);
        check("a", "b", "a/b");
        check("a/", "./b", "a/b");
        check(".", "b", "b");
        check("a", "/b", "/b");
        check("a", "~/b", "~/b");
        check("a", "C:\\b", "C:\\b");
        check("", "", "");
    }
}
