//! `ChatGPT`: the export of all conversations of an account, or one of them. The messages of a conversation are a
//! tree; what is not on the way to its current end was dropped by going back and asking anew.

use std::collections::BTreeMap;

use crate::format::json::Value;
use rustc_hash::{FxHashMap, FxHashSet};

use super::conversation::{Answer, Role, role};
use super::kinds::{self, Kinds};
use super::lines;
use super::scan::{self, LineCounter};
use super::sink::Sink;
use super::value::{owned, prose, string, text, time};
use super::{Carries, Format, Head, Proof, choice};
use crate::event::{Context, Transcript};

pub(super) const FORMAT: Format = Format {
    name: "chatgpt",
    title: "ChatGPT export (one conversation of it)",
    location: "conversations.json of an export",
    places: &[],
    proof: Proof::Sessions,
    carries: Carries { edits: false, ranges: false, exit_status: false, usage: false, plans: false },
    kinds: Kinds { of: kinds_of, mapped: MAPPED, ignored: IGNORED },
    claims,
    read,
};

const MAPPED: &[&str] = &[
    "code",
    "execution_output",
    "multimodal_text",
    "reasoning_recap",
    "system_error",
    "tether_browsing_display",
    "tether_quote",
    "text",
    "thoughts",
    "user_editable_context",
];

/// Nodes that say nothing about the work, each with the reason.
const IGNORED: &[(&str, &str)] = &[
    ("(root)", "the root of the tree, which holds no message"),
    ("model_editable_context", "what the account remembers for other conversations"),
];

fn claims(head: &Head) -> bool {
    let document = head.document.as_ref();
    let first = document.and_then(|document| document.item(0)).or(document);
    first.is_some_and(|first| first["mapping"].is_object())
}

fn kinds_of(bytes: &[u8]) -> BTreeMap<String, usize> {
    let text = lines::text(bytes);
    let whole = serde_json::from_str::<Value>(&text).unwrap_or_default();
    let all = whole.as_array().map_or(std::slice::from_ref(&whole), Vec::as_slice);
    let nodes = all.iter().filter_map(|one| one["mapping"].as_object()).flat_map(super::json::Object::values);
    kinds::tally(nodes.cloned().map(Some), |node, add| {
        add(string(&node["message"]["content"], &["content_type"]).unwrap_or("(root)"));
    })
}

fn read(bytes: &[u8]) -> Transcript {
    let text = lines::text(bytes);
    let mut out = Sink::of(FORMAT.name);
    let Some(start) = choice::only(&text, &mut out) else { return out.transcript };
    let members = scan::members(&text, start);
    let find = |key: &str| members.iter().find(|member| member.key == key);
    let value =
        |key: &str| find(key).and_then(|member| lines::json::<Value>(&text[member.start..member.end?]).ok());
    let named = |keys: &[&str]| keys.iter().find_map(|key| value(key)?.as_str().map(str::to_owned));
    let mut counter = LineCounter::new(&text);
    out.line = counter.line(start);
    out.context(Context {
        session: named(&["conversation_id", "id"]),
        title: named(&["title"]),
        ..Context::default()
    });
    let Some(mapping) = find("mapping") else { return out.transcript };
    let mut tree = Tree::default();
    for node in scan::members(&text, mapping.start) {
        tree.add(&text, &node, &mut counter, &mut out);
    }
    tree.tell(named(&["current_node"]).as_deref(), &mut out);
    out.transcript
}

/// The messages of a conversation, by their ids.
#[derive(Default)]
struct Tree {
    nodes: FxHashMap<String, (u32, Value)>,
    /// The ids in the order of the file.
    order: Vec<String>,
}

impl Tree {
    fn add(&mut self, text: &str, node: &scan::Member, counter: &mut LineCounter, out: &mut Sink) {
        out.line = counter.line(node.start);
        let Some(end) = node.end else {
            return out.warn("the file breaks off in this message, which is lost");
        };
        match lines::json(&text[node.start..end]) {
            Ok(value) => {
                self.order.push(node.key.to_owned());
                self.nodes.insert(node.key.to_owned(), (out.line, value));
            }
            Err(message) => out.warn(message),
        }
    }

    /// Tells every message after the one it answers, oldest branch first.
    fn tell(&self, current: Option<&str>, out: &mut Sink) {
        let kept = self.way_to(current);
        let mut told = FxHashSet::default();
        let roots = self.order.iter().filter(|id| self.parent(id).is_none());
        let mut open: Vec<&str> = roots.map(String::as_str).collect();
        open.reverse();
        while let Some(id) = open.pop() {
            let Some((line, node)) = self.nodes.get(id).filter(|_| told.insert(id)) else { continue };
            let before = out.transcript.events.len();
            out.line = *line;
            message(&node["message"], out);
            let dropped = !kept.is_empty() && !kept.contains(id);
            for event in &mut out.transcript.events[before..] {
                event.abandoned = dropped;
            }
            let children = node["children"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let (on, off): (Vec<&str>, Vec<&str>) = children.partition(|child| kept.contains(*child));
            open.extend(on.into_iter().chain(off.into_iter().rev()));
        }
    }

    fn parent(&self, id: &str) -> Option<&str> {
        let parent = string(&self.nodes.get(id)?.1, &["parent"])?;
        self.nodes.contains_key(parent).then_some(parent)
    }

    fn way_to<'a>(&'a self, current: Option<&'a str>) -> FxHashSet<&'a str> {
        let mut way = FxHashSet::default();
        let mut at = current.filter(|id| self.nodes.contains_key(*id));
        while let Some(id) = at.filter(|id| way.insert(*id)) {
            at = self.parent(id);
        }
        way
    }
}

fn message(message: &Value, out: &mut Sink) {
    let Some(role) = string(&message["author"], &["role"]).and_then(role) else { return };
    out.time = time(&message["create_time"]);
    if role == Role::Assistant {
        let model = owned(&message["metadata"], &["model_slug"]);
        out.context(Context { model, ..Context::default() });
    }
    let content = &message["content"];
    let kind = text(content, "content_type");
    let said = body(content);
    match (role, kind) {
        (_, "model_editable_context") => {}
        (_, "thoughts" | "reasoning_recap") => out.think(&said),
        (_, "user_editable_context") | (Role::Host, _) => out.inject(&said),
        (Role::Tool, _) => drop(out.answer(Answer {
            tool: string(&message["author"], &["name"]),
            text: said,
            failed: Some(kind == "system_error"),
            ..Answer::default()
        })),
        (Role::Assistant, _) if text(message, "recipient") != "all" && message["recipient"].is_string() => {
            let tool = text(message, "recipient").split('.').next().unwrap_or_default();
            out.call(None, tool, &Value::String(said));
        }
        _ => out.say(role, &said),
    }
}

/// The text of a content, whatever its kind calls it.
fn body(content: &Value) -> String {
    let thoughts = content["thoughts"].as_array().map(|thoughts| {
        let parts = thoughts.iter().flat_map(|thought| [text(thought, "summary"), text(thought, "content")]);
        parts.collect::<Vec<_>>().join("\n")
    });
    let plain = ["text", "result", "content", "user_instructions"];
    let parts = content.get("parts").map(prose);
    parts.or_else(|| owned(content, &plain)).or(thoughts).unwrap_or_default()
}
