//! A session as the extractors look at it: turns, tool uses with their results, ages and paths, worked out once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rayon::prelude::*;

use super::names::Paths;
use super::paths::leading_path;
use super::shell::CommandLine;
use crate::event::{
    Action, Actor, Answer, Call, Context, Event, EventKind, FileEdit, FileRead, Status, Todo, TodoState,
    ToolResult, Transcript,
};

/// So many lines of a result are looked through for paths.
const LISTED: usize = 120;

/// Where the user spoke so often since a to-do list was written, the work goes on without it.
const LEFT_BEHIND: usize = 6;

/// The events of a transcript, and what every extractor needs to know of them.
pub struct Session<'a> {
    /// The events, in file order.
    pub events: &'a [Event],
    /// For each event, how many tool calls came after it.
    pub ages: Vec<u32>,
    /// Tool calls with their results, in the order of the calls.
    pub uses: Vec<Use<'a>>,
    /// What the user said, in order; abandoned branches are left out.
    pub turns: Vec<Turn<'a>>,
    /// For each event, its time, or that of the nearest one before it that has one.
    times: Vec<Option<Timestamp>>,
    /// The folders the agent was in, each from the event on that says so.
    folders: Vec<(usize, &'a str)>,
    /// Last known place and circumstances of the session.
    pub context: Context,
    /// How paths are shortened.
    pub paths: Paths,
}

/// A tool call and its result.
pub struct Use<'a> {
    /// Index of the call's event.
    pub at: usize,
    /// Index of the result's event.
    pub result_at: Option<usize>,
    /// The call.
    pub call: &'a Call,
    /// The command line that it runs, if it runs one.
    pub command: Option<CommandLine<'a>>,
    /// The first result.
    pub result: Option<&'a ToolResult>,
    /// The paths that the lines of the result begin with, if it is of a command or a search.
    pub listed: Vec<String>,
    /// What really changed, from all results of the call.
    pub edits: Vec<&'a FileEdit>,
    /// What was really read.
    pub read: Option<&'a FileRead>,
    /// What the user answered.
    pub answers: &'a [Answer],
    /// Whether it stands on an abandoned branch.
    pub abandoned: bool,
}

/// Something the user said, and what the agent made of it.
pub struct Turn<'a> {
    /// Index of the user's event.
    pub at: usize,
    /// What the user said.
    pub text: &'a str,
    /// Index of the first event of the next turn, or the number of events.
    pub end: usize,
    /// Index of the agent's last text in this turn.
    pub reply: Option<usize>,
}

impl<'a> Session<'a> {
    /// Looks at a transcript.
    pub fn of(transcript: &'a Transcript) -> Self {
        let events = transcript.events.as_slice();
        let context = context(events);
        Session {
            events,
            ages: ages(events),
            times: times(events),
            folders: folders(events),
            uses: uses(events),
            turns: turns(events),
            paths: Paths::of(events),
            context,
        }
    }

    /// The line of an event.
    pub fn line(&self, at: usize) -> u32 {
        self.events[at].line
    }

    /// The time of an event, or of the nearest one before it that has one; the epoch if none has.
    pub fn time(&self, at: usize) -> Timestamp {
        self.times[at].unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The folder the agent was in at an event, where the transcript says so.
    pub fn folder(&self, at: usize) -> Option<&'a str> {
        let known = self.folders.partition_point(|(from, _)| *from < at);
        known.checked_sub(1).map(|last| self.folders[last].1)
    }

    /// How recent an event is, in thousandths: 1000 for the last, falling with the calls after it.
    pub fn recency(&self, at: usize) -> i64 {
        recency(self.ages[at])
    }

