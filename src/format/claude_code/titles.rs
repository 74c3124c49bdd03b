//! The title of a session: several records give one, and they are not of equal worth.

use serde::{Deserialize, Serialize};

use super::raw::Raw;

/// The best title so far.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Titles {
    worth: u8,
}

impl Titles {
    /// The title that the record gives, unless a better one is known: what the user called it, then what the host
    /// wrote for it, then the summary (which may be of an earlier part of it).
    pub fn note(&mut self, raw: &mut Raw) -> Option<String> {
        let kind = raw.kind.as_deref().unwrap_or_default();
        let (worth, title) = match kind {
            "custom-title" => (3, raw.custom_title.take()),
            "ai-title" => (2, raw.ai_title.take()),
            "summary" => (1, raw.summary.take()),
            _ => return None,
        };
        if worth < self.worth {
            return None;
        }
        self.worth = worth;
        title
    }
}
