//! From records to events, one after the other.

use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::place::Place;
use super::raw::{Attachment, Block, Figures, Message, Raw, SideCopy};
use super::results;
use super::tags::{self, Part};
use super::todos::{self, Board};
use super::{calls, commands, titles};
use crate::event::{Action, Actor, Context, EventKind, Status, Todo, Usage};
use crate::format::branches::{self, Branches};
use crate::format::key::{Key, pairs};
use crate::format::lines::Sink;

/// What is known at a place in the file: all that later records refer to.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Session {
    /// Calls by their id.
    #[serde(with = "pairs")]
    calls: FxHashMap<Key, Pending>,
    /// Results whose call is still to come: calls that run at the same time are written in any order.
    #[serde(skip)]
    early: FxHashMap<Key, (usize, SideCopy)>,
    /// Where the figures of each API message stand.
    #[serde(with = "pairs")]
    usage: FxHashMap<Key, usize>,
    /// What was queued while the agent worked, and how often it is still to come again as a message.
    queued: FxHashMap<String, Vec<usize>>,
    /// A compaction whose summary is still to come.
    boundary: Option<usize>,
    /// The user's own command whose output is still to come.
    shell: Option<usize>,
    board: Board,
    branches: Branches,
    context: Context,
    titles: titles::Titles,
    approved: Option<String>,
    /// Whether this is a subagent's own file, where its records are the main ones: the first message tells.
    subagent_file: Option<bool>,
}

#[derive(Serialize, Deserialize)]
struct Pending {
    event: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    todos: Option<todos::Plan>,
}

impl Session {
    /// Whether no result waits for its call: what the host says of it beside is not kept.
    pub fn is_settled(&self) -> bool {
        self.early.is_empty()
    }

    /// Adds one record.
    pub fn record(&mut self, mut raw: Raw, out: &mut Sink) {
        let start = out.transcript.events.len();
        let mut place = Place { time: time(raw.timestamp.as_deref()), actor: self.actor(&raw), out };
        self.note_context(&mut raw, &mut place);
        let (uuid, parent) = (raw.uuid.take(), raw.parent_uuid.take());
        let typed = self.content(raw, &mut place);
        let Some(uuid) = uuid else { return };
        let events = &mut out.transcript.events;
        let record = branches::Record { uuid: &uuid, parent: parent.as_deref(), since: start, typed };
        self.branches.add(record, events);
    }

    fn actor(&mut self, raw: &Raw) -> Actor {
        let aside = raw.is_sidechain || raw.parent_tool_use_id.is_some();
        let own = match self.subagent_file {
            Some(own) => own,
            None if raw.message.is_some() => *self.subagent_file.insert(aside),
            None => false,
        };
        if aside && !own { Actor::Subagent } else { Actor::Main }
    }

    /// Tells what the record's envelope says anew.
    fn note_context(&mut self, raw: &mut Raw, place: &mut Place) {
        if !place.is_main() {
            return;
        }
        let said = raw.message.as_mut().and_then(|message| message.model.take());
        let agent = raw.version.take().filter(|version| !version.is_empty());
        let now = Context {
            session: raw.session_id.take().or_else(|| raw.stream_session.take()),
            cwd: raw.cwd.take(),
            branch: raw.git_branch.take(),
            model: raw.model.take().or(said).filter(|model| model != "<synthetic>"),
            agent: agent
                .filter(|version| !self.is_version(version))
                .map(|version| format!("{AGENT}{version}")),
            pull_request: raw.pr_url.take(),
            title: self.titles.note(raw),
            ..Context::default()
        };
        let changed = self.changed(now);
        if changed != Context::default() {
            place.push(EventKind::Context(changed));
        }
    }

    /// Whether it is the version known already: asked of each record, so without writing it out.
    fn is_version(&self, version: &str) -> bool {
        self.context.agent.as_deref().and_then(|agent| agent.strip_prefix(AGENT)) == Some(version)
    }

