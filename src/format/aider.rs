//! aider: `.aider.chat.history.md`, all chats about a folder one after the other. `#### ` is the user, `> ` the
//! program, and the rest the model, whose edits are blocks of `SEARCH` and `REPLACE`.

mod fences;
mod figures;
mod report;
mod turns;

use std::collections::BTreeMap;

use self::fences::Shown;
use self::report::reported;
use self::turns::{START, Speaker, Turn, turns};
use super::conversation::Answer;
use super::json::Value;
use super::sink::Sink;
use super::{Carries, Format, Kinds, Proof, blocks, times};
use crate::event::{Action, Call, Change, Context, EventKind, FileEdit, Status, ToolResult, Transcript};

pub(super) const FORMAT: Format = Format {
    name: "aider",
    title: "aider chat history",
    location: ".aider.chat.history.md",
    places: &[],
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: false, exit_status: false, usage: true, plans: false },
    kinds: Kinds { of: kinds_of, mapped: &["assistant", "chat", "program", "user"], ignored: &[] },
    claims: |head| head.text.trim_start().trim_start_matches('\u{feff}').starts_with(START),
    read,
};

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    let text = super::lines::text(bytes);
    let mut counts = BTreeMap::new();
    let lines: Vec<&str> = super::lines::of(&text).collect();
    for turn in turns(&lines).iter().filter(|turn| turn.lines.iter().any(|line| !line.trim().is_empty())) {
        let name = match turn.speaker {
            Speaker::Chat => "chat",
            Speaker::User => "user",
            Speaker::Program => "program",
            Speaker::Assistant => "assistant",
        };
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    counts
}

fn read(bytes: &[u8]) -> Transcript {
    let text = super::lines::text(bytes);
    let mut reader =
        Reader { out: Sink::of(FORMAT.name), proposed: Vec::new(), shown: Vec::new(), answered: true };
    let lines: Vec<&str> = super::lines::of(&text).collect();
    for turn in turns(&lines) {
        reader.out.line = turn.line(0);
        match turn.speaker {
            Speaker::Chat => reader.chat(turn.lines[0]),
            Speaker::User => reader.user(turn.lines),
            Speaker::Program => reader.program(&turn),
            Speaker::Assistant => reader.assistant(&turn),
        }
    }
    reader.out.transcript
}

struct Reader {
    out: Sink,
    /// Edits that are proposed and neither applied nor refused as yet: the path and the call.
    proposed: Vec<(String, usize)>,
    /// Edits that the last message shows in another way than in blocks.
    shown: Vec<Shown>,
    /// Whether the model has said all it had to say: its tokens are counted.
    answered: bool,
}

impl Reader {
    /// A chat begins: nothing that was said before is before the model.
    fn chat(&mut self, line: &str) {
        self.refuse("");
        self.out.time = times::parse(&line[START.len()..]);
        if self.out.transcript.events.iter().any(|event| matches!(event.kind, EventKind::Assistant { .. })) {
            self.out.tell(EventKind::Compacted { summary: None });
        }
    }

    fn user(&mut self, lines: &[&str]) {
        self.refuse("");
        self.answered = false;
        // What the user answered to the program itself.
        let own = lines.iter().filter(|line| !line.contains(" (Y)es/(N)o"));
        let words: Vec<&str> = own.map(|line| line[4..].trim()).collect();
        let text = words.join("\n");
        match text.trim().strip_prefix('/').map(|command| command.split_once(' ').unwrap_or((command, ""))) {
            Some(("ask" | "architect" | "code", words)) => self.out.user(words),
            Some(("run" | "test", command)) => {
                self.out.call(None, "run", &Value::object([("command", command)]));
            }
            Some((name, _)) if name.chars().all(|c| c.is_ascii_lowercase() || c == '-') => {}
            _ => self.out.user(&text),
        }
    }

    /// What the program says: what it did, and what it remarks.
    fn program(&mut self, turn: &Turn) {
        let mut remarks = Vec::new();
        for (index, line) in turn.lines.iter().enumerate() {
            self.out.line = turn.line(index);
            let line = line[1..].trim();
            if !self.status(line) {
                remarks.push(line);
            }
        }
        self.out.line = turn.line(0);
        self.out.inject(remarks.join("\n").trim());
    }

