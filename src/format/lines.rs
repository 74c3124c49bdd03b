//! The loop over a file of records, one a line: written once for every format that has such files.
//!
//! Parsing is pure and runs on all threads; folding is in file order and sees one record at a time, so that a file
//! that grew can be read on from where it ended.

use crate::event::{Event, EventKind, Transcript, Warning};

/// A format of one JSON record a line.
pub(super) trait Records: Default {
    /// A parsed record: only what is needed of it.
    type Record: Send;

    /// Parses one line (not blank, without its line end). An error costs this record.
    fn parse(line: &str) -> std::result::Result<Self::Record, String>;

    /// Adds what the record says to the events.
    fn fold(&mut self, record: Self::Record, out: &mut Sink);
}

/// Where a format puts events and warnings; it knows the line.
#[derive(Debug, Default)]
pub(super) struct Sink {
    /// Line of the record at hand, from 1.
    pub line: u32,
    /// What came out so far.
    pub transcript: Transcript,
}

impl Sink {
    /// Adds an event of the main actor at the line at hand and says where it stands.
    pub fn push(&mut self, time: Option<jiff::Timestamp>, kind: EventKind) -> usize {
        self.push_event(Event {
            line: self.line,
            time,
            actor: crate::event::Actor::Main,
            abandoned: false,
            kind,
        })
    }

    /// Adds an event as it is and says where it stands.
    pub fn push_event(&mut self, event: Event) -> usize {
        self.transcript.events.push(event);
        self.transcript.events.len() - 1
    }

    /// Adds a warning for the line at hand.
    pub fn warn(&mut self, message: impl Into<String>) {
        self.transcript.warnings.push(Warning { line: self.line, message: message.into() });
    }
}

/// Reads a whole file of records.
pub(super) fn read<R: Records>(format: &'static str, bytes: &[u8]) -> Transcript {
    let mut sink = Sink::default();
    let mut state = R::default();
    sink.transcript.format = format;
    for line in String::from_utf8_lossy(bytes).lines() {
        sink.line += 1;
        if line.trim().is_empty() {
            continue;
        }
        match R::parse(line) {
            Ok(record) => state.fold(record, &mut sink),
            Err(message) => sink.warn(message),
        }
    }
    sink.transcript
}
