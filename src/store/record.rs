//! What is kept of a handoff: the published protocol's fields at the top level, and ours beside them, all optional.
//!
//! The files of other tools that follow the protocol are therefore records as they are, and ours can be read by them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Id;
use crate::delta::Delta;
use crate::error::{Error, Result};
use crate::state::{HandoffState, Status};

/// The version of the records written here. Older ones are read, newer ones refused.
pub const SCHEMA_VERSION: u32 = 1;

/// A handoff as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The handoff itself.
    #[serde(flatten)]
    pub state: HandoffState,
    /// The version of this layout.
    #[serde(default = "first")]
    pub schema_version: u32,
    /// What people call it; empty if nobody gave it a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Words to find it by, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it is still needed.
    #[serde(default)]
    pub status: Stage,
    /// The project it belongs to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub project: String,
    /// The agent whose session it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agent: String,
    /// The agent's own id of that session.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agent_session: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Who works on it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collaborators: Vec<String>,
    /// Who may see it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Which save of this id it is, from 1.
    #[serde(default = "first")]
    pub version: u32,
    /// When it was saved; none if another tool did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_at: Option<Timestamp>,
    /// Its size as Markdown when it was saved, in tokens of the encoding that its metadata name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// What changed since the handoff it goes on from: the save before it, or the base that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<Delta>,
    /// What people said about it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// The conversation itself, word for word but for secrets, if that was wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// What else another tool keeps in its file: it stays as it is.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// What somebody said about a handoff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Comment {
    /// Who said it; empty if nobody says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// What was said.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Whether a handoff is still needed, as people say; how its task stands is another matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Work on it goes on.
    #[default]
    Active,
    /// It waits to be taken up.
    Pending,
    /// Nothing is left to do.
    Completed,
}

/// Who may see a handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Its owner.
    #[default]
    Private,
    /// Its owner and collaborators.
    Team,
    /// Everybody.
    Public,
}

/// The part of a record that a list shows; the rest is skipped when it is read, which is much faster.
#[derive(Debug, Clone, Deserialize)]
pub struct Head {
    /// What is to be done.
    pub task: HeadTask,
    /// When it began and ended.
    pub metadata: HeadMetadata,
    #[serde(default = "first")]
    pub(crate) schema_version: u32,
    /// What people call it.
    #[serde(default)]
    pub title: String,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whether it is still needed.
    #[serde(default)]
    pub status: Stage,
    /// The project it belongs to.
    #[serde(default)]
    pub project: String,
    /// The agent whose session it was.
    #[serde(default)]
    pub agent: String,
    /// The agent's own id of that session.
    #[serde(default)]
    pub agent_session: String,
    /// Whose it is.
    #[serde(default)]
    pub owner: String,
    /// Who may see it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Which save of this id it is.
    #[serde(default = "first")]
    pub version: u32,
    /// When it was saved.
    #[serde(default)]
    pub saved_at: Option<Timestamp>,
    /// Its size in tokens.
    #[serde(default)]
    pub tokens: Option<u64>,
    /// What people said about it; only how often.
    #[serde(default)]
    pub comments: Vec<IgnoredAny>,
}

/// The part of a task that a list shows.
#[derive(Debug, Clone, Deserialize)]
pub struct HeadTask {
    /// What is to be accomplished.
    pub objective: String,
    /// How it stands.
    pub status: Status,
}

/// The part of the metadata that a list shows.
#[derive(Debug, Clone, Deserialize)]
pub struct HeadMetadata {
    /// When the session ended.
    pub updated_at: Timestamp,
}

fn first() -> u32 {
    1
}

impl Record {
    /// The session it is of: the agent's own name of it, else the id it is kept under.
    pub fn session(&self) -> &str {
        if self.agent_session.is_empty() { &self.state.metadata.session_id } else { &self.agent_session }
    }

    /// A record of a state and nothing else.
    pub fn new(state: HandoffState) -> Self {
        Record {
            state,
            schema_version: SCHEMA_VERSION,
            title: String::new(),
            tags: Vec::new(),
            status: Stage::default(),
            project: String::new(),
            agent: String::new(),
            agent_session: String::new(),
            owner: String::new(),
            collaborators: Vec::new(),
            visibility: Visibility::default(),
            version: 1,
            saved_at: None,
            tokens: None,
            delta: None,
            comments: Vec::new(),
            conversation: None,
            others: Map::new(),
        }
    }

    /// Reads the record of a document.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] or [`Error::Damaged`].
    pub fn read(id: &Id, bytes: &[u8]) -> Result<Record> {
        let record = parse(id, bytes, |record: &Record| record.schema_version)?;
        Ok(Record { schema_version: SCHEMA_VERSION, ..record })
    }

    /// The document of the record: indented JSON, for people too.
    pub fn write(&self) -> Vec<u8> {
        document(self)
    }

    /// What a list says first of it: its title, else what is to be done.
    pub fn name(&self) -> &str {
        if self.title.is_empty() { &self.state.task.objective } else { &self.title }
    }

    /// When it was saved, or last worked on if it does not say.
    pub fn time(&self) -> Timestamp {
        self.saved_at.unwrap_or(self.state.metadata.updated_at)
    }
}

impl Head {
    /// Reads the head of a document.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] or [`Error::Damaged`].
    pub fn read(id: &Id, bytes: &[u8]) -> Result<Head> {
        parse(id, bytes, |head: &Head| head.schema_version)
    }

    /// When it was saved, or last worked on if it does not say.
    pub fn time(&self) -> Timestamp {
        self.saved_at.unwrap_or(self.metadata.updated_at)
    }
}

fn document(record: &Record) -> Vec<u8> {
    let mut document = serde_json::to_vec_pretty(record).expect("a record is plain data");
    document.push(b'\n');
    document
}

fn parse<T: for<'a> Deserialize<'a>>(id: &Id, bytes: &[u8], version: fn(&T) -> u32) -> Result<T> {
    let newer = |found| Error::NewerSchema { id: id.to_string(), found, known: SCHEMA_VERSION };
    match serde_json::from_slice(bytes) {
        Ok(read) if version(&read) <= SCHEMA_VERSION => Ok(read),
        Ok(read) => Err(newer(version(&read))),
        // What is newer may well look damaged.
        Err(source) => Err(match serde_json::from_slice::<Probe>(bytes) {
            Ok(Probe { schema_version }) if schema_version > SCHEMA_VERSION => newer(schema_version),
            _ => Error::Damaged { id: id.to_string(), source },
        }),
    }
}

#[derive(Deserialize)]
struct Probe {
    #[serde(default)]
    pub(crate) schema_version: u32,
}

impl Stage {
    /// All of them, with the names people type.
    pub const ALL: [Stage; 3] = [Stage::Active, Stage::Pending, Stage::Completed];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Active => "active",
            Stage::Pending => "pending",
            Stage::Completed => "completed",
        }
    }

    /// The stage of that name.
    pub fn from_name(name: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

impl Visibility {
    /// All of them.
    pub const ALL: [Visibility; 3] = [Visibility::Private, Visibility::Team, Visibility::Public];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Visibility::Private => "private",
            Visibility::Team => "team",
            Visibility::Public => "public",
        }
    }

    /// The visibility of that name.
    pub fn from_name(name: &str) -> Option<Visibility> {
        Visibility::ALL.into_iter().find(|visibility| visibility.name() == name)
    }
}
