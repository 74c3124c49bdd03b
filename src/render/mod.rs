//! Writing a handoff: every rendering is one file here and one line in [`RENDERERS`].

mod blocks;
pub mod frame;
mod json;
mod markdown;

use crate::delta::Delta;
use crate::state::HandoffState;

/// A way to write a handoff.
pub struct Renderer {
    /// The name that `--output` takes.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// Writes it.
    pub render: fn(&HandoffState, Citations) -> String,
    /// Writes what changed up to this handoff.
    pub changes: fn(&Delta, &HandoffState, Citations) -> String,
    /// Writes the handoff in place of its changes, and says so.
    pub whole: fn(&HandoffState, Citations) -> String,
}

/// Whether entries show the lines of the transcript that prove them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Citations {
    /// They do not.
    #[default]
    Hidden,
    /// They do: `[L12]` behind an entry, or an `evidence` field.
    Shown,
}

/// All renderings, by name.
pub static RENDERERS: &[Renderer] = &[blocks::RENDERER, json::RENDERER, markdown::RENDERER];

/// The rendering of that name.
pub fn find(name: &str) -> Option<&'static Renderer> {
    RENDERERS.iter().find(|renderer| renderer.name == name)
}
