//! Lists of file names in as few words as can be: by folder, in braces, as a shell would expand them.

use std::collections::BTreeMap;

/// The longest list of names in one pair of braces, in bytes.
const LONGEST_GROUP: usize = 300;

/// Where the ending of names in one pair of braces stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// On each name.
    Each,
    /// Behind the braces, if all names have the same.
    Shared,
}

/// The files of a folder, and of folders below it that hold too few for a group of their own.
struct Group<'a> {
    folder: &'a str,
    /// Names below the folder.
    names: Vec<&'a str>,
}

/// Names by folder: `src/{a.rs, b/c.rs}, README.md`. A folder stands where its most relevant file does.
pub(super) fn grouped(names: &[&str], ending: Ending) -> String {
    let mut groups: Vec<Group> = Vec::new();
    for folder in folders(names) {
        match groups.iter_mut().find(|group| group.takes(&folder)) {
            Some(group) => {
                let skipped = if group.folder.is_empty() { 0 } else { group.folder.len() + 1 };
                group.names.extend(folder.paths.iter().map(|path| &path[skipped..]));
            }
            None => groups.push(folder.group()),
        }
    }
    groups.iter().map(|group| group.written(ending)).collect::<Vec<_>>().join(", ")
}

/// A folder and the paths of its files.
struct Folder<'a> {
    name: &'a str,
    paths: Vec<&'a str>,
}

fn folders<'a>(names: &[&'a str]) -> Vec<Folder<'a>> {
    let mut folders: Vec<Folder> = Vec::new();
    let mut place: BTreeMap<&str, usize> = BTreeMap::new();
    for path in names {
        let name = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let open = place
            .get(name)
            .copied()
            .filter(|at| folders[*at].bytes() + path.len() < LONGEST_GROUP + name.len());
        if let Some(at) = open {
            folders[at].paths.push(path);
        } else {
            place.insert(name, folders.len());
            folders.push(Folder { name, paths: vec![path] });
        }
    }
    folders
}

impl<'a> Folder<'a> {
    /// The bytes of its list of names.
    fn bytes(&self) -> usize {
        self.paths.iter().map(|path| path.len() - self.name.len() + 1).sum()
    }

    fn group(self) -> Group<'a> {
        let skipped = if self.name.is_empty() { 0 } else { self.name.len() + 1 };
        Group { folder: self.name, names: self.paths.iter().map(|path| &path[skipped..]).collect() }
    }
}

impl Group<'_> {
    /// Whether a folder below this one is told sooner here than by itself: the way to it is said once for each of its
    /// files, instead of the whole way once.
    fn takes(&self, folder: &Folder) -> bool {
        let parts = |path: &str| path.split('/').count();
        let Some(below) = folder.name.strip_prefix(self.folder).and_then(|rest| rest.strip_prefix('/'))
        else {
            return false;
        };
        let bytes: usize = self.names.iter().map(|name| name.len() + 2).sum();
        !self.folder.is_empty()
            && is_plain(self.folder)
            && parts(below) * folder.paths.len() <= parts(folder.name)
            && bytes + folder.bytes() + (below.len() + 1) * folder.paths.len() < LONGEST_GROUP
    }

    fn written(&self, ending: Ending) -> String {
        if self.names.len() < 2 || !is_plain(self.folder) {
            let way = if self.folder.is_empty() { String::new() } else { format!("{}/", self.folder) };
            return self.names.iter().map(|name| format!("{way}{name}")).collect::<Vec<_>>().join(", ");
        }
        if self.folder.is_empty() {
            return self.names.join(", ");
        }
        let shared =
            (ending == Ending::Shared).then(|| shared_ending(&self.names)).flatten().unwrap_or_default();
        let names: Vec<&str> = self.names.iter().map(|name| &name[..name.len() - shared.len()]).collect();
        format!("{}/{{{}}}{shared}", self.folder, names.join(", "))
    }
}

/// Whether a name can stand before braces as it is.
fn is_plain(folder: &str) -> bool {
    folder.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@' | b'.' | b'+' | b'-' | b'/'))
}

/// The ending that all names have, with its dot.
fn shared_ending<'a>(names: &[&'a str]) -> Option<&'a str> {
    let first = names.first()?;
    let ending = &first[first.rfind('.').filter(|at| *at > 0)?..];
    let has = |name: &&str| name.len() > ending.len() && name.ends_with(ending);
    (!ending.contains('/') && names.iter().all(has)).then_some(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], ending: Ending, expected: &str) {
        assert_eq!(grouped(names, ending), expected);
    }

    #[test]
    fn a_folder_is_said_once() {
        check(&["src/a.rs", "README.md", "src/b.rs"], Ending::Each, "src/{a.rs, b.rs}, README.md");
        check(&["src/a.rs"], Ending::Shared, "src/a.rs");
        check(&[], Ending::Each, "");
    }

    #[test]
    fn an_ending_that_all_have_is_said_once() {
        check(&["src/a.rs", "src/b.rs"], Ending::Shared, "src/{a, b}.rs");
        check(&["src/a.rs", "src/b.toml"], Ending::Shared, "src/{a.rs, b.toml}");
        check(&["src/.env", "src/b.env"], Ending::Shared, "src/{.env, b.env}");
        check(&["a.rs", "b.rs"], Ending::Shared, "a.rs, b.rs");
    }

    #[test]
    fn a_folder_of_few_files_stands_in_that_above() {
        check(&["src/a.rs", "src/b/c.rs"], Ending::Shared, "src/{a, b/c}.rs");
        check(&["src/a.rs", "src/b/c.rs", "src/b/d.rs"], Ending::Shared, "src/{a, b/c, b/d}.rs");
        check(
            &["src/a.rs", "src/b/c.rs", "src/b/d.rs", "src/b/e.rs"],
            Ending::Shared,
            "src/a.rs, src/b/{c, d, e}.rs",
        );
    }

    #[test]
    fn odd_folders_are_written_out() {
        check(&["C:/x y/a.rs", "C:/x y/b.rs"], Ending::Shared, "C:/x y/a.rs, C:/x y/b.rs");
    }
}
