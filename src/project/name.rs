//! What a project is called: one id, whoever wrote down what it is, and one name for people, wherever it is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{address, remote_id};

/// What ids of projects begin with.
const KINDS: [&str; 3] = [COMMIT, FOLDER, "git:"];
const COMMIT: &str = "commit:";
const FOLDER: &str = "folder:";

/// The digits of a commit that tell it from others well enough.
const DIGITS: usize = 8;

/// The id of a project that is named by its id, the URL of its remote, or its folder. A name of somebody's own stays.
///
/// ```
/// use baton::project::id_of;
///
/// assert_eq!(id_of("git@github.com:ann/tool.git"), "git:github.com/ann/tool");
/// assert_eq!(id_of("/home/ann/tool/"), "folder:/home/ann/tool");
/// assert_eq!(id_of("tool"), "tool");
/// ```
pub fn id_of(named: &str) -> String {
    if KINDS.iter().any(|kind| named.starts_with(kind)) {
        return named.to_owned();
    }
    // Somebody's own name may well have a colon in it.
    let is_url = named.contains("://") || named.contains('@');
    match address(named).filter(|_| is_url) {
        Some(address) => remote_id(&address),
        None if is_folder(named) => format!("{FOLDER}{}", named.trim_end_matches(['/', '\\'])),
        None => named.to_owned(),
    }
}

/// Whether it is a whole path, of this system or another.
fn is_folder(named: &str) -> bool {
    let drive = named.as_bytes().get(1..3).is_some_and(|rest| rest == b":\\" || rest == b":/");
    drive || Path::new(named).is_absolute() || named.starts_with(r"\\")
}

/// The folder that a project is known by, if it is known by none of what lasts longer.
pub fn folder_of(named: &str) -> &str {
    named.strip_prefix(FOLDER).unwrap_or(named)
}

/// What people call projects, by their ids: the last part of the address or the folder. Of several that would be called
/// the same, each has its id.
pub fn names<'a>(ids: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    let ids: BTreeSet<&str> = ids.into_iter().collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for id in &ids {
        *times.entry(name(id)).or_default() += 1;
    }
    let called = |id: &str| Some(name(id)).filter(|name| times[name] == 1).unwrap_or_else(|| id.to_owned());
    ids.into_iter().map(|id| (id, called(id))).collect()
}

fn name(id: &str) -> String {
    if let Some(commit) = id.strip_prefix(COMMIT) {
        return format!("{COMMIT}{}", commit.get(..DIGITS).unwrap_or(commit));
    }
    if !KINDS.iter().any(|kind| id.starts_with(kind)) {
        return id.to_owned();
    }
    let place = id.trim_end_matches('/');
    place.rsplit(['/', '\\', ':']).next().unwrap_or(place).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_however_a_project_is_named() {
        let check = |named: &str, expected: &str| assert_eq!(id_of(named), expected, "{named}");
        check("git:github.com/ann/tool", "git:github.com/ann/tool");
        check("https://ann:secret@GitHub.com/Ann/Tool.git", "git:github.com/ann/tool");
        check("commit:0f3c1d2e", "commit:0f3c1d2e");
        check("folder:/src/tool", "folder:/src/tool");
        check(r"C:\src\tool\", r"folder:C:\src\tool");
        check("team: parser", "team: parser");
        check("", "");
    }

    #[test]
    fn one_name_a_project() {
        let ids =
            ["git:github.com/ann/tool", "folder:/src/tool", "folder:/src/other", "commit:0f3c1d2eaa", ""];
        let names = names(ids);
        let expected = ["git:github.com/ann/tool", "folder:/src/tool", "other", "commit:0f3c1d2e", ""];
        assert_eq!(ids.map(|id| names[id].as_str()), expected);
    }
}
