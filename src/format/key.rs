//! Ids of records and calls, which are only ever compared: their hashes stand for them, so that what is kept of a session
//! has a number in their place, which holds no secret and takes little room.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

/// An id, by its hash. That two ids of a session share one is as good as impossible: there are 2⁶⁴.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Key(u64);

impl Key {
    pub fn of(id: &str) -> Self {
        Key(FxBuildHasher.hash_one(id))
    }
}

/// Maps by keys as lists of pairs: in JSON, the names of fields are texts.
pub(super) mod pairs {
    use rustc_hash::FxHashMap;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Key;

    pub fn serialize<S: Serializer, T: Serialize>(
        map: &FxHashMap<Key, T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
        deserializer: D,
    ) -> Result<FxHashMap<Key, T>, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}
