//! Baton.
pub mod error;
pub mod event;
pub mod format;
pub mod redact;
pub mod replay;
pub mod token;
pub mod worktree;
