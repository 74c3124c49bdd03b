//! Reading git: what a session committed, pushed and compared, and which files git said were changed, by a subagent or
//! a program, where no call of the session shows it.

use memchr::memmem;

use super::session::{Session, Use};
use super::shell::{self, CommandLine, Part};
use crate::event::Change;

/// A file that git named as changed.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Its path, as git told it: from the folder the command ran in, or from the root of the repository.
    pub path: String,
    /// What happened to it.
    pub change: Change,
}

/// The files of the working tree that a command line's output names as changed; nothing if it does not list them.
pub fn changed(command: &CommandLine, output: &str) -> Option<Vec<Named>> {
    let lists = command.parts.iter().any(lists_working_tree);
    lists.then(|| output.lines().filter_map(named).collect())
}

/// Whether a command line asks git in the folder the session began in, not in another one that it goes to.
pub fn is_at_home(command: &CommandLine, root: &str) -> bool {
    let base =
        |path: &str| path.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let mut words = shell::words(command.text);
    let mut goes_to =
        std::iter::from_fn(|| words.by_ref().find(|word| matches!(*word, "cd" | "-C")).and(words.next()));
    goes_to.all(|folder| base(folder) == base(root))
}

/// Whether git tells paths from the folder it runs in, rather than from the root of the repository.
pub fn tells_from_here(command: &CommandLine) -> bool {
    command.text.contains(" status") && !command.text.contains("--porcelain")
}

/// Whether what a command line prints tells paths from the root of the repository, wherever it runs.
pub fn tells_from_root(command: &CommandLine) -> bool {
    let compares = |part: &Part| {
        part.program() == "git" && part.words.iter().any(|word| matches!(*word, "diff" | "show" | "log"))
    };
    command.parts.iter().any(compares)
}

/// Whether a part asks git what is changed in the working tree, or in its index.
fn lists_working_tree(part: &Part) -> bool {
    let mut words = part.words.iter().copied().skip_while(|word| *word != "git").skip(1);
    let subcommand = words.by_ref().find(|word| matches!(*word, "status" | "diff"));
    match subcommand {
        Some("status") => true,
        Some("diff") => {
            let plain = |word: &str| matches!(word, "HEAD" | "--cached" | "--staged" | "--stat");
            let rest: Vec<&str> = words.collect();
            rest.contains(&"--stat") && rest.iter().all(|word| plain(word))
        }
        _ => false,
    }
}

/// The file that a line names: `M  path`, `modified:   path`, ` path | 12 ++--`.
fn named(line: &str) -> Option<Named> {
    let of = |path: &str, change: Change| {
        let path = path.trim().trim_matches('"');
        let whole = !path.is_empty()
            && !path.starts_with("...")
            && !path.ends_with('/')
            && !path.contains([' ', '{']);
        whole.then(|| Named { path: path.to_owned(), change })
    };
    if let Some((path, counts)) = line.split_once(" | ") {
        let counts = counts.trim();
        let counted = counts.starts_with(|c: char| c.is_ascii_digit()) && counts.ends_with(['+', '-']);
        return counted.then(|| of(path, Change::Edited)).flatten();
    }
    for (label, change) in
        [("modified:", Change::Edited), ("new file:", Change::Created), ("deleted:", Change::Deleted)]
    {
        if let Some(path) = line.trim_start().strip_prefix(label) {
            return of(path, change);
        }
    }
    let (code, path) = line.split_at_checked(2)?;
    let path = path.strip_prefix(' ').filter(|path| !path.starts_with(' '))?;
    match code.trim() {
        "M" | "MM" | "AM" => of(path, Change::Edited),
        "A" | "??" => of(path, Change::Created),
        "D" => of(path, Change::Deleted),
        _ => None,
    }
}

/// Whether a command line commits.
pub fn is_commit(command: &str) -> bool {
    subcommand(command, "commit").is_some()
}

