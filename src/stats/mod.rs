//! What handoffs saved: their loads against reading the sessions again.
//!
//! The baseline is a session's text, read once as new input. It is no longer than what stood before the model at the
//! end, where the provider told, and no longer than the model's context window. Where a load follows the session
//! within the life of a cache, it is priced as read from the cache. Of several loads of a session on one day, under
//! whatever id, only the first saves anything; all of them cost.

mod page;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::prices::{Money, Prices};
use crate::project;
use crate::state::Used;

pub use page::page;

/// How long a provider keeps a prompt in its cache, in seconds.
const CACHE: i64 = 300;

/// What figures are held against, in words.
pub const BASELINE: &str = "the session's text read once as new input, at most what stood before the model at its end \
                            and at most the model's context window; priced as cached within 5 minutes of the session's \
                            end; only the first load of a session on a day counts as saving, every load as cost";

/// A kept handoff.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// The project it belongs to.
    pub project: String,
    /// The agent's own id of the session; a session that was kept more than once is counted once.
    pub session: String,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// The model of the session; empty if unknown.
    pub model: String,
    /// Tokens of all text the models saw.
    pub source_tokens: u64,
    /// The provider's own figures, where the transcript has them.
    pub used: Option<Used>,
    /// Tokens of the handoff.
    pub tokens: u64,
}

/// A load of a handoff, as it is noted when it happens.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Load {
    /// When.
    pub at: Timestamp,
    /// Which handoff.
    pub id: String,
    /// The project it belongs to.
    #[serde(default)]
    pub project: String,
    /// The model of the session; empty if unknown.
    #[serde(default)]
    pub model: String,
    /// What counted the tokens.
    pub encoding: String,
    /// Tokens of the text that was loaded.
    pub tokens: u64,
    /// Tokens of the session's text.
    pub source_tokens: u64,
    /// What stood before the model at the session's end, in tokens, where the provider told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    /// When the session ended.
    pub ended: Timestamp,
}

/// What all of it comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    /// What a saving is held against.
    pub baseline: &'static str,
    /// What counted the tokens.
    pub encodings: Vec<String>,
    /// The day on which the prices were looked up.
    pub prices_of: String,
    /// Models without a price; what concerns them is counted in tokens only.
    pub unpriced: Vec<String>,
    /// All together.
    pub total: Line,
    /// Each handoff, by id.
    pub handoffs: Vec<Line>,
    /// Each project, called as a list calls it.
    pub projects: Vec<Line>,
    /// Each day, in UTC, in order.
    pub days: Vec<Line>,
}

/// The figures of something.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// Handoffs that were saved and are still kept.
    pub handoffs: u64,
    /// Tokens of the sessions they were made from.
    pub source_tokens: u64,
    /// The provider's own figures of those sessions: input, of it cached, and output.
    pub session: Used,
    /// What those sessions cost; tokens written to a cache are priced as plain input.
    pub session_cost: Money,
    /// Whether a model of it has a price; if none has, its dollars say nothing.
    pub priced: bool,
    /// Tokens of the handoffs.
    pub tokens: u64,
    /// How often one was loaded.
    pub loads: u64,
    /// Tokens of all loads.
    pub loaded_tokens: u64,
    /// Tokens that would have been read instead.
    pub replayed_tokens: u64,
    /// The difference.
    pub saved_tokens: i64,
    /// What the loads cost.
    pub loaded_cost: Money,
    /// What reading the sessions again would have cost.
    pub replayed_cost: Money,
    /// The difference.
    pub saved: Money,
}

/// Works it all out. Where a model is named, everything is priced as if it had been that one.
pub fn stats(kept: &[Kept], loads: &[Load], prices: &Prices, model: Option<&str>) -> Stats {
    let mut tables = Tables::default();
    let priced_as = |own: &str| model.unwrap_or(own).to_owned();
    // Of the states of one session, the one that saw most of it stands for it in a sum.
    let mut fullest: Vec<&Kept> = kept.iter().collect();
    fullest.sort_by(|a, b| (b.source_tokens, b.saved_at, &a.id).cmp(&(a.source_tokens, a.saved_at, &b.id)));
    let mut sessions = BTreeSet::new();
    for kept in fullest {
        let again = !kept.session.is_empty() && !sessions.insert(&kept.session);
        tables.save(kept, again, prices, &priced_as(&kept.model));
    }
    let of_session = kept.iter().filter(|kept| !kept.session.is_empty());
    let session_of: BTreeMap<&str, &str> =
        of_session.map(|kept| (kept.id.as_str(), kept.session.as_str())).collect();
    let mut ordered: Vec<&Load> = loads.iter().collect();
    ordered.sort_by_key(|load| load.at);
    let mut counted = BTreeSet::new();
    for load in ordered {
        let session = session_of.get(load.id.as_str()).copied().unwrap_or(&load.id);
        let is_first = counted.insert((session, day(load.at)));
        tables.load(load, is_first, prices, &priced_as(&load.model));
    }
    tables.done(prices)
}

