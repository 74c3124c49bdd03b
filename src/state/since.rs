//! What a saved handoff keeps of the working tree, and what a later look at the tree adds.
//!
//! Nothing of a file's text is kept, only hashes of it: an anchor gives away no secret.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What tells the lines of a place again, wherever they stand by then.
///
/// A print is four characters, 24 bits of the hash of a line without the blanks around it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Anchor {
    /// First 16 hex digits of the BLAKE3 hash of its lines, each without the blanks at its end.
    pub hash: String,
    /// A print for every line of the place; for a long place, those of its first and of its last 48 lines.
    pub lines: String,
    /// Prints of the nearest lines before it that are not empty, in the order of the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// Prints of the nearest lines behind it that are not empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub behind: String,
    /// How many other places of the file had the same text.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub twins: u32,
    /// The innermost definition around its first line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub symbol: String,
}

/// What tells the text of a file again, under whatever name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FileAnchor {
    /// First 16 hex digits of the BLAKE3 hash of its lines, each without the blanks at its end.
    pub hash: String,
    /// The smallest prints of its lines, in order: files that share many of them share much of their text
    /// (Broder, "On the resemblance and containment of documents", 1997).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sketch: String,
}

/// What became of a file since the handoff was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SinceSave {
    /// Whether and how it changed.
    pub standing: Standing,
    /// The name it had when the handoff was saved, if that was another.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub renamed_from: String,
    /// The notes of places in it that are not found any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
}

/// How the text of a file stands to the one that was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is the same.
    Unchanged,
    /// It is another.
    Changed,
    /// There is no such file any more.
    Deleted,
    /// It was not in the working tree at the save, so nothing can be said of it.
    Unknown,
}

/// Where a working tree is and stands. Empty fields say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// Its folder, from which the files are named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub root: String,
    /// Branch; empty if none is checked out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub branch: String,
    /// Commit, in full.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commit: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
