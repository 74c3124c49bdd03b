//! What tools answered: how it ended, and what the host's side copy says about it beyond the text.

use super::raw::{File, Patch, SideCopy};
use crate::event::{Action, Answer, Change, FileEdit, FileRead, Hunk, HunkPosition, Status, ToolResult};

/// A result block before it is paired with its call.
pub(super) struct Answered<'a> {
    /// The text, without reminders.
    pub text: String,
    pub is_error: bool,
    pub side: Option<SideCopy>,
    pub denial: Option<&'a str>,
}

/// How the host begins the text of a call that the user refused.
const REFUSED: &[&str] =
    &["The user doesn't want to proceed with this tool use.", "The user doesn't want to take this action right now."];

/// What stands before the user's reason.
const REASON: &str = "the user said:\n";

/// What may stand after the user's reason.
const AFTER_REASON: &str = "\n\nNote: The user's next message may contain";

/// The result of the call that stands at `call` and does this.
pub(super) fn result(answered: Answered, call: Option<usize>, action: &Action) -> ToolResult {
    let Answered { text, is_error, side, denial } = answered;
    let mut side = side.unwrap_or_default();
    let status = status(&text, is_error, side.interrupted, denial);
    let text = match status {
        Status::Denied => reason(&text).to_owned(),
        _ => without_error_tag(text),
    };
    let ok = status == Status::Ok;
    ToolResult {
        call,
        status,
        exit: exit(&text, status, &side, action),
        edits: if ok { edits(&mut side, &text, action) } else { Vec::new() },
        read: if ok { side.file.take().and_then(read).or_else(|| numbered(&text, action)) } else { None },
        answers: if ok { answers(side.answers, &text, action) } else { Vec::new() },
        text,
    }
}

fn status(text: &str, is_error: bool, interrupted: bool, denial: Option<&str>) -> Status {
    if REFUSED.iter().any(|start| text.starts_with(start)) || denial.is_some_and(|kind| kind.starts_with("user")) {
        Status::Denied
    } else if interrupted || text.starts_with("[Request interrupted by user") {
        Status::Interrupted
    } else if is_error {
        Status::Failed
    } else {
        Status::Ok
    }
}

/// The user's reason, out of the host's words around it.
fn reason(text: &str) -> &str {
    let reason = text.split_once(REASON).map_or("", |(_, reason)| reason);
    reason.split(AFTER_REASON).next().unwrap_or(reason).trim_ascii()
}

/// The host puts a tag around some errors; the error is what stands in it.
fn without_error_tag(text: String) -> String {
    let inner = text.strip_prefix("<tool_use_error>").and_then(|text| text.strip_suffix("</tool_use_error>"));
    inner.map(str::to_owned).unwrap_or(text)
}

/// The exit status of a command: the host writes it before the output if it is not 0. Of a command in the background,
/// and where the host explains a status it took for no failure, the number is not known.
fn exit(text: &str, status: Status, side: &SideCopy, action: &Action) -> Option<i32> {
    let Action::Run { .. } = action else { return None };
    match status {
        Status::Failed => text.strip_prefix("Exit code ")?.split_ascii_whitespace().next()?.parse().ok(),
        Status::Ok if side.background_task_id.is_none() && side.return_code_interpretation.is_none() => Some(0),
        _ => None,
    }
}

fn edits(side: &mut SideCopy, text: &str, action: &Action) -> Vec<FileEdit> {
    let Action::Edit(called) = action else { return Vec::new() };
    let created = side.kind.as_deref() == Some("create");
    if let Some(path) = side.file_path.take().filter(|_| created || !side.structured_patch.is_empty()) {
        let change = if created { Change::Created } else { Change::Edited };
        let hunks = side.structured_patch.drain(..).map(hunk).collect();
        return vec![FileEdit { path, change, hunks, content: side.content.take() }];
    }
    if text.starts_with("File created successfully") {
        return called.iter().map(|edit| FileEdit { change: Change::Created, ..edit.clone() }).collect();
    }
    Vec::new()
}

fn hunk(patch: Patch) -> Hunk {
    let number = |number: Option<u64>| number.and_then(|number| u32::try_from(number).ok());
    let position = number(patch.old_start).zip(number(patch.new_start)).map(|(old_start, new_start)| HunkPosition {
        old_start,
        old_lines: number(patch.old_lines).unwrap_or(0),
        new_start,
        new_lines: number(patch.new_lines).unwrap_or(0),
    });
    let lines = match patch.lines.contains("\n\\") || patch.lines.starts_with('\\') {
        true => patch.lines.split('\n').filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n"),
        false => patch.lines,
    };
    Hunk { position, lines, ..Hunk::default() }
}

fn read(file: File) -> Option<FileRead> {
    let number = |number: u64| u32::try_from(number).ok();
    Some(FileRead {
        path: file.file_path?,
        start: file.start_line.and_then(number).unwrap_or(1).max(1),
        content: lines(file.content?),
        total: file.total_lines.and_then(number),
    })
}

/// The text with plain line ends and none at its end.
fn lines(text: String) -> String {
    let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text };
    text.strip_suffix('\n').map(str::to_owned).unwrap_or(text)
}

/// The file out of the text of a read, whose lines are numbered as in `    12→code` or `12<TAB>code`.
fn numbered(text: &str, action: &Action) -> Option<FileRead> {
    let Action::Read { path, .. } = action else { return None };
    let mut lines = text.lines().map(|line| {
        let (number, line) = line.split_once(['→', '\t'])?;
        Some((number.trim_ascii_start().parse::<u32>().ok()?, line))
    });
    let (start, first) = lines.next()??;
    let mut content = first.to_owned();
    for (line, number) in lines.map_while(std::convert::identity).zip(start.saturating_add(1)..) {
        if line.0 != number {
            break;
        }
        content.push('\n');
        content.push_str(line.1);
    }
    Some(FileRead { path: path.clone(), start, content, total: None })
}

fn answers(pairs: Vec<(String, String)>, text: &str, action: &Action) -> Vec<Answer> {
    let Action::Ask(questions) = action else { return Vec::new() };
    if !pairs.is_empty() {
        return pairs.into_iter().map(|(question, answer)| Answer { question, answer }).collect();
    }
    let answer = |question: &str| {
        let (_, after) = text.split_once(&format!("\"{question}\"=\""))?;
        let end = after.find("\", \"").or_else(|| after.rfind("\". ")).or_else(|| after.rfind('"'))?;
        Some(Answer { question: question.to_owned(), answer: after[..end].to_owned() })
    };
    questions.iter().filter_map(|question| answer(&question.text)).collect()
}
