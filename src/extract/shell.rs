//! Reading shell command lines: which files they name and change, which of them check the work.

use crate::event::Change;

/// The parts of a command line between `&&`, `||`, `;`, `|` and line ends, in order. Here-documents are left out.
pub fn parts(command: &str) -> Vec<&str> {
    let head = command.split("<<").next().unwrap_or(command);
    let mut out = Vec::new();
    let mut start = 0;
    let mut quote = None;
    let bytes = head.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None | Some(b'"'), b'\\') => at += 1,
            (None, b'&') if bytes.get(at + 1) != Some(&b'&') => {}
            (None, b';' | b'\n' | b'|' | b'&') => {
                out.push(head[start..at].trim());
                while bytes.get(at + 1).is_some_and(|next| matches!(next, b'|' | b'&')) {
                    at += 1;
                }
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    out.push(head.get(start..).unwrap_or_default().trim());
    out.retain(|part| !part.is_empty());
    out
}

/// Joins a path to the folder a command ran in.
pub fn join(cwd: Option<&str>, path: &str) -> String {
    cwd.map_or_else(|| path.to_owned(), |cwd| crate::text::joined(cwd, path))
}

/// The words of a part, without quotes.
pub fn words(part: &str) -> impl Iterator<Item = &str> {
    part.split_whitespace().map(|word| word.trim_matches(['"', '\'']))
}

/// The parts of a command line that do something, each with the folder it runs in, told from the one that the line starts
/// in. Those that run where nobody knows, as behind `cd "$PLACE"`, are left out.
fn placed(command: &str) -> Vec<(String, &str)> {
    let mut folder = Some(String::new());
    let mut out = Vec::new();
    for part in parts(command) {
        match (part.strip_prefix("cd "), &folder) {
            (Some(to), _) => {
                let to = words(to).next().unwrap_or_default();
                let from = folder.take().or_else(|| to.starts_with('/').then(String::new));
                folder = from.filter(|_| !to.starts_with(['-', '$'])).map(|from| join(Some(&from), to));
            }
            (None, Some(folder)) => out.push((folder.clone(), part)),
            (None, None) => {}
        }
    }
    out
}

/// The folder that the last part of a command line runs in, told from the one that the line starts in; nothing if nobody
/// knows.
pub fn folder(command: &str) -> Option<String> {
    let last = parts(command).pop()?;
    placed(command).pop().filter(|(_, part)| *part == last).map(|(folder, _)| folder)
}

/// The paths that a command line names outside of here-documents.
pub fn paths(command: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (folder, part) in placed(command) {
        for word in places(part) {
            let word = path_in(word.trim_start_matches("--file="));
            if looks_like_path(word) {
                out.push(join(Some(&folder), word));
            }
        }
    }
    out.dedup();
    out
}

/// The words of a part that may be places: not what is said, and not what is looked for.
fn places(part: &str) -> impl Iterator<Item = &str> {
    let program = words(part).next().unwrap_or_default();
    let says = matches!(program, "echo" | "printf") && !part.contains('>');
    let mut seeks = usize::from(matches!(program, "grep" | "rg" | "ag" | "egrep"));
    let mut before = "";
    words(part).skip(1).filter(move |word| {
        let sought =
            seeks == 1 && !word.starts_with('-') || matches!(before, "-name" | "-iname" | "-path" | "-e");
        seeks -= usize::from(seeks == 1 && sought);
        before = word;
        !says && !sought
    })
}

/// The path in a word: `src/a.rs` of `src/a.rs:12` and of `HEAD:src/a.rs`, all of `D:/src/a.rs`.
fn path_in(word: &str) -> &str {
    match word.split_once(':') {
        Some((head, _)) if looks_like_path(head) => head,
        Some((head, tail)) if head.len() > 1 => tail,
        _ => word,
    }
}

fn looks_like_path(word: &str) -> bool {
    let base = word.rsplit('/').next().unwrap_or(word);
    !word.starts_with('-')
        && !word.contains("://")
        && !word.contains(['=', '*', '$', '{', '(', '\\', '^', '|', '<', '>', ',', '\'', '"'])
        && base.rsplit_once('.').is_some_and(|(stem, extension)| {
            !stem.is_empty()
                && (1..=6).contains(&extension.len())
                && extension.bytes().all(|b| b.is_ascii_alphanumeric())
                && !extension.bytes().all(|b| b.is_ascii_digit())
        })
}

