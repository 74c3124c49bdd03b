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
    let inputs: Vec<Input> = request.files.iter().flat_map(|path| inputs(path)).collect();
    if inputs.is_empty() {
        report::say(
            "warning: there is no file to count; hidden ones and those that git ignores are left out",
        );
    }
    let Counted { told: counted, left_out, errors } = count_all(&inputs, request, tokenizer);
    for (path, count) in &counted {
        let of = (inputs.len() > 1).then(|| input::name(path));
        report::print_warnings(&count.warnings, of, verbose);
    }
    report::print_left_out(&left_out, verbose);
    let text = if request.json { json(&counted, tokenizer) } else { table(&counted, tokenizer) };
    let written = output::write(&text, None);
    let errors: Vec<Error> = errors.into_iter().chain(written.err()).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// A file to count.
struct Input {
    path: PathBuf,
    /// Whether nobody named it, but a folder above it.
    found: bool,
}

/// What an argument stands for: itself, or of a folder that is no session the files in it.
fn inputs(path: &Path) -> Vec<Input> {
    match input::below(path) {
        Some(files) => files.into_iter().map(|path| Input { path, found: true }).collect(),
        None => vec![Input { path: path.to_owned(), found: false }],
    }
}

/// What became of the inputs, in the order in which they were asked for.
#[derive(Default)]
struct Counted<'a> {
    told: Vec<(&'a PathBuf, Count)>,
    /// Binary files that nobody named.
    left_out: Vec<&'a Path>,
    errors: Vec<Error>,
}

fn count_all<'a>(inputs: &'a [Input], request: &arguments::Count, tokenizer: Tokenizer) -> Counted<'a> {
    let progress = Progress::steps("counting", inputs.len());
    let count = |input: &Input| {
        let count = count_file(input, tokenizer, request.text);
        progress.step();
        count
    };
    let results: Vec<Result<Count>> = inputs.par_iter().map(count).collect();
    let mut all = Counted::default();
    for (Input { path, found }, result) in inputs.iter().zip(results) {
        match result {
            Ok(count) => all.told.push((path, count)),
            Err(Error::Binary) if *found => all.left_out.push(path),
            Err(error) => all.errors.push(error.of(input::name(path))),
        }
    }
    all
}

fn count_file(Input { path, found }: &Input, tokenizer: Tokenizer, as_text: bool) -> Result<Count> {
    let bytes = if *found { input::whole(path)? } else { input::read(path)? };
    let count = if as_text { count::text } else { count::input };
    count(&bytes, tokenizer.encoding())
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
