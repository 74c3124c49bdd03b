//! How a statement begins, behind the words of courtesy and agreement that come before it.

/// Words that say no more than that one was heard, or that one goes on.
const COURTESIES: &[&str] = &[
    "actually",
    "agreed",
    "all",
    "alright",
    "also",
    "and",
    "awesome",
    "but",
    "cool",
    "fine",
    "first",
    "good",
    "got",
    "great",
    "hey",
    "hmm",
    "it",
    "just",
    "makes",
    "next",
    "nice",
    "now",
    "oh",
    "ok",
    "okay",
    "perfect",
    "please",
    "right",
    "sense",
    "so",
    "sounds",
    "sure",
    "thanks",
    "then",
    "understood",
    "well",
    "yeah",
    "yep",
    "yes",
];

/// A statement from its first word that says something; all of it if there is none.
pub fn behind_courtesies(text: &str) -> &str {
    let mut rest = text;
    loop {
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let behind = behind.trim_start_matches(|c: char| c.is_whitespace() || ",.!:;…–—-".contains(c));
        if word.is_empty() || behind.is_empty() || !is_courtesy(word) {
            return rest;
        }
        rest = behind;
    }
}

/// Whether a text is nothing but courtesies: "Yep, agreed."
pub fn is_all_courtesy(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).all(is_courtesy)
}

fn is_courtesy(word: &str) -> bool {
    word.len() <= 10 && COURTESIES.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
}

/// What stands behind one of some beginnings, in any case of the letters.
pub fn behind_one<'a>(text: &'a str, beginnings: &[&str]) -> Option<&'a str> {
    beginnings.iter().find_map(|beginning| {
        let head = text.get(..beginning.len())?;
        head.eq_ignore_ascii_case(beginning).then(|| &text[beginning.len()..])
    })
}

/// The first word of a text, in small letters.
pub fn first_word(text: &str) -> String {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    text[..end].to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(behind_courtesies(text), expected, "{text:?}");
    }

    #[test]
    fn courtesies_are_in_order() {
        assert!(COURTESIES.is_sorted());
    }

    #[test]
    fn a_statement_begins_behind_its_courtesies() {
        check("Yep, agreed. I'll remove it", "I'll remove it");
        check("ok … now please run it", "run it");
        check("Okay", "Okay");
        check("Übrigens, ja", "Übrigens, ja");
        check("", "");
    }

    #[test]
    fn agreement_alone_says_nothing() {
        assert!(is_all_courtesy("Yep, agreed."));
        assert!(!is_all_courtesy("Yep, agreed: tabs."));
    }
}
