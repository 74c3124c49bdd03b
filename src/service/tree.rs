//! Which working tree a handoff is about.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::build::Options;
use crate::state::HandoffState;

/// The working tree that a handoff's files are looked for in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tree {
    /// The folder that the session worked in, if it is there.
    #[default]
    Recorded,
    /// This one.
    At(PathBuf),
    /// None: nothing is looked for.
    Unseen,
}

impl Tree {
    /// The folder, given the recorded one; none if there is no such folder.
    pub(super) fn root(&self, recorded: &str) -> Option<PathBuf> {
        let root = match self {
            Tree::Recorded => Path::new(recorded),
            Tree::At(root) => root,
            Tree::Unseen => return None,
        };
        // A relative one would depend on where this program runs.
        let told = *self != Tree::Recorded || root.is_absolute();
        (told && root.is_dir()).then(|| root.to_owned())
    }

    /// The options with this tree to check places against.
    pub(super) fn seen_by(&self, options: Options) -> Options {
        match self {
            Tree::Recorded => Options { recorded_root: true, ..options },
            Tree::At(root) => Options { root: Some(root.clone()), ..options },
            Tree::Unseen => options,
        }
    }
}

/// The folder a session worked in, as far as its handoff says.
pub(super) fn recorded(state: &HandoffState) -> String {
    state.environment.then().root
}
