//! How much smaller a handoff is than what the models saw: tokens in by tokens out, for every fixture and for every
//! folder of a corpus, if `BATON_CORPUS` names one.
//!
//! `cargo bench --bench ratio`. The measure has no noise: a difference between two runs is one of the program.
#![expect(clippy::print_stdout, reason = "the table is for people")]

mod corpus;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use baton::build::{Options, build};
use baton::event::Event;
use baton::format;
use corpus::{corpus, files, folders, stem};
use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;

/// Tokens that went in, by tokens that came out.
struct Ratio;

impl Measurement for Ratio {
    type Intermediate = ();
    type Value = f64;

    fn start(&self) {}

    fn end(&self, (): ()) -> f64 {
        0.0
    }

    fn add(&self, one: &f64, other: &f64) -> f64 {
        one + other
    }

    fn zero(&self) -> f64 {
        0.0
    }

    fn to_f64(&self, value: &f64) -> f64 {
        *value
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &Times
    }
}

/// Says "times" after a ratio.
struct Times;

impl ValueFormatter for Times {
    fn scale_values(&self, _: f64, _: &mut [f64]) -> &'static str {
        "times"
    }

    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        "times"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "times"
    }
}

/// Sessions, and the tokens that went in and came out.
#[derive(Default, Clone, Copy)]
struct Sizes {
    sessions: usize,
    before: usize,
    after: usize,
}

impl Sizes {
    fn plus(self, other: Self) -> Self {
        let Self { sessions, before, after } = other;
        Self { sessions: self.sessions + sessions, before: self.before + before, after: self.after + after }
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    fn ratio(self) -> f64 {
        self.before as f64 / self.after.max(1) as f64
    }
}

fn ratio(criterion: &mut Criterion<Ratio>) {
    let mut group = criterion.benchmark_group("ratio");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(1));
    let mut table = Vec::new();
    for (name, paths) in inputs() {
        let sizes = paths.par_iter().filter_map(|path| measure(path)).reduce(Sizes::default, Sizes::plus);
        if sizes.sessions > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a few iterations")]
            group.bench_function(&name, |it| it.iter_custom(|times| sizes.ratio() * times as f64));
            table.push((name, sizes));
        }
    }
    group.finish();
    println!("{:<36} {:>8} {:>12} {:>10} {:>8}", "input", "sessions", "tokens in", "tokens out", "ratio");
    for (name, it) in table {
        println!("{name:<36} {:>8} {:>12} {:>10} {:>8.1}", it.sessions, it.before, it.after, it.ratio());
    }
}

/// What a session of at least the smallest budget becomes; nothing if the file is none.
fn measure(path: &Path) -> Option<Sizes> {
    let bytes = std::fs::read(path).ok()?;
    let options = Options::default();
    let transcript = format::read(&bytes, None).ok()?;
    let encoding = baton::token::Encoding::O200kBase;
    let before = transcript.events.iter().flat_map(Event::seen).map(|text| encoding.count(text)).sum();
    let after = build(&bytes, &options).ok()?.tokens;
    Some(Sizes { sessions: 1, before, after })
}

/// The files of every fixture and of every folder of the corpus, by name.
fn inputs() -> BTreeMap<String, Vec<PathBuf>> {
    let mut inputs = BTreeMap::new();
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for format in folders(&fixtures) {
        for fixture in folders(&format) {
            let name = fixture.strip_prefix(&fixtures).expect("below it").display().to_string();
            let files: Vec<PathBuf> =
                files(&fixture).into_iter().filter(|it| stem(it) == "session").collect();
            inputs.insert(format!("fixtures/{name}"), files);
        }
    }
    for folder in corpus().iter().flat_map(|it| folders(it)) {
        inputs.insert(format!("corpus/{}", stem(&folder)), files(&folder));
    }
    inputs
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Ratio); targets = ratio);
criterion_main!(benches);
