//! `baton sessions`: the sessions of coding agents on this machine, newest first.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use baton::count;
use baton::discover::{self, Found, Opening};
use baton::error::Error;
use baton::format::FORMATS;
use baton::project;
use baton::source::Origin;
use baton::surroundings::Surroundings;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use jiff::Timestamp;
use rayon::prelude::*;
use serde_json::json;

use super::arguments::Counting;
use super::{input, output, progress::Progress, report};

const AFTER: &str = "\
Examples:
  baton sessions                     those of the project at hand
  baton sessions --all --limit 5     the newest of all projects
  baton sessions --agent codex --tokens
  baton compress \"$(baton sessions --limit 1 --json | jq -r '.sessions[0].path')\"";

/// List the sessions of coding agents on this machine, newest first.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Sessions {
    /// The project that this folder is in, in all its working trees; the one at hand if nothing is named
    #[arg(long, value_name = "DIR", conflicts_with = "all")]
    pub project: Option<PathBuf>,
    /// Sessions of every project
    #[arg(long)]
    pub all: bool,
    /// Sessions of this agent only
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(agents()))]
    pub agent: Option<String>,
    /// The most sessions that are listed
    #[arg(long, value_name = "N", default_value = "20")]
    pub limit: usize,
    /// Count the tokens that the models saw of each
    #[arg(long)]
    pub tokens: bool,
    #[command(flatten)]
    pub counting: Counting,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

/// A session, what it says of itself, and its tokens if they were asked for and could be counted.
struct Row {
    found: Found,
    opening: Opening,
    tokens: Option<usize>,
}

pub fn run(request: &Sessions, surroundings: &Surroundings) -> Result<(), Vec<Error>> {
    let mut found = discover::sessions(surroundings);
    found.retain(|found| request.agent.as_deref().is_none_or(|agent| agent == found.agent));
    let rows = if request.all {
        let with_opening = |found: &Found| (found.clone(), found.opening());
        found.par_iter().take(request.limit).map(with_opening).collect()
    } else {
        let folder = surroundings.folder.join(request.project.as_deref().unwrap_or(Path::new("")));
        discover::of_project(&found, &project::of(&folder), request.limit)
    };
    let (rows, errors) = counted(rows, request);
    if rows.is_empty() && !request.all {
        report::say("no session of this project was found; --all lists those of every project");
    }
    let text =
        if request.json { json(&rows, request) } else { table(&rows, request, surroundings.clock.now()) };
    let errors: Vec<Error> = errors.into_iter().chain(output::write(&text, None).err()).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The rows; what could not be counted does not keep the others from being told.
fn counted(sessions: Vec<(Found, Opening)>, request: &Sessions) -> (Vec<Row>, Vec<Error>) {
    let progress = Progress::steps("counting", sessions.len());
    let count = |(found, opening): (Found, Opening)| {
        let tokens = request.tokens.then(|| tokens(&found.origin(), request)).transpose();
        progress.step();
        let (tokens, error) = tokens.map_or_else(|error| (None, Some(error)), |tokens| (tokens, None));
        (Row { found, opening, tokens }, error)
    };
    let (rows, errors): (Vec<Row>, Vec<Option<Error>>) = sessions.into_par_iter().map(count).unzip();
    (rows, errors.into_iter().flatten().collect())
}

fn tokens(origin: &Origin, request: &Sessions) -> baton::error::Result<usize> {
    let tokenizer = request.counting.tokenizer();
    let bytes = input::chosen(&origin.path, origin.session.as_deref());
    let count = bytes.and_then(|bytes| count::input(&bytes, tokenizer.encoding()));
    count.map(|count| tokenizer.likely(count.tokens)).map_err(|error| error.of(&origin.path))
}

/// Two lines a session: what one knows it by, and where it is, to be copied.
fn table(rows: &[Row], request: &Sessions, now: Timestamp) -> String {
    let cells: Vec<[String; 5]> = rows.iter().map(|row| cells(row, request, now)).collect();
    let width = |column: usize| cells.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut text = String::new();
    for (row, [age, agent, project, size, tokens]) in rows.iter().zip(&cells) {
        let [ages, agents, projects, sizes, counts] = widths;
        let title = row.opening.title.as_ref().or(row.opening.first.as_ref());
        let title = title.map_or("(nothing was said)", String::as_str);
        let line =
            format!("{age:>ages$}  {agent:agents$}  {project:projects$}  {size:>sizes$}  {tokens:>counts$}");
        let indent = " ".repeat(ages);
        let _ = writeln!(text, "{}  {title}\n{indent}  {}", line.trim_end(), whereabouts(&row.found));
    }
    text
}

fn cells(row: &Row, request: &Sessions, now: Timestamp) -> [String; 5] {
    let tokens = if request.tokens {
        row.tokens.map_or("? tokens".to_owned(), |tokens| format!("{tokens} tokens"))
    } else {
        String::new()
    };
    // The size of a database says nothing of one session in it.
    let size = if row.found.session.is_none() { size(row.found.size) } else { String::new() };
    [age(row.found.modified, now), row.found.agent.to_owned(), project(row), size, tokens]
}

/// Where a session is, as it stands behind `baton save`.
pub fn whereabouts(found: &Found) -> String {
    let path = found.path.display();
    found.session.as_ref().map_or_else(|| path.to_string(), |session| format!("{path} --of {}", session.id))
}

/// What people call the project: the last part of the folder where the session ran, or what the agent calls it.
fn project(row: &Row) -> String {
    let cwd = row.opening.cwd.as_deref().unwrap_or_default();
    let name = cwd.rsplit(['/', '\\']).find(|name| !name.is_empty());
    name.or(row.found.folder.as_deref()).unwrap_or("?").to_owned()
}

fn json(rows: &[Row], request: &Sessions) -> String {
    let sessions = rows.iter().map(|Row { found, opening, tokens }| {
        json!({
            "agent": found.agent,
            "path": found.path.to_string_lossy(),
            "of": found.session.as_ref().map(|session| &session.id),
            "session": opening.session,
            "folder": opening.cwd,
            "repository": opening.repository,
            "title": opening.title,
            "first_message": opening.first,
            "modified": found.modified.to_string(),
            "bytes": found.session.is_none().then_some(found.size),
            "tokens": tokens,
        })
    });
    let encoding = request.tokens.then(|| request.counting.tokenizer().name());
    format!("{:#}\n", json!({ "encoding": encoding, "sessions": sessions.collect::<Vec<_>>() }))
}

/// How long ago, in the largest unit that is full.
fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second()).max(0);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// The agents whose places are known.
pub fn agents() -> Vec<PossibleValue> {
    let kept = FORMATS.iter().filter(|format| !format.places.is_empty());
    kept.map(|format| PossibleValue::new(format.name).help(format.title)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_sizes() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let ages = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 864_000].map(|second| age(at(0), at(second)));
        assert_eq!(ages, ["0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d", "10 d"]);
        assert_eq!(age(at(100), at(0)), "0 s", "a file of the future is new");
        let sizes = [0, 999, 1_000, 999_999, 1_000_000, 12_345_678].map(size);
        assert_eq!(sizes, ["0 B", "999 B", "1 kB", "999 kB", "1.0 MB", "12.3 MB"]);
    }
}
