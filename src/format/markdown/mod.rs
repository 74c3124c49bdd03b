//! Chats as Markdown: a header names the speaker, what follows is the message. How a document writes its headers is
//! chosen once, by its first ones, and then required, so that a heading inside an answer never splits it.

mod body;
mod header;
mod lines;
mod roles;
#[cfg(test)]
mod tests;
mod tool_block;
mod yaml;

use self::body::Writer;
use self::header::{Header, Kind, Style};
use self::lines::Line;
use super::{Carries, Format, Head};
use crate::event::{Context, EventKind, Transcript};

pub(super) const FORMAT: Format = Format {
    name: "markdown",
    title: "Markdown chat (exports with a header per message)",
    location: "wherever it was exported to",
    places: &[],
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: false, plans: true },
    claims,
    read,
};

/// Claims a text in which both the user and the model have headers, or whose only headers say a time or carry a sign.
fn claims(head: &Head) -> bool {
    let text = head.text.trim_start_matches('\u{feff}').trim_start();
    if !head.records.is_empty() || head.document.is_some() || text.starts_with(['{', '[']) {
        return false;
    }
    let lines = lines::lines(text);
    let is_aider = text.starts_with("# aider chat started");
    !is_aider && Document::of(text, &lines).style.is_some_and(|style| style.both || style.distinct)
}

fn read(bytes: &[u8]) -> Transcript {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines = lines::lines(text);
    let document = Document::of(text, &lines);
    let mut writer = Writer::new(FORMAT.name, text, &lines);
    if document.style.is_none() && !text.trim().is_empty() {
        writer.sink.warn("no header of a message was found; the whole text stands as context");
    }
    let first = document.headers.first().map_or(lines.len(), |(index, _)| *index);
    preamble(&mut writer, &lines[..first], first);
    let ends = document.headers.iter().skip(1).map(|(index, _)| *index).chain([lines.len()]);
    for ((index, header), end) in document.headers.iter().zip(ends) {
        writer.message(header, *index, end);
    }
    writer.sink.transcript
}

/// A document's headers and their style.
struct Document<'a> {
    style: Option<Style>,
    headers: Vec<(usize, Header<'a>)>,
}

impl<'a> Document<'a> {
    fn of(text: &str, lines: &[Line<'a>]) -> Self {
        let own = lines.iter().enumerate().filter(|(_, line)| line.own);
        let found: Vec<(usize, Header)> =
            own.filter_map(|(index, line)| Some((index, Header::parse(line.text)?))).collect();
        let candidates: Vec<&Header> = found.iter().map(|(_, header)| header).collect();
        let style = Style::of(&candidates, plain_begins(text));
        let mut headers: Vec<(usize, Header)> = match &style {
            Some(style) => found.into_iter().filter(|(_, header)| style.has(header)).collect(),
            None => Vec::new(),
        };
        keep_separated(&mut headers, lines);
        Self { style, headers }
    }
}

/// Where the second plain header has a blank line before it, all the others must.
fn keep_separated(headers: &mut Vec<(usize, Header)>, lines: &[Line]) {
    let is_plain = headers.first().is_some_and(|(_, header)| header.kind == Kind::Plain);
    let separated = |index: usize| index == 0 || lines[index - 1].text.trim().is_empty();
    let required = is_plain && headers.get(1).is_some_and(|(index, _)| separated(*index));
    if required {
        let first = headers[0].0;
        headers.retain(|(index, _)| *index == first || separated(*index));
    }
}

/// Whether the text begins with a header that is only a word and a colon; a title may stand before it.
fn plain_begins(text: &str) -> bool {
    let mut lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with("# ") && line.trim() != "---");
    lines.next().and_then(Header::parse).is_some_and(|header| header.kind == Kind::Plain)
}

/// What stands before the first message: the title, what the export says of the session, and the rest as context.
fn preamble(writer: &mut Writer, lines: &[Line], end: usize) {
    let mut context = Context::default();
    let title = lines.iter().position(|line| line.own && line.text.starts_with("# "));
    if let Some(index) = title {
        context.title = Some(lines[index].text[2..].trim().to_owned());
    }
    for line in lines.iter().filter(|line| line.text.starts_with("<!--")) {
        session(line.text, &mut context);
    }
    writer.at(title.unwrap_or(0));
    if context != Context::default() {
        writer.push(EventKind::Context(context));
    }
    // The title and the comments are in the context; a heading over the messages says nothing.
    let begin = title.map_or(0, |index| index + 1);
    let says = |line: &Line| {
        line.own && !line.text.trim().is_empty() && !line.text.starts_with('#') && line.text != "---"
    };
    if lines[begin.min(lines.len())..].iter().any(says) {
        writer.text(begin, end, |text| vec![EventKind::Injected { text }]);
    }
}

/// Reads `<!-- Agent Session 0f3c (time) -->`.
fn session(comment: &str, context: &mut Context) {
    let inner = comment.trim_start_matches("<!--").trim();
    if let Some((agent, rest)) = inner.split_once(" Session ")
        && let Some(id) = rest.split_whitespace().next()
    {
        context.agent = Some(agent.to_owned());
        context.session = Some(id.to_owned());
    }
}
