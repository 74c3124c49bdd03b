//! Shell commands as agents write them: what line a list of words runs, and which file a plain read shows.

use crate::event::FileRead;

/// The line that a command given as words really runs: what stands inside `bash -lc`, else the words, quoted again.
pub(super) fn unwrap(words: &[String]) -> String {
    inner_line(words).map_or_else(|| quoted(words), ToOwned::to_owned)
}

/// The programs with which such a command begins.
const READERS: &[&str] = &["cat", "cd", "grep", "head", "nl", "rg", "sed", "tail"];

/// What a command has read, if it is one plain read of one file (`cat`, `head`, `sed -n`, `nl`, …) and `output` can
/// be nothing but the lines asked for.
pub(super) fn read_of(command: &str, output: &str) -> Option<FileRead> {
    // Taking a command apart takes longer than seeing that it begins with another program.
    if !READERS.contains(&command.split_whitespace().next()?) {
        return None;
    }
    let (folder, stages) = pipeline(command)?;
    let (first, filters) = stages.split_first()?;
    let mut view = View::of(first)?;
    for filter in filters {
        view.narrow(filter)?;
    }
    let output = output.strip_suffix('\n').unwrap_or(output);
    if output.is_empty() || is_cut(output) {
        return None;
    }
    view.read(folder.as_deref(), output)
}

