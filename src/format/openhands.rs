//! `OpenHands`: the events of a conversation, as one list or one a line. The first version tells actions and
//! observations, the second has a kind for each event; an observation names the event it answers.

use std::collections::BTreeMap;

use crate::format::json::{Object, Value};

use super::conversation::{Answer, Role, arguments, role};
use super::kinds::{self, Kinds};
use super::lines::{self, Records, Sink};
use super::value::{integer, list, member, owned, prose, string, text, time};
use super::{Carries, Format, Head, Place, Proof, document, outcome};
use crate::event::EventKind;

const HOLDERS: &[&str] = &["events", "history"];

pub(super) const FORMAT: Format = Format {
    name: "openhands",
    title: "OpenHands events",
    location: "~/.openhands/conversations/<id>/events/*.json",
    places: PLACES,
    proof: Proof::Documentation,
    carries: Carries { edits: true, ranges: true, exit_status: true, usage: false, plans: true },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read: |bytes| document::read::<OpenHands>("openhands", bytes, HOLDERS),
};

/// A conversation is a folder of events; the first of them stands for it.
const PLACES: &[Place] =
    &[Place { base: ".openhands", files: "conversations/*/events/event-00000-*.json", ..Place::BELOW_HOME }];

const MAPPED: &[&str] = &[
    "(action)",
    "(observation)",
    "ActionEvent",
    "AgentErrorEvent",
    "Condensation",
    "MessageEvent",
    "ObservationEvent",
    "SystemPromptEvent",
    "UserRejectObservation",
    "message",
    "system",
];

/// Events that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("CondensationRequest", "the compaction follows"),
    ("ConversationErrorEvent", "trouble between the host and the model's provider"),
    ("ConversationStateUpdateEvent", "a setting of the host"),
    ("LLMCompletionLogEvent", "repeats what went to the model"),
    ("PauseEvent", "a setting of the host"),
    ("TokenEvent", "the host's own count"),
    ("agent_state_changed", "a setting of the host"),
    ("change_agent_state", "a setting of the host"),
    ("null", "an observation of nothing"),
    ("recall", "asks for what the host knows; its answer follows"),
];

fn claims(head: &Head) -> bool {
    let lists = head.document.iter().filter_map(|document| match document {
        Value::Array(events) => Some(events),
        document => HOLDERS.iter().find_map(|key| document[*key].as_array()),
    });
    head.records.iter().chain(&head.document).chain(lists.flatten()).any(|event| {
        let told = event["action"].is_string() || event["observation"].is_string();
        let old =
            told && (event["args"].is_object() || event["extras"].is_object()) && event["source"].is_string();
        let kinds = ["ActionEvent", "ObservationEvent", "MessageEvent", "SystemPromptEvent"];
        old || (kinds.contains(&text(event, "kind")) && event["source"].is_string())
    })
}

fn kind(event: &Value) -> &str {
    if let Some(kind) = string(event, &["kind"]) {
        return kind;
    }
    let known = |kind: &&str| MAPPED.contains(kind) || IGNORED.iter().any(|(name, _)| name == kind);
    match (string(event, &["action"]), string(event, &["observation"])) {
        (Some(action), _) => Some(action).filter(known).unwrap_or("(action)"),
        (None, Some(observation)) => Some(observation).filter(known).unwrap_or("(observation)"),
        (None, None) => "",
    }
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    kinds::of_document(bytes, HOLDERS, |record, add| add(kind(record)))
}

#[derive(Default)]
struct OpenHands;

impl Records for OpenHands {
    type Record = Value;

    fn parse(line: &str) -> Result<Value, String> {
        lines::json(line)
    }

