//! Where agents keep their sessions on a machine, as data that each format fills in.

use std::path::PathBuf;

use crate::surroundings::{Platform, Surroundings};

/// Where an agent keeps its sessions. A format has one for each such place; what they have in common is in
/// [`Place::BELOW_HOME`]:
///
/// ```
/// use baton::format::Place;
///
/// const PLACES: &[Place] = &[Place {
///     variable: "XDG_DATA_HOME",
///     base: ".local/share",
///     files: "agent/chats/{project}/session-*.json",
///     ..Place::BELOW_HOME
/// }];
/// ```
#[derive(Clone, Copy)]
pub struct Place {
    /// The systems on which it is so.
    pub on: &'static [Platform],
    /// A variable that names the base, where it is set to an absolute path; empty if there is none.
    pub variable: &'static str,
    /// The base otherwise, below the home: folders with `/` between them.
    pub base: &'static str,
    /// The files below the base: names with `/` between them, the last one that of a session. A `*` in a name stands for
    /// any characters, and the name `{project}` for the one that tells the project. There is no "any depth".
    pub files: &'static str,
    /// Names of files that are no sessions though they match, with a `*` as above; empty if there are none.
    pub except: &'static str,
    /// Whether the file is a database of many sessions.
    pub database: bool,
    /// How the agent writes the path of a project's folder as the name that stands for `{project}`, if a path can be turned
    /// into it: what the names of that folder and of all folders in it begin with. Sessions of other projects are then
    /// passed over without a look inside.
    pub encode: Option<fn(&str) -> String>,
}

impl Place {
    /// A place at the same path below the home on every system.
    pub const BELOW_HOME: Place = Place {
        on: &[Platform::Linux, Platform::MacOs, Platform::Windows],
        variable: "",
        base: "",
        files: "",
        except: "",
        database: false,
        encode: None,
    };

    /// The base on this machine, if there can be one.
    pub fn root(&self, surroundings: &Surroundings) -> Option<PathBuf> {
        let is_here = self.on.contains(&surroundings.platform);
        is_here.then(|| surroundings.base(self.variable, self.base)).flatten()
    }
}
