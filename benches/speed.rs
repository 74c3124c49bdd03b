//! How fast a session becomes a handoff: every step, and the whole, in bytes of the file a second, from 100 KB to
//! 64 MB.
//!
//! Beside the whole stands the usual way, on one thread and on all: the same job, done with `serde_json::Value` and
//! `tiktoken-rs`. It reads every record as a `Value`, counts with `tiktoken-rs` all text in the messages that the models
//! saw, and then makes the handoff by the same steps as we do (redact, extract, pack, render), with `tiktoken-rs` as
//! the counter. In its favour, what those steps work on is made beforehand: turning the values into events is not
//! charged. How many times as long it takes is printed for every size, from runs taken in turn with ours.
//!
//! A checkpoint is measured after the session grew by a tenth, with and without what was kept of the one before.
//!
//! `cargo bench --bench speed`. The sessions are generated from the fixtures; a file named by `BATON_SESSION` is
//! measured as well.

mod session;

use std::hint::black_box;
use std::time::{Duration, Instant};

use baton::build::{Options, build, resume};
use baton::event::{Event, Transcript};
use baton::state::{HandoffState, Metadata};
use baton::token::{Encoding, Lines};
use baton::{extract, format, pack, redact};
use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group,
    criterion_main,
};
use rayon::ThreadPool;
use rayon::prelude::*;
use serde_json::Value;

const SIZES: [(&str, usize); 5] = [
    ("100 KB", 100_000),
    ("1 MB", 1_000_000),
    ("4 MB", 4_000_000),
    ("16 MB", 16_000_000),
    ("64 MB", 64_000_000),
];

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
        checkpoint(&mut group, &bytes);
        compare(&mut group, &name, &bytes);
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
    group.bench_function("pack", |it| {
        it.iter(|| {
            let lines = Lines::new(ENCODING);
            let measure = |state: &_| lines.count(&(options.renderer.render)(state, options.citations));
            pack::pack(black_box(&facts), &metadata, options.budget, &measure, &size_of).map(|it| it.tokens)
        });
    });
}

/// A checkpoint after a tenth more of the session, and the same without what was kept of the one before.
fn checkpoint(group: &mut BenchmarkGroup<WallTime>, bytes: &[u8]) {
    let options = Options::default();
    let before = &bytes[..bytes.len() * 10 / 11];
    let kept = resume(before, &options, None).expect("a session").1.after(None);
    for (name, kept) in [("checkpoint anew", None), ("checkpoint", Some(kept.as_slice()))] {
        let save = || resume(black_box(bytes), &options, kept).expect("a session").1;
        group.bench_function(name, |it| it.iter_with_large_drop(save));
    }
}

/// The tokens of all text the models saw.
fn count(transcript: &Transcript) -> usize {
    transcript.events.par_iter().flat_map_iter(Event::seen).map(|text| ENCODING.count(text)).sum()
}

/// The whole, ours and the usual way: both on one thread, both on all, and ours on all beside a usual loop on one.
fn compare(group: &mut BenchmarkGroup<WallTime>, name: &str, bytes: &[u8]) {
    let usual = Usual::of(bytes);
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    let (one, all) = (pool(1), pool(0));
    let theirs = |pool: &ThreadPool, transcript| pool.install(|| usual.make(transcript, black_box(bytes)));
    let ours = |pool: &ThreadPool| {
        pool.install(|| build(black_box(bytes), &Options::default()).expect("a session").tokens)
    };
    for (pool, words) in [(&one, "one thread"), (&all, "all threads")] {
        group.bench_function(BenchmarkId::new("whole", words), |it| it.iter(|| ours(pool)));
        group.bench_function(BenchmarkId::new("usual way", words), |it| {
            let input = || usual.transcript.clone();
            it.iter_batched(input, |transcript| theirs(pool, transcript), BatchSize::PerIteration);
        });
    }
    for (their_pool, our_pool, words) in [
        (&one, &one, "one thread"),
        (&all, &all, "all threads"),
        (&one, &all, "a loop on one thread beside all threads"),
    ] {
        let input = || usual.transcript.clone();
        let ratio = ratio(input, |transcript| theirs(their_pool, transcript), || ours(our_pool));
        eprintln!("{name}, {words}: the usual way takes {ratio:.1} times as long");
    }
}

/// How many times as long the usual way takes: the medians of five runs each, taken in turn.
fn ratio<I, T, U>(input: impl Fn() -> I, usual: impl Fn(I) -> T, whole: impl Fn() -> U) -> f64 {
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let input = input();
        theirs.push(took(|| usual(input)));
        ours.push(took(&whole));
    }
    let [theirs, ours] = [theirs, ours].map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    });
    theirs / ours
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn took<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed()
}

/// The same job as it is usually done.
struct Usual {
    encoder: &'static tiktoken_rs::CoreBPE,
    /// What the steps behind reading work on.
    transcript: Transcript,
    metadata: Metadata,
    options: Options,
}

impl Usual {
    fn of(bytes: &[u8]) -> Self {
        let options = Options::default();
        Usual {
            encoder: tiktoken_rs::o200k_base_singleton(),
            transcript: format::read(bytes, None).expect("a session"),
            metadata: build(bytes, &options).expect("a session").state.metadata,
            options,
        }
    }

    /// Every line a value, every text encoded; then a handoff out of the transcript.
    fn make(&self, mut transcript: Transcript, bytes: &[u8]) -> (usize, String) {
        let text = std::str::from_utf8(bytes).expect("UTF-8");
        let records = text.par_lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let seen = records.map(|record| tokens(&record["message"]["content"], self.encoder)).sum();
        redact::transcript(&mut transcript);
        let facts = extract::extract(&transcript);
        let size_of = |text: &str| self.encoder.encode_ordinary(text).len();
        let render = |state: &HandoffState| (self.options.renderer.render)(state, self.options.citations);
        let measure = |state: &HandoffState| size_of(&render(state));
        let packed = pack::pack(&facts, &self.metadata, self.options.budget, &measure, &size_of);
        (seen, render(&packed.expect("a budget that is enough").state))
    }
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
