//! Whatever the bytes, reading them as any format ends without a panic, and every event and warning names a line of them.
//! The first byte chooses the format.
#![no_main]

use baton::format::{FORMATS, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let format = &FORMATS[usize::from(*first) % FORMATS.len()];
    let Ok(transcript) = read(bytes, Some(format.name)) else { return };
    let newlines = bytes.iter().filter(|byte| **byte == b'\n').count();
    let lines = transcript.events.iter().map(|event| event.line);
    for line in lines.chain(transcript.warnings.iter().map(|warning| warning.line)) {
        assert!(line >= 1 && line as usize <= newlines + 1, "{}: line {line} of {}", format.name, newlines + 1);
    }
});
