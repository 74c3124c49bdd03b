//! What of a user's message was said, and what was pasted into it: prompts, commands, what programs printed.

use std::borrow::Cow;
use std::ops::Range;

/// A message without what was pasted into it.
pub fn spoken(text: &str) -> Cow<'_, str> {
    let mut paste = Paste::None;
    let (page, quoted) = (page_start(text), quoted(text));
    let mut said = Vec::new();
    let mut after_blank = true;
    for (at, line) in text.lines().enumerate() {
        if at >= page {
            break;
        }
        paste = paste.then(line, after_blank);
        after_blank = line.trim().is_empty();
        if paste == Paste::None && !quoted.contains(&at) {
            said.push(line);
        }
    }
    if said.len() < text.lines().count() { Cow::Owned(said.join("\n")) } else { Cow::Borrowed(text) }
}

/// The lines of a text for others to read that the user shows: the full paragraphs behind one that says it follows.
fn quoted(text: &str) -> Range<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let is_blank = |line: &str| line.trim().is_empty();
    let announced = lines.iter().position(|line| announces(line)).map_or(lines.len(), |at| at + 1);
    let start = announced + lines[announced..].iter().take_while(|line| is_blank(line)).count();
    if !lines.get(start).is_some_and(|first| first.starts_with(char::is_uppercase)) {
        return 0..0;
    }
    let is_full = |line: &&&str| is_blank(line) || line.len() > FULL;
    start..start + lines[start..].iter().take_while(is_full).count()
}

/// The part of a message that somebody else wrote: what stands behind a line that says so, up to where its sender speaks
/// again.
pub fn reported(text: &str) -> &str {
    let mut end = 0;
    let behind = text.split_inclusive('\n').find_map(|line| {
        end += line.len();
        cites(line.trim()).then(|| &text[end..])
    });
    let behind = behind.unwrap_or_default();
    let mut paragraphs =
        behind.match_indices("\n\n").map(|(at, _)| at).skip_while(|at| behind[..*at].trim().is_empty());
    let end = paragraphs.find(|at| speaks_again(behind[*at..].trim_start()));
    &behind[..end.unwrap_or(behind.len())]
}

/// How long a message is, in bytes, and how many lines are set as headings or begin with bold words, before it reads like a
/// document rather than speech.
const DOCUMENT: (usize, usize) = (800, 3);

/// Whether a message is set like a document, as what another agent wrote is.
pub fn is_document(text: &str) -> bool {
    let is_set = |line: &&str| {
        let line =
            line.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '*' | '.' | ')' | ' '));
        line.starts_with("## ") || line.starts_with("### ") || line.contains(".**") || line.contains(":**")
    };
    text.len() > DOCUMENT.0 && text.lines().filter(is_set).count() >= DOCUMENT.1
}

/// Whether a line says that somebody else's words follow: "I also got this feedback:".
fn cites(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "answered",
        "comment",
        "comments",
        "feedback",
        "finding",
        "findings",
        "observation",
        "observations",
        "replied",
        "report",
        "review",
        "reviewer",
        "said",
        "says",
        "wrote",
    ];
    let lower = line.to_lowercase();
    line.len() < LEAD
        && line.ends_with(':')
        && lower.split(|c: char| !c.is_alphabetic()).any(|word| WORDS.contains(&word))
}

/// Whether a paragraph is its sender's own again.
fn speaks_again(paragraph: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "I ", "I'", "But I", "And I", "So ", "Can ", "Could ", "Please", "What ", "Let's", "Should ", "Do ",
        "We ",
    ];
    paragraph.starts_with(char::is_lowercase) || BEGINNINGS.iter().any(|start| paragraph.starts_with(start))
}

/// A line longer than this, in bytes, is a paragraph of a text.
const FULL: usize = 80;

/// A line longer than this, in bytes, leads into nothing.
const LEAD: usize = 400;

/// Whether a line ends by saying that a text for others follows: "the post says this", "here's an example".
fn announces(line: &str) -> bool {
    const TEXTS: &[&str] =
        &["tweet", "post", "email", "mail", "article", "announcement", "says", "reads", "example"];
    const POINTERS: &[&str] = &["this", "following", "here's", "here"];
    if line.len() > LEAD {
        return false;
    }
    let lower = line.to_lowercase();
    let words: Vec<&str> =
        lower.split([' ', '.', ':', ',']).filter(|word| !word.is_empty()).rev().take(6).collect();
    [TEXTS, POINTERS].iter().all(|list| words.iter().any(|word| list.contains(word)))
}

/// How many lines of a page's furniture show that a page was pasted.
const FURNITURE: usize = 3;