    /// The turn that begins with what the user said to the reply at `at`.
    pub fn turn_after(&self, at: usize) -> Option<&Turn<'a>> {
        let next = self.turns.partition_point(|turn| turn.at <= at);
        let is_reply = next.checked_sub(1).is_some_and(|turn| self.turns[turn].reply == Some(at));
        self.turns.get(next).filter(|_| is_reply)
    }

    /// The reply before what the user said in a turn.
    pub fn reply_before(&self, turn: &Turn) -> Option<usize> {
        let before = self.turns.partition_point(|other| other.at < turn.at).checked_sub(1)?;
        self.turns[before].reply
    }

    /// Whether the reply at `at` ends by asking something, and the user spoke again.
    pub fn is_answered(&self, at: usize) -> bool {
        let EventKind::Assistant { text } = &self.events[at].kind else { return false };
        let end = text.trim_end().rsplit("\n\n").next().unwrap_or_default();
        end.contains('?') && self.turn_after(at).is_some()
    }

    /// How many tool calls the turn took that begins with the event at `at`.
    pub fn calls_of(&self, at: usize) -> usize {
        let Some(turn) = self.turns.iter().find(|turn| turn.at == at) else { return 0 };
        (self.ages[at] - self.ages.get(turn.end).copied().unwrap_or(0)) as usize
    }

    /// Whether the user's next message only agrees with the reply at `at`, or picks from it.
    pub fn is_approved(&self, at: usize) -> bool {
        self.turn_after(at).is_some_and(|next| {
            next.text.len() < 60
                && !next.text.contains('?')
                && !super::cues::Cues::of(next.text).has(super::cues::Cue::Correction)
        })
    }

    /// The to-do list as it stands at the end, and the line that says so.
    pub fn todos(&self) -> Option<(u32, &'a [Todo])> {
        self.events.iter().rev().find_map(|event| match &event.kind {
            EventKind::Todos(todos) => Some((event.line, todos.as_slice())),
            _ => None,
        })
    }

    /// What of the to-do list is still to be done, and the line that says so; nothing of a list that the user asked for so
    /// much behind that it was left behind.
    pub fn open_todos(&self) -> Option<(u32, impl Iterator<Item = &'a Todo>)> {
        let (line, todos) = self.todos()?;
        let asked_since = self.turns.iter().rev().take_while(|turn| self.line(turn.at) > line).count();
        let open = |todo: &&Todo| matches!(todo.state, TodoState::Pending | TodoState::InProgress);
        (asked_since < LEFT_BEHIND).then(|| (line, todos.iter().filter(open)))
    }

    /// The agent's last text of the session.
    pub fn last_say(&self) -> Option<(usize, &'a str)> {
        self.events.iter().enumerate().rev().find_map(|(at, event)| match &event.kind {
            EventKind::Assistant { text } if event.actor == Actor::Main && !event.abandoned => {
                Some((at, text.as_str()))
            }
            _ => None,
        })
    }

    /// The shell commands that were run, with their place.
    pub fn commands(&self) -> impl DoubleEndedIterator<Item = (&Use<'a>, &CommandLine<'a>)> {
        let taken = self.uses.iter().filter(|used| !used.abandoned);
        taken.filter_map(|used| Some((used, used.command.as_ref()?)))
    }
}

impl Use<'_> {
    /// Whether the call took effect, as far as is known.
    pub fn took_effect(&self) -> bool {
        self.result.is_some_and(|result| result.status == Status::Ok)
    }

    /// What was answered, as far as it was.
    pub fn output(&self) -> Option<&str> {
        self.result.map(|result| result.text.as_str())
    }
}

/// How much something counts that is `age` calls old, in thousandths. A quick and a slow decay, and a rest that stays.
pub fn recency(age: u32) -> i64 {
    let age = i64::from(age);
    60 + 380 * 80 / (80 + age) + 560 * 12 / (12 + age)
}

fn ages(events: &[Event]) -> Vec<u32> {
    let mut age = 0;
    let mut ages: Vec<u32> = events
        .iter()
        .rev()
        .map(|event| {
            let own = age;
            age += u32::from(matches!(event.kind, EventKind::Call(_)) && event.actor == Actor::Main);
            own
        })
        .collect();
    ages.reverse();
    ages
}