    /// The fields that are not as they were.
    fn changed(&mut self, now: Context) -> Context {
        let known = &mut self.context;
        Context {
            session: news(now.session, &mut known.session),
            cwd: news(now.cwd, &mut known.cwd),
            branch: news(now.branch, &mut known.branch),
            model: news(now.model, &mut known.model),
            agent: news(now.agent, &mut known.agent),
            title: news(now.title, &mut known.title),
            pull_request: news(now.pull_request, &mut known.pull_request),
            ..Context::default()
        }
    }

    /// Adds what the record says, by its type, and tells whether it is a message typed there and then.
    fn content(&mut self, raw: Raw, place: &mut Place) -> bool {
        match raw.kind.as_deref().unwrap_or_default() {
            "user" => return self.user(raw, place),
            "assistant" => self.assistant(raw, place),
            "system" => self.system(raw, place),
            "progress" => self.progress(raw, place),
            "attachment" => self.attachment(raw, place),
            "queue-operation" => self.queue(&raw, place),
            _ => {}
        }
        false
    }

    fn user(&mut self, raw: Raw, place: &mut Place) -> bool {
        let Some(message) = raw.message else { return false };
        self.todos(raw.todos, place);
        if let Some(plan) = raw.plan_content {
            self.approve(plan, place);
        }
        let human = raw.origin.and_then(|origin| origin.kind).is_none_or(|kind| kind == "human");
        let mut side = raw.tool_use_result.map(|side| *side);
        let answers = message.content.iter().any(|block| block.tool_use_id.is_some());
        let mut typed = false;
        for block in message.content {
            if block.tool_use_id.is_some() {
                self.result(block, side.take(), raw.tool_denial_kind.as_deref(), place);
            } else if let Some(text) = block.text {
                if raw.is_compact_summary || is_summary(&text) {
                    self.compacted(text, place);
                } else if raw.is_meta || !human || !place.is_main() {
                    place.inject(text);
                } else {
                    typed |= self.said(text, place);
                }
            }
        }
        typed && !answers
    }

    /// Adds the parts of a user message and tells whether anything in it was typed there and then.
    fn said(&mut self, text: String, place: &mut Place) -> bool {
        let mut typed = false;
        for part in tags::parts(text) {
            match part {
                Part::Said(text) => typed |= self.say(text, place),
                Part::Injected(text) => place.inject(text),
                Part::Interrupted => drop(place.push(EventKind::Interrupted)),
                Part::Command { name, arguments } => typed |= commands::slash(name, arguments, place),
                Part::Shell(command) => self.shell = Some(commands::shell(command, place)),
                Part::ShellOutput(text) => self.shell_output(text, place),
            }
        }
        typed
    }

    /// Adds what the user said, unless it stands already where it was queued.
    fn say(&mut self, text: String, place: &mut Place) -> bool {
        if self.queued.get_mut(text.trim_ascii()).and_then(Vec::pop).is_some() {
            return false;
        }
        place.push(EventKind::User { text });
        true
    }

    fn shell_output(&mut self, text: String, place: &mut Place) {
        match self.shell.take() {
            Some(call) => commands::output(call, text, place),
            None => place.inject(text),
        }
    }

    /// A message queued while the agent worked stands where it was typed. It may come again as a message or an
    /// attachment, or (in some versions) not; if the user takes it back, it counts as abandoned.
    fn queue(&mut self, raw: &Raw, place: &mut Place) {
        let text = raw.content.trim_ascii();
        match raw.operation.as_deref().unwrap_or_default() {
            "enqueue" if !text.starts_with('/') => {
                for part in tags::parts(raw.content.clone()) {
                    if let Part::Said(text) = part {
                        let key = text.trim_ascii().to_owned();
                        let event = place.push(EventKind::User { text });
                        self.queued.entry(key).or_default().push(event);
                    }
                }
            }
            "popAll" => {
                for event in
                    text.split('\n').chain([text]).filter_map(|text| self.queued.get_mut(text)?.pop())
                {
                    place.out.transcript.events[event].abandoned = true;
                }
            }
            _ => {}
        }
    }

