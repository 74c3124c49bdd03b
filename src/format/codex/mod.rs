//! Rollouts of the Codex command line, editor extension and desktop app: a JSON record a line, from the headerless
//! first version to code mode.
//!
//! The same conversation is told up to three times (what the model saw, what the screen showed, what was completed)
//! and counted once. Calls and their answers come from the model's account; the host's own account adds exit
//! status and positions of edits.

mod call;
mod output;
mod record;
mod script;
mod talk;

use std::collections::BTreeSet;

use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde_json::Value;

use self::call::Called;
use self::output::Output;
use self::record::{End, Item, Record, Source};
use self::talk::{Echo, Said};
use super::lines::{self, Records, Sink};
use super::{Carries, Format, Head, patch, shell};
use crate::event::{Action, Answer, Context, EventKind, FileRead, Status, ToolResult, Usage};

pub(super) const FORMAT: Format = Format {
    name: "codex",
    title: "Codex rollout",
    location: "~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl",
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: true },
    claims,
    read: |bytes| lines::read::<Codex>("codex", bytes),
};

fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| is_enveloped(record) || is_bare(record))
}

fn is_enveloped(record: &Value) -> bool {
    const KINDS: [&str; 6] =
        ["session_meta", "turn_context", "response_item", "event_msg", "compacted", "world_state"];
    record["payload"].is_object() && record["type"].as_str().is_some_and(|kind| KINDS.contains(&kind))
}

/// A line of the first versions: an item of the model's interface as it is.
fn is_bare(record: &Value) -> bool {
    match record["type"].as_str() {
        Some("message") => {
            let part = |part: &Value| matches!(part["type"].as_str(), Some("input_text" | "output_text"));
            record["role"].is_string()
                && record["content"].as_array().is_some_and(|parts| parts.iter().any(part))
        }
        Some("function_call" | "function_call_output") => record["call_id"].is_string(),
        _ => false,
    }
}

/// What the records so far say about the next one.
#[derive(Default)]
struct Codex {
    /// The session's id: that of the first header; others belong to the threads it was forked from.
    session: Option<String>,
    context: Context,
    echo: Echo,
    calls: FxHashMap<String, Open>,
    /// What the host said about calls that are not answered yet.
    sides: FxHashMap<String, End>,
    /// The host's accounts heard, by call.
    ended: BTreeSet<String>,
    /// Calls by the process they left running.
    processes: FxHashMap<String, String>,
    /// The script at work.
    script: Option<String>,
    total: Option<String>,
    plan: Option<String>,
    /// Whether the user has spoken.
    heard: bool,
    unknown: BTreeSet<String>,
}

/// A call that was made.
struct Open {
    event: usize,
    command: Option<(String, Option<String>)>,
    questions: Vec<(String, String)>,
    /// The running process that the call goes on with.
    process: Option<String>,
    script: bool,
    answered: bool,
    exit_known: bool,
}

impl Records for Codex {
    type Record = Record;

    fn parse(line: &str) -> Result<Record, String> {
        record::parse(line)
    }

    fn fold(&mut self, record: Record, out: &mut Sink) {
        let time = record.time;
        match record.item {
            Item::Nothing => {}
            Item::Unknown(kind) => self.unknown(kind, out),
            Item::Session(context) => self.session(time, context, out),
            Item::Turn(context) => self.change(time, context, out),
            Item::Talk { source, said } => {
                said.into_iter().for_each(|said| self.talk(time, source, said, out));
            }
            Item::Call { id, called } => self.call(time, id, *called, out),
            Item::Output { id, output } => self.answer(time, id.as_deref(), output, out),
            Item::End { id, end } => self.end(time, id, end, out),
            Item::Usage { usage, total } => self.usage(time, usage, total, out),
            Item::Compacted { summary, earlier } => self.compacted(time, summary, earlier, out),
        }
    }
}

impl Codex {
    fn unknown(&mut self, kind: String, out: &mut Sink) {
        if !self.unknown.contains(&kind) {
            out.warn(format!("unknown record '{kind}'; more of this kind are not reported"));
            self.unknown.insert(kind);
        }
    }

    /// A header repeats when a session is resumed; that of another thread only fills what is not known.
    fn session(&mut self, time: Option<Timestamp>, mut context: Context, out: &mut Sink) {
        let foreign = self.session.is_some() && context.session != self.session;
        if foreign {
            context = unknown_before(&self.context, context);
        }
        self.session = self.session.take().or_else(|| context.session.clone());
        self.change(time, context, out);
    }

    fn change(&mut self, time: Option<Timestamp>, context: Context, out: &mut Sink) {
        let changed = changes(&mut self.context, context);
        if changed != Context::default() {
            out.push(time, EventKind::Context(changed));
        }
    }

