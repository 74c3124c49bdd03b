//! Recalling: the source text behind an entry of a handoff, or about a question, from the transcript on disk.

use std::collections::BTreeSet;

use serde_json::Value;

use super::restore::{Restored, room};
use super::transcript::read;
use super::{Load, Point, Service};
use crate::error::{Error, Result};
use crate::recall::{Ask, recall};
use crate::render::frame;
use crate::state::HandoffState;
use crate::surroundings::Surroundings;
use crate::text;
use crate::token::{Encoding, Tokenizer};

/// What is to be recalled.
#[derive(Debug, Clone, Default)]
pub struct Recall {
    /// Of which handoff.
    pub load: Load,
    /// Words of an entry, or of what is looked for.
    pub query: String,
    /// Lines of the transcript that are wanted in any case.
    pub lines: BTreeSet<u32>,
    /// The most tokens of the text, frame and all.
    pub budget: usize,
}

/// The most tokens of what is said of the passages that are left out.
const MORE: usize = 26;

impl Service {
    /// Recalls the source text of a handoff.
    ///
    /// # Errors
    /// [`Error::NoTranscript`] if its transcript is gone, [`Error::NothingRecalled`] if nothing in it fits.
    pub fn recall(&self, request: &Recall, surroundings: &Surroundings) -> Result<Restored> {
        let Point { id, version } = self.meant(&request.load)?;
        let title = format!("source of handoff {id}");
        let room = room(request.budget, &title)?.saturating_sub(MORE);
        let record = self.version(&id, version)?;
        let summary = self.summary(id.as_str())?;
        let bytes = match self.transcript_of(&id, surroundings) {
            Err(Error::NoTranscript { .. }) if summary.is_some() => None,
            path => Some(read(&path?)?),
        };
        let mut lines = request.lines.clone();
        lines.extend(evidence(&record.state, &request.query));
        let tokenizer = Tokenizer::Exact(Encoding::O200kBase);
        let ask = Ask { query: request.query.clone(), lines, budget: room, tokenizer, format: None, summary };
        let recalled = recall(bytes.as_deref(), &ask)?;
        if recalled.text.is_empty() {
            return Err(Error::NothingRecalled { id: id.to_string() });
        }
        let more = match recalled.left_out {
            0 => String::new(),
            more => format!(
                "\n{more} more passages have to do with it: ask for less at once, or with a larger budget."
            ),
        };
        let text = frame::around(&recalled.text, &title) + &more;
        Ok(Restored { id: id.to_string(), tokens: Encoding::O200kBase.count(&text), text })
    }
}

/// The lines that prove the entry which says most nearly what is asked for; none if no entry says half of it.
fn evidence(state: &HandoffState, query: &str) -> Vec<u32> {
    let asked: BTreeSet<_> = text::words(query).collect();
    let progress = state.task.progress().map(|(text, lines)| (text.to_owned(), lines.clone()));
    let progress: Vec<(String, Vec<u32>)> = progress.filter(|(_, lines)| !lines.is_empty()).collect();
    let state = serde_json::to_value(state).expect("a state is plain data");
    let mut entries = Vec::new();
    collect(&state, &mut entries);
    entries.extend(progress);
    let shared = |words: &str| text::words(words).collect::<BTreeSet<_>>().intersection(&asked).count();
    let best =
        entries.into_iter().map(|(words, lines)| (shared(&words), lines)).max_by_key(|(shared, _)| *shared);
    best.filter(|(shared, _)| *shared > 0 && shared * 2 >= asked.len())
        .map(|(_, lines)| lines)
        .unwrap_or_default()
}

/// All entries with evidence: their words, and the lines.
fn collect(value: &Value, entries: &mut Vec<(String, Vec<u32>)>) {
    match value {
        Value::Object(fields) => {
            if let Some(evidence) = fields.get("evidence").and_then(Value::as_array) {
                let words: Vec<&str> = fields.values().filter_map(Value::as_str).collect();
                let lines =
                    evidence.iter().filter_map(Value::as_u64).filter_map(|line| u32::try_from(line).ok());
                entries.push((words.join(" "), lines.collect()));
            }
            fields.values().for_each(|value| collect(value, entries));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, entries)),
        _ => {}
    }
}