/// Whether a command line pushes.
pub fn is_push(command: &str) -> bool {
    subcommand(command, "push").is_some()
}

/// Where the first git of a command line begins that runs a subcommand, with or without options of its own before it.
fn subcommand(command: &str, name: &str) -> Option<usize> {
    memmem::find(command.as_bytes(), name.as_bytes())?;
    let begins = |at: &usize| !command[..*at].ends_with(is_of_word);
    let mut gits = memmem::find_iter(command.as_bytes(), "git").filter(begins);
    gits.find(|at| runs(&command[at + "git".len()..], name))
}

/// Whether what stands behind a program's name is a subcommand, behind options.
fn runs(behind: &str, name: &str) -> bool {
    if !behind.starts_with(|c: char| c.is_ascii_whitespace()) {
        return false;
    }
    let is_it = |word: &str| word.strip_prefix(name).is_some_and(|rest| !rest.starts_with(is_of_word));
    let mut words = behind.split_ascii_whitespace();
    while let Some(word) = words.next() {
        if is_it(word) {
            return true;
        }
        if matches!(word, "-c" | "-C") {
            // Its value, or the subcommand itself.
            if words.next().is_some_and(is_it) {
                return true;
            }
        } else if !is_option(word) {
            return false;
        }
    }
    false
}

/// Whether a word is an option of git's own: `--no-pager`, `-P`, `--git-dir=.git`.
fn is_option(word: &str) -> bool {
    let name = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).unwrap_or_default();
    name.starts_with(is_of_word) && name.chars().all(|c| is_of_word(c) || "=./-".contains(c))
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Where the message of a commit begins: behind `-m`, `-am` or `--message=`.
fn message(command: &str) -> Option<usize> {
    let flag = |at: usize| {
        let behind = &command[at..];
        if behind.starts_with("--message") {
            return Some(at + "--message".len());
        }
        let letters = behind.strip_prefix('-')?;
        let flags = &letters[..letters.bytes().take_while(u8::is_ascii_lowercase).count()];
        flags.rfind('m').map(|last| at + "-".len() + last + 1)
    };
    let spaces = command.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_whitespace());
    let end = spaces.map(|(at, _)| at + 1).filter(|at| command.is_char_boundary(*at)).find_map(flag)?;
    let given = command[end..].trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '=');
    Some(command.len() - given.len())
}

/// The message of a `git commit` in a command line.
pub fn commit_message(command: &str) -> Option<String> {
    let rest = &command[subcommand(command, "commit")?..];
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
        let quoted = rest[message(rest)?..].trim_start();
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

/// The commits of a session, each with its command line: git said in its output that it committed, or the whole line
/// succeeded.
pub fn commits<'a>(
    session: &'a Session<'a>,
) -> impl DoubleEndedIterator<Item = (&'a Use<'a>, &'a CommandLine<'a>)> {
    let committed = |used: &Use| used.took_effect() || used.output().and_then(commit_hash).is_some();
    session.commands().filter(move |(used, command)| is_commit(command.text) && committed(used))
}

/// Where git said last that nothing is left to commit.
pub fn clean_at(session: &Session) -> Option<usize> {
    let says = |used: &Use| used.output().is_some_and(|text| text.contains("working tree clean"));
    let mut asked = session.commands().filter(|(used, command)| {
        command.text.contains("git status") && says(used) && is_at_home(command, session.paths.root())
    });
    asked.next_back().map(|(used, _)| used.at)
}

/// Whether the last thing that a session did was a commit, after the agent's last words: what they announced is done.
pub fn ends_with_commit(session: &Session) -> bool {
    let said = session.last_say().map(|(at, _)| at);
    let asked = session.turns.last().map(|turn| turn.at);
    let last = session.uses.iter().rfind(|used| !used.abandoned).map(|used| used.at);
    commits(session)
        .next_back()
        .is_some_and(|(used, _)| Some(used.at) == last && Some(used.at) > said && Some(used.at) > asked)
}

