//! Where readers put what they find: events and warnings, each with its line.

use jiff::Timestamp;
use rustc_hash::FxHashSet;

use super::context;
use super::conversation::Calls;
use crate::event::{Actor, Context, Event, EventKind, Transcript, Usage, Warning};

/// Where a format puts events and warnings. It knows the record at hand, and who was called before.
#[derive(Debug, Default)]
pub(super) struct Sink {
    /// Line of the record at hand, from 1.
    pub line: u32,
    /// When the record at hand was written, where it says so.
    pub time: Option<Timestamp>,
    /// Who the record at hand is about.
    pub actor: Actor,
    /// What came out so far.
    pub transcript: Transcript,
    /// Events that became others after they had been added.
    pub replaced: Vec<usize>,
    /// The calls so far, for their answers.
    pub(super) calls: Calls,
    known: Context,
    unknown: FxHashSet<String>,
}

impl Sink {
    /// An empty transcript of that format, at its first line.
    pub fn of(format: &'static str) -> Self {
        Self::behind(1, Transcript { format, ..Transcript::default() })
    }

    /// Before the first line of a file, or behind those whose transcript it is.
    pub fn behind(line: u32, transcript: Transcript) -> Self {
        Self { line, transcript, ..Self::default() }
    }

    /// Adds an event of the record at hand and says where it stands.
    pub fn tell(&mut self, kind: EventKind) -> usize {
        let (line, time, actor) = (self.line, self.time, self.actor);
        self.push_event(Event { line, time, actor, abandoned: false, kind })
    }

    /// Adds an event of the main actor at the line at hand and says where it stands.
    pub fn push(&mut self, time: Option<Timestamp>, kind: EventKind) -> usize {
        self.push_event(Event { line: self.line, time, actor: Actor::Main, abandoned: false, kind })
    }

    /// Adds an event as it is and says where it stands.
    pub fn push_event(&mut self, event: Event) -> usize {
        self.transcript.events.push(event);
        self.transcript.events.len() - 1
    }

    /// Makes another of an event that was added before.
    pub fn replace(&mut self, event: usize, kind: EventKind) {
        self.transcript.events[event].kind = kind;
        self.replaced.push(event);
    }

    /// Tells what is new in where the session runs.
    pub fn context(&mut self, now: Context) {
        let changed = context::changes(&mut self.known, now);
        if changed != Context::default() {
            self.tell(EventKind::Context(changed));
        }
    }

    /// Tells what a message cost, if it cost anything.
    pub fn usage(&mut self, usage: Usage) {
        if usage != Usage::default() {
            self.tell(EventKind::Usage(usage));
        }
    }

    /// Takes note of a record of another kind than those that are read: one that is not ignored for a reason is
    /// warned of, once a kind.
    pub fn other(&mut self, kind: &str, ignored: &[(&str, &str)]) {
        if !ignored.iter().any(|(name, _)| *name == kind) && self.unknown.insert(kind.to_owned()) {
            self.warn(format!("unknown record '{kind}'; more of this kind are not reported"));
        }
    }

    /// Adds a warning for the line at hand.
    pub fn warn(&mut self, message: impl Into<String>) {
        self.transcript.warnings.push(Warning { line: self.line, message: message.into() });
    }
}
