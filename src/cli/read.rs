//! `baton read`: what is read of a transcript, event by event, or what becomes of its records.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use baton::coverage::{self, Coverage, Fate};
use baton::error::{Error, Result};
use baton::event::Event;
use baton::{format, redact};
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{arguments, events, input, output, report};

const AFTER: &str = "\
Examples:
  baton read session.jsonl
  baton read session.jsonl | jq '.kind.user.text? // empty'
  baton read conversations.json --conversation 'Trip to Rome'
  baton read --coverage ~/.claude/projects/*/*.jsonl";

/// What to show, and of which transcripts.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Read {
    /// The transcripts; '-' is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Format of the transcripts
    #[arg(long, default_value = "auto", value_parser = PossibleValuesParser::new(arguments::format_names()))]
    pub format: String,
    /// Title or id of the conversation, in a file of many
    #[arg(long, visible_alias = "of", value_name = "TITLE")]
    pub conversation: Option<String>,
    /// How events are shown [default: text on a terminal, else jsonl]
    #[arg(long, value_enum, value_name = "RENDERING")]
    pub output: Option<Output>,
    /// Say instead what becomes of each kind of record
    #[arg(long, conflicts_with = "output")]
    pub coverage: bool,
}

/// How events are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// A line each, for people; in full with --verbose
    Text,
    /// A line of JSON each, with all that was read
    Jsonl,
}

/// Shows every file; those that fail do not keep the others from being shown.
pub fn run(request: &Read, verbose: bool) -> std::result::Result<(), Vec<Error>> {
    let mut errors = Vec::new();
    for path in &request.files {
        let shown = show(request, path, verbose);
        errors.extend(shown.err().map(|error| error.of(input::name(path))));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn show(request: &Read, path: &std::path::Path, verbose: bool) -> Result<()> {
    let bytes = input::chosen(path, request.conversation.as_deref())?;
    if request.coverage {
        let coverage = coverage::of(&bytes, Some(&request.format))?;
        return output::write(&table(&input::name(path).display().to_string(), &coverage), None);
    }
    let mut transcript = format::read(&bytes, Some(&request.format))?;
    redact::transcript(&mut transcript);
    let of = (request.files.len() > 1).then(|| input::name(path));
    report::print_warnings(&transcript.warnings, of, verbose);
    let usual = if io::stdout().is_terminal() { Output::Text } else { Output::Jsonl };
    let text = match request.output.unwrap_or(usual) {
        Output::Text => events::page(&transcript, verbose),
        Output::Jsonl => transcript.events.iter().map(json_line).collect(),
    };
    output::write(&text, None)
}

fn json_line(event: &Event) -> String {
    let value = serde_json::to_value(event).expect("an event is plain data");
    told(value).to_string() + "\n"
}

/// The value without members that say nothing.
fn told(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let says = |value: &Value| !value.is_null() && *value != json!([]) && *value != json!(false);
            Value::Object(
                members
                    .into_iter()
                    .filter(|(_, value)| says(value))
                    .map(|(key, value)| (key, told(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.into_iter().map(told).collect(),
        value => value,
    }
}

fn table(name: &str, coverage: &Coverage) -> String {
    let mut text = format!("{name}: {}, {} records\n", coverage.format.title, coverage.records());
    let width = coverage.kinds.iter().map(|kind| kind.name.len()).max().unwrap_or(0);
    for kind in &coverage.kinds {
        let fate = match kind.fate {
            Fate::Mapped => "mapped".to_owned(),
            Fate::Ignored(reason) => format!("ignored: {reason}"),
            Fate::Unknown => "UNKNOWN".to_owned(),
            Fate::Unreadable => "unreadable".to_owned(),
        };
        let _ = writeln!(text, "{:>8}  {:width$}  {fate}", kind.records, kind.name);
    }
    text
}
