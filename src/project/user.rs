//! Who works here, as far as the machine tells.

use super::config;
use super::repository::{Repository, read};
use crate::surroundings::Surroundings;

/// The variables in which systems name the account.
const ACCOUNT: &[&str] = &["USER", "LOGNAME", "USERNAME"];

/// The name of the user: the one that git signs commits with here, else that of the account; none if neither is told.
///
/// No program is run, only git's plain files are read.
pub fn user_name(surroundings: &Surroundings) -> Option<String> {
    let variable = |name: &&str| surroundings.variable(name).map(str::to_owned);
    variable(&"GIT_AUTHOR_NAME")
        .or_else(|| Repository::around(&super::real(&surroundings.folder))?.user_name())
        .or_else(|| of_all_repositories(surroundings))
        .or_else(|| ACCOUNT.iter().find_map(variable))
}

/// What git is told for all repositories; the file in the home holds before the other.
fn of_all_repositories(surroundings: &Surroundings) -> Option<String> {
    let home = surroundings.home.as_ref().map(|home| home.join(".gitconfig"));
    let other = surroundings.base("XDG_CONFIG_HOME", ".config").map(|base| base.join("git").join("config"));
    home.into_iter().chain(other).find_map(|file| config::user_name(&read(&file)?))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn the_nearest_name_holds() {
        let home = TempDir::new().unwrap();
        let folder = home.path().join("project");
        let mut surroundings = Surroundings {
            home: Some(home.path().to_owned()),
            folder: folder.clone(),
            ..Surroundings::default()
        };
        let write = |path: &str, name: &str| {
            let path = home.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("[user]\n\tname = {name}\n")).unwrap();
        };
        assert_eq!(user_name(&surroundings), None);
        surroundings.variables.insert("USER".into(), "account".into());
        assert_eq!(user_name(&surroundings).as_deref(), Some("account"));
        write(".config/git/config", "elsewhere");
        assert_eq!(user_name(&surroundings).as_deref(), Some("elsewhere"));
        write(".gitconfig", "Ann Lee");
        assert_eq!(user_name(&surroundings).as_deref(), Some("Ann Lee"));
        write("project/.git/config", "Ann at work");
        fs::write(folder.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        assert_eq!(user_name(&surroundings).as_deref(), Some("Ann at work"));
        surroundings.variables.insert("GIT_AUTHOR_NAME".into(), "Ann now".into());
        assert_eq!(user_name(&surroundings).as_deref(), Some("Ann now"));
    }
}
