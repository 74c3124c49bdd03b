//! Handoffs that come from elsewhere, and go there: single files of the published protocol, or bundles of several.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::given::{fill_in, redacted};
use super::{Keeping, Point, Service};
use crate::error::{Error, Result};
use crate::store::{Id, Record, SCHEMA_VERSION, version_name};

/// Several handoffs in one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// The version of the records in it.
    pub schema_version: u32,
    /// The handoffs.
    pub handoffs: Vec<Exported>,
}

/// A handoff in a bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exported {
    /// Its id.
    pub id: String,
    /// What is kept of it.
    pub handoff: Record,
    /// Its former versions, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Record>,
}

/// How something is to be imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Import {
    /// Under which id, if it is a single handoff; else under its own.
    pub id: Option<String>,
    /// Whether what is there under an id becomes a version; otherwise it is left as it is.
    pub replace: bool,
}

/// What was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Under which id.
    pub id: String,
    /// Which save of this id it is.
    pub version: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// Secrets that were taken out.
    pub redacted: usize,
}

/// What became of an imported handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is new.
    Added,
    /// What was there is a version now.
    Replaced,
    /// Something else is there, and was left.
    Left,
    /// The same was there.
    Same,
}

impl Service {
    /// The handoffs of these ids with their versions; of `id@2` the second one, with those before it.
    pub fn export(&self, ids: &[String]) -> Result<Bundle> {
        let handoffs = ids.iter().map(|id| self.exported(Point::of(id)?)).collect::<Result<_>>()?;
        Ok(Bundle { schema_version: SCHEMA_VERSION, handoffs })
    }

    fn exported(&self, Point { id, version }: Point) -> Result<Exported> {
        let handoff = self.version(&id, version)?;
        let numbers = self.former(&id, handoff.version)?.into_iter().rev();
        let versions = numbers.map(|number| self.version(&id, Some(number))).collect::<Result<_>>()?;
        Ok(Exported { id: id.to_string(), handoff, versions })
    }

    /// Imports a handoff or a bundle; `name` is what a single one is called that has no id of its own.
    ///
    /// # Errors
    /// [`Error::NoHandoff`] if it is neither, and nothing is imported then.
    pub fn import(&self, bytes: &[u8], name: &str, request: &Import) -> Result<Vec<Imported>> {
        let bundle = self.bundle(bytes, name, request)?;
        bundle.iter().map(|exported| self.take_in(exported, request.replace)).collect()
    }

    /// What is to be imported, read whole before anything is written.
    fn bundle(&self, bytes: &[u8], name: &str, request: &Import) -> Result<Vec<Exported>> {
        let no_handoff = |source| Error::NoHandoff { source };
        let value: Value = serde_json::from_slice(bytes).map_err(no_handoff)?;
        match value {
            Value::Object(fields) if fields.contains_key("handoffs") => {
                let bundle: Bundle = serde_json::from_value(Value::Object(fields)).map_err(no_handoff)?;
                bundle.handoffs.into_iter().map(known).collect()
            }
            Value::Object(fields) => Ok(vec![self.single(fields, name, request)?]),
            other => Err(no_handoff(
                serde_json::from_value::<Map<String, Value>>(other).expect_err("it is no object"),
            )),
        }
    }

    fn single(&self, mut fields: Map<String, Value>, name: &str, request: &Import) -> Result<Exported> {
        let own = fields.get("metadata").and_then(|metadata| metadata["session_id"].as_str());
        let named = request.id.as_deref().or_else(|| own.filter(|own| Id::new(own).is_ok())).unwrap_or(name);
        let id = Id::new(named)?;
        let schema = fields.get("schema_version").and_then(Value::as_u64).unwrap_or(1);
        check_schema(&id, u32::try_from(schema).unwrap_or(u32::MAX))?;
        fill_in(&mut fields, self.settings.clock.now());
        let handoff = serde_json::from_value(json!(fields)).map_err(|source| Error::NoHandoff { source })?;
        Ok(Exported { id: id.to_string(), handoff, versions: Vec::new() })
    }

    fn take_in(&self, exported: &Exported, replace: bool) -> Result<Imported> {
        let (Exported { id, handoff, versions }, redacted) = redacted(exported);
        let id = Id::new(&id)?;
        let mut outcome = Outcome::Added;
        let record = self.change(&id, Keeping::Version, |there| {
            let (record, became) = placed(there, &handoff, &id, replace);
            outcome = became;
            Ok(record)
        })?;
        if outcome == Outcome::Added {
            for former in versions.iter().filter(|former| former.version < record.version) {
                self.store.put_note(&id, &version_name(former.version), &former.write())?;
            }
        }
        Ok(Imported { id: id.to_string(), version: record.version, outcome, redacted })
    }
}

/// The record that is under the id afterwards, and what became of the one from elsewhere.
fn placed(there: Option<Record>, handoff: &Record, id: &Id, replace: bool) -> (Record, Outcome) {
    let mut record = handoff.clone();
    record.schema_version = SCHEMA_VERSION;
    record.state.metadata.session_id = id.to_string();
    let Some(there) = there else { return (record, Outcome::Added) };
    record.version = there.version;
    if record == there {
        (there, Outcome::Same)
    } else if replace {
        record.version = there.version.saturating_add(1);
        (record, Outcome::Replaced)
    } else {
        (there, Outcome::Left)
    }
}

/// A part of a bundle, if it can be taken in.
fn known(exported: Exported) -> Result<Exported> {
    check_schema(&Id::new(&exported.id)?, exported.handoff.schema_version)?;
    Ok(exported)
}

fn check_schema(id: &Id, found: u32) -> Result<()> {
    if found <= SCHEMA_VERSION {
        return Ok(());
    }
    Err(Error::NewerSchema { id: id.to_string(), found, known: SCHEMA_VERSION })
}
