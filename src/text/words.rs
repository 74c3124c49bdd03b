//! The words of a text, and the names from code among them. Every word of a session passes here, most of them several
//! times, so that bytes are looked up rather than characters asked.

use std::borrow::Cow;

/// The words of a text as a reader would look them up: lower case, names kept whole, very short and very common ones left out.
pub fn words(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    Runs { text, at: 0, inside: JOINS | BELONGS }
        .map(|(run, seen)| (if seen & JOINS == 0 { run } else { run.trim_matches(JOINING) }, seen))
        .filter(|(word, _)| word.len() > 2 || !word.is_ascii() || word.bytes().all(|b| b.is_ascii_digit()))
        .map(|(word, seen)| if seen & (UPPER | WIDE) == 0 { Cow::Borrowed(word) } else { lower(word) })
        .filter(|word| !word.is_empty() && !is_common(word))
}

/// The names from code in a text, in order, repeated as they are.
pub fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    let runs = Runs { text, at: 0, inside: BELONGS };
    runs.filter(|(word, seen)| seen & (UPPER | JOINT) != 0 && is_identifier(word)).map(|(word, _)| word)
}

/// Whether a word is a name from code: mixed case, or with an underscore, and not short.
pub fn is_identifier(word: &str) -> bool {
    let humps = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    word.len() >= 5
        && (word.as_bytes().windows(2).any(humps) || word.trim_matches('_').contains('_'))
        && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// What may join the parts of a word, but neither begins nor ends it.
const JOINING: [char; 6] = ['.', '/', '-', ':', '@', '#'];

/// What a byte is to a word, a bit each. With none it stands between words.
type Kind = u8;
/// It is one of [`JOINING`].
const JOINS: Kind = 1;
/// It is a letter or digit of ASCII, or `_`.
const BELONGS: Kind = 2;
/// It is a capital.
const UPPER: Kind = 4;
/// It is `_`.
const JOINT: Kind = 8;
/// It is of a character that has several, which is asked.
const WIDE: Kind = 16;

const KINDS: [Kind; 256] = {
    let mut kinds = [WIDE; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        kinds[byte as usize] = match byte {
            b'A'..=b'Z' => BELONGS | UPPER,
            b'_' => BELONGS | JOINT,
            _ if byte.is_ascii_alphanumeric() => BELONGS,
            _ => 0,
        };
        byte += 1;
    }
    let mut at = 0;
    while at < JOINING.len() {
        kinds[JOINING[at] as usize] = JOINS;
        at += 1;
    }
    kinds
};

/// The longest runs of letters, digits, and bytes of some kinds, each with all kinds that were seen in it.
struct Runs<'a> {
    text: &'a str,
    at: usize,
    inside: Kind,
}

impl Runs<'_> {
    /// Goes on while characters are in a run, or while they are not, and says which kinds there were.
    fn skip(&mut self, inside: bool) -> Kind {
        let mut seen = 0;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            let kind = KINDS[usize::from(*byte)];
            let (is_inside, length) = match kind {
                WIDE => self.text[self.at..]
                    .chars()
                    .next()
                    .map_or((false, 1), |c| (c.is_alphanumeric(), c.len_utf8())),
                kind => (kind & self.inside != 0, 1),
            };
            if is_inside != inside {
                break;
            }
            seen |= kind;
            self.at += length;
        }
        seen
    }
}

impl<'a> Iterator for Runs<'a> {
    type Item = (&'a str, Kind);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip(false);
        let start = self.at;
        let seen = self.skip(true);
        (start < self.at).then(|| (&self.text[start..self.at], seen))
    }
}

fn lower(word: &str) -> Cow<'_, str> {
    let is_lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if word.bytes().all(is_lower) { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) }
}

fn is_common(word: &str) -> bool {
    may_be_common(word) && COMMON.binary_search(&packed(word)).is_ok()
}

/// Whether a common word has this first letter and this length.
fn may_be_common(word: &str) -> bool {
    let first = word.as_bytes().first().filter(|_| word.len() <= 8);
    first.is_some_and(|first| COMMON_LENGTHS[usize::from(*first)] & 1 << word.len() != 0)
}

/// Up to eight bytes as one number, in the order of the words.
const fn packed(word: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.split_at_mut(word.len()).0.copy_from_slice(word.as_bytes());
    u64::from_be_bytes(bytes)
}

/// For each first letter a bit for each length that common words with it have.
const COMMON_LENGTHS: [u16; 256] = {
    let mut lengths = [0; 256];
    let mut at = 0;
    while at < COMMON_WORDS.len() {
        let word = COMMON_WORDS[at].as_bytes();
        lengths[word[0] as usize] |= 1 << word.len();
        at += 1;
    }
    lengths
};

/// English words that say nothing by themselves, packed.
const COMMON: [u64; COMMON_WORDS.len()] = {
    let mut packed_words = [0; COMMON_WORDS.len()];
    let mut at = 0;
    while at < packed_words.len() {
        packed_words[at] = packed(COMMON_WORDS[at]);
        at += 1;
    }
    packed_words
};

/// The same as words, sorted.
const COMMON_WORDS: &[&str] = &[
    "about", "after", "all", "also", "and", "any", "are", "because", "been", "before", "both", "but", "can",
    "did", "does", "each", "for", "from", "had", "has", "have", "her", "here", "how", "into", "its", "just",
    "let", "like", "may", "more", "most", "not", "now", "off", "one", "only", "onto", "other", "our", "out",
    "over", "should", "since", "some", "such", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "too", "use", "used", "uses", "using", "very", "was", "way", "were",
    "what", "when", "where", "which", "while", "who", "why", "will", "with", "would", "yes", "you", "your",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn common_words_are_found() {
        assert!(COMMON.is_sorted());
        assert!(COMMON_WORDS.iter().all(|word| is_common(word)));
        for word in ["", "a", "abou", "aboutt", "yourself", "zebra", "handoff"] {
            assert!(!is_common(word), "{word}");
        }
    }

    /// The words as they are meant, character by character.
    fn slowly(text: &str) -> Vec<String> {
        let ends = |c: char| !(c.is_alphanumeric() || c == '_' || JOINING.contains(&c));
        text.split(ends)
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_'))
            .filter(|word| word.len() > 2 || !word.is_ascii() || word.bytes().all(|b| b.is_ascii_digit()))
            .map(str::to_lowercase)
            .filter(|word| !word.is_empty() && !COMMON_WORDS.contains(&word.as_str()))
            .collect()
    }

    proptest! {
        #[test]
        fn words_are_what_they_are_meant_to_be(text in "([a-zA-Z0-9_./:@#é… -]|the |über|日本|١){0,24}") {
            prop_assert_eq!(words(&text).map(Cow::into_owned).collect::<Vec<_>>(), slowly(&text));
            let parts = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|it| is_identifier(it));
            prop_assert_eq!(identifiers(&text).collect::<Vec<_>>(), parts.collect::<Vec<_>>());
        }
    }
}
