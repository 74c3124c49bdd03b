//! Strips escape sequences and control characters, all but line feed and tab.

use std::borrow::Cow;

use super::Lines;

/// Longest operating-system command (a hyperlink, a window title) that is taken for one.
const COMMAND_LIMIT: usize = 4096;

/// The text without escape sequences and control characters. `\r\n` becomes `\n`.
pub(super) fn strip(text: &str, lines: Lines) -> Cow<'_, str> {
    match first_control(text) {
        None => Cow::Borrowed(text),
        Some(at) => Cow::Owned(rewrite(text, at, lines)),
    }
}

fn first_control(text: &str) -> Option<usize> {
    // Chunks without a branch inside let the compiler use vector instructions.
    if !text.as_bytes().chunks(256).any(|chunk| chunk.iter().fold(false, |any, &byte| any | suspicious(byte)))
    {
        return None;
    }
    text.char_indices().find(|&(_, character)| is_control(character)).map(|(at, _)| at)
}

/// Whether the byte is a control character or the first byte of one beyond ASCII.
fn suspicious(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\n' && byte != b'\t') || byte == 0x7f || byte == 0xc2
}

fn is_control(character: char) -> bool {
    character.is_control() && character != '\n' && character != '\t'
}

fn rewrite(text: &str, first: usize, lines: Lines) -> String {
    let mut safe = String::with_capacity(text.len());
    safe.push_str(&text[..first]);
    let mut at = first;
    while let Some(character) = text[at..].chars().next() {
        let next = at + character.len_utf8();
        at = match character {
            '\u{1b}' => after_escape(text, next),
            '\u{9b}' => after_sequence(text, next),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => after_command(text, next),
            '\r' => {
                safe.extend(carriage_return(&text[next..], lines));
                next
            }
            control if is_control(control) => next,
            plain => {
                safe.push(plain);
                next
            }
        };
    }
    safe
}

/// A carriage return before a line feed goes; one alone ends a line, unless lines are counted.
fn carriage_return(rest: &str, lines: Lines) -> Option<char> {
    (lines == Lines::Join && !rest.starts_with('\n')).then_some('\n')
}

/// Where an escape sequence ends whose escape character stands before `at`.
fn after_escape(text: &str, at: usize) -> usize {
    match text.as_bytes().get(at) {
        Some(b'[') => after_sequence(text, at + 1),
        Some(b']' | b'P' | b'X' | b'^' | b'_') => after_command(text, at + 1),
        Some(b' '..=b'/') => {
            text.as_bytes().get(at + 1).map_or(at, |byte| at + 1 + usize::from(byte.is_ascii_graphic()))
        }
        Some(b'0'..=b'~') => at + 1,
        _ => at,
    }
}

/// Where a control sequence (a colour, a cursor move) ends: parameters, then one final byte.
fn after_sequence(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let parameters = bytes[at..].iter().take(64).take_while(|byte| (0x20..=0x3f).contains(*byte)).count();
    match bytes.get(at + parameters) {
        Some(0x40..=0x7e) => at + parameters + 1,
        _ => at,
    }
}

/// Where a command ends that a bell or a string terminator closes; without one, only its opening goes.
fn after_command(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let window = &bytes[at..bytes.len().min(at + COMMAND_LIMIT)];
    match window.iter().position(|byte| matches!(byte, 0x07 | 0x1b | b'\n')) {
        Some(end) if window[end] == 0x07 => at + end + 1,
        Some(end) if window[end] == 0x1b && window.get(end + 1) == Some(&b'\\') => at + end + 2,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(strip(text, Lines::Join), expected);
    }

    #[test]
    fn control_characters_go_and_text_stays() {
        check("plain\n\ttext", "plain\n\ttext");
        check("\u{1b}[1;31mred\u{1b}[0m", "red");
        check("a\r\nb\rc", "a\nb\nc");
        check("\u{1b}]0;title\u{7}x\u{1b}]8;;https://a.b\u{1b}\\link\u{1b}]8;;\u{1b}\\", "xlink");
        check("\u{1b}(Bx\u{1b}Mz\u{9b}31my", "xzy");
        check("nul\0 bell\u{7} del\u{7f} c1\u{85}", "nul bell del c1");
        check("© naïve 👩‍👩‍👧", "© naïve 👩‍👩‍👧");
        check("\u{1b}", "");
        check("\u{1b}]never closed", "never closed");
    }

    #[test]
    fn counted_lines_are_not_added_to() {
        assert_eq!(strip("a\rb\r\nc", Lines::Keep), "ab\nc");
    }
}
