//! Turns the transcript of a coding-agent session into a compact handoff that fits an exact token budget.
//!
//! No language model is asked: what the next agent needs stands in the transcript already, and every entry of a
//! handoff can be traced to its lines.
//!
//! ```
//! use baton::build::{Options, build};
//!
//! let transcript = r#"{"type":"user","message":{"role":"user","content":"Fix the rounding in src/invoice.rs"}}"#;
//! let handoff = build(transcript.as_bytes(), &Options { budget: 300, ..Options::default() })?;
//! assert!(handoff.text.contains("Fix the rounding in src/invoice.rs"));
//! assert!(handoff.tokens <= 300);
//! # Ok::<(), baton::error::Error>(())
//! ```
//!
//! # The way of the data
//! [`format`](mod@format) reads the bytes of any known agent into one stream of events ([`event`]) and never fails on
//! a record: what cannot be read is a warning. [`redact`] takes the secrets out, right behind it. [`extract`] finds
//! what may stand in the handoff ([`fact`]): it reads the prose of the session ([`text`]) and follows the places of
//! its edits to where they are at the end ([`replay`]). [`rank`] and [`pack`] choose what tells the most within the
//! budget, and [`render`] writes the result ([`state`]) as Markdown or JSON. [`token`] counts the final bytes, exactly.
//!
//! [`build`](mod@build) is all of this in one function; [`explain`](mod@explain) says why an entry is in a handoff or
//! not, and [`count`] how long a transcript or a text is. [`discover`] finds the sessions of a machine, and [`project`]
//! knows which of them belong together; `install` tells the agents of this program.
//!
//! The same bytes and options give the same handoff, byte for byte, on any number of threads.

pub mod build;
pub mod checkpoint;
pub mod count;
pub mod coverage;
pub mod delta;
pub mod diff;
pub mod discover;
#[cfg(feature = "cli")]
pub mod doctor;
pub mod error;
pub mod event;
pub mod explain;
pub mod extract;
pub mod fact;
pub mod format;
pub mod hook;
#[cfg(feature = "server")]
pub mod http;
#[cfg(feature = "cli")]
pub mod install;
#[cfg(feature = "server")]
pub mod mcp;
pub mod pack;
pub mod prices;
pub mod project;
pub mod rank;
pub mod recall;
pub mod redact;
pub mod render;
pub mod replay;
pub mod service;
pub mod source;
pub mod state;
pub mod stats;
pub mod store;
pub mod surroundings;
pub mod text;
pub mod token;
pub mod update;
pub mod whole;
pub mod worktree;
