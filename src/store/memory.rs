//! A store that lasts as long as the process: for tests, and for servers that are to leave no trace.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{DIARY, Document, Expected, Id, Keep, Listing, Revision, Scheme, Store, surplus, version_name};
use crate::error::{Error, Result};

pub(super) const SCHEME: Scheme = Scheme {
    name: "memory",
    title: "in the memory of the process, gone when it ends",
    open: |_, _| Box::new(Memory::default()),
};

#[derive(Default)]
struct Memory {
    kept: Mutex<Documents>,
}

#[derive(Default)]
struct Documents {
    by_id: BTreeMap<Id, Vec<u8>>,
    beside: BTreeMap<Id, BTreeMap<String, Vec<u8>>>,
    diary: Vec<u8>,
}

impl Memory {
    fn kept(&self) -> MutexGuard<'_, Documents> {
        // Every change is one step, so that what a panic left behind is whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn address(&self) -> String {
        "memory:".to_owned()
    }

    fn list(&self) -> Result<Listing> {
        Ok(Listing { ids: self.kept().by_id.keys().cloned().collect(), strangers: Vec::new() })
    }

    fn get(&self, id: &Id) -> Result<Option<Document>> {
        Ok(self.kept().by_id.get(id).cloned().map(|bytes| Document { bytes }))
    }

    fn put(&self, id: &Id, document: &[u8], expected: Expected, keep: Option<Keep>) -> Result<()> {
        let mut kept = self.kept();
        let there = kept.by_id.get(id).cloned();
        expected.check(id, there.as_deref())?;
        if there.is_none() && kept.by_id.keys().any(|other| other.is_like(id)) {
            return Err(Error::Conflict { id: id.to_string() });
        }
        if let (Some(keep), Some(there)) = (keep, there) {
            let beside = kept.beside.entry(id.clone()).or_default();
            beside.insert(version_name(keep.number), there);
            for name in surplus(&beside.keys().cloned().collect::<Vec<_>>(), keep.most) {
                beside.remove(&name);
            }
        }
        kept.by_id.insert(id.clone(), document.to_vec());
        Ok(())
    }

    fn remove(&self, id: &Id, revision: Revision) -> Result<()> {
        let mut kept = self.kept();
        Expected::This(revision).check(id, kept.by_id.get(id).map(Vec::as_slice))?;
        kept.beside.remove(id);
        kept.by_id.remove(id);
        Ok(())
    }

    fn beside(&self, id: &Id) -> Result<Vec<String>> {
        Ok(self.kept().beside.get(id).map(|notes| notes.keys().cloned().collect()).unwrap_or_default())
    }

    fn note(&self, id: &Id, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.kept().beside.get(id).and_then(|notes| notes.get(name)).cloned())
    }

    fn extend_note(&self, id: &Id, name: &str, bytes: &[u8]) -> Result<()> {
        let mut kept = self.kept();
        kept.beside.entry(id.clone()).or_default().entry(name.to_owned()).or_default().extend(bytes);
        Ok(())
    }

    fn put_note(&self, id: &Id, name: &str, bytes: &[u8]) -> Result<()> {
        self.kept().beside.entry(id.clone()).or_default().insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn write_diary(&self, line: &str) -> Result<()> {
        let diary = &mut self.kept().diary;
        diary.extend(line.bytes());
        diary.push(b'\n');
        if diary.len() > DIARY {
            let half = diary.len() / 2;
            let end = diary[half..].iter().position(|byte| *byte == b'\n').map_or(half, |at| half + at + 1);
            diary.drain(..end);
        }
        Ok(())
    }

    fn diary(&self) -> Result<Vec<u8>> {
        Ok(self.kept().diary.clone())
    }

    fn set_aside(&self, id: &Id, revision: Revision) -> Result<String> {
        let name = format!("{id}.damaged");
        let mut kept = self.kept();
        Expected::This(revision).check(id, kept.by_id.get(id).map(Vec::as_slice))?;
        if let Some(document) = kept.by_id.remove(id) {
            kept.beside.entry(id.clone()).or_default().insert(name.clone(), document);
        }
        Ok(name)
    }
}
