//! Words that say what a statement is about. English; without them structure still carries a handoff.

use std::sync::LazyLock;

use super::phrases::Phrases;
use crate::text::straight;

/// What a statement is about, as far as its words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum Cue {
    /// It gives a cause or a purpose.
    Cause,
    /// It sets one thing against another.
    Contrast,
    /// It chooses.
    Choice,
    /// It drops something.
    Rejection,
    /// It rules.
    Rule,
    /// It corrects.
    Correction,
    /// It speaks of tests and their outcome.
    Check,
    /// It looks ahead.
    Ahead,
    /// It speaks of commits, branches, pull requests.
    Version,
    /// It speaks of something wrong.
    Wrong,
    /// It only narrates what the agent is about to do.
    Narration,
    /// It reports a change.
    Change,
    /// It is chat: thanks, agreement.
    Chat,
    /// It says something is finished.
    Done,
    /// It guesses.
    Guess,
}

const CUES: &[(Cue, &str)] = &[
    (
        Cue::Cause,
        r"\b(because|so that|root cause|the reason|why|due to|caused?|causes|since|otherwise|which means|to avoid|turns out|the (real )?(problem|issue|culprit) (is|was))\b",
    ),
    (
        Cue::Contrast,
        r"\b(instead of|instead|rather than|no longer|without|unlike|not just|as opposed to|in favou?r of|over)\b|\bnot\b",
    ),
    (
        Cue::Choice,
        r"\b(decid\w+|chose|chosen|choose|going with|went with|go with|keep|keeps|kept|prefer\w*|approach|option \w+|agreed|switch(ed|ing)? to|settled on|opted|by design|intentional\w*|deliberate\w*|trade-?off|recommend\w*|single (source|point)|leave|left)\b",
    ),
    (
        Cue::Rejection,
        r"\b(reject\w*|ruled out|discard\w*|abandon\w*|dropp?(ed|ing)|skip(ped|ping)?|defer(red)?|revert\w*|rolled back|won'?t work|doesn'?t work|didn'?t work|not worth|overkill|out of scope|not needed|unnecessary|avoid(ed)?|tried|removed?|instead of|rather than|too (risky|complex|slow|invasive|broad)|non-goals?|declin\w+)\b",
    ),
    (
        Cue::Rule,
        r"\b(must(n'?t)?|never|always|should(n'?t)?|don'?t|do not|make sure|ensure|only|required?|need(s)? to|has to|have to|avoid|prefer|without|keep|instead|rather than|ask me|unless)\b",
    ),
    (
        Cue::Correction,
        r"^(no\b|nope|actually|wait|hmm|stop|correction|but |that'?s (not|wrong)|not )|\b(i (said|meant|asked)|instead|should have|shouldn'?t|wrong|you (forgot|missed)|don'?t|revert|undo)\b",
    ),
    (
        Cue::Check,
        r"\b(pass(es|ed|ing)?|fail(s|ed|ing|ures?)?|tests?|lint\w*|build(s|ing)?|green|0 (issues|errors|warnings)|verif\w+|validated|coverage|benchmark\w*)\b",
    ),
    (
        Cue::Ahead,
        r"\b(next( steps?)?|todo|remain(s|ing)|follow-?ups?|still (need|to|open|missing|failing)|not yet|pending|later|future|out of scope|deferred|want me to|would you like|shall i|should i|left to do|let me know|if you want|ready to|haven'?t|hasn'?t|unverified|untested|not (been )?(tested|run|committed|pushed|verified|done))\b|^(what'?s left|what is left)\b",
    ),
    (
        Cue::Version,
        r"\b(commit(s|ted|ting)?|uncommitted|push(ed)?|pull request|PRs?\b|branch(es)?|merged?|rebas\w+|untracked|staged|HEAD|tag(ged)?)\b",
    ),
    (
        Cue::Wrong,
        r"\b(errors?|fail\w*|bugs?|crash\w*|panic\w*|broken|breaks?|issues?|problems?|wrong|missing|corrupt\w*|race|leak\w*|stale|incorrect\w*|mismatch\w*|regression|unsafe|blocked|denied|cannot|can'?t|doesn'?t|isn'?t)\b",
    ),
    (
        Cue::Narration,
        r"^(now\b|let me|let's|i'll|i will|i need to (look|check|see|read|find|understand)|i'm (going|checking|looking|reading|running|now)|i am |looking at|first,? (let|i)|next,? (let|i|i'll)|checking|reading|running|starting|great|perfect|good[.,! ]|ok(ay)?[.,! ]|done[.!]|all (done|green|good)|sure|here'?s|here is|the (file|test|code) (is|has|was)|i have |i see|i can see|time to)\b",
    ),
    (
        Cue::Change,
        r"\b(add(s|ed|ing)?|creat\w+|updat\w+|chang\w+|delet\w+|renam\w+|fix(ed|es|ing)?|implement\w*|refactor\w*|wir(ed|es|ing)|extract(ed|s)?|introduc\w+|moved?|replac\w+|split|convert\w*|support\w*|now (uses?|returns?|runs?|handles?|has)|new (file|function|test|method|type|package|helper|command|flag)s?)\b",
    ),
    (
        Cue::Chat,
        r"^(thanks?|thank you|great|nice|cool|perfect|ok(ay)?|yes|yep|yeah|sure|go ahead|continue|please continue|sounds good|lgtm|do it|proceed|good|right|exactly|got it)[ .,!]*$",
    ),
    (
        Cue::Done,
        r"\b(all done|is (now )?(done|complete|finished|implemented|ready)|are (now )?(done|complete|finished|ready)|completed?|finished|implemented|everything (is|passes)|ready (for|to)|here'?s (a |the )?summary|summary|all (tests|checks) pass|pushed|opened (a )?pr)\b|\bdone[.:!]|^(done|fixed|committed|merged)\b",
    ),
    (
        Cue::Guess,
        r"\b(might|maybe|perhaps|could|possibly|i think|i suspect|probably|likely|assum\w+|if we|hypothetical\w*)\b",
    ),
];

