//! Reading a session that grows: what was read before is kept, and only the lines behind it are read.
//!
//! Kept are the events behind the gate, what the format knows at the end of the last whole line, and the hash of the
//! text up to there. Each time a piece is added for the new lines, so that keeping costs no more than they do. Where the
//! text is another now, or a piece does not stand behind the one before it, everything is read anew.
//!
//! Whoever reads on sees the earlier events behind the gate, and whoever reads the whole file sees them before it.
//! Both must read the same, so nothing is kept while the format itself still holds a secret, and where a new result
//! answers a call that held one, everything is read anew.

mod piece;

use std::io::Read;

use rayon::prelude::*;

use crate::error::Result;
use crate::event::{Event, EventKind, Transcript};
use crate::format::{self, Growing, Head, Reading};
use crate::source::LIMIT;
use crate::token::Encoding;
use crate::{count, redact};

pub use piece::Kept;

use piece::{Addition, Held, Mark, Piece, pieces};

/// Bytes that are hashed at a time: they stay in the processor's cache.
const BLOCK: usize = 256 << 10;

/// A session behind the gate.
pub struct Session {
    /// The transcript, without secrets.
    pub transcript: Transcript,
    /// The tokens of all that the models saw.
    pub tokens: usize,
    kept: Keeping,
}

/// What of a session is kept.
enum Keeping {
    /// All of it.
    Whole(Box<Addition>),
    /// All but what came out of a last line that is not whole.
    Before(Kept),
    Nothing,
}

/// Reads a session: on from what was kept of it, if that is still its beginning. Where that is long enough, its format is
/// known and not looked for.
pub fn read(bytes: &[u8], format: Option<&str>, encoding: Encoding, kept: Option<&[u8]>) -> Result<Session> {
    if let Some(session) = kept.and_then(|kept| read_on(bytes, format, encoding, kept)) {
        return Ok(session);
    }
    let Some((growing, text)) = format::growing(bytes, format)? else { return anew(bytes, format, encoding) };
    let on = |kept| Reader::open(kept, Some(growing.format), encoding, text)?.read_all_of(text);
    let session = kept.and_then(on).or_else(|| Reader::new(growing, encoding).read_all_of(text));
    session.map_or_else(|| anew(bytes, format, encoding), Ok)
}

/// The same of a file that grew, of which only what is new is held in memory; none if it has to be read whole: it begins
/// with something else, or is still so short that its format is not settled.
pub fn read_on(
    mut file: impl Read + Send,
    format: Option<&str>,
    encoding: Encoding,
    kept: &[u8],
) -> Option<Session> {
    let reader = Reader::open(kept, format, encoding, &mut file)?;
    if reader.mark.length < Head::BYTES || (reader.mark.lines as usize) < Head::RECORDS {
        return None;
    }
    let mut added = String::new();
    file.take(LIMIT).read_to_string(&mut added).ok()?;
    reader.read_all(added.as_bytes())
}

/// Reads a session that cannot be read on.
fn anew(bytes: &[u8], format: Option<&str>, encoding: Encoding) -> Result<Session> {
    let mut transcript = format::read(bytes, format)?;
    let tokens = count::seen(&transcript, encoding);
    redact::transcript(&mut transcript);
    Ok(Session { transcript, tokens, kept: Keeping::Nothing })
}

impl Session {
    /// What to keep, so that all of it can be handed to [`read`] the next time.
    pub fn keep(&self) -> Kept {
        match &self.kept {
            Keeping::Whole(addition) => addition.keep(&self.transcript),
            Keeping::Before(kept) => kept.clone(),
            Keeping::Nothing => Kept::Nothing,
        }
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
    held: Held,
    /// Events of the pieces that became others.
    replaced: Vec<usize>,
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
        let held = Held { hash: mark.hash, ..Held::default() };
        Reader { growing, encoding, hasher, mark, transcript, held, replaced: Vec::new() }
    }

    /// A reader that has read what was kept; none if the text does not begin with it. What stands behind is left unread.
    fn open(kept: &[u8], format: Option<&str>, encoding: Encoding, text: impl Read + Send) -> Option<Self> {
        let pieces = pieces(kept)?;
        let last = piece::last_mark(&pieces)?;
        let growing = format::GROWING.iter().find(|growing| growing.format == last.format)?;
        if format.is_some_and(|name| name != growing.format) || last.encoding != encoding.name() {
            return None;
        }
        let hash = || hash_of(text, last.length);
        let read = || pieces.iter().try_fold(Reader::new(growing, encoding), |reader, it| reader.with(it));
        let (hasher, reader) = rayon::join(hash, read);
        let (hasher, reader) = (hasher?, reader?);
        (hasher.finalize().as_bytes() == &reader.mark.hash).then_some(Reader { hasher, ..reader })
    }

    /// The same with one piece more; none if that does not stand behind those before.
    fn with(mut self, piece: &[u8]) -> Option<Self> {
        let (behind, mark, replaced, events, warnings): Piece = postcard::from_bytes(piece).ok()?;
        if behind != self.held.hash {
            return None;
        }
        self.transcript.events.extend(events);
        self.transcript.warnings.extend(warnings);
        let tokens = [self.mark.tokens, mark.tokens].concat();
        let changed = [self.mark.changed, mark.changed].concat();
        self.mark = Mark { tokens, changed, ..mark };
        for (at, tokens, event) in replaced {
            *self.mark.tokens.get_mut(at)? = tokens;
            *self.transcript.events.get_mut(at)? = event;
        }
        let (first, added) = match self.held.first {
            0 => (piece.len(), 0),
            first => (first, self.held.added + piece.len()),
        };
        self.held = Held {
            first,
            added,
            hash: self.mark.hash,
            events: self.transcript.events.len(),
            changed: self.mark.changed.len(),
            warnings: self.transcript.warnings.len(),
        };
        (self.mark.tokens.len() == self.held.events).then_some(self)
    }

