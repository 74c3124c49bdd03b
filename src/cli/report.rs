//! What is said on stderr: warnings about lost records, and errors with their causes.

use std::io::{self, Write};
use std::path::Path;

use baton::error::{Error, chain};
use baton::event::Warning;
use baton::redact;

/// Most warnings of one input that are named unless all are asked for.
const NAMED: usize = 5;

/// Says what was lost; `of` names the input where there are several.
pub fn print_warnings(warnings: &[Warning], of: Option<&Path>, verbose: bool) {
    let of = of.map(|path| format!("{}: ", path.display())).unwrap_or_default();
    let named = if verbose { warnings.len() } else { NAMED };
    for warning in warnings.iter().take(named) {
        say(&format!("warning: {of}line {}: {}", warning.line, warning.message));
    }
    if warnings.len() > named {
        say(&format!("warning: {of}and {} more; --verbose names all", warnings.len() - named));
    }
}

/// Says what went wrong, each error with its causes in one line.
pub fn print_errors(errors: &[Error]) {
    for error in errors {
        say(&format!("baton: {}", chain(error)));
    }
}

/// Says one line. What it quotes of an input may hold secrets and control characters; a closed stderr is no error.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", redact::text(line));
}

/// 2 where the request is wrong, else 1.
pub fn exit_code(errors: &[Error]) -> u8 {
    errors.iter().map(code).max().unwrap_or(0)
}

fn code(error: &Error) -> u8 {
    match error {
        Error::NoSuchFormat { .. }
        | Error::NoSuchEncoding { .. }
        | Error::NoSuchRendering { .. }
        | Error::NoSuchStore { .. }
        | Error::Id { .. }
        | Error::NothingToMerge
        | Error::BudgetTooSmall { .. }
        | Error::Overwrite { .. } => 2,
        Error::In { source, .. } => code(source),
        _ => 1,
    }
}