fn times(events: &[Event]) -> Vec<Option<Timestamp>> {
    let mut last = None;
    let known = events.iter().map(|event| {
        last = event.time.or(last);
        last
    });
    known.collect()
}

fn folders(events: &[Event]) -> Vec<(usize, &str)> {
    let told = events.iter().enumerate().filter_map(|(at, event)| match &event.kind {
        EventKind::Context(Context { cwd: Some(cwd), .. }) => Some((at, cwd.as_str())),
        _ => None,
    });
    told.collect()
}

fn uses(events: &[Event]) -> Vec<Use<'_>> {
    let mut by_event = BTreeMap::new();
    let mut uses: Vec<Use> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if let EventKind::Call(call) = &event.kind {
            by_event.insert(at, uses.len());
            let abandoned = event.abandoned;
            uses.push(Use {
                at,
                result_at: None,
                call,
                command: None,
                result: None,
                listed: Vec::new(),
                edits: Vec::new(),
                read: None,
                answers: &[],
                abandoned,
            });
        }
    }
    for (at, event) in events.iter().enumerate() {
        let EventKind::Result(result) = &event.kind else { continue };
        if let Some(place) = result.call.and_then(|call| by_event.get(&call)) {
            answer(&mut uses[*place], at, result);
        }
    }
    uses.par_iter_mut().for_each(complete);
    uses
}

/// Adds what the call itself tells.
fn complete(used: &mut Use) {
    match &used.call.action {
        Action::Edit(edits) if used.edits.is_empty() && used.took_effect() => {
            used.edits = edits.iter().collect();
        }
        Action::Run { command, .. } => {
            used.command = Some(CommandLine::read(command));
            used.listed = listed(used);
        }
        Action::Search { .. } => used.listed = listed(used),
        _ => {}
    }
}

/// The paths that the first lines of a result begin with.
fn listed(used: &Use) -> Vec<String> {
    let lines = used.output().unwrap_or_default().lines().take(LISTED);
    let mut paths: Vec<String> = lines.filter_map(leading_path).collect();
    paths.dedup();
    paths
}

fn answer<'a>(used: &mut Use<'a>, at: usize, result: &'a ToolResult) {
    used.result_at.get_or_insert(at);
    used.result.get_or_insert(result);
    used.edits.extend(&result.edits);
    used.read = used.read.or(result.read.as_ref());
    if used.answers.is_empty() {
        used.answers = &result.answers;
    }
}

fn turns(events: &[Event]) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if event.abandoned || event.actor == Actor::Subagent {
            continue;
        }
        match &event.kind {
            EventKind::User { text } => begin(&mut turns, at, text),
            EventKind::Assistant { text } if !text.trim().is_empty() => {
                if let Some(turn) = turns.last_mut() {
                    turn.reply = Some(at);
                }
            }
            _ => {}
        }
    }
    if let Some(last) = turns.last_mut() {
        last.end = events.len();
    }
    turns
}

fn begin<'a>(turns: &mut Vec<Turn<'a>>, at: usize, text: &'a str) {
    if let Some(last) = turns.last_mut() {
        last.end = at;
    }
    turns.push(Turn { at, text, end: at, reply: None });
}

fn context(events: &[Event]) -> Context {
    let mut whole = Context::default();
    for event in events {
        if let EventKind::Context(new) = &event.kind {
            for (slot, value) in [
                (&mut whole.session, &new.session),
                (&mut whole.cwd, &new.cwd),
                (&mut whole.branch, &new.branch),
                (&mut whole.commit, &new.commit),
                (&mut whole.repository, &new.repository),
                (&mut whole.model, &new.model),
                (&mut whole.agent, &new.agent),
                (&mut whole.title, &new.title),
                (&mut whole.pull_request, &new.pull_request),
            ] {
                if value.is_some() {
                    slot.clone_from(value);
                }
            }
        }
    }
    whole
}
