//! The process: exit status, errors on stderr, and the only reader of the environment.

mod cli;

use std::env;
use std::process::ExitCode;

use baton::surroundings::{Clock, Platform, Surroundings};
use clap::Parser;
use jiff::Timestamp;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match cli::run(&arguments, &surroundings()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(errors) => {
            cli::print_errors(&errors);
            ExitCode::from(cli::exit_code(&errors))
        }
    }
}

/// What this process finds around it.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn surroundings() -> Surroundings {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    Surroundings {
        home: env::home_dir(),
        folder: env::current_dir().unwrap_or_default(),
        platform: Platform::HERE,
        program: env::current_exe().ok(),
        variables: env::vars_os().filter_map(text).collect(),
        clock: Clock(Timestamp::now),
    }
}
