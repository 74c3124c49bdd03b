//! Tests through the public interface: what Baton promises, each promise in one file.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

/// No handoff is over its budget, counted again by somebody else.
mod artifacts;
mod budget;
/// A session that grew is read on, and its handoff is that of the whole.
mod checkpoint;
/// The command line, through the real binary.
#[cfg(feature = "cli")]
mod cli;
/// Real transcripts, where there are any beside the project.
mod corpus;
/// What was said is in the events, and hardly a record is of an unknown kind.
mod coverage;
/// A delta gives its target back, exactly or not at all, and says why entries went.
mod deltas;
/// Same bytes, same output, on any number of threads.
mod determinism;
/// Saves that are killed, run out of disk, or meet each other.
#[cfg(feature = "cli")]
mod disaster;
/// Every fact has evidence, and its words and numbers stand there.
mod evidence;
/// The annotated facts of the fixtures come through; secrets and what nobody said do not.
mod facts;
/// The fixtures, for all the others.
mod fixtures;
/// Modules look down only, and begin with a sentence.
mod floors;
/// What a handoff quotes is data, and cannot look like a part of the frame.
mod framing;
/// A home for the commands that keep something.
#[cfg(feature = "cli")]
mod home;
/// Every host's hooks, through the real binary and a host that enforces its contract.
#[cfg(feature = "cli")]
mod hooks;
/// The HTTP server, through the real binary: who may reach it, and how it stops.
#[cfg(feature = "server")]
mod http;
/// Baton in the agents' own configurations, through the real binary.
#[cfg(feature = "cli")]
mod install;
/// What is kept is searched, merged, exported and imported, with its conversation.
#[cfg(feature = "cli")]
mod kept;
/// Sessions that died without a word, and handoffs that were torn: a load has all that is on disk.
#[cfg(feature = "cli")]
mod killed;
/// Every kind of record that a format claims to read is read.
mod kinds;
/// The lists of formats, extractors, renderers and encodings, each as a whole.
mod lists;
/// Many clients of one server at once.
#[cfg(feature = "server")]
mod load;
/// The MCP server, through the real binary and a client that is not ours.
#[cfg(feature = "server")]
mod mcp;
/// The plugins, held against what their hosts demand.
#[cfg(feature = "cli")]
mod overtaken;
mod plugins;
/// Line ranges that are followed through edits, against an editor that knows the truth.
mod ranges;
/// Reading never fails, whatever the bytes, and a file that grew reads on.
mod readers;
/// The JSON is valid under the published schema and under ours.
mod schema;
/// A fact of the fixtures is found in a handoff as one statement, or not at all.
mod scorer;
/// Every kind of secret in every form is taken out, behind every door; what only looks like one stays.
mod secrets;
/// The sessions of made-up homes, through the real binary.
#[cfg(feature = "cli")]
mod sessions;
/// How the handoffs of the fixtures read.
mod snapshots;
/// Sessions in databases and folders.
mod sources;
/// What handoffs saved, and how they are given to a prompt cache, through the real binary.
#[cfg(feature = "cli")]
mod stats;
/// Handoffs that are kept: whole, private, found again, whoever else writes and whatever happens.
#[cfg(feature = "cli")]
mod store;
/// Counts against tiktoken-rs, a slow reference and another counter.
mod tokens;
/// What became of places and files since a save, told at the load.
mod worktree;
