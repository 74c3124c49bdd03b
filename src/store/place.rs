//! Where handoffs are kept, if nobody says so: with the project that has a place for them, else with the user.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::project;
use crate::surroundings::Surroundings;

/// The folder for handoffs, of a project or of a user.
pub(super) const FOLDER: &str = ".handoffs";
/// The variable that names a store.
const VARIABLE: &str = "BATON_STORE";

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its address: `dir:` and a path, `memory:`, or just a path.
    pub address: String,
    /// What a relative path starts from.
    pub folder: PathBuf,
    /// Whether a new folder may go into the project's repository.
    pub shared: bool,
}

impl Place {
    /// The place that was named, else that of `BATON_STORE`, else the nearest `.handoffs` of the folder and those above it,
    /// else that of the user.
    ///
    /// # Errors
    /// [`Error::NoStore`] if none of these is there.
    pub fn find(named: Option<&str>, surroundings: &Surroundings) -> Result<Place> {
        let folder = surroundings.folder.clone();
        let named = named.or_else(|| surroundings.variable(VARIABLE));
        let address = match named {
            Some(address) => address.to_owned(),
            None => default(surroundings).ok_or(Error::NoStore)?.to_string_lossy().into_owned(),
        };
        Ok(Place { address, folder, shared: false })
    }

    /// The place that was named, else the one in the project's repository, where others may see it.
    pub fn shared(named: Option<&str>, surroundings: &Surroundings) -> Place {
        let folder = surroundings.folder.clone();
        let root = project::root(&folder).unwrap_or_else(|| folder.clone());
        let own = || root.join(FOLDER).to_string_lossy().into_owned();
        Place { address: named.map_or_else(own, str::to_owned), folder, shared: true }
    }
}

fn default(surroundings: &Surroundings) -> Option<PathBuf> {
    let of_project =
        surroundings.folder.ancestors().map(|folder| folder.join(FOLDER)).find(|path| path.is_dir());
    of_project.or_else(|| surroundings.home.as_deref().map(|home: &Path| home.join(FOLDER)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_nearest_place() {
        let root = tempfile::tempdir().unwrap();
        let (home, project) = (root.path().join("home"), root.path().join("work/project"));
        fs::create_dir_all(project.join("src/deep")).unwrap();
        let mut around = Surroundings {
            home: Some(home.clone()),
            folder: project.join("src/deep"),
            ..Surroundings::default()
        };
        let check = |named: Option<&str>, around: &Surroundings, expected: &Path| {
            assert_eq!(Place::find(named, around).unwrap().address, expected.to_string_lossy());
        };
        check(None, &around, &home.join(".handoffs"));
        fs::create_dir(project.join(".handoffs")).unwrap();
        check(None, &around, &project.join(".handoffs"));
        around.variables.insert("BATON_STORE".to_owned(), "memory:".to_owned());
        check(None, &around, Path::new("memory:"));
        check(Some("x"), &around, Path::new("x"));
        let shared = |named: Option<&str>| Place::shared(named, &around).address;
        assert_eq!(
            (shared(Some("x")).as_str(), Path::new(&shared(None))),
            ("x", &*around.folder.join(".handoffs"))
        );
        fs::create_dir_all(project.join(".git")).unwrap();
        fs::write(project.join(".git/HEAD"), "ref: refs/heads/main").unwrap();
        let real = fs::canonicalize(project.join(".handoffs")).unwrap();
        assert_eq!(fs::canonicalize(shared(None)).unwrap(), real);
        let nowhere = Surroundings::default();
        assert!(matches!(Place::find(None, &nowhere), Err(Error::NoStore)));
    }
}
