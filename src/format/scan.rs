//! Splitting a JSON document into its records without parsing it: a torn end costs only the record that it tears.
//!
//! Only brackets and strings are followed; whether a slice is valid JSON shows when it is parsed on its own.

use memchr::{memchr, memchr_iter};

/// A part of the input that is one JSON value, and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice<'a> {
    /// The value.
    pub text: &'a str,
    /// Its first byte in the input.
    pub offset: usize,
}

/// Values found one after the other, and where the input broke off, if it did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Values<'a> {
    /// The complete values.
    pub complete: Vec<Slice<'a>>,
    /// Where the array ends, if it does.
    pub end: Option<usize>,
    /// Where the value begins that has no end; the end of the input if it broke off between values.
    pub torn: Option<usize>,
}

/// A member of an object: its key as written between the quotes, and its value, which may be torn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member<'a> {
    /// The key.
    pub key: &'a str,
    /// Where the value begins.
    pub start: usize,
    /// Where the value ends, if it does.
    pub end: Option<usize>,
    /// The elements of the value, where they were asked for and it is an array.
    pub elements: Option<Values<'a>>,
}

/// The elements of the array that begins at `start`.
pub(super) fn elements(text: &str, start: usize) -> Values<'_> {
    let bytes = text.as_bytes();
    let mut values = Values::default();
    let mut at = start + 1;
    loop {
        at = skip(bytes, at, b",");
        match bytes.get(at) {
            None => break values.torn = Some(text.len()),
            Some(b']') => break values.end = Some(at + 1),
            Some(_) => {}
        }
        let Some(end) = value_end(text, at) else { break values.torn = Some(at) };
        values.complete.push(Slice { text: &text[at..end], offset: at });
        at = end;
    }
    values
}

/// The members of the object that begins at `start`, as far as they go.
pub(super) fn members(text: &str, start: usize) -> Vec<Member<'_>> {
    members_with(text, start, &[])
}

/// The same, with the elements of those arrays that are members under one of these keys: nothing is gone over twice.
pub(super) fn members_with<'a>(text: &'a str, start: usize, lists: &[&str]) -> Vec<Member<'a>> {
    let bytes = text.as_bytes();
    let mut members = Vec::new();
    let mut at = start + 1;
    loop {
        at = skip(bytes, at, b",");
        if bytes.get(at) != Some(&b'"') {
            return members;
        }
        let Some(key_end) = string_end(bytes, at) else { return members };
        let value = skip(bytes, key_end, b":");
        if value >= bytes.len() {
            return members;
        }
        let key = &text[at + 1..key_end - 1];
        let is_list = bytes[value] == b'[' && lists.contains(&key);
        let elements = is_list.then(|| elements(text, value));
        let end = elements.as_ref().map_or_else(|| value_end(text, value), |elements| elements.end);
        members.push(Member { key, start: value, end, elements });
        match end {
            Some(end) => at = end,
            None => return members,
        }
    }
}

/// Where the JSON value that begins at `start` ends; none if the input ends first.
pub(super) fn value_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    match bytes.get(start)? {
        b'{' | b'[' => brackets_end(bytes, start),
        b'"' => string_end(bytes, start),
        _ => scalar_end(text, start),
    }
}

/// First place from `at` on that is neither white space nor the separator.
pub(super) fn skip(bytes: &[u8], at: usize, separator: &[u8]) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let is_content = |byte: &u8| !byte.is_ascii_whitespace() && !separator.contains(byte);
    rest.iter().position(is_content).map_or(bytes.len(), |ahead| at + ahead)
}

fn brackets_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr(b'"', bytes.get(at..)?)? + 1;
        // Text has more escapes than quotes: they are looked at from behind.
        let before = bytes[start + 1..at - 1].iter().rev();
        if before.take_while(|byte| **byte == b'\\').count() % 2 == 0 {
            return Some(at);
        }
    }
}

/// A number, a word, or anything else up to the next separator; at least one character, so that a scan goes on.
fn scalar_end(text: &str, start: usize) -> Option<usize> {
    let mut rest = text[start..].char_indices().skip(1);
    rest.find(|(_, c)| c.is_ascii_whitespace() || ",]}".contains(*c)).map(|(ahead, _)| start + ahead)
}

/// Counts lines once from the front: asked with growing offsets, it gives the line of each, from 1.
#[derive(Debug)]
pub(super) struct LineCounter<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u32,
}

impl<'a> LineCounter<'a> {
    /// Begins at the front.
    pub fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), offset: 0, line: 1 }
    }

    /// The line of the byte at `offset`.
    pub fn line(&mut self, offset: usize) -> u32 {
        let offset = offset.min(self.bytes.len());
        let ends = memchr_iter(b'\n', self.bytes.get(self.offset..offset).unwrap_or_default()).count();
        self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        // Also where no line ends: a document may be one line, and is gone over once.
        self.offset = self.offset.max(offset);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, complete: &[&str], torn: Option<usize>) {
        let values = elements(input, 0);
        let found: Vec<&str> = values.complete.iter().map(|slice| slice.text).collect();
        assert_eq!((found.as_slice(), values.torn), (complete, torn), "{input}");
    }

    #[test]
    fn splits_arrays_and_notices_torn_ends() {
        check("[]", &[], None);
        check(
            r#"[{"a":"]}"}, [1,2] ,3,"x\"]",null]"#,
            &[r#"{"a":"]}"}"#, "[1,2]", "3", r#""x\"]""#, "null"],
            None,
        );
        check(r#"[{"a":1},{"b":"#, &[r#"{"a":1}"#], Some(9));
        check(r#"[{"a":1},"#, &[r#"{"a":1}"#], Some(9));
        check(r#"["\"#, &[], Some(1));
        check("[é]", &["é"], None);
    }

    #[test]
    fn finds_members_up_to_a_torn_one() {
        let found = members(r#"{"a": {"x":1}, "b":[1"#, 0);
        let seen: Vec<_> = found.iter().map(|member| (member.key, member.start, member.end)).collect();
        assert_eq!(seen, [("a", 6, Some(13)), ("b", 19, None)]);
    }

    #[test]
    fn lines_count_from_one() {
        let mut counter = LineCounter::new("a\nb\n\nc");
        assert_eq!([0, 1, 2, 5, 99].map(|offset| counter.line(offset)), [1, 1, 2, 4, 4]);
    }
}
