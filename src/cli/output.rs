//! Writing a result: to standard output, or to a file that is there whole or not at all.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use baton::error::{Error, Result};
use baton::whole;
use serde::Serialize;

/// Writes to the file, or to standard output where none is named or it is `-`.
pub fn write(text: &str, file: Option<&Path>) -> Result<()> {
    match file.filter(|path| path.as_os_str() != "-") {
        Some(path) => {
            whole::replace(path, text).map_err(|source| Error::Write { path: path.to_owned(), source })
        }
        None => print(text),
    }
}

/// A reply as JSON for people and programs.
pub fn json(reply: &impl Serialize) -> String {
    serde_json::to_string_pretty(reply).expect("a reply is plain data") + "\n"
}

/// Refuses a target that is the input itself.
pub fn keep_input(input: &Path, target: Option<&Path>) -> Result<()> {
    let real = |path: &Path| fs::canonicalize(path).ok().filter(|path| path.is_file());
    let target = target.and_then(real);
    if target.is_some() && target == real(input) {
        return Err(Error::Overwrite { path: input.to_owned() });
    }
    Ok(())
}

/// Writes to standard output; that its reader went away is no error.
fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| Error::Write { path: "standard output".into(), source }),
    }
}
