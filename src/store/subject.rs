//! What an objective is about, in a few words that can stand in the name of a file.

/// The most words, and the most characters of all of them with what stands between.
const WORDS: usize = 4;
const LONGEST: usize = 32;
/// The longest word: what is longer is no word but a hash, an id or data.
const LONGEST_WORD: usize = 20;

/// Words that say nothing of the matter: they join others, address the agent, or ask for anything at all.
const EMPTY: &[&str] = &[
    "a", "about", "after", "again", "all", "also", "an", "and", "any", "are", "as", "at", "be", "before",
    "but", "by", "can", "could", "do", "does", "due", "for", "from", "go", "gonna", "has", "have", "hello",
    "help", "hey", "hi", "how", "i", "if", "in", "into", "is", "it", "its", "just", "let", "like", "make",
    "me", "my", "need", "needs", "no", "not", "now", "of", "ok", "on", "or", "our", "out", "per", "please",
    "should", "so", "some", "that", "the", "their", "then", "there", "these", "they", "this", "those", "to",
    "up", "us", "use", "using", "via", "wanna", "want", "was", "we", "what", "when", "where", "which",
    "will", "with", "would", "you", "your",
];

/// The first telling words of an objective, joined by hyphens; empty if it has none that are ASCII.
///
/// Options of commands and their values, numbers, addresses and hashes tell nothing; of a path, the file's name does.
pub(super) fn subject(objective: &str) -> String {
    let mut subject: Vec<String> = Vec::new();
    let mut length = 0;
    for word in objective.split_whitespace().filter(|word| !is_machines(word)).flat_map(words) {
        let longer = length + word.len() + usize::from(length > 0);
        if subject.contains(&word) {
            continue;
        }
        if subject.len() == WORDS || longer > LONGEST {
            break;
        }
        length = longer;
        subject.push(word);
    }
    subject.join("-")
}

/// Whether it is meant for a program: an option, a variable, an address.
fn is_machines(word: &str) -> bool {
    word.starts_with(['-', '$', '%']) || word.contains("://") || word.contains('=') || word.contains('@')
}

/// The telling words in what stands between two blanks.
fn words(text: &str) -> impl Iterator<Item = String> {
    let text = file_name(text.trim_matches(|c: char| !c.is_alphanumeric()));
    let parts = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '\u{FFFD}')));
    parts.map(str::to_ascii_lowercase).filter(|word| tells(word))
}

/// The name of the file without its ending, where the text is a path; else the text.
fn file_name(text: &str) -> &str {
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 4 => stem,
        _ => name,
    }
}

fn tells(word: &str) -> bool {
    let is_hash = word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (2..=LONGEST_WORD).contains(&word.len())
        && !(is_hash && word.bytes().any(|byte| byte.is_ascii_digit()))
        && EMPTY.binary_search(&word).is_err()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(objective: &str, expected: &str) {
        assert_eq!(subject(objective), expected, "{objective}");
    }

    #[test]
    fn a_few_words_say_what_it_is_about() {
        check("Fix the rounding in src/invoice.rs!", "fix-rounding-invoice");
        check("Can you please have a look at the flaky test?", "look-flaky-test");
        check(
            "tollgate needs rate limits per tenant. Today one noisy customer",
            "tollgate-rate-limits-tenant",
        );
        check("Refactor, refactor, REFACTOR the parser", "refactor-parser");
        check("Rename `old_name` to `new_name` (all of them)", "rename-old-name-new");
        check("let's add v2 of the API", "add-v2-api");
    }

    #[test]
    fn a_pasted_command_is_told_by_its_words() {
        check("gitsync --max-ref-updates-per-push=5000 -j 8 go", "gitsync");
        check("$HOME/bin/run.sh TOKEN=abc cargo test --lib 2>&1", "cargo-test");
        check("see https://example.com/a/b?c=d and 3f2a9bc81d0e77aa", "see");
    }

    #[test]
    fn what_cannot_be_in_a_name_is_left_out() {
        check("", "");
        check("日本語", "");
        check("Größe der Liste prüfen", "der-liste");
        check("Gr\u{FFFD}e der Liste", "der-liste");
        check("--all -v 500 12:30", "");
        check(&"x".repeat(90), "");
        check(&"ab ".repeat(90), "ab");
        check("don't overcomplicate internationalization of accessibility", "overcomplicate");
    }

    #[test]
    fn the_empty_words_are_sorted() {
        assert!(EMPTY.is_sorted());
    }

    proptest! {
        #[test]
        fn it_is_short_and_plain(objective: String) {
            let subject = subject(&objective);
            prop_assert!(subject.len() <= LONGEST && subject.split('-').count() <= WORDS);
            prop_assert!(subject.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit()));
            prop_assert!(!subject.starts_with('-') && !subject.ends_with('-'));
        }
    }
}
