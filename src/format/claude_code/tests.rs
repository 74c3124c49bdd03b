//! One record after the other.
