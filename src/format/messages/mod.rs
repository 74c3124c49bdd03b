//! Chat messages as the model providers take and give them: `OpenAI` (chat and responses), Anthropic and Gemini, as an
//! array, inside a request or a trajectory, or one a line.

mod fold;
mod layout;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::format::json::Value;
use rayon::prelude::*;

use self::fold::Reader;
use self::layout::Layout;
use super::kinds::{self, Kinds};
use super::value::string;
use super::{Carries, Format, Head, Proof};
use crate::event::{Transcript, Warning};

pub(super) const FORMAT: Format = Format {
    name: "messages",
    title: "Chat messages (OpenAI, Anthropic or Gemini JSON, mini-SWE-agent)",
    location: "wherever a program logs its requests",
    places: &[],
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: false, plans: true },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read,
};

const MAPPED: &[&str] = &[
    "assistant",
    "custom_tool_call",
    "custom_tool_call_output",
    "developer",
    "function",
    "function_call",
    "function_call_output",
    "gpt",
    "human",
    "ipython",
    "model",
    "observation",
    "reasoning",
    "system",
    "tool",
    "user",
];

/// Records that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[("session_meta", "figures of the program that keeps the session")];

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    let text = crate::format::lines::text(bytes);
    let records = Layout::of(&text).records.into_iter().map(|(_, slice)| serde_json::from_str(slice).ok());
    kinds::tally(records, |record, add| add(string(record, &["role", "from", "type"]).unwrap_or_default()))
}

/// Claims an input whose first records all are messages of one of the providers.
fn claims(head: &Head) -> bool {
    let document = head.document.as_ref();
    let others = ["trajectory", "threadId", "v"];
    if document.is_some_and(|document| others.iter().any(|key| document.get(key).is_some())) {
        return false;
    }
    if super::cline::claims(head) || super::goose::claims(head) || (super::codex::FORMAT.claims)(head) {
        return false;
    }
    let sample = layout::sample(&head.text);
    if !sample.is_empty() {
        return sample.iter().all(layout::is_message);
    }
    // A first message longer than the head: the shape of the whole document says it.
    head.document.as_ref().is_some_and(layout::holds_messages)
}

fn read(bytes: &[u8]) -> Transcript {
    let text = crate::format::lines::text(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let layout = Layout::of(text);
    let mut reader = Reader::new(FORMAT.name);
    reader.sink.context(layout.context.clone());
    for (line, slice) in &layout.instructions {
        reader.sink.line = *line;
        // What is not valid JSON here is only in the way of itself.
        reader.instructions(&parse(slice).unwrap_or_default());
    }
    let parsed: Vec<(u32, Result<Value, String>)> =
        layout.records.par_iter().map(|(line, slice)| (*line, parse(slice))).collect();
    for (line, record) in parsed {
        reader.sink.line = line;
        match record {
            Ok(value) => reader.record(&value),
            Err(message) => reader.sink.warn(message),
        }
    }
    finish(reader.sink.transcript, layout.warnings)
}

fn parse(slice: &str) -> Result<Value, String> {
    serde_json::from_str(slice).map_err(|error| format!("not valid JSON: {error}"))
}

fn finish(mut transcript: Transcript, warnings: Vec<Warning>) -> Transcript {
    transcript.warnings.extend(warnings);
    transcript.warnings.sort();
    transcript
}
