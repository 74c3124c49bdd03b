//! What becomes of each kind of record.

use std::collections::BTreeMap;

use crate::format::{kinds, value};

/// The kinds that become events, or a part of one.
pub(super) const MAPPED: &[&str] = &[
    "(header)",
    "compacted",
    "event_msg agent_message",
    "event_msg agent_reasoning",
    "event_msg exec_command_end",
    "event_msg item_completed",
    "event_msg patch_apply_end",
    "event_msg thread_name_updated",
    "event_msg thread_settings_applied",
    "event_msg token_count",
    "event_msg turn_aborted",
    "event_msg user_message",
    "function_call",
    "function_call_output",
    "function_result",
    "message",
    "reasoning",
    "response_item agent_message",
    "response_item custom_tool_call",
    "response_item custom_tool_call_output",
    "response_item function_call",
    "response_item function_call_output",
    "response_item image_generation_call",
    "response_item local_shell_call",
    "response_item local_shell_call_output",
    "response_item mcp_tool_call",
    "response_item message",
    "response_item reasoning",
    "response_item tool_call",
    "response_item tool_result",
    "response_item tool_search_call",
    "response_item web_search_call",
    "session_meta",
    "turn_context",
];

/// Records that say nothing about the work, each with the reason.
pub(super) const IGNORED: &[(&str, &str)] = &[
    ("(header) state", "marks a record of the first versions as one of state"),
    ("event_msg *_activity", "a subagent at work; its messages are records of their own"),
    ("event_msg *_begin", "repeats the call that begins"),
    ("event_msg *_complete", "repeats the last message"),
    ("event_msg *_delta", "a piece of what comes whole"),
    ("event_msg *_diff", "the sum of edits that are told one by one"),
    ("event_msg *_end", "repeats the answer of a call"),
    ("event_msg *_mode", "a setting of the host"),
    ("event_msg *_request", "repeats the call that needs permission"),
    ("event_msg *_response", "repeats what was asked for"),
    ("event_msg *_started", "marks a beginning"),
    ("event_msg *_updated", "a setting of the host"),
    ("event_msg agent_reasoning_raw_content", "repeats a thought"),
    ("event_msg agent_reasoning_section_break", "marks a place on the screen"),
    ("event_msg background_event", "a remark of the host on its screen"),
    ("event_msg context_compacted", "the compaction is a record of its own"),
    ("event_msg error", "trouble between the host and the model's provider"),
    ("event_msg guardian_assessment", "whether the host lets a call run; its answer says so"),
    ("event_msg stream_error", "trouble between the host and the model's provider"),
    ("event_msg thread_rolled_back", "how many turns were taken back, not which"),
    ("event_msg undo_completed", "a remark of the host on its screen"),
    ("event_msg view_image_tool_call", "repeats a call"),
    ("event_msg warning", "a remark of the host on its screen"),
    ("inter_agent_communication_metadata", "who writes to whom; what is written stands beside it"),
    ("response_item compaction", "encrypted"),
    ("response_item compaction_summary", "encrypted"),
    ("response_item ghost_snapshot", "names a commit that the host keeps for itself"),
    ("response_item other", "a kind that the host itself does not know"),
    ("response_item tool_search_output", "tools that were found; no part of the work"),
    ("token_usage_record", "repeats the figures of what the model was sent"),
    ("world_state", "what the host knows of the machine"),
];

/// How many records of each kind there are; of what the screen only showed, the kind of event.
pub(super) fn of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_lines(bytes, |record, add| {
        let (kind, inner) = (value::text(record, "type"), value::text(&record["payload"], "type"));
        match (kind, inner) {
            ("", _) if record.get("record_type").is_some() => add("(header) state"),
            ("", _) => add("(header)"),
            ("response_item", "") => add("response_item message"),
            ("event_msg" | "response_item", inner) => add(&family(&format!("{kind} {inner}"))),
            (kind, _) => add(kind),
        }
    })
}

/// The kind, or the family of kinds that it belongs to.
fn family(kind: &str) -> String {
    let known = MAPPED.contains(&kind) || IGNORED.iter().any(|(name, _)| *name == kind);
    let end = kind.rsplit_once('_').map(|(_, end)| format!("event_msg *_{end}"));
    match end.filter(|family| !known && IGNORED.iter().any(|(name, _)| name == family)) {
        Some(family) if kind.starts_with("event_msg ") => family,
        _ => kind.to_owned(),
    }
}
