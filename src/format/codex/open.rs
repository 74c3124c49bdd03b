//! Calls that were made, for the answers that come later.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::call::{Called, Script};
use super::output::Output;
use super::talk;
use crate::event::{Action, Answer, FileRead, Status, ToolResult};
use crate::format::shell;

/// A call that was made.
#[derive(Serialize, Deserialize)]
pub(super) struct Open {
    pub event: usize,
    /// The command line, and the folder it runs in if that is not the session's.
    #[serde(rename = "call:command")]
    pub command: Option<(String, Option<String>)>,
    #[serde(rename = "call:questions")]
    pub questions: Vec<(String, String)>,
    /// The running process that the call goes on with.
    pub process: Option<String>,
    pub script: Script,
    pub answered: bool,
    /// Whether it is known how it ended.
    pub settled: bool,
}

impl Open {
    /// A call that stands at this place among the events, in a session that runs in this folder.
    pub(super) fn of(called: &Called, event: usize, session: Option<&str>) -> Self {
        let elsewhere = |folder: &String| Some(folder.as_str()) != session;
        let command = match &called.call.action {
            Action::Run { command, cwd } => Some((command.clone(), cwd.clone().filter(elsewhere))),
            _ => None,
        };
        let asked = match &called.call.action {
            Action::Ask(questions) => questions.as_slice(),
            _ => &[],
        };
        let questions = called.questions.iter().cloned().zip(asked.iter().map(|asked| asked.text.clone()));
        Self {
            event,
            command,
            questions: questions.collect(),
            process: called.process.clone(),
            script: called.script,
            answered: false,
            settled: false,
        }
    }

    /// What a command has shown of a file.
    pub(super) fn read(&self, output: &Output) -> Option<FileRead> {
        let (command, folder) = self.command.as_ref()?;
        let shown = match (self.script, &output.nested) {
            (Script::Silent, None) => return None,
            (_, Some(nested)) => nested,
            (_, None) => &output.text[output.body..],
        };
        let mut read = shell::read_of(command, shown)?;
        if let Some(folder) = folder {
            read.path = shell::join(folder, &read.path);
        }
        Some(read)
    }

    /// `{"answers": {id: {"answers": […]}}}`, or the words themselves for each id.
    pub(super) fn answers(&self, text: &str) -> Vec<Answer> {
        if self.questions.is_empty() {
            return Vec::new();
        }
        let given: Value = serde_json::from_str(text).unwrap_or_default();
        let answer = |(id, question): &(String, String)| {
            let given = &given["answers"][id];
            let given = if given.is_object() { &given["answers"] } else { given };
            let words: Vec<_> = talk::pieces(given).into_iter().map(own_words).collect();
            (!words.is_empty()).then(|| Answer { question: question.clone(), answer: words.join(", ") })
        };
        self.questions.iter().filter_map(answer).collect()
    }
}

fn own_words(answer: &str) -> &str {
    answer.strip_prefix("user_note: ").unwrap_or(answer)
}

/// An answer that says nothing yet.
pub(super) fn empty(call: Option<usize>) -> ToolResult {
    ToolResult {
        call,
        status: Status::Ok,
        exit: None,
        text: String::new(),
        edits: Vec::new(),
        read: None,
        answers: Vec::new(),
    }
}
