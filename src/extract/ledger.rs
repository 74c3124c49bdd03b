//! The ledger of files: what was done to each, how much it matters now, and where in it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::names::LONGEST;
use super::paths::{Owner, base, has_extension, is_scratch, is_source, owner, paths_in};
use super::session::{Session, Use};
use super::shell::CommandLine;
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
    /// Whether a tool that takes the path of a file was given it: then the name is surely right.
    pub is_certain: bool,
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
    /// Whether git's word is good for who changed a file: it was asked before anything was changed, or something ran since
    /// that may have written files without saying which.
    is_git_telling: bool,
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

impl Ledger {
    /// Goes through a session.
    pub fn of(session: &Session) -> Self {
        let mut ledger = Ledger::default();
        for used in session.uses.iter().filter(|used| !used.abandoned) {
            ledger.take(session, used);
        }
        ledger.unite(session);
        ledger.mentions(session);
        ledger.unite(session);
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
            self.is_surely_named(session, &edit.path);
        }
        let delegates = matches!(used.call.action, Action::Delegate { .. });
        self.at_work |= !used.edits.is_empty() || delegates;
        self.is_git_telling |= delegates;
        match &used.call.action {
            Action::Edit(edits) if used.edits.is_empty() => {
                for edit in edits {
                    self.touch(session, used.at, &edit.path, worth::READ);
                }
            }
            Action::Read { path, .. } => {
                self.touch(session, used.at, path, worth::READ);
                self.is_surely_named(session, path);
            }
            Action::Run { cwd, .. } => self.run(session, used, cwd.as_deref()),
            Action::Search { path, .. } => {
                if let Some(path) = path.as_deref().filter(|path| has_extension(path)) {
                    self.touch(session, used.at, path, worth::SHELL);
                }
                self.found(session, used, None);
            }
            Action::Delegate { prompt } => {
                self.named(session, used.at, &names_in(prompt), worth::HANDED);
                if let (Some(result), Some(at)) = (used.result, used.result_at) {
                    self.named(session, at, &names_in(&result.text), worth::HANDED);
                }
            }
            _ => {}
        }
    }

    fn run(&mut self, session: &Session, used: &Use, cwd: Option<&str>) {
        let Some(command) = used.command.as_ref().filter(|_| used.edits.is_empty()) else { return };
        let cwd = cwd.or(session.folder(used.at));
        for path in &command.paths {
            let name = self.resolve(session, cwd, path);
            self.touch(session, used.at, &name, worth::SHELL);
        }
        if git::tells_from_root(command) {
            self.found(session, used, None);
        } else if let Some(to) = command.folder() {
            self.found(session, used, Some(&shell::join(cwd, to)));
        }
        self.told_by_git(session, used, command);
        self.is_git_telling |= command.may_write;
        if !used.took_effect() {
            return;
        }
        for effect in &command.effects {
            if effect.change == Change::Deleted {
                self.delete(session, used.at, &placed(session, cwd, &effect.path));
                continue;
            }
            let path = placed(session, cwd, &effect.path);
            let change = match &effect.change {
                Change::Renamed { from } => Change::Renamed { from: placed(session, cwd, from) },
                other => other.clone(),
            };
            if effect.is_path || self.files.contains_key(&path) {
                let edit = FileEdit { path, change, hunks: Vec::new(), content: None };
                self.edit(session, used.at, used.at, &edit);
            }
        }
    }

    /// What git names as changed now and did not before: changed by a subagent or a program, where no call shows it.
    fn told_by_git(&mut self, session: &Session, used: &Use, command: &CommandLine) {
        let Some(changed) = used.output().and_then(|output| git::changed(command, output)) else { return };
        if !git::is_at_home(command, session.paths.root()) {
            return;
        }
        let here = session.folder(used.at).filter(|_| git::tells_from_here(command));
        self.is_git_telling |= !self.at_work;
        for named in changed {
            let name = self.resolve(session, here, &named.path);
            if owner(&name).is_some() {
                continue;
            }
            if !self.at_work || !self.is_git_telling {
                self.touch(session, used.at, &name, worth::EDIT);
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
        let (whole, placed) = (session.paths.name(path), placed(session, here, path));
        let known = [&whole, &placed].into_iter().find_map(|name| self.find(name));
        known.map(|file| file.name.clone()).unwrap_or(placed)
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

    /// What a search or a listing found, told from the folder it ran in.
    fn found(&mut self, session: &Session, used: &Use, here: Option<&str>) {
        let here = here.filter(|here| !here.is_empty() && *here != session.paths.root());
        for path in &used.listed {
            let resolved = here.map(|here| self.resolve(session, Some(here), path));
            self.touch(session, used.at, resolved.as_deref().unwrap_or(path), worth::FOUND);
        }
    }

    fn mentions(&mut self, session: &Session) {
        let said = session.events.par_iter().enumerate().filter(|(_, event)| !event.abandoned);
        let named: Vec<(usize, Vec<&str>, i64)> = said
            .filter_map(|(at, event)| match &event.kind {
                EventKind::User { text } => Some((at, names_in(text), worth::SAID_BY_USER)),
                EventKind::Assistant { text } => Some((at, names_in(text), worth::SAID)),
                _ => None,
            })
            .collect();
        for (at, paths, points) in named {
            self.named(session, at, &paths, points);
        }
    }

    /// Files that a text names; those known already count in full.
    fn named(&mut self, session: &Session, at: usize, paths: &[&str], points: i64) {
        for path in paths {
            let name = session.paths.name(path);
            let known = self.find(&name).map(|file| file.name.clone());
            match known {
                Some(known) => self.touch(session, at, &known, points),
                None if name.trim_start_matches('/').contains('/') && !name.contains("//") => {
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
            || points < worth::SHELL && owner(&name) == Some(Owner::Stranger)
            || !has_extension(&name) && points < worth::READ
            || !name.contains('/') && points < worth::READ && !is_source(&name)
        {
            return;
        }
        let gain = points * freshness(session.ages[at]) / 1000;
        let record = self.record(&name, at);
        record.score += lasting(gain, record.score) + 1;
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

    /// Notes that a tool was given this path of a file.
    fn is_surely_named(&mut self, session: &Session, path: &str) {
        if let Some(record) = self.files.get_mut(&session.paths.name(path)) {
            record.is_certain = true;
        }
    }

    /// Makes one record of those that name the same file: a part of a name that only a listing, a command or somebody's
    /// words gave is the whole name that it is the end of, if there is one.
    fn unite(&mut self, session: &Session) {
        let several = self.by_base.values().filter(|names| names.len() > 1);
        let mut same: Vec<(String, String)> = several.flat_map(|names| self.same(session, names)).collect();
        same.sort_unstable();
        for (name, whole) in same {
            self.merge(&name, &whole);
        }
    }

    /// Which of some names with the same last part are others in short, or git's for them, each with the one that stays.
    fn same(&self, session: &Session, names: &BTreeSet<String>) -> Vec<(String, String)> {
        // The whole name that each part of one belongs to, if it is of one only.
        let mut wholes: FxHashMap<&str, Option<&str>> = FxHashMap::default();
        for name in names {
            for end in name.match_indices('/').map(|(at, _)| &name[at + 1..]).filter(|end| end.contains('/'))
            {
                wholes.entry(end).and_modify(|whole| *whole = None).or_insert(Some(name));
            }
        }
        let other = |name: &str| {
            let below = session.paths.told_from_above(name).find(|short| names.contains(*short));
            below.or(wholes.get(name).copied().flatten()).map(str::to_owned)
        };
        let is_certain = |name: &str| self.files.get(name).is_some_and(|file| file.is_certain);
        let doubtful = names.iter().filter(|name| !is_certain(name));
        doubtful.filter_map(|name| Some((name.clone(), other(name)?))).collect()
    }

    /// Counts what was done to a file under one name for another.
    fn merge(&mut self, name: &str, whole: &str) {
        if !self.files.contains_key(whole) {
            return;
        }
        let Some(part) = self.files.remove(name) else { return };
        self.by_base.entry(base(name).to_owned()).or_default().remove(name);
        if let Some(record) = self.files.get_mut(whole) {
            record.take_in(part);
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
            is_certain: false,
            edits: 0,
            added: 0,
            removed: 0,
            score: 0,
            last: at,
            edited_at: None,
            evidence: Vec::new(),
        }
    }

    /// Takes in what was noted of the same file under another name.
    fn take_in(&mut self, other: FileRecord) {
        self.score += lasting(other.score, self.score);
        self.last = self.last.max(other.last);
        if self.edits == 0 && other.edits > 0 {
            let (name, score, last) = (std::mem::take(&mut self.name), self.score, self.last);
            *self = FileRecord { name, score, last, is_certain: self.is_certain, ..other };
        }
    }
}

/// The paths in a text, unless it is so long that it is data.
fn names_in(text: &str) -> Vec<&str> {
    if text.len() > LONGEST { Vec::new() } else { paths_in(text) }
}

/// The name of a file that is told from a folder; a name that would say a folder twice was told from the root.
fn placed(session: &Session, folder: Option<&str>, path: &str) -> String {
    let joined = session.paths.name(&shell::join(folder, path));
    let twice = joined.split('/').zip(joined.split('/').skip(1)).any(|(folder, below)| folder == below);
    if twice { session.paths.name(path) } else { joined }
}

/// How much of a gain counts beside the score that is there: the more there is, the less.
fn lasting(gain: i64, score: i64) -> i64 {
    gain * 600 / (600 + score)
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
