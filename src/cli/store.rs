//! Which store a command works on.

use baton::error::Result;
use baton::service::{Service, Settings};
use baton::store::{self, Place};
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

    /// The service of that store, or of the one that a project shares if none is named.
    pub fn open_shared(&self, surroundings: &Surroundings) -> Result<Service> {
        let place = Place::shared(self.store.as_deref(), surroundings);
        Ok(Service::new(store::open(&place)?, Settings::of(surroundings)))
    }
}
