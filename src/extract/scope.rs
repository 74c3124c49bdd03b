//! What a check covers: `go test ./...` does again what `go test ./parser -run Name` did.

use super::shell::{self, Part};

/// Flags that keep a check from doing all it could.
const NARROWING: &[&str] = &[
    "-run",
    "-bench",
    "-k",
    "-t",
    "-m",
    "-p",
    "-g",
    "--package",
    "--lib",
    "--bin",
    "--test",
    "--tests",
    "--doc",
    "--example",
    "--bench",
    "--filter",
    "--grep",
    "--only",
    "--select",
    "--testNamePattern",
];
/// Flags that change what is told, not what is done.
const TELLING: &[&str] =
    &["-v", "-vv", "-q", "-s", "-x", "-o", "--verbose", "--quiet", "--nocapture", "--", "-count=1"];
/// Variables that say where things lie or how the output looks: without them a check is the same.
const PLACES: &[&str] = &[
    "PATH",
    "PYTHONPATH",
    "GOPATH",
    "GOCACHE",
    "GOMODCACHE",
    "CARGO_TARGET_DIR",
    "NODE_PATH",
    "TMPDIR",
    "NO_COLOR",
    "FORCE_COLOR",
    "RUST_BACKTRACE",
    "PYTHONUNBUFFERED",
];
/// Programs whose first word alone says nothing of what they do.
const RUNNERS: &[&str] = &["make", "just", "gradle", "mvn", "tox", "nox", "npm", "yarn", "pnpm", "bun"];

/// The checks that together did all that another one does: for each of its parts the first that covers it, by index;
/// nothing if a part is covered by none.
pub fn covering<'a>(wholes: &[&[Scope<'a>]], parts: &[Scope<'a>]) -> Option<Vec<usize>> {
    let covering =
        |part: &Scope| wholes.iter().position(|whole| whole.iter().any(|whole| whole.covers(part)));
    parts.iter().map(covering).collect::<Option<Vec<usize>>>().filter(|found| !found.is_empty())
}

/// What the checking parts of a command line do.
pub fn scopes(command: &str) -> Vec<Scope<'_>> {
    shell::parts(command).filter(|part| part.checks).map(Scope::of).collect()
}

/// One program's run: what it is, and on what.
pub struct Scope<'a> {
    /// The part of the command line that it was.
    line: &'a str,
    assignments: Vec<&'a str>,
    /// Program, subcommand, and the words that name no file.
    words: Vec<&'a str>,
    flags: Vec<&'a str>,
    /// Files and folders.
    targets: Vec<&'a str>,
}

impl<'a> Scope<'a> {
    fn of(part: Part<'a>) -> Self {
        let line = part.text;
        let mut scope = Scope { line, assignments: vec![], words: vec![], flags: vec![], targets: vec![] };
        for word in part.words {
            match word {
                word if word.starts_with('-') => scope.flags.push(word),
                word if scope.words.is_empty() && word.contains('=') => scope.assignments.push(word),
                word if scope.flags.last() == Some(&"-o") && word.contains('/') => {}
                word if word.contains(['/', '.']) => scope.targets.push(word),
                word => scope.words.push(word),
            }
        }
        scope
    }

    fn covers(&self, part: &Scope) -> bool {
        self.line == part.line
            || self.settings().eq(part.settings())
                && self.names_program()
                && part.words.starts_with(&self.words)
                && self.flags.iter().all(|flag| !narrows(flag) || part.flags.contains(flag))
                && part
                    .flags
                    .iter()
                    .all(|flag| narrows(flag) || TELLING.contains(flag) || self.flags.contains(flag))
                && self.reaches(part)
    }

    /// The assignments that change what is checked.
    fn settings(&self) -> impl Iterator<Item = &&'a str> {
        let names_place = |word: &&&str| PLACES.contains(&word.split('=').next().unwrap_or(word));
        self.assignments.iter().filter(move |word| !names_place(word))
    }

    /// Whether the words say what is done: `go test` do, `make` alone does not.
    fn names_program(&self) -> bool {
        self.words.len() > 1 || self.words.first().is_some_and(|word| !RUNNERS.contains(word))
    }

    /// Whether every file of the part lies where this one looks.
    fn reaches(&self, part: &Scope) -> bool {
        let folders: Vec<&str> = self.targets.iter().map(|target| folder(target)).collect();
        folders.is_empty()
            || folders.contains(&"")
            || !part.targets.is_empty()
                && part.targets.iter().all(|target| folders.iter().any(|from| below(folder(target), from)))
    }
}

/// Whether a flag keeps a check from doing all it could.
fn narrows(flag: &str) -> bool {
    NARROWING.contains(&flag.split('=').next().unwrap_or(flag))
}

/// A target without what only says "here" and "and all below".
fn folder(target: &str) -> &str {
    target.trim_end_matches("...").trim_start_matches("./").trim_matches('/').trim_end_matches("/*")
}

fn below(path: &str, folder: &str) -> bool {
    path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(whole: &str, part: &str, expected: bool) {
        let covered = covering(&[&scopes(whole)], &scopes(part)).is_some();
        assert_eq!(covered, expected, "{whole:?} covers {part:?}");
    }

    #[test]
    fn the_whole_covers_its_parts() {
        check("go test ./...", "go test ./parser/... -run 'TestA|TestB' -v", true);
        check("go vet ./...", "go vet ./template/...", true);
        check("go build -o /tmp/new .", "go build -o /tmp/old .", true);
        check("cargo test", "cargo test --lib parser::", true);
        check("pytest", "pytest tests/test_a.py -k name", true);
        check("cargo fmt --check && cargo test", "cargo test -p core", true);
        check("go test ./parser/...", "go test ./parser/lexer", true);
        check("PYTHONPATH=. pytest -q", "pytest -q tests/test_a.py", true);
    }

    #[test]
    fn several_cover_the_parts_of_one() {
        let done = ["cargo test", "cargo fmt --check"].map(scopes);
        let check = |parts, expected| {
            assert_eq!(covering(&[&done[0], &done[1]], &scopes(parts)), expected, "{parts}");
        };
        check("cargo fmt --check && cargo test -p core", Some(vec![1, 0]));
        check("cargo clippy && cargo test", None);
        check("ls", None);
    }

    #[test]
    fn a_part_does_not_cover_the_whole_nor_another() {
        check("go test ./parser/...", "go test ./...", false);
        check("go test -run TestA ./...", "go test ./...", false);
        check("cargo test --lib", "cargo test", false);
        check("cargo test", "cargo clippy", false);
        check("make", "make test", false);
        check("npm run lint", "npm run test", false);
        check("GOOS=linux go vet ./...", "go vet ./...", false);
        check("go test ./pars", "go test ./parser", false);
        check("cargo test", "cargo fmt --check && cargo test", false);
        check("go test ./...", "go test -race ./...", false);
        check("go test ./...", "go test -count=20 ./limit", false);
    }
}
