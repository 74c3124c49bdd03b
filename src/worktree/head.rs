//! Where a repository stands, read from its own files: no program is run, so no hook or helper of it can be.

use std::path::{Component, Path, PathBuf};

use super::read::bytes;
use crate::state::Head;

/// Longest small file of a repository (`HEAD`, a reference, `gitdir`), in bytes.
const SMALL: u64 = 4096;

/// Longest list of packed references that is read.
const PACKED: u64 = 16 << 20;

/// Branch and commit of the repository that a folder lies in; none if it lies in none.
///
/// Reads `.git` of the folder or the nearest above, be it a folder or the file of a worktree.
pub fn head(folder: &Path) -> Option<Head> {
    let own = git_folder(folder)?;
    let head = small(&own.join("HEAD"))?;
    let Some(reference) = head.strip_prefix("ref:").map(str::trim) else {
        return is_commit(&head).then(|| Head { commit: head, ..Head::default() });
    };
    let branch = reference.strip_prefix("refs/heads/").filter(|_| is_reference(reference))?;
    let shared = small(&own.join("commondir")).map_or_else(|| own.clone(), |path| own.join(path));
    let commit = [&own, &shared].into_iter().find_map(|folder| small(&folder.join(reference)));
    let commit = commit.or_else(|| packed(&shared, reference)).filter(|commit| is_commit(commit));
    Some(Head { branch: branch.to_owned(), commit: commit.unwrap_or_default(), ..Head::default() })
}

/// The folder in which git keeps what belongs to a folder.
fn git_folder(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let dot = folder.ancestors().map(|above| above.join(".git")).find(|dot| dot.exists())?;
    if dot.is_dir() {
        return Some(dot);
    }
    let path = small(&dot)?.strip_prefix("gitdir:")?.trim().to_owned();
    Some(dot.parent()?.join(path)).filter(|own| own.is_dir())
}

/// The commit of a reference in the list of packed ones.
fn packed(shared: &Path, reference: &str) -> Option<String> {
    let list = String::from_utf8(bytes(&shared.join("packed-refs"), PACKED)?).ok()?;
    let mut pairs = list.lines().filter_map(|line| line.split_once(' '));
    pairs.find(|(_, name)| *name == reference).map(|(commit, _)| commit.to_owned())
}

/// A short file without the blanks around its text.
fn small(path: &Path) -> Option<String> {
    let text = String::from_utf8(bytes(path, SMALL)?).ok()?;
    Some(text.trim().to_owned())
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether git itself would take it for a name, as far as it matters here: it is shown, and opened as a path.
fn is_reference(name: &str) -> bool {
    let odd = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    let plain = |part: Component| matches!(part, Component::Normal(_));
    name.len() < 256 && !name.contains(odd) && Path::new(name).components().all(plain)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    /// What is said of a repository with these files below `.git`.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: Option<(&str, &str)>) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(".git").join(name);
            fs::create_dir_all(path.parent().expect("one above")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let below = folder.path().join("src/deep");
        fs::create_dir_all(&below).expect("a folder");
        let found = head(&below);
        let found = found.as_ref().map(|head| (head.branch.as_str(), head.commit.as_str()));
        assert_eq!(found, expected, "{files:?}");
    }

    #[test]
    fn a_head_is_read_in_all_its_shapes() {
        let on = |reference: &'static str| ("HEAD", reference);
        let packed = format!("# pack-refs with: peeled\n{COMMIT} refs/heads/feat/x\n^{COMMIT}\n");
        check(
            &[on("ref: refs/heads/main\n"), ("refs/heads/main", &format!("{COMMIT}\n"))],
            Some(("main", COMMIT)),
        );
        check(&[on("ref: refs/heads/feat/x\n"), ("packed-refs", &packed)], Some(("feat/x", COMMIT)));
        check(&[("HEAD", COMMIT)], Some(("", COMMIT)));
        check(&[on("ref: refs/heads/unborn\n")], Some(("unborn", "")));
        check(&[on("ref: refs/heads/main"), ("refs/heads/main", "no commit")], Some(("main", "")));
    }

    #[test]
    fn a_hostile_head_says_nothing() {
        for reference in
            ["../../etc/passwd", "refs/heads/../../x", "refs/heads/a b", "refs/heads/\u{1b}[2J", "/etc"]
        {
            check(&[("HEAD", &format!("ref: {reference}"))], None);
        }
        check(&[("HEAD", "")], None);
        check(&[("HEAD", &"a".repeat(10_000))], None);
        check(&[("HEAD", "0123")], None);
    }

    #[test]
    fn a_worktree_has_a_head_of_its_own() {
        let outer = tempfile::tempdir().expect("a folder");
        let own = outer.path().join("main/.git/worktrees/tree");
        let tree = outer.path().join("tree");
        fs::create_dir_all(own.join("../../refs/heads")).expect("a folder");
        fs::create_dir_all(&tree).expect("a folder");
        fs::write(tree.join(".git"), format!("gitdir: {}\n", own.display())).expect("a file");
        fs::write(own.join("HEAD"), "ref: refs/heads/side\n").expect("a file");
        fs::write(own.join("commondir"), "../..\n").expect("a file");
        fs::write(own.join("../../refs/heads/side"), COMMIT).expect("a file");
        let head = head(&tree).expect("there is one");
        assert_eq!((head.branch.as_str(), head.commit.as_str()), ("side", COMMIT));
    }

    #[test]
    fn no_device_is_read() {
        #[cfg(unix)]
        {
            let folder = tempfile::tempdir().expect("a folder");
            fs::create_dir(folder.path().join(".git")).expect("a folder");
            std::os::unix::fs::symlink("/dev/zero", folder.path().join(".git/HEAD")).expect("a link");
            assert_eq!(head(folder.path()), None);
        }
    }
}
