//! Holds a handoff against the files of a working tree, before anybody is sent to them.
//!
//! [`check`] asks whether lines that a transcript showed stand where they are said to be. [`anchor`] notes, when a
//! handoff is saved, what tells its files and places again; [`revisit`] looks for them when it is loaded, and says of
//! each whether it is as it was, has moved, was changed or is gone.
//!
//! They find places in two ways, because they know different things: the one the text of the lines and nothing around
//! them, the other only hashes, but of what stood around them as well.

mod anchor;
mod head;
mod lines;
mod place;
mod read;
mod renamed;
mod revisit;
mod verdict;

pub use anchor::{anchor, anchored};
pub use head::head;
pub use place::{Place, check};
pub use revisit::{Visit, revisit};
pub use verdict::{Verdict, judge};
