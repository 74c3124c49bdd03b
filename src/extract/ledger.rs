//! The ledger of files: what was done to each, how much it matters now, and where in it.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::paths::{
    base, has_extension, is_foreign, is_of_a_tool, is_scratch, is_source, leading_path, paths_in,
};
use super::session::{Session, Use};
use super::{git, shell};
use crate::event::{Action, Change, EventKind, FileEdit};
use crate::state::{Evidence, FileChange};

/// What the session did to one file.
#[derive(Debug, Clone)]
pub struct FileRecord {
    /// Its name, relative to the working folder.
    pub name: String,
    /// What was done to it, all in all.
    pub change: FileChange,
    /// Its name before, if it was renamed.
    pub before: Option<String>,
    /// Whether the session made it itself, so that nothing of it is left once it is deleted.
    pub made_here: bool,
    /// Number of edits.
    pub edits: u32,
    /// Lines added by them.
    pub added: u32,
    /// Lines removed by them.
    pub removed: u32,
    /// How much it matters now, in points.
    pub score: i64,
    /// Index of the event that touched it last.
    pub last: usize,
    /// Index of the event that edited it last.
    pub edited_at: Option<usize>,
    /// Lines of the transcript: the first and the last few that edited it, or touched it if none did.
    pub evidence: Evidence,
}

/// All files of a session, by name.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The records.
    pub files: BTreeMap<String, FileRecord>,
    /// The names of the records, by their last part: nearly every word with a dot is looked up.
    by_base: FxHashMap<String, BTreeSet<String>>,
    /// What git named as changed before the session changed anything.
    found_changed: BTreeSet<String>,
    /// Whether something was changed, or handed to somebody who may have.
    at_work: bool,
}

/// What a touch of a file is worth, in points at full recency.
mod worth {
    pub const EDIT: i64 = 300;
    pub const READ: i64 = 150;
    pub const SHELL: i64 = 140;
    pub const SAID_BY_USER: i64 = 160;
    pub const SAID: i64 = 90;
    pub const HANDED: i64 = 60;
    pub const FOUND: i64 = 14;
}

/// How much of its worth a touch has left that is `age` calls old, in thousandths: files are left behind sooner than
/// what was said.
fn freshness(age: u32) -> i64 {
    let age = i64::from(age);
    20 + 600 * 2 / (2 + age) + 380 * 20 / (20 + age)
}

/// A text longer than this, in bytes, is not looked through for names.
const LONGEST: usize = 40_000;

impl Ledger {
    /// Goes through a session.
    pub fn of(session: &Session) -> Self {
        let mut ledger = Ledger::default();
        for used in session.uses.iter().filter(|used| !used.abandoned) {
            ledger.take(session, used);
        }
        ledger.mentions(session);
        ledger
    }

    /// The files that were changed, most relevant first.
    pub fn edited(&self) -> Vec<&FileRecord> {
        self.ranked().into_iter().filter(|file| file.change != FileChange::Read).collect()
    }