/// What stands inside a shell that is told to run it.
fn inner_line(words: &[String]) -> Option<&str> {
    let (program, rest) = words.split_first()?;
    let name = program.rsplit(['/', '\\']).next()?;
    let flag = match name.trim_end_matches(".exe") {
        "bash" | "sh" | "zsh" | "dash" | "fish" => rest
            .iter()
            .position(|word| word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')),
        "powershell" | "pwsh" => rest.iter().position(|word| word.eq_ignore_ascii_case("-command")),
        "cmd" => rest.iter().position(|word| word.eq_ignore_ascii_case("/c")),
        _ => None,
    }?;
    rest.get(flag + 1).map(String::as_str)
}

fn quoted(words: &[String]) -> String {
    let quote = |word: &String| {
        let plain = |char: char| char.is_alphanumeric() || "-_./:=,@%+".contains(char);
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

/// Whether a host has cut the output; then line numbers are worth nothing.
fn is_cut(output: &str) -> bool {
    output.starts_with("Total output lines:")
        || output.lines().any(|line| {
            (line.contains("truncated") || line.contains("omitted"))
                && (line.contains('…') || line.contains("..."))
        })
}

/// The lines of one file that a pipeline shows.
struct View {
    path: String,
    start: u32,
    /// Last line asked for, if there is one.
    end: Option<u32>,
    numbers: Numbers,
}

#[derive(PartialEq, Eq)]
enum Numbers {
    /// The output has no line numbers.
    None,
    /// Every line has its number and this separator before it.
    Each(String),
    /// Every line has its number and `:` or `-` before it: matches and their context.
    Match,
}

impl View {
    /// What the first stage of a pipeline shows.
    fn of(words: &[String]) -> Option<Self> {
        let (program, arguments) = words.split_first()?;
        let (program, arguments) =
            (program.as_str(), arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let (path, options) = match program {
            "cat" | "nl" | "rg" | "grep" | "sed" | "head" | "tail" => arguments.split_last()?,
            _ => return None,
        };
        let whole = |numbers| Some(((1, None), numbers));
        let ((start, end), numbers) = match program {
            "cat" if options.is_empty() || options == ["--"] => whole(Numbers::None),
            "cat" if options == ["-n"] => whole(Numbers::Each("\t".to_owned())),
            "nl" => whole(Numbers::Each(nl_separator(options)?)),
            "rg" | "grep" if is_numbered_search(options) => whole(Numbers::Match),
            _ => Some((range(program, options)?, Numbers::None)),
        }?;
        let is_file = !path.is_empty() && !path.starts_with('-');
        is_file.then(|| Self { path: (*path).to_owned(), start, end, numbers })
    }

    /// Takes a further stage into account, which shows a part of what comes before it.
    fn narrow(&mut self, words: &[String]) -> Option<()> {
        let (program, options) = words.split_first()?;
        let options: Vec<_> = options.iter().map(String::as_str).collect();
        let (first, last) = range(program, &options)?;
        let last = last.map(|last| self.start.saturating_add(last - 1));
        self.end = match (self.end, last) {
            (Some(end), Some(last)) => Some(end.min(last)),
            (end, last) => end.or(last),
        };
        self.start = self.start.saturating_add(first - 1);
        (self.numbers != Numbers::Match).then_some(())
    }

    fn read(&self, folder: Option<&str>, output: &str) -> Option<FileRead> {
        let (start, content) = match &self.numbers {
            Numbers::None => (self.start, output.to_owned()),
            Numbers::Each(separator) => numbered(output, |line| line.strip_prefix(separator.as_str()))?,
            Numbers::Match => numbered(output, |line| line.strip_prefix([':', '-']))?,
        };
        let count = u32::try_from(content.split('\n').count()).ok()?;
        let too_long = self.end.is_some_and(|end| start.saturating_add(count - 1) > end);
        if too_long || (self.numbers != Numbers::Match && start != self.start) {
            return None;
        }
        let whole = self.start == 1 && self.end.is_none() && self.numbers != Numbers::Match;
        let path = folder.map_or_else(|| self.path.clone(), |folder| crate::text::joined(folder, &self.path));
        Some(FileRead { path, start, content, total: whole.then_some(count) })
    }
}

/// What `nl` puts behind its numbers, if its options number every line from 1.
fn nl_separator(options: &[&str]) -> Option<String> {
    let mut separator = "\t";
    let mut every_line = false;
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match *option {
            "-ba" => every_line = true,
            "-b" => every_line = *options.next()? == "a",
            "-s" => separator = options.next()?,
            "-v1" | "--" => {}
            option if option.starts_with("-w") => {}
            option => separator = option.strip_prefix("-s")?,
        }
    }
    (every_line && !separator.is_empty()).then(|| separator.to_owned())
}

/// `-n` among options that do not change what a line looks like, then the pattern.
fn is_numbered_search(options: &[&str]) -> bool {
    let Some((pattern, flags)) = options.split_last() else { return false };
    let known = |flag: &&str| {
        let flag = flag.trim_start_matches('-');
        matches!(flag, "n" | "S" | "i" | "F" | "E" | "e" | "w")
            || flag.trim_start_matches(['A', 'B', 'C']).chars().all(|char| char.is_ascii_digit())
    };
    !pattern.starts_with('-') && flags.contains(&"-n") && flags.iter().all(known)
}

/// The lines that `sed -n`, `head` or `tail -n +N` keeps: the first, and the last if there is one.
fn range(program: &str, options: &[&str]) -> Option<(u32, Option<u32>)> {
    match (program, options) {
        ("sed", ["-n", "-e", script] | ["-n" | "-ne", script]) => sed_range(script),
        ("head", []) => Some((1, Some(10))),
        ("head", ["-n", count]) => Some((1, Some(positive(count)?))),
        ("head", [count]) => {
            let count =
                count.strip_prefix("-n").or(count.strip_prefix("--lines=")).or(count.strip_prefix('-'))?;
            Some((1, Some(positive(count)?)))
        }
        ("tail", ["-n", start]) => Some((positive(start.strip_prefix('+')?)?, None)),
        ("tail", [start]) => Some((positive(start.strip_prefix("-n+").or(start.strip_prefix('+'))?)?, None)),
        _ => None,
    }
}

/// `10,20p`, `10,$p` or `10p`.
fn sed_range(script: &str) -> Option<(u32, Option<u32>)> {
    let lines = script.trim().strip_suffix('p')?;
    let (start, end) = lines.split_once(',').unwrap_or((lines, lines));
    let start = positive(start)?;
    match end.trim() {
        "$" => Some((start, None)),
        end => positive(end).filter(|end| *end >= start).map(|end| (start, Some(end))),
    }
}

fn positive(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|number| *number > 0)
}

/// Takes the numbers off; none if a line has none, or a number does not follow the one before it.
fn numbered(output: &str, rest: impl Fn(&str) -> Option<&str>) -> Option<(u32, String)> {
    let mut first = None;
    let mut content = String::with_capacity(output.len());
    for (line, next) in output.split('\n').zip(0..) {
        let text = line.trim_start_matches(' ');
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number: u32 = text[..digits].parse().ok()?;
        let rest = rest(&text[digits..])?;
        if *first.get_or_insert(number) != number.checked_sub(next)? {
            return None;
        }
        if next > 0 {
            content.push('\n');
        }
        content.push_str(rest);
    }
    first.filter(|first| *first > 0).map(|first| (first, content))
}

/// The stages of a command that is one pipeline of plain words, and the folder of a `cd` before it.
fn pipeline(command: &str) -> Option<(Option<String>, Vec<Vec<String>>)> {
    let mut stages = vec![Vec::new()];
    let mut folder = None;
    for token in tokens(command)? {
        let stage = stages.last_mut()?;
        match token {
            Token::Word(word) => stage.push(word),
            Token::Pipe if !stage.is_empty() => stages.push(Vec::new()),
            Token::And if folder.is_none() && stages.len() == 1 => match stages.pop()?.as_slice() {
                [cd, path] if cd == "cd" => {
                    folder = Some(path.clone());
                    stages.push(Vec::new());
                }
                _ => return None,
            },
            _ => return None,
        }
    }
    Some((folder, stages))
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Pipe,
    And,
}

/// Splits a command into words. None if it has anything that a shell would expand, redirect or run in another way.
fn tokens(command: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = command.trim();
    while !rest.is_empty() {
        let skipped = ["2>/dev/null", "2>&1"].iter().find_map(|skip| rest.strip_prefix(skip));
        rest = if let Some(after) = skipped {
            after
        } else if let Some(after) = rest.strip_prefix("&&") {
            tokens.push(Token::And);
            after
        } else if let Some(after) = rest.strip_prefix('|').filter(|after| !after.starts_with(['|', '&'])) {
            tokens.push(Token::Pipe);
            after
        } else {
            let (word, after) = word(rest)?;
            tokens.push(Token::Word(word));
            after
        };
        rest = rest.trim_start_matches([' ', '\t']);
    }
    Some(tokens)
}

/// Takes one word off the front.
pub(super) fn word(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let after = &rest[char.len_utf8()..];
        match char {
            ' ' | '\t' | '|' | '&' => break,
            '\'' => {
                let (inside, after) = after.split_once('\'')?;
                word.push_str(inside);
                rest = after;
                continue;
            }
            '"' => {
                rest = double_quoted(after, &mut word)?;
                continue;
            }
            '\\' => {
                let next = after.chars().next().filter(|next| *next != '\n')?;
                word.push(next);
                rest = &after[next.len_utf8()..];
                continue;
            }
            '$' | '`' | '*' | '?' | '[' | '{' | ';' | '<' | '>' | '(' | ')' | '\n' | '#' => return None,
            _ => word.push(char),
        }
        rest = after;
    }
    (rest.len() < text.len()).then_some((word, rest))
}

/// Reads to the closing quote and says what comes after it.
fn double_quoted<'a>(text: &'a str, word: &mut String) -> Option<&'a str> {
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some(&text[at + 1..]),
            '$' | '`' => return None,
            '\\' => {
                let (_, next) = chars.next()?;
                if !matches!(next, '"' | '\\' | '$' | '`') {
                    word.push('\\');
                }
                word.push(next);
            }
            _ => word.push(char),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &[&str]) -> Vec<String> {
        line.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_shell_around_a_line_is_taken_off() {
        let check = |line: &[&str], expected| assert_eq!(unwrap(&words(line)), expected);
        check(&["bash", "-lc", "ls | wc"], "ls | wc");
        check(&["/bin/zsh", "-c", "ls"], "ls");
        check(&["powershell.exe", "-NoProfile", "-Command", "Get-Item x"], "Get-Item x");
        check(&["cmd.exe", "/c", "dir"], "dir");
        check(&["git", "commit", "-m", "it's"], r"git commit -m 'it'\''s'");
        check(&["bash", "-lc"], "bash -lc");
        check(&[], "");
    }

    #[test]
    fn a_plain_read_says_what_it_showed() {
        let check = |command: &str, output: &str, expected: (&str, u32, &str, Option<u32>)| {
            let (path, start, content, total) = expected;
            let (path, content) = (path.to_owned(), content.to_owned());
            assert_eq!(read_of(command, output), Some(FileRead { path, start, content, total }), "{command}");
        };
        check("cat a.txt", "one\ntwo\n", ("a.txt", 1, "one\ntwo", Some(2)));
        check("cat 'a b.txt'", "one", ("a b.txt", 1, "one", Some(1)));
        check("cat -n a.txt", "     1\tone\n     2\t\n", ("a.txt", 1, "one\n", Some(2)));
        check("sed -n '3,4p' src/a.rs", "c\nd\n", ("src/a.rs", 3, "c\nd", None));
        check("sed -n \"3,\\$p\" a", "c\n", ("a", 3, "c", None));
        check("sed -n 7p a", "g", ("a", 7, "g", None));
        check("nl -ba a | sed -n '2,3p'", "     2\tb\n     3\tc\n", ("a", 2, "b\nc", None));
        check("nl -ba -w1 -s': ' a", "1: x\n2: \n", ("a", 1, "x\n", Some(2)));
        check("cat a | head -n 2", "a\nb\n", ("a", 1, "a\nb", None));
        check("head -2 a 2>/dev/null", "a\nb\n", ("a", 1, "a\nb", None));
        check("tail -n +5 a | head -n 1", "e\n", ("a", 5, "e", None));
        check("sed -n '10,20p' a | sed -n '2,3p'", "k\nl\n", ("a", 11, "k\nl", None));
        check("cd sub && cat a", "x", ("sub/a", 1, "x", Some(1)));
        check("cd sub && cat /a", "x", ("/a", 1, "x", Some(1)));
        check("rg -n -C 1 fn a.rs", "4-x\n5:fn y\n6-z\n", ("a.rs", 4, "x\nfn y\nz", None));
    }

    #[test]
    fn anything_else_is_no_read() {
        let check = |command: &str, output: &str| assert_eq!(read_of(command, output), None, "{command}");
        check("cat a b", "x");
        check("cat a > b", "x");
        check("cat a; cat b", "x");
        check("cat a && cat b", "x");
        check("cat a || true", "x");
        check("cat *.rs", "x");
        check("cat $(ls)", "x");
        check("cat \"$FILE\"", "x");
        check("cat 'a", "x");
        check("cat <<EOF\nx\nEOF", "x");
        check("cat", "x");
        check("cat a", "");
        check("cat a | grep x", "x");
        check("cat a | sort", "x");
        check("sed -n '3,4p' a", "c\nd\ne");
        check("sed -n '4,3p' a", "c");
        check("sed -n '1,2p;5,6p' a", "c");
        check("sed -i 's/a/b/' a", "c");
        check("sed -n '3,4p'", "c");
        check("nl -ba a | sed -n '2,3p'", "     5\te\n");
        check("nl -ba a", "     1\ta\n     3\tc\n");
        check("nl a", "     1\ta\n      \n");
        check("tail -n 5 a", "x");
        check("rg -n fn a.rs", "4:fn x\n9:fn y\n");
        check("rg -n fn src tests", "src/a.rs:4:fn x\n");
        check("cat a", "Total output lines: 900\n\nx\n");
        check("cat a", "x\n…12 tokens truncated…\ny\n");
    }

    proptest::proptest! {
        #[test]
        fn no_command_panics(command in "[a-z0-9 |&;'\"$\\\\,+é-]{0,60}", output in "\\PC{0,40}") {
            let _ = read_of(&command, &output);
            let _ = read_of("nl -ba a", &output);
        }
    }
}
