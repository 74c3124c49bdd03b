//! `baton count`: how many tokens inputs have.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use baton::count::{self, Count};
use baton::error::{Error, Result};
use baton::token::Tokenizer;
use rayon::prelude::*;
use serde_json::json;

use super::{arguments, input, output, progress::Progress, report};

/// Counts every input; those that fail do not keep the others from being told.
pub fn run(request: &arguments::Count, verbose: bool) -> std::result::Result<(), Vec<Error>> {
    let tokenizer = request.counting.tokenizer();
    let (counted, errors) = count_all(request, tokenizer);
    for (path, count) in &counted {
        let of = (request.files.len() > 1).then(|| input::name(path));
        report::print_warnings(&count.warnings, of, verbose);
    }
    let text = if request.json { json(&counted, tokenizer) } else { table(&counted, tokenizer) };
    let written = output::write(&text, None);
    let errors: Vec<Error> = errors.into_iter().chain(written.err()).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// What was counted, in the order in which it was asked for, and what could not be.
fn count_all(request: &arguments::Count, tokenizer: Tokenizer) -> (Vec<(&PathBuf, Count)>, Vec<Error>) {
    let progress = Progress::steps("counting", request.files.len());
    let results: Vec<_> = request
        .files
        .par_iter()
        .map(|path| {
            let count = count_file(path, tokenizer, request.text);
            progress.step();
            count.map(|count| (path, count))
        })
        .collect();
    let (mut counted, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(count) => counted.push(count),
            Err(error) => errors.push(error),
        }
    }
    (counted, errors)
}

fn count_file(path: &Path, tokenizer: Tokenizer, as_text: bool) -> Result<Count> {
    let bytes = input::read(path)?;
    let count = if as_text { count::text } else { count::input };
    count(&bytes, tokenizer.encoding())
        .map_err(|error| Error::In { path: input::name(path).to_owned(), source: Box::new(error) })
}

fn table(counted: &[(&PathBuf, Count)], tokenizer: Tokenizer) -> String {
    let rows = counted.iter().map(|(path, count)| {
        let format = count.transcript.map_or("text", |(format, _)| format);
        (tokenizer.likely(count.tokens), format, path.display().to_string())
    });
    let mut rows: Vec<_> = rows.collect();
    let total = total(counted);
    if counted.len() > 1 {
        rows.push((tokenizer.likely(total), "", "total".to_owned()));
    }
    let digits = tokenizer.likely(total).to_string().len();
    let width = rows.iter().map(|(_, format, _)| format.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (tokens, format, name) in &rows {
        let _ = writeln!(text, "{tokens:>digits$}  {format:width$}  {name}");
    }
    if let Tokenizer::Estimated(_) = tokenizer {
        let _ = writeln!(text, "at most {} as {}", tokenizer.upper(total), tokenizer.name());
    }
    text
}

fn json(counted: &[(&PathBuf, Count)], tokenizer: Tokenizer) -> String {
    let files = counted.iter().map(|(path, count)| {
        let tokens = size(count.tokens, tokenizer);
        let (format, events) =
            count.transcript.map_or((None, None), |(format, events)| (Some(format), Some(events)));
        json!({ "path": path.to_string_lossy(), "tokens": tokens, "format": format, "events": events })
    });
    let files: Vec<_> = files.collect();
    let reply =
        json!({ "encoding": tokenizer.name(), "files": files, "total": size(total(counted), tokenizer) });
    format!("{reply:#}\n")
}

/// A number of tokens; of an estimate, what is likely and what is hardly exceeded.
fn size(tokens: usize, tokenizer: Tokenizer) -> serde_json::Value {
    match tokenizer {
        Tokenizer::Exact(_) => json!(tokens),
        Tokenizer::Estimated(_) => {
            json!({ "estimate": tokenizer.likely(tokens), "at_most": tokenizer.upper(tokens) })
        }
    }
}

fn total(counted: &[(&PathBuf, Count)]) -> usize {
    counted.iter().map(|(_, count)| count.tokens).sum()
}
