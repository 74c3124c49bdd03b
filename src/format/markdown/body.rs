//! What stands under a header: words, thoughts, and blocks that show a tool at work.

use jiff::Timestamp;

use super::header::Header;
use super::lines::{Fence, Line};
use super::roles::Role;
use super::tool_block::Block;
use crate::event::{Actor, Call, Context, EventKind, ToolResult};
use crate::format::lines::Sink;
use crate::format::tool::{self, Files};
use crate::format::{outcome, wrappers};

/// Writes events while the document is read from top to bottom.
pub(super) struct Writer<'a> {
    /// Where events go.
    pub sink: Sink,
    text: &'a str,
    lines: &'a [Line<'a>],
    time: Option<Timestamp>,
    model: Option<String>,
    files: Files,
    unanswered: Option<usize>,
}

/// Something in a message that is not plain words, with the line after its end.
enum Part<'a> {
    Thought(usize),
    Tool { name: &'a str, hint: &'a str, end: usize },
}

impl<'a> Writer<'a> {
    /// Begins a document.
    pub fn new(format: &'static str, text: &'a str, lines: &'a [Line<'a>]) -> Self {
        let sink = Sink::of(format);
        Self { sink, text, lines, time: None, model: None, files: Files::default(), unanswered: None }
    }

    /// Goes to a line, counted from 0.
    pub fn at(&mut self, index: usize) {
        self.sink.line = u32::try_from(index + 1).unwrap_or(u32::MAX);
    }

    /// Adds an event at the line at hand.
    pub fn push(&mut self, kind: EventKind) -> usize {
        self.sink.time = self.time;
        self.sink.tell(kind)
    }

    /// Adds the message under the header at `index`, which ends before `end`.
    pub fn message(&mut self, header: &Header<'a>, index: usize, end: usize) {
        self.at(index);
        self.sink.actor = if header.aside { Actor::Subagent } else { Actor::Main };
        self.time = header.time.or(self.time.filter(|_| is_tool(header.role)));
        match header.role {
            Role::User => self.words(header.rest, index, end, |text| wrappers::user_events(&text)),
            Role::Host => self.words(header.rest, index, end, |text| vec![EventKind::Injected { text }]),
            Role::Assistant => self.answer(header, index, end),
            Role::Tool => self.tool(header.note.unwrap_or(header.rest), "", index, index + 1, end),
            Role::ToolResult => self.tool_result(index + 1, end),
        }
    }

    /// Adds the lines as one text, if there is any.
    pub fn text(&mut self, begin: usize, end: usize, events: impl Fn(String) -> Vec<EventKind>) {
        self.emit(self.slice(begin, end), events);
    }

    fn words(&mut self, first: &str, index: usize, end: usize, events: impl Fn(String) -> Vec<EventKind>) {
        let rest = self.slice(index + 1, end);
        let text = if rest.is_empty() { first.to_owned() } else { format!("{first}\n{rest}") };
        self.emit(&text, events);
    }

    fn emit(&mut self, text: &str, events: impl Fn(String) -> Vec<EventKind>) {
        let text = text.trim();
        if !text.is_empty() {
            for event in events(text.to_owned()) {
                self.push(event);
            }
        }
    }

    /// The text of the lines, without the blank lines and the rule that set messages apart.
    fn slice(&self, begin: usize, end: usize) -> &'a str {
        let Some(first) = self.lines.get(begin).filter(|_| begin < end) else { return "" };
        let stop = self.lines.get(end).map_or(self.text.len(), |line| line.start);
        let text = self.text[first.start..stop].trim_end();
        let text = text.strip_suffix("\n---").or_else(|| text.strip_suffix("\n***")).unwrap_or(text);
        if text == "---" { "" } else { text.trim_matches(['\n', '\r']).trim_end() }
    }

    fn answer(&mut self, header: &Header<'a>, index: usize, end: usize) {
        self.model(header.note);
        let mut first = header.rest;
        let (mut from, mut at) = (index + 1, index + 1);
        while at < end {
            let Some(part) = self.part(at, end) else {
                at += 1;
                continue;
            };
            self.said(std::mem::take(&mut first), index, from, at);
            self.at(at);
            let after = match part {
                Part::Thought(after) => {
                    let text = without_tags(self.slice(at, after));
                    self.emit(&text, |text| vec![EventKind::Reasoning { text }]);
                    after
                }
                Part::Tool { name, hint, end } => {
                    self.tool(name, hint, at, at, end);
                    end
                }
            };
            (from, at) = (after, after);
        }
        self.said(first, index, from, end);
    }

    /// Adds words of the model that stand between other parts; those of the header and under it begin at the header.
    fn said(&mut self, first: &str, header: usize, from: usize, end: usize) {
        let begin = (from..end).find(|index| !self.lines[*index].text.trim().is_empty()).unwrap_or(end);
        let is_front = from == header + 1;
        if first.is_empty() && (begin == end || self.is_chrome(begin, end)) {
            return;
        }
        self.at(if is_front { header } else { begin });
        let words = self.without_chrome(self.slice(begin, end));
        let text = format!("{first}\n{words}");
        self.emit(&text, |text| vec![EventKind::Assistant { text }]);
    }

    /// Whether the lines are only an export's own remarks about the message.
    fn is_chrome(&mut self, begin: usize, end: usize) -> bool {
        self.without_chrome(self.slice(begin, end)).lines().all(is_remark)
    }

    /// The words without an export's own remarks before and behind them: which model began, how long it took.
    fn without_chrome(&mut self, text: &'a str) -> &'a str {
        let mut words = text.trim();
        let (first, rest) = words.split_once('\n').unwrap_or((words, ""));
        let model = first.trim().strip_prefix("**Started using ").and_then(|name| name.strip_suffix("**"));
        if model.is_some() {
            self.model(model);
            words = rest.trim();
        }
        while let Some((rest, _)) = words.rsplit_once('\n').filter(|(_, last)| is_remark(last)) {
            words = rest.trim_end();
        }
        words
    }

    fn model(&mut self, note: Option<&str>) {
        let own = self.sink.actor == Actor::Main;
        let Some(model) = note.filter(|note| own && looks_like_model(note)) else { return };
        // One header says `name`, the next `provider/name`.
        if !self.model.as_deref().is_some_and(|known| known.ends_with(model) || model.ends_with(known)) {
            self.model = Some(model.to_owned());
            self.push(EventKind::Context(Context { model: Some(model.to_owned()), ..Context::default() }));
        }
    }

    /// The part that begins at the line, if it is not plain words.
    fn part(&self, at: usize, end: usize) -> Option<Part<'a>> {
        let line = self.lines[at];
        if !line.own || !line.text.starts_with(['<', 'T']) {
            return None;
        }
        if let Some((name, _)) = line.text.strip_prefix("Tool use: **").and_then(|rest| rest.split_once("**"))
        {
            return Some(Part::Tool { name, hint: "", end: self.shown(at, end) });
        }
        if line.text.starts_with("<think>") || line.text.starts_with("<thinking>") {
            return Some(Part::Thought(self.closing(at, end, "</think")));
        }
        if line.text.starts_with("<tool-use") {
            let after = self.closing(at, end, "</tool-use>");
            let hint = attribute(line.text, "data-tool-type").unwrap_or_default();
            return Some(Part::Tool {
                name: attribute(line.text, "data-tool-name").unwrap_or("tool"),
                hint,
                end: after,
            });
        }
        line.text.starts_with("<details").then(|| self.details(at, end)).flatten()
    }

    fn details(&self, at: usize, end: usize) -> Option<Part<'a>> {
        let next = (at + 1..end.min(at + 4)).find(|index| !self.lines[*index].text.trim().is_empty());
        let summary = summary(self.lines[at].text).or_else(|| summary(self.lines[next?].text))?;
        let words = summary.trim_start_matches(|c: char| !c.is_alphanumeric());
        if ["Thinking", "Thought", "Reasoning"].iter().any(|word| words.starts_with(word)) {
            return Some(Part::Thought(self.closing(at, end, "</details>")));
        }
        let name = ["Tool use", "Tool call", "Tool"].iter().find_map(|word| words.strip_prefix(word))?;
        let name = name.trim_start_matches([':', ' ', '*', '`']);
        let name_end = name.find(|c: char| c.is_whitespace() || "*`(<".contains(c)).unwrap_or(name.len());
        let after = self.closing(at, end, "</details>");
        Some(Part::Tool { name: &name[..name_end], hint: "", end: after })
    }

    /// The line after the code that shows what a tool answered, which may hold fences of its own: the last one counts.
    fn shown(&self, at: usize, end: usize) -> usize {
        let closes =
            |index: &usize| Fence::open(self.lines[*index].text).is_some_and(|fence| fence.info.is_empty());
        (at + 1..end).rev().find(closes).unwrap_or(at) + 1
    }

    /// The line after the one that closes the part: the first outside code, else the first at all, else the message's end.
    fn closing(&self, at: usize, end: usize, tag: &str) -> usize {
        let tag = memchr::memmem::Finder::new(tag);
        let closes = |index: &usize| tag.find(self.lines[*index].text.as_bytes()).is_some();
        let own = (at..end).find(|index| self.lines[*index].own && closes(index));
        own.or_else(|| (at..end).find(closes)).map_or(end, |index| index + 1)
    }

    /// Adds a call and its answer from the lines of a block.
    fn tool(&mut self, name: &str, hint: &str, index: usize, begin: usize, end: usize) {
        self.at(index);
        let name = name.trim_matches(['`', '*', ' ']);
        let block = Block::read(name, hint, &self.lines[begin.min(end)..end]);
        if block.is_empty() {
            return;
        }
        for step in block.steps {
            let meaning = tool::meaning(name, &step.arguments, &mut self.files);
            let action = step.action.unwrap_or(meaning.action);
            let call = Call { tool: name.to_owned(), input: step.input, action };
            self.unanswered = Some(self.push(EventKind::Call(call)));
            if let Some(todos) = meaning.todos.or(step.todos) {
                self.push(EventKind::Todos(todos));
            }
            if let Some(output) = step.output {
                self.answered(output, step.failed);
            }
        }
    }

    fn tool_result(&mut self, begin: usize, end: usize) {
        let text = super::tool_block::unfenced(&self.lines[begin.min(end)..end]);
        if !text.trim().is_empty() {
            self.answered(text, None);
        }
    }

    fn answered(&mut self, text: String, failed: Option<bool>) {
        let call = self.unanswered.take();
        let action = call.and_then(|index| match &self.sink.transcript.events.get(index)?.kind {
            EventKind::Call(call) => Some(&call.action),
            _ => None,
        });
        let result = ToolResult { call, ..outcome::answer(action, text, failed) };
        self.push(EventKind::Result(result));
    }
}

