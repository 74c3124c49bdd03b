//! What is kept of a session between two readings: pieces, each for the lines that were new then.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::event::{Event, Transcript, Warning};
use crate::{format, redact};

/// What kept bytes begin with: which layout they have. What another version kept is not read.
const LAYOUT: &[u8] = concat!("baton ", env!("CARGO_PKG_VERSION"), " checkpoint 3\n").as_bytes();

/// Bytes of a hash.
pub(super) const HASH: usize = blake3::OUT_LEN;

/// Bytes of the length of a piece.
const LENGTH: usize = size_of::<u64>();

/// What to keep of a session for the next time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// This, in place of what was kept before.
    Instead(Vec<u8>),
    /// This, behind what was kept before.
    Behind(Vec<u8>),
    /// Nothing but what was kept before.
    Nothing,
}

impl Kept {
    /// All that is kept now, if this was kept before.
    #[must_use]
    pub fn after(self, before: Option<&[u8]>) -> Vec<u8> {
        let before = before.unwrap_or_default();
        match self {
            Kept::Instead(bytes) => bytes,
            Kept::Behind(bytes) => [before, &bytes].concat(),
            Kept::Nothing => before.to_vec(),
        }
    }
}

/// A place at a line end, and what reading on from there takes beside the events. In a piece, both lists are of its
/// own events.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Mark {
    pub format: String,
    pub encoding: String,
    /// Bytes of text before it, and their hash.
    pub length: usize,
    pub hash: [u8; HASH],
    /// Lines before it.
    pub lines: u32,
    /// What the format knows.
    pub state: Option<String>,
    /// For each event, the tokens that the models saw of it.
    pub tokens: Vec<u32>,
    /// The calls whose words the gate changed.
    pub changed: Vec<usize>,
}

/// How much of everything is kept already.
#[derive(Clone, Default)]
pub(super) struct Held {
    /// Bytes of the first piece, and of those behind it.
    pub first: usize,
    pub added: usize,
    /// The hash of the text that the last piece ends with.
    pub hash: [u8; HASH],
    pub events: usize,
    pub changed: usize,
    pub warnings: usize,
}

/// What the lines behind the pieces gave.
pub(super) struct Addition {
    pub held: Held,
    pub mark: Mark,
    /// Events of the pieces that became others.
    pub replaced: Vec<usize>,
    pub warnings: Vec<Warning>,
}

/// What a piece holds: the hash of the text before it, its mark, the events before it that became others with their
/// tokens, and its own events and warnings.
pub(super) type Piece = ([u8; HASH], Mark, Vec<(usize, u32, Event)>, Vec<Event>, Vec<Warning>);

impl Addition {
    /// The addition as a piece. Where those behind the first are half as long as it, all become one.
    pub fn keep(&self, transcript: &Transcript) -> Kept {
        let Held { first, added, .. } = self.held;
        if first == 0 {
            self.piece(transcript, LAYOUT).map_or(Kept::Nothing, Kept::Instead)
        } else if self.mark.hash == self.held.hash {
            Kept::Nothing
        } else if 2 * added > first {
            self.whole(transcript).keep(transcript)
        } else {
            self.piece(transcript, &[]).map_or(Kept::Nothing, Kept::Behind)
        }
    }

    /// The same with all that the pieces hold.
    fn whole(&self, transcript: &Transcript) -> Addition {
        let held = Held { hash: *blake3::hash(&[]).as_bytes(), ..Held::default() };
        let warnings = transcript.warnings.clone();
        Addition { held, mark: self.mark.clone(), replaced: Vec::new(), warnings }
    }

    /// Writes the addition behind a beginning: its length, the hash of its content, and that. None if what the format
    /// knows holds a secret.
    fn piece(&self, transcript: &Transcript, beginning: &[u8]) -> Option<Vec<u8>> {
        let Addition { held, mark, replaced, warnings } = self;
        let state = mark.state.as_deref().and_then(safe_state)?;
        let (tokens, changed) = (mark.tokens[held.events..].to_vec(), mark.changed[held.changed..].to_vec());
        let own = Mark { state: Some(state), tokens, changed, ..mark.clone() };
        let others: Vec<(usize, u32, &Event)> =
            replaced.iter().map(|at| (*at, mark.tokens[*at], &transcript.events[*at])).collect();
        let content = (held.hash, own, others, &transcript.events[held.events..], warnings);
        let mut piece = postcard::to_extend(&content, [beginning, &[0; LENGTH + HASH]].concat()).ok()?;
        let (head, content) = piece[beginning.len()..].split_at_mut(LENGTH + HASH);
        head[..LENGTH].copy_from_slice(&u64::try_from(content.len()).ok()?.to_le_bytes());
        head[LENGTH..].copy_from_slice(blake3::hash(content).as_bytes());
        Some(piece)
    }
}

/// The contents of all pieces, if every one is whole.
pub(super) fn pieces(kept: &[u8]) -> Option<Vec<&[u8]>> {
    let mut rest = kept.strip_prefix(LAYOUT)?;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let (length, behind) = rest.split_first_chunk::<LENGTH>()?;
        let (hash, behind) = behind.split_at_checked(HASH)?;
        let (content, behind) =
            behind.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        if blake3::hash(content).as_bytes() != hash {
            return None;
        }
        pieces.push(content);
        rest = behind;
    }
    Some(pieces)
}

/// The mark of the last of these pieces.
pub(super) fn last_mark(pieces: &[&[u8]]) -> Option<Mark> {
    let ((_, mark), _): (([u8; HASH], Mark), _) = postcard::take_from_bytes(pieces.last()?).ok()?;
    Some(mark)
}

/// What a format knows, behind the gate; none if the gate changes more than the words of calls. Those may change: a
/// result that needs them is not read on to.
fn safe_state(state: &str) -> Option<String> {
    if Unchanged.deserialize(&mut serde_json::Deserializer::from_str(state)).is_ok() {
        return Some(state.to_owned());
    }
    let mut value: Value = serde_json::from_str(state).ok()?;
    let mut changed = false;
    pass(&mut value, &mut changed).then(|| if changed { value.to_string() } else { state.to_owned() })
}

/// Reads a value, and fails where the gate would change something. Nearly always it would not, and what a format knows
/// grows with the session, so that it is not taken apart only to be put together again.
#[derive(Clone, Copy)]
struct Unchanged;

impl<'de> DeserializeSeed<'de> for Unchanged {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unchanged {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("a value without secrets")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if redact::text(text) == text { Ok(()) } else { Err(E::custom("a secret")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Unchanged)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(name) = fields.next_key::<String>()? {
            if name.starts_with(format::OF_A_CALL) {
                // A name may make a secret of what stands behind it.
                let mut value: Value = fields.next_value()?;
                if redact::json(&mut value).changed {
                    return Err(A::Error::custom("a secret"));
                }
                Unchanged.deserialize(value).map_err(A::Error::custom)?;
            } else {
                fields.next_value_seed(Unchanged)?;
            }
            self.visit_str(&name)?;
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

/// Whether a value passes; words of calls in it are made to.
fn pass(value: &mut Value, changed: &mut bool) -> bool {
    match value {
        Value::String(text) => redact::text(text) == *text,
        Value::Array(items) => items.iter_mut().all(|item| pass(item, changed)),
        Value::Object(fields) => fields.iter_mut().all(|(name, value)| {
            if name.starts_with(format::OF_A_CALL) {
                *changed |= redact::json(value).changed;
            }
            redact::text(name) == *name && pass(value, changed)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}
