//! The command line: a request becomes a call of the library, and its reply is written. Nothing is decided here.

mod arguments;
mod compress;
mod count;
mod diff;
mod explain;
mod formats;
mod input;
mod output;
mod pages;
mod progress;
mod report;

pub use arguments::Arguments;
pub use report::{exit_code, print_errors};

use arguments::Command;
use baton::error::Error;
use baton::surroundings::Surroundings;

/// Carries out a command. Where several inputs are named, each that fails has its own error.
pub fn run(arguments: &Arguments, _surroundings: &Surroundings) -> Result<(), Vec<Error>> {
    let one = |error| vec![error];
    match &arguments.command {
        Command::Compress(request) => compress::run(request, arguments.verbose).map_err(one),
        Command::Count(request) => count::run(request, arguments.verbose),
        Command::Diff(request) => diff::run(request).map_err(one),
        Command::Apply(request) => diff::apply(request).map_err(one),
        Command::Explain(request) => explain::run(request, arguments.verbose).map_err(one),
        Command::Formats => formats::run().map_err(one),
        Command::Completions { shell } => pages::completions(*shell).map_err(one),
        Command::Man => pages::man().map_err(one),
    }
}
