//! Kinds of records that no fixture has are in `kinds/<format>.*`, as short as they come.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use baton::coverage;
use baton::format::{self, FORMATS};

use crate::fixtures;

/// The samples: the name of the format, and the bytes.
fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/kinds");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|file| (file.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(file).unwrap()))
        .collect()
}

#[test]
fn every_mapped_kind_is_in_a_fixture_or_a_sample() {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let whole = fixtures::all().iter().map(|fixture| (fixture.format.clone(), fixture.bytes.clone()));
    for (format, bytes) in whole.chain(samples()) {
        let kinds = coverage::of(&bytes, Some(&format)).unwrap().kinds;
        seen.entry(format).or_default().extend(kinds.into_iter().map(|kind| kind.name));
    }
    let missing = FORMATS.iter().flat_map(|format| {
        let seen = &seen[format.name];
        format
            .kinds
            .mapped
            .iter()
            .filter(|kind| !seen.contains(**kind))
            .map(|kind| format!("{}: {kind}", format.name))
    });
    let missing: Vec<String> = missing.collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_sample_is_read_without_a_warning() {
    for (name, bytes) in samples() {
        let transcript = format::read(&bytes, Some(&name)).unwrap();
        assert!(transcript.warnings.is_empty(), "{name}: {:?}", transcript.warnings);
        let head = format::Head::of(&bytes);
        let claims: Vec<&str> =
            FORMATS.iter().filter(|format| (format.claims)(&head)).map(|format| format.name).collect();
        assert_eq!(claims.len(), 1, "{name} is claimed by {claims:?}");
    }
}
