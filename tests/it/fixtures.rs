//! The fixtures: every session under `fixtures/<format>/<name>/`, with what it is annotated with.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use baton::build::{self, Handoff, Options};
use baton::render;
use baton::token::{Encoding, Tokenizer};
use serde::Deserialize;

/// A session and its annotations.
pub struct Fixture {
    /// Folder and name, such as `codex/csv-import`.
    pub name: String,
    /// Name of the format: the folder above.
    pub format: String,
    /// Where it is.
    pub folder: PathBuf,
    /// The session.
    pub bytes: Vec<u8>,
    /// What it tells.
    pub sheet: Sheet,
}

/// A `facts.json`.
#[derive(Deserialize)]
pub struct Sheet {
    /// Name of the session's file.
    pub session: String,
    /// How the task stands at the end, by the protocol's name.
    pub status: String,
    /// What a reader of a handoff must learn.
    pub facts: Vec<Expected>,
    /// What the session left behind, by path.
    #[serde(default)]
    pub edited: BTreeMap<String, Edited>,
    /// Strings that must never come out.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// What must not come out, since nobody in the session said it.
    #[serde(default)]
    pub absent: Vec<Absent>,
}

/// A fact that one statement of the handoff should tell.
#[derive(Deserialize)]
pub struct Expected {
    /// Its name.
    pub id: String,
    /// How much it counts.
    pub weight: usize,
    /// Groups of patterns: one pattern of each has to match.
    pub all: Vec<Vec<String>>,
    /// Patterns of which none may match.
    #[serde(default)]
    pub none: Vec<String>,
    /// The fact in words.
    pub answer: String,
}

/// What was done to a file.
#[derive(Deserialize)]
pub struct Edited {
    /// The word for it.
    pub change: String,
    /// Number of lines at the end; none for a deleted file.
    pub total: Option<u32>,
    /// The changed lines, counted in the final file.
    #[serde(default)]
    pub ranges: Vec<(u32, u32)>,
}

/// A pattern that must not come out.
#[derive(Deserialize)]
pub struct Absent {
    /// The pattern.
    pub pattern: String,
    /// Why.
    pub why: String,
}

/// All fixtures, by name.
pub fn all() -> &'static [Fixture] {
    static ALL: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
        let all: Vec<Fixture> =
            folders(&root()).iter().flat_map(|format| folders(format)).map(read).collect();
        assert!(!all.is_empty(), "there are no fixtures");
        all
    });
    &ALL
}

/// The folder of all fixtures.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Folders in a folder, by name; `make` holds no fixtures.
fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.retain(|folder| !folder.ends_with("make"));
    folders.sort();
    folders
}

fn read(folder: PathBuf) -> Fixture {
    let file = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let sheet: Sheet = serde_json::from_slice(&file("facts.json")).unwrap();
    let bytes = file(&sheet.session);
    let part = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let format = part(folder.parent().unwrap());
    Fixture { name: format!("{format}/{}", part(&folder)), format, bytes, sheet, folder }
}

/// Options with that budget and renderer, and the usual rest.
pub fn options(budget: usize, renderer: &str) -> Options {
    Options {
        budget,
        renderer: render::find(renderer).unwrap(),
        tokenizer: Tokenizer::Exact(Encoding::O200kBase),
        ..Options::default()
    }
}

impl Fixture {
    /// The fixture's handoff.
    pub fn handoff(&self, budget: usize, renderer: &str) -> Handoff {
        build::build(&self.bytes, &options(budget, renderer))
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}
