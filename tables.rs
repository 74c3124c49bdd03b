//! Build script: writes the vocabularies and the Unicode classes as tables that the binary holds ready to use.
//!
//! Tokens come from the pinned `tiktoken-rs`, classes from the `regex-syntax` it splits text with, so both are
//! exactly what counts are compared with. The layout is described where it is read: `src/token/vocabulary.rs`
//! and `src/token/class.rs`.
#![allow(clippy::print_stdout, reason = "a build script speaks to cargo by printing")]
#![allow(clippy::disallowed_methods, reason = "a build script is told its folder by the environment")]
#![allow(clippy::cast_possible_truncation, reason = "what is cut is asserted to be shorter")]

use std::collections::BTreeMap;
use std::path::Path;

use regex_syntax::hir::{Class, HirKind};
use tiktoken_rs::CoreBPE;

#[path = "src/token/hash.rs"]
mod hash;

type Tokens = Vec<(u32, Vec<u8>)>;

fn main() {
    println!("cargo::rerun-if-changed=tables.rs");
    println!("cargo::rerun-if-changed=src/token/hash.rs");
    let folder = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR for a build script");
    let folder = Path::new(&folder);
    let o200k = tokens(&tiktoken_rs::o200k_base().expect("the tables are in the crate"), 199_998, None);
    let cl100k = tokens(&tiktoken_rs::cl100k_base().expect("the tables are in the crate"), 100_256, None);
    let p50k = tokens(&tiktoken_rs::p50k_base().expect("the tables are in the crate"), 50_281, Some(50_256));
    let r50k = tokens(&tiktoken_rs::r50k_base().expect("the tables are in the crate"), 50_256, None);
    assert!(p50k.starts_with(&r50k), "r50k is read from p50k's tables, cut at rank 50256");
    for (name, tokens) in [("o200k", o200k), ("cl100k", cl100k), ("p50k", p50k)] {
        write_vocabulary(folder, name, &tokens);
    }
    write_classes(folder);
}

/// The ordinary tokens of ranks `0..end`, but for the special token at `gap`.
fn tokens(encoder: &CoreBPE, end: u32, gap: Option<u32>) -> Tokens {
    let bytes = |rank| encoder.decode_bytes(&[rank]).expect("ranks are dense");
    (0..end).filter(|&rank| Some(rank) != gap).map(|rank| (rank, bytes(rank))).collect()
}

fn write_vocabulary(folder: &Path, name: &str, tokens: &Tokens) {
    let (mut short, mut medium, mut long) = (Vec::new(), Vec::new(), Vec::new());
    let mut texts = Vec::new();
    for (rank, token) in tokens {
        let length = token.len();
        let value = (rank | (length as u32) << 18).to_le_bytes();
        match length {
            0..=8 => {
                let key = word(token);
                short.push((hash::short(key, length), [&key.to_le_bytes()[..], &value].concat()));
            }
            9..=16 => {
                let (low, high) = (word(&token[..8]), word(&token[8..]));
                let entry = [&low.to_le_bytes()[..], &high.to_le_bytes(), &value].concat();
                medium.push((hash::medium(low, high, length), entry));
            }
            _ => {
                assert!(length < 256 && texts.len() < 1 << 24, "a long token is placed in 24 + 8 bits");
                let place = (texts.len() as u32) << 8 | length as u32;
                long.push((hash::long(token), [value, place.to_le_bytes()].concat()));
                texts.extend_from_slice(token);
            }
        }
    }
    write_table(folder, &format!("{name}.short"), &short);
    write_table(folder, &format!("{name}.medium"), &medium);
    write_table(folder, &format!("{name}.long"), &long);
    write(folder, &format!("{name}.texts"), &texts);
    write_merges(folder, name, tokens);
}

/// The merges, as pairs of ranks with the rank of what they make, and the ranks of the single bytes.
fn write_merges(folder: &Path, name: &str, tokens: &Tokens) {
    let ranks: BTreeMap<&[u8], u32> = tokens.iter().map(|(rank, token)| (token.as_slice(), *rank)).collect();
    let mut merges = Vec::new();
    for (rank, token) in tokens {
        if let Some(middle) = last_merge(token, &ranks) {
            let pair = u64::from(ranks[&token[..middle]]) << 18 | u64::from(ranks[&token[middle..]]);
            merges.push((hash::pair(pair), (pair << 18 | u64::from(*rank)).to_le_bytes().to_vec()));
        }
    }
    write_table(folder, &format!("{name}.merges"), &merges);
    let mut filter = vec![0_u8; merges.len().next_power_of_two()];
    for (hash, _) in &merges {
        let (byte, bit) = hash::filter(*hash, filter.len());
        filter[byte] |= bit;
    }
    write(folder, &format!("{name}.filter"), &filter);
    let bytes: Vec<[u8; 4]> = (0..=u8::MAX).map(|byte| ranks[&[byte][..]].to_le_bytes()).collect();
    write(folder, &format!("{name}.bytes"), bytes.as_flattened());
}

