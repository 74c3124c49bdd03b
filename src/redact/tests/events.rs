//! Every kind of event, and every field of it, goes through the gate.

use std::cell::Cell;

use super::*;
use crate::event::*;

/// Hands out one secret after another and remembers how many.
struct Secrets(Cell<u64>);

impl Secrets {
    fn next(&self) -> String {
        self.0.set(self.0.get() + 1);
        ["npm_", &body(ALNUM, 36, self.0.get())].concat()
    }

    #[expect(clippy::unnecessary_wraps, reason = "it fills optional fields")]
    fn some(&self) -> Option<String> {
        Some(self.next())
    }
}

fn edit(it: &Secrets) -> FileEdit {
    let hunk = Hunk {
        position: Some(HunkPosition { old_start: 1, old_lines: 1, new_start: 1, new_lines: 1 }),
        lines: format!("-{}\n+{}", it.next(), it.next()),
        everywhere: false,
        heading: it.some(),
    };
    let change = Change::Renamed { from: it.next() };
    FileEdit { path: it.next(), change, hunks: vec![hunk], content: it.some() }
}

fn actions(it: &Secrets) -> Vec<Action> {
    let option = QuestionOption { label: it.next(), description: it.next() };
    vec![
        Action::Run { command: it.next(), cwd: it.some() },
        Action::Read { path: it.next(), range: Some(LineRange { start: 1, end: 2 }) },
        Action::Edit(vec![edit(it)]),
        Action::Search { pattern: it.next(), path: it.some() },
        Action::Ask(vec![Question { text: it.next(), options: vec![option] }]),
        Action::Plan { text: it.next() },
        Action::Delegate { prompt: it.next() },
        Action::Other,
    ]
}

fn result(it: &Secrets) -> ToolResult {
    ToolResult {
        call: Some(0),
        status: Status::Ok,
        exit: Some(0),
        text: it.next(),
        edits: vec![edit(it)],
        read: Some(FileRead { path: it.next(), start: 1, content: it.next(), total: None }),
        answers: vec![Answer { question: it.next(), answer: it.next() }],
    }
}

fn context(it: &Secrets) -> Context {
    Context {
        session: it.some(),
        cwd: it.some(),
        branch: it.some(),
        commit: it.some(),
        repository: it.some(),
        model: it.some(),
        agent: it.some(),
        title: it.some(),
        pull_request: it.some(),
    }
}

fn kinds(it: &Secrets) -> Vec<EventKind> {
    let call = |action| EventKind::Call(Call { tool: it.next(), input: it.next(), action });
    let mut kinds: Vec<EventKind> = actions(it).into_iter().map(call).collect();
    kinds.extend([
        EventKind::User { text: it.next() },
        EventKind::Command { name: it.next(), arguments: it.next() },
        EventKind::Injected { text: it.next() },
        EventKind::Assistant { text: it.next() },
        EventKind::Reasoning { text: it.next() },
        EventKind::Result(result(it)),
        EventKind::Todos(vec![Todo { text: it.next(), state: TodoState::Pending }]),
        EventKind::PlanApproved { plan: it.next() },
        EventKind::Interrupted,
        EventKind::Compacted { summary: it.some() },
        EventKind::ChangedOutside { path: it.next() },
        EventKind::Context(context(it)),
        EventKind::Usage(Usage::default()),
    ]);
    kinds
}

#[test]
fn no_secret_survives_in_any_field() {
    let secrets = Secrets(Cell::new(0));
    let event = |kind| Event { line: 1, time: None, actor: Actor::Main, abandoned: false, kind };
    let mut it = Transcript {
        format: "claude-code",
        events: kinds(&secrets).into_iter().map(event).collect(),
        warnings: vec![Warning { line: 1, message: secrets.next() }],
    };
    let placed = usize::try_from(secrets.0.get()).unwrap();
    assert_eq!(format!("{it:?}").matches("npm_").count(), placed, "each secret stands in one field");
    assert_eq!(transcript(&mut it), placed);
    let shown = format!("{it:?}");
    assert!(!shown.contains("npm_"), "{shown}");
    assert_eq!(shown.matches("[redacted:npm-token]").count(), placed);
    assert!(placed >= 50, "{placed} fields");
}
