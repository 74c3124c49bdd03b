//! What can go wrong, said once and for people: each message says what to do.

use std::path::{Path, PathBuf};

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
    /// A host's configuration cannot be changed safely.
    #[error("{} was left as it is: {reason}", path.display())]
    Configuration {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A host has no configuration for that scope on this system.
    #[error("{host} has no such configuration on this system; try --user or --project")]
    NoScope {
        /// The host.
        host: &'static str,
    },
    /// Something on this machine keeps Baton from working.
    #[error("{bad} of these will not work as they are")]
    Unwell {
        /// How many.
        bad: usize,
    },
    /// There is no format of that name.
    #[error("there is no format '{name}'; use auto or one of: {known}")]
    NoSuchFormat {
        /// What was asked for.
        name: String,
        /// The names of all formats.
        known: String,
    },
    /// A database could not be read, or is none of an agent's.
    #[error("cannot read the sessions of the database {}: {message}", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What is wrong, and what to do.
        message: String,
    },
    /// The file of many conversations has none, or more than one, of that title or id.
    #[error("no single conversation is called '{wanted}'; give the whole title or the id of one: {known}")]
    NoSuchConversation {
        /// What was asked for.
        wanted: String,
        /// The titles and ids of those that could be meant.
        known: String,
    },
    /// Read as that format, the input holds no session.
    #[error(
        "no message of a session was found in the input, read as {format}{hint}; check the file, or name another format with --format"
    )]
    NoEvents {
        /// The format it was read as.
        format: &'static str,
        /// Which format it looks like, if that is another: begins with a separator, or is empty.
        hint: String,
    },
    /// There is no encoding or model of that name.
    #[error("there is no encoding or model '{name}'; use one of: {known}")]
    NoSuchEncoding {
        /// What was asked for.
        name: String,
        /// The names of all encodings.
        known: String,
    },
    /// There is no rendering of that name.
    #[error("there is no rendering '{name}'; use one of: {known}")]
    NoSuchRendering {
        /// What was asked for.
        name: String,
        /// The names of all renderings.
        known: String,
    },
    /// It is not a table of prices.
    #[error("this is no table of prices; give a file in the shape of prices.json")]
    NoPrices {
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A price in a table cannot be one.
    #[error("a price of '{model}' is none; give dollars for a million tokens, from 0 to a million")]
    NoPrice {
        /// Whose price it is.
        model: String,
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
    #[error("{} is no handoff in JSON; make one with baton compress --output json --cite", path.display())]
    NotAHandoff {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The file holds no changes that could be put on.
    #[error("{} is no delta in JSON; make one with baton diff --output json", path.display())]
    NotADelta {
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
    /// A handoff cannot have that name.
    #[error(
        "'{id}' cannot be the id of a handoff: {reason}; use up to 100 letters, digits, '-', '_' and '.'"
    )]
    Id {
        /// What was asked for.
        id: String,
        /// Why not.
        reason: &'static str,
    },
    /// What was named is neither a file nor a kept handoff.
    #[error(
        "there is no file {named}, and no handoff '{named}' in {store}; 'baton list' shows those there are"
    )]
    NoSuchFileOrHandoff {
        /// What was asked for.
        named: String,
        /// Where it was looked for.
        store: String,
    },
    /// There is no handoff of that name.
    #[error("there is no handoff '{id}' in {store}; 'baton list' shows those there are")]
    NoSuchHandoff {
        /// What was asked for.
        id: String,
        /// Where it was looked for.
        store: String,
    },
    /// There is a handoff, but not that version of it.
    #[error("there is no version {number} of '{id}' any more; 'baton log {id}' shows those there are")]
    NoSuchVersion {
        /// The handoff.
        id: String,
        /// What was asked for.
        number: u32,
    },
    /// The store holds nothing that was asked for.
    #[error("there is no handoff in {store} yet; save one with 'baton save'")]
    EmptyStore {
        /// Where it was looked for.
        store: String,
    },
    /// Something else is under that name than was expected.
    #[error(
        "'{id}' was changed by somebody else meanwhile, or differs from another id only in case; try again, or use another id"
    )]
    Conflict {
        /// The handoff.
        id: String,
    },
    /// What is kept of a handoff cannot be read.
    #[error(
        "the handoff '{id}' is damaged; 'baton list --repair' moves it aside and puts its last good version back"
    )]
    Damaged {
        /// The handoff.
        id: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A newer program saved it.
    #[error(
        "the handoff '{id}' has schema version {found}, and this program knows those up to {known}; use a newer baton"
    )]
    NewerSchema {
        /// The handoff.
        id: String,
        /// The version of its schema.
        found: u32,
        /// The newest version that can be read.
        known: u32,
    },
    /// There is no place for handoffs.
    #[error("there is no home folder to keep handoffs in; name a store with --store or BATON_STORE")]
    NoStore,
    /// There is no store of that kind.
    #[error("'{address}' names no kind of store; use a folder, or one of: {known}")]
    NoSuchStore {
        /// What was asked for.
        address: String,
        /// The kinds there are.
        known: String,
    },
    /// What was given is no handoff.
    #[error(
        "this is no handoff: it needs a task with objective, status and progress_summary, and may have files, decisions and next_steps"
    )]
    NoHandoff {
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// There are not two things to make one of.
    #[error("merging takes two or more different handoffs; name their ids")]
    NothingToMerge,
    /// No session of a project was found.
    #[error(
        "no session of {project} was found on this machine; 'baton sessions --all' shows those of every project"
    )]
    NoSession {
        /// What people call the project.
        project: String,
    },
    /// Saves that nobody asked for are switched off.
    #[error("saving by itself is switched off by BATON_DISABLE; unset it, or save by hand")]
    Disabled,
    /// The agent said nothing, and no transcript was found.
    #[error(
        "there is nothing to save: no transcript of this project was found; give transcript_path, or say task_objective"
    )]
    NothingToSave,
    /// A project has no handoff.
    #[error(
        "there is no handoff of the project '{project}' yet; save one ('baton save --latest' takes its last session), or name the id of another: 'baton list' shows all there are"
    )]
    NothingHere {
        /// The project.
        project: String,
    },
    /// There is no transcript on disk for a handoff.
    #[error("the transcript of '{id}' is not known or no longer there; what was kept of it is all there is")]
    NoTranscript {
        /// The handoff.
        id: String,
    },
    /// A transcript says nothing of what was asked for.
    #[error("the transcript of '{id}' says nothing of that; use words that stand in it, or name lines")]
    NothingRecalled {
        /// The handoff.
        id: String,
    },
    /// A tool was called with arguments that do not fit it.
    #[error("the arguments do not fit")]
    Arguments {
        /// Why not.
        source: serde_json::Error,
    },
    /// No handoff was named where one has to be.
    #[error("name the handoffs by their ids; nothing was done")]
    NothingNamed,
    /// None of several handoffs could be removed.
    #[error("nothing was deleted: {reasons}")]
    NothingDeleted {
        /// Why not.
        reasons: String,
    },
    /// A reply would flood the context of the model.
    #[error("the answer has more than {limit} tokens; ask for less, with a limit or a budget")]
    ReplyTooLong {
        /// The most tokens that are given.
        limit: usize,
    },
    /// Whoever asked no longer wants the answer.
    #[error("cancelled; nothing was saved")]
    Cancelled,
    /// There is no host of that name.
    #[error("there is no host '{name}'; use one of: {known}")]
    NoSuchHost {
        /// What was asked for.
        name: String,
        /// The names of all hosts.
        known: String,
    },
    /// What a host sent is no event.
    #[error("what the host sent is no event; a hook reads one JSON object on standard input")]
    HookEvent {
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Other machines could reach the server, and nothing keeps strangers out.
    #[error(
        "a token of at least {shortest} characters is needed here; put one into BATON_TOKEN or a --token-file"
    )]
    TokenNeeded {
        /// The fewest characters of a token.
        shortest: usize,
    },
    /// A client on another machine named a file of this one.
    #[error(
        "transcript_path names a file of the server's machine, which other machines may not read; leave it out"
    )]
    NotHere,
    /// Nobody spoke the protocol.
    #[error(
        "no MCP client spoke on standard input; agents start 'baton mcp' by themselves once 'baton install' has told them to"
    )]
    NoClient,
    /// A door could not be opened, or broke down.
    #[error("cannot serve {address}")]
    Serve {
        /// Where.
        address: String,
        /// What the operating system said.
        source: std::io::Error,
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

impl Error {
    /// The same, naming the input where only what is in it is told.
    #[must_use]
    pub fn of(self, input: &Path) -> Error {
        match self {
            Error::Empty
            | Error::TooLong { .. }
            | Error::Binary
            | Error::UnknownFormat { .. }
            | Error::NoEvents { .. }
            | Error::NoSuchConversation { .. }
            | Error::NoHandoff { .. } => Error::In { path: input.to_owned(), source: Box::new(self) },
            error => error,
        }
    }
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// An error with its causes, in one line.
pub fn chain(error: &Error) -> String {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // The number says nothing to people that the words before it do not.
        let cause_text = cause_text.split(" (os error ").next().unwrap_or_default();
        message.push_str(": ");
        message.push_str(cause_text);
        source = cause.source();
    }
    message
}