/// Up to 8 bytes, little-endian, padded with zeros.
fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// The length of the left half of a token's last merge; none for a single byte and for what no merge makes.
fn last_merge(token: &[u8], ranks: &BTreeMap<&[u8], u32>) -> Option<usize> {
    let mut bounds: Vec<usize> = (0..=token.len()).collect();
    loop {
        let pairs = 2..bounds.len();
        let ranked =
            pairs.filter_map(|end| Some((ranks.get(&token[bounds[end - 2]..bounds[end]])?, end - 1)));
        let (_, middle) = ranked.min()?;
        if bounds.len() == 3 {
            return Some(bounds[1]);
        }
        bounds.remove(middle);
    }
}

/// Places every entry in the slot its hash and its bucket's displacement name.
fn write_table(folder: &Path, name: &str, entries: &[(u64, Vec<u8>)]) {
    let slots = entries.len() + entries.len() / 32 + 1;
    let mut buckets = vec![Vec::new(); entries.len() / 4 + 1];
    for (index, (hash, _)) in entries.iter().enumerate() {
        buckets[hash::bucket(*hash, entries.len() / 4 + 1)].push(index);
    }
    let mut order: Vec<usize> = (0..buckets.len()).collect();
    order.sort_by_key(|&bucket| std::cmp::Reverse(buckets[bucket].len()));
    let mut taken: Vec<Option<usize>> = vec![None; slots];
    let mut displacements = vec![0_u16; buckets.len()];
    for bucket in order {
        let (displacement, places) = place(&buckets[bucket], entries, &taken);
        displacements[bucket] = displacement;
        for (place, &index) in places.iter().zip(&buckets[bucket]) {
            taken[*place] = Some(index);
        }
    }
    let empty = vec![0xff; entries[0].1.len()];
    let filled: Vec<&[u8]> =
        taken.iter().map(|slot| slot.map_or(&empty[..], |index| &entries[index].1)).collect();
    write(folder, &format!("{name}.slots"), &filled.concat());
    let displacements: Vec<[u8; 2]> = displacements.into_iter().map(u16::to_le_bytes).collect();
    write(folder, &format!("{name}.displacements"), displacements.as_flattened());
}

/// The first displacement under which all of a bucket's entries fall into free, different slots.
fn place(bucket: &[usize], entries: &[(u64, Vec<u8>)], taken: &[Option<usize>]) -> (u16, Vec<usize>) {
    let mut places = Vec::new();
    for displacement in 0..=u16::MAX {
        places.clear();
        for &index in bucket {
            let slot = hash::slot(entries[index].0, displacement, taken.len());
            if taken[slot].is_some() || places.contains(&slot) {
                break;
            }
            places.push(slot);
        }
        if places.len() == bucket.len() {
            return (displacement, places);
        }
    }
    panic!("no displacement fits a bucket of {}; change a constant in src/token/hash.rs", bucket.len());
}

/// The classes of `src/token/class.rs`, bit by bit. Every scalar gets one of them; later lines win.
const CLASSES: [(&str, u8); 8] = [
    (r"(?s).", 128),
    (r"[\p{Lu}\p{Lt}]", 1),
    (r"\p{Ll}", 2),
    (r"[\p{Lm}\p{Lo}]", 4),
    (r"\p{M}", 8),
    (r"\p{N}", 16),
    (r"\s", 32),
    (r"[\r\n]", 64),
];

/// A two-stage table: a block number for every 128 scalars, then the classes of each different block.
fn write_classes(folder: &Path) {
    let mut classes = vec![0_u8; 0x11_0000];
    for (pattern, class) in CLASSES {
        for (start, end) in ranges(pattern) {
            classes[start as usize..=end as usize].fill(class);
        }
    }
    let mut different: Vec<&[u8]> = Vec::new();
    let mut stage = Vec::new();
    for block in classes.chunks(128) {
        let known = different.iter().position(|other| *other == block).unwrap_or_else(|| {
            different.push(block);
            different.len() - 1
        });
        stage.push(u8::try_from(known).expect("fewer than 256 different blocks"));
    }
    write(folder, "classes.blocks", &stage);
    write(folder, "classes.values", &different.concat());
}

fn ranges(pattern: &str) -> Vec<(u32, u32)> {
    let class = regex_syntax::parse(pattern).expect("the patterns are valid");
    match class.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        _ => panic!("{pattern} is a class"),
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join(name), bytes).expect("OUT_DIR can be written");
}
