//! Reading a session that grows: what was read before is kept, and only the lines behind it are read.
//!
//! Kept are the events behind the gate, what the format knows at the end of the last whole line, and the hash of the
//! text up to there. Where that text is another now, everything is read anew.
//!
//! Whoever reads on sees the earlier events behind the gate, and whoever reads the whole file sees them before it.
//! Both must read the same, so nothing is kept while the format itself still holds a secret, and where a new result
//! answers a call that held one, everything is read anew.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Result;
use crate::event::{Event, EventKind, Transcript, Warning};
use crate::format::{self, Growing, Reading};
use crate::token::Encoding;
use crate::{count, redact};

/// What kept bytes begin with: which layout they have. What another version kept is not read.
const LAYOUT: &[u8] = concat!("baton ", env!("CARGO_PKG_VERSION"), " checkpoint 1\n").as_bytes();

/// Bytes of a hash.
const HASH: usize = blake3::OUT_LEN;

/// A session behind the gate.
pub struct Session {
    /// The transcript, without secrets.
    pub transcript: Transcript,
    /// The tokens of all that the models saw.
    pub tokens: usize,
    kept: Kept,
}

/// What of a session is kept.
enum Kept {
    /// All of it, with the mark of the place where it ends.
    Whole(Box<Mark>),
    /// All but what came out of a last line that is not whole.
    Before(Vec<u8>),
    Nothing,
}

/// A place at a line end, and what reading on from there takes beside the events.
#[derive(Clone, Serialize, Deserialize)]
struct Mark {
    format: String,
    encoding: String,
    /// Bytes of text before it, and their hash.
    length: usize,
    hash: [u8; HASH],
    /// Lines before it.
    lines: u32,
    /// What the format knows.
    state: Option<String>,
    /// For each event, the tokens that the models saw of it.
    tokens: Vec<u32>,
    /// The calls whose words the gate changed.
    changed: Vec<usize>,
}

/// Reads a session: on from what was kept of it, if that is still its beginning.
pub fn read(bytes: &[u8], format: Option<&str>, encoding: Encoding, kept: Option<&[u8]>) -> Result<Session> {
    let Some((growing, text)) = format::growing(bytes, format)? else { return anew(bytes, format, encoding) };
    let (lines, torn) = text.split_at(memchr::memrchr(b'\n', text).map_or(0, |end| end + 1));
    let before = kept.and_then(|kept| Reader::open(kept, growing, encoding, lines));
    let reader = before
        .and_then(|reader| reader.read_on(lines))
        .or_else(|| Reader::new(growing, encoding).read_on(lines));
    let Some(reader) = reader else { return anew(bytes, format, encoding) };
    if torn.is_empty() {
        return reader.session();
    }
    let kept = Kept::Before(keep(&reader.mark, &reader.transcript));
    let session = reader.read_on(text).map_or_else(|| anew(bytes, format, encoding), Reader::session)?;
    Ok(Session { kept, ..session })
}

/// Reads a session that cannot be read on.
fn anew(bytes: &[u8], format: Option<&str>, encoding: Encoding) -> Result<Session> {
    let mut transcript = format::read(bytes, format)?;
    let tokens = count::seen(&transcript, encoding);
    redact::transcript(&mut transcript);
    Ok(Session { transcript, tokens, kept: Kept::Nothing })
}

impl Session {
    /// What to hand to [`read`] the next time; empty if nothing can be kept.
    pub fn keep(&self) -> Vec<u8> {
        match &self.kept {
            Kept::Whole(mark) => keep(mark, &self.transcript),
            Kept::Before(kept) => kept.clone(),
            Kept::Nothing => Vec::new(),
        }
    }
}

/// The layout, the hash of all behind it, the mark, the events and the warnings.
fn keep(mark: &Mark, transcript: &Transcript) -> Vec<u8> {
    let Some(state) = mark.state.as_deref().and_then(safe_state) else { return Vec::new() };
    let content = (Mark { state: Some(state), ..mark.clone() }, &transcript.events, &transcript.warnings);
    let Ok(mut kept) = postcard::to_extend(&content, [LAYOUT, &[0; HASH]].concat()) else {
        return Vec::new();
    };
    let (head, content) = kept.split_at_mut(LAYOUT.len() + HASH);
    head[LAYOUT.len()..].copy_from_slice(blake3::hash(content).as_bytes());
    kept
}

