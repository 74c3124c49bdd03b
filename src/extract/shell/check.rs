//! Which commands check the work.

use super::Part;

/// Words of programs and subcommands that check the work, sorted.
const CHECKS: &[&str] = &[
    "actionlint",
    "bench",
    "biome",
    "build",
    "check",
    "clippy",
    "ctest",
    "cypress",
    "eslint",
    "fieldalignment",
    "fmt",
    "golangci-lint",
    "gradle",
    "jest",
    "just",
    "lint",
    "make",
    "markdownlint",
    "modernize",
    "mvn",
    "mypy",
    "nextest",
    "nox",
    "phpstan",
    "phpunit",
    "playwright",
    "prettier",
    "pyright",
    "pytest",
    "rspec",
    "rubocop",
    "ruff",
    "shellcheck",
    "test",
    "tests",
    "tox",
    "tsc",
    "typecheck",
    "unittest",
    "validate",
    "verify",
    "vet",
    "vitest",
];

/// Programs that only look, so that a word such as "test" among their arguments means nothing; sorted.
const LOOKERS: &[&str] = &[
    "apt", "apt-get", "awk", "brew", "cat", "cd", "chmod", "code", "cp", "curl", "date", "diff", "do",
    "done", "echo", "else", "export", "fd", "fi", "file", "find", "for", "gh", "git", "grep", "head", "if",
    "jq", "kill", "ls", "lsof", "mkdir", "mv", "nl", "open", "pip", "pkill", "printf", "ps", "pwd", "rg",
    "rm", "sed", "sleep", "sort", "source", "stat", "tail", "tee", "then", "touch", "tree", "true", "wc",
    "which", "while", "xargs",
];

/// Whether a program only looks.
pub(super) fn is_looker(program: &str) -> bool {
    LOOKERS.binary_search(&program).is_ok()
}

/// Whether a part of a command line, with these words, checks the work.
pub(super) fn is_check(part: &str, words: &[&str]) -> bool {
    let sets = |word: &str| word.contains('=') && word.chars().next().is_some_and(|c| c.is_ascii_uppercase());
    let wraps = |word: &str| matches!(word, "timeout" | "time" | "env" | "sudo");
    let counts = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let behind = words.iter().position(|word| !(sets(word) || wraps(word) || counts(word)));
    let [program, arguments @ ..] = &words[behind.unwrap_or(words.len())..] else { return false };
    let asks = |word: &&str| matches!(*word, "--help" | "--version" | "-h" | "version" | "help");
    if part.starts_with('#') || is_looker(program) || words.iter().any(asks) {
        return false;
    }
    std::iter::once(program).chain(arguments).any(|word| names_check(word))
        || program.starts_with("./") && !program.ends_with('/')
        || matches!(*program, "bash" | "sh" | "python" | "python3" | "node")
            && words.get(1).is_some_and(|word| is_script(word))
        || part.contains("go run ")
        || part.contains("cargo ")
}

/// Whether a word, or a part of it, is one of [`CHECKS`].
fn names_check(word: &str) -> bool {
    let is_one = |word: &str| CHECKS.binary_search(&word).is_ok();
    let names = word.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    names
        .filter(|name| name.len() > 2)
        .any(|name| is_one(name) || name.contains('-') && name.split('-').any(is_one))
}

/// Whether a word is a script of the work's own.
fn is_script(word: &str) -> bool {
    !word.starts_with('-') && word.contains('.') && !word.starts_with("/tmp")
}

/// The check of a command line as one would type it again: from its first checking part to its last, word for word, but
/// without redirections behind it and without what only looks on in between; nothing if it checks nothing.
pub(super) fn of(command: &str, parts: &[Part]) -> Option<String> {
    let first = parts.iter().position(|part| part.checks)?;
    let last = parts.iter().rposition(|part| part.checks)?;
    let (checking, end) = (&parts[first..=last], parts[last].text);
    let span = &command[offset(command, parts[first].text)..offset(command, end) + end.len()];
    let line = if checking.iter().any(|part| looks_on(part) || tidy(part.text).len() < part.text.len()) {
        let kept: Vec<String> =
            checking.iter().filter(|part| !looks_on(part)).map(|part| tidy(part.text)).collect();
        kept.join(if span.contains("&&") { " && " } else { "; " })
    } else {
        tidy(span)
    };
    (!line.is_empty() && line.len() < 400).then_some(line)
}

/// Where a part begins in its command line.
fn offset(command: &str, part: &str) -> usize {
    part.as_ptr() as usize - command.as_ptr() as usize
}

/// Whether a part only shows something: the end of an output, a word between two checks.
fn looks_on(part: &Part) -> bool {
    ["tail", "head", "echo", "grep", "sleep"].contains(&part.program())
}

/// What a check's output was searched for: the `grep` that a command line ends with, behind its last check.
pub(super) fn filter(command: &str, parts: &[Part]) -> Option<String> {
    let last = parts.iter().rposition(|part| part.checks)?;
    let filter = parts.get(last + 1).map(|part| part.text).filter(|part| part.starts_with("grep "))?;
    let pipe = command[..offset(command, filter)].trim_end().ends_with('|');
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

#[cfg(test)]
mod tests {
    use super::super::CommandLine;
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(CHECKS.is_sorted() && LOOKERS.is_sorted());
    }

    #[test]
    fn a_check_is_told_as_one_would_type_it_again() {
        let check = |command: &str, expected: Option<&str>| {
            assert_eq!(CommandLine::read(command).check.as_deref(), expected, "{command}");
        };
        check("cd app && RUST_LOG=1 cargo test -q 2>&1 | tail -3", Some("RUST_LOG=1 cargo test -q"));
        check("go vet ./... && echo ok && go test ./...", Some("go vet ./... && go test ./..."));
        check("npm run type-check; ls", Some("npm run type-check"));
        check("python scripts/verify_all.py", Some("python scripts/verify_all.py"));
        check("git commit -m 'test'", None);
        check("pytest --help", None);
        check("timeout 60 ./run.sh", Some("timeout 60 ./run.sh"));
        check("ls; cat test.txt", None);
    }
}