    /// All files, most relevant first.
    pub fn ranked(&self) -> Vec<&FileRecord> {
        let mut files: Vec<&FileRecord> = self.files.values().collect();
        files.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.name.cmp(&b.name)));
        files
    }

    /// The record that a name or the end of a name belongs to, if exactly one does.
    pub fn find(&self, path: &str) -> Option<&FileRecord> {
        if let Some(file) = self.files.get(path) {
            return Some(file);
        }
        let names = self.by_base.get(base(path))?;
        let mut found =
            names.iter().filter(|name| name.strip_suffix(path).is_some_and(|head| head.ends_with('/')));
        let first = found.next()?;
        if found.next().is_some() { None } else { self.files.get(first) }
    }

    fn take(&mut self, session: &Session, used: &Use) {
        let at = used.result_at.unwrap_or(used.at);
        for edit in &used.edits {
            self.edit(session, used.at, at, edit);
        }
        self.at_work |= !used.edits.is_empty() || matches!(used.call.action, Action::Delegate { .. });
        match &used.call.action {
            Action::Edit(edits) if used.edits.is_empty() => {
                for edit in edits {
                    self.touch(session, used.at, &edit.path, worth::READ);
                }
            }
            Action::Read { path, .. } => self.touch(session, used.at, path, worth::READ),
            Action::Run { command, cwd } => self.run(session, used, command, cwd.as_deref()),
            Action::Search { path, .. } => {
                if let Some(path) = path.as_deref().filter(|path| has_extension(path)) {
                    self.touch(session, used.at, path, worth::SHELL);
                }
                self.found(session, used);
            }
            Action::Delegate { prompt } => {
                self.named(session, used.at, prompt, worth::HANDED);
                if let (Some(result), Some(at)) = (used.result, used.result_at) {
                    self.named(session, at, &result.text, worth::HANDED);
                }
            }
            _ => {}
        }
    }

    fn run(&mut self, session: &Session, used: &Use, command: &str, cwd: Option<&str>) {
        if !used.edits.is_empty() {
            return;
        }
        for path in shell::paths(command) {
            let full = shell::join(cwd, &path);
            self.touch(session, used.at, &full, worth::SHELL);
        }
        self.found(session, used);
        self.told_by_git(session, used, command);
        if !used.took_effect() {
            return;
        }
        for effect in shell::effects(command) {
            if effect.change == Change::Deleted {
                self.delete(session, used.at, &session.paths.name(&shell::join(cwd, &effect.path)));
                continue;
            }
            let edit = FileEdit {
                path: shell::join(cwd, &effect.path),
                change: effect.change,
                hunks: Vec::new(),
                content: None,
            };
            if matches!(edit.change, Change::Created)
                || self.files.contains_key(&session.paths.name(&edit.path))
                || matches!(edit.change, Change::Renamed { .. })
            {
                self.edit(session, used.at, used.at, &edit);
            }
        }
    }

    /// What git names as changed now and did not before: changed by a subagent or a program, where no call shows it.
    fn told_by_git(&mut self, session: &Session, used: &Use, command: &str) {
        let Some(result) = used.result.filter(|_| git::is_at_home(command, session.paths.root())) else {
            return;
        };
        let here = session.folder(used.at).filter(|_| git::tells_from_here(command));
        for named in git::changed(command, &result.text) {
            let name = self.resolve(session, here, &named.path);
            if is_of_a_tool(&name) {
                continue;
            }
            if !self.at_work {
                self.found_changed.insert(name);
            } else if !self.found_changed.contains(&name)
                && self.files.get(&name).is_none_or(|file| file.edits == 0)
            {
                let edit = FileEdit { path: name, change: named.change, hunks: Vec::new(), content: None };
                self.edit(session, used.at, used.result_at.unwrap_or(used.at), &edit);
            }
        }
    }

    /// The name of a file that is told from the root of the repository, or from the folder the agent is in: the one
    /// that is known, or the one that says no folder twice.
    fn resolve(&self, session: &Session, here: Option<&str>, path: &str) -> String {
        let (whole, joined) = (session.paths.name(path), session.paths.name(&shell::join(here, path)));
        let twice = |name: &str| name.split('/').zip(name.split('/').skip(1)).any(|(a, b)| a == b);
        let known = [&whole, &joined].into_iter().find_map(|name| self.find(name));
        known.map_or_else(
            || if twice(&joined) { whole.clone() } else { joined.clone() },
            |file| file.name.clone(),
        )
    }

    /// A file, or all known files of a folder, are gone.
    fn delete(&mut self, session: &Session, at: usize, name: &str) {
        let below = format!("{name}/");
        let gone: Vec<String> =
            self.files.keys().filter(|file| *file == name || file.starts_with(&below)).cloned().collect();
        for path in gone {
            let edit = FileEdit { path, change: Change::Deleted, hunks: Vec::new(), content: None };
            self.edit(session, at, at, &edit);
        }
    }

    /// Paths at the beginning of the lines of a result: what a search or a listing found.
    fn found(&mut self, session: &Session, used: &Use) {
        let Some(result) = used.result else { return };
        let mut names: Vec<String> = result.text.lines().take(120).filter_map(leading_path).collect();
        names.dedup();
        for name in names {
            self.touch(session, used.at, &name, worth::FOUND);
        }
    }

    fn mentions(&mut self, session: &Session) {
        for (at, event) in session.events.iter().enumerate() {
            let (text, points) = match &event.kind {
                EventKind::User { text } => (text, worth::SAID_BY_USER),
                EventKind::Assistant { text } => (text, worth::SAID),
                _ => continue,
            };
            if !event.abandoned {
                self.named(session, at, text, points);
            }
        }
    }

    /// The files that a text names; those known already count in full.
    fn named(&mut self, session: &Session, at: usize, text: &str, points: i64) {
        if text.len() > LONGEST {
            return;
        }
        for path in paths_in(text) {
            let name = session.paths.name(path);
            let known = self.find(&name).map(|file| file.name.clone());
            match known {
                Some(known) => self.touch(session, at, &known, points),
                None if name.contains('/') && !name.contains("//") => {
                    self.touch(session, at, &name, points / 3);
                }
                None => {}
            }
        }
    }

    fn touch(&mut self, session: &Session, at: usize, path: &str, points: i64) {
        let name = session.paths.name(path);
        if name.is_empty()
            || is_scratch(&name)
            || is_foreign(&name) && points < worth::SHELL
            || !has_extension(&name) && points < worth::READ
            || !name.contains('/') && points < worth::READ && !is_source(&name)
        {
            return;
        }
        let gain = points * freshness(session.ages[at]) / 1000;
        let record = self.record(&name, at);
        record.score += if record.score > 0 { gain * 600 / (600 + record.score) + 1 } else { gain + 1 };
        record.last = record.last.max(at);
        if record.edits == 0 {
            note(&mut record.evidence, session.line(at));
        }
    }

    fn edit(&mut self, session: &Session, called: usize, at: usize, edit: &FileEdit) {
        let name = session.paths.name(&edit.path);
        if name.is_empty() {
            return;
        }
        if let Change::Renamed { from } = &edit.change {
            self.rename(&session.paths.name(from), &name, at);
        }
        if !is_scratch(&name) {
            self.touch(session, called, &edit.path, worth::EDIT);
        }
        let record = self.record(&name, at);
        record.change = match (&edit.change, record.change) {
            (Change::Deleted, _) => FileChange::Deleted,
            (Change::Created, FileChange::Read | FileChange::Deleted) if record.edits == 0 => {
                FileChange::Created
            }
            (Change::Renamed { .. }, _) => FileChange::Renamed,
            (_, FileChange::Read | FileChange::Deleted) => FileChange::Edited,
            (_, before) => before,
        };
        if record.edits == 0 {
            record.evidence.clear();
            record.made_here = record.change == FileChange::Created;
        }
        record.edits += 1;
        record.edited_at = Some(at);
        record.last = record.last.max(at);
        let (added, removed) = weigh(edit);
        record.added += added;
        record.removed += removed;
        note(&mut record.evidence, session.line(called));
        note(&mut record.evidence, session.line(at));
    }

    fn rename(&mut self, from: &str, to: &str, at: usize) {
        if let Some(mut record) = self.files.remove(from) {
            to.clone_into(&mut record.name);
            record.before = Some(from.to_owned());
            self.files.insert(to.to_owned(), record);
            self.by_base.entry(base(from).to_owned()).or_default().remove(from);
            self.by_base.entry(base(to).to_owned()).or_default().insert(to.to_owned());
        } else {
            self.record(to, at).before = Some(from.to_owned());
        }
    }

    fn record(&mut self, name: &str, at: usize) -> &mut FileRecord {
        self.files.entry(name.to_owned()).or_insert_with(|| {
            self.by_base.entry(base(name).to_owned()).or_default().insert(name.to_owned());
            FileRecord::new(name, at)
        })
    }
}