    fn fold(&mut self, event: Value, out: &mut Sink) {
        out.time = time(&event["timestamp"]);
        match kind(&event) {
            "message" => said(text(&event, "source"), text(&event["args"], "content"), out),
            "system" => out.inject(text(&event["args"], "content")),
            "(action)" => action(&event, out),
            "(observation)" => observation(&event, out),
            "MessageEvent" => message(&event["llm_message"], out),
            "SystemPromptEvent" => out.inject(&prose(&event["system_prompt"])),
            "ActionEvent" => called(&event, out),
            "ObservationEvent" | "AgentErrorEvent" | "UserRejectObservation" => answered(&event, out),
            "Condensation" => drop(out.tell(EventKind::Compacted { summary: owned(&event, &["summary"]) })),
            kind => out.other(kind, IGNORED),
        }
    }
}

fn said(source: &str, words: &str, out: &mut Sink) {
    out.say(if source == "user" { Role::User } else { Role::Assistant }, words);
}

fn action(event: &Value, out: &mut Sink) {
    let told = &event["args"];
    out.think(text(told, "thought"));
    let id = event["id"].to_string();
    match text(event, "action") {
        "finish" => out.assistant(string(told, &["final_thought", "message"]).unwrap_or_default()),
        "think" => {}
        "condensation" => drop(out.tell(EventKind::Compacted { summary: owned(told, &["summary"]) })),
        tool => drop(out.call(Some(&id), tool, &plain(told))),
    }
}

/// The arguments without the thought and the host's own settings.
fn plain(told: &Value) -> Value {
    let own = ["thought", "confirmation_state", "security_risk", "impl_source", "blocking", "hidden"];
    let members = told.as_object().into_iter().flat_map(Object::iter);
    let plain =
        members.filter(|(key, value)| !own.contains(key) && !value.is_null() && value.as_str() != Some(""));
    plain.map(|(key, value)| (key.to_owned(), value.clone())).collect()
}

fn observation(event: &Value, out: &mut Sink) {
    let id = event["cause"].to_string();
    let is_error = text(event, "observation") == "error";
    let id = out.knows(&id).then_some(id);
    let Some(id) = id else { return out.inject(text(event, "content")) };
    let result = out.answer(Answer {
        id: Some(&id),
        text: text(event, "content").to_owned(),
        failed: Some(is_error),
        ..Answer::default()
    });
    let extras = &event["extras"];
    let code = member(&extras["metadata"], &["exit_code"]);
    outcome::exited(result, integer(if code.is_null() { &extras["exit_code"] } else { code }));
}

fn message(message: &Value, out: &mut Sink) {
    if let Some(role) = string(message, &["role"]).and_then(role) {
        out.think(text(message, "reasoning_content"));
        out.content(role, &message["content"]);
    }
}

fn called(event: &Value, out: &mut Sink) {
    out.think(text(event, "reasoning_content"));
    list(event, "thought").for_each(|part| out.part(Role::Assistant, part));
    let call = &event["tool_call"];
    let function = call.get("function").unwrap_or(call);
    let id = string(event, &["tool_call_id"]).or_else(|| string(call, &["id"]));
    match text(event, "tool_name") {
        "finish" => out.assistant(text(&event["action"], "message")),
        "think" => out.think(text(&event["action"], "thought")),
        tool => drop(out.call(id, tool, &arguments(&function["arguments"]))),
    }
}

fn answered(event: &Value, out: &mut Sink) {
    let shown = &event["observation"];
    let said = member(shown, &["content", "output"]);
    let said = if said.is_null() { member(event, &["error", "rejection_reason"]) } else { said };
    let kind = text(event, "kind");
    let failed = kind == "AgentErrorEvent" || shown["is_error"] == Value::Bool(true);
    let id = string(event, &["tool_call_id"]);
    if id.is_none_or(|id| !out.knows(id)) {
        return;
    }
    let result = out.answer(Answer { id, text: prose(said), failed: Some(failed), ..Answer::default() });
    outcome::exited(result, integer(&shown["exit_code"]));
    if kind == "UserRejectObservation" {
        outcome::refused(result);
    }
}
