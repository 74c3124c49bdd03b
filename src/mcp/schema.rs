//! Schemas as a model should see them: no noise, since every word of a tool is paid for in every session.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// The schema of arguments.
pub fn of_arguments<T: JsonSchema>() -> Arc<JsonObject> {
    of::<T>(SchemaSettings::draft2020_12())
}

/// The schema of a result.
pub fn of_result<T: JsonSchema>() -> Arc<JsonObject> {
    of::<T>(SchemaSettings::draft2020_12().for_serialize())
}

fn of<T: JsonSchema>(mut settings: SchemaSettings) -> Arc<JsonObject> {
    settings.meta_schema = None;
    settings.inline_subschemas = true;
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    plain(&mut schema);
    match schema {
        Value::Object(mut schema) => {
            schema.remove("title");
            schema.remove("description");
            schema.entry("properties").or_insert_with(|| json!({}));
            Arc::new(schema)
        }
        _ => Arc::default(),
    }
}

/// What says nothing to a model: formats of numbers, defaults of what may be left out, and that nothing else is known.
const NOISE: &[&str] = &["format", "minimum", "default", "additionalProperties", "uniqueItems"];

fn plain(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(names) = names(fields) {
                *fields = names;
            }
            fields.retain(|name, _| !NOISE.contains(&name.as_str()));
            if let Some(kind) = fields.get_mut("type") {
                not_null(kind);
            }
            if let Some(names) = fields.get_mut("enum").and_then(Value::as_array_mut) {
                names.retain(|name| !name.is_null());
            }
            for (name, value) in fields {
                // What stands in there are names of the caller's own.
                let is_list_of_names = name == "properties";
                match value.as_object_mut().filter(|_| is_list_of_names) {
                    Some(properties) => properties.values_mut().for_each(plain),
                    None => plain(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(plain),
        _ => {}
    }
}

/// An optional or described enumeration as the plain list of its names.
fn names(fields: &JsonObject) -> Option<JsonObject> {
    let choices = ["anyOf", "oneOf"].iter().find_map(|key| fields.get(*key))?.as_array()?;
    let mut out = match choices
        .iter()
        .filter(|choice| choice.get("type") != Some(&json!("null")))
        .collect::<Vec<_>>()[..]
    {
        [Value::Object(only)] => only.clone(),
        ref several => {
            let names: Option<Vec<Value>> =
                several.iter().map(|choice| choice.get("const").cloned()).collect();
            JsonObject::from_iter([("type".to_owned(), json!("string")), ("enum".to_owned(), json!(names?))])
        }
    };
    if let Some(told) = names(&out) {
        return Some(told);
    }
    // An enumeration says what it is by its names.
    if out.contains_key("enum") {
        out.shift_remove("description");
    } else if let Some(described) = fields.get("description") {
        out.insert("description".to_owned(), described.clone());
    }
    Some(out)
}

/// That something may be null is said by its being optional.
fn not_null(kind: &mut Value) {
    if let Some(kinds) = kind.as_array_mut() {
        kinds.retain(|kind| kind != "null");
        if let [only] = &kinds[..] {
            *kind = only.clone();
        }
    }
}
