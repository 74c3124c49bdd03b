//! What test runners and linters counted, as their last lines say: "12 passed", "3 tests failed".

/// What the output counted, from its last lines.
pub fn counts(output: &str) -> String {
    let tail = tail(output, 4000);
    let mut found: Vec<&str> = Vec::new();
    for line in tail.lines().rev() {
        let here: Vec<&str> = counts_of(line).collect();
        if !here.is_empty() {
            found = here;
            break;
        }
    }
    found.retain(|count| {
        !count.starts_with("0 ")
            || count.contains("issue")
            || count.contains("error")
            || count.contains("failed")
    });
    found.truncate(3);
    found.join(", ")
}

/// What test runners and linters count.
const COUNTED: &[&str] = &[
    "passed", "failed", "failure", "failures", "error", "errors", "issue", "issues", "warning", "warnings",
    "problem", "problems", "skipped", "pass", "fail",
];

/// What a line counts: `12 passed`, `3 tests failed`.
fn counts_of(line: &str) -> impl Iterator<Item = &str> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = line.as_bytes();
    // Behind a colon stands a place: `a.md:12:91 error`.
    let begins = move |at: &usize| {
        bytes[*at].is_ascii_digit() && (*at == 0 || !is_word(bytes[*at - 1]) && bytes[*at - 1] != b':')
    };
    let word_end = move |from: usize| from + bytes[from..].iter().take_while(|byte| is_word(**byte)).count();
    (0..bytes.len()).filter(begins).filter_map(move |start| {
        let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let first = start + digits + 1;
        if bytes.get(first - 1) != Some(&b' ') {
            return None;
        }
        let end = word_end(first);
        let is = |word: &str, words: &[&str]| words.iter().any(|it| it.eq_ignore_ascii_case(word));
        if is(&line[first..end], &["test", "tests"]) && bytes.get(end) == Some(&b' ') {
            let second = word_end(end + 1);
            return is(&line[end + 1..second], COUNTED).then(|| &line[start..second]);
        }
        is(&line[first..end], COUNTED).then(|| &line[start..end])
    })
}

fn tail(text: &str, bytes: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(bytes))..]
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    /// What is meant as a regular expression, which takes longer to make than most outputs to read.
    static COUNTS: LazyLock<Regex> = LazyLock::new(|| {
        let words = COUNTED.join("|");
        Regex::new(&format!(r"(?i-u)\b\d+ (?:tests? )?(?:{words})\b")).unwrap()
    });

    #[test]
    fn the_last_line_that_counts_something_tells() {
        let check = |output: &str, expected: &str| assert_eq!(counts(output), expected, "{output:?}");
        check("", "");
        check("1 error\n12 passed, 1 failed in 0.2s\n\ndone\n", "12 passed, 1 failed");
        check("test result: ok. 5 passed; 0 failed; 0 skipped", "5 passed, 0 failed");
        check("3 tests failed\n", "3 tests failed");
        check("see v12 passed 3", "");
        check("a.md:12:91 error MD060 a table", "");
    }

    proptest! {
        #[test]
        fn counts_are_what_the_pattern_finds(
            line in "([0-9]{1,2}|_|a| |é|, |tests? |Test|PASSED|passed|fail(ed)?|errors?|issues?){0,12}",
        ) {
            let found: Vec<&str> = COUNTS.find_iter(&line).map(|it| it.as_str()).collect();
            prop_assert_eq!(counts_of(&line).collect::<Vec<_>>(), found);
        }
    }
}
