//! Finds phrases in a text, whole words in any case, all of them in one pass.
//!
//! Phrases are written as regular expressions of a small part: alternatives in brackets, `?` behind a letter or a
//! bracket, sets of letters, `\b`, and `\w*` or `\w+` at the end. They are spelled out and put into one tree of
//! letters, into which every word of the text leads. A general automaton for the same takes longer to build than most
//! sessions take to read.

/// Phrases, each with what it is a sign of.
pub struct Phrases {
    /// In the order of their letters.
    spelled: Vec<Phrase>,
    nodes: Vec<Node>,
    /// For each first letter, its node; 0 for none.
    first: [u16; 256],
}

/// A phrase, spelled out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Phrase {
    letters: Vec<u8>,
    /// Whether it stands at the beginning of the text only.
    opens: bool,
    behind: Behind,
    /// The bit of what it is a sign of.
    sign: u32,
}

/// What has to stand behind the letters of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Behind {
    Anything,
    /// The edge of a word.
    Edge,
    /// More of the word.
    More,
    /// Nothing but these until the end of the text.
    Only(&'static [u8]),
}

/// A letter that phrases go on with. Nodes with the same letters before them are a chain of siblings.
struct Node {
    letter: u8,
    /// The first node behind it, and the next beside it; 0 for none.
    child: u16,
    sibling: u16,
    /// The phrases that end here.
    ends: (u16, u16),
}