impl FileRecord {
    fn new(name: &str, at: usize) -> Self {
        FileRecord {
            name: name.to_owned(),
            change: FileChange::Read,
            before: None,
            made_here: false,
            edits: 0,
            added: 0,
            removed: 0,
            score: 0,
            last: at,
            edited_at: None,
            evidence: Vec::new(),
        }
    }
}

/// Keeps the first line and the last three: of the edits of a file, or of what touched it if it has none.
fn note(evidence: &mut Evidence, line: u32) {
    if evidence.last() == Some(&line) {
        return;
    }
    if evidence.len() >= 4 {
        evidence.remove(1);
    }
    evidence.push(line);
    evidence.sort_unstable();
    evidence.dedup();
}

fn weigh(edit: &FileEdit) -> (u32, u32) {
    let count = |mark: char| {
        let lines: usize = edit
            .hunks
            .iter()
            .map(|hunk| hunk.lines.lines().filter(|line| line.starts_with(mark)).count())
            .sum();
        u32::try_from(lines).unwrap_or(u32::MAX)
    };
    match &edit.content {
        Some(content) if edit.hunks.is_empty() => {
            (u32::try_from(content.lines().count()).unwrap_or(u32::MAX), 0)
        }
        _ => (count('+'), count('-')),
    }
}
