//! How the handoffs of the fixtures read: snapshots beside each session.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test snapshots`, and read the difference.

use std::collections::BTreeMap;
use std::fmt::Write;

use baton::event::{Event, EventKind};
use baton::format;
use insta::Settings;
use serde_json::Value;

use crate::fixtures::{self, Fixture};

#[test]
fn snapshots() {
    for fixture in fixtures::all() {
        let mut settings = Settings::new();
        settings.set_snapshot_path(&fixture.folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            insta::assert_snapshot!("markdown", fixture.handoff(2000, "markdown").text);
            insta::assert_snapshot!("json", pretty(&fixture.handoff(2000, "json").text));
            insta::assert_snapshot!("events", counts(fixture));
        });
    }
}

fn pretty(json: &str) -> String {
    let value: Value = serde_json::from_str(json).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

/// How many events of each kind a fixture has, and what could not be read of it.
fn counts(fixture: &Fixture) -> String {
    let transcript = format::read(&fixture.bytes, None).unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for event in &transcript.events {
        *counts.entry(kind(event)).or_default() += 1;
        if event.abandoned {
            *counts.entry("abandoned".to_owned()).or_default() += 1;
        }
    }
    let mut out = String::new();
    for (kind, count) in counts {
        let _ = writeln!(out, "{count:5} {kind}");
    }
    for warning in transcript.warnings {
        let _ = writeln!(out, "line {}: {}", warning.line, warning.message);
    }
    out
}

/// The name of an event's kind, as it is in the code.
fn kind(event: &Event) -> String {
    let whole = match &event.kind {
        EventKind::Call(call) => format!("Call {:?}", call.action),
        EventKind::Result(result) => format!("Result {:?}", result.status),
        kind => format!("{kind:?}"),
    };
    let end = whole.find(['(', ' ', '{']).unwrap_or(whole.len());
    let name = if whole.starts_with("Call ") || whole.starts_with("Result ") {
        let second = whole[end + 1..].find(['(', ' ', '{']).map_or(whole.len(), |at| end + 1 + at);
        &whole[..second]
    } else {
        &whole[..end]
    };
    name.to_owned()
}
