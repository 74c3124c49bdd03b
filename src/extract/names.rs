//! The one name that each file has in a handoff.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::paths::{is_absolute, paths_in};
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

    /// What a name would be if it were told from above the root: a session that began in `app/web` calls `src/a.ts` what git
    /// calls `web/src/a.ts`.
    pub fn told_from_above<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let folders = self.root.match_indices('/').map(|(at, _)| &self.root[at + 1..]);
        folders.filter_map(move |folders| name.strip_prefix(folders)?.strip_prefix('/'))
    }
}

/// A path with forward slashes.
fn slashed(path: &str) -> String {
    if path.contains('\\') { path.replace("\\\\", "/").replace('\\', "/") } else { path.to_owned() }
}

/// The folder that most relative paths of a session are told from, where nothing says where it began: the one that stands
/// before them in the absolute paths of its calls.
fn shown_root(events: &[Event]) -> Option<String> {
    let named = events.iter().flat_map(named_in).map(slashed);
    let (whole, parts): (BTreeSet<String>, BTreeSet<String>) = named.partition(|path| is_absolute(path));
    let parts: BTreeSet<&str> =
        parts.iter().map(|part| part.trim_start_matches("./")).filter(|part| part.contains('/')).collect();
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for path in &whole {
        for (at, _) in path.match_indices('/').filter(|(at, _)| *at > 0) {
            if parts.contains(&path[at + 1..]) {
                *folders.entry(&path[..at]).or_default() += 1;
            }
        }
    }
    let most = folders.into_iter().max_by_key(|(folder, count)| (*count, Reverse(folder.len())));
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
            read("/home/me/shop/web/src/a.ts"),
            read("/home/me/shop/web/src/b.ts"),
            said("web/src/a.ts calls web/src/b.ts, as src/a.ts says"),
        ];
        check(&shown, "/home/me/shop/web/src/a.ts", "web/src/a.ts");
        check(
            &[read("/home/me/shop/src/a.ts"), said("a.ts is done")],
            "/home/me/shop/src/a.ts",
            "/home/me/shop/src/a.ts",
        );
    }

    #[test]
    fn git_tells_from_above_where_a_session_began_below() {
        let paths = Paths::of(&[began_in("/home/me/shop/web")]);
        let check = |name: &str, expected: &[&str]| {
            assert_eq!(paths.told_from_above(name).collect::<Vec<_>>(), expected, "{name}");
        };
        check("web/src/a.ts", &["src/a.ts"]);
        check("shop/web/src/a.ts", &["src/a.ts"]);
        check("eb/src/a.ts", &[]);
        check("src/a.ts", &[]);
    }
}