/// Whether a line is an export's own remark on how long a message took.
fn is_remark(line: &str) -> bool {
    let line = line.trim();
    line.is_empty()
        || line == "---"
        || [("*Completed in ", '*'), ("_Completed in ", '_')]
            .iter()
            .any(|(start, end)| line.strip_prefix(start).is_some_and(|rest| rest.ends_with(*end)))
}

fn is_tool(role: Role) -> bool {
    matches!(role, Role::Tool | Role::ToolResult)
}

fn looks_like_model(note: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "-._/:".contains(c);
    note.len() < 60
        && note.chars().all(word)
        && note.contains(|c: char| c.is_ascii_digit())
        && note.contains(['-', '/'])
}

fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = line.split_once(name)?.1.strip_prefix("=\"")?;
    rest.split_once('"').map(|(value, _)| value)
}

fn summary(line: &str) -> Option<&str> {
    let rest = line.split_once("<summary>")?.1;
    Some(rest.split_once("</summary>").map_or(rest, |(inner, _)| inner).trim())
}

/// The text of a thought without the tags around it.
fn without_tags(text: &str) -> String {
    let is_tag_line = |line: &str| line.starts_with("<details") || line.starts_with("<summary");
    let lines = text.lines().map(|line| {
        let line = line.trim_start_matches("<think>").trim_start_matches("<thinking>");
        let line = if is_tag_line(line) {
            line.rsplit_once("</summary>").map_or("", |(_, rest)| rest)
        } else {
            line
        };
        line.trim_end_matches("</think>").trim_end_matches("</thinking>").trim_end_matches("</details>")
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
