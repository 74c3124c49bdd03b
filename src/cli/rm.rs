//! `baton rm`: removes kept handoffs, each by its id.

use baton::error::Error;
use baton::service::{Removed, Service};
use baton::surroundings::Surroundings;
use clap::Args;

use super::{list::one_line, output, store::At};

/// The most characters of what a handoff was about.
const ABOUT: usize = 60;

/// Remove kept handoffs.
#[derive(Args)]
pub struct Rm {
    /// Ids of the handoffs
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub at: At,
}

/// Removes each; one that cannot be removed does not keep the others.
pub fn run(request: &Rm, surroundings: &Surroundings) -> Result<(), Vec<Error>> {
    let service = request.at.open(surroundings).map_err(|error| vec![error])?;
    let errors: Vec<Error> = request.ids.iter().filter_map(|id| remove(&service, id).err()).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn remove(service: &Service, id: &str) -> baton::error::Result<()> {
    let Removed { id, objective, versions } = service.remove(id)?;
    let about =
        if objective.is_empty() { String::new() } else { format!(" ({})", one_line(&objective, ABOUT)) };
    let former = match versions {
        0 => String::new(),
        1 => " and its former version".to_owned(),
        _ => format!(" and its {versions} former versions"),
    };
    output::write(&format!("removed {id}{about}{former}\n"), None)
}
