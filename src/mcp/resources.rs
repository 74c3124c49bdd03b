//! The handoffs as resources, `handoff://<id>`, with a template and completion of ids.

use rmcp::ErrorData;
use rmcp::model::{
    CacheScope, CompleteRequestParams, CompleteResult, CompletionInfo, Cursor, ListResourcesResult,
    ReadResourceResult, Resource, ResourceContents, ResourceTemplate,
};

use super::Desk;
use crate::error::{Error, chain};
use crate::service::{Filter, Restore, Row};
use crate::text::clip;

/// What the address of a handoff begins with.
const SCHEME: &str = "handoff://";
/// How many resources are listed at once.
const PAGE: usize = 50;
/// The most tokens of a handoff that is read as a resource.
const BUDGET: usize = 2_200;

/// A page of the handoffs, newest first. A cursor is the number of those before it.
pub fn list(desk: &Desk, cursor: Option<Cursor>) -> Result<ListResourcesResult, ErrorData> {
    let start = match cursor {
        Some(cursor) => {
            cursor.parse().map_err(|_| ErrorData::invalid_params("the cursor is not one of ours", None))?
        }
        None => 0,
    };
    let rows = rows(desk)?;
    let page: Vec<Resource> = rows.iter().skip(start).take(PAGE).map(resource).collect();
    let end = start.saturating_add(page.len());
    let mut listed = ListResourcesResult::with_all_items(page);
    listed.cache_scope = Some(CacheScope::Private);
    listed.next_cursor = (end < rows.len()).then(|| end.to_string());
    Ok(listed)
}

fn rows(desk: &Desk) -> Result<Vec<Row>, ErrorData> {
    let listed = desk.service.list(&Filter::default());
    Ok(listed.map_err(|error| ErrorData::internal_error(chain(&error), None))?.handoffs)
}

fn resource(row: &Row) -> Resource {
    let name = if row.title.is_empty() { &row.objective } else { &row.title };
    Resource::new(format!("{SCHEME}{}", row.id), row.id.clone())
        .with_description(clip(name, 200))
        .with_mime_type("text/markdown")
}

/// How the address of a handoff is made.
pub fn templates() -> Vec<ResourceTemplate> {
    let template = ResourceTemplate::new(format!("{SCHEME}{{id}}"), "handoff");
    vec![template.with_description("A saved handoff, by its id").with_mime_type("text/markdown")]
}

/// A handoff as Markdown.
pub fn read(desk: &Desk, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let gone =
        |message: String| ErrorData::resource_not_found(message, Some(serde_json::json!({"uri": uri})));
    let id =
        uri.strip_prefix(SCHEME).ok_or_else(|| gone(format!("'{uri}' is no handoff; use {SCHEME}<id>")))?;
    if id.is_empty() {
        return Err(gone(format!("'{uri}' names no handoff; use {SCHEME}<id>")));
    }
    let restored = desk.current(Some(id.to_owned())).and_then(|(load, remark)| {
        let wanted = Restore { load, budget: BUDGET, remark, ..Restore::default() };
        desk.service.restore(&wanted, &desk.surroundings)
    });
    let restored = restored.map_err(|error| match error {
        Error::NoSuchHandoff { .. } | Error::Id { .. } => gone(chain(&error)),
        error => ErrorData::internal_error(chain(&error), None),
    })?;
    let contents = ResourceContents::text(restored.text, uri).with_mime_type("text/markdown");
    let mut read = ReadResourceResult::new(vec![contents]);
    read.cache_scope = Some(CacheScope::Private);
    Ok(read)
}

/// The ids that begin with what is typed.
pub fn complete(desk: &Desk, request: &CompleteRequestParams) -> Result<CompleteResult, ErrorData> {
    let argument = &request.argument;
    if !["id", "session_id"].contains(&argument.name.as_str()) {
        return Ok(CompleteResult::default());
    }
    let ids: Vec<String> =
        rows(desk)?.into_iter().map(|row| row.id).filter(|id| id.starts_with(&argument.value)).collect();
    let total = ids.len();
    let shown: Vec<String> = ids.into_iter().take(CompletionInfo::MAX_VALUES).collect();
    let more = total > shown.len();
    let info = CompletionInfo::with_pagination(shown, u32::try_from(total).ok(), more);
    Ok(CompleteResult::new(info.map_err(|error| ErrorData::internal_error(error, None))?))
}
