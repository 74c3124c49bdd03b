//! Counting tokens: ours against tiktoken-rs and bpe-openai, in bytes per second, on generated text.

use std::hint::black_box;

use baton::token::Encoding;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// A linear congruential generator: the same text every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const WORDS: [&str; 32] = [
    "the",
    "session",
    "handoff",
    "returns",
    "a",
    "compact",
    "token",
    "budget",
    "transcript",
    "of",
    "error",
    "file",
    "between",
    "when",
    "parser",
    "reads",
    "line",
    "is",
    "not",
    "found",
    "evidence",
    "with",
    "an",
    "agent",
    "checks",
    "rank",
    "configuration",
    "deterministic",
    "to",
    "in",
    "event",
    "don't",
];
const NAMES: [&str; 16] = [
    "count",
    "text",
    "start",
    "self",
    "vocabulary",
    "parseHeader",
    "line_number",
    "Vec",
    "HashMap",
    "usize",
    "result",
    "tokens",
    "MAX_LEN",
    "iter",
    "next_event",
    "Encoding",
];

fn code(dice: &mut Dice) -> String {
    let (name, other, third) = (dice.pick(&NAMES), dice.pick(&NAMES), dice.pick(&NAMES));
    let indent = "    ".repeat(dice.below(4));
    match dice.below(5) {
        0 => format!("{indent}let {name} = {other}.{third}({});\n", dice.below(5000)),
        1 => format!("{indent}if {name} != {other} && {third}[{}] {{\n", dice.below(50)),
        2 => format!("{indent}/// {} {} {}.\n", dice.pick(&WORDS), dice.pick(&WORDS), dice.pick(&WORDS)),
        3 => format!("{indent}}}\n\n"),
        _ => format!("{indent}fn {name}(&{other}: {third}) -> Option<{}> {{\n", dice.pick(&NAMES)),
    }
}

fn markdown(dice: &mut Dice) -> String {
    let sentence: Vec<&str> = (0..6 + dice.below(12)).map(|_| dice.pick(&WORDS)).collect();
    match dice.below(8) {
        0 => format!("\n## {}\n\n", dice.pick(&WORDS)),
        1 => format!("- **{}**: `{}`\n", dice.pick(&WORDS), dice.pick(&NAMES)),
        _ => format!("{}.\n", sentence.join(" ")),
    }
}

fn json(dice: &mut Dice) -> String {
    let text = markdown(dice).replace('\n', "\\n");
    let kind = dice.pick(&["user", "assistant", "tool"]);
    format!("{{\"type\":\"{kind}\",\"id\":\"{:08x}\",\"text\":\"{text}\"}}\n", dice.below(1 << 31))
}

fn chinese(dice: &mut Dice) -> String {
    let characters: Vec<char> =
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年".chars().collect();
    (0..4 + dice.below(14)).map(|_| characters[dice.below(characters.len())]).chain(['，']).collect()
}

fn base64(dice: &mut Dice) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    (0..76).map(|_| char::from(alphabet[dice.below(52)])).collect()
}

/// 256 KiB, or a little more, of what the generator gives.
fn text(part: fn(&mut Dice) -> String) -> String {
    let mut dice = Dice(1);
    let mut text = String::new();
    while text.len() < 256 << 10 {
        text += &part(&mut dice);
    }
    text
}

fn count(criterion: &mut Criterion) {
    let tiktoken = tiktoken_rs::o200k_base_singleton();
    let bpe = bpe_openai::o200k_base();
    for (name, text) in [
        ("code", text(code)),
        ("markdown", text(markdown)),
        ("json", text(json)),
        ("chinese", text(chinese)),
        ("one piece of letters", text(base64)),
        ("one piece of a", text(|_| "a".repeat(64))),
        ("one piece of spaces", text(|_| " ".repeat(64))),
    ] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("baton", ""), |bencher| {
            bencher.iter(|| Encoding::O200kBase.count(black_box(&text)));
        });
        group.bench_function(BenchmarkId::new("bpe-openai", ""), |bencher| {
            bencher.iter(|| bpe.count(black_box(&text)));
        });
        group.bench_function(BenchmarkId::new("tiktoken-rs", ""), |bencher| {
            bencher.iter(|| tiktoken.encode_ordinary(black_box(&text)).len());
        });
        group.finish();
    }
}

criterion_group!(benches, count);
criterion_main!(benches);
