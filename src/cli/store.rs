//! Which store a command works on.

use baton::error::Result;
use baton::service::Service;
use baton::store::Place;
use baton::surroundings::Surroundings;
use clap::Args;

/// Which store a command works on.
#[derive(Args)]
pub struct At {
    /// The store: a folder, dir:FOLDER or memory: [default: `BATON_STORE`, else the nearest .handoffs, else ~/.handoffs]
    #[arg(long, value_name = "STORE")]
    store: Option<String>,
}

impl At {
    /// The service of that store.
    pub fn open(&self, surroundings: &Surroundings) -> Result<Service> {
        Service::open(self.store.as_deref(), surroundings)
    }

    /// The place of that store.
    pub fn place(&self, surroundings: &Surroundings) -> Result<Place> {
        Place::find(self.store.as_deref(), surroundings)
    }
}
