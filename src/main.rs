//! The process: exit status, errors on stderr, and the only reader of the environment.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match cli::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(errors) => {
            cli::print_errors(&errors);
            ExitCode::from(cli::exit_code(&errors))
        }
    }
}
