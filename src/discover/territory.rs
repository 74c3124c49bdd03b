//! The folders that a project has on this machine, and which sessions ran in them.

use std::path::Path;

use super::{Found, Opening};
use crate::format;
use crate::project::{self, Project};

/// The folders of a project's working trees.
pub(super) struct Territory<'a> {
    project: &'a Project,
    roots: Vec<String>,
}

impl<'a> Territory<'a> {
    pub fn of(project: &'a Project) -> Self {
        let roots = project.worktrees().iter().map(|root| root.to_string_lossy().into_owned()).collect();
        Self { project, roots }
    }

    /// Whether a session may be one of the project, by the name of its folder alone.
    pub fn may_hold(&self, found: &Found) -> bool {
        let Some(folder) = &found.folder else { return true };
        let names = self.names(found);
        names.is_empty() || names.iter().any(|name| begins(folder, name))
    }

    /// Whether the session is one of the project: it ran in its folders, or its record names its remote. A session that
    /// says neither is known by the name of its folder, if that is the project's to the letter.
    pub fn holds(&self, found: &Found, opening: &Opening) -> bool {
        let here =
            |cwd: &String| self.roots.iter().any(|root| is_within(root, cwd)) && self.is_innermost(cwd);
        let same = |repository: &String| self.project.has_remote(repository);
        match (&opening.cwd, &opening.repository) {
            (None, None) => found.folder.as_ref().is_some_and(|folder| self.names(found).contains(folder)),
            (cwd, repository) => cwd.as_ref().is_some_and(here) || repository.as_ref().is_some_and(same),
        }
    }

    /// How the session's agent would name the folders of the project, if it names them after their paths.
    fn names(&self, found: &Found) -> Vec<String> {
        let places = format::find(found.agent).map_or(&[][..], |format| format.places);
        let encoders = places.iter().filter_map(|place| place.encode);
        encoders.flat_map(|encode| self.roots.iter().map(move |root| encode(root))).collect()
    }

    /// Whether no other repository lies between the project and a folder in it.
    fn is_innermost(&self, folder: &str) -> bool {
        let root = project::root(Path::new(folder));
        root.is_none_or(|root| self.roots.iter().any(|known| Path::new(known) == root))
    }
}

/// Whether a name begins so; the letter of a drive is written either way.
fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Whether a folder is the root or lies in it.
fn is_within(root: &str, folder: &str) -> bool {
    let (root, folder) = (uniform(root), uniform(folder));
    folder.strip_prefix(&root).is_some_and(|rest| rest.is_empty() || root.is_empty() || rest.starts_with('/'))
}

/// A path with `/` only and nothing at its end; where there is a drive, in small letters, as Windows reads it.
fn uniform(path: &str) -> String {
    let path = path.strip_prefix(r"\\?\").unwrap_or(path).replace('\\', "/");
    let path = path.trim_end_matches('/');
    if path.as_bytes().get(1) == Some(&b':') { path.to_lowercase() } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_within_others() {
        let check = |root: &str, folder: &str, expected: bool| {
            assert_eq!(is_within(root, folder), expected, "{root} {folder}");
        };
        check("/src/tool", "/src/tool", true);
        check("/src/tool", "/src/tool/", true);
        check("/src/tool/", "/src/tool/deep/er", true);
        check("/src/tool", "/src/tool-2", false);
        check("/src/tool", "/src/Tool", false);
        check("/src/tool", "/src", false);
        check("/", "/src", true);
        check(r"C:\src\tool", r"c:\Src\Tool\deep", true);
        check(r"\\?\C:\src\tool", "C:/src/tool", true);
        check(r"C:\src\tool", r"D:\src\tool", false);
        check("/src/tool", "", false);
    }
}
