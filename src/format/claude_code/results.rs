//! What tools answered: how it ended, and what the host's side copy says about it beyond the text.

use super::raw::{File, Patch, SideCopy};
use crate::event::{
    Action, Answer, Change, FileEdit, FileRead, Hunk, HunkPosition, Question, Status, ToolResult,
};

/// How the host begins the text of a call that the user refused.
const REFUSED: &[&str] = &[
    "The user doesn't want to proceed with this tool use.",
    "The user doesn't want to take this action right now.",
];

/// What stands before the user's reason.
const REASON: &str = "the user said:\n";

/// What may stand after the user's reason.
const AFTER_REASON: &str = "\n\nNote: The user's next message may contain";

/// What a result says by itself. What the side copy holds of edits and reads is taken out of it.
pub(super) fn alone(text: String, is_error: bool, denial: Option<&str>, side: &mut SideCopy) -> ToolResult {
    let status = status(&text, is_error, side.interrupted, denial);
    let text = match status {
        Status::Denied => reason(&text).to_owned(),
        _ => without_error_tag(text),
    };
    let ok = status == Status::Ok;
    let edits = edits(side).filter(|_| ok).into_iter().collect();
    let read = side.file.take().and_then(read).filter(|_| ok);
    ToolResult { call: None, status, exit: None, text, edits, read, answers: Vec::new() }
}

/// Adds to a result what only its call makes clear.
pub(super) fn pair(result: &mut ToolResult, call: usize, action: &Action, side: &mut SideCopy) {
    result.call = Some(call);
    if let Action::Run { .. } = action {
        result.exit = exit(result, side);
    }
    if result.status != Status::Ok {
        return;
    }
    match action {
        Action::Read { path, .. } if result.read.is_none() => result.read = numbered(&result.text, path),
        Action::Edit(called) if result.edits.is_empty() => result.edits = created(&result.text, called),
        Action::Ask(questions) => result.answers = answers(side, &result.text, questions),
        _ => {}
    }
}

fn status(text: &str, is_error: bool, interrupted: bool, denial: Option<&str>) -> Status {
    if REFUSED.iter().any(|start| text.starts_with(start))
        || denial.is_some_and(|kind| kind.starts_with("user"))
    {
        Status::Denied
    } else if interrupted || text.starts_with("[Request interrupted by user") {
        Status::Interrupted
    } else if is_error {
        Status::Failed
    } else {
        Status::Ok
    }
}

/// What the host writes in the place of a reason when the user wants to talk about questions first.
const NO_REASON: &str = "The user wants to clarify these questions.";

/// The user's reason, out of the host's words around it.
fn reason(text: &str) -> &str {
    let reason = text.split_once(REASON).map_or("", |(_, reason)| reason);
    if reason.starts_with(NO_REASON) {
        return "";
    }
    reason.split(AFTER_REASON).next().unwrap_or(reason).trim_ascii()
}

/// The host puts a tag around some errors; the error is what stands in it.
fn without_error_tag(text: String) -> String {
    let inner = text.strip_prefix("<tool_use_error>").and_then(|text| text.strip_suffix("</tool_use_error>"));
    inner.map(str::to_owned).unwrap_or(text)
}

/// The exit status of a command: the host writes it before the output if it is not 0. Of a command in the background,
/// and where the host explains a status it took for no failure, the number is not known.
fn exit(result: &ToolResult, side: &SideCopy) -> Option<i32> {
    match result.status {
        Status::Failed => {
            result.text.strip_prefix("Exit code ")?.split_ascii_whitespace().next()?.parse().ok()
        }
        Status::Ok if side.background_task_id.is_none() && side.return_code_interpretation.is_none() => {
            Some(0)
        }
        _ => None,
    }
}

fn edits(side: &mut SideCopy) -> Option<FileEdit> {
    let created = side.kind.as_deref() == Some("create");
    if !created && side.structured_patch.is_empty() {
        return None;
    }
    let change = if created { Change::Created } else { Change::Edited };
    let hunks = side.structured_patch.drain(..).map(hunk).collect();
    Some(FileEdit { path: side.file_path.take()?, change, hunks, content: side.content.take() })
}

/// The edits of a call whose result says only in its text that the file is new.
fn created(text: &str, called: &[FileEdit]) -> Vec<FileEdit> {
    if !text.starts_with("File created successfully") {
        return Vec::new();
    }
    called.iter().map(|edit| FileEdit { change: Change::Created, ..edit.clone() }).collect()
}

fn hunk(patch: Patch) -> Hunk {
    let number = |number: Option<u64>| number.and_then(|number| u32::try_from(number).ok());
    let position =
        number(patch.old_start).zip(number(patch.new_start)).map(|(old_start, new_start)| HunkPosition {
            old_start,
            old_lines: number(patch.old_lines).unwrap_or(0),
            new_start,
            new_lines: number(patch.new_lines).unwrap_or(0),
        });
    let lines = without_remarks(patch.lines);
    Hunk { position, lines, ..Hunk::default() }
}

/// The lines without remarks such as `\ No newline at end of file`.
fn without_remarks(lines: String) -> String {
    if !lines.starts_with('\\') && !lines.contains("\n\\") {
        return lines;
    }
    lines.split('\n').filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n")
}

fn read(file: File) -> Option<FileRead> {
    let number = |number: u64| u32::try_from(number).ok();
    Some(FileRead {
        path: file.path?,
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
fn numbered(text: &str, path: &str) -> Option<FileRead> {
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
    Some(FileRead { path: path.to_owned(), start, content, total: None })
}

fn answers(side: &mut SideCopy, text: &str, questions: &[Question]) -> Vec<Answer> {
    if !side.answers.is_empty() {
        let pairs = std::mem::take(&mut side.answers).into_iter();
        return pairs.map(|(question, answer)| Answer { question, answer }).collect();
    }
    let answer = |question: &Question| {
        let (_, after) = text.split_once(&format!("\"{}\"=\"", question.text))?;
        let end = ["\", \"", "\". "].iter().find_map(|end| after.find(end)).or_else(|| after.rfind('"'))?;
        Some(Answer { question: question.text.clone(), answer: after[..end].to_owned() })
    };
    questions.iter().filter_map(answer).collect()
}
