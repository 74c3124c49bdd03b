//! Temporary.
#![allow(missing_docs, clippy::disallowed_methods)]
pub fn p(name: &str, default: i64) -> i64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}
