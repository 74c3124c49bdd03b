//! `baton import`: keeps handoffs from a file.

use std::path::PathBuf;

use baton::error::{Error, Result};
use baton::service::{self, Imported, Outcome};
use baton::surroundings::Surroundings;
use clap::Args;

use super::{input, output, store::At};

/// Keep handoffs from a file: one of the published protocol, or a bundle.
#[derive(Args)]
pub struct Import {
    /// The file; '-' is standard input
    pub file: PathBuf,
    /// Id of the handoff, if it is one [default: its own, else the name of the file]
    #[arg(long)]
    pub id: Option<String>,
    /// Replace what is there under the same id; it stays as a version
    #[arg(long)]
    pub replace: bool,
    #[command(flatten)]
    pub at: At,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(request: &Import, surroundings: &Surroundings) -> Result<()> {
    let bytes = input::read(&request.file)?;
    let stem = request.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let wanted = service::Import { id: request.id.clone(), replace: request.replace };
    let service = request.at.open(surroundings)?;
    let imported = service.import(&bytes, &stem, &wanted);
    let imported = imported.map_err(|error| about_input(error, request))?;
    output::write(&if request.json { output::json(&imported) } else { said(&imported) }, None)
}

fn about_input(error: Error, request: &Import) -> Error {
    match error {
        Error::NoHandoff { .. } | Error::Id { .. } => {
            Error::In { path: input::name(&request.file).to_owned(), source: Box::new(error) }
        }
        error => error,
    }
}

fn said(imported: &[Imported]) -> String {
    let lines = imported.iter().map(|one| {
        let outcome = match one.outcome {
            Outcome::Added => "added".to_owned(),
            Outcome::Replaced => format!("replaced; what was there is kept as version {}", one.version - 1),
            Outcome::Left => {
                "left out: something else is there; --replace keeps that as a version".to_owned()
            }
            Outcome::Same => "the same is there already".to_owned(),
        };
        format!("{}: {outcome}\n", one.id)
    });
    lines.collect::<Vec<_>>().concat()
}
