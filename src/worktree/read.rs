//! Reading a file of a working tree, and nothing outside of it.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Longest file that is looked into.
const LONGEST: u64 = 8 << 20;

/// The text of a file within the root; none for anything else, or what is too long or not text.
pub(super) fn read(root: &Path, path: &str) -> Option<String> {
    let text = String::from_utf8(bytes(&within(root, path)?, LONGEST)?).ok()?;
    (!text.contains('\0')).then_some(text)
}

/// The bytes of a plain file, unless it is longer than that.
pub(super) fn bytes(path: &Path, longest: u64) -> Option<Vec<u8>> {
    // A pipe or a device would block or never end.
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(longest + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= longest).then_some(bytes)
}

/// Whether there is anything at a path within the root, be it a file or not.
pub(super) fn exists(root: &Path, path: &str) -> bool {
    is_plain(path) && root.join(path).symlink_metadata().is_ok()
}

/// Whether a path leads down only: no way up, nothing absolute.
pub(super) fn is_plain(path: &str) -> bool {
    let down = |part: Component| matches!(part, Component::Normal(_) | Component::CurDir);
    !path.is_empty() && Path::new(path).components().all(down)
}

/// The real path of a file, if it lies in the root: no way up, nothing absolute, no link that leads out.
fn within(root: &Path, path: &str) -> Option<PathBuf> {
    if !is_plain(path) {
        return None;
    }
    let root = root.canonicalize().ok()?;
    let real = root.join(path).canonicalize().ok()?;
    (real.starts_with(&root) && real.is_file()).then_some(real)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_root_is_read() {
        let outer = tempfile::tempdir().expect("a folder");
        let root = outer.path().join("root");
        std::fs::create_dir_all(root.join("src")).expect("a folder");
        std::fs::write(root.join("src/a.txt"), "a\nb\n").expect("a file");
        std::fs::write(root.join("binary"), [0xff, 0, 10]).expect("a file");
        std::fs::write(outer.path().join("b.txt"), "a\nb\n").expect("a file");
        #[cfg(unix)]
        std::os::unix::fs::symlink(outer.path().join("b.txt"), root.join("link")).expect("a link");
        std::fs::write(root.join("long"), "a\n".repeat(5 << 20)).expect("a file");
        assert_eq!(read(&root, "src/a.txt").as_deref(), Some("a\nb\n"));
        assert_eq!(read(&root, "./src/a.txt").as_deref(), Some("a\nb\n"));
        let outside = outer.path().join("b.txt").display().to_string();
        for path in
            ["../b.txt", "src/../../b.txt", &outside, "link", "binary", "long", "src", "none", "", "a\0b"]
        {
            assert_eq!(read(&root, path), None, "{path}");
        }
    }
}
