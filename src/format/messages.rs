//! Placeholder, written next.

use super::{Carries, Format, Head};
use crate::event::Transcript;

pub(super) const FORMAT: Format = Format {
    name: "messages",
    title: "messages",
    location: "",
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: true, plans: true },
    claims: |_: &Head| false,
    read: |_: &[u8]| Transcript { format: "messages", ..Transcript::default() },
};
