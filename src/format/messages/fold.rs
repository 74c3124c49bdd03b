//! From messages to events, whichever provider's they are.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::event::{Action, Call, Context, Event, EventKind, ToolResult};
use crate::format::lines::Sink;
use crate::format::tool::{self, Files};
use crate::format::{outcome, wrappers};

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

/// A call as a record has it.
pub(super) struct CallRecord<'a> {
    /// The provider's id, which the answer repeats.
    pub id: Option<&'a str>,
    /// The tool's name.
    pub tool: &'a str,
    /// The arguments: an object, or what the model wrote in its place.
    pub arguments: Value,
}

/// An answer as a record has it.
pub(super) struct ResultRecord<'a> {
    /// The id of the call.
    pub id: Option<&'a str>,
    /// The tool's name.
    pub tool: Option<&'a str>,
    /// What the model was shown.
    pub text: String,
    /// Whether the record itself marks an error.
    pub failed: Option<bool>,
}

/// The state while messages are read in order.
pub(super) struct Reader {
    /// Where events go.
    pub sink: Sink,
    /// When the message at hand was sent.
    pub time: Option<Timestamp>,
    files: Files,
    by_id: FxHashMap<String, usize>,
    by_tool: BTreeMap<String, VecDeque<usize>>,
    unanswered: BTreeSet<usize>,
    /// Whether a step's command was the last thing, so that its output comes next.
    pub step_open: bool,
}

impl Reader {
    /// Begins with nothing read.
    pub fn new(format: &'static str) -> Self {
        let mut sink = Sink { line: 1, ..Sink::default() };
        sink.transcript.format = format;
        Self {
            sink,
            time: None,
            files: Files::default(),
            by_id: FxHashMap::default(),
            by_tool: BTreeMap::new(),
            unanswered: BTreeSet::new(),
            step_open: false,
        }
    }

    /// Adds what the object around the messages says.
    pub fn context(&mut self, context: &Context) {
        if *context != Context::default() {
            self.push(EventKind::Context(context.clone()));
        }
    }

    /// Adds an event at the line and time at hand.
    pub fn push(&mut self, kind: EventKind) -> usize {
        self.sink.push(self.time, kind)
    }

    /// Adds the words of a speaker.
    pub fn say(&mut self, role: Role, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let own = || text.to_owned();
        let events = match role {
            Role::Host => vec![EventKind::Injected { text: own() }],
            Role::Assistant => vec![EventKind::Assistant { text: own() }],
            Role::User if text.trim_start().starts_with("<returncode>") => return self.shell_output(text),
            Role::User => wrappers::user_events(text),
            Role::Tool => {
                return self.result(ResultRecord { id: None, tool: None, text: own(), failed: None });
            }
        };
        for event in events {
            self.push(event);
        }
    }

    /// Adds what the model thought.
    pub fn think(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.push(EventKind::Reasoning { text: text.to_owned() });
        }
    }

    /// Adds a call.
    pub fn call(&mut self, record: &CallRecord) {
        let meaning = tool::meaning(record.tool, &record.arguments, &mut self.files);
        let input = tool::input(&record.arguments);
        let call = Call { tool: record.tool.to_owned(), input, action: meaning.action };
        let index = self.push(EventKind::Call(call));
        if let Some(id) = record.id {
            self.by_id.insert(id.to_owned(), index);
        }
        self.by_tool.entry(record.tool.to_owned()).or_default().push_back(index);
        self.unanswered.insert(index);
        if let Some(todos) = meaning.todos {
            self.push(EventKind::Todos(todos));
        }
    }

    /// Adds an answer, to the call of its id, else of its tool, else to the oldest call without an answer.
    pub fn result(&mut self, record: ResultRecord) {
        let call = self.answered(record.id, record.tool);
        let action = call.and_then(|index| self.action(index));
        let result = ToolResult { call, ..outcome::answer(action, record.text, record.failed) };
        self.push(EventKind::Result(result));
    }

    fn action(&self, index: usize) -> Option<&Action> {
        match &self.sink.transcript.events.get(index)?.kind {
            EventKind::Call(call) => Some(&call.action),
            _ => None,
        }
    }

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

    /// The output of the one command that the message before shows in a fence: that fence was the call.
    fn shell_output(&mut self, text: &str) {
        if let Some((command, line, time)) = self.take_shown_command() {
            let call = Call {
                tool: "bash".into(),
                input: command.clone(),
                action: Action::Run { command, cwd: None },
            };
            let index = self.sink.push_event(Event { line, ..event(time, EventKind::Call(call)) });
            self.unanswered.insert(index);
        }
        self.result(ResultRecord { id: None, tool: None, text: text.to_owned(), failed: None });
    }

    /// Cuts the only fenced command out of the assistant's last words.
    fn take_shown_command(&mut self) -> Option<(String, u32, Option<Timestamp>)> {
        let event = self.sink.transcript.events.last_mut()?;
        let EventKind::Assistant { text } = &mut event.kind else { return None };
        let (before, command, after) = only_fence(text)?;
        let command = command.to_owned();
        format!("{before}{after}").trim().clone_into(text);
        Some((command, event.line, event.time))
    }
}

fn event(time: Option<Timestamp>, kind: EventKind) -> Event {
    Event { line: 0, time, actor: crate::event::Actor::Main, abandoned: false, kind }
}

/// The text before, inside and after the only shell fence in it.
fn only_fence(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.splitn(4, "```");
    let (before, fenced, after) = (parts.next()?, parts.next()?, parts.next()?);
    let (language, command) = fenced.split_once('\n')?;
    let is_shell = ["bash", "sh", "mswea_bash_command", "shell"].contains(&language.trim());
    (parts.next().is_none() && is_shell).then_some((before, command.trim_end(), after))
}
