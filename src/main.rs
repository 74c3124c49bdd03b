//! The process: exit code, error chain, logs to stderr.
#![expect(clippy::print_stdout, reason = "temporary")]
use baton::build::{Options, build};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let bytes = std::fs::read(&args[2]).unwrap_or_default();
    let budget = args.iter().position(|a| a == "--budget").and_then(|i| args.get(i + 1)).and_then(|b| b.parse().ok()).unwrap_or(2000);
    if args[1] == "debug" {
        let t = baton::format::read(&bytes, None).expect("x");
        print!("{}", baton::extract::debug(&t));
        return;
    }
    match build(&bytes, &Options { budget, ..Options::default() }) {
        Ok(handoff) => {
            if args[1] == "explain" {
                for (i, fact) in handoff.facts.iter().enumerate() {
                    println!("{}\t{}\t{}\t{}\t{}\t{}", handoff.choice.get(&i).map_or(-1, |f| *f as i64), fact.worth, fact.source, fact.reason, fact.evidence.first().unwrap_or(&0), fact.forms[0].text().replace(['\n', '\t'], " "));
                }
            } else {
                print!("{}", handoff.text);
            }
        }
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(2);
        }
    }
}
