//! The checks that were run, and how each ended last.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::counts::counts;
use super::scope::{Scope, covering, scopes};
use super::session::{Session, Use};
use crate::event::{Action, Status, ToolResult};

/// One check: a command line that tests, lints or builds.
#[derive(Debug, Clone)]
pub struct Check {
    /// The command as one would type it again.
    pub command: String,
    /// How it ended last.
    pub outcome: Outcome,
    /// What it counted ("312 passed"); may be empty.
    pub counts: String,
    /// First telling lines of a failure.
    pub failure: Vec<String>,
    /// Index of the event of the last run's result, or of its call.
    pub at: usize,
    /// Index of the event of its last run's call.
    pub called: usize,
    /// How often it was run.
    pub runs: u32,
    /// How many edits came after it.
    pub edits_since: u32,
    /// How it ended itself, where later ones did all of it again since, and passed: their outcome and place are told.
    pub before: Option<Outcome>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It found nothing wrong.
    Passed,
    /// It found something wrong.
    Failed,
    /// Its result is not in the transcript, or it was stopped.
    Unfinished,
}

impl Check {
    /// The lines of the last run: its call and its result.
    pub fn evidence(&self, session: &Session) -> Vec<u32> {
        let mut lines = vec![session.line(self.called), session.line(self.at)];
        lines.sort_unstable();
        lines.dedup();
        lines
    }
}

impl Outcome {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Unfinished => "not finished",
        }
    }
}

/// The checks of a session, most recent last run first.
pub fn checks(session: &Session) -> Vec<Check> {
    let mut last_runs: BTreeMap<String, (&Use, u32)> = BTreeMap::new();
    let mut filters: BTreeMap<String, String> = BTreeMap::new();
    for (used, command) in session.commands() {
        let refused = used.result.is_some_and(|result| result.status == Status::Denied || is_missing(result));
        let Some(line) = command.check.clone().filter(|_| !refused) else { continue };
        if let Some(filter) = &command.filter {
            filters.insert(line.clone(), filter.clone());
        }
        let (last, runs) = last_runs.entry(line).or_insert((used, 0));
        *last = used;
        *runs += 1;
    }
    let edits = edits(session);
    let mut checks: Vec<Check> =
        last_runs.into_iter().map(|(command, (used, runs))| check(used, command, runs, &edits)).collect();
    checks.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.command.cmp(&b.command)));
    let mut checks = without_parts(checks);
    for check in &mut checks {
        if let Some(filter) = filters.get(&check.command) {
            check.command = format!("{} | {filter}", check.command);
        }
    }
    checks
}

/// Whether a program is not there, so that nothing was checked.
fn is_missing(result: &ToolResult) -> bool {
    result.status == Status::Failed
        && result.text.contains("command not found")
        && result.text.lines().count() < 4
}

/// The checks, latest first, without those that a later run did again as a part of a longer line. What passed since as
/// parts of others ended as the oldest of those did.
fn without_parts(checks: Vec<Check>) -> Vec<Check> {
    let commands: Vec<String> = checks.iter().map(|check| check.command.clone()).collect();
    let mut kept: Vec<Check> = Vec::new();
    let mut done: Vec<Vec<Scope>> = Vec::new();
    for (mut check, command) in checks.into_iter().zip(&commands) {
        let parts = scopes(command);
        let by = |wanted: &dyn Fn(&Check) -> bool| -> (Vec<&Check>, Vec<&[Scope]>) {
            let later = kept.iter().zip(&done).filter(|(later, _)| wanted(later));
            later.map(|(later, whole)| (later, whole.as_slice())).unzip()
        };
        if covering(&by(&|later| later.command.contains(command)).1, &parts).is_some() {
            continue;
        }
        let (passed, wholes) = by(&|later| later.outcome == Outcome::Passed);
        if let Some(oldest) = covering(&wholes, &parts).and_then(|found| found.into_iter().max()) {
            let Check { command, called, runs, outcome, .. } = check;
            let (before, counts) = (Some(outcome), String::new());
            check = Check { command, counts, called, runs, before, ..passed[oldest].clone() };
        }
        kept.push(check);
        done.push(parts);
    }
    kept
}