    fn assistant(&mut self, raw: Raw, place: &mut Place) {
        let Some(message) = raw.message else { return };
        let Message { id, content, usage, .. } = message;
        for block in content {
            match block.kind.as_deref().unwrap_or_default() {
                "text" => {
                    let text = block.text.unwrap_or_default();
                    if raw.is_api_error_message {
                        place.inject(text);
                    } else if !text.trim_ascii().is_empty() {
                        place.push(EventKind::Assistant { text });
                    }
                }
                "thinking" => {
                    let text = block.thinking.unwrap_or_default();
                    if !text.trim_ascii().is_empty() {
                        place.push(EventKind::Reasoning { text });
                    }
                }
                _ if block.tool_use_id.is_some() => self.result(block, None, None, place),
                _ if block.name.is_some() => self.call(block, place),
                _ => {}
            }
        }
        if let Some((id, figures)) = id.zip(usage) {
            self.usage(&id, &figures, place);
        }
    }

    /// The figures stand once per API message, where it begins; its last line has the final ones.
    fn usage(&mut self, id: &str, figures: &Figures, place: &mut Place) {
        let count = |number: Option<u64>| number.unwrap_or(0);
        let cached = count(figures.cache_read);
        let usage = EventKind::Usage(Usage {
            input: count(figures.input).saturating_add(count(figures.cache_creation)).saturating_add(cached),
            cached,
            output: count(figures.output),
        });
        let id = Key::of(id);
        match self.usage.get(&id) {
            Some(&event) => place.out.replace(event, usage),
            // The host's own messages cost nothing.
            None if usage == EventKind::Usage(Usage::default()) => {}
            None => drop(self.usage.insert(id, place.push(usage))),
        }
    }

    fn call(&mut self, block: Block, place: &mut Place) {
        let tool = block.name.unwrap_or_default();
        let written = todos::written(&tool, &block.input);
        let todos = todos::plan(&tool, &block.input);
        let event = place.push(EventKind::Call(calls::call(tool, &block.input)));
        if let Some(items) = written {
            self.todos(items, place);
        }
        let Some(id) = block.id.as_deref().map(Key::of) else { return };
        let early = self.early.remove(&id);
        let pending = Pending { event, todos };
        if let Some((result, side)) = early {
            self.pair(&pending, result, side, place);
        }
        self.calls.insert(id, pending);
    }

    fn result(&mut self, block: Block, side: Option<SideCopy>, denial: Option<&str>, place: &mut Place) {
        let id = Key::of(&block.tool_use_id.unwrap_or_default());
        let (text, reminders) = tags::without_reminders(block.content);
        let mut side = side.unwrap_or_default();
        let result = results::alone(text, block.is_error, denial, &mut side);
        let event = place.push(EventKind::Result(result));
        match self.calls.remove(&id) {
            Some(pending) => {
                self.pair(&pending, event, side, place);
                self.calls.insert(id, pending);
            }
            None => drop(self.early.insert(id, (event, side))),
        }
        for text in reminders {
            place.inject(text);
        }
    }

    /// Brings a result and its call together.
    fn pair(&mut self, pending: &Pending, result: usize, mut side: SideCopy, place: &mut Place) {
        let events = &mut place.out.transcript.events;
        let Ok([call, result]) = events.get_disjoint_mut([pending.event, result]) else { return };
        let (EventKind::Call(call), EventKind::Result(result)) = (&call.kind, &mut result.kind) else {
            return;
        };
        results::pair(result, pending.event, &call.action, &mut side);
        if result.status != Status::Ok {
            return;
        }
        let approved = approved(&call.action, side.plan.take(), &result.text);
        let todos = pending.todos.as_ref().filter(|_| place.actor == Actor::Main);
        let list = todos.and_then(|todos| self.board.apply(todos, &result.text, side.tasks, side.task));
        show(list, place);
        if let Some(plan) = approved {
            self.approve(plan, place);
        }
    }

    fn todos(&mut self, items: Vec<super::raw::Item>, place: &mut Place) {
        if !items.is_empty() && place.is_main() {
            show(self.board.replace(items), place);
        }
    }

    /// The user accepted a plan; the host may say so twice.
    fn approve(&mut self, plan: String, place: &mut Place) {
        if !plan.trim_ascii().is_empty() && self.approved.as_deref() != Some(plan.trim_ascii()) {
            self.approved = Some(plan.trim_ascii().to_owned());
            place.push(EventKind::PlanApproved { plan });
        }
    }

