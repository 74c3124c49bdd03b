//! What command lines do to files: by name, or to whichever they like.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::check::is_looker;
use super::{Part, join};
use crate::event::Change;

/// A change of a file by a command.
pub struct Effect {
    /// The file.
    pub path: String,
    /// What was done.
    pub change: Change,
    /// Whether the word is a path beyond doubt, even of a file that nothing else names.
    pub is_path: bool,
}

/// What parts of a command line do to files: `rm`, `mv`, `git mv`, `git rm`, `sed -i`, and redirections into a file; told
/// from the folder that the line starts in.
pub(super) fn all(parts: &[Part]) -> Vec<Effect> {
    let mut out = Vec::new();
    for (part, folder) in parts.iter().filter_map(|part| Some((part, part.folder.as_ref()?))) {
        let at = |path: &str| join(Some(folder), path);
        let here = effects_of(&part.words).into_iter().map(|(path, change, is_path)| {
            let change = match change {
                Change::Renamed { from } => Change::Renamed { from: at(&from) },
                other => other,
            };
            Effect { path: at(path), change, is_path }
        });
        out.extend(here);
    }
    out
}

/// What a part does to which files, and whether each word is a path beyond doubt.
fn effects_of<'a>(all: &[&'a str]) -> Vec<(&'a str, Change, bool)> {
    let (verb, rest) = match all {
        ["git", verb @ ("mv" | "rm"), rest @ ..] | [verb, rest @ ..] => (*verb, rest),
        [] => return Vec::new(),
    };
    let plain = || {
        let is_path = |word: &&str| !word.starts_with('-') && looks_like_path(word);
        rest.iter().copied().filter(is_path).collect::<Vec<&str>>()
    };
    let mut out: Vec<(&str, Change, bool)> = match verb {
        "rm" => {
            let gone = rest.iter().filter(|word| !word.starts_with('-') && !word.contains(['*', '$']));
            gone.map(|path| (path.trim_end_matches('/'), Change::Deleted, true)).collect()
        }
        "mv" => match plain().as_slice() {
            [from, to] => vec![(*to, Change::Renamed { from: (*from).to_owned() }, true)],
            _ => Vec::new(),
        },
        "sed" if rest.iter().any(|word| word.starts_with("-i")) => {
            plain().into_iter().map(|path| (path, Change::Edited, false)).collect()
        }
        _ => Vec::new(),
    };
    out.extend(redirected(all).map(|(path, change)| (path, change, true)));
    out
}

/// What the redirection of a printing program does: `>` makes a file, `>>` adds to one.
fn redirected<'a>(words: &[&'a str]) -> Option<(&'a str, Change)> {
    let at = words.iter().position(|word| matches!(*word, ">" | ">>"))?;
    let change = if words[at] == ">" { Change::Created } else { Change::Edited };
    let path = *words.get(at + 1)?;
    let prints = matches!(*words.first()?, "cat" | "printf" | "echo" | "tee");
    (prints && looks_like_path(path)).then_some((path, change))
}

/// Whether a word of a command line may be the path of a file.
pub(super) fn looks_like_path(word: &str) -> bool {
    let base = word.rsplit('/').next().unwrap_or(word);
    !word.starts_with('-')
        && base.rsplit_once('.').is_some_and(|(stem, extension)| {
            !stem.is_empty()
                && (1..=6).contains(&extension.len())
                && extension.bytes().all(|b| b.is_ascii_alphanumeric())
                && !extension.bytes().all(|b| b.is_ascii_digit())
        })
        && !word.contains("://")
        && !word.contains(['=', '*', '$', '{', '(', '\\', '^', '|', '<', '>', ',', '\'', '"'])
}

/// What rewrites files without naming them.
static REWRITERS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::new([
        "fmt",
        "format",
        "gofmt -w",
        "goimports -w",
        "--write",
        "--fix",
        "sed -i",
        "git checkout",
        "git stash",
        "git reset",
        "git rebase",
        "git pull",
        "git merge",
        "git restore",
        "git switch",
        "git cherry-pick",
        "git revert",
        "git apply",
        "perl -pi",
        "codegen",
        "go generate",
        "patch -p",
    ])
    .expect("a few fixed words")
});

/// Whether one of the parts may rewrite files that it does not name.
pub(super) fn may_rewrite(parts: &[Part]) -> bool {
    parts.iter().any(|part| REWRITERS.is_match(part.text) && !part.text.contains("--check"))
}

/// Whether one of the parts may have written files without saying which.
pub(super) fn may_write(parts: &[Part]) -> bool {
    const RUNNERS: &[&str] = &["bash", "sh", "python", "python3", "node", "make", "just", "npx"];
    let writes = |part: &Part| {
        let program = part.program();
        !is_looker(program) && (!part.checks || RUNNERS.contains(&program))
    };
    may_rewrite(parts) || parts.iter().any(writes)
}
