//! Takes every string of a transcript through the gate, event by event and in parallel.

use std::borrow::Cow;

use rayon::prelude::*;
use serde_json::Value;

use crate::event::{
    Action, Answer, Call, Change, Context, Event, EventKind, FileEdit, FileRead, Hunk, Question, Todo,
    ToolResult, Transcript,
};

use super::{Lines, redact};

/// Redacts every string of every event and warning in place and says how many secrets were replaced.
///
/// The number of lines of file contents and hunks does not change.
pub fn transcript(transcript: &mut Transcript) -> usize {
    let warnings: usize = transcript.warnings.iter_mut().map(|warning| prose(&mut warning.message)).sum();
    let events: usize = transcript.events.par_iter_mut().map(event).sum();
    warnings + events
}

/// What the gate did to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passed {
    /// How many secrets were replaced.
    pub marks: usize,
    /// Whether anything is another now, be it only that control characters went.
    pub changed: bool,
}

/// Redacts every string of a JSON value in place, names of fields aside.
pub fn json(value: &mut Value) -> Passed {
    let mut passed = Passed::default();
    strings(value, &mut |text| {
        if let (Cow::Owned(safe), marks) = redact(text, Lines::Join) {
            *text = safe;
            passed = Passed { marks: passed.marks + marks, changed: true };
        }
    });
    passed
}

fn strings(value: &mut Value, visit: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter_mut().for_each(|item| strings(item, visit)),
        Value::Object(fields) => fields.values_mut().for_each(|field| strings(field, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Redacts every string of an event in place and says how many secrets were replaced.
pub fn event(event: &mut Event) -> usize {
    match &mut event.kind {
        EventKind::User { text }
        | EventKind::Injected { text }
        | EventKind::Assistant { text }
        | EventKind::Reasoning { text } => prose(text),
        EventKind::PlanApproved { plan } => prose(plan),
        EventKind::ChangedOutside { path } => prose(path),
        EventKind::Command { name, arguments } => prose(name) + prose(arguments),
        EventKind::Call(it) => call(it),
        EventKind::Result(it) => result(it),
        EventKind::Todos(todos) => each(todos, |todo: &mut Todo| prose(&mut todo.text)),
        EventKind::Compacted { summary } => each(summary, prose),
        EventKind::Context(it) => context(it),
        EventKind::Interrupted | EventKind::Usage(_) => 0,
    }
}

fn each<'a, T: 'a>(items: impl IntoIterator<Item = &'a mut T>, one: impl FnMut(&'a mut T) -> usize) -> usize {
    items.into_iter().map(one).sum()
}

fn call(call: &mut Call) -> usize {
    prose(&mut call.tool) + prose(&mut call.input) + action(&mut call.action)
}

fn action(action: &mut Action) -> usize {
    match action {
        Action::Run { command, cwd } => prose(command) + each(cwd, prose),
        Action::Read { path, range: _ } => prose(path),
        Action::Edit(edits) => each(edits, file_edit),
        Action::Search { pattern, path } => prose(pattern) + each(path, prose),
        Action::Ask(questions) => each(questions, question),
        Action::Plan { text } => prose(text),
        Action::Delegate { prompt } => prose(prompt),
        Action::Other => 0,
    }
}

fn question(question: &mut Question) -> usize {
    prose(&mut question.text)
        + each(&mut question.options, |option| prose(&mut option.label) + prose(&mut option.description))
}

fn result(result: &mut ToolResult) -> usize {
    prose(&mut result.text)
        + each(&mut result.edits, file_edit)
        + each(&mut result.read, file_read)
        + each(&mut result.answers, |it: &mut Answer| prose(&mut it.question) + prose(&mut it.answer))
}

fn file_edit(edit: &mut FileEdit) -> usize {
    prose(&mut edit.path)
        + change(&mut edit.change)
        + each(&mut edit.hunks, hunk)
        + each(&mut edit.content, |content| gate(content, Lines::Keep))
}

fn change(change: &mut Change) -> usize {
    match change {
        Change::Renamed { from } => prose(from),
        Change::Created | Change::Edited | Change::Deleted => 0,
    }
}

fn hunk(hunk: &mut Hunk) -> usize {
    gate(&mut hunk.lines, Lines::Hunk) + each(&mut hunk.heading, prose)
}

fn file_read(read: &mut FileRead) -> usize {
    prose(&mut read.path) + gate(&mut read.content, Lines::Keep)
}

fn context(context: &mut Context) -> usize {
    let Context { session, cwd, branch, commit, repository, model, agent, title, pull_request } = context;
    [session, cwd, branch, commit, repository, model, agent, title, pull_request]
        .into_iter()
        .flatten()
        .map(prose)
        .sum()
}

fn prose(text: &mut String) -> usize {
    gate(text, Lines::Join)
}

fn gate(text: &mut String, lines: Lines) -> usize {
    match redact(text, lines) {
        (Cow::Borrowed(_), marks) => marks,
        (Cow::Owned(safe), marks) => {
            *text = safe;
            marks
        }
    }
}
