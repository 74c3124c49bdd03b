//! Reading shell command lines: which files they name and change, which of them check the work, what they commit.

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
            (None, b'\\') => at += 1,
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
    match cwd {
        Some(cwd) if !path.starts_with('/') && !path.starts_with('~') && !path.contains(":\\") => {
            format!("{}/{}", cwd.trim_end_matches(['/', '\\']), path.trim_start_matches("./"))
        }
        _ => path.to_owned(),
    }
}

/// The words of a part, without quotes.
pub fn words(part: &str) -> impl Iterator<Item = &str> {
    part.split_whitespace().map(|word| word.trim_matches(['"', '\'']))
}

/// The paths that a command line names outside of here-documents.
pub fn paths(command: &str) -> Vec<String> {
    let mut folder: Option<String> = None;
    let mut out = Vec::new();
    for part in parts(command) {
        let mut words = words(part);
        if part.starts_with("cd ") {
            folder = words.nth(1).map(str::to_owned);
            continue;
        }
        for word in words {
            let word = path_in(word.trim_start_matches("--file="));
            if looks_like_path(word) {
                out.push(join(folder.as_deref(), word));
            }
        }
    }
    out.dedup();
    out
}

/// The path in a word: `src/a.rs` of `src/a.rs:12` and of `HEAD:src/a.rs`, all of `D:/src/a.rs`.
fn path_in(word: &str) -> &str {
    match word.split_once(':') {
        Some((head, _)) if looks_like_path(head) => head,
        Some((head, tail)) if head.len() > 1 => tail,
        _ => word,
    }
}

/// The range of commits that a part of a command line compares, as it is written: `origin/main...HEAD`.
pub fn compared(part: &str) -> Option<&str> {
    let mut words = words(part).skip_while(|word| *word != "git");
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-.@^~{}".contains(&b))
    };
    words.find(|word| {
        let ends = word.split_once("...").or_else(|| word.split_once(".."));
        ends.is_some_and(|(from, to)| {
            is_name(from) && is_name(to) && !word.starts_with(['-', '.']) && !to.starts_with(['/', '.'])
        })
    })
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
}

/// What a command line does to files: `rm`, `mv`, `git mv`, `git rm`, `touch`, and redirections into a file.
pub fn effects(command: &str) -> Vec<ShellEffect> {
    let mut out = Vec::new();
    for part in parts(command) {
        let all: Vec<&str> = words(part).collect();
        let (verb, rest) = match all.as_slice() {
            ["git", verb @ ("mv" | "rm"), rest @ ..] | [verb, rest @ ..] => (*verb, rest),
            [] => continue,
        };
        let plain: Vec<&&str> =
            rest.iter().filter(|word| !word.starts_with('-') && looks_like_path(word)).collect();
        match verb {
            "rm" => out.extend(
                rest.iter().filter(|word| !word.starts_with('-') && !word.contains(['*', '$'])).map(|path| {
                    ShellEffect { path: path.trim_end_matches('/').to_owned(), change: Change::Deleted }
                }),
            ),
            "mv" if plain.len() == 2 => out.push(ShellEffect {
                path: (*plain[1]).to_string(),
                change: Change::Renamed { from: (*plain[0]).to_string() },
            }),
            "sed" if rest.iter().any(|word| word.starts_with("-i")) => {
                out.extend(
                    plain
                        .iter()
                        .map(|path| ShellEffect { path: (**path).to_string(), change: Change::Edited }),
                );
            }
            _ => {}
        }
        if let Some(path) = redirected(&all) {
            out.push(ShellEffect { path, change: Change::Created });
        }
    }
    out
}

fn redirected(words: &[&str]) -> Option<String> {
    let at = words.iter().position(|word| matches!(*word, ">" | ">>"))?;
    let verb = words.first()?;
    let path = words.get(at + 1)?;
    (matches!(*verb, "cat" | "printf" | "echo" | "tee") && looks_like_path(path)).then(|| (*path).to_owned())
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
    let mut words = words(part)
        .skip_while(|word| word.contains('=') && word.chars().next().is_some_and(|c| c.is_ascii_uppercase()));
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

/// The check of a command line as one would type it again: from its first checking part to its
/// last, word for word but for redirections behind it; nothing if it checks nothing.
pub fn check_of(command: &str) -> Option<String> {
    let checks: Vec<&str> = parts(command).into_iter().filter(|part| is_check(part)).collect();
    let (first, last) = (checks.first()?, checks.last()?);
    let start = first.as_ptr() as usize - command.as_ptr() as usize;
    let end = last.as_ptr() as usize - command.as_ptr() as usize + last.len();
    let line = tidy(&command[start..end]);
    (!line.is_empty() && line.len() < 400).then_some(line)
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

/// The message of a `git commit` in a command line.
pub fn commit_message(command: &str) -> Option<String> {
    let at = command
        .find("git commit")
        .or_else(|| command.find("commit -m").filter(|_| command.contains("git ")))?;
    let rest = &command[at..];
    let message = if let Some(heredoc) = rest.find("<<") {
        let body = &rest[heredoc + 2..];
        let mark: String = body
            .chars()
            .skip_while(|c| matches!(c, '-' | '\'' | '"'))
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let text = &body[body.find('\n')? + 1..];
        text.lines().take_while(|line| line.trim() != mark).collect::<Vec<_>>().join("\n")
    } else {
        let flag = rest.find(" -m").or_else(|| rest.find(" -am"))?;
        let quoted = rest[flag..]
            .trim_start_matches(|c: char| c == ' ' || c == '-' || c.is_ascii_lowercase())
            .trim_start();
        let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        quoted[1..].split(quote).next()?.to_owned()
    };
    let message = message.trim();
    (!message.is_empty()).then(|| message.to_owned())
}

/// The short hash in git's answer to a commit: `[branch abc1234] subject`.
pub fn commit_hash(output: &str) -> Option<&str> {
    output.lines().find_map(|line| {
        let (head, _) = line.trim().strip_prefix('[')?.split_once(']')?;
        let hash = head.rsplit(' ').next()?;
        (hash.len() >= 7 && hash.bytes().all(|b| b.is_ascii_hexdigit())).then_some(hash)
    })
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

/// Whether a command line committed: git said so in its output, or the whole line succeeded.
pub fn committed(command: &str, output: &str, succeeded: bool) -> bool {
    command.contains("git commit") && (succeeded || commit_hash(output).is_some())
}