    fn talk(&mut self, time: Option<Timestamp>, source: Source, said: Said, out: &mut Sink) {
        if !self.echo.is_new(source, &said) {
            return;
        }
        let kind = match said {
            Said::User(text) => return self.user(time, text, out),
            Said::Plan(plan) => return self.planned(time, plan, out),
            Said::Assistant(text) => EventKind::Assistant { text },
            Said::Reasoning(text) => EventKind::Reasoning { text },
            Said::Injected(text) => EventKind::Injected { text },
            Said::Interrupted => EventKind::Interrupted,
        };
        out.push(time, kind);
    }

    /// A plan is accepted by a message that the host offers, which either names it or repeats it.
    fn user(&mut self, time: Option<Timestamp>, text: String, out: &mut Sink) {
        self.heard = true;
        let accepted = match text.strip_prefix("PLEASE IMPLEMENT THIS PLAN:") {
            Some(plan) => Some(plan.trim().to_owned()),
            None if text == "Implement the plan." => self.plan.take(),
            None => None,
        };
        out.push(time, EventKind::User { text });
        if let Some(plan) = accepted {
            out.push(time, EventKind::PlanApproved { plan });
        }
    }

    /// A plan is shown in a message; the call that says so has no input of its own.
    fn planned(&mut self, time: Option<Timestamp>, plan: String, out: &mut Sink) {
        let action = Action::Plan { text: plan.clone() };
        let call = crate::event::Call { tool: "proposed_plan".to_owned(), input: String::new(), action };
        out.push(time, EventKind::Call(call));
        self.plan = Some(plan);
    }

    fn call(&mut self, time: Option<Timestamp>, id: Option<String>, mut called: Called, out: &mut Sink) {
        if let (Action::Edit(edits), Some(folder)) = (&mut called.call.action, &called.folder)
            && call::is_absolute(folder)
            && self.context.cwd.as_ref() != Some(folder)
        {
            patch::place_in(folder, edits);
        }
        let command = match &called.call.action {
            Action::Run { command, cwd } => Some((command.clone(), cwd.clone())),
            _ => None,
        };
        let texts = match &called.call.action {
            Action::Ask(questions) => questions.iter().map(|question| question.text.clone()).collect(),
            _ => Vec::new(),
        };
        let event = out.push(time, EventKind::Call(called.call));
        if let Some(todos) = called.todos {
            out.push(time, EventKind::Todos(todos));
        }
        let Some(id) = id else { return };
        if called.script {
            self.script = Some(id.clone());
        }
        let open = Open {
            event,
            command,
            questions: called.questions.into_iter().zip(texts).collect(),
            process: called.process,
            script: called.script,
            answered: false,
            exit_known: false,
        };
        self.calls.insert(id, open);
    }

    fn answer(&mut self, time: Option<Timestamp>, id: Option<&str>, output: Output, out: &mut Sink) {
        let side = id.and_then(|id| self.sides.remove(id)).unwrap_or_default();
        let exit = output.exit.or(side.exit);
        let status = output.status.unwrap_or(status(&side, exit));
        let open = id.and_then(|id| self.calls.get_mut(id));
        let mut result =
            ToolResult { status, exit, edits: side.edits, ..empty(open.as_ref().map(|open| open.event)) };
        let mut continued = None;
        if let Some(open) = open {
            open.answered = true;
            open.exit_known |= exit.is_some();
            result.read = open.read(&output).filter(|_| status == Status::Ok);
            result.answers = open.answers(&output.text);
            continued = open.process.clone();
        }
        result.text = output.text;
        out.push(time, EventKind::Result(result));
        if let (Some(process), Some(id)) = (output.process, id)
            && continued.is_none()
        {
            self.processes.insert(process, id.to_owned());
        }
        if self.script.as_deref() == id {
            self.script = None;
        }
        if let (Some(process), Some(exit)) = (continued, exit) {
            self.finished(time, &process, exit, out);
        }
    }

    /// A command that was left running has ended: its call gets a second answer, for its exit status.
    fn finished(&mut self, time: Option<Timestamp>, process: &str, exit: i32, out: &mut Sink) {
        let Some(id) = self.processes.remove(process) else { return };
        let end = End { exit: Some(exit), failed: exit != 0, ..End::default() };
        self.late(time, &id, end, out);
    }

    /// The host's account of a call. Before the answer it is kept for it, after the answer it is one more.
    fn end(&mut self, time: Option<Timestamp>, id: Option<String>, end: End, out: &mut Sink) {
        let id = id.unwrap_or_default();
        if !id.is_empty() && !self.ended.insert(id.clone()) {
            return;
        }
        match self.calls.get(&id) {
            Some(open) if open.answered => self.late(time, &id, end, out),
            Some(_) => merge(self.sides.entry(id).or_default(), end),
            None => match &self.script {
                Some(script) => merge(self.sides.entry(script.clone()).or_default(), end),
                None => alone(time, end, out),
            },
        }
    }