impl Phrases {
    /// All phrases of some patterns, each with the bit of what it is a sign of.
    pub fn new(patterns: &[(u32, &'static str)]) -> Self {
        let each = |(sign, pattern): &(u32, &'static str)| {
            let sign = *sign;
            spell(pattern).into_iter().map(move |text| Phrase::of(&text, sign))
        };
        let mut spelled: Vec<Phrase> = patterns.iter().flat_map(each).collect();
        spelled.sort_unstable();
        spelled.dedup();
        // The first node stands for none.
        let nodes = vec![Node { letter: 0, child: 0, sibling: 0, ends: (0, 0) }];
        let mut tree = Phrases { spelled, nodes, first: [0; 256] };
        let mut node = tree.grow(0, tree.spelled.len(), 0);
        while node != 0 {
            tree.first[usize::from(tree.nodes[usize::from(node)].letter)] = node;
            node = tree.nodes[usize::from(node)].sibling;
        }
        tree
    }

    /// Makes the nodes of the phrases from one to before another, which have their first `depth` letters in common.
    fn grow(&mut self, from: usize, to: usize, depth: usize) -> u16 {
        let mut before = 0;
        let mut until = to;
        // Backwards, so that each node knows the sibling behind it.
        while until > from {
            let letter = self.spelled[until - 1].letters[depth];
            let start =
                from + self.spelled[from..until].partition_point(|phrase| phrase.letters[depth] < letter);
            let ended = |phrase: &Phrase| phrase.letters.len() == depth + 1;
            let longer = start + self.spelled[start..until].partition_point(ended);
            let child = self.grow(longer, until, depth + 1);
            self.nodes.push(Node { letter, child, sibling: before, ends: (place(start), place(longer)) });
            before = place(self.nodes.len() - 1);
            until = start;
        }
        before
    }

    /// The bits of all phrases in a text.
    pub fn signs(&self, text: &str) -> u32 {
        let bytes = text.as_bytes();
        let mut signs = 0;
        let mut within = false;
        for (at, byte) in bytes.iter().enumerate() {
            let begins = is_word(*byte) && !within;
            within = is_word(*byte);
            if begins {
                signs |= self.signs_at(bytes, at);
            }
        }
        signs
    }

    /// The bits of the phrases that begin at a place.
    fn signs_at(&self, bytes: &[u8], start: usize) -> u32 {
        let mut signs = 0;
        let mut node = self.first[usize::from(bytes[start].to_ascii_lowercase())];
        let mut at = start + 1;
        while node != 0 {
            let Node { child, ends: (from, to), .. } = self.nodes[usize::from(node)];
            for phrase in &self.spelled[usize::from(from)..usize::from(to)] {
                if phrase.stands(bytes, start, at) {
                    signs |= phrase.sign;
                }
            }
            let Some(letter) = bytes.get(at).map(u8::to_ascii_lowercase) else { break };
            at += 1;
            node = child;
            while node != 0 && self.nodes[usize::from(node)].letter != letter {
                node = self.nodes[usize::from(node)].sibling;
            }
        }
        signs
    }
}

impl Phrase {
    /// A phrase with its marks before and behind it.
    fn of(text: &str, sign: u32) -> Self {
        let (opens, text) = match text.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let text = text.trim_start_matches(r"\b");
        let (behind, letters) = Behind::of(text);
        Phrase { letters: letters.to_ascii_lowercase().into_bytes(), opens, behind, sign }
    }

    /// Whether it stands here, now that its letters do.
    fn stands(&self, bytes: &[u8], start: usize, end: usize) -> bool {
        let next = || bytes.get(end).is_some_and(|byte| is_word(*byte));
        let behind = match self.behind {
            Behind::Anything => true,
            Behind::Edge => is_word(bytes[end - 1]) != next(),
            Behind::More => next(),
            Behind::Only(marks) => bytes[end..].iter().all(|byte| marks.contains(byte)),
        };
        behind && (start == 0 || !self.opens)
    }
}

impl Behind {
    /// What has to stand behind a phrase, and its letters.
    fn of(text: &str) -> (Self, &str) {
        const MARKS: &str = "[ .,!]*$";
        if let Some(letters) = text.strip_suffix(MARKS) {
            return (Behind::Only(b" .,!"), letters);
        }
        let letters = text.trim_end_matches(r"\b");
        if let Some(letters) = letters.strip_suffix(r"\w+") {
            return (Behind::More, letters);
        }
        // Any more of the word, or none: then the word ends somewhere.
        if let Some(letters) = letters.strip_suffix(r"\w*") {
            return (Behind::Anything, letters);
        }
        (if letters.len() < text.len() { Behind::Edge } else { Behind::Anything }, letters)
    }
}

fn place(index: usize) -> u16 {
    u16::try_from(index).expect("there are a few thousand letters")
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// All that a pattern stands for, without brackets, sets and `?`.
fn spell(pattern: &'static str) -> Vec<String> {
    let (spelled, rest) = alternatives(pattern);
    assert!(rest.is_empty(), "a bracket too many: {pattern}");
    spelled
}

/// What some alternatives stand for, and the text behind them: nothing, or what begins with a closing bracket.
fn alternatives(mut rest: &str) -> (Vec<String>, &str) {
    let mut all = Vec::new();
    let mut current = vec![String::new()];
    while !rest.is_empty() && !rest.starts_with(')') {
        if let Some(behind) = rest.strip_prefix('|') {
            all.append(&mut current);
            (current, rest) = (vec![String::new()], behind);
            continue;
        }
        let (letters, behind) = rest.split_at(letters(rest));
        if !letters.is_empty() {
            for before in &mut current {
                before.push_str(letters);
            }
            rest = behind;
            continue;
        }
        let (mut options, behind) = atom(rest);
        rest = behind;
        if let Some(behind) = rest.strip_prefix('?') {
            options.push(String::new());
            rest = behind;
        }
        let each = current.iter().flat_map(|before| options.iter().map(move |it| format!("{before}{it}")));
        current = each.collect();
    }
    all.append(&mut current);
    (all, rest)
}

/// How many letters a text begins with that stand for themselves, without one that has `?` behind it.
fn letters(text: &str) -> usize {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'\'');
    let length = text.bytes().take_while(is_letter).count();
    if text[length..].starts_with('?') { length.saturating_sub(1) } else { length }
}

/// What the first part of a pattern stands for, and the text behind it.
fn atom(text: &str) -> (Vec<String>, &str) {
    if let Some(group) = text.strip_prefix('(') {
        let (options, rest) = alternatives(group);
        return (options, rest.strip_prefix(')').expect("every bracket is closed"));
    }
    if let Some((letters, rest)) = text.strip_prefix('[').and_then(|set| set.split_once(']'))
        && !rest.starts_with('*')
    {
        return (letters.chars().map(String::from).collect(), rest);
    }
    let length =
        [r"\w+", r"\w*", r"\b"].iter().find(|mark| text.starts_with(**mark)).map_or(1, |it| it.len());
    let (first, rest) = text.split_at(length);
    (vec![first.to_owned()], rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &'static str, expected: &[&str]) {
        assert_eq!(spell(pattern), expected);
    }

    #[test]
    fn patterns_are_spelled_out() {
        check("", &[""]);
        check("a|b", &["a", "b"]);
        check("too (big|slow)?", &["too big", "too slow", "too "]);
        check("dropp?(ed|ing)", &["dropped", "dropping", "droped", "droping"]);
        check("ok[.!]", &["ok.", "ok!"]);
        check(r"^(no\b|not )|\b(test\w*)\b", &[r"^no\b", "^not ", r"\btest\w*\b"]);
        check("^(yes|no)[ .,!]*$", &["^yes[ .,!]*$", "^no[ .,!]*$"]);
    }
}