/// What a format knows, behind the gate; none if the gate changes more than the words of calls. Those may change: a
/// result that needs them is not read on to.
fn safe_state(state: &str) -> Option<String> {
    let mut value: Value = serde_json::from_str(state).ok()?;
    let mut changed = false;
    pass(&mut value, &mut changed).then(|| if changed { value.to_string() } else { state.to_owned() })
}

/// Whether a value passes; words of calls in it are made to.
fn pass(value: &mut Value, changed: &mut bool) -> bool {
    match value {
        Value::String(text) => redact::text(text) == *text,
        Value::Array(items) => items.iter_mut().all(|item| pass(item, changed)),
        Value::Object(fields) => fields.iter_mut().all(|(name, value)| {
            if name.starts_with(format::OF_A_CALL) {
                *changed |= redact::json(value) > 0;
            }
            redact::text(name) == *name && pass(value, changed)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Reads a file piece by piece.
struct Reader {
    growing: &'static Growing,
    encoding: Encoding,
    /// Has seen all text before the mark.
    hasher: blake3::Hasher,
    mark: Mark,
    transcript: Transcript,
}

impl Reader {
    fn new(growing: &'static Growing, encoding: Encoding) -> Self {
        let hasher = blake3::Hasher::new();
        let mark = Mark {
            format: growing.format.to_owned(),
            encoding: encoding.name().to_owned(),
            length: 0,
            hash: *hasher.finalize().as_bytes(),
            lines: 0,
            state: None,
            tokens: Vec::new(),
            changed: Vec::new(),
        };
        let transcript = Transcript { format: growing.format, ..Transcript::default() };
        Reader { growing, encoding, hasher, mark, transcript }
    }

    /// A reader that has read what was kept; none if the text does not begin with it.
    fn open(kept: &[u8], growing: &'static Growing, encoding: Encoding, text: &[u8]) -> Option<Self> {
        let (hash, content) = kept.strip_prefix(LAYOUT)?.split_at_checked(HASH)?;
        if blake3::hash(content).as_bytes() != hash {
            return None;
        }
        let (mark, content): (Mark, _) = postcard::take_from_bytes(content).ok()?;
        let before = text.get(..mark.length)?;
        if mark.format != growing.format || mark.encoding != encoding.name() {
            return None;
        }
        let prefix = || blake3::Hasher::new().update(before).clone();
        let events = || postcard::from_bytes::<(Vec<Event>, Vec<Warning>)>(content).ok();
        let (hasher, events) = rayon::join(prefix, events);
        let (events, warnings) = events?;
        if hasher.finalize().as_bytes() != &mark.hash {
            return None;
        }
        let transcript = Transcript { format: growing.format, events, warnings };
        Some(Reader { growing, encoding, hasher, mark, transcript })
    }

    /// Reads the text behind the mark; none if it has to be read together with what stands before.
    fn read_on(mut self, text: &[u8]) -> Option<Self> {
        if self.mark.state.is_none() && self.mark.length > 0 {
            return None;
        }
        let (known, warned) = (self.transcript.events.len(), self.transcript.warnings.len());
        let added = &text[self.mark.length..];
        let mut reading = Reading {
            transcript: self.transcript,
            lines: self.mark.lines,
            state: self.mark.state,
            replaced: Vec::new(),
        };
        if !(self.growing.read_on)(&mut reading, added) {
            return None;
        }
        self.hasher.update(added);
        self.mark.hash = *self.hasher.finalize().as_bytes();
        self.mark.length = text.len();
        self.mark.lines = reading.lines;
        self.mark.state = reading.state;
        self.transcript = reading.transcript;
        if self.transcript.events[known..].iter().any(|event| answers(event, &self.mark.changed)) {
            return None;
        }
        reading.replaced.retain(|at| *at < known);
        self.gate(&reading.replaced, known, warned);
        Some(self)
    }

    /// Counts and redacts the events from `known` on and those that were replaced, and the warnings from `warned` on.
    fn gate(&mut self, replaced: &[usize], known: usize, warned: usize) {
        let encoding = self.encoding;
        let Transcript { events, warnings, .. } = &mut self.transcript;
        for at in replaced {
            self.mark.tokens[*at] = gate(&mut events[*at], encoding).0;
        }
        let passed: Vec<(u32, bool)> =
            events[known..].par_iter_mut().map(|event| gate(event, encoding)).collect();
        let changed = passed.iter().zip(known..).filter(|((_, changed), _)| *changed);
        self.mark.changed.extend(changed.map(|(_, at)| at));
        self.mark.tokens.extend(passed.iter().map(|(tokens, _)| tokens));
        for warning in &mut warnings[warned..] {
            warning.message = redact::text(&warning.message).into_owned();
        }
    }

    fn session(self) -> Result<Session> {
        let transcript = format::checked(self.transcript, self.growing.format)?;
        let tokens = self.mark.tokens.iter().map(|tokens| *tokens as usize).sum();
        Ok(Session { transcript, tokens, kept: Kept::Whole(Box::new(self.mark)) })
    }
}

/// Whether an event is the result of one of these calls.
fn answers(event: &Event, calls: &[usize]) -> bool {
    let EventKind::Result(result) = &event.kind else { return false };
    result.call.is_some_and(|call| calls.contains(&call))
}

/// Takes an event through the gate: its tokens before, and whether it is a call whose words were changed.
fn gate(event: &mut Event, encoding: Encoding) -> (u32, bool) {
    let tokens: usize = event.seen().map(|text| encoding.count(text)).sum();
    let call = if let EventKind::Call(call) = &event.kind { Some(call.clone()) } else { None };
    redact::event(event);
    let changed = call.is_some_and(|call| event.kind != EventKind::Call(call));
    (u32::try_from(tokens).unwrap_or(u32::MAX), changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"{"type":"user","message":{"role":"user","content":"fix the rounding"}}"#;
    const NEXT: &str = r#"{"type":"assistant","message":{"role":"assistant","content":"Done."}}"#;

    /// Whether a session that began as one text is read on as another.
    #[track_caller]
    fn check(before: &str, now: &str, expected: bool) {
        let (encoding, growing) = (Encoding::O200kBase, &format::GROWING[0]);
        let kept = read(before.as_bytes(), Some("claude-code"), encoding, None).unwrap().keep();
        let open = |encoding| Reader::open(&kept, growing, encoding, now.as_bytes());
        let reader = open(encoding).and_then(|reader| reader.read_on(now.as_bytes()));
        assert_eq!(reader.is_some(), expected, "{now}");
        assert!(open(Encoding::R50kBase).is_none());
    }

    #[test]
    fn what_is_still_the_beginning_is_not_read_again() {
        let (one, two) = (format!("{FIRST}\n"), format!("{FIRST}\n{NEXT}\n"));
        check(&one, &two, true);
        check(&one, &one, true);
        check(&format!("{FIRST}\n{{\"type\":"), &two, true);
        check(&two, &one, false);
        check(&two, &two.replace("Done", "Gone"), false);
    }

    #[test]
    fn a_secret_that_reading_on_needs_is_not_kept() {
        let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
        let queued = |text: &str| {
            format!(
                "{FIRST}\n{{\"type\":\"queue-operation\",\"operation\":\"enqueue\",\"content\":\"{text}\"}}\n"
            )
        };
        check(&queued("go on"), &queued("go on"), true);
        let hidden = queued(&format!("use {secret}"));
        check(&hidden, &hidden, false);
    }

    #[test]
    fn an_answer_to_a_call_with_a_secret_is_read_with_it() {
        let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
        let block = r#"{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"echo WORD"}}"#;
        let call = format!(r#"{{"type":"assistant","message":{{"role":"assistant","content":[{block}]}}}}"#);
        let block = r#"{"type":"tool_result","tool_use_id":"toolu_1","content":"ok"}"#;
        let answer = format!(r#"{{"type":"user","message":{{"role":"user","content":[{block}]}}}}"#);
        for (word, expected) in [("hello", true), (secret.as_str(), false)] {
            let before = format!("{FIRST}\n{}\n", call.replace("WORD", word));
            check(&before, &format!("{before}{answer}\n"), expected);
        }
    }
}
