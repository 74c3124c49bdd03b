//! Who said what: what the user typed, told apart from what the host put into their messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    User(String),
    Assistant(String),
    Reasoning(String),
    Injected(String),
    Plan(String),
    Interrupted,
}

/// Tags that the host wraps its own texts in.
const TAGS: [&str; 8] = [
    "app-context",
    "collaboration_mode",
    "instructions",
    "permissions",
    "personality_spec",
    "skill",
    "user_action",
    "user_shell_command",
];
const TAG_ENDS: [&str; 5] = ["_context", "_instructions", "_notification", "_prompt", "_switch"];

/// How texts begin that the host puts before the model in the user's name.
const OPENINGS: [&str; 5] = [
    "# AGENTS.md instructions",
    "Another language model started to solve this problem",
    "Warning: The maximum number of unified exec processes",
    "Warning: apply_patch was requested via",
    "Warning: Your account was flagged",
];

/// What editors put between their own context and what the user typed.
const REQUEST: &str = "## My request for Codex:";

/// A message in the user's name.
pub(super) fn user(content: &Value) -> Vec<Said> {
    let mut said = Vec::new();
    let mut typed: Vec<String> = Vec::new();
    for piece in pieces(content) {
        let text = piece.trim();
        if text.is_empty() || is_image_label(text) {
        } else if text.starts_with("<turn_aborted>") {
            said.push(Said::Interrupted);
        } else if is_injected(text) {
            said.push(Said::Injected(text.to_owned()));
        } else if let Some((context, request)) = with_context(text) {
            said.push(Said::Injected(context.trim().to_owned()));
            typed.push(request.trim().to_owned());
        } else {
            typed.push(text.to_owned());
        }
    }
    typed.retain(|text| !text.is_empty());
    if !typed.is_empty() {
        said.push(Said::User(typed.join("\n")));
    }
    said
}

/// A message of the agent; a plan it proposes stands in a tag, and what it cites from its memory is for the host.
pub(super) fn assistant(content: &Value) -> Vec<Said> {
    let text = without(&joined(content), "<oai-mem-citation>", "</oai-mem-citation>");
    if text.trim().is_empty() {
        return Vec::new();
    }
    let plan = text.split_once("<proposed_plan>").and_then(|(_, rest)| rest.split_once("</proposed_plan>"));
    let plan = plan.map(|(plan, _)| Said::Plan(plan.trim().to_owned()));
    [Said::Assistant(text)].into_iter().chain(plan).collect()
}

/// The readable part of the agent's thoughts.
pub(super) fn reasoning(summary: &Value) -> Vec<Said> {
    pieces(summary)
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .map(|text| Said::Reasoning(text.to_owned()))
        .collect()
}

/// A message of the host.
pub(super) fn injected(content: &Value) -> Vec<Said> {
    pieces(content)
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .map(|text| Said::Injected(text.to_owned()))
        .collect()
}

/// The end of a turn before its time: only the user's stop is one of theirs.
pub(super) fn aborted(reason: &Value) -> Vec<Said> {
    match reason.as_str() {
        None | Some("interrupted") => vec![Said::Interrupted],
        Some(_) => Vec::new(),
    }
}

/// The texts in a content field: a string, a part, or a list of both.
pub(super) fn pieces(content: &Value) -> Vec<&str> {
    match content {
        Value::String(text) => vec![text],
        Value::Array(parts) => parts.iter().flat_map(pieces).collect(),
        Value::Object(part) => part.get("text").and_then(Value::as_str).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The texts in a content field, one after the other.
pub(super) fn joined(content: &Value) -> String {
    pieces(content).join("\n")
}

/// A text without what stands between two tags, if both are there.
fn without(text: &str, begin: &str, end: &str) -> String {
    let parts = text.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    parts.map_or_else(|| text.to_owned(), |(before, after)| format!("{}{after}", before.trim_end()))
}

fn is_image_label(text: &str) -> bool {
    text == "</image>" || (text.starts_with("<image ") && text.ends_with('>') && !text.contains('\n'))
}

fn is_injected(text: &str) -> bool {
    OPENINGS.iter().any(|opening| text.starts_with(opening)) || tag(text).is_some_and(is_host_tag)
}

fn is_host_tag(tag: &str) -> bool {
    TAGS.iter().any(|known| tag.eq_ignore_ascii_case(known)) || TAG_ENDS.iter().any(|end| tag.ends_with(end))
}

/// The name of the tag that a text begins with.
fn tag(text: &str) -> Option<&str> {
    let name = text.strip_prefix('<')?;
    name.find(|char: char| !(char.is_ascii_alphanumeric() || "_-".contains(char))).map(|end| &name[..end])
}

fn with_context(text: &str) -> Option<(&str, &str)> {
    let heading = text.starts_with("# ").then(|| text.find(&format!("\n{REQUEST}")))??;
    Some((&text[..heading], &text[heading + 1 + REQUEST.len()..]))
}

impl Said {
    /// What is the same in every account: the screen's leaves plans out and breaks lines as it likes.
    fn key(&self) -> String {
        let (kind, text) = match self {
            Self::Assistant(text) => ("assistant", &*without(text, "<proposed_plan>", "</proposed_plan>")),
            Self::User(text) => ("user", text.as_str()),
            Self::Reasoning(text) => ("reasoning", text.as_str()),
            Self::Injected(text) => ("injected", text.as_str()),
            Self::Plan(text) => ("plan", text.as_str()),
            Self::Interrupted => ("interrupted", ""),
        };
        let mut hasher = blake3::Hasher::new();
        for word in [kind].into_iter().chain(text.split_whitespace()) {
            hasher.update(word.as_bytes()).update(b" ");
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// Three accounts of one conversation, counted once: a text counts as often as the account that has it most often.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Echo {
    /// By the hash of what was said: what is kept between two readings holds no text that it can do without.
    heard: rustc_hash::FxHashMap<String, [u32; 4]>,
}

impl Echo {
    /// Whether this is the first account of it.
    pub(super) fn is_new(&mut self, source: super::record::Source, said: &Said) -> bool {
        let counts = self.heard.entry(said.key()).or_default();
        counts[source as usize] += 1;
        let [.., told] = counts;
        let told = *told;
        let is_new = counts[source as usize] > told;
        counts[3] += u32::from(is_new);
        is_new
    }

    /// Whether the text was heard from anyone.
    pub(super) fn knows(&self, said: &Said) -> bool {
        self.heard.contains_key(&said.key())
    }
}