    /// What it read behind the pieces.
    fn addition(&self) -> Addition {
        Addition {
            held: self.held.clone(),
            mark: self.mark.clone(),
            replaced: self.replaced.clone(),
            warnings: self.transcript.warnings[self.held.warnings..].to_vec(),
        }
    }

    /// Reads to the end of a text of which it has read the beginning.
    fn read_all_of(self, text: &[u8]) -> Option<Session> {
        let added = text.get(self.mark.length..)?;
        self.read_all(added)
    }

    /// Reads to the end of the text behind the mark; none if it has to be read together with what stands before, or if
    /// nothing of a session is in it.
    fn read_all(self, added: &[u8]) -> Option<Session> {
        let (lines, torn) = added.split_at(memchr::memrchr(b'\n', added).map_or(0, |end| end + 1));
        let reader = self.read_on(lines)?;
        if torn.is_empty() {
            return reader.session();
        }
        let kept = Keeping::Before(reader.addition().keep(&reader.transcript));
        Some(Session { kept, ..reader.read_on(torn)?.session()? })
    }

    /// Reads the text behind the mark; none if it has to be read together with what stands before.
    fn read_on(mut self, added: &[u8]) -> Option<Self> {
        if self.mark.state.is_none() && self.mark.length > 0 {
            return None;
        }
        let (known, warned) = (self.transcript.events.len(), self.transcript.warnings.len());
        let held: Vec<bool> =
            self.transcript.events[..self.held.events].iter().map(|event| event.abandoned).collect();
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
        self.mark.length += added.len();
        self.mark.lines = reading.lines;
        self.mark.state = reading.state;
        self.transcript = reading.transcript;
        if self.transcript.events[known..].iter().any(|event| answers(event, &self.mark.changed)) {
            return None;
        }
        reading.replaced.retain(|at| *at < known);
        self.gate(&reading.replaced, known, warned);
        // The user may have gone back behind what is kept, too.
        let events = self.transcript.events.iter();
        let turned = events.zip(&held).map(|(event, before)| event.abandoned != *before);
        self.replaced.extend((0..).zip(turned).filter_map(|(at, turned)| turned.then_some(at)));
        self.replaced.extend(reading.replaced.into_iter().filter(|at| *at < held.len()));
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

    fn session(self) -> Option<Session> {
        let kept = Keeping::Whole(Box::new(self.addition()));
        let transcript = format::checked(self.transcript, self.growing.format).ok()?;
        let tokens = self.mark.tokens.iter().map(|tokens| *tokens as usize).sum();
        Some(Session { transcript, tokens, kept })
    }
}

/// A hasher that has seen so many bytes of a text; none if it has fewer.
fn hash_of(mut text: impl Read, length: usize) -> Option<blake3::Hasher> {
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; BLOCK];
    let mut left = length;
    while left > 0 {
        let block = &mut block[..left.min(BLOCK)];
        text.read_exact(block).ok()?;
        hasher.update(block);
        left -= block.len();
    }
    Some(hasher)
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
        let encoding = Encoding::O200kBase;
        let kept = read(before.as_bytes(), Some("claude-code"), encoding, None).unwrap().keep().after(None);
        let open = |encoding| Reader::open(&kept, None, encoding, now.as_bytes());
        let session = open(encoding).and_then(|reader| reader.read_all_of(now.as_bytes()));
        assert_eq!(session.is_some(), expected, "{now}");
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
    fn what_became_of_earlier_events_is_kept() {
        let record = |uuid: &str, parent: &str, kind: &str| {
            format!(
                r#"{{"type":"{kind}","uuid":"{uuid}","parentUuid":"{parent}","message":{{"role":"{kind}","content":"{uuid} it"}}}}"#
            ) + "\n"
        };
        let typed = [("a", "", "user"), ("b", "a", "assistant"), ("c", "b", "user"), ("d", "c", "assistant")];
        let again = [("e", "b", "user"), ("f", "e", "assistant")];
        let mut text: String = typed.map(|(uuid, parent, kind)| record(uuid, parent, kind)).concat();
        let read = |text: &str, kept: Option<&[u8]>| {
            read(text.as_bytes(), Some("claude-code"), Encoding::O200kBase, kept).unwrap()
        };
        let mut kept = read(&text, None).keep().after(None);
        for (uuid, parent, kind) in again {
            text += &record(uuid, parent, kind);
            let session = read(&text, Some(&kept));
            assert_eq!(matches!(session.keep(), Kept::Behind(_)), uuid == "e");
            kept = session.keep().after(Some(&kept));
            let abandoned: Vec<bool> = session.transcript.events.iter().map(|it| it.abandoned).collect();
            assert_eq!(session.transcript.events, read(&text, None).transcript.events);
            assert_eq!(abandoned[..4], [false, false, true, true]);
        }
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
