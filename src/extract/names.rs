//! The one name that each file has in a handoff.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{base, is_absolute, paths_in};
use crate::event::{Action, Context, Event, EventKind};

/// How paths are shortened: relative to the folder the session began in.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    root: String,
}

impl Paths {
    /// Of a session: the folder that it says it began in, or the one that its paths show.
    pub fn of(events: &[Event]) -> Self {
        let told = events.iter().find_map(|event| match &event.kind {
            EventKind::Context(Context { cwd: Some(cwd), .. }) => Some(slashed(cwd)),
            _ => None,
        });
        let root = told.or_else(|| shown_root(events)).unwrap_or_default();
        Paths { root: root.trim_end_matches('/').to_owned() }
    }

    /// The folder that paths are relative to; empty if unknown.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The one name of a file: forward slashes, relative to the root where it lies below it.
    pub fn name(&self, path: &str) -> String {
        let path = slashed(path.trim());
        let path = self.with_drive(&path).unwrap_or(path);
        let below = path
            .get(..self.root.len())
            .filter(|head| !self.root.is_empty() && head.eq_ignore_ascii_case(&self.root))
            .and_then(|_| path[self.root.len()..].strip_prefix('/'));
        let mut name = below.unwrap_or(&path);
        while let Some(rest) = name.strip_prefix("./") {
            name = rest;
        }
        name.to_owned()
    }

    /// A path of a Unix shell on Windows, where the root names a drive: `/d/app` and `/mnt/d/app` are `D:/app`.
    fn with_drive(&self, path: &str) -> Option<String> {
        let (drive, _) = self.root.split_once(":/").filter(|(drive, _)| drive.len() == 1)?;
        let mounted = ["/mnt/", "/cygdrive/", "/"].iter().find_map(|mount| path.strip_prefix(mount))?;
        let (letter, rest) = mounted.split_once('/')?;
        letter.eq_ignore_ascii_case(drive).then(|| format!("{drive}:/{rest}"))
    }

    /// Whether a name of a file says in front of another which folders of the repository the root lies in: a session that
    /// began in `app/web` calls `src/a.ts` what git calls `web/src/a.ts`.
    pub fn is_told_from_above(&self, name: &str, other: &str) -> bool {
        let above = name.strip_suffix(other).and_then(|folders| folders.strip_suffix('/'));
        above.is_some_and(|folders| self.root.strip_suffix(folders).is_some_and(|outer| outer.ends_with('/')))
    }
}

/// A path with forward slashes.
fn slashed(path: &str) -> String {
    if path.contains('\\') { path.replace("\\\\", "/").replace('\\', "/") } else { path.to_owned() }
}

/// The folder that most relative paths of a session are told from, where nothing says where it began: the one that stands
/// before them in the absolute paths of its calls.
fn shown_root(events: &[Event]) -> Option<String> {
    let mut whole: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut parts: BTreeSet<String> = BTreeSet::new();
    for path in events.iter().flat_map(named_in) {
        let path = slashed(path);
        if is_absolute(&path) {
            whole.entry(base(&path).to_owned()).or_default().insert(path);
        } else if path.contains('/') {
            parts.insert(path.trim_start_matches("./").to_owned());
        }
    }
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for part in &parts {
        let before = |path: &'_ String| -> Option<usize> {
            path.strip_suffix(part.as_str())?.strip_suffix('/').map(str::len).filter(|length| *length > 0)
        };
        for path in whole.get(base(part)).into_iter().flatten() {
            if let Some(length) = before(path) {
                *folders.entry(&path[..length]).or_default() += 1;
            }
        }
    }
    let most = folders.into_iter().max_by_key(|(folder, count)| (*count, std::cmp::Reverse(folder.len())));
    most.map(|(folder, _)| folder.to_owned())
}

/// The paths that an event names: those of a call, or those in words.
fn named_in(event: &Event) -> Vec<&str> {
    match &event.kind {
        EventKind::Call(call) => match &call.action {
            Action::Edit(edits) => edits.iter().map(|edit| edit.path.as_str()).collect(),
            Action::Read { path, .. } => vec![path],
            _ => Vec::new(),
        },
        EventKind::User { text } | EventKind::Assistant { text } if text.len() <= LONGEST => paths_in(text),
        _ => Vec::new(),
    }
}

/// A text longer than this, in bytes, is not looked through for names.
pub const LONGEST: usize = 40_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Actor, Call};

    fn event(kind: EventKind) -> Event {
        Event { line: 1, time: None, actor: Actor::Main, abandoned: false, kind }
    }

    fn said(text: &str) -> Event {
        event(EventKind::Assistant { text: text.to_owned() })
    }

    fn read(path: &str) -> Event {
        let action = Action::Read { path: path.to_owned(), range: None };
        event(EventKind::Call(Call { tool: "read".to_owned(), input: path.to_owned(), action }))
    }

    fn began_in(folder: &str) -> Event {
        event(EventKind::Context(Context { cwd: Some(folder.to_owned()), ..Context::default() }))
    }

    #[track_caller]
    fn check(events: &[Event], path: &str, expected: &str) {
        assert_eq!(Paths::of(events).name(path), expected, "{path}");
    }

    #[test]
    fn names_are_told_from_where_the_session_began() {
        let app = [began_in("/home/me/app/")];
        check(&app, "/home/me/app/src/a.rs", "src/a.rs");
        check(&app, "./src/a.rs", "src/a.rs");
        check(&app, "/home/me/apple/a.rs", "/home/me/apple/a.rs");
        let drive = [began_in("D:\\app")];
        check(&drive, "d:\\app\\src\\a.rs", "src/a.rs");
        check(&drive, "/d/app/src/a.rs", "src/a.rs");
        check(&drive, "/mnt/d/app/src/a.rs", "src/a.rs");
        check(&drive, "/c/app/src/a.rs", "/c/app/src/a.rs");
    }

    #[test]
    fn where_nothing_says_it_began_its_paths_show_it() {
        let shown = [
            read("/work/shop/web/src/a.ts"),
            read("/work/shop/web/src/b.ts"),
            said("web/src/a.ts calls web/src/b.ts, as src/a.ts says"),
        ];
        check(&shown, "/work/shop/web/src/a.ts", "web/src/a.ts");
        check(
            &[read("/work/shop/src/a.ts"), said("a.ts is done")],
            "/work/shop/src/a.ts",
            "/work/shop/src/a.ts",
        );
    }

    #[test]
    fn git_tells_from_above_where_a_session_began_below() {
        let paths = Paths::of(&[began_in("/work/shop/web")]);
        assert!(paths.is_told_from_above("web/src/a.ts", "src/a.ts"));
        assert!(paths.is_told_from_above("shop/web/src/a.ts", "src/a.ts"));
        assert!(!paths.is_told_from_above("eb/src/a.ts", "src/a.ts"));
        assert!(!paths.is_told_from_above("src/src/a.ts", "src/a.ts"));
    }
}