    fn late(&mut self, time: Option<Timestamp>, id: &str, end: End, out: &mut Sink) {
        let Some(open) = self.calls.get_mut(id) else { return };
        if end.edits.is_empty() && (open.exit_known || end.exit.is_none()) {
            return;
        }
        open.exit_known |= end.exit.is_some();
        let status = status(&end, end.exit);
        let result = ToolResult { status, exit: end.exit, edits: end.edits, ..empty(Some(open.event)) };
        out.push(time, EventKind::Result(result));
    }

    fn usage(&mut self, time: Option<Timestamp>, usage: Usage, total: String, out: &mut Sink) {
        if self.total.as_ref() != Some(&total) {
            self.total = Some(total);
            out.push(time, EventKind::Usage(usage));
        }
    }

    /// What the user had said is told only where the file begins after it.
    fn compacted(
        &mut self,
        time: Option<Timestamp>,
        summary: Option<String>,
        earlier: Vec<Said>,
        out: &mut Sink,
    ) {
        if !self.heard {
            for said in earlier {
                if !self.echo.knows(&said) {
                    self.talk(time, Source::Response, said, out);
                }
            }
        }
        out.push(time, EventKind::Compacted { summary });
    }
}

impl Open {
    /// What a command has shown of a file.
    fn read(&self, output: &Output) -> Option<FileRead> {
        let (command, folder) = self.command.as_ref()?;
        let shown = match &output.nested {
            Some(nested) => nested,
            None if self.script => return None,
            None => &output.text[output.body..],
        };
        let mut read = shell::read_of(command, shown)?;
        if let Some(folder) = folder.as_deref().filter(|folder| !call::is_absolute(folder)) {
            read.path = shell::join(folder, &read.path);
        }
        Some(read)
    }

    /// `{"answers": {id: {"answers": […]}}}`, or the words themselves for each id.
    fn answers(&self, text: &str) -> Vec<Answer> {
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

fn empty(call: Option<usize>) -> ToolResult {
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

fn status(end: &End, exit: Option<i32>) -> Status {
    if end.denied {
        Status::Denied
    } else if end.failed || exit.is_some_and(|exit| exit != 0) {
        Status::Failed
    } else {
        Status::Ok
    }
}

/// A script's tools end one by one: their edits add up, and one failure is the whole's.
fn merge(side: &mut End, end: End) {
    side.exit = end.exit.filter(|exit| *exit != 0).or(side.exit).or(end.exit);
    side.failed |= end.failed;
    side.denied |= end.denied;
    side.edits.extend(end.edits);
}

/// A command or a patch whose call is not in the file: the host's account is all there is.
fn alone(time: Option<Timestamp>, end: End, out: &mut Sink) {
    let status = status(&end, end.exit);
    let call = end.command.map(|command| {
        let action = Action::Run { command, cwd: end.cwd };
        let call = crate::event::Call { tool: "exec_command".to_owned(), input: String::new(), action };
        out.push(time, EventKind::Call(call))
    });
    out.push(time, EventKind::Result(ToolResult { status, exit: end.exit, edits: end.edits, ..empty(call) }));
}

/// Keeps what differs from what was said before, and remembers it.
fn changes(known: &mut Context, new: Context) -> Context {
    let keep = |known: &mut Option<String>, new: Option<String>| {
        let new = new.filter(|new| known.as_ref() != Some(new));
        if new.is_some() {
            known.clone_from(&new);
        }
        new
    };
    Context {
        session: keep(&mut known.session, new.session),
        cwd: keep(&mut known.cwd, new.cwd),
        branch: keep(&mut known.branch, new.branch),
        commit: keep(&mut known.commit, new.commit),
        repository: keep(&mut known.repository, new.repository),
        model: keep(&mut known.model, new.model),
        agent: keep(&mut known.agent, new.agent),
        title: keep(&mut known.title, new.title),
        pull_request: keep(&mut known.pull_request, new.pull_request),
    }
}

/// Keeps what was not known at all.
fn unknown_before(known: &Context, new: Context) -> Context {
    let keep = |known: &Option<String>, new: Option<String>| new.filter(|_| known.is_none());
    Context {
        session: None,
        cwd: keep(&known.cwd, new.cwd),
        branch: keep(&known.branch, new.branch),
        commit: keep(&known.commit, new.commit),
        repository: keep(&known.repository, new.repository),
        ..Context::default()
    }
}
