//! How long each format takes to be read, beside Claude Code's: the fixtures of every format grown to some megabytes, and
//! the real files of a corpus, if there is one.
//!
//! `cargo bench --bench readers`. All on one thread, so that what is compared is the work. Beside criterion's figures
//! it prints a table: milliseconds a megabyte, and how many times those of Claude Code.
#![expect(clippy::print_stdout, reason = "the table is for people")]

#[expect(dead_code, reason = "the rest is for other benches")]
#[path = "../corpus/mod.rs"]
mod corpus;
mod grown;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use baton::format::{self, FORMATS, Format};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};

/// What a grown fixture measures, at the least.
const SIZE: usize = 2_000_000;

/// A real file shorter than this is over before it can be measured.
const SHORTEST: usize = 20_000;

/// The format that the others are held against.
const YARDSTICK: &str = "claude-code";

/// Inputs of each format.
type Inputs = BTreeMap<&'static str, Vec<Vec<u8>>>;

fn readers(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread");
    for (name, inputs) in [("fixtures", fixtures()), ("corpus", real())] {
        pool.install(|| table(name, &inputs));
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
        for (format, inputs) in &inputs {
            group.throughput(Throughput::Bytes(size(inputs)));
            group.bench_function(*format, |it| pool.install(|| it.iter(|| read(format, inputs))));
        }
        group.finish();
    }
}

/// Every format's fixture, grown.
fn fixtures() -> Inputs {
    FORMATS.iter().map(|format| (format.name, vec![grown::fixture(format.name, SIZE)])).collect()
}

/// The files of the corpus that are long enough, by format.
fn real() -> Inputs {
    let mut inputs = Inputs::new();
    for path in corpus::corpus().iter().flat_map(|folder| corpus::files(folder)) {
        let bytes = std::fs::read(path).expect("a readable file");
        if let Some(format) = format_of(&bytes).filter(|_| bytes.len() >= SHORTEST) {
            inputs.entry(format.name).or_default().push(bytes);
        }
    }
    inputs
}

fn format_of(bytes: &[u8]) -> Option<&'static Format> {
    format::recognise(bytes, None).ok().map(|input| input.format)
}

fn size(inputs: &[Vec<u8>]) -> u64 {
    inputs.iter().map(|bytes| bytes.len() as u64).sum()
}

fn read(format: &str, inputs: &[Vec<u8>]) {
    let format = format::find(format).expect("it is among the formats");
    for bytes in inputs {
        black_box((format.read)(black_box(bytes)));
    }
}

/// Milliseconds a megabyte of each format, the best of some runs taken in turn, and how many times the yardstick's.
fn table(name: &str, inputs: &Inputs) {
    let mut best: BTreeMap<&str, Duration> = BTreeMap::new();
    for _ in 0..9 {
        for (format, inputs) in inputs {
            let took = took(|| read(format, inputs));
            let best = best.entry(format).or_insert(took);
            *best = took.min(*best);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "sizes of files are far from 2^52")]
    let pace = |format: &str| best[format].as_secs_f64() * 1e9 / size(&inputs[format]) as f64;
    println!("| {name} | KB | ms/MB | times {YARDSTICK}'s |\n|---|---|---|---|");
    for format in inputs.keys().filter(|_| inputs.contains_key(YARDSTICK)) {
        let (kilobytes, times) = (size(&inputs[format]) / 1000, pace(format) / pace(YARDSTICK));
        println!("| {format} | {kilobytes} | {:.2} | {times:.2} |", pace(format));
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn took(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

criterion_group!(benches, readers);
criterion_main!(benches);
