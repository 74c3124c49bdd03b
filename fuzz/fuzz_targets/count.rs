//! Whatever the text, counting its tokens ends without a panic, and there is at most one token a byte.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let count = baton::token::Encoding::O200kBase.count(text);
    assert!(count <= text.len());
});