/// The line at which a page begins that was copied from a browser: the first of the paragraph that its furniture, a name
/// after `@` or a mark alone on a line, stands in first.
fn page_start(text: &str) -> usize {
    let furniture = text.lines().enumerate().filter(|(_, line)| is_furniture(line.trim()));
    let first = furniture.clone().next().filter(|_| furniture.count() >= FURNITURE);
    first.map_or(usize::MAX, |(at, _)| {
        let before = text.lines().take(at).enumerate().filter(|(_, line)| line.trim().is_empty());
        before.last().map_or(0, |(blank, _)| blank + 1)
    })
}

fn is_furniture(line: &str) -> bool {
    let mark = matches!(line, "·" | "•" | "…" | "|");
    mark || line.strip_prefix('@').is_some_and(|name| !name.is_empty() && !name.contains([' ', '/', '.']))
}

/// Whether a line belongs to something pasted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Paste {
    /// It was said.
    None,
    /// It was printed, or is a command of one line.
    Line,
    /// It is a command that goes on in the next line.
    Command,
    /// It stands behind a prompt, among what the command printed.
    Session,
}

impl Paste {
    /// What the next line is.
    fn then(self, line: &str, after_blank: bool) -> Self {
        let trimmed = without_image(line.trim());
        let goes_on = trimmed.ends_with('\\');
        match self {
            Paste::Session if !(after_blank && is_prose(line)) => Paste::Session,
            _ if has_prompt(trimmed) => Paste::Session,
            Paste::Command if goes_on => Paste::Command,
            Paste::Command => Paste::Line,
            _ if is_command(trimmed) || looks_like_output(trimmed) => {
                if goes_on {
                    Paste::Command
                } else {
                    Paste::Line
                }
            }
            _ => Paste::None,
        }
    }
}

/// A line without the mark that a host puts in for a picture: `[Image #1]`.
fn without_image(line: &str) -> &str {
    let behind = line.strip_prefix("[Image").and_then(|rest| rest.split_once(']'));
    behind.map_or(line, |(_, rest)| rest.trim_start())
}

/// Whether a line is a shell's prompt with a command behind it.
fn has_prompt(line: &str) -> bool {
    ["❯ ", "$ ", "➜ "].iter().any(|prompt| line.starts_with(prompt))
        || [" ❯ ", "] $ ", " ➜ "].iter().any(|prompt| line.contains(prompt))
}

/// Whether a line is a command with its surroundings set: `env NAME=value program …`, `NAME=value program …`.
fn is_command(line: &str) -> bool {
    let mut words = line.split_whitespace().filter(|word| *word != "env");
    let sets = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        })
    };
    words.next().is_some_and(sets) && words.next().is_some()
}

/// Whether a line reads like speech: words, and no mark of a program's.
fn is_prose(line: &str) -> bool {
    const MARKS: &[&str] =
        &["FAIL", "PASS", "ERROR", "error:", "Error:", "panic:", "warning:", "---", "===", "fatal:"];
    !line.starts_with([' ', '\t'])
        && line.split_whitespace().count() >= 4
        && line.starts_with(char::is_alphabetic)
        && !looks_like_output(line)
        && !MARKS.iter().any(|mark| line.contains(mark))
}

/// The bytes of ASCII that programs print more often than people write.
const ODD: [bool; 256] = {
    let (mut odd, bytes, mut at) = ([false; 256], b"={}[]$<>\\#|~@;", 0);
    while at < bytes.len() {
        odd[bytes[at] as usize] = true;
        at += 1;
    }
    odd
};

/// Whether a text is something printed by a program that was pasted, rather than said.
pub fn looks_like_output(text: &str) -> bool {
    let wide = || text.chars().filter(|c| matches!(c, '❯' | '│' | '─')).count();
    let odd = text.bytes().filter(|byte| ODD[usize::from(*byte)]).count()
        + if text.is_ascii() { 0 } else { wide() };
    odd * 14 > text.chars().count()
        || text.starts_with(['❯', '$', '%', '>', '⏺', '⎿', '●', '✻'])
        || is_tagged(text)
        || is_of_diff(text)
        || is_of_data(text)
        || is_of_log(text)
        || names_line(text)
        || is_numbered(text)
        || has_ruler(text)
}

/// Whether a line is one of a diff: `+   let x`, `+314 - text`.
fn is_of_diff(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or_default();
    rest.starts_with("  ")
        || rest.starts_with('\t')
        || text.starts_with('+') && rest.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a line is a part of a record of data: `{"error":{"type":…`.
fn is_of_data(text: &str) -> bool {
    ["\":\"", "\":{", "':'", "'},'", "\"},\""].iter().any(|joint| text.contains(joint))
}

/// Whether a line begins as those do that programs print of their errors.
fn is_of_log(text: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "Caused by:",
        "Error: Process completed",
        "Finished in ",
        "Traceback (most recent call last)",
        "at Object.",
        "npm ERR!",
        "npm error",
    ];
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
}

