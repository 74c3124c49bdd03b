//! SWE-agent: a trajectory as one document. The history is what the model saw; a step is a thought and one command,
//! and what the command printed comes back in the user's name.
//!
//! Its own editor shows files with line numbers and replaces lines by number, so that every edit has its place.

mod editor;

use std::collections::BTreeMap;

use crate::format::json::Value;
use serde::Deserialize;

use self::editor::Editor;
use super::conversation::{Answer, Role, role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, owned, prose, string};
use super::{Carries, Format, Head, Proof, document};
use crate::event::{Context, EventKind, Usage};

const HOLDERS: &[&str] = &["history"];

pub(super) const FORMAT: Format = Format {
    name: "swe-agent",
    title: "SWE-agent trajectory",
    location: "trajectories/**/*.traj",
    places: &[],
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: true, exit_status: false, usage: true, plans: false },
    kinds: Kinds {
        of: kinds_of,
        mapped: &["(trajectory)", "assistant", "system", "tool", "user"],
        ignored: IGNORED,
    },
    claims,
    read: |bytes| document::read::<SweAgent>("swe-agent", bytes, HOLDERS),
};

const IGNORED: &[(&str, &str)] = &[];

fn claims(head: &Head) -> bool {
    let document = head.document.as_ref();
    document.is_some_and(|document| document["trajectory"].is_array() && document["history"].is_array())
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_document(bytes, HOLDERS, |record, add| add(string(record, &["role"]).unwrap_or("(trajectory)")))
}

/// A message of the history, or what stands beside it. The steps say the same once more and are not built.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Message {
    role: Value,
    content: Value,
    thought: Value,
    action: Value,
    is_demo: Value,
    tool_calls: Value,
    tool_call_ids: Value,
    info: Value,
}

#[derive(Default)]
struct SweAgent {
    editor: Editor,
    /// Whether a step's command was the last thing, so that its output comes next.
    open: bool,
    /// What the whole run cost.
    usage: Usage,
    /// What was handed in, where the run got so far.
    submission: Option<String>,
    /// The words with which the model handed in its work, and their line: its last, though a command follows.
    last: Option<(u32, String)>,
}

impl Records for SweAgent {
    type Record = Box<Message>;

    fn parse(line: &str) -> Result<Self::Record, String> {
        lines::json(line).map(Box::new)
    }

    fn fold(&mut self, message: Self::Record, out: &mut Sink) {
        let Some(name) = message.role.as_str() else {
            self.usage = usage(&message);
            self.submission = owned(&message.info, &["submission"]);
            return;
        };
        let Some(role) = role(name) else { return out.other(name, IGNORED) };
        let awaited = std::mem::take(&mut self.open);
        match role {
            _ if message.is_demo == Value::Bool(true) => out.inject(&prose(&message.content)),
            Role::Assistant => self.step(&message, out),
            Role::User if awaited => self.observation(None, &message, out),
            Role::Tool => {
                self.observation(message.tool_call_ids[0].as_str(), &message, out);
            }
            Role::User => out.user(without_prompt(&prose(&message.content))),
            Role::Host => out.content(role, &message.content),
        }
    }

    fn end(&mut self, out: &mut Sink) {
        if self.open
            && let Some(text) = self.submission.take()
        {
            out.answer(Answer { tool: Some(STEP), text, ..Answer::default() });
        }
        self.say_last(out);
        out.usage(std::mem::take(&mut self.usage));
    }
}

fn usage(message: &Message) -> Usage {
    let figures = &message.info["model_stats"];
    Usage { input: count(figures, "tokens_sent"), output: count(figures, "tokens_received"), cached: 0 }
}

impl SweAgent {
    fn step(&mut self, message: &Message, out: &mut Sink) {
        let whole = prose(&message.content);
        let command = message.action.as_str().unwrap_or_default().trim();
        let said = message.thought.as_str().filter(|_| whole.contains(command) || !command.is_empty());
        let said = said.unwrap_or(&whole);
        if command.split_whitespace().next() == Some("submit") {
            self.last = Some((out.line, said.to_owned()));
        } else {
            out.assistant(said);
        }
        let action = self.editor.action(command);
        let id = message.tool_calls[0]["id"].as_str();
        if action.is_none() && id.is_some() {
            let calls = [("tool_calls".to_owned(), message.tool_calls.clone())];
            return out.tool_calls(&calls.into_iter().collect());
        }
        if !command.is_empty() {
            let index = out.call(id, STEP, &Value::object([("command", command)]));
            if let (Some(action), EventKind::Call(call)) = (action, &mut out.transcript.events[index].kind) {
                call.action = action;
            }
            self.open = id.is_none();
        }
    }

    fn observation(&mut self, id: Option<&str>, message: &Message, out: &mut Sink) {
        let text = prose(&message.content);
        let failed = editor::is_refused(&text).then_some(true);
        if let Some(folder) = self.editor.shown(&text) {
            out.context(Context { cwd: Some(folder), ..Context::default() });
        }
        out.answer(Answer { id, tool: id.is_none().then_some(STEP), text, failed });
        self.say_last(out);
    }

    /// Tells the words with which the work was handed in, behind what came of it.
    fn say_last(&mut self, out: &mut Sink) {
        if let Some((line, words)) = self.last.take() {
            let here = std::mem::replace(&mut out.line, line);
            out.assistant(&words);
            out.line = here;
        }
    }
}

/// A message without the prompt of the shell behind it.
fn without_prompt(text: &str) -> &str {
    text.rsplit_once("\n(Open file: ")
        .filter(|(_, prompt)| prompt.lines().count() < 4)
        .map_or(text, |(text, _)| text)
}

/// The name of the tool that a step calls.
const STEP: &str = "action";
