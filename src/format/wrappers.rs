//! What hosts put around and between the words of a user: told apart by its tags, whatever the agent.

use crate::event::EventKind;

/// Tags of blocks that a host injects into a user's message.
const INJECTED: &[&str] = &[
    "AGENTS.md",
    "INSTRUCTIONS",
    "additional_context",
    "additional_data",
    "attached_files",
    "bash-input",
    "bash-stderr",
    "bash-stdout",
    "command-message",
    "command-name",
    "environment_context",
    "environment_details",
    "hook_context",
    "local-command-caveat",
    "local-command-stderr",
    "local-command-stdout",
    "open_and_recently_viewed_files",
    "project_layout",
    "rules",
    "session_context",
    "system-reminder",
    "system_reminder",
    "task-notification",
    "user_info",
    "user_instructions",
];

/// Tags that a host puts around the very words of the user.
const AROUND_WORDS: &[&str] =
    &["USER_REQUEST", "command-args", "feedback", "task", "user_message", "user_query"];

/// What a host writes in the user's place when the user stops the agent.
const INTERRUPTED: &[&str] =
    &["[Request interrupted by user]", "[Request interrupted by user for tool use]", "<turn_aborted>"];

/// How a host begins the summary with which it goes on after a compaction.
const SUMMARY: &str = "This session is being continued from a previous conversation";

/// How programs that work through lists of issues word the task: what stands before the issue, and what behind it.
const TASKS: &[(&str, &str)] = &[
    (
        "We're currently solving the following issue within our repository. Here's the issue text:\nISSUE:\n",
        "\nINSTRUCTIONS:\n",
    ),
    (
        "Please solve this issue: ",
        "\n\nYou can execute bash commands and edit files to implement the necessary changes.",
    ),
    ("<pr_description>\nConsider the following PR description:\n", "\n</pr_description>"),
];

/// The events of a message in the user's name: the words, and apart from them what the host injected.
pub(super) fn user_events(text: &str) -> Vec<EventKind> {
    if let Some((before, issue, after)) = task(text) {
        let injected = |text: &str| EventKind::Injected { text: text.trim().to_owned() };
        let mut events =
            vec![injected(before), EventKind::User { text: issue.trim().to_owned() }, injected(after)];
        events.retain(|event| !matches!(event, EventKind::Injected { text } if text.is_empty()));
        return events;
    }
    let mut events = Vec::new();
    let mut rest = text;
    while let Some((before, block, after)) = next_injected(rest) {
        push_words(&mut events, before.trim());
        events.push(EventKind::Injected { text: block.to_owned() });
        rest = after;
    }
    push_words(&mut events, rest.trim());
    events
}

/// A task in one of the known wordings: what stands before the issue, the issue, and what stands behind it.
fn task(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start();
    TASKS.iter().find_map(|(before, behind)| {
        let rest = text.strip_prefix(before)?;
        let end = before.len() + rest.find(behind).filter(|end| !rest[..*end].trim().is_empty())?;
        // What stands in the issue's own line is said with it.
        let begin = if before.ends_with('\n') { before.len() } else { 0 };
        Some((&text[..begin], &text[begin..end], &text[end..]))
    })
}

fn push_words(events: &mut Vec<EventKind>, words: &str) {
    if INTERRUPTED.iter().any(|mark| words.starts_with(mark)) {
        events.push(EventKind::Interrupted);
    } else if words.starts_with(SUMMARY) {
        events.push(EventKind::Compacted { summary: Some(words.to_owned()) });
    } else if is_command_of_the_host(words) {
        events.push(EventKind::Injected { text: words.to_owned() });
    } else if !unwrapped(words).is_empty() {
        events.push(EventKind::User { text: unwrapped(words).to_owned() });
    }
}

/// A command to the host with what it printed, as Claude Code shows it on its screen.
fn is_command_of_the_host(text: &str) -> bool {
    let mut lines = text.lines();
    lines.next().is_some_and(|line| line.starts_with('/') && !line.trim_end().contains(' '))
        && lines.next().is_some_and(|line| line.trim_start().starts_with('⎿'))
}

/// The text without the tags around the user's words.
fn unwrapped(text: &str) -> &str {
    AROUND_WORDS.iter().find_map(|tag| inside(text, tag)).unwrap_or(text)
}

