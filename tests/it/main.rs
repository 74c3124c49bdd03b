//! Tests through the public interface, in one binary.

/// The command line, through the real binary.
#[cfg(feature = "cli")]
mod cli;
/// Line ranges that are followed through edits, against an editor that knows the truth.
mod ranges;
/// Counts against tiktoken-rs, a slow reference and another counter.
mod tokens;
