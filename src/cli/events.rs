//! The events of a transcript for people: one a line, or each in full.

use std::fmt::Write;

use baton::event::{
    Action, Actor, Call, Context, Event, EventKind, Status, TodoState, ToolResult, Transcript,
};

use super::list::one_line;

/// The most characters of what an event says, unless all is asked for.
const SHOWN: usize = 100;
/// Where the words of an event begin.
const MARGIN: usize = 27;

/// All events in the order of the file, under the days on which they happened; cut to a line each unless `whole`.
pub fn page(transcript: &Transcript, whole: bool) -> String {
    let mut text = String::new();
    let mut today = None;
    for event in &transcript.events {
        let day = event.time.map(|time| time.strftime("%Y-%m-%d").to_string());
        if day.is_some() && day != today {
            let _ = writeln!(text, "{} (UTC)", day.as_deref().unwrap_or_default());
            today = day;
        }
        write_event(&mut text, event, whole);
    }
    text
}

fn write_event(text: &mut String, event: &Event, whole: bool) {
    let time = event.time.map(|time| time.strftime("%H:%M").to_string()).unwrap_or_default();
    let (who, what) = told(&event.kind);
    let who = if event.actor == Actor::Subagent { format!("↳ {who}") } else { who.to_owned() };
    let aside = if event.abandoned { "(taken back) " } else { "" };
    let what = if whole { in_full(&what) } else { one_line(&what, SHOWN) };
    let line = format!("{:>6}  {time:5}  {who:10}  {aside}{what}", event.line);
    let _ = writeln!(text, "{}", line.trim_end());
}

/// Every line of a text below the other.
fn in_full(text: &str) -> String {
    let lines = text.trim_end().lines().map(|line| line.replace(char::is_control, " "));
    lines.collect::<Vec<_>>().join(&format!("\n{}", " ".repeat(MARGIN)))
}

/// Who does something, and what.
fn told(kind: &EventKind) -> (&'static str, String) {
    match kind {
        EventKind::User { text } => ("user", text.clone()),
        EventKind::Command { name, arguments } => ("user", format!("{name} {arguments}")),
        EventKind::PlanApproved { plan } => ("user", format!("accepts the plan: {plan}")),
        EventKind::Interrupted => ("user", "stops the agent".to_owned()),
        EventKind::Injected { text } => ("host", text.clone()),
        EventKind::Compacted { summary: None } => ("host", "compacts the conversation".to_owned()),
        EventKind::Compacted { summary: Some(summary) } => {
            ("host", format!("compacts the conversation: {summary}"))
        }
        EventKind::ChangedOutside { path } => ("host", format!("{path} was changed by somebody else")),
        EventKind::Context(context) => ("host", place(context)),
        EventKind::Usage(usage) => {
            let (input, cached, output) = (usage.input, usage.cached, usage.output);
            ("host", format!("{input} tokens in ({cached} cached), {output} out"))
        }
        EventKind::Assistant { text } => ("agent", text.clone()),
        EventKind::Reasoning { text } => ("thinks", text.clone()),
        EventKind::Call(call) => ("calls", format!("{}: {}", call.tool, asked(call))),
        EventKind::Result(result) => (ended(result.status), answered(result)),
        EventKind::Todos(todos) => {
            let each = todos.iter().map(|todo| format!("[{}] {}", mark(todo.state), todo.text));
            ("to-do", each.collect::<Vec<_>>().join("\n"))
        }
    }
}

/// What a call is about.
fn asked(call: &Call) -> String {
    match &call.action {
        Action::Run { command, .. } => command.clone(),
        Action::Read { path, range: None } => path.clone(),
        Action::Read { path, range: Some(range) } => format!("{path}:{}-{}", range.start, range.end),
        Action::Edit(edits) => edits.iter().map(|edit| edit.path.as_str()).collect::<Vec<_>>().join(", "),
        Action::Search { pattern, path: None } => pattern.clone(),
        Action::Search { pattern, path: Some(path) } => format!("{pattern} in {path}"),
        Action::Ask(questions) => {
            questions.iter().map(|question| question.text.as_str()).collect::<Vec<_>>().join("\n")
        }
        Action::Plan { text } => text.clone(),
        Action::Delegate { prompt } => prompt.clone(),
        Action::Other => call.input.clone(),
    }
}

fn ended(status: Status) -> &'static str {
    match status {
        Status::Ok => "= ok",
        Status::Failed => "= failed",
        Status::Denied => "= refused",
        Status::Interrupted => "= stopped",
    }
}

fn answered(result: &ToolResult) -> String {
    let exit =
        result.exit.filter(|exit| *exit != 0).map(|exit| format!("(exit {exit}) ")).unwrap_or_default();
    exit + &result.text
}

fn mark(state: TodoState) -> char {
    match state {
        TodoState::Pending => ' ',
        TodoState::InProgress => '~',
        TodoState::Completed => 'x',
        TodoState::Cancelled => '-',
    }
}

/// What is known of where a session runs.
fn place(context: &Context) -> String {
    let fields = [
        ("session", &context.session),
        ("folder", &context.cwd),
        ("branch", &context.branch),
        ("commit", &context.commit),
        ("repository", &context.repository),
        ("model", &context.model),
        ("agent", &context.agent),
        ("title", &context.title),
        ("pull request", &context.pull_request),
    ];
    let known = fields.iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_deref()?)));
    known.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_told_in_lines() {
        let event = |line: u32, kind: EventKind| Event {
            line,
            time: "2026-11-21T13:02:50Z".parse().ok().filter(|_| line > 1),
            actor: if line == 3 { Actor::Subagent } else { Actor::Main },
            abandoned: line == 4,
            kind,
        };
        let result = ToolResult {
            call: None,
            status: Status::Failed,
            exit: Some(2),
            text: "no\nsuch".into(),
            edits: Vec::new(),
            read: None,
            answers: Vec::new(),
        };
        let events = vec![
            event(1, EventKind::User { text: "fix\nit".into() }),
            event(2, EventKind::Assistant { text: "é".repeat(200) }),
            event(3, EventKind::Result(result)),
            event(4, EventKind::Interrupted),
        ];
        let transcript = Transcript { events, ..Transcript::default() };
        let cut = "é".repeat(SHOWN);
        let lines = [
            "     1         user        fix it",
            "2026-11-21 (UTC)",
            &format!("     2  13:02  agent       {cut}…"),
            "     3  13:02  ↳ = failed  (exit 2) no such",
            "     4  13:02  user        (taken back) stops the agent",
        ];
        assert_eq!(page(&transcript, false), lines.join("\n") + "\n");
        assert!(
            page(&transcript, true)
                .starts_with("     1         user        fix\n                           it\n")
        );
    }
}
