//! Counting tokens exactly: of transcripts as the models saw them, and of text files.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::event::{Event, Transcript, Warning};
use crate::format;
use crate::token::Encoding;

/// The size of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Its tokens.
    pub tokens: usize,
    /// The format it was read as and its number of events; none if it was counted as plain text.
    pub transcript: Option<(&'static str, usize)>,
    /// What could not be read.
    pub warnings: Vec<Warning>,
}

/// Counts what the models saw of a transcript; any other text is counted as it is.
///
/// ```
/// use baton::{count, token::Encoding};
///
/// assert_eq!(count::input(b"hello world", Encoding::O200kBase).unwrap().tokens, 2);
/// ```
///
/// # Errors
/// [`Error::Binary`] if it is neither a transcript nor text.
pub fn input(bytes: &[u8], encoding: Encoding) -> Result<Count> {
    match format::read(bytes, None) {
        Ok(transcript) => Ok(Count {
            tokens: seen(&transcript, encoding),
            transcript: Some((transcript.format, transcript.events.len())),
            warnings: transcript.warnings,
        }),
        Err(_) => text(bytes, encoding),
    }
}

/// Counts an input as plain text, all of it.
///
/// # Errors
/// [`Error::Binary`] if it is not text.
pub fn text(bytes: &[u8], encoding: Encoding) -> Result<Count> {
    let text = String::from_utf8_lossy(bytes);
    let broken = matches!(text, Cow::Owned(_));
    if broken && memchr::memchr(0, bytes).is_some() {
        return Err(Error::Binary);
    }
    let warnings = if broken { vec![replaced(bytes)] } else { Vec::new() };
    Ok(Count { tokens: encoding.count(&text), transcript: None, warnings })
}

/// The tokens of everything the models read and wrote in a session, side copies left out.
pub fn seen(transcript: &Transcript, encoding: Encoding) -> usize {
    transcript.events.par_iter().flat_map_iter(Event::seen).map(|text| encoding.count(text)).sum()
}

/// That bytes were replaced, with the line of the first.
fn replaced(bytes: &[u8]) -> Warning {
    let good = std::str::from_utf8(bytes).err().map_or(bytes.len(), |error| error.valid_up_to());
    let line = memchr::memchr_iter(b'\n', &bytes[..good]).count() + 1;
    let message = "from this line on, bytes that are not UTF-8 were counted as U+FFFD";
    Warning { line: u32::try_from(line).unwrap_or(u32::MAX), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: (usize, Option<(&'static str, usize)>), warned: &[u32]) {
        let count = input(bytes, Encoding::O200kBase).unwrap();
        assert_eq!((count.tokens, count.transcript), expected);
        assert_eq!(count.warnings.iter().map(|warning| warning.line).collect::<Vec<_>>(), warned);
    }

    #[test]
    fn transcripts_and_texts() {
        let said = r#"{"type":"user","message":{"role":"user","content":"hello world"}}"#;
        check(said.as_bytes(), (2, Some(("claude-code", 1))), &[]);
        check(format!("{said}\n{{\"ty").as_bytes(), (2, Some(("claude-code", 1))), &[2]);
        check(b"", (0, None), &[]);
        check(b"hello world", (2, None), &[]);
        check(b"hello\nworld \xFF", (4, None), &[2]);
    }

    #[test]
    fn binary_data_is_refused() {
        assert!(matches!(input(b"\x7fELF\0\xFF\0\x01", Encoding::O200kBase), Err(Error::Binary)));
    }
}
