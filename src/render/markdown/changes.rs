//! What changed since a base, in the same layout: what is new or differs as it stands now, and what is over.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{FRAME, Page, one_line};
use crate::delta::{Change, Delta, Fields, Piece, Reason, Section, is_unread};
use crate::render::Citations;
use crate::state::{Environment, HandoffState, Task};

/// How much of a kept stretch of text is shown on either side of what changed, in characters.
const AROUND: usize = 40;
/// How much of a text that went is shown, in characters.
const GONE: usize = 60;
/// How much of the base's name is shown, in characters.
const NAME: usize = 15;

pub(super) fn render(delta: &Delta, new: &HandoffState, citations: Citations) -> String {
    let mut page = Page { out: String::new(), citations, said: None };
    let excerpt = excerpt(delta, new);
    let base: String = one_line(&delta.base).chars().take(NAME).collect();
    let _ = writeln!(
        page.out,
        "# Session Update\n{FRAME} What changed since the handoff {base}; what is not named stands as it was."
    );
    page.task(&excerpt.task);
    page.sections(&excerpt);
    page.section("Earlier Checks", |page| page.aged(delta, new));
    page.section("Done or Gone", |page| page.gone(delta));
    page.out
}

impl Page {
    /// The checks of which only that changed: how many edits came after them.
    fn aged(&mut self, delta: &Delta, new: &HandoffState) {
        let aged =
            delta.modified.iter().filter(|it| it.section == Section::Verification && is_aged(&it.fields));
        let edits: Vec<u32> = aged.filter_map(|it| Some(new.verification.get(it.at)?.edits_since)).collect();
        if let (Some(least), Some(most)) = (edits.iter().min(), edits.iter().max()) {
            let edits = if least == most { least.to_string() } else { format!("{least}-{most}") };
            self.bullet(&format!("as they were, by now {edits} edits since"), &[]);
        }
    }

    fn gone(&mut self, delta: &Delta) {
        for removed in delta.removed.iter().filter(|it| it.reason != Reason::Evicted) {
            self.bullet(&format!("{}: {}", word(removed.reason), removed.entry), &[]);
        }
        let mut evicted: BTreeMap<Section, usize> = BTreeMap::new();
        for removed in delta.removed.iter().filter(|it| it.reason == Reason::Evicted) {
            *evicted.entry(removed.section).or_default() += 1;
        }
        let counted: Vec<String> =
            evicted.into_iter().map(|(section, count)| counted(count, noun(section))).collect();
        if !counted.is_empty() {
            self.bullet(&format!("Not repeated for space, still true: {}", counted.join(", ")), &[]);
        }
        if delta.left_out > 0 {
            self.bullet(&format!("{} not told for space", counted_changes(delta.left_out)), &[]);
        }
    }
}

fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Resolved => "Resolved",
        Reason::Superseded => "Superseded",
        Reason::Executed => "Done",
        Reason::Evicted => "Not repeated",
    }
}

