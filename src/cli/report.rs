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

/// Says which files of a folder are not told of, since they are no text.
pub fn print_left_out(files: &[&Path], verbose: bool) {
    let Some(last) = files.len().checked_sub(1) else { return };
    let shown = if verbose { files.len() } else { NAMED };
    let names: Vec<String> = files.iter().take(shown).map(|path| path.display().to_string()).collect();
    let more = if shown <= last {
        format!(" and {} more; --verbose names all", files.len() - shown)
    } else {
        String::new()
    };
    let what = if last == 0 { "1 file is" } else { &format!("{} files are", files.len()) };
    say(&format!("warning: {what} binary and left out: {}{more}", names.join(", ")));
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