#[derive(Default)]
struct Tables {
    total: Line,
    handoffs: BTreeMap<String, Line>,
    projects: BTreeMap<String, Line>,
    days: BTreeMap<String, Line>,
    encodings: BTreeSet<String>,
    unpriced: BTreeSet<String>,
}

impl Tables {
    fn save(&mut self, kept: &Kept, again: bool, prices: &Prices, model: &str) {
        let used = kept.used.clone().unwrap_or_default();
        let price = self.price(prices, model);
        let own = Line {
            handoffs: 1,
            tokens: kept.tokens,
            source_tokens: kept.source_tokens,
            priced: price.is_some(),
            session_cost: price.map_or(Money::default(), |price| {
                Money::of(used.input.saturating_sub(used.cached), price.input)
                    + Money::of(used.cached, price.cached)
                    + Money::of(used.output, price.output)
            }),
            session: used,
            ..Line::default()
        };
        // The session is told beside each of its handoffs, and counted once in a sum.
        let shared = Line { handoffs: 1, tokens: kept.tokens, ..Line::default() };
        line(&mut self.handoffs, &kept.id).add(&own);
        let counted = if again { &shared } else { &own };
        line(&mut self.projects, &project::id_of(&kept.project)).add(counted);
        line(&mut self.days, &day(kept.saved_at)).add(counted);
        self.total.add(counted);
    }

    fn load(&mut self, load: &Load, is_first: bool, prices: &Prices, model: &str) {
        let replayed = if is_first { baseline(load, prices.window(model)) } else { 0 };
        let (mut loaded_cost, mut replayed_cost) = (Money::default(), Money::default());
        let price = self.price(prices, model);
        if let Some(price) = price {
            let waited = load.at.as_second().saturating_sub(load.ended.as_second());
            let is_cached = (0..=CACHE).contains(&waited);
            loaded_cost = Money::of(load.tokens, price.input);
            replayed_cost = Money::of(replayed, if is_cached { price.cached } else { price.input });
        }
        let signed = |tokens: u64| i64::try_from(tokens).unwrap_or(i64::MAX);
        let own = Line {
            loads: 1,
            priced: price.is_some(),
            loaded_tokens: load.tokens,
            replayed_tokens: replayed,
            saved_tokens: signed(replayed) - signed(load.tokens),
            loaded_cost,
            replayed_cost,
            saved: replayed_cost - loaded_cost,
            ..Line::default()
        };
        self.encodings.insert(load.encoding.clone());
        line(&mut self.handoffs, &load.id).add(&own);
        line(&mut self.projects, &project::id_of(&load.project)).add(&own);
        line(&mut self.days, &day(load.at)).add(&own);
        self.total.add(&own);
    }

    fn price<'a>(&mut self, prices: &'a Prices, model: &str) -> Option<&'a crate::prices::Price> {
        let price = prices.of(model);
        if price.is_none() {
            self.unpriced.insert(if model.is_empty() { "unknown".to_owned() } else { model.to_owned() });
        }
        price
    }

    fn done(self, prices: &Prices) -> Stats {
        let named = |table: BTreeMap<String, Line>| {
            table.into_iter().map(|(name, line)| Line { name, ..line }).collect::<Vec<_>>()
        };
        let called = project::names(self.projects.keys().map(String::as_str));
        let projects = called.into_iter().map(|(id, name)| Line { name, ..self.projects[id].clone() });
        Stats {
            projects: projects.collect(),
            baseline: BASELINE,
            encodings: self.encodings.into_iter().collect(),
            prices_of: prices.date.clone(),
            unpriced: self.unpriced.into_iter().collect(),
            total: Line { name: "total".to_owned(), ..self.total },
            handoffs: named(self.handoffs),
            days: named(self.days),
        }
    }
}

/// What would have been read instead of a load, in tokens.
fn baseline(load: &Load, window: u64) -> u64 {
    load.source_tokens.min(load.context.unwrap_or(u64::MAX)).min(window)
}

fn line<'a>(table: &'a mut BTreeMap<String, Line>, name: &str) -> &'a mut Line {
    table.entry(name.to_owned()).or_default()
}

fn day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).date().to_string()
}

impl Line {
    /// An amount of it as people read it; "–" where no model of it has a price.
    pub fn dollars(&self, amount: Money) -> String {
        if self.priced { amount.to_string() } else { "–".to_owned() }
    }

    fn add(&mut self, other: &Line) {
        self.handoffs += other.handoffs;
        self.priced |= other.priced;
        self.source_tokens += other.source_tokens;
        self.session.input += other.session.input;
        self.session.cached += other.session.cached;
        self.session.output += other.session.output;
        self.session_cost = self.session_cost + other.session_cost;
        self.tokens += other.tokens;
        self.loads += other.loads;
        self.loaded_tokens += other.loaded_tokens;
        self.replayed_tokens += other.replayed_tokens;
        self.saved_tokens += other.saved_tokens;
        self.loaded_cost = self.loaded_cost + other.loaded_cost;
        self.replayed_cost = self.replayed_cost + other.replayed_cost;
        self.saved = self.saved + other.saved;
    }
}

#[cfg(test)]
mod tests;