    /// The summary of a compaction belongs to the boundary before it, if there is one.
    fn compacted(&mut self, summary: String, place: &mut Place) {
        let kind = EventKind::Compacted { summary: Some(summary) };
        match self.boundary.take() {
            Some(event) => place.out.replace(event, kind),
            None => drop(place.push(kind)),
        }
    }

    fn system(&mut self, raw: Raw, place: &mut Place) {
        match raw.subtype.as_deref().unwrap_or_default() {
            "compact_boundary" => self.boundary = Some(place.push(EventKind::Compacted { summary: None })),
            "local_command" => drop(self.said(raw.content, place)),
            _ => {}
        }
    }

    /// Of the host's progress records only those of subagents carry anything: their messages.
    fn progress(&mut self, raw: Raw, place: &mut Place) {
        let Some(progress) = raw.data.filter(|data| data.kind.as_deref() == Some("agent_progress")) else {
            return;
        };
        let Some(message) = progress.message else { return };
        let time = time(message.timestamp.as_deref()).or(place.time);
        let mut place = Place { out: place.out, time, actor: Actor::Subagent };
        match message.kind.as_deref().unwrap_or_default() {
            "user" => drop(self.user(message, &mut place)),
            "assistant" => self.assistant(message, &mut place),
            _ => {}
        }
    }

    fn attachment(&mut self, raw: Raw, place: &mut Place) {
        let Some(attachment) = raw.attachment else { return };
        match attachment.kind.as_deref().unwrap_or_default() {
            "queued_command" if attachment.command_mode.as_deref().is_none_or(|mode| mode == "prompt") => {
                self.said(attachment.prompt, place);
            }
            "queued_command" => place.inject(attachment.prompt),
            "edited_text_file" => changed_outside(*attachment, place),
            "task_reminder" | "todo_reminder" => {
                let items = attachment.content.as_array().map_or(&[][..], Vec::as_slice);
                self.todos(todos::items(items), place);
            }
            kind if NOT_SHOWN.iter().any(|(name, _)| *name == kind) => {}
            _ if !raw.rendered.is_empty() => place.inject(raw.rendered),
            _ => {
                place.inject(super::raw::prose_of(&attachment.content));
                place.inject(attachment.added_blocks);
            }
        }
    }
}

/// Attachments whose content the model is not shown, each with the reason.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("command_permissions", "what a command may do without asking"),
    ("compact_file_reference", "names a file and shows nothing of it"),
    ("hook_system_message", "shown to the user"),
];

/// What stands before the version in the agent's name.
const AGENT: &str = "Claude Code ";

fn changed_outside(attachment: Attachment, place: &mut Place) {
    if let Some(path) = attachment.filename {
        place.push(EventKind::ChangedOutside { path });
    }
    place.inject(attachment.snippet.unwrap_or_default());
}

fn show(list: Option<Vec<Todo>>, place: &mut Place) {
    if let Some(list) = list {
        place.push(EventKind::Todos(list));
    }
}

/// The plan the user accepted with this result: as the host has it, as it was proposed, or out of the text.
fn approved(action: &Action, plan: Option<String>, text: &str) -> Option<String> {
    let Action::Plan { text: proposed } = action else { return None };
    let told =
        text.split_once("## Approved Plan").and_then(|(_, rest)| rest.split_once('\n')).map(|(_, plan)| plan);
    let known = plan.or_else(|| Some(proposed.clone())).filter(|plan| !plan.is_empty());
    known.or_else(|| told.map(|plan| plan.trim_ascii().to_owned()))
}

/// Whether it is the summary of a compaction in a version that does not mark it.
fn is_summary(text: &str) -> bool {
    text.starts_with("This session is being continued from a previous conversation that ran out of context")
}

fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

/// The value if it is another than the known one, which it becomes.
fn news(value: Option<String>, known: &mut Option<String>) -> Option<String> {
    let value = value.filter(|value| !value.is_empty() && known.as_ref() != Some(value))?;
    *known = Some(value.clone());
    Some(value)
}
