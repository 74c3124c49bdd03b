//! The JSON is valid under the schema of the published protocol, and under ours, which is generated from the types.

use std::fs;
use std::path::Path;

use baton::render::{self, Citations};
use baton::state::HandoffState;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::fixtures;

/// The published protocol: what it names is required as it says, what it does not name is tolerated.
fn published() -> Value {
    let text = json!({"type": "string"});
    let time = json!({"type": "string", "format": "date-time"});
    let list = |item: Value| json!({"type": "array", "items": item});
    let object = |fields: Value, required: Value| json!({"type": "object", "properties": fields, "required": required});
    let range = object(
        json!({"start": {"type": "number"}, "end": {"type": "number"}, "note": text}),
        json!(["start", "end", "note"]),
    );
    let file = object(
        json!({"path": text, "relevance": text, "focus_ranges": list(range)}),
        json!(["path", "relevance"]),
    );
    let decision = object(
        json!({"decision": text, "rationale": text, "timestamp": time}),
        json!(["decision", "rationale", "timestamp"]),
    );
    let step = object(
        json!({"action": text, "priority": {"enum": ["high", "medium", "low"]}}),
        json!(["action", "priority"]),
    );
    let status = json!({"enum": ["in_progress", "blocked", "needs_review"]});
    let task = object(
        json!({"objective": text, "status": status, "progress_summary": text}),
        json!(["objective", "status", "progress_summary"]),
    );
    let metadata = object(
        json!({"created_at": time, "updated_at": time, "session_id": text}),
        json!(["created_at", "updated_at", "session_id"]),
    );
    object(
        json!({"task": task, "files": list(file), "decisions": list(decision), "next_steps": list(step), "metadata": metadata}),
        json!(["task", "files", "decisions", "next_steps", "metadata"]),
    )
}

/// Our own, from the types; what it is stands first.
fn generated() -> Value {
    let mut schema = schemars::schema_for!(HandoffState).to_value();
    let mut ours = json!({"$schema": schema["$schema"], "title": "Handoff"});
    let (fields, rest) = (ours.as_object_mut().unwrap(), schema.as_object_mut().unwrap());
    rest.retain(|name, _| !fields.contains_key(name));
    fields.append(rest);
    ours
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

#[test]
fn handoffs_are_valid() {
    let validators =
        [("the published schema", validator(&published())), ("our schema", validator(&generated()))];
    for fixture in fixtures::all() {
        for budget in [200, 2000, 16_000] {
            let handoff = fixture.handoff(budget, "json");
            let shown = (render::find("json").unwrap().render)(&handoff.state, Citations::Shown);
            for text in [&handoff.text, &shown] {
                let value: Value = serde_json::from_str(text).unwrap();
                for (name, validator) in &validators {
                    let errors: Vec<String> =
                        validator.iter_errors(&value).map(|error| error.to_string()).collect();
                    assert!(errors.is_empty(), "{} at {budget} under {name}: {errors:?}", fixture.name);
                }
            }
        }
    }
}

/// With its evidence, the JSON is the state: nothing is lost on the way.
#[test]
fn json_reads_back() {
    for fixture in fixtures::all() {
        let state = fixture.handoff(2000, "json").state;
        let text = (render::find("json").unwrap().render)(&state, Citations::Shown);
        assert_eq!(serde_json::from_str::<HandoffState>(&text).unwrap(), state, "{}", fixture.name);
    }
}

#[test]
fn what_is_not_valid_is_refused() {
    let text = fixtures::all()[0].handoff(2000, "json").text;
    let whole: Value = serde_json::from_str(&text).unwrap();
    let (published, ours) = (validator(&published()), validator(&generated()));
    for path in [
        "/task",
        "/files",
        "/decisions",
        "/next_steps",
        "/metadata",
        "/task/objective",
        "/task/status",
        "/metadata/session_id",
    ] {
        let mut broken = whole.clone();
        let (parent, name) = path.rsplit_once('/').unwrap();
        broken.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        assert!(!published.is_valid(&broken) && !ours.is_valid(&broken), "without {path}");
    }
    for (path, value) in
        [("/task/status", json!("done")), ("/metadata/created_at", json!("today")), ("/files", json!({}))]
    {
        let mut broken = whole.clone();
        *broken.pointer_mut(path).unwrap() = value;
        assert!(!published.is_valid(&broken) && !ours.is_valid(&broken), "with another {path}");
    }
}

#[test]
fn the_schema_in_the_repository_is_of_these_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/handoff.schema.json");
    let expected = serde_json::to_string_pretty(&generated()).unwrap() + "\n";
    if blesses() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "schema/handoff.schema.json is stale; write it with: BATON_BLESS=1 cargo test --test it schema"
    );
}

/// Whether wanted changes are to be taken over.
#[expect(clippy::disallowed_methods, reason = "a test that writes a file asks first")]
pub fn blesses() -> bool {
    std::env::var_os("BATON_BLESS").is_some()
}
