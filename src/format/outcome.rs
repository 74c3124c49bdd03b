//! How a tool call ended, where only the text of its answer says so.

use std::sync::LazyLock;

use crate::format::json::Value;
use regex::bytes::Regex;

use super::numbered;
use crate::event::{Action, Status, ToolResult};

/// A line that says nothing but how a command ended. In bytes, because letters of all alphabets make it large and slow.
static EXIT_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix-u) ^ \W* (?: (?:error | the\ command | command | process | shell | script) [\w\ ]{0,24}? [:,\s]\s* )?
          (?: exit(?:ed)? [\ _-]? (?:with\ )? (?:code|status) | exited\ with | return[\ _]?code )
          \W{0,4}? (-?\d{1,9}) \W* (?: </?\w+> )? \W* $",
    )
    .expect("the pattern is constant and tested")
});

/// What a host answers in the tool's place when the user refuses the call.
const DENIED: &[&str] = &[
    "The user doesn't want to",
    "The user denied",
    "User rejected",
    "User denied",
    "The user rejected",
    "Permission denied by user",
    "[Request interrupted by user for tool use]",
];

/// What hosts of other kinds say of a refusal, as the last words of a line of their own.
const REFUSALS: &[&str] =
    &["rejected by user", "User did not allow tool call", "The user denied this operation"];

/// Notes that the user refused the call: what is left of the text is the reason they gave.
pub(super) fn refused(result: &mut ToolResult) {
    result.status = Status::Denied;
    result.text = reason(&result.text).to_owned();
}

/// The user's reason for a refusal, without the host's words: nothing if the host's are all there is.
pub(super) fn reason(text: &str) -> &str {
    let told = text.trim();
    let (first, rest) = told.split_once('\n').unwrap_or((told, ""));
    let is_hosts = REFUSALS.iter().any(|end| first.trim_end_matches(['.', ' ']).ends_with(end));
    if is_hosts && first.len() < 120 { rest.trim() } else { text }
}

/// The answer with this text to a call that does this, which the caller names. `marked` is the record's own error mark.
pub(super) fn answer(action: Option<&Action>, text: String, marked: Option<bool>) -> ToolResult {
    // What a file or a search shows is not about the call itself.
    let shows_files = matches!(action, Some(Action::Read { .. } | Action::Search { .. } | Action::Edit(_)));
    let exit = if shows_files { None } else { exit(&text) };
    let read = match action {
        Some(Action::Read { path, .. }) => numbered::read(path, &text),
        _ => None,
    };
    let status = status(&text, exit, marked);
    ToolResult { call: None, status, exit, text, edits: Vec::new(), read, answers: Vec::new() }
}

/// The exit status, where the text says so in one of the common ways: in a line of its own at the front or the
/// back, in a tag, or in a JSON object.
fn exit(text: &str) -> Option<i32> {
    let trimmed = text.trim();
    if trimmed.starts_with('{') {
        return exit_in_json(trimmed);
    }
    let content = |line: &&str| !line.trim().is_empty();
    let front = trimmed.lines().filter(content).take(4);
    let back = trimmed.lines().rev().filter(content).take(2);
    front.chain(back).filter(|line| line.len() < 120).find_map(exit_in_line)
}

/// Notes the exit status that the record itself gives beside the text, if it does.
pub(super) fn exited(result: &mut ToolResult, code: Option<i32>) {
    result.exit = code.or(result.exit);
    if result.status == Status::Ok && result.exit.is_some_and(|code| code != 0) {
        result.status = Status::Failed;
    }
}

/// How the call ended, given its exit status and whether the record itself marks an error.
fn status(text: &str, exit: Option<i32>, marked: Option<bool>) -> Status {
    if DENIED.iter().any(|start| text.trim_start().starts_with(start)) {
        Status::Denied
    } else if marked == Some(true) || exit.is_some_and(|code| code != 0) {
        Status::Failed
    } else {
        Status::Ok
    }
}

fn exit_in_line(line: &str) -> Option<i32> {
    // Few lines hold either word, and looking for them is far quicker than trying the pattern.
    let is_said = |word: &[u8]| match word[3] {
        b't' | b'T' => word.eq_ignore_ascii_case(b"exit"),
        b'u' | b'U' => word.eq_ignore_ascii_case(b"retu"),
        _ => false,
    };
    if !line.as_bytes().windows(4).any(is_said) {
        return None;
    }
    let captures = EXIT_LINE.captures(line.as_bytes())?;
    std::str::from_utf8(captures.get(1)?.as_bytes()).ok()?.parse().ok()
}

fn exit_in_json(text: &str) -> Option<i32> {
    let value: Value = serde_json::from_str(text).ok()?;
    let places = [Some(&value), value.get("metadata"), value.get("result")];
    let keys = ["exit_code", "exitCode", "exit_status", "returncode", "return_code"];
    let code = places
        .into_iter()
        .flatten()
        .find_map(|place| keys.iter().find_map(|key| place.get(key)?.as_i64()))?;
    i32::try_from(code).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<i32>) {
        assert_eq!(exit(text), expected, "{text}");
    }

    #[test]
    fn common_ways_to_say_the_exit_status() {
        check("Exit code: 1", Some(1));
        check("Exit code 127\nbash: nope", Some(127));
        check("Error: Exit code 2\nout", Some(2));
        check("<returncode>1</returncode>\n<output>\nx</output>", Some(1));
        check("out\n(exit code 1)", Some(1));
        check("out\n[Command finished with exit code 0]", Some(0));
        check("Chunk ID: 1\nWall time: 2\nProcess exited with code 3\nOutput:\nx", Some(3));
        check("{\"output\":\"x\",\"metadata\":{\"exit_code\":1}}", Some(1));
        check("{\"exit_code\":-9}", Some(-9));
        check("<exit_code>4</exit_code>", Some(4));
        check("Command failed with exit code 5", Some(5));
        check("exit status 6", Some(6));
    }

    #[test]
    fn a_refusal_keeps_the_users_words_only() {
        let check = |text: &str, expected: &str| assert_eq!(reason(text), expected, "{text}");
        check("exec command rejected by user", "");
        check("[Operation Cancelled] Reason: User did not allow tool call", "");
        check("The user denied this operation.\nuse the other key", "use the other key");
        check("not while the shop is open", "not while the shop is open");
        check("", "");
    }

    #[test]
    fn talk_about_exit_codes_is_not_one() {
        check("Exit code 1 means that something failed", None);
        check("returns exit code: 3 for readers", None);
        check("a\nb\nc\nd\ne\nExit code: 1\nf\ng\nh", None);
        check("{\"exit_code\":", None);
        check("", None);
    }
}
