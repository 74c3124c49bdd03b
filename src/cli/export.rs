//! `baton export`: writes kept handoffs to a file.

use baton::error::Result;
use baton::service::{Filter, Service};
use baton::surroundings::Surroundings;
use clap::Args;

use super::arguments::Target;
use super::{output, store::At};

/// Write kept handoffs to a file: one as the published protocol has it, several or with versions as a bundle.
#[derive(Args)]
pub struct Export {
    /// Ids of the handoffs; ID@2 is the second version of one
    #[arg(required_unless_present = "all", value_name = "ID")]
    pub ids: Vec<String>,
    /// All of them
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// With their former versions
    #[arg(long)]
    pub versions: bool,
    #[command(flatten)]
    pub target: Target,
    #[command(flatten)]
    pub at: At,
}

pub fn run(request: &Export, surroundings: &Surroundings) -> Result<()> {
    let service = request.at.open(surroundings)?;
    let ids = if request.all { all(&service)? } else { request.ids.clone() };
    let text = match ids.as_slice() {
        [id] if !request.all && !request.versions => output::json(&service.point(id)?),
        ids => bundle(&service, ids, request.versions)?,
    };
    output::write(&text, request.target.file.as_deref())
}

fn bundle(service: &Service, ids: &[String], versions: bool) -> Result<String> {
    let mut bundle = service.export(ids)?;
    if !versions {
        bundle.handoffs.iter_mut().for_each(|exported| exported.versions.clear());
    }
    Ok(output::json(&bundle))
}

fn all(service: &Service) -> Result<Vec<String>> {
    Ok(service.list(&Filter::default())?.handoffs.into_iter().map(|row| row.id).collect())
}
