//! How much of a handoff stays word for word from one checkpoint of a session to the next, so that a prompt cache keeps it.
//!
//! `cargo bench --bench prefix`. Sessions of a corpus are cut at 50 to 100 % of their lines; of each handoff and the
//! next, the tokens at the beginning are counted that are the same. Of a large corpus every so many sessions are taken.
//! No session, no table.
#![expect(clippy::print_stdout, reason = "the table is for people")]

#[expect(dead_code, reason = "other benches need the rest")]
mod corpus;

use std::path::{Path, PathBuf};

use baton::build::{Options, build};
use baton::render;
use baton::token::Encoding;
use rayon::prelude::*;
use serde_json::Value;

/// Where sessions are cut, in percent.
const CUTS: [usize; 6] = [50, 60, 70, 80, 90, 100];

/// Longest session that is cut, in bytes.
const LONGEST: u64 = 3 << 20;

/// Most sessions that are cut.
const MOST: usize = 60;

/// What stays of one checkpoint in the next, in tokens.
struct Kept {
    whole: usize,
    block: usize,
    same_of_text: usize,
    same_of_blocks: usize,
}

fn main() {
    let Some(folder) = corpus::corpus() else { return println!("no corpus: name one with BATON_CORPUS") };
    let mut sessions: Vec<PathBuf> =
        corpus::files(&folder).into_iter().filter(|path| is_session(path)).collect();
    sessions.sort();
    let every = sessions.len().div_ceil(MOST).max(1);
    let sessions: Vec<PathBuf> = sessions.into_iter().step_by(every).collect();
    let steps: Vec<Vec<Kept>> = sessions.par_iter().map(|path| checkpoints(path)).collect();
    println!(
        "{:<12} {:>8} {:>22} {:>22} {:>18}",
        "checkpoint", "sessions", "text, same prefix", "blocks, same prefix", "first block whole"
    );
    for step in 0..CUTS.len() - 1 {
        let kept: Vec<&Kept> = steps.iter().filter_map(|kept| kept.get(step)).collect();
        print(&format!("{} → {} %", CUTS[step], CUTS[step + 1]), &kept);
    }
    print("all", &steps.iter().flatten().collect::<Vec<_>>());
}

fn print(name: &str, kept: &[&Kept]) {
    let median = |of: &dyn Fn(&Kept) -> usize| {
        let mut all: Vec<usize> = kept.iter().map(|kept| of(kept)).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or(0)
    };
    let told = |same: &dyn Fn(&Kept) -> usize| {
        let share = median(&|kept| 100 * same(kept) / kept.whole.max(1));
        format!("{} tokens, {share} %", median(same))
    };
    let whole = kept.iter().filter(|kept| kept.same_of_blocks >= kept.block).count();
    println!(
        "{name:<12} {:>8} {:>22} {:>22} {:>16} %",
        kept.len(),
        told(&|kept| kept.same_of_text),
        told(&|kept| kept.same_of_blocks),
        100 * whole / kept.len().max(1)
    );
}

/// What each checkpoint of a session keeps of the one before it; nothing if it is none.
fn checkpoints(path: &Path) -> Vec<Kept> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let lines: Vec<&str> = text.lines().collect();
    let made = CUTS.map(|cut| texts(&lines[..lines.len() * cut / 100].join("\n")));
    made.windows(2).filter_map(|pair| kept(pair[0].as_ref()?, pair[1].as_ref()?)).collect()
}

/// A handoff as text, and its two blocks.
fn texts(session: &str) -> Option<(String, [String; 2])> {
    let blocks = render::find("blocks").expect("it is in the list");
    let handoff = build(session.as_bytes(), &Options::default()).ok()?;
    let json = (blocks.render)(&handoff.state, render::Citations::Hidden);
    let json: Value = serde_json::from_str(&json).expect("blocks are JSON");
    let block = |at: usize| json[at]["text"].as_str().expect("a block has a text").to_owned();
    Some((handoff.text, [block(0), block(1)]))
}

fn kept(before: &(String, [String; 2]), after: &(String, [String; 2])) -> Option<Kept> {
    let encoding = Encoding::O200kBase;
    let whole = encoding.count(&before.0);
    let same = |one: &str, other: &str| {
        let bytes = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
        encoding.count(&one[..one.floor_char_boundary(bytes)])
    };
    let block = encoding.count(&before.1[0]);
    let first = same(&before.1[0], &after.1[0]);
    // The second block is only in the cache if all of the first is.
    let rest = if before.1[0] == after.1[0] { same(&before.1[1], &after.1[1]) } else { 0 };
    (whole > 0).then(|| Kept {
        whole,
        block,
        same_of_text: same(&before.0, &after.0),
        same_of_blocks: first + rest,
    })
}

fn is_session(path: &Path) -> bool {
    let is_lines = path.extension().is_some_and(|extension| extension == "jsonl");
    is_lines && path.metadata().is_ok_and(|file| file.len() <= LONGEST)
}
