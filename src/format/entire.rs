//! The compact transcript that Entire keeps beside a checkpoint: whatever the agent, a message a line, each call with
//! its answer inside.

use std::collections::BTreeMap;

use crate::format::json::Value;

use super::conversation::{Answer, Role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{count, list, owned, prose, string, text, time};
use super::{Carries, Format, Head, Proof};
use crate::event::{Context, Usage};

pub(super) const FORMAT: Format = Format {
    name: "entire",
    title: "Entire checkpoint, compact transcript",
    location: "the branch entire/checkpoints/v1 of a repository",
    places: &[],
    proof: Proof::Sessions,
    carries: Carries { edits: true, ranges: false, exit_status: true, usage: true, plans: true },
    kinds: Kinds { of: kinds_of, mapped: &["assistant", "tool_use", "user"], ignored: IGNORED },
    claims,
    read: |bytes| lines::read::<Entire>("entire", bytes),
};

const IGNORED: &[(&str, &str)] = &[];

fn claims(head: &Head) -> bool {
    head.records.iter().any(|record| {
        record["v"].is_number() && record["cli_version"].is_string() && record["content"].is_array()
    })
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| {
        add(text(record, "type"));
        list(record, "content")
            .filter_map(|part| string(part, &["type"]))
            .filter(|kind| *kind != "text")
            .for_each(add);
    })
}

#[derive(Default)]
struct Entire;

impl Records for Entire {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, record: Value, out: &mut Sink) {
        out.time = time(&record["ts"]);
        out.context(Context { agent: owned(&record, &["agent"]), ..Context::default() });
        let role = match text(&record, "type") {
            "user" => Role::User,
            "assistant" => Role::Assistant,
            kind => return out.other(kind, IGNORED),
        };
        for part in list(&record, "content") {
            out.part(role, part);
            if let Some(result) = part.get("result") {
                answer(part, result, out);
            }
        }
        let (input, output) = (count(&record, "input_tokens"), count(&record, "output_tokens"));
        out.usage(Usage { input, output, cached: 0 });
    }
}

fn answer(part: &Value, result: &Value, out: &mut Sink) {
    out.answer(Answer {
        id: string(part, &["id"]),
        tool: string(part, &["name"]),
        text: prose(&result["output"]),
        failed: string(result, &["status"]).map(|status| status != "success"),
    });
}
