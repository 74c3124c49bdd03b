//! Baton.
pub mod build;
pub mod error;
pub mod event;
pub mod extract;
pub mod fact;
pub mod format;
pub mod pack;
pub mod rank;
pub mod redact;
pub mod render;
pub mod replay;
pub mod state;
pub mod text;
pub mod token;
pub mod worktree;
