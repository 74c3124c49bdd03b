//! Redaction: the gate right behind reading. No secret reaches a fact, the screen or a file.
//!
//! Text is first freed of control characters (`clean`), so that colours cannot hide a secret. One pass then
//! looks for the words and prefixes a secret can begin with (`words`, `find`); only around a hit does anything
//! else run, and that is bounded, so clean text costs one pass and hostile text stays linear. Three kinds of evidence
//! count: a known token shape (`shapes`), a place where only secrets stand (headers, URLs with credentials,
//! options, private key blocks), and an assignment to a telling name of a value that looks machine-made (`value`).
//!
//! What only looks like a secret survives: commit hashes, digests, UUIDs, encoded data, paths and code.

mod assign;
mod clean;
mod context;
mod cookie;
mod find;
mod keys;
mod run;
mod shapes;
mod torn;
mod url;
mod value;
mod walk;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use find::Span;

pub use walk::{Passed, event, json, transcript};

/// How often a text is looked through again after something was replaced: a mark changes its neighbourhood.
const PASSES: usize = 6;

/// What becomes of line ends inside a secret, and of a carriage return that stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    /// Prose: a secret over several lines becomes one mark.
    Join,
    /// File content: the number of lines stays, as positions are counted in them.
    Keep,
    /// A hunk: as [`Lines::Keep`], and the first character of each line stays too.
    Hunk,
}

/// Replaces every secret in the text by a typed mark such as `[redacted:github-token]`, and strips control characters.
///
/// ```
/// let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
/// let safe = baton::redact::text(&secret);
/// assert_eq!(safe, "[redacted:github-token]");
/// ```
pub fn text(text: &str) -> Cow<'_, str> {
    redact(text, Lines::Join).0
}

/// The safe text, and how many marks were placed.
fn redact(text: &str, lines: Lines) -> (Cow<'_, str>, usize) {
    let mut safe = clean::strip(text, lines);
    let mut marks = 0;
    for _ in 0..PASSES {
        let spans = find::spans(&safe);
        if spans.is_empty() {
            break;
        }
        marks += spans.len();
        safe = Cow::Owned(replace(&safe, &spans, lines));
    }
    (safe, marks)
}

fn replace(text: &str, spans: &[Span], lines: Lines) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut from = 0;
    for span in spans {
        safe.push_str(&text[from..span.start]);
        safe.push_str(MARK_OPEN);
        safe.push_str(span.mark);
        safe.push(']');
        keep_lines(&mut safe, &text[span.start..span.end], lines);
        from = span.end;
    }
    safe.push_str(&text[from..]);
    safe
}

/// How every mark begins.
const MARK_OPEN: &str = "[redacted:";

/// What stays of the lines a secret covered.
fn keep_lines(safe: &mut String, secret: &str, lines: Lines) {
    if lines == Lines::Join {
        return;
    }
    for line in secret.split('\n').skip(1) {
        safe.push('\n');
        if lines == Lines::Hunk {
            safe.extend(line.chars().next().filter(|mark| matches!(mark, ' ' | '+' | '-')));
        }
    }
}
