//! Agents that have no tools: they show a command in a fence, and its output comes back in the user's name.

use jiff::Timestamp;

use super::conversation::Answer;
use super::sink::Sink;
use crate::event::{Action, Call, Event, EventKind};

/// What mini-SWE-agent has a model print to say that it is done.
const SUBMIT: &str = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT";

impl Sink {
    /// The output of the one command that the message before shows in a fence: that fence was the call.
    pub fn shell_output(&mut self, text: &str) {
        if let Some((command, line, time)) = self.take_shown_command() {
            let call = Call {
                tool: "bash".into(),
                input: command.clone(),
                action: Action::Run { command, cwd: None },
            };
            let index = self.push_event(Event {
                line,
                time,
                actor: self.actor,
                abandoned: false,
                kind: EventKind::Call(call),
            });
            self.called(None, "bash", index);
        }
        self.answer(Answer { text: text.to_owned(), ..Answer::default() });
    }

    /// Whether the model's last words hand in its work: what comes back then is what it handed in.
    pub fn is_submitted(&self) -> bool {
        let last = self.transcript.events.last().map(|event| &event.kind);
        matches!(last, Some(EventKind::Assistant { text }) if text.contains(SUBMIT))
    }

    /// Cuts the only fenced command out of the assistant's last words.
    fn take_shown_command(&mut self) -> Option<(String, u32, Option<Timestamp>)> {
        let event = self.transcript.events.last_mut()?;
        let EventKind::Assistant { text } = &mut event.kind else { return None };
        let (before, command, after) = only_fence(text)?;
        let command = command.to_owned();
        format!("{before}{after}").trim().clone_into(text);
        Some((command, event.line, event.time))
    }
}

/// The text before, inside and after the only shell fence in it.
fn only_fence(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.splitn(4, "```");
    let (before, fenced, after) = (parts.next()?, parts.next()?, parts.next()?);
    let (language, command) = fenced.split_once('\n')?;
    let is_shell = ["bash", "sh", "mswea_bash_command", "shell"].contains(&language.trim());
    (parts.next().is_none() && is_shell).then_some((before, command.trim_end(), after))
}