/// The range of commits that a part of a command line compares, as it is written: `origin/main...HEAD`.
pub fn compared<'a>(part: &Part<'a>) -> Option<&'a str> {
    let mut words = part.words.iter().copied().skip_while(|word| *word != "git");
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

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    /// What is meant as regular expressions, which take longer to make than most sessions' commands to read.
    static COMMIT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\bgit(?:\s+-[cC]\s+\S+|\s+--?\w[\w=./-]*)*\s+commit\b").unwrap());
    static MESSAGE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\s(?:-[a-z]*m|--message)[\s=]*").unwrap());

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn subcommands_and_messages_are_found(
            command in "(git|commit|a| | |-c|-C|-am|-m|--message|=|--no-pager|-x=y|/|\"|x_|;|\n){0,14}",
        ) {
            let found = COMMIT.find(&command).map(|it| it.start());
            prop_assert_eq!(subcommand(&command, "commit"), found);
            prop_assert_eq!(message(&command), MESSAGE.find(&command).map(|it| it.end()));
        }
    }

    fn check(command: &str, output: &str, expected: &[(&str, Change)]) {
        let expected: Vec<Named> = expected
            .iter()
            .map(|(path, change)| Named { path: (*path).to_owned(), change: change.clone() })
            .collect();
        assert_eq!(changed(&CommandLine::read(command), output).unwrap_or_default(), expected, "{command}");
    }

    #[test]
    fn git_names_what_changed() {
        let short = " M src/a.rs\n?? src/new.rs\n D old.rs\nMM both.rs\nR  x.rs -> y.rs\n";
        check(
            "git status --short",
            short,
            &[
                ("src/a.rs", Change::Edited),
                ("src/new.rs", Change::Created),
                ("old.rs", Change::Deleted),
                ("both.rs", Change::Edited),
            ],
        );
        check(
            "git -C /repo status",
            "On branch main\nChanges not staged for commit:\n  (use \"git add\")\n\tmodified:   src/a.rs\n",
            &[("src/a.rs", Change::Edited)],
        );
        let stat = " src/a.rs     | 12 ++++--\n .../deep/b.rs |  2 +-\n 2 files changed, 9 insertions(+), 5 deletions(-)\n";
        check("cd /repo && git diff --stat", stat, &[("src/a.rs", Change::Edited)]);
    }

    #[test]
    fn home_is_where_the_session_began() {
        let home = |command: &str| is_at_home(&CommandLine::read(command), "/home/me/app");
        assert!(home("git status"));
        assert!(home("cd /home/me/app && git -C /home/me/app status"));
        assert!(home("cd app && git status"));
        assert!(!home("cd ../other && git status"));
        assert!(!home("git -C /tmp/clone status"));
    }

    #[test]
    fn other_answers_name_nothing() {
        check("git diff --stat main..HEAD", " src/a.rs | 2 +-\n", &[]);
        check("git log --oneline", " M src/a.rs\n", &[]);
        check("cat notes.txt", " M src/a.rs\n", &[]);
        check("git status", "nothing to commit, working tree clean\n", &[]);
    }

    #[test]
    fn a_commit_is_known_with_options_of_git_before_it() {
        let message = |command: &str| commit_message(command);
        assert_eq!(message("git -C /repo commit -m 'fix the gate'").as_deref(), Some("fix the gate"));
        assert_eq!(message("git -c user.name=me commit -qm \"two\"").as_deref(), Some("two"));
        assert_eq!(
            message("git add . && git commit -m \"$(cat <<'EOF'\none\ntwo\nEOF\n)\"").as_deref(),
            Some("one\ntwo")
        );
        assert!(is_push("git -C /repo push origin main") && !is_push("git log --grep push"));
        assert!(!is_commit("git log -1 --format=%H") && message("git commit --amend --no-edit").is_none());
    }
}
