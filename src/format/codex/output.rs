//! What tools answer: a text with or without a wrapper around it, in every shape that versions have written.

use serde_json::Value;

use super::record::integer;
use super::talk;
use crate::event::Status;

/// What a tool answered.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Output {
    /// What the model was shown.
    pub text: String,
    /// Where in the text the tool's own words begin, behind the header.
    pub body: usize,
    pub exit: Option<i32>,
    /// How it ended, if the text says more than the exit status does.
    pub status: Option<Status>,
    /// The process that goes on running, if one does.
    pub process: Option<String>,
    /// What a script's command printed, where the script shows the command's whole result.
    pub nested: Option<String>,
}

impl Output {
    /// Reads the `output` field of a record.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => wrapped(text).unwrap_or_else(|| Self::plain(text.clone())),
            Value::Object(fields) if fields.contains_key("content") => {
                let mut output = Self::of(&fields["content"]);
                if fields.get("success") == Some(&Value::Bool(false)) {
                    output.status = output.status.or(Some(Status::Failed));
                }
                output
            }
            Value::Object(fields) if fields.contains_key("stdout") => streams(value),
            Value::Array(parts) => Self::parts(parts),
            value => Self::plain(talk::joined(value)),
        }
    }

    /// The answer to a script: a header, then what the script chose to show.
    fn parts(parts: &[Value]) -> Self {
        let pieces: Vec<_> = parts.iter().flat_map(talk::pieces).collect();
        let mut output = Self::plain(pieces.join("\n"));
        let header = pieces.first().filter(|first| first.ends_with("\nOutput:\n") && pieces.len() > 1);
        output.body = header.map_or(output.body, |header| header.len() + 1);
        for result in pieces.iter().filter_map(|piece| command_result(piece)) {
            let exit = integer(&result["exit_code"]);
            output.exit = exit.filter(|exit| *exit != 0).or(output.exit).or(exit);
            output.nested = result["output"].as_str().map(ToOwned::to_owned);
        }
        output
    }

    fn plain(text: String) -> Self {
        let header = header(&text);
        let body = header.map_or(0, |end| (end + "Output:\n".len()).min(text.len()));
        let lines = &text[..header.unwrap_or_default()];
        let exit = field(lines, "Process exited with code ").or(field(lines, "Exit code: "));
        let cell = field_text(lines, "Script running with cell ID ").map(|cell| format!("cell {cell}"));
        let process = field_text(lines, "Process running with session ID ").map(ToOwned::to_owned).or(cell);
        let status = if header.is_none() { trouble(&text) } else { script_failure(&text) };
        let exit = exit.or_else(|| number_after(text.lines().next().filter(|_| status.is_some())?));
        Self { body, exit, status, process, nested: None, text }
    }
}

/// Where the `Output:` line of a header stands, if the text begins with a header.
fn header(text: &str) -> Option<usize> {
    const FIRST: [&str; 7] = [
        "Command: ",
        "Chunk ID: ",
        "Wall time",
        "Exit code: ",
        "Script completed",
        "Script failed",
        "Script running",
    ];
    if !FIRST.iter().any(|first| text.starts_with(first)) {
        return None;
    }
    text.find("\nOutput:").map(|at| at + 1)
}

fn field(header: &str, name: &str) -> Option<i32> {
    field_text(header, name)?.parse().ok()
}

fn field_text<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

/// The wrapper of old versions: `{"output": …, "metadata": {"exit_code": …}}` as text.
fn wrapped(text: &str) -> Option<Output> {
    if !text.starts_with('{') {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let inner = value.get("output")?.as_str()?;
    let exit = integer(&value.get("metadata")?["exit_code"]);
    Some(Output { text: inner.to_owned(), exit, ..Output::default() })
}

fn streams(value: &Value) -> Output {
    let text: Vec<_> = ["stdout", "stderr"].iter().filter_map(|name| value[*name].as_str()).collect();
    let exit = integer(&value["exitCode"]).or(integer(&value["exit_code"]));
    Output { text: text.concat(), exit, ..Output::default() }
}

/// The whole result of a command, printed by a script as JSON.
fn command_result(piece: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(piece).ok().filter(|_| piece.starts_with('{'))?;
    (value.get("exit_code").is_some() && value.get("output").is_some()).then_some(value)
}

/// What a text without a header says about how the call ended: the host's own words, which stand at its beginning.
fn trouble(text: &str) -> Option<Status> {
    const DENIED: [&str; 5] = [
        "exec command rejected by user",
        "patch rejected by user",
        "rejected by user",
        "user rejected",
        "approval denied",
    ];
    const FAILED: [&str; 14] = [
        "apply_patch verification failed",
        "apply_patch handler received",
        "command timed out",
        "error: ",
        "exec_command failed",
        "execution error",
        "failed in sandbox",
        "failed to parse function arguments",
        "patch rejected",
        "resources/list failed",
        "Script failed",
        "unable to locate image",
        "unsupported call",
        "write_stdin failed",
    ];
    let begins = |openings: &[&str]| openings.iter().any(|opening| text.starts_with(opening));
    let first = text.lines().next().unwrap_or_default();
    if begins(&DENIED) {
        Some(Status::Denied)
    } else if begins(&["aborted by user"]) || text.trim() == "aborted" {
        Some(Status::Interrupted)
    } else if begins(&FAILED) || (first.starts_with("collab ") && first.contains(" failed:")) {
        Some(Status::Failed)
    } else {
        None
    }
}

fn script_failure(text: &str) -> Option<Status> {
    text.starts_with("Script failed").then_some(Status::Failed)
}

/// The exit status in the host's account of a failure.
fn number_after(line: &str) -> Option<i32> {
    let rest = ["exit code: ", "exit_code: "].iter().find_map(|name| line.split_once(name))?.1;
    let end = rest.find(|char: char| !(char.is_ascii_digit() || char == '-')).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
