//! Redaction: the gate behind reading. Placeholder, written next.

use std::borrow::Cow;

use crate::event::Transcript;

/// Replaces every secret in the text by a typed mark such as `[redacted:github-token]`, and strips control characters.
pub fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// Redacts every string of every event in place and says how many secrets were replaced.
pub fn transcript(transcript: &mut Transcript) -> usize {
    let _ = transcript;
    0
}