/// Whether a line is one of a file that was shown with numbers: `00243| text`, `12→text`.
fn is_numbered(text: &str) -> bool {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    behind.len() < text.len() && behind.starts_with(['|', '→'])
}

/// Whether a line is drawn in a text: `_____`, `=====`.
fn has_ruler(text: &str) -> bool {
    let draws =
        |five: &[u8]| matches!(five[0], b'_' | b'-' | b'=' | b'*') && five.iter().all(|b| *b == five[0]);
    text.as_bytes().windows(5).any(draws)
}

/// Whether a line begins with a place in a file, as compilers and tests print it: `src/a.rs:12: …`.
fn names_line(text: &str) -> bool {
    let place = text.split([' ', '\t']).next().unwrap_or_default();
    let mut parts = place.split(':');
    let names_file = parts.next().is_some_and(|file| file.contains(['.', '/']));
    let number = parts.next().unwrap_or_default();
    names_file && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && place.ends_with(':')
}

/// Whether a line begins with a tag in brackets, as logs and lists on a screen do; a host's "[Image #1]" is none.
fn is_tagged(text: &str) -> bool {
    let tag = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or("", |(tag, _)| tag.trim());
    (2..24).contains(&tag.len()) && !["Image", "Pasted", "image"].iter().any(|word| tag.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, expected: &str) {
        assert_eq!(spoken(message), expected, "{message:?}");
    }

    #[test]
    fn what_was_pasted_goes() {
        check("it still fails\n\n❯ make test\nrun 1\n--- FAIL: TestA (0.1s)\nFAIL", "it still fails\n");
        check("❯ make test\nok\n\nnow it passes, please commit it", "now it passes, please commit it");
        check("env CACHE=/tmp/x go test ./a\n\nthis is too quick", "\nthis is too quick");
        check("try this:\n$ curl \\\n  -v \\\n  localhost", "try this:");
        check("❯ make test\nFAIL", "");
        check(
            "like this one:\n\nSomebody\n@some\n·\nApr 2\nNever push.\nOther\n@other\n·\nWe must.",
            "like this one:\n",
        );
        let post = "We are glad to show the first version of our reader today. It reads every kind of book.";
        check(
            &format!("the post says this\n\n{post}\n\nmake it shorter"),
            "the post says this\n\nmake it shorter",
        );
        check("+  // The number of steps.\nis that clear?", "is that clear?");
        check("⏺ Task(look)\n  ⎿ Done (9 tool uses)\nis that much?", "is that much?");
        check(
            "this results in\n{\"error\":{\"message\":\"It must not be\nempty.'},'id':'7'}",
            "this results in",
        );
        check("[lint] a.go:1: unused\nfix this", "fix this");
        check("see the file\n00012| - id: string (required)\n00013| It must never be empty.", "see the file");
        check("a/b.py:12: in run\na/b.py:3: ImportError ________ test_c ________\nfix this", "fix this");
    }

    #[test]
    fn what_others_wrote_stands_behind_a_line_that_says_so() {
        let check =
            |message: &str, expected: &str| assert_eq!(reported(message).trim(), expected, "{message:?}");
        check("I also got this feedback:\n\nNever sleep.\n\nBut I wonder why.", "Never sleep.");
        check("A review says:\nNever sleep.\n\nUse a clock.", "Never sleep.\n\nUse a clock.");
        check("Address these:\n- never sleep", "");
        check("the review is done, never sleep", "");
    }

    #[test]
    fn documents_have_headings_and_bold_words() {
        let point = "1. **The clock.** It runs too fast in every place but one, where nobody looks.\n";
        assert!(is_document(&point.repeat(12)) && !is_document(point));
        assert!(!is_document(&"1. The clock runs too fast in every place but one.\n".repeat(20)));
    }

    #[test]
    fn what_was_said_stays() {
        check("Never push to main.\n\nUse tabs.", "Never push to main.\n\nUse tabs.");
        check("[Image #1] the header is wrong", "[Image #1] the header is wrong");
        check("do it like this\n\nFirst, an example.", "do it like this\n\nFirst, an example.");
        check("the LEVEL=3 is too high", "the LEVEL=3 is too high");
        check("2 readers, 3 | 4 writers", "2 readers, 3 | 4 writers");
        check("a.rs:12 is wrong, see also b.rs:3", "a.rs:12 is wrong, see also b.rs:3");
    }
}
