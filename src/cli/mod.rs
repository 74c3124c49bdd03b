//! The command line: a request becomes a call of the library, and its reply is written. Nothing is decided here.

mod arguments;
mod comment;
mod compress;
mod count;
mod diff;
mod doctor;
mod events;
mod explain;
mod export;
mod formats;
mod hook;
mod import;
mod input;
mod install;
mod list;
mod load;
mod log;
#[cfg(feature = "server")]
mod mcp;
mod merge;
mod output;
mod pages;
mod progress;
mod prune;
mod read;
mod report;
mod rm;
mod save;
mod search;
#[cfg(feature = "server")]
mod serve;
mod sessions;
mod show;
mod stats;
mod store;
mod time;

pub use arguments::Arguments;
pub use report::{exit_code, print_errors};

use arguments::Command;
use baton::error::Error;
use baton::surroundings::Surroundings;

/// Carries out a command. Where several inputs are named, each that fails has its own error.
pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<(), Vec<Error>> {
    let one = |error| vec![error];
    match &arguments.command {
        Command::Comment(request) => comment::run(request, surroundings).map_err(one),
        Command::Compress(request) => compress::run(request, arguments.verbose).map_err(one),
        Command::Count(request) => count::run(request, arguments.verbose),
        Command::Diff(request) => diff::run(request, surroundings).map_err(one),
        Command::Apply(request) => diff::apply(request, surroundings).map_err(one),
        Command::Explain(request) => explain::run(request, arguments.verbose).map_err(one),
        Command::Doctor { json } => doctor::run(surroundings, *json).map_err(one),
        Command::Install(request) => install::install(request, surroundings),
        Command::Uninstall(request) => install::uninstall(request, surroundings),
        Command::Export(request) => export::run(request, surroundings).map_err(one),
        Command::Sessions(request) => sessions::run(request, surroundings),
        Command::Formats => formats::run().map_err(one),
        Command::Hook(request) => {
            hook::run(request, surroundings);
            Ok(())
        }
        Command::Import(request) => import::run(request, surroundings).map_err(one),
        Command::List(request) => list::run(request, surroundings).map_err(one),
        Command::Load(request) => load::run(request, surroundings).map_err(one),
        Command::Log(request) => log::run(request, surroundings).map_err(one),
        #[cfg(feature = "server")]
        Command::Mcp(request) => mcp::run(request, surroundings).map_err(one),
        Command::Merge(request) => merge::run(request, surroundings).map_err(one),
        Command::Prune(request) => prune::run(request, surroundings).map_err(one),
        Command::Read(request) => read::run(request, arguments.verbose),
        Command::Rm(request) => rm::run(request, surroundings),
        Command::Save(request) => save::run(request, surroundings, arguments.verbose).map_err(one),
        Command::Search(request) => search::run(request, surroundings).map_err(one),
        #[cfg(feature = "server")]
        Command::Serve(request) => serve::run(request, surroundings).map_err(one),
        Command::Show(request) => show::run(request, surroundings).map_err(one),
        Command::Stats(request) => stats::run(request, surroundings).map_err(one),
        Command::Completions { shell } => pages::completions(*shell).map_err(one),
        Command::Man => pages::man().map_err(one),
    }
}
