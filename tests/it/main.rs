//! Tests through the public interface.

/// Counts against tiktoken-rs, a slow reference and another counter.
mod tokens;