    /// Takes a line that says what the program did; false if it is a remark.
    fn status(&mut self, line: &str) -> bool {
        if let Some(path) = line.strip_prefix("Applied edit to ") {
            self.applied(path, line);
        } else if let Some(figures) = line.strip_prefix("Tokens: ") {
            self.answered = true;
            self.out.usage(figures::usage(figures));
        } else if let Some((hash, message)) =
            line.strip_prefix("Commit ").and_then(|rest| rest.split_once(' '))
        {
            self.commit(hash, message);
        } else if let Some(model) = line.strip_prefix("Main model: ").or(line.strip_prefix("Model: ")) {
            let model = model.split(" with ").next().map(str::to_owned);
            self.out.context(Context { model, ..Context::default() });
        } else if let Some(version) = line.strip_prefix("Aider v") {
            self.out.context(Context { agent: Some(format!("aider {version}")), ..Context::default() });
        } else if let Some(folder) = line.strip_prefix("Git working dir: ") {
            self.out.context(Context { cwd: Some(folder.to_owned()), ..Context::default() });
        } else if line.starts_with("^C") {
            // Where the model is silent, the user only leaves.
            if !std::mem::replace(&mut self.answered, true) {
                self.out.tell(EventKind::Interrupted);
            }
        } else if line.contains("failed to match!") {
            self.refuse(line);
        } else {
            return false;
        }
        true
    }

    /// The edits of that path are in the file now.
    fn applied(&mut self, path: &str, line: &str) {
        let (applied, open) =
            std::mem::take(&mut self.proposed).into_iter().partition(|(of, _)| same(of, path));
        self.proposed = open;
        let mut applied: Vec<(String, usize)> = applied;
        if applied.is_empty()
            && let Some(at) = self.shown.iter().position(|shown| same(&shown.edit.path, path))
        {
            let Shown { edit, text } = self.shown.remove(at);
            let call = Call { tool: EDIT.to_owned(), input: text, action: Action::Edit(vec![edit]) };
            applied.push((path.to_owned(), self.out.tell(EventKind::Call(call))));
        }
        for (_, call) in applied {
            self.answered(call, line);
        }
    }

    /// What is proposed and was not applied by now never was.
    fn refuse(&mut self, line: &str) {
        for (_, call) in std::mem::take(&mut self.proposed) {
            self.answered(call, line).status = Status::Failed;
        }
    }

    /// What became of an edit, as the program says it.
    fn answered(&mut self, call: usize, line: &str) -> &mut ToolResult {
        let id = call.to_string();
        self.out.called(Some(&id), EDIT, call);
        self.out.answer(Answer { id: Some(&id), text: line.to_owned(), ..Answer::default() })
    }

    /// The program commits by itself.
    fn commit(&mut self, hash: &str, message: &str) {
        let quoted = message.replace('\'', r"'\''");
        let command = format!("git commit -m '{quoted}'");
        let action = Action::Run { command: command.clone(), cwd: None };
        let call = Call { tool: "commit".to_owned(), input: command, action };
        let index = self.out.tell(EventKind::Call(call));
        self.out.called(None, "commit", index);
        let text = format!("{hash} {message}");
        self.out.answer(Answer { tool: Some("commit"), text, ..Answer::default() });
    }

    /// What the model says, its blocks apart.
    fn assistant(&mut self, turn: &Turn) {
        let reported = reported(turn.lines);
        self.out.line = turn.line(0);
        self.out.inject(turn.lines[..reported].join("\n").trim());
        self.said(&Turn { first: turn.first + reported, lines: &turn.lines[reported..], ..*turn });
    }

    fn said(&mut self, turn: &Turn) {
        self.shown = fences::shown(turn.lines);
        for piece in blocks::pieces(turn.lines) {
            self.out.line = turn.line(piece.first);
            match piece.path {
                None => self.out.assistant(piece.text.trim_matches('\n')),
                Some("") => self.out.inject(&piece.text),
                Some(path) => self.propose(path, piece.text),
            }
        }
    }

    fn propose(&mut self, path: &str, block: String) {
        let edit = proposed(path, &block);
        let call = Call { tool: EDIT.to_owned(), input: block, action: Action::Edit(vec![edit]) };
        let index = self.out.tell(EventKind::Call(call));
        self.proposed.push((path.to_owned(), index));
    }
}

const EDIT: &str = "edit";

/// What a block does: nothing to search for means a file that is new.
fn proposed(path: &str, block: &str) -> FileEdit {
    let hunks = blocks::search_replace(block);
    let edit = super::tool::edited(path);
    match hunks.as_slice() {
        [hunk] if hunk.lines.lines().all(|line| line.starts_with('+')) => {
            let content = hunk.lines.lines().flat_map(|line| [&line[1..], "\n"]).collect();
            FileEdit { change: Change::Created, content: Some(content), ..edit }
        }
        _ => FileEdit { hunks, ..edit },
    }
}

/// The same file, on whichever system the path was written.
fn same(one: &str, other: &str) -> bool {
    let other = other.trim();
    let is_slash = |byte: u8| matches!(byte, b'/' | b'\\');
    let alike = |(one, other): (u8, u8)| one == other || (is_slash(one) && is_slash(other));
    one.len() == other.len() && one.bytes().zip(other.bytes()).all(alike)
}
