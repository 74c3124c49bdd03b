//! Whatever the bytes, reading them as `messages` ends without a panic, and every event and warning names a line of them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(transcript) = baton::format::read(bytes, Some("messages")) else { return };
    let newlines = bytes.iter().filter(|byte| **byte == b'\n').count();
    let lines = transcript.events.iter().map(|event| event.line);
    for line in lines.chain(transcript.warnings.iter().map(|warning| warning.line)) {
        assert!(line >= 1 && line as usize <= newlines + 1, "line {line} of {}", newlines + 1);
    }
});
