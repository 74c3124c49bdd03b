//! What becomes of each kind of record.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::format::{kinds, value};

/// The kinds that become events, or a part of one.
pub(super) const MAPPED: &[&str] = &[
    "ai-title",
    "assistant",
    "attachment agent_listing_delta",
    "attachment auto_mode",
    "attachment date_change",
    "attachment deferred_tools_delta",
    "attachment diagnostics",
    "attachment directory",
    "attachment edited_text_file",
    "attachment file",
    "attachment hook_additional_context",
    "attachment hook_success",
    "attachment invoked_skills",
    "attachment mcp_instructions_delta",
    "attachment nested_memory",
    "attachment opened_file_in_ide",
    "attachment plan_mode",
    "attachment plan_mode_exit",
    "attachment queued_command",
    "attachment selected_lines_in_ide",
    "attachment skill_listing",
    "attachment task_reminder",
    "attachment task_status",
    "attachment todo_reminder",
    "block redacted_thinking",
    "block text",
    "block thinking",
    "block tool_result",
    "block tool_use",
    "custom-title",
    "pr-link",
    "progress agent_progress",
    "queue-operation",
    "summary",
    "system compact_boundary",
    "system init",
    "system local_command",
    "user",
];

/// Records that say nothing about the work, each with the reason.
pub(super) const IGNORED: &[(&str, &str)] = &[
    ("agent-name", "repeats a title"),
    ("attachment command_permissions", "what a command may do without asking"),
    ("attachment compact_file_reference", "names a file and shows nothing of it"),
    ("attachment hook_system_message", "shown to the user"),
    ("block image", "a picture; only its place is in the text"),
    ("file-history-snapshot", "names the host's backups of files that edits name already"),
    ("last-prompt", "repeats the beginning of a message"),
    ("mode", "a setting of the host's screen"),
    ("permission-mode", "what the host asks permission for"),
    ("progress bash_progress", "output of a command that its answer holds whole"),
    ("progress hook_progress", "a hook of the host at work"),
    ("progress mcp_progress", "a tool at work; its answer follows"),
    ("progress query_update", "a search at work; its answer follows"),
    ("progress search_results_received", "a search at work; its answer follows"),
    ("progress waiting_for_task", "the screen waits for a subagent"),
    ("result", "repeats the last message of a run without a screen"),
    ("stream_event", "pieces of messages that come whole afterwards"),
    ("system api_error", "trouble between the host and the model's provider"),
    ("system away_summary", "a reminder on the screen of what was told"),
    ("system microcompact_boundary", "answers of tools were blanked before the model; the file still has them"),
    ("system stop_hook_summary", "which hooks of the host ran"),
    ("system turn_duration", "how long a turn took"),
];

/// How many records of each kind there are. A record with a kind within its kind is named by both.
pub(super) fn of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| {
        let kind = value::text(record, "type");
        let within = [&record["subtype"], &record["attachment"]["type"], &record["data"]["type"]];
        match within.into_iter().find_map(Value::as_str) {
            Some(within) => add(&format!("{kind} {within}")),
            None => add(kind),
        }
        let parts = value::list(&record["message"], "content").filter_map(|part| part["type"].as_str());
        parts.for_each(|part| add(&format!("block {part}")));
    })
}
