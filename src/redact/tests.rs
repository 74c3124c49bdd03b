//! Both directions: what must go, and what must stay.
use super::*;

#[test]
fn a_token_becomes_a_typed_mark() {
    let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
    assert_eq!(text(&format!("use {secret} now")), "use [redacted:github-token] now");
    assert!(matches!(text("nothing here"), Cow::Borrowed(_)));
}
