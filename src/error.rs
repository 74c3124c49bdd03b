//! What can go wrong, said once and for people: each message says what to do.

use std::path::PathBuf;

/// Why something could not be done at all. A lost record is not an error but a [`crate::event::Warning`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be opened or read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The path is a folder.
    #[error("{} is a folder; name one transcript file in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing in the input.
    #[error("the input is empty; give a transcript file, or pipe one in and name it '-'")]
    Empty,
    /// The input is longer than can be read.
    #[error("the input is longer than {limit} bytes; cut it, or name a part of it")]
    TooLong {
        /// The most that is read.
        limit: u64,
    },
    /// No format claims the input.
    #[error("no known transcript format claims this input{hint}; name one with --format ({known})")]
    UnknownFormat {
        /// What it looks like, if it looks like anything: begins with a separator, or is empty.
        hint: String,
        /// The names of all formats.
        known: String,
    },
    /// There is no format of that name.
    #[error("there is no format '{name}'; use auto or one of: {known}")]
    NoSuchFormat {
        /// What was asked for.
        name: String,
        /// The names of all formats.
        known: String,
    },
    /// Read as that format, the input holds no session.
    #[error(
        "no message of a session was found in the input, read as {format}; check the file, or name another format with --format"
    )]
    NoEvents {
        /// The format it was read as.
        format: &'static str,
    },
    /// There is no encoding or model of that name.
    #[error("there is no encoding or model '{name}'; use one of: {known}")]
    NoSuchEncoding {
        /// What was asked for.
        name: String,
        /// The names of all encodings.
        known: String,
    },
    /// The budget is below what any handoff needs.
    #[error("a budget of {budget} tokens is too small; the minimum is {minimum}")]
    BudgetTooSmall {
        /// What was asked for.
        budget: usize,
        /// The least that works.
        minimum: usize,
    },
    /// The input is neither a transcript nor text.
    #[error("this is binary data, not text; name a transcript or a text file")]
    Binary,
    /// The result would replace what it is made from.
    #[error("{} is the transcript itself; name another file with -o", path.display())]
    Overwrite {
        /// The file.
        path: PathBuf,
    },
    /// The file is not what it was named as.
    #[error("{} is no handoff or delta in JSON; make one with baton compress --output json --cite", path.display())]
    NotAHandoff {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The delta is of another handoff.
    #[error(
        "the delta applies to the handoff {expected}, and this one is {found}; name the one it was made from"
    )]
    WrongBase {
        /// Hash of the handoff it applies to.
        expected: String,
        /// Hash of the one at hand.
        found: String,
    },
    /// The delta contradicts itself.
    #[error("the delta is damaged ({what}); make it anew from the two handoffs")]
    BrokenDelta {
        /// What is wrong with it.
        what: String,
    },
    /// The delta was cut for a reader.
    #[error(
        "{left_out} changes were cut from the delta to fit a budget; make it anew without one to apply it"
    )]
    CutDelta {
        /// How many changes are missing.
        left_out: usize,
    },
    /// What went wrong with one of several inputs.
    #[error("{}", path.display())]
    In {
        /// The input.
        path: PathBuf,
        /// What went wrong.
        source: Box<Error>,
    },
    /// The result could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;