/// A change of a file by a command.
pub struct ShellEffect {
    /// The file.
    pub path: String,
    /// What was done.
    pub change: Change,
    /// Whether the word is a path beyond doubt, even of a file that nothing else names.
    pub is_path: bool,
}

/// What a command line does to files: `rm`, `mv`, `git mv`, `git rm`, `sed -i`, and redirections into a file; told from the
/// folder that it starts in.
pub fn effects(command: &str) -> Vec<ShellEffect> {
    let mut out = Vec::new();
    for (folder, part) in placed(command) {
        let at = |path: &str| join(Some(&folder), path);
        let here = effects_of(part).into_iter().map(|(path, change, is_path)| {
            let change = match change {
                Change::Renamed { from } => Change::Renamed { from: at(&from) },
                other => other,
            };
            ShellEffect { path: at(path), change, is_path }
        });
        out.extend(here);
    }
    out
}

/// What a part does to which files, and whether each word is a path beyond doubt.
fn effects_of(part: &str) -> Vec<(&str, Change, bool)> {
    let all: Vec<&str> = words(part).collect();
    let (verb, rest) = match all.as_slice() {
        ["git", verb @ ("mv" | "rm"), rest @ ..] | [verb, rest @ ..] => (*verb, rest),
        [] => return Vec::new(),
    };
    let plain: Vec<&str> =
        rest.iter().copied().filter(|word| !word.starts_with('-') && looks_like_path(word)).collect();
    let mut out: Vec<(&str, Change, bool)> = match (verb, plain.as_slice()) {
        ("rm", _) => {
            let gone = rest.iter().filter(|word| !word.starts_with('-') && !word.contains(['*', '$']));
            gone.map(|path| (path.trim_end_matches('/'), Change::Deleted, true)).collect()
        }
        ("mv", [from, to]) => vec![(*to, Change::Renamed { from: (*from).to_owned() }, true)],
        ("sed", _) if rest.iter().any(|word| word.starts_with("-i")) => {
            plain.iter().map(|path| (*path, Change::Edited, false)).collect()
        }
        _ => Vec::new(),
    };
    out.extend(redirected(&all).map(|(path, change)| (path, change, true)));
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

/// Programs and subcommands that check the work.
const CHECKS: &[&str] = &[
    "test",
    "tests",
    "check",
    "lint",
    "build",
    "fmt",
    "vet",
    "clippy",
    "tsc",
    "pytest",
    "jest",
    "vitest",
    "ruff",
    "mypy",
    "eslint",
    "phpunit",
    "phpstan",
    "gradle",
    "mvn",
    "ctest",
    "nextest",
    "bench",
    "rspec",
    "typecheck",
    "golangci-lint",
    "shellcheck",
    "prettier",
    "biome",
    "tox",
    "nox",
    "pyright",
    "unittest",
    "playwright",
    "cypress",
    "rubocop",
    "verify",
    "validate",
    "go run",
    "cargo run",
    "make",
    "just",
    "actionlint",
    "markdownlint",
    "modernize",
    "fieldalignment",
];

/// Programs that only look, so that a word such as "test" among their arguments means nothing.
const LOOKERS: &[&str] = &[
    "cd", "echo", "ls", "cat", "grep", "rg", "head", "tail", "sed", "find", "rm", "mkdir", "git", "gh", "cp",
    "mv", "awk", "wc", "which", "export", "source", "sleep", "kill", "ps", "touch", "chmod", "jq", "diff",
    "sort", "open", "curl", "tee", "nl", "printf", "true", "xargs", "pwd", "date", "tree", "fd", "if", "for",
    "while", "do", "then", "done", "fi", "else", "pkill", "lsof", "stat", "file", "code", "brew", "apt",
    "apt-get", "pip",
];

/// Whether a part of a command line checks the work.
pub fn is_check(part: &str) -> bool {
    let sets = |word: &str| word.contains('=') && word.chars().next().is_some_and(|c| c.is_ascii_uppercase());
    let wraps = |word: &str| matches!(word, "timeout" | "time" | "env" | "sudo");
    let counts = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let mut words = words(part).skip_while(|word| sets(word) || wraps(word) || counts(word));
    let Some(program) = words.next() else { return false };
    let asks = |word: &str| matches!(word, "--help" | "--version" | "-h" | "version" | "help");
    if part.starts_with('#') || LOOKERS.contains(&program) || part.split_whitespace().any(asks) {
        return false;
    }
    std::iter::once(program)
        .chain(words)
        .flat_map(|word| word.split(|c: char| !(c.is_alphanumeric() || c == '-')))
        .flat_map(|word| std::iter::once(word).chain(word.split('-')))
        .any(|word| CHECKS.contains(&word))
        || program.starts_with("./") && !program.ends_with('/')
        || matches!(program, "bash" | "sh" | "python" | "python3" | "node")
            && part
                .split_whitespace()
                .nth(1)
                .is_some_and(|word| !word.starts_with('-') && word.contains('.') && !word.starts_with("/tmp"))
        || part.contains("go run ")
        || part.contains("cargo ")
}

/// The check of a command line as one would type it again: from its first checking part to its last, word for word, but
/// without redirections behind it and without what only looks on in between; nothing if it checks nothing.
pub fn check_of(command: &str) -> Option<String> {
    let all = parts(command);
    let first = all.iter().position(|part| is_check(part))?;
    let last = all.iter().rposition(|part| is_check(part))?;
    let offset = |part: &str| part.as_ptr() as usize - command.as_ptr() as usize;
    let span = &command[offset(all[first])..offset(all[last]) + all[last].len()];
    let line = if all[first..=last].iter().any(|part| looks_on(part) || tidy(part).len() < part.len()) {
        let kept: Vec<String> =
            all[first..=last].iter().filter(|part| !looks_on(part)).map(|part| tidy(part)).collect();
        kept.join(if span.contains("&&") { " && " } else { "; " })
    } else {
        tidy(span)
    };
    (!line.is_empty() && line.len() < 400).then_some(line)
}

/// Whether a part only shows something: the end of an output, a word between two checks.
fn looks_on(part: &str) -> bool {
    ["tail", "head", "echo", "grep", "sleep"].contains(&words(part).next().unwrap_or_default())
}

/// What a check's output was searched for: the `grep` that a command line ends with, behind its last check.
pub fn filter_of(command: &str) -> Option<String> {
    let all = parts(command);
    let last = all.iter().rposition(|part| is_check(part))?;
    let filter = all.get(last + 1).filter(|part| part.starts_with("grep "))?;
    let pipe = command[..filter.as_ptr() as usize - command.as_ptr() as usize].trim_end().ends_with('|');
    (pipe && filter.len() < 60).then(|| tidy(filter))
}

/// A part with its white space folded and its redirections of output cut off.
pub fn tidy(part: &str) -> String {
    let folded = part.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut kept = folded.as_str();
    while let Some(shorter) = REDIRECTIONS.iter().find_map(|end| kept.strip_suffix(end)) {
        kept = shorter.trim_end();
    }
    kept.to_owned()
}

/// Ends of a command that only say where its output goes.
const REDIRECTIONS: &[&str] =
    &["2>&1", ">/dev/null", "> /dev/null", "2>/dev/null", "2> /dev/null", "&>/dev/null"];

/// What a check is about, whatever its flags: program and subcommands, for telling whether a later run repeats it.
pub fn subject(part: &str) -> String {
    words(part)
        .skip_while(|word| word.contains('='))
        .filter(|word| !word.starts_with('-') && !word.contains(['/', '.', '\'', '"', '|', '^', '$']))
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a command may rewrite files that it does not name: formatters, fixers, and git moving the working tree.
pub fn may_rewrite(command: &str) -> bool {
    const REWRITERS: &[&str] = &[
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
    ];
    parts(command)
        .iter()
        .any(|part| !part.contains("--check") && REWRITERS.iter().any(|mark| part.contains(mark)))
}

/// Whether a command may have written files without saying which: anything but what only looks, or only checks.
pub fn may_write(command: &str) -> bool {
    const RUNNERS: &[&str] = &["bash", "sh", "python", "python3", "node", "make", "just", "npx"];
    let writes = |part: &str| {
        let program = words(part).next().unwrap_or_default();
        !LOOKERS.contains(&program) && (!is_check(part) || RUNNERS.contains(&program))
    };
    may_rewrite(command) || parts(command).into_iter().any(writes)
}