/// A check by its last run; `edits` are the places of all edits, in order.
///
/// Where the output was searched for errors, the exit status is that of the search: what counts is whether it found any.
fn check(used: &Use, command: String, runs: u32, edits: &[usize]) -> Check {
    let filter = used.command.as_ref().and_then(|command| command.filter.as_ref());
    let seeks_errors = filter.is_some_and(|filter| filter.to_lowercase().contains("error"));
    let at = used.result_at.unwrap_or(used.at);
    let (outcome, counts, failure) =
        used.result.map_or((Outcome::Unfinished, String::new(), Vec::new()), |result| {
            let failure = telling_lines(&result.text);
            let outcome = match result.status {
                Status::Ok | Status::Failed if seeks_errors => {
                    if says_nothing(&result.text) {
                        Outcome::Passed
                    } else {
                        Outcome::Failed
                    }
                }
                Status::Ok if failure.is_empty() => Outcome::Passed,
                Status::Ok | Status::Failed => Outcome::Failed,
                Status::Denied | Status::Interrupted => Outcome::Unfinished,
            };
            let counted =
                if ran_nothing(&result.text) { "no tests ran".to_owned() } else { counts(&result.text) };
            (outcome, counted, failure)
        });
    let edits_since = edits.len() - edits.partition_point(|edit| *edit <= at);
    let edits_since = u32::try_from(edits_since).unwrap_or(u32::MAX);
    Check { command, outcome, counts, failure, at, called: used.at, runs, edits_since, before: None }
}

/// Whether an output holds nothing but what a host adds to an empty one.
fn says_nothing(output: &str) -> bool {
    let added = ["Exit code", "Command exited", "(no output)", "Process exited", "Wall time", "Output:"];
    output
        .lines()
        .map(str::trim)
        .all(|line| line.is_empty() || added.iter().any(|start| line.starts_with(start)))
}

/// The places of the calls that edited something, in order.
fn edits(session: &Session) -> Vec<usize> {
    let uses = session.uses.iter().filter(|used| !used.abandoned && !used.edits.is_empty());
    uses.filter(|used| matches!(used.call.action, Action::Edit(_))).map(|used| used.at).collect()
}

/// Makes the pattern.
pub fn prepare() {
    LazyLock::force(&FAILURE);
}

/// Whether a test runner says that it had nothing to run.
fn ran_nothing(output: &str) -> bool {
    let packages: Vec<&str> = output.lines().filter(|line| line.starts_with("ok ")).collect();
    let idle = |line: &&str| line.contains("[no tests to run]");
    !packages.is_empty() && packages.iter().all(idle) || output.contains("collected 0 items")
}

/// Over bytes and without Unicode classes, which would only make it slower: outputs are long.
static FAILURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)^\s*(?:
            FAIL\b | ---\ FAIL | FAILED\b | error(?:\[\w+\])?: | Error:\s | ERROR\b | fatal: | panic: | thread\ '.*'\ panicked
          | Traceback | [A-Z]\w*(?:Error|Exception)(?::|$) | E\s{3,}\S | ✗ | ✘ | ✖ | npm\ (?:ERR!|error)
          | .*:\d+(?::\d+)?:\ (?:error|undefined|cannot|.*\((?:goconst|noctx|errcheck|staticcheck|govet|revive|gosec|wrapcheck|lll|gocritic|ireturn|unused|unparam|nestif|maintidx|dupl|gosimple|typecheck)\))
          | .*\b\d+:\d+\ +error\b | .*\bTS\d{4}: | .*error\ TS\d+ | .*\b[1-9]\d*\ (?:failed|failing|failures)\b | command\ not\ found | .*:\ command\ not\ found
          | Exit\ code\ [1-9]
        )",
    )
    .expect("a fixed pattern")
});

/// Beginnings of lines that say that something failed, and not what.
const BARE: &[&str] = &["Exit code", "Traceback"];

/// The lines of an output that tell of a failure, at most four, as they were printed.
pub fn telling_lines(output: &str) -> Vec<String> {
    let mut lines: Vec<String> = output
        .lines()
        .filter(|line| line.len() < 600 && FAILURE.is_match(line.as_bytes()))
        .map(|line| crate::text::clip(line.trim(), 220))
        .collect();
    lines.dedup();
    let telling: Vec<String> = lines
        .iter()
        .filter(|line| !BARE.iter().any(|start| line.starts_with(start)) && *line != "FAIL")
        .cloned()
        .collect();
    let mut kept = if telling.is_empty() { lines } else { telling };
    kept.truncate(4);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linters_tell_of_errors_behind_a_place() {
        let output = "a.md:12:91 error MD060 a table\n  12:5  error  no-unused-vars\n3:12 errors are shown\n";
        assert_eq!(telling_lines(output), ["a.md:12:91 error MD060 a table", "12:5  error  no-unused-vars"]);
    }
}
