//! Reading never fails, whatever the bytes; and what was read of a file stays when the file grows.

use std::path::Path;

use baton::event::{Event, EventKind, Transcript};
use baton::format::{self, FORMATS};
use baton::{build, redact};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::fixtures::{self, Fixture, options};

/// Reads as that format; what is refused as a whole has no events.
fn read(bytes: &[u8], format: &str) -> Transcript {
    format::read(bytes, Some(format)).unwrap_or_default()
}

/// The events of the first lines are the first of all events. A later record may only take back (`abandoned`) what was
/// tried and complete the figures of its message, and a message over several lines may be cut.
#[test]
fn a_file_that_grew_reads_on() {
    for fixture in fixtures::all() {
        let whole = read(&fixture.bytes, &fixture.format);
        let ends: Vec<usize> = memchr::memchr_iter(b'\n', &fixture.bytes).map(|at| at + 1).collect();
        let step = ends.len().div_ceil(40);
        for (line, end) in ends.iter().enumerate().step_by(step) {
            let part = read(&fixture.bytes[..*end], &fixture.format);
            check_prefix(fixture, line + 1, &part.events, &whole.events);
        }
    }
}

#[track_caller]
fn check_prefix(fixture: &Fixture, lines: usize, part: &[Event], whole: &[Event]) {
    // Where a record has many lines, the last one may be cut.
    let last = part.last().filter(|_| !is_one_line_a_record(fixture)).map(|event| event.line);
    let sure = part.iter().take_while(|event| Some(event.line) != last).count();
    for (at, event) in part[..sure].iter().enumerate() {
        let same = whole.get(at).is_some_and(|other| as_known_then(event, other) == *event);
        assert!(
            same,
            "{}: after {lines} lines, event {at} is {event:?}, and later {:?}",
            fixture.name,
            whole.get(at)
        );
    }
}

/// A whole file's event without what only later records say.
fn as_known_then(part: &Event, whole: &Event) -> Event {
    let mut known = Event { abandoned: part.abandoned, ..whole.clone() };
    if let (EventKind::Usage(figures), EventKind::Usage(then)) = (&mut known.kind, &part.kind) {
        figures.clone_from(then);
    }
    known
}

/// A broken record costs itself and a warning with its line; all others stay as they are.
#[test]
fn a_broken_record_costs_itself() {
    for fixture in fixtures::all().iter().filter(|fixture| is_one_line_a_record(fixture)) {
        let whole = read(&fixture.bytes, &fixture.format);
        let lines: Vec<&[u8]> = fixture.bytes.split_inclusive(|byte| *byte == b'\n').collect();
        for broken in ["{\"type\": \"user\", \"message\"\n", "[1, 2}\n", "no JSON at all\n"] {
            let at = lines.len() / 2;
            let bytes = [&lines[..at], &[broken.as_bytes()], &lines[at..]].concat().concat();
            let mut harmed = read(&bytes, &fixture.format);
            let line = u32::try_from(at + 1).unwrap();
            assert!(harmed.warnings.iter().any(|warning| warning.line == line), "{}: {broken}", fixture.name);
            harmed.events.iter_mut().filter(|event| event.line > line).for_each(|event| event.line -= 1);
            assert!(harmed.events == whole.events, "{}: {broken}", fixture.name);
        }
    }
}

fn is_one_line_a_record(fixture: &Fixture) -> bool {
    Path::new(&fixture.sheet.session).extension().is_some_and(|extension| extension == "jsonl")
}

/// What holds of anything that was read.
fn check_whole(bytes: &[u8], transcript: &Transcript) {
    let lines = u32::try_from(memchr::memchr_iter(b'\n', bytes).count() + 1).unwrap();
    let named = transcript
        .events
        .iter()
        .map(|event| event.line)
        .chain(transcript.warnings.iter().map(|warning| warning.line));
    for line in named {
        assert!((1..=lines).contains(&line), "line {line} of {lines}");
    }
    for (at, event) in transcript.events.iter().enumerate() {
        let EventKind::Result(result) = &event.kind else { continue };
        let Some(call) = result.call else { continue };
        let answers =
            transcript.events.get(call).is_some_and(|event| matches!(event.kind, EventKind::Call(_)));
        assert!(answers, "event {at} answers event {call}, which is no call");
    }
}

/// Reads as every format, redacts, and builds.
fn check_all(bytes: &[u8]) {
    for format in FORMATS {
        let mut transcript = read(bytes, format.name);
        check_whole(bytes, &transcript);
        redact::transcript(&mut transcript);
        check_build(bytes, Some(format.name));
    }
    check_build(bytes, None);
}

