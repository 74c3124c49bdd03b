//! Whatever the bytes, a handoff made of them is within its budget, and every fact has evidence in a line of them.
#![no_main]

use baton::build::{Options, build};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options = Options { budget: 500, ..Options::default() };
    let Ok(handoff) = build(bytes, &options) else { return };
    assert!(options.tokenizer.count_upper(&handoff.text) <= 500);
    let newlines = bytes.iter().filter(|byte| **byte == b'\n').count();
    for line in handoff.facts.iter().flat_map(|fact| &fact.evidence) {
        assert!(*line >= 1 && *line as usize <= newlines + 1, "line {line} of {}", newlines + 1);
    }
});
