//! Rollouts of the Codex command line, editor extension and desktop app: a JSON record a line, from the headerless
//! first version to code mode.
//!
//! The same conversation is told up to three times (what the model saw, what the screen showed, what was completed)
//! and counted once. Calls and their answers come from the model's account; the host's own account adds exit
//! status and positions of edits.

mod call;
mod end;
mod kinds;
mod open;
mod output;
mod record;
mod script;
mod talk;

use std::collections::BTreeSet;

use crate::format::json::Value;
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use self::call::{Called, Script};
use self::end::End;
use self::open::{Open, empty};
use self::output::Output;
use self::record::{Item, Record, Source};
use self::talk::{Echo, Said};
use super::lines::{self, Keep, Records, Sink};
use super::{Carries, Format, Growing, Head, Kinds, Place, Proof, context, outcome, patch};
use crate::event::{Action, Context, EventKind, Status, ToolResult, Usage};

pub(super) const FORMAT: Format = Format {
    name: "codex",
    title: "Codex rollout",
    location: "~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl",
    places: PLACES,
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds::of, mapped: kinds::MAPPED, ignored: kinds::IGNORED },
    claims,
    read: |bytes| lines::read::<Codex>("codex", bytes),
};

pub(super) const GROWING: Growing = Growing { format: FORMAT.name, read_on: lines::read_on::<Codex> };

/// Sessions by day, and those that the user has put away.
const PLACES: &[Place] = &[
    Place { files: "sessions/*/*/*/rollout-*.jsonl", ..HOME },
    Place { files: "archived_sessions/rollout-*.jsonl", ..HOME },
];

const HOME: Place = Place { variable: "CODEX_HOME", base: ".codex", ..Place::BELOW_HOME };

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
#[derive(Default, Serialize, Deserialize)]
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

impl Keep for Codex {}

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
                for said in said {
                    self.talk(time, source, said, out);
                }
            }
            Item::Call { id, called } => self.call(time, id, *called, out),
            Item::Output { id, output } => self.answer(time, &id.unwrap_or_default(), output, out),
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
            context = context::unknown_before(&self.context, context);
        }
        self.session = self.session.take().or_else(|| context.session.clone());
        self.change(time, context, out);
    }

    fn change(&mut self, time: Option<Timestamp>, context: Context, out: &mut Sink) {
        let changed = context::changes(&mut self.context, context);
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
        let id = id.unwrap_or_default();
        if called.script != Script::No {
            self.script = Some(id.clone());
        }
        let open = Open::of(&called, out.transcript.events.len(), self.context.cwd.as_deref());
        self.calls.insert(id, open);
        out.push(time, EventKind::Call(called.call));
        if let Some(todos) = called.todos {
            out.push(time, EventKind::Todos(todos));
        }
    }

    /// The answer to a call, by its id; an answer without one is to the last call without one.
    fn answer(&mut self, time: Option<Timestamp>, id: &str, output: Output, out: &mut Sink) {
        let side = self.sides.remove(id).unwrap_or_default();
        let exit = output.exit.or(side.exit);
        let status = output.status.unwrap_or_else(|| side.status(exit));
        let mut result = ToolResult { status, exit, edits: side.edits, ..empty(None) };
        let mut continued = None;
        if let Some(open) = self.calls.get_mut(id) {
            open.answered = true;
            open.settled |= exit.is_some() || status != Status::Ok;
            result.call = Some(open.event);
            result.read = open.read(&output).filter(|_| status == Status::Ok);
            result.answers = open.answers(&output.text);
            continued.clone_from(&open.process);
        }
        result.text = output.text;
        if status == Status::Denied {
            outcome::refused(&mut result);
        }
        out.push(time, EventKind::Result(result));
        match (continued, output.process) {
            (None, Some(process)) => drop(self.processes.insert(process, id.to_owned())),
            (Some(process), None) => self.finished(time, &process, exit, status, out),
            (None, None) => self.script = self.script.take().filter(|script| script != id),
            (Some(_), Some(_)) => {}
        }
        if id.is_empty() {
            self.calls.remove(id);
        }
    }

    /// What was left running has ended: its call gets a second answer, for how it ended.
    fn finished(
        &mut self,
        time: Option<Timestamp>,
        process: &str,
        exit: Option<i32>,
        status: Status,
        out: &mut Sink,
    ) {
        let Some(id) = self.processes.get(process).cloned() else { return };
        self.script = self.script.take().filter(|script| *script != id);
        self.late(time, &id, End { exit, failed: status == Status::Failed, ..End::default() }, out);
    }

    /// The host's account of a call, or of a tool that a script called. Before the answer it is kept for it, after
    /// the answer it is one more.
    fn end(&mut self, time: Option<Timestamp>, id: Option<String>, end: End, out: &mut Sink) {
        let id = id.unwrap_or_default();
        if !id.is_empty() && !self.ended.insert(id.clone()) {
            return;
        }
        let id = if id.is_empty() || !self.calls.contains_key(&id) { self.script.clone() } else { Some(id) };
        match id.and_then(|id| self.calls.get(&id).map(|open| (id, open.answered))) {
            Some((id, true)) => self.late(time, &id, end, out),
            Some((id, false)) => self.sides.entry(id).or_default().merge(end),
            None => alone(time, end, out),
        }
    }

    /// One more answer to a call, if it says more than the first.
    fn late(&mut self, time: Option<Timestamp>, id: &str, end: End, out: &mut Sink) {
        let Some(open) = self.calls.get_mut(id) else { return };
        let settles = end.exit.is_some() || end.failed || end.denied;
        if end.edits.is_empty() && (open.settled || !settles) {
            return;
        }
        open.settled |= settles;
        let status = end.status(end.exit);
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

/// A command or a patch whose call is not in the file: the host's account is all there is.
fn alone(time: Option<Timestamp>, end: End, out: &mut Sink) {
    let status = end.status(end.exit);
    let call = end.command.map(|command| {
        let action = Action::Run { command, cwd: end.cwd };
        let call = crate::event::Call { tool: "exec_command".to_owned(), input: String::new(), action };
        out.push(time, EventKind::Call(call))
    });
    out.push(time, EventKind::Result(ToolResult { status, exit: end.exit, edits: end.edits, ..empty(call) }));
}

#[cfg(test)]
mod tests;
