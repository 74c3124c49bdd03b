//! What becomes of each kind of record.

use std::collections::BTreeMap;

use crate::format::json::Value;

use crate::format::{kinds, value};

/// The kinds that become events, or a part of one.
pub(super) const MAPPED: &[&str] = &[
    "ai-title",
    "assistant",
    "attachment (other)",
    "attachment edited_text_file",
    "attachment queued_command",
    "attachment task_reminder",
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
    ("api-request", "names what was sent to the model's provider"),
    ("api-request-blob", "repeats messages as they were sent to the model's provider"),
    ("api-request-shape", "the host's own prompt and the list of tools"),
    ("atis-latch", "the host's own affairs"),
    ("attachment command_permissions", "what a command may do without asking"),
    ("attachment compact_file_reference", "names a file and shows nothing of it"),
    ("attachment hook_system_message", "shown to the user"),
    ("block fallback", "marks an answer of another model"),
    ("block image", "a picture; only its place is in the text"),
    ("bridge-session", "the host's own affairs"),
    ("cost-state", "the sum of what the replies cost"),
    ("file-history-snapshot", "names the host's backups of files that edits name already"),
    ("frame-link", "the host's own affairs"),
    ("last-prompt", "repeats the beginning of a message"),
    ("mode", "a setting of the host's screen"),
    ("permission-mode", "what the host asks permission for"),
    ("progress bash_progress", "output of a command that its answer holds whole"),
    ("progress hook_progress", "a hook of the host at work"),
    ("progress mcp_progress", "a tool at work; its answer follows"),
    ("progress query_update", "a search at work; its answer follows"),
    ("progress search_results_received", "a search at work; its answer follows"),
    ("progress waiting_for_task", "the screen waits for a subagent"),
    ("relocated", "the host's own affairs"),
    ("result", "repeats the last message of a run without a screen"),
    ("started", "the host's own affairs"),
    ("stream_event", "pieces of messages that come whole afterwards"),
    ("system api_error", "trouble between the host and the model's provider"),
    ("system api_refusal", "trouble between the host and the model's provider"),
    ("system away_summary", "a reminder on the screen of what was told"),
    ("system bridge_status", "the host's own affairs"),
    ("system error", "trouble between the host and the model's provider"),
    ("system informational", "a remark of the host on its screen"),
    (
        "system microcompact_boundary",
        "answers of tools were blanked before the model; the file still has them",
    ),
    ("system model_refusal_fallback", "trouble between the host and the model's provider"),
    ("system session_start", "marks the beginning of what is told next"),
    ("system stop_hook_summary", "which hooks of the host ran"),
    ("system turn_duration", "how long a turn took"),
    ("tools-used", "repeats the names of tools that were called"),
    ("worktree-state", "the host's own affairs"),
];

/// How many records of each kind there are. A record with a kind within its kind is named by both.
pub(super) fn of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| {
        let kind = value::text(record, "type");
        let within = [&record["subtype"], &record["attachment"]["type"], &record["data"]["type"]];
        match within.into_iter().find_map(Value::as_str) {
            Some(within) => add(&named(&format!("{kind} {within}"))),
            None => add(kind),
        }
        let parts = value::list(&record["message"], "content").filter_map(|part| part["type"].as_str());
        parts.for_each(|part| add(&format!("block {part}")));
    })
}

/// The name of a kind within a kind. What an attachment holds is put before the model, whatever it is.
fn named(kind: &str) -> String {
    let known = MAPPED.contains(&kind) || IGNORED.iter().any(|(name, _)| *name == kind);
    if known || !kind.starts_with("attachment ") { kind.to_owned() } else { "attachment (other)".to_owned() }
}
