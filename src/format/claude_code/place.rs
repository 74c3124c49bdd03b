//! Where the events of one record go.

use jiff::Timestamp;

use crate::event::{Actor, Event, EventKind};
use crate::format::lines::Sink;

/// A record's line, time and actor, and where its events go.
pub(super) struct Place<'a> {
    pub out: &'a mut Sink,
    pub time: Option<Timestamp>,
    pub actor: Actor,
}

impl Place<'_> {
    pub fn push(&mut self, kind: EventKind) -> usize {
        let (line, time, actor) = (self.out.line, self.time, self.actor);
        self.out.push_event(Event { line, time, actor, abandoned: false, kind })
    }

    pub fn inject(&mut self, text: String) {
        if !text.trim_ascii().is_empty() {
            self.push(EventKind::Injected { text });
        }
    }

    pub fn is_main(&self) -> bool {
        self.actor == Actor::Main
    }
}