fn inside<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let body = text.strip_prefix('<')?.strip_prefix(tag)?.strip_prefix('>')?;
    let body = body.strip_suffix('>')?.strip_suffix(tag)?.strip_suffix("</")?;
    Some(body.trim())
}

/// The next injected block: what stands before it, the block with its tags, and what follows. A block that is
/// opened and never closed counts as words, and so does all that follows it.
fn next_injected(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(ahead) = memchr::memchr(b'<', &text.as_bytes()[from..]) {
        let start = from + ahead;
        let line_start = text[..start].trim_end_matches([' ', '\t']).is_empty()
            || text[..start].trim_end_matches([' ', '\t']).ends_with(['\n', '>']);
        if let Some(tag) = opened_tag(&text[start..]).filter(|_| line_start) {
            let close = format!("</{tag}>");
            let end = start + text[start..].find(&close)? + close.len();
            return Some((&text[..start], &text[start..end], &text[end..]));
        }
        from = start + 1;
    }
    None
}

fn opened_tag(text: &str) -> Option<&'static str> {
    let name = &text.get(1..)?;
    INJECTED
        .iter()
        .copied()
        .find(|tag| name.strip_prefix(tag).is_some_and(|rest| rest.starts_with(['>', ' ', '\n'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &[(char, &str)]) {
        let shown: Vec<(char, String)> = user_events(input)
            .into_iter()
            .map(|event| match event {
                EventKind::User { text } => ('u', text),
                EventKind::Injected { text } => ('i', text),
                EventKind::Interrupted => ('x', String::new()),
                EventKind::Compacted { summary } => ('c', summary.unwrap_or_default()),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected: Vec<(char, String)> = expected.iter().map(|(k, t)| (*k, (*t).to_owned())).collect();
        assert_eq!(shown, expected, "{input}");
    }

    #[test]
    fn words_and_injections_come_apart() {
        check("fix it", &[('u', "fix it")]);
        check("  \n", &[]);
        check("<task>\nfix it\n</task>", &[('u', "fix it")]);
        check(
            "fix it\n<system-reminder>be nice</system-reminder>\nnow",
            &[('u', "fix it"), ('i', "<system-reminder>be nice</system-reminder>"), ('u', "now")],
        );
        check(
            "<environment_details>\ncwd</environment_details><system-reminder>x</system-reminder>",
            &[
                ('i', "<environment_details>\ncwd</environment_details>"),
                ('i', "<system-reminder>x</system-reminder>"),
            ],
        );
        check("why does `<system-reminder>` show?", &[('u', "why does `<system-reminder>` show?")]);
        check("<system-reminder>never closed", &[('u', "<system-reminder>never closed")]);
        check("[Request interrupted by user]", &[('x', "")]);
        check("a < b, vec<rules>", &[('u', "a < b, vec<rules>")]);
        check(
            "<command-name>/review</command-name>\n  <command-args>the parser</command-args>",
            &[('i', "<command-name>/review</command-name>"), ('u', "the parser")],
        );
        check("<command-args></command-args>", &[]);
        check(
            "<hook_context>[begin 1a handoff]</hook_context>\n\nWhat is next?",
            &[('i', "<hook_context>[begin 1a handoff]</hook_context>"), ('u', "What is next?")],
        );
        check("/exit\n ⎿  Catch you later!", &[('i', "/exit\n ⎿  Catch you later!")]);
        check("/etc/hosts is gone", &[('u', "/etc/hosts is gone")]);
        let summary = "This session is being continued from a previous conversation that ran out of context.";
        check(summary, &[('c', summary)]);
    }

    #[test]
    fn the_issue_of_a_worded_task_is_what_the_user_says() {
        let task = "Please solve this issue: It breaks\n\nYou can execute bash commands and edit files to implement the necessary changes.\n\n## Rules";
        let rules =
            "You can execute bash commands and edit files to implement the necessary changes.\n\n## Rules";
        check(task, &[('u', "Please solve this issue: It breaks"), ('i', rules)]);
        check("Please solve this issue: It breaks", &[('u', "Please solve this issue: It breaks")]);
    }

    #[test]
    fn many_opened_tags_take_linear_time() {
        check(&"<".repeat(1 << 20), &[('u', &"<".repeat(1 << 20))]);
        let open = "<rules>\n".repeat(100_000);
        check(&open, &[('u', open.trim())]);
    }
}
