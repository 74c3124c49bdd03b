//! One pass over the text for everything a secret can begin with, and the spans that turn out to be secrets.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use super::shapes::{SHAPES, Shape};
use super::words::Words;
use super::{MARK_OPEN, assign, context, cookie, keys, shapes, torn, url};

/// A place in the text to be replaced by a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How telling the evidence is: between two that begin alike, the higher one names the mark.
    pub rank: usize,
    /// The type of secret.
    pub mark: &'static str,
}

/// A word that was found: where in which text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit<'a> {
    /// The whole text.
    pub text: &'a str,
    /// First byte of the hit.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// What was found so far, and how far it reaches.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The secrets, in the order of the hits.
    pub spans: Vec<Span>,
    /// Where the last token of a known shape begins.
    pub token_at: usize,
    /// One past the last byte of the tokens of a known shape.
    pub tokens_until: usize,
    /// One past the last byte of values without quotes.
    pub values_until: usize,
    /// Up to where names of users were looked for, and where the last one ends.
    pub users: (usize, Option<usize>),
    /// Characters that may be judged before less of each value is.
    effort: usize,
    /// Where effort was last gained.
    at: usize,
}

/// How much of a value decides whether it is a secret.
const HEAD: usize = 160;
/// The same where hits stand closer together than in any text that is not made to be slow.
const HEAD_IN_THE_THICK: usize = 32;
/// Characters that may be judged for each byte of text, and at once.
const EFFORT: usize = 4;
const RESERVE: usize = 32 << 10;

impl Found {
    /// Makes what text there is between the hits count.
    fn reach(&mut self, at: usize) {
        self.effort = RESERVE.min(self.effort + (at - self.at.min(at)) * EFFORT);
        self.at = at;
    }

    /// How much of the value at hand decides.
    pub fn head(&mut self) -> usize {
        match self.effort.checked_sub(HEAD) {
            Some(left) => {
                self.effort = left;
                HEAD
            }
            None => HEAD_IN_THE_THICK,
        }
    }

    /// Adds a span, if there is one.
    pub fn extend(&mut self, span: Option<Span>) {
        self.spans.extend(span);
    }
}

/// Looks around a hit and adds what it finds.
type Look = fn(Hit<'_>, &mut Found);

/// What to do at a hit.
#[derive(Clone, Copy)]
enum Trigger {
    Shape(&'static Shape),
    Look(Look),
    Invisible,
}

/// Words that make a closer look worth while, and who looks. Letter case does not matter.
const LOOKS: &[(&str, Look)] = &[
    ("password", assign::look),
    ("passwd", assign::look),
    ("passphrase", assign::look),
    ("pass", assign::look),
    ("pwd", assign::look),
    ("secret", assign::look),
    ("token", assign::look),
    ("key", assign::look),
    ("auth", assign::look),
    ("credential", assign::look),
    ("credentials", assign::look),
    ("creds", assign::look),
    ("authorization", context::header),
    ("bearer ", context::bearer),
    ("-u ", context::user_option),
    ("--user ", context::user_option),
    ("--user=", context::user_option),
    ("sshpass -p", context::password_option),
    ("mysql", context::mysql),
    ("cookie", cookie::look),
    ("://", url::credentials),
    ("sig=", url::parameter),
    ("signature=", url::parameter),
    ("key=", url::parameter),
    ("code=", url::parameter),
    ("private key", keys::look),
    ("private-lines:", keys::putty),
];

/// Characters without width that a secret could be broken with.
const INVISIBLE: &[&str] = &["\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}"];

struct Finder {
    words: Words,
    triggers: Vec<Trigger>,
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let shapes = SHAPES.iter().map(|shape| (shape.prefix, Trigger::Shape(shape)));
    let looks = LOOKS.iter().map(|&(word, look)| (word, Trigger::Look(look)));
    let invisible = INVISIBLE.iter().map(|&character| (character, Trigger::Invisible));
    let (words, triggers): (Vec<&str>, Vec<Trigger>) = shapes.chain(looks).chain(invisible).unzip();
    Finder { words: Words::new(words), triggers }
});

/// The secrets in the text: sorted, none overlapping another.
pub(super) fn spans(text: &str) -> Vec<Span> {
    match visible_spans(text) {
        Some(found) => merge(found),
        None => spans_behind_invisible(text),
    }
}

/// What every trigger found, or none if the text holds an invisible character.
fn visible_spans(text: &str) -> Option<Vec<Span>> {
    let mut found = Found { effort: RESERVE, ..Found::default() };
    let marks = LazyCell::new(|| memchr::memmem::find(text.as_bytes(), MARK_OPEN.as_bytes()).is_some());
    let end = FINDER.words.visit(text, |word, start, end| {
        let hit = Hit { text, start, end };
        found.reach(start);
        match FINDER.triggers[word] {
            Trigger::Invisible => return ControlFlow::Break(()),
            Trigger::Shape(shape) => shapes::look(shape, hit, &mut found),
            Trigger::Look(look) if !(*marks && inside_mark(hit)) => look(hit, &mut found),
            Trigger::Look(_) => {}
        }
        ControlFlow::Continue(())
    });
    torn::prefixes(text, &mut found);
    let starts: BTreeSet<usize> = found.spans.iter().map(|span| span.start).collect();
    for span in found.spans.iter_mut().filter(|span| span.rank < usize::MAX) {
        span.end = torn::end_of(text, *span, &starts);
    }
    end.is_continue().then_some(found.spans)
}

/// Whether the hit is part of a mark placed before.
fn inside_mark(hit: Hit<'_>) -> bool {
    let before = &hit.text.as_bytes()[hit.start.saturating_sub(40)..hit.start];
    let name = before.iter().rev().take_while(|byte| byte.is_ascii_lowercase() || **byte == b'-').count();
    before[..before.len() - name].ends_with(MARK_OPEN.as_bytes())
}

/// Looks at a copy without the invisible characters; what is found there is placed in the text itself.
fn spans_behind_invisible(text: &str) -> Vec<Span> {
    let mut bare = String::with_capacity(text.len());
    // Offset in the copy from which on this many bytes are missing.
    let mut missing: Vec<(usize, usize)> = vec![(0, 0)];
    let mut from = 0;
    for (at, character) in text.char_indices().filter(|&(_, it)| is_invisible(it)) {
        bare.push_str(&text[from..at]);
        from = at + character.len_utf8();
        missing.push((bare.len(), from - bare.len()));
    }
    bare.push_str(&text[from..]);
    let place = |at: usize| at + missing[missing.partition_point(|&(from, _)| from <= at) - 1].1;
    let found = merge(visible_spans(&bare).unwrap_or_default());
    found
        .into_iter()
        .map(|span| Span { start: place(span.start), end: place(span.end - 1) + 1, ..span })
        .collect()
}

fn is_invisible(character: char) -> bool {
    INVISIBLE.iter().any(|it| it.starts_with(character))
}

/// Sorts spans and makes one of those that overlap. The strongest evidence among those with the same start names it.
fn merge(mut found: Vec<Span>) -> Vec<Span> {
    found.sort_by_key(|span| (span.start, usize::MAX - span.rank, usize::MAX - span.end));
    let mut merged: Vec<Span> = Vec::with_capacity(found.len());
    for span in found {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}
