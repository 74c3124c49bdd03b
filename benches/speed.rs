//! How fast a session becomes a handoff: every step, and the whole, in bytes of the file a second, from 100 KB to
//! 64 MB; beside them the first half of the job done with `serde_json::Value` and `tiktoken-rs`.
//!
//! `cargo bench --bench speed`. The sessions are generated from the fixtures; a file named by `BATON_SESSION` is
//! measured as well.

mod session;

use std::hint::black_box;
use std::time::Duration;

use baton::build::{Options, build};
use baton::event::{Event, Transcript};
use baton::token::Encoding;
use baton::{extract, format, pack, redact};
use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group,
    criterion_main,
};
use rayon::prelude::*;
use serde_json::Value;

const SIZES: [(&str, usize); 5] = [
    ("100 KB", 100_000),
    ("1 MB", 1_000_000),
    ("4 MB", 4_000_000),
    ("16 MB", 16_000_000),
    ("64 MB", 64_000_000),
];

/// The largest session the comparison is run on: it takes seconds.
const LARGEST_COMPARED: usize = 16_000_000;

const ENCODING: Encoding = Encoding::O200kBase;

fn sessions() -> Vec<(String, Vec<u8>)> {
    let generated = SIZES.iter().map(|&(name, size)| (name.to_owned(), session::of(size).into_bytes()));
    generated.chain(named()).collect()
}

/// The file that the environment names, if it does.
#[expect(clippy::disallowed_methods, reason = "a bench is a process of its own")]
fn named() -> Option<(String, Vec<u8>)> {
    let path = std::env::var_os("BATON_SESSION")?;
    Some(("BATON_SESSION".to_owned(), std::fs::read(path).expect("BATON_SESSION names a file")))
}

fn speed(criterion: &mut Criterion) {
    for (name, bytes) in sessions() {
        let mut group = criterion.benchmark_group(&name);
        group.throughput(Throughput::Bytes(bytes.len() as u64)).sampling_mode(SamplingMode::Flat);
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        steps(&mut group, &bytes);
        group.bench_function("whole", |it| {
            it.iter(|| build(black_box(&bytes), &Options::default()).expect("a session").tokens);
        });
        if bytes.len() <= LARGEST_COMPARED {
            let usual = BenchmarkId::from_parameter("Value + tiktoken-rs");
            group.bench_function(usual, |it| it.iter(|| usual_way(black_box(&bytes))));
        }
        group.finish();
    }
}

fn steps(group: &mut BenchmarkGroup<WallTime>, bytes: &[u8]) {
    let read = || format::read(black_box(bytes), None).expect("a session");
    group.bench_function("read", |it| it.iter_with_large_drop(read));
    let mut transcript = read();
    group.bench_function("redact", |it| {
        it.iter_batched_ref(|| transcript.clone(), redact::transcript, BatchSize::PerIteration);
    });
    group.bench_function("count", |it| it.iter(|| count(black_box(&transcript))));
    redact::transcript(&mut transcript);
    group
        .bench_function("extract", |it| it.iter_with_large_drop(|| extract::extract(black_box(&transcript))));
    let facts = extract::extract(&transcript);
    let options = Options::default();
    let metadata = build(bytes, &options).expect("a session").state.metadata;
    let size_of = |text: &str| ENCODING.count(text);
    let measure = |state: &_| size_of(&(options.renderer.render)(state, options.citations));
    group.bench_function("pack", |it| {
        it.iter(|| {
            pack::pack(black_box(&facts), &metadata, options.budget, &measure, &size_of).map(|it| it.tokens)
        });
    });
}

/// The tokens of all text the models saw.
fn count(transcript: &Transcript) -> usize {
    transcript.events.par_iter().flat_map_iter(Event::seen).map(|text| ENCODING.count(text)).sum()
}

/// Reading and counting as it is usually done: every line a value, every text encoded.
fn usual_way(bytes: &[u8]) -> usize {
    let encoder = tiktoken_rs::o200k_base_singleton();
    let lines = std::str::from_utf8(bytes).expect("UTF-8").lines();
    let records = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    records.map(|record| tokens(&record["message"]["content"], encoder)).sum()
}

/// The tokens of a message's texts, thoughts, calls and results.
fn tokens(content: &Value, encoder: &tiktoken_rs::CoreBPE) -> usize {
    match content {
        Value::String(text) => encoder.encode_ordinary(text).len(),
        Value::Array(items) => items.iter().map(|item| tokens(item, encoder)).sum(),
        Value::Object(block) => {
            let seen = ["text", "thinking", "input", "content"].iter().filter_map(|name| block.get(*name));
            let values =
                if block.contains_key("type") { seen.collect() } else { block.values().collect::<Vec<_>>() };
            values.into_iter().map(|value| tokens(value, encoder)).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

criterion_group!(benches, speed);
criterion_main!(benches);
