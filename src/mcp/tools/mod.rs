//! The tools: each is one file here and one line in [`TOOLS`].

mod delete;
mod diff;
mod list;
mod load;
mod merge;
mod recall;
mod save;
mod search;

use std::sync::{Arc, LazyLock};

use rmcp::model::{CallToolResult, ContentBlock, JsonObject, ToolAnnotations};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::work::Work;
use super::{Desk, schema};
use crate::error::{Error, Result};
use crate::token::Encoding;

/// Something that a model can ask for.
pub struct Tool {
    name: &'static str,
    title: &'static str,
    /// For the model: one or two sentences, since every session pays for them.
    description: &'static str,
    input: fn() -> Arc<JsonObject>,
    /// Only where the reply is [`Reply::Data`].
    output: Option<fn() -> Arc<JsonObject>>,
    effect: Effect,
    call: fn(&Desk, JsonObject, &Work) -> Result<Reply>,
}

/// What a tool does to what is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It reads.
    Reads,
    /// It adds; what was there stays as a version.
    Adds,
    /// It takes away.
    Destroys,
}

/// What a tool answers. Hosts show the model the data and drop the text where both are there, so it is one or the other.
enum Reply {
    /// Text to read, such as a handoff.
    Text(String),
    /// A few fields.
    Data(Value),
}

/// All tools, by name.
static TOOLS: &[Tool] =
    &[delete::TOOL, diff::TOOL, list::TOOL, load::TOOL, merge::TOOL, recall::TOOL, save::TOOL, search::TOOL];

/// The most tokens that a reply has, whatever was asked for.
const MOST: usize = 10_000;
/// The most tokens of a handoff or a quotation in a reply, which leaves room for its frame.
const MOST_QUOTED: usize = 9_800;

/// The tool of that name.
pub fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// All tools as a client lists them; made once, since schemas take longer than an answer.
pub fn listed() -> Vec<rmcp::model::Tool> {
    static LISTED: LazyLock<Vec<rmcp::model::Tool>> =
        LazyLock::new(|| TOOLS.iter().map(Tool::listed).collect());
    LISTED.clone()
}

impl Tool {
    fn listed(&self) -> rmcp::model::Tool {
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(self.effect == Effect::Reads)
            .destructive(self.effect == Effect::Destroys)
            .idempotent(self.effect != Effect::Adds)
            .open_world(false);
        let listed = rmcp::model::Tool::new(self.name, self.description, (self.input)())
            .with_title(self.title)
            .with_annotations(annotations);
        match self.output {
            Some(output) => listed.with_raw_output_schema(output()),
            None => listed,
        }
    }

    /// Does what is asked; what goes wrong is an answer too, since only that is shown to the model.
    pub fn answer(&self, desk: &Desk, arguments: JsonObject, work: &Work) -> CallToolResult {
        match (self.call)(desk, arguments, work).and_then(within_limits) {
            Ok(Reply::Text(text)) => CallToolResult::success(vec![ContentBlock::text(text)]),
            Ok(Reply::Data(data)) => CallToolResult::structured(data),
            Err(error) => CallToolResult::error(vec![ContentBlock::text(advice(&error))]),
        }
    }
}

/// Refuses what would flood the model's context.
fn within_limits(reply: Reply) -> Result<Reply> {
    let fits = match &reply {
        Reply::Text(text) => Encoding::O200kBase.fits(text, MOST),
        Reply::Data(data) => Encoding::O200kBase.fits(&data.to_string(), MOST),
    };
    if fits { Ok(reply) } else { Err(Error::ReplyTooLong { limit: MOST }) }
}

/// What went wrong with its causes, and what to do in terms of the tools.
fn advice(error: &Error) -> String {
    let told = crate::redact::text(&crate::error::chain(error)).into_owned();
    match error {
        Error::NoSuchHandoff { .. } => format!("{told}; list_handoffs shows the ids"),
        Error::In { path, source } => match unread(source) {
            Some(reason) => format!("{} is no transcript: {reason}; {ANOTHER}", path.display()),
            None => told,
        },
        Error::Read { .. } | Error::Folder { .. } => format!("{told}; {ANOTHER}"),
        _ => told,
    }
}

/// What to do where a transcript is none.
const ANOTHER: &str = "name another as transcript_path, or leave it out and say task_objective";

/// Why a transcript could not be read, if it could not.
fn unread(error: &Error) -> Option<&'static str> {
    match error {
        Error::Empty => Some("it is empty"),
        Error::Binary => Some("it is binary data"),
        Error::UnknownFormat { .. } => Some("no known agent writes such files"),
        Error::NoEvents { .. } => Some("no message is in it"),
        _ => None,
    }
}

/// The arguments of a call.
fn arguments<T: DeserializeOwned>(given: JsonObject) -> Result<T> {
    serde_json::from_value(Value::Object(given)).map_err(|source| Error::Arguments { source })
}

/// A reply of a few fields.
fn data(fields: &impl Serialize) -> Reply {
    Reply::Data(serde_json::to_value(fields).expect("replies are plain data"))
}
