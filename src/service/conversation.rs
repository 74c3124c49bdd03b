//! The conversation of a session: what was said, word for word but for secrets.

use crate::error::Result;
use crate::event::{Actor, Event, EventKind};
use crate::{format, redact};

/// What the user and the agent said in a transcript, as Markdown.
pub(super) fn of(transcript: &[u8], format: Option<&str>) -> Result<String> {
    let mut transcript = format::read(transcript, format)?;
    redact::transcript(&mut transcript);
    let said = transcript.events.iter().filter(|event| event.actor == Actor::Main && !event.abandoned);
    Ok(said.filter_map(message).collect::<Vec<_>>().join("\n"))
}

fn message(event: &Event) -> Option<String> {
    match &event.kind {
        EventKind::User { text } => Some(format!("## User\n\n{}\n", text.trim_end())),
        EventKind::Assistant { text } => Some(format!("## Assistant\n\n{}\n", text.trim_end())),
        _ => None,
    }
}

/// The messages of a conversation. One that nobody can split is a single message.
pub(super) fn messages(conversation: &str) -> Vec<&str> {
    let mut starts = starts(conversation);
    let mut lines: Vec<usize> = vec![0];
    lines.extend(memchr::memchr_iter(b'\n', conversation.as_bytes()).map(|at| at + 1));
    starts.push(lines.len() + 1);
    let place = |line: usize| lines.get(line.saturating_sub(1)).copied().unwrap_or(conversation.len());
    let spans = starts.windows(2).map(|pair| &conversation[place(pair[0])..place(pair[1])]);
    spans.filter(|message| !message.trim().is_empty()).collect()
}

/// The lines on which messages begin, from 1; the first line is always one.
fn starts(conversation: &str) -> Vec<usize> {
    let events =
        format::read(conversation.as_bytes(), None).map(|transcript| transcript.events).unwrap_or_default();
    let said = events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::User { .. } | EventKind::Assistant { .. }));
    let mut starts: Vec<usize> = said.map(|event| event.line as usize).chain([1]).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_split_and_nothing_is_lost() {
        let talk =
            "## User\n\nDo it\n\n## Assistant\n\nDone:\n```yaml\nuser: root\n```\n\n## User\n\nThanks\n";
        let found = messages(talk);
        assert_eq!(found.concat(), talk);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[2].contains("Thanks"));
        assert_eq!(messages("no roles\nat all"), ["no roles\nat all"]);
        assert_eq!(messages(""), [""; 0]);
    }
}
