//! What handoffs saved: the kept ones and the diary of their loads, worked out.

use super::{Changed, Service};
use crate::error::Result;
use crate::prices::Prices;
use crate::state::Source;
use crate::stats::{Kept, Load, Stats, stats};
use crate::store::{Id, Record};
use crate::token::Tokenizer;

impl Service {
    /// What the handoffs of this store saved. Where a model is named, everything is priced as if it had been that one.
    pub fn stats(&self, prices: &Prices, model: Option<&str>) -> Result<Stats> {
        let ids = self.store.list()?.ids;
        // What is damaged is told by `list`; it has no figures.
        let records = ids.iter().filter_map(|id| Some((id, self.record(id.as_str()).ok()?)));
        let kept: Vec<Kept> = records.map(|(id, record)| kept(id, &record)).collect();
        Ok(stats(&kept, &self.loads()?, prices, model))
    }

    /// Notes a load. That it cannot be noted, in a store that may only be read, keeps nobody from the handoff.
    pub(super) fn note_load(&self, id: &Id, record: &Record, text: &str, tokens: usize, encoding: String) {
        self.note(&self.load_of(id.to_string(), record, text, tokens, encoding));
    }

    /// Notes a load of what changed. Who has the base needs only the rest of the session, so a saving is held against that.
    pub(super) fn note_changes(&self, base: &Record, new: &Record, changed: &Changed) {
        // A record's handoff is called by the id that it is kept under.
        let id = new.state.metadata.session_id.clone();
        let mut load = self.load_of(id, new, &changed.text, changed.tokens, changed.encoding.clone());
        if !base.agent_session.is_empty() && base.agent_session == new.agent_session {
            load.source_tokens = load.source_tokens.saturating_sub(source(base).tokens);
        }
        self.note(&load);
    }

    fn load_of(&self, id: String, record: &Record, text: &str, tokens: usize, encoding: String) -> Load {
        let source = source(record);
        let (encoding, tokens) = same_encoding(record, text).unwrap_or((encoding, tokens));
        Load {
            at: self.settings.clock.now(),
            id,
            project: record.project.clone(),
            encoding,
            tokens: tokens as u64,
            source_tokens: source.tokens,
            context: source.used.as_ref().map(|used| used.context).filter(|context| *context > 0),
            ended: record.state.metadata.updated_at,
            model: source.model,
        }
    }

    fn note(&self, load: &Load) {
        let line = serde_json::to_string(load).expect("a load is plain data");
        let _ = self.store.write_diary(&line);
    }

    /// All loads that are still noted; a torn line costs itself.
    fn loads(&self) -> Result<Vec<Load>> {
        let diary = self.store.diary()?;
        let lines = diary.split(|byte| *byte == b'\n');
        Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }
}

fn kept(id: &Id, record: &Record) -> Kept {
    let source = source(record);
    Kept {
        id: id.to_string(),
        project: record.project.clone(),
        session: record.session().to_owned(),
        saved_at: record.time(),
        model: source.model,
        source_tokens: source.tokens,
        used: source.used,
        tokens: record.tokens.unwrap_or(0),
    }
}

fn source(record: &Record) -> Source {
    record.state.metadata.source.clone().unwrap_or_default()
}

/// The size of a text as the record's session was counted, so that both can be compared.
fn same_encoding(record: &Record, text: &str) -> Option<(String, usize)> {
    let name = &record.state.metadata.tokens.as_ref()?.encoding;
    let tokenizer = Tokenizer::resolve(name).ok()?;
    Some((tokenizer.name(), tokenizer.count_upper(text)))
}