/// The phrases of all cues. The words are English, and a word is letters, digits and `_` of ASCII.
static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let patterns: Vec<(u32, &str)> = CUES.iter().map(|(cue, pattern)| (cue.bit(), *pattern)).collect();
    Phrases::new(&patterns)
});

/// Makes the phrases.
pub fn prepare() {
    LazyLock::force(&PHRASES);
}

impl Cue {
    fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// The cues found in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cues(u32);

impl Cues {
    /// Looks for all cues.
    pub fn of(text: &str) -> Self {
        // The patterns know the straight apostrophe only.
        let straight = straight(text);
        let doing = if opens_with_doing(&straight) { Cue::Narration.bit() } else { 0 };
        Cues(PHRASES.signs(&straight) | doing)
    }

    /// Whether a cue was found.
    pub fn has(self, cue: Cue) -> bool {
        self.0 & cue.bit() != 0
    }
}

/// Whether a text begins with a word like "Running".
fn opens_with_doing(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let goes_on = text[end..].starts_with(|c: char| c.is_ascii_digit() || c == '_');
    end >= "doing".len() && !goes_on && text.as_bytes()[end - 3..end].eq_ignore_ascii_case(b"ing")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::{RegexSet, RegexSetBuilder};

    use super::*;

    /// What the patterns mean as regular expressions.
    static SET: LazyLock<RegexSet> = LazyLock::new(|| {
        let doing = (Cue::Narration, r"^[A-Z][a-z]+ing\b");
        let patterns = CUES.iter().chain([&doing]).map(|(_, pattern)| *pattern);
        RegexSetBuilder::new(patterns).unicode(false).case_insensitive(true).build().unwrap()
    });

    fn slowly(text: &str) -> Cues {
        let cue = |index: usize| CUES.get(index).map_or(Cue::Narration, |(cue, _)| *cue);
        Cues(SET.matches(text).iter().fold(0, |bits, index| bits | cue(index).bit()))
    }

    const BETWEEN: &[&str] =
        &["", " ", "s", "ed", "ing", "'t", "e", "_", "é", ". ", "!", ", ", "-", "0 ", "no", "X"];

    /// Words of the patterns, as they stand there, and what may stand between two of them.
    fn pieces() -> impl Strategy<Value = &'static str> {
        let words: Vec<&str> = CUES
            .iter()
            .flat_map(|(_, pattern)| {
                pattern.split(|c: char| !c.is_ascii_alphanumeric() && !" '-".contains(c))
            })
            .filter(|word| word.len() > 1)
            .collect();
        prop_oneof![prop::sample::select(words), prop::sample::select(BETWEEN)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn phrases_mean_what_the_patterns_say(pieces in prop::collection::vec(pieces(), 0..9)) {
            let text = pieces.concat();
            prop_assert_eq!(Cues::of(&text), slowly(&text));
        }
    }

    fn check(text: &str, cue: Cue, expected: bool) {
        assert_eq!(Cues::of(text).has(cue), expected, "{cue:?} in {text:?}");
    }

    #[test]
    fn cues_are_whole_words_in_any_case_and_any_company() {
        check("It fails BECAUSE the clock is wrong", Cue::Cause, true);
        check("Über den Wolken – because of “that” …", Cue::Cause, true);
        check("The whys and wherefores", Cue::Cause, false);
        check("I’m checking the parser", Cue::Narration, true);
        check("Done. The parser is faster", Cue::Done, true);
        check("Never push to main", Cue::Rule, true);
        check("Sounds good!", Cue::Chat, true);
        check("Sounds good, but drop the cache", Cue::Chat, false);
    }
}