fn check_build(bytes: &[u8], format: Option<&str>) {
    let options = build::Options { format: format.map(str::to_owned), ..options(400, "markdown") };
    if let Ok(handoff) = build::build(bytes, &options) {
        assert!(handoff.tokens <= 400);
    }
}

/// What can happen to a file.
#[derive(Debug, Clone)]
enum Harm {
    Cut(Index),
    Flip(Index, u8),
    Delete(Index, usize),
    Repeat(Index, usize),
    DeleteLine(Index),
    RepeatLine(Index),
    SwapLines(Index, Index),
    JoinLines(Index),
    Insert(Index, &'static str),
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = any::<Index>;
    let odd = select(vec![
        "\0",
        "\u{feff}",
        "\r",
        "null",
        "{}",
        "[",
        "\"",
        "\\ud800",
        "é",
        "\n\n",
        "🦀",
        "-1",
        "1e999",
        "``",
        "## User\n",
    ]);
    prop_oneof![
        1 => at().prop_map(Harm::Cut),
        2 => (at(), 0..8_u8).prop_map(|(at, bit)| Harm::Flip(at, bit)),
        2 => (at(), 1..200_usize).prop_map(|(at, length)| Harm::Delete(at, length)),
        2 => (at(), 1..200_usize).prop_map(|(at, length)| Harm::Repeat(at, length)),
        2 => at().prop_map(Harm::DeleteLine),
        2 => at().prop_map(Harm::RepeatLine),
        2 => (at(), at()).prop_map(|(one, other)| Harm::SwapLines(one, other)),
        1 => at().prop_map(Harm::JoinLines),
        3 => (at(), odd).prop_map(|(at, odd)| Harm::Insert(at, odd)),
    ]
}

fn harmed(bytes: &[u8], harm: &Harm) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let size = bytes.len() + 1;
    let piece = |at: &Index, length: usize| at.index(size)..(at.index(size) + length).min(size - 1);
    match harm {
        Harm::Cut(at) => bytes.truncate(at.index(size)),
        Harm::Flip(at, bit) if size > 1 => bytes[at.index(size - 1)] ^= 1 << bit,
        Harm::Flip(..) => {}
        Harm::Delete(at, length) => drop(bytes.drain(piece(at, *length))),
        Harm::Repeat(at, length) => {
            let again = bytes[piece(at, *length)].to_vec();
            bytes.splice(at.index(size)..at.index(size), again);
        }
        Harm::Insert(at, odd) => drop(bytes.splice(at.index(size)..at.index(size), odd.bytes())),
        Harm::DeleteLine(_) | Harm::RepeatLine(_) | Harm::SwapLines(..) | Harm::JoinLines(_) => {
            bytes = harmed_lines(&bytes, harm);
        }
    }
    bytes
}

fn harmed_lines(bytes: &[u8], harm: &Harm) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let count = lines.len();
    match harm {
        Harm::DeleteLine(at) => drop(lines.remove(at.index(count))),
        Harm::RepeatLine(at) => lines.insert(at.index(count), lines[at.index(count)]),
        Harm::SwapLines(one, other) => lines.swap(one.index(count), other.index(count)),
        Harm::JoinLines(at) => lines[at.index(count)] = lines[at.index(count)].trim_ascii_end(),
        _ => {}
    }
    lines.concat()
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        check_all(&bytes);
    }

    #[test]
    fn any_text(text in "(\\PC|\\n|## User\n|\\{\"type\":\"user\"|```|\\*\\*|\\|){0,80}") {
        check_all(text.as_bytes());
    }
}

proptest! {
    #![proptest_config(config(80))]

    #[test]
    fn harmed_fixtures(fixture in 0..fixtures::all().len(), harms in prop::collection::vec(harm(), 1..12)) {
        let fixture = &fixtures::all()[fixture];
        let bytes = harms.iter().fold(fixture.bytes.clone(), |bytes, harm| harmed(&bytes, harm));
        let mut transcript = read(&bytes, &fixture.format);
        check_whole(&bytes, &transcript);
        redact::transcript(&mut transcript);
        check_build(&bytes, Some(&fixture.format));
    }

    #[test]
    fn a_fixture_as_another_format(fixture in 0..fixtures::all().len(), format in 0..FORMATS.len(), harm in harm()) {
        let bytes = harmed(&fixtures::all()[fixture].bytes, &harm);
        let transcript = read(&bytes, FORMATS[format].name);
        check_whole(&bytes, &transcript);
        check_build(&bytes, Some(FORMATS[format].name));
    }
}
