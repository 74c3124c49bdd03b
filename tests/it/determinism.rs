//! Same bytes, same options: the same output, byte for byte, on any number of threads.

use rayon::ThreadPoolBuilder;

use crate::fixtures::{self, Fixture};

/// The handoff in both renderings, and everything else that comes out, on that many threads.
fn made(fixture: &Fixture, threads: usize) -> (String, String, String) {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let (markdown, json) = (fixture.handoff(1500, "markdown"), fixture.handoff(3000, "json"));
        let rest = format!("{:?} {:?} {:?}", json.facts, json.choice, json.warnings);
        (markdown.text, json.text, rest)
    })
}

#[test]
fn any_number_of_threads() {
    for fixture in fixtures::all() {
        let expected = made(fixture, 1);
        for threads in [1, 2, 8] {
            assert!(made(fixture, threads) == expected, "{} differs on {threads} threads", fixture.name);
        }
    }
}

/// A file of several windows is parsed by several threads at once; a fixture is not long enough for that.
#[test]
fn a_long_file() {
    let fixture = fixtures::all().iter().find(|fixture| fixture.name == "codex/csv-import").unwrap();
    let long = fixture.bytes.repeat(1 + (9 << 20) / fixture.bytes.len());
    let read = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| baton::format::read(&long, None).unwrap())
    };
    let expected = read(1);
    assert!(expected.events.len() > 5000);
    assert!(read(2) == expected && read(8) == expected);
}