fn noun(section: Section) -> &'static str {
    match section {
        Section::Errors => "error",
        Section::Questions => "question",
        Section::NextSteps => "step",
        Section::Constraints => "instruction",
        Section::Decisions => "decision",
        Section::Files => "file",
        Section::Verification => "check",
        Section::Progress => "report",
        Section::Findings => "finding",
        Section::Notes => "note",
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn counted_changes(count: usize) -> String {
    counted(count, "more change")
}

/// What is new or differs in the new handoff, as a handoff of its own.
fn excerpt(delta: &Delta, new: &HandoffState) -> HandoffState {
    let added = &delta.added;
    let mut state = new.clone();
    state.task = task(delta, new);
    state.environment = environment(delta, new);
    state.files = told(delta, Section::Files, &new.files, &added.files_added);
    state.decisions = told(delta, Section::Decisions, &new.decisions, &added.decisions_added);
    state.next_steps = told(delta, Section::NextSteps, &new.next_steps, &added.next_steps_added);
    state.constraints = told(delta, Section::Constraints, &new.constraints, &added.constraints_added);
    state.findings = told(delta, Section::Findings, &new.findings, &added.findings_added);
    state.errors = told(delta, Section::Errors, &new.errors, &added.errors_added);
    state.verification = told(delta, Section::Verification, &new.verification, &added.verification_added);
    state.questions = told(delta, Section::Questions, &new.questions, &added.questions_added);
    state
}

/// The entries of a section that differ, as they are now, and those that are new.
fn told<T>(delta: &Delta, section: Section, new: &[T], added: &[T]) -> Vec<T>
where
    T: Clone + Serialize + DeserializeOwned,
{
    let modified = delta
        .modified
        .iter()
        .filter(|it| it.section == section && is_visible(&it.fields) && !is_aged(&it.fields));
    let now = modified.filter_map(|it| Some(marked(new.get(it.at)?, &it.fields)));
    now.chain(added.iter().cloned()).collect()
}

/// Whether a reader would see the change.
fn is_visible(fields: &Fields) -> bool {
    fields.keys().any(|name| !is_unread(name) && name != "timestamp")
}

/// Whether nothing changed in a check but how many edits came after it.
fn is_aged(fields: &Fields) -> bool {
    fields.contains_key("edits_since") && fields.keys().all(|name| name == "edits_since" || is_unread(name))
}

fn task(delta: &Delta, new: &HandoffState) -> Task {
    let objective = match delta.fields.get("task.objective") {
        Some(Change::Words(pieces)) => words(&new.task.objective, pieces),
        Some(_) => new.task.objective.clone(),
        None => "unchanged".to_owned(),
    };
    let mut task = Task { objective, ..new.task.clone() };
    let lines: Vec<&str> = new.task.progress_summary.split('\n').collect();
    let modified = delta.modified.iter().filter(|it| it.section == Section::Progress);
    let modified: Vec<(&str, &Fields)> =
        modified.filter_map(|it| Some((*lines.get(it.at)?, &it.fields))).collect();
    let fields = |line: &str| modified.iter().find(|(other, _)| *other == line).map(|(_, fields)| *fields);
    let is_new = |line: &str| delta.progress_delta.lines().any(|other| other == line);
    let told = |line: &str| match fields(line) {
        Some(fields) => Some(marked_text(line, fields.get("text"))),
        None => is_new(line).then(|| line.to_owned()),
    };
    // How it stands is told whole.
    let status =
        new.task.status_words().filter(|(words, _)| told(&format!("{}{words}", Task::STATUS)).is_some());
    let mut lines: Vec<_> = new.task.progress().collect();
    lines.sort_by_key(|(line, _)| fields(line).is_none());
    let progress = lines.into_iter().filter_map(|(line, evidence)| Some((told(line)?, evidence.clone())));
    task.summarize(status.map(|(words, evidence)| (words.to_owned(), evidence.clone())), progress);
    task
}

fn environment(delta: &Delta, new: &HandoffState) -> Environment {
    let changed = |name: &str, value: &String| {
        let told = delta.fields.contains_key(&format!("environment.{name}"));
        if told { value.clone() } else { String::new() }
    };
    let Environment { cwd, branch, commit, repository, pull_request, notes, anchor: _, now } =
        &new.environment;
    Environment {
        cwd: changed("cwd", cwd),
        branch: changed("branch", branch),
        commit: changed("commit", commit),
        repository: changed("repository", repository),
        pull_request: changed("pull_request", pull_request),
        notes: told(delta, Section::Notes, notes, &delta.added.notes_added),
        anchor: None,
        now: now.clone(),
    }
}

/// An entry as it is now, with the words marked that changed in its longer texts.
fn marked<T: Clone + Serialize + DeserializeOwned>(entry: &T, fields: &Fields) -> T {
    let Ok(Value::Object(mut now)) = serde_json::to_value(entry) else { return entry.clone() };
    for (name, change) in fields {
        if let Some(Value::String(text)) = now.get_mut(name) {
            *text = marked_text(text, Some(change));
        }
    }
    serde_json::from_value(Value::Object(now)).unwrap_or_else(|_| entry.clone())
}

fn marked_text(text: &str, change: Option<&Change>) -> String {
    match change {
        Some(Change::Words(pieces)) => words(text, pieces),
        _ => text.to_owned(),
    }
}

/// What changed in a text, `[-gone-]` and `{+new+}`, with a few words around; the whole text if that is not longer.
fn words(text: &str, pieces: &[Piece]) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Keep(length) => {
                let kept: Vec<char> = rest.by_ref().take(*length).collect();
                out.push_str(&stretch(&kept, at == 0, at + 1 == pieces.len()));
            }
            Piece::Drop(gone) => {
                let _ = write!(out, "[-{}-]", shortened(gone));
            }
            Piece::Add(new) => {
                let _ = write!(out, "{{+{}+}}", new.trim_end());
                out.push_str(&new[new.trim_end().len()..]);
                rest.by_ref().take(new.chars().count()).for_each(drop);
            }
        }
    }
    if out.len() < text.len() { out } else { text.to_owned() }
}

/// A kept stretch: its middle is left out if it is long, and so is its outer side at the ends of the text.
fn stretch(kept: &[char], first: bool, last: bool) -> String {
    let head = if first { 0 } else { AROUND };
    let tail = if last { 0 } else { AROUND };
    if kept.len() <= head + tail + 1 {
        return kept.iter().collect();
    }
    let (head, tail) = (&kept[..head], &kept[kept.len() - tail..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

fn shortened(gone: &str) -> String {
    let gone = gone.trim_end();
    match gone.char_indices().nth(GONE) {
        Some((end, _)) => format!("{}…", &gone[..end]),
        None => gone.to_owned(),
    }
}
