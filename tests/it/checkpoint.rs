//! Checkpoints of a session that grows: what reads on from what was kept gives the handoff of the whole, byte for byte.

use std::io::Cursor;

use baton::build::{Options, build, resume, resume_file};
use baton::token::{Encoding, Tokenizer};
use proptest::prelude::*;

use crate::fixtures;

/// Makes a checkpoint at each cut and at the end, each with what was kept at the one before; holds each against the
/// whole made anew, and gives what was kept last.
#[track_caller]
fn check(bytes: &[u8], cuts: &[usize], options: &Options) -> Vec<u8> {
    let mut kept: Option<Vec<u8>> = None;
    for cut in cuts.iter().copied().chain([bytes.len(), bytes.len()]) {
        kept = Some(same(&bytes[..cut], options, kept.as_deref()));
    }
    kept.unwrap()
}

/// Holds a handoff made with what was kept against one made without, and gives what is kept now.
#[track_caller]
fn same(bytes: &[u8], options: &Options, kept: Option<&[u8]>) -> Vec<u8> {
    match (build(bytes, options), resume(bytes, options, kept)) {
        (Ok(whole), Ok((resumed, now))) => {
            assert_eq!(resumed.text, whole.text);
            assert_eq!(resumed.state, whole.state);
            assert_eq!((resumed.facts, resumed.warnings), (whole.facts, whole.warnings));
            now.after(kept)
        }
        (Err(whole), Err(resumed)) => {
            assert_eq!(resumed.to_string(), whole.to_string());
            Vec::new()
        }
        (whole, resumed) => panic!("{:?} and {:?}", whole.err(), resumed.err()),
    }
}

fn options() -> Options {
    Options { budget: 1200, ..Options::default() }
}

#[test]
fn every_fixture_at_every_tenth() {
    for fixture in fixtures::all() {
        let cuts: Vec<usize> = (1..10).map(|tenth| fixture.bytes.len() * tenth / 10).collect();
        let kept = check(&fixture.bytes, &cuts, &options());
        for secret in &fixture.sheet.secrets {
            let found = memchr::memmem::find(&kept, secret.as_bytes());
            assert_eq!(found, None, "{} keeps a secret", fixture.name);
        }
    }
}

#[test]
fn what_is_kept_is_of_use_only_for_its_own() {
    let fixture = fixtures::all().iter().find(|fixture| fixture.name == "claude-code/rate-limiter").unwrap();
    let half = fixture.bytes.len() / 2;
    let kept = same(&fixture.bytes[..half], &options(), None);
    assert!(!kept.is_empty());
    let rewritten = String::from_utf8(fixture.bytes.clone()).unwrap().replacen("the", "any", 1);
    same(rewritten.as_bytes(), &options(), Some(&kept));
    same(&fixture.bytes[..half / 2], &options(), Some(&kept));
    let other = Options { tokenizer: Tokenizer::Exact(Encoding::R50kBase), ..options() };
    same(&fixture.bytes, &other, Some(&kept));
    for at in [0, 20, 40, kept.len() / 2, kept.len() - 1] {
        let mut damaged = kept.clone();
        damaged[at] ^= 1;
        same(&fixture.bytes, &options(), Some(&damaged));
    }
    same(&fixture.bytes, &options(), Some(&kept[..kept.len() / 2]));
}

/// A session of more than 64 KB: a fixture, again and again.
fn long() -> Vec<u8> {
    let fixture = fixtures::all().iter().find(|fixture| fixture.name == "claude-code/rate-limiter").unwrap();
    fixture.bytes.repeat(1 + (160 << 10) / fixture.bytes.len())
}

#[test]
fn of_a_file_that_grew_only_what_is_new_is_read() {
    let (bytes, options) = (long(), options());
    let whole = build(&bytes, &options).unwrap();
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', &bytes).map(|at| at + 1).collect();
    // At the end of a line, within one, and with nothing behind.
    for cut in [ends[ends.len() / 2], ends[ends.len() * 3 / 4] - 7, bytes.len()] {
        let kept = resume(&bytes[..cut], &options, None).unwrap().1.after(None);
        let (resumed, now) = resume_file(Cursor::new(&bytes), &options, &kept).unwrap().unwrap();
        assert_eq!((resumed.text, resumed.state), (whole.text.clone(), whole.state.clone()));
        assert_eq!((&resumed.facts, &resumed.warnings), (&whole.facts, &whole.warnings));
        let again = resume(&bytes, &options, Some(&kept)).unwrap().1;
        assert_eq!(now.after(Some(&kept)), again.after(Some(&kept)));
    }
}

#[test]
fn a_file_is_read_whole_where_that_may_tell_another_story() {
    let (bytes, options) = (long(), options());
    let half = memchr::memrchr(b'\n', &bytes[..bytes.len() / 2]).unwrap() + 1;
    let kept = resume(&bytes[..half], &options, None).unwrap().1.after(None);
    let check = |bytes: &[u8], options: &Options, kept: &[u8]| {
        assert!(resume_file(Cursor::new(bytes), options, kept).unwrap().is_none());
    };
    check(&[b" ", bytes.as_slice()].concat(), &options, &kept);
    check(&bytes[..half - 1], &options, &kept);
    check(&[&bytes, b"\xff\n".as_slice()].concat(), &options, &kept);
    check(&bytes, &options, &kept[..kept.len() - 1]);
    check(&bytes, &options, &[]);
    check(&bytes, &Options { format: Some("codex".to_owned()), ..options.clone() }, &kept);
    let other = Tokenizer::Exact(Encoding::R50kBase);
    check(&bytes, &Options { tokenizer: other, ..options.clone() }, &kept);
    let short = resume(&bytes[..20 << 10], &options, None).unwrap().1.after(None);
    check(&bytes, &options, &short);
}

#[test]
fn many_checkpoints_keep_little_more_than_one() {
    let fixture = fixtures::all().iter().find(|fixture| fixture.name == "claude-code/rate-limiter").unwrap();
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', &fixture.bytes).map(|at| at + 1).step_by(3).collect();
    let (many, one) = (check(&fixture.bytes, &ends, &options()), check(&fixture.bytes, &[], &options()));
    assert!(many.len() < 2 * one.len(), "{} bytes, at once {}", many.len(), one.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_cuts(
        fixture in any::<prop::sample::Index>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        at_lines in any::<bool>(),
    ) {
        let bytes = &fixture.get(fixtures::all()).bytes;
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        if at_lines {
            let line = |cut: &mut usize| *cut = memchr::memrchr(b'\n', &bytes[..*cut]).map_or(0, |at| at + 1);
            cuts.iter_mut().for_each(line);
        }
        cuts.sort_unstable();
        check(bytes, &cuts, &options());
    }
}
