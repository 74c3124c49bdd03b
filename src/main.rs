//! The process: exit code, error chain, logs to stderr.
#![expect(clippy::print_stdout, reason = "temporary")]
use baton::build::{Options, build};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let bytes = std::fs::read(&args[2]).unwrap_or_default();
    let budget = args.iter().position(|a| a == "--budget").and_then(|i| args.get(i + 1)).and_then(|b| b.parse().ok()).unwrap_or(2000);
    match build(&bytes, &Options { budget, ..Options::default() }) {
        Ok(handoff) => {
            if args[1] == "explain" {
                for (i, fact) in handoff.facts.iter().enumerate() {
                    println!("{} {:?} w{} {} {:?}", if handoff.choice.contains_key(&i) { "+" } else { " " }, fact.floor, fact.worth, fact.reason, fact.forms[0]);
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
