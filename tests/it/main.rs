//! Integration tests, in one binary.

/// Line ranges that are followed through edits, against an editor that knows the truth.
mod ranges;
