//! What most agents tell in one way or another: somebody speaks, a tool is called, the tool answers.
//!
//! A format takes its record apart and says here what it found; what a call means, whose answer an answer is and how
//! it ended is found out once for all of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::format::json::Value;
use rustc_hash::FxHashMap;

use super::sink::Sink;
use super::tool::{self, Files};
use super::{outcome, shell, wrappers};
use crate::event::{Action, Call, EventKind, FileEdit, Hunk, ToolResult};

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The program around the model.
    Host,
    /// The user, or the program in the user's name.
    User,
    /// The model.
    Assistant,
    /// A tool.
    Tool,
}

/// The role of that name.
pub(super) fn role(name: &str) -> Option<Role> {
    Some(match name {
        "system" | "developer" => Role::Host,
        "user" | "human" => Role::User,
        "assistant" | "model" | "gpt" | "ai" => Role::Assistant,
        "tool" | "function" | "observation" | "ipython" => Role::Tool,
        _ => return None,
    })
}

/// The calls of a session so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    files: Files,
    by_id: FxHashMap<String, usize>,
    by_tool: BTreeMap<String, VecDeque<usize>>,
    unanswered: BTreeSet<usize>,
}

/// An answer as a record has it.
#[derive(Debug, Default)]
pub(super) struct Answer<'a> {
    /// The id of the call.
    pub id: Option<&'a str>,
    /// The tool's name.
    pub tool: Option<&'a str>,
    /// What the model was shown.
    pub text: String,
    /// Whether the record itself marks an error.
    pub failed: Option<bool>,
}

impl Sink {
    /// Adds the words of a speaker.
    pub fn say(&mut self, role: Role, text: &str) {
        match role {
            Role::Host => self.inject(text),
            Role::Assistant => self.assistant(text),
            Role::User if text.trim_start().starts_with("<returncode>") || self.is_submitted() => {
                self.shell_output(text);
            }
            Role::User => self.user(text),
            Role::Tool if text.trim().is_empty() => {}
            Role::Tool => drop(self.answer(Answer { text: text.to_owned(), ..Answer::default() })),
        }
    }

    /// Adds what the user said, and apart from it what the host put around it.
    pub fn user(&mut self, text: &str) {
        if !text.trim().is_empty() {
            for event in wrappers::user_events(text) {
                self.tell(event);
            }
        }
    }

    /// Adds what the model said.
    pub fn assistant(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.tell(EventKind::Assistant { text: text.to_owned() });
        }
    }

    /// Adds what the model thought.
    pub fn think(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.tell(EventKind::Reasoning { text: text.to_owned() });
        }
    }

    /// Adds what the host put before the model.
    pub fn inject(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.tell(EventKind::Injected { text: text.to_owned() });
        }
    }

    /// Adds a call and says where it stands.
    pub fn call(&mut self, id: Option<&str>, tool: &str, arguments: &Value) -> usize {
        let meaning = tool::meaning(tool, arguments, &mut self.calls.files);
        let input = tool::input(arguments);
        let call = Call { tool: tool.to_owned(), input, action: meaning.action };
        let index = self.tell(EventKind::Call(call));
        self.called(id, tool, index);
        if let Some(todos) = meaning.todos {
            self.tell(EventKind::Todos(todos));
        }
        index
    }

    /// Remembers the call at that place, so that its answer finds it.
    pub fn called(&mut self, id: Option<&str>, tool: &str, index: usize) {
        if let Some(id) = id {
            self.calls.by_id.insert(id.to_owned(), index);
        }
        match self.calls.by_tool.get_mut(tool) {
            Some(queue) => queue.push_back(index),
            None => drop(self.calls.by_tool.insert(tool.to_owned(), VecDeque::from([index]))),
        }
        self.calls.unanswered.insert(index);
    }

    /// Adds an answer, to the call of its id, else of its tool, else to the oldest call without an answer.
    pub fn answer(&mut self, answer: Answer) -> &mut ToolResult {
        let call = self.calls.answered(answer.id, answer.tool);
        let action = call.and_then(|index| self.action(index));
        let mut result = ToolResult { call, ..outcome::answer(action, answer.text, answer.failed) };
        if let Some(Action::Run { command, .. }) = action {
            result.read = shell::read_of(command, &result.text);
        }
        let index = self.tell(EventKind::Result(result));
        match &mut self.transcript.events[index].kind {
            EventKind::Result(result) => result,
            _ => unreachable!("it was put there just now"),
        }
    }

    /// What the call of that id does.
    pub fn action_of(&self, id: Option<&str>) -> Option<&Action> {
        self.action(*self.calls.by_id.get(id?)?)
    }

    /// The edit that the call of that id is, if it is one, in the hunks that the host shows; none where it shows none.
    pub fn shown_edit(&self, id: Option<&str>, hunks: Vec<Hunk>) -> Vec<FileEdit> {
        let Some(Action::Edit(edits)) = self.action_of(id).filter(|_| !hunks.is_empty()) else {
            return Vec::new();
        };
        let [FileEdit { path, change, content, .. }] = edits.as_slice() else { return Vec::new() };
        let (path, change, content) = (path.clone(), change.clone(), content.clone());
        vec![FileEdit { path, change, hunks, content }]
    }

    /// Whether a call of that id was told.
    pub fn knows(&self, id: &str) -> bool {
        self.calls.by_id.contains_key(id)
    }

    fn action(&self, index: usize) -> Option<&Action> {
        match &self.transcript.events.get(index)?.kind {
            EventKind::Call(call) => Some(&call.action),
            _ => None,
        }
    }
}

impl Calls {
    fn answered(&mut self, id: Option<&str>, tool: Option<&str>) -> Option<usize> {
        let index = match (id, tool) {
            (Some(id), _) => self.by_id.get(id).copied(),
            (None, Some(tool)) => self.oldest_of(tool),
            (None, None) => self.unanswered.first().copied(),
        }?;
        self.unanswered.remove(&index);
        Some(index)
    }

    fn oldest_of(&mut self, tool: &str) -> Option<usize> {
        let queue = self.by_tool.get_mut(tool)?;
        while let Some(index) = queue.pop_front() {
            if self.unanswered.contains(&index) {
                return Some(index);
            }
        }
        None
    }
}

/// Arguments that came as JSON in a string are unpacked; other text stays as the one input.
pub(super) fn arguments(written: &Value) -> Cow<'_, Value> {
    let Value::String(text) = written else { return Cow::Borrowed(written) };
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Cow::Owned(value),
        _ => Cow::Owned(Value::object([("input", text)])),
    }
}
