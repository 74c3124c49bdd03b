//! The input as UTF-8: byte order marks, UTF-16 and broken UTF-8 are dealt with here, once for all formats.

use std::borrow::Cow;

use crate::event::Warning;

/// Most lines of broken UTF-8 that are named one by one.
const NAMED: usize = 20;

/// The input without its byte order mark and as UTF-8, and what had to be replaced.
pub(super) fn utf8(bytes: &[u8]) -> (Cow<'_, [u8]>, Vec<Warning>) {
    if let Some(units) = utf16(bytes) {
        let text = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        let message =
            "the input is UTF-16; it was read as such, but agents write UTF-8: it was converted on the way";
        let warning = Warning { line: 1, message: message.to_owned() };
        return (Cow::Owned(text.collect::<String>().into_bytes()), vec![warning]);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if std::str::from_utf8(bytes).is_ok() {
        return (Cow::Borrowed(bytes), Vec::new());
    }
    let warnings = broken_lines(bytes);
    (Cow::Owned(String::from_utf8_lossy(bytes).into_owned().into_bytes()), warnings)
}

/// The code units, if the input is UTF-16: by its mark, or because every second byte of its beginning is zero.
fn utf16(bytes: &[u8]) -> Option<impl Iterator<Item = u16> + '_> {
    let little = match bytes {
        [0xFF, 0xFE, ..] | [1..=255, 0, 1..=255, 0, ..] => true,
        [0xFE, 0xFF, ..] | [0, 1..=255, 0, 1..=255, ..] => false,
        _ => return None,
    };
    let unit = if little { u16::from_le_bytes } else { u16::from_be_bytes };
    let start = if matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) { 2 } else { 0 };
    Some(bytes[start..].chunks_exact(2).map(move |pair| unit([pair[0], pair[1]])))
}

/// A warning for each line with bytes that are not UTF-8, and one for all beyond the first few.
fn broken_lines(bytes: &[u8]) -> Vec<Warning> {
    let broken = bytes
        .split(|&byte| byte == b'\n')
        .zip(1_u32..)
        .filter(|(line, _)| std::str::from_utf8(line).is_err())
        .map(|(_, number)| number);
    let lines: Vec<u32> = broken.collect();
    let named = lines.iter().take(NAMED).map(|&line| Warning {
        line,
        message: "this line holds bytes that are not UTF-8; each was replaced by U+FFFD".to_owned(),
    });
    let more = lines.get(NAMED).map(|&line| Warning {
        line,
        message: format!("this and {} later lines hold bytes that are not UTF-8", lines.len() - NAMED - 1),
    });
    named.chain(more).collect()
}
