//! The parts of a message. The part of a tool holds the call and its answer.

use std::borrow::Cow;

use super::IGNORED;
use crate::event::{self, Action, EventKind};
use crate::format::conversation::{Answer, Role};
use crate::format::json::Value;
use crate::format::lines::Sink;
use crate::format::value::{integer, list, member, string, text};
use crate::format::{diff, outcome};

/// Adds a part of a message.
pub(super) fn part(role: Role, part: &Value, out: &mut Sink) {
    match text(part, "type") {
        "text" if part["synthetic"] == Value::Bool(true) => out.inject(text(part, "text")),
        "text" if role == Role::User => out.say(role, &typed(text(part, "text"))),
        "text" => out.say(role, text(part, "text")),
        "reasoning" => out.think(text(part, "text")),
        "tool" => tool(part, out),
        "subtask" => {
            out.call(string(part, &["id"]), "task", part);
        }
        "compaction" => drop(out.tell(EventKind::Compacted { summary: None })),
        kind => out.other(&format!("part {kind}"), IGNORED),
    }
}

/// What the user typed: words on the command line are put in quotation marks by the host.
fn typed(text: &str) -> Cow<'_, str> {
    let quoted = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match quoted.filter(|text| !text.replace("\\\"", "").contains('"')) {
        Some(text) => text.replace("\\\"", "\"").into(),
        None => text.into(),
    }
}

/// A call as soon as its arguments are known, and its answer once it is there.
fn tool(part: &Value, out: &mut Sink) {
    let state = &part["state"];
    let (id, status) = (string(part, &["callID"]), text(state, "status"));
    let known = id.is_some_and(|id| out.knows(id));
    if !known && status != "pending" {
        out.call(id, text(part, "tool"), &state["input"]);
    }
    if !matches!(status, "completed" | "error") {
        return;
    }
    let metadata = &state["metadata"];
    let (mut edits, mut chosen) = (Vec::new(), Vec::new());
    match out.action_of(id) {
        Some(Action::Edit(called)) => edits = edited(called, metadata),
        Some(Action::Ask(questions)) => chosen = answers(questions, metadata),
        _ => {}
    }
    let result = out.answer(Answer {
        id,
        tool: string(part, &["tool"]),
        text: text_of(state).to_owned(),
        failed: Some(status == "error"),
    });
    (result.edits, result.answers) = (edits, chosen);
    outcome::exited(result, integer(member(metadata, &["exit", "exitCode"])));
}

fn text_of(state: &Value) -> &str {
    member(state, &["output", "error"]).as_str().unwrap_or_default()
}

/// The edits with the places that the host's diff gives.
fn edited(called: &[event::FileEdit], metadata: &Value) -> Vec<event::FileEdit> {
    let shown = diff::unified(text(metadata, "diff"), called.first().map(|edit| edit.path.as_str()));
    match (called, shown.as_slice()) {
        ([edit], [shown]) => vec![event::FileEdit { hunks: shown.hunks.clone(), ..edit.clone() }],
        _ => Vec::new(),
    }
}

fn answers(questions: &[event::Question], metadata: &Value) -> Vec<event::Answer> {
    let chosen = list(metadata, "answers").map(|labels| {
        let labels = labels.as_array().into_iter().flatten().filter_map(Value::as_str);
        labels.collect::<Vec<_>>().join(", ")
    });
    let pairs = questions.iter().zip(chosen);
    pairs.map(|(question, answer)| event::Answer { question: question.text.clone(), answer }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_command_line_are_taken_out_of_their_quotation_marks() {
        let check = |text: &str, expected: &str| assert_eq!(typed(text), expected);
        check("\"Fix the total\"", "Fix the total");
        check("\"Print \\\"fine\\\" at last\"\n", "Print \"fine\" at last");
        check("\"Fix\" or \"mend\"", "\"Fix\" or \"mend\"");
        check("Fix the \"total\"", "Fix the \"total\"");
        check("\"", "\"");
    }
}
