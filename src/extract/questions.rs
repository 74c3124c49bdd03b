//! Questions that nobody answered: asked by a tool or at the end of the last reply.

use super::Material;
use crate::event::{Action, EventKind};
use crate::fact::{Fact, Item};
use crate::state::OpenQuestion;
use crate::text::{Statement, clip, plain, statements, straight};

pub(super) fn extract(material: &Material) -> Vec<Fact> {
    pending(material)
        .map(|(question, line)| {
            let entry = |text: String| Item::Question(OpenQuestion { question: text, evidence: vec![line] });
            Fact::new(entry(clip(&question, 420)), vec![line], 300, "asked last, and not answered")
                .or(entry(clip(&question, 160)), 60)
                .on_floor(2)
        })
        .into_iter()
        .collect()
}

/// How many of a reply's last statements are its end.
const LAST: usize = 4;

/// The question the session ended with, and its line.
pub(super) fn pending(material: &Material) -> Option<(String, u32)> {
    asked_by_tool(material).or_else(|| asked_in_words(material))
}

fn asked_by_tool(material: &Material) -> Option<(String, u32)> {
    let session = &material.session;
    let used = session.uses.iter().rev().take(2).find(|used| !used.abandoned && used.result.is_none())?;
    let Action::Ask(questions) = &used.call.action else { return None };
    let text = questions
        .iter()
        .map(|question| {
            let options: Vec<&str> = question.options.iter().map(|option| option.label.as_str()).collect();
            if options.is_empty() {
                plain(&question.text)
            } else {
                format!("{} ({})", plain(&question.text), plain(&options.join(" / ")))
            }
        })
        .collect::<Vec<_>>()
        .join(" ");
    Some((text, session.line(used.at)))
}

fn asked_in_words(material: &Material) -> Option<(String, u32)> {
    let session = &material.session;
    let (at, text) = session.last_say()?;
    let after = session.events[at + 1..]
        .iter()
        .any(|event| matches!(event.kind, EventKind::User { .. } | EventKind::Call(_)));
    if after {
        return None;
    }
    let all = statements(text);
    let asked = asked(&all);
    (!asked.is_empty()).then(|| (asked.join(" "), session.line(at)))
}

/// What the last statements of a reply ask, in order.
pub(super) fn asked(statements: &[Statement]) -> Vec<&str> {
    let last = &statements[statements.len().saturating_sub(LAST)..];
    let asks = |text: &&str| (text.contains('?') || text.contains('？')) && !is_closing(text);
    last.iter().map(|statement| statement.text.as_str()).filter(asks).collect()
}

/// Whether a question only closes what was done, and waits for nothing.
fn is_closing(question: &str) -> bool {
    const CLOSINGS: &[&str] = &[
        "anything else",
        "what would you like to do next",
        "what would you like me to do next",
        "what's next",
        "what next",
        "how can i help",
        "how may i help",
        "what else",
    ];
    let lower = straight(question).to_lowercase();
    question.len() < 120 && CLOSINGS.iter().any(|closing| lower.contains(closing))
}
