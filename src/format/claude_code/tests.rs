//! One kind of record after the other: what it becomes.

mod branches;

use serde_json::{Value, json};

use crate::event::{
    Action, Actor, Answer, Call, Change, Context, EventKind, FileEdit, FileRead, Hunk, HunkPosition,
    Question, Status, Todo, TodoState, ToolResult, Transcript, Usage,
};

pub(super) fn read(lines: &[Value]) -> Transcript {
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    (super::FORMAT.read)(text.join("\n").as_bytes())
}

/// Each line gives these events, and there is nothing to warn of.
#[track_caller]
fn check(lines: &[Value], expected: &[(u32, EventKind)]) {
    let transcript = read(lines);
    assert_eq!(transcript.warnings, []);
    let events: Vec<(u32, EventKind)> =
        transcript.events.into_iter().map(|event| (event.line, event.kind)).collect();
    assert_eq!(events, expected);
}

pub(super) fn said(text: &str) -> Value {
    json!({"type": "user", "message": {"role": "user", "content": text}})
}

pub(super) fn blocks(kind: &str, content: &Value) -> Value {
    json!({"type": kind, "message": {"role": kind, "content": content}})
}

pub(super) fn called(id: &str, name: &str, input: &Value) -> Value {
    blocks("assistant", &json!([{"type": "tool_use", "id": id, "name": name, "input": input}]))
}

pub(super) fn answered(id: &str, text: &str, side: &Value) -> Value {
    let mut record = blocks("user", &json!([{"type": "tool_result", "tool_use_id": id, "content": text}]));
    record["toolUseResult"] = side.clone();
    record
}

fn failed(id: &str, text: &str) -> Value {
    blocks("user", &json!([{"type": "tool_result", "tool_use_id": id, "content": text, "is_error": true}]))
}

fn user(text: &str) -> EventKind {
    EventKind::User { text: text.to_owned() }
}

fn injected(text: &str) -> EventKind {
    EventKind::Injected { text: text.to_owned() }
}

fn call(tool: &str, input: &str, action: Action) -> EventKind {
    EventKind::Call(Call { tool: tool.to_owned(), input: input.to_owned(), action })
}

fn run(command: &str) -> EventKind {
    call("Bash", command, Action::Run { command: command.to_owned(), cwd: None })
}

fn result(call: usize, text: &str) -> ToolResult {
    ToolResult {
        call: Some(call),
        status: Status::Ok,
        exit: None,
        text: text.to_owned(),
        edits: Vec::new(),
        read: None,
        answers: Vec::new(),
    }
}

fn todos(entries: &[(&str, TodoState)]) -> EventKind {
    EventKind::Todos(entries.iter().map(|&(text, state)| Todo { text: text.to_owned(), state }).collect())
}

#[test]
fn what_the_user_says() {
    check(&[said("fix it")], &[(1, user("fix it"))]);
    check(
        &[blocks(
            "user",
            &json!([{"type": "image", "source": {"data": "AAAA"}}, {"type": "text", "text": "see [Image #1]"}]),
        )],
        &[(1, user("see [Image #1]"))],
    );
    check(
        &[said("do it\n<system-reminder>\nbe brief\n</system-reminder>")],
        &[(1, injected("be brief")), (1, user("do it"))],
    );
    check(&[said("[Request interrupted by user for tool use]")], &[(1, EventKind::Interrupted)]);
    check(&[said("<local-command-stdout>done</local-command-stdout>")], &[(1, injected("done"))]);
    let mut meta = said("Base directory for this skill: /s\n\n# Skill");
    meta["isMeta"] = json!(true);
    check(&[meta], &[(1, injected("Base directory for this skill: /s\n\n# Skill"))]);
    let mut notice = said("a task is done");
    notice["origin"] = json!({"kind": "task-notification"});
    check(&[notice], &[(1, injected("a task is done"))]);
}

#[test]
fn commands() {
    let command = |name: &str, arguments: &str| {
        said(&format!(
            "<command-message>m</command-message>\n<command-name>{name}</command-name>\n<command-args>{arguments}</command-args>"
        ))
    };
    let invoked = |name: &str, arguments: &str| EventKind::Command {
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    };
    check(&[command("/deploy", "staging")], &[(1, invoked("/deploy", "staging"))]);
    check(&[command("/clear", "")], &[]);
    check(&[command("/compact", "keep the list of ports")], &[(1, user("keep the list of ports"))]);
    check(
        &[command("plan-it", "how do we cache results")],
        &[(1, invoked("/plan-it", "how do we cache results")), (1, user("how do we cache results"))],
    );
    let shell = call("bash-input", "git pull", Action::Run { command: "git pull".to_owned(), cwd: None });
    check(
        &[
            said("<bash-input>git pull</bash-input>"),
            said("<bash-stdout>ok</bash-stdout><bash-stderr></bash-stderr>"),
        ],
        &[(1, shell), (2, EventKind::Result(result(0, "ok")))],
    );
}

#[test]
fn queued_messages_stand_once() {
    let queued = |operation: &str, text: &str| json!({"type": "queue-operation", "operation": operation, "content": text, "sessionId": ""});
    let attached = json!({"type": "attachment", "attachment": {"type": "queued_command", "prompt": "also this", "commandMode": "prompt"}});
    check(
        &[queued("enqueue", "also this"), queued("dequeue", ""), said("also this"), said("also this")],
        &[(1, user("also this")), (4, user("also this"))],
    );
    check(&[queued("enqueue", "also this"), attached.clone()], &[(1, user("also this"))]);
    check(&[attached], &[(1, user("also this"))]);
    check(
        &[queued("enqueue", "<task-notification>x</task-notification>"), queued("enqueue", "/compact")],
        &[],
    );
    let taken_back = read(&[queued("enqueue", "no"), queued("popAll", "no")]);
    assert_eq!(taken_back.events.iter().map(|event| event.abandoned).collect::<Vec<_>>(), [true]);
}

#[test]
fn what_the_agent_says_and_its_figures_once_a_message() {
    let part = |block: Value, output: u64| {
        json!({"type": "assistant", "message": {"id": "m", "role": "assistant", "content": [block],
            "usage": {"input_tokens": 1, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 300, "output_tokens": output}}})
    };
    check(
        &[
            part(json!({"type": "thinking", "thinking": "hm", "signature": "s"}), 1),
            part(json!({"type": "text", "text": "Done."}), 9),
        ],
        &[
            (1, EventKind::Reasoning { text: "hm".to_owned() }),
            (1, EventKind::Usage(Usage { input: 321, cached: 300, output: 9 })),
            (2, EventKind::Assistant { text: "Done.".to_owned() }),
        ],
    );
    check(
        &[part(json!({"type": "thinking", "thinking": "", "signature": "s"}), 1)],
        &[(1, EventKind::Usage(Usage { input: 321, cached: 300, output: 1 }))],
    );
    let mut refused = blocks("assistant", &json!([{"type": "text", "text": "API Error: 529"}]));
    refused["isApiErrorMessage"] = json!(true);
    check(&[refused], &[(1, injected("API Error: 529"))]);
}

#[test]
fn how_commands_end() {
    let ended = |status: Status, exit: Option<i32>, text: &str| {
        EventKind::Result(ToolResult { status, exit, ..result(0, text) })
    };
    let input = json!({"command": "make"});
    let after = |record: Value, expected: EventKind| {
        check(&[called("c", "Bash", &input), record], &[(1, run("make")), (2, expected)]);
    };
    after(
        answered("c", "ok", &json!({"stdout": "ok", "interrupted": false})),
        ended(Status::Ok, Some(0), "ok"),
    );
    after(failed("c", "Exit code 2\nno rule"), ended(Status::Failed, Some(2), "Exit code 2\nno rule"));
    after(
        failed("c", "<tool_use_error>bad input</tool_use_error>"),
        ended(Status::Failed, None, "bad input"),
    );
    after(
        answered("c", "", &json!({"returnCodeInterpretation": "No matches found"})),
        ended(Status::Ok, None, ""),
    );
    after(answered("c", "started", &json!({"backgroundTaskId": "b1"})), ended(Status::Ok, None, "started"));
    after(answered("c", "half", &json!({"interrupted": true})), ended(Status::Interrupted, None, "half"));
    let refusal = "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. …). ";
    after(
        failed("c", &format!("{refusal}STOP what you are doing and wait.")),
        ended(Status::Denied, None, ""),
    );
    after(
        failed(
            "c",
            &format!(
                "{refusal}To tell you how to proceed, the user said:\nuse just\n\nNote: The user's next message may contain a correction"
            ),
        ),
        ended(Status::Denied, None, "use just"),
    );
    after(
        failed(
            "c",
            &format!(
                "{refusal}To tell you how to proceed, the user said:\nThe user wants to clarify these questions.\n …"
            ),
        ),
        ended(Status::Denied, None, ""),
    );
    let mut unavailable = failed("c", "auto mode cannot decide");
    unavailable["toolDenialKind"] = json!("automode-unavailable");
    after(unavailable, ended(Status::Failed, None, "auto mode cannot decide"));
}

#[test]
fn results_of_any_shape() {
    let reminder = "out\n\n<system-reminder>\nmind this\n</system-reminder>\n";
    check(
        &[called("c", "Bash", &json!({"command": "x"})), answered("c", reminder, &Value::Null)],
        &[
            (1, run("x")),
            (2, EventKind::Result(ToolResult { exit: Some(0), ..result(0, "out") })),
            (2, injected("mind this")),
        ],
    );
    let listed = json!([{"type": "tool_result", "tool_use_id": "c", "content": [{"type": "text", "text": "a"}, {"type": "image", "source": {}}, {"type": "text", "text": "b"}]}]);
    check(
        &[blocks("user", &listed)],
        &[(1, EventKind::Result(ToolResult { call: None, ..result(0, "a\nb") }))],
    );
    let none = json!([{"type": "tool_result", "tool_use_id": "c", "content": null}]);
    check(&[blocks("user", &none)], &[(1, EventKind::Result(ToolResult { call: None, ..result(0, "") }))]);
}

#[test]
fn a_result_written_before_its_call() {
    let ok = EventKind::Result(ToolResult { exit: Some(0), ..result(1, "ok") });
    check(
        &[answered("c", "ok", &json!({"stdout": "ok"})), called("c", "Bash", &json!({"command": "x"}))],
        &[(1, ok), (2, run("x"))],
    );
}

#[test]
fn interleaved_calls_find_their_results() {
    let ended =
        |call: usize, text: &str| EventKind::Result(ToolResult { exit: Some(0), ..result(call, text) });
    check(
        &[
            called("a", "Bash", &json!({"command": "1"})),
            called("b", "Bash", &json!({"command": "2"})),
            answered("b", "two", &Value::Null),
            answered("a", "one", &Value::Null),
        ],
        &[(1, run("1")), (2, run("2")), (3, ended(1, "two")), (4, ended(0, "one"))],
    );
}

#[test]
fn edits() {
    let hunk = |position: Option<(u32, u32, u32, u32)>, lines: &str| Hunk {
        position: position.map(|(old_start, old_lines, new_start, new_lines)| HunkPosition {
            old_start,
            old_lines,
            new_start,
            new_lines,
        }),
        lines: lines.to_owned(),
        ..Hunk::default()
    };
    let edit = |change: Change, hunks: Vec<Hunk>, content: Option<&str>| FileEdit {
        path: "/p/a.rs".to_owned(),
        change,
        hunks,
        content: content.map(str::to_owned),
    };
    let input = json!({"file_path": "/p/a.rs", "old_string": "x", "new_string": "y"});
    let proposed = call(
        "Edit",
        "/p/a.rs\nx\ny",
        Action::Edit(vec![edit(Change::Edited, vec![hunk(None, "-x\n+y")], None)]),
    );
    let patch = json!([{"oldStart": 3, "oldLines": 2, "newStart": 3, "newLines": 2, "lines": [" a", "-x", "+y", "\\ No newline at end of file"]}]);
    let changed = edit(Change::Edited, vec![hunk(Some((3, 2, 3, 2)), " a\n-x\n+y")], None);
    check(
        &[
            called("c", "Edit", &input),
            answered(
                "c",
                "updated",
                &json!({"filePath": "/p/a.rs", "structuredPatch": patch, "originalFile": "a\nx\n"}),
            ),
        ],
        &[
            (1, proposed.clone()),
            (2, EventKind::Result(ToolResult { edits: vec![changed], ..result(0, "updated") })),
        ],
    );
    check(
        &[called("c", "Edit", &input), answered("c", "updated", &json!("stripped"))],
        &[(1, proposed), (2, EventKind::Result(result(0, "updated")))],
    );

    let input = json!({"file_path": "/p/a.rs", "content": "new\n"});
    let proposed =
        call("Write", "/p/a.rs\nnew\n", Action::Edit(vec![edit(Change::Edited, vec![], Some("new\n"))]));
    let text = "File created successfully at: /p/a.rs";
    let written = EventKind::Result(ToolResult {
        edits: vec![edit(Change::Created, vec![], Some("new\n"))],
        ..result(0, text)
    });
    let side = json!({"type": "create", "filePath": "/p/a.rs", "content": "new\n", "structuredPatch": [], "originalFile": null});
    check(
        &[called("c", "Write", &input), answered("c", text, &side)],
        &[(1, proposed.clone()), (2, written.clone())],
    );
    check(&[called("c", "Write", &input), answered("c", text, &Value::Null)], &[(1, proposed), (2, written)]);
}

#[test]
fn reads() {
    let asked = call("Read", "/p/a", Action::Read { path: "/p/a".to_owned(), range: None });
    let shown = |start: u32, content: &str, total: Option<u32>| {
        Some(FileRead { path: "/p/a".to_owned(), start, content: content.to_owned(), total })
    };
    let read = |text: &str, side: &Value, read: Option<FileRead>| {
        check(
            &[called("c", "Read", &json!({"file_path": "/p/a"})), answered("c", text, side)],
            &[(1, asked.clone()), (2, EventKind::Result(ToolResult { read, ..result(0, text) }))],
        );
    };
    read(
        "     7→a\n     8→b",
        &json!({"type": "text", "file": {"filePath": "/p/a", "content": "a\r\nb\n", "startLine": 7, "numLines": 2, "totalLines": 90}}),
        shown(7, "a\nb", Some(90)),
    );
    read("     7→a\n     8→", &Value::Null, shown(7, "a\n", None));
    read("9\ta\tb\n10\t\nnot a line", &Value::Null, shown(9, "a\tb\n", None));
    read("unchanged", &json!({"type": "file_unchanged", "file": {"filePath": "/p/a"}}), None);
    read("", &json!({"type": "image", "file": {"base64": "AAAA"}}), None);
}

#[test]
fn questions_and_plans() {
    let asked = json!({"questions": [{"question": "Which?", "options": []}]});
    let question = Question { text: "Which?".to_owned(), options: Vec::new() };
    let ask = call("AskUserQuestion", "Which?", Action::Ask(vec![question]));
    let told = |text: &str| {
        let answers = vec![Answer { question: "Which?".to_owned(), answer: "The \"big\" one".to_owned() }];
        EventKind::Result(ToolResult { answers, ..result(0, text) })
    };
    for (text, side) in [
        ("told", json!({"answers": {"Which?": "The \"big\" one"}})),
        (
            "User has answered your questions: \"Which?\"=\"The \"big\" one\". You can now continue.",
            Value::Null,
        ),
    ] {
        check(
            &[called("c", "AskUserQuestion", &asked), answered("c", text, &side)],
            &[(1, ask.clone()), (2, told(text))],
        );
    }
    let proposed = call("ExitPlanMode", "# P", Action::Plan { text: "# P".to_owned() });
    let approved = |plan: &str| EventKind::PlanApproved { plan: plan.to_owned() };
    let plan = called("c", "ExitPlanMode", &json!({"plan": "# P"}));
    check(
        &[plan.clone(), answered("c", "ok", &json!({"plan": "# P, edited"}))],
        &[(1, proposed.clone()), (2, EventKind::Result(result(0, "ok"))), (2, approved("# P, edited"))],
    );
    check(
        &[plan, failed("c", "no")],
        &[(1, proposed), (2, EventKind::Result(ToolResult { status: Status::Failed, ..result(0, "no") }))],
    );
    let mut told = said("Implement the following plan:\n\n# P");
    told["planContent"] = json!("# P");
    check(&[told], &[(1, approved("# P")), (1, user("Implement the following plan:\n\n# P"))]);
}

#[test]
fn to_do_lists() {
    let write = json!({"todos": [{"content": "a", "status": "in_progress", "activeForm": "A"}, {"content": "b", "status": "pending"}]});
    check(
        &[called("c", "TodoWrite", &write), called("d", "TodoWrite", &write)],
        &[
            (1, call("TodoWrite", "a\nin_progress\nA\nb\npending", Action::Other)),
            (1, todos(&[("a", TodoState::InProgress), ("b", TodoState::Pending)])),
            (2, call("TodoWrite", "a\nin_progress\nA\nb\npending", Action::Other)),
        ],
    );
    check(
        &[
            called("c", "TaskCreate", &json!({"subject": "a"})),
            answered("c", "Task #4 created successfully: a", &json!({"task": {"id": "4", "subject": "a"}})),
            called("u", "TaskUpdate", &json!({"taskId": "4", "status": "completed"})),
            answered("u", "Updated task #4 status", &json!({"success": true})),
        ],
        &[
            (1, call("TaskCreate", "a", Action::Other)),
            (2, EventKind::Result(result(0, "Task #4 created successfully: a"))),
            (2, todos(&[("a", TodoState::Pending)])),
            (3, call("TaskUpdate", "4\ncompleted", Action::Other)),
            (4, EventKind::Result(result(3, "Updated task #4 status"))),
            (4, todos(&[("a", TodoState::Completed)])),
        ],
    );
}

#[test]
fn compactions() {
    let boundary = json!({"type": "system", "subtype": "compact_boundary", "content": "Conversation compacted", "compactMetadata": {"trigger": "auto"}});
    let mut summary = said("1. Primary Request: …");
    summary["isCompactSummary"] = json!(true);
    let compacted = |summary: Option<&str>| EventKind::Compacted { summary: summary.map(str::to_owned) };
    check(&[boundary.clone(), summary.clone()], &[(1, compacted(Some("1. Primary Request: …")))]);
    check(&[boundary.clone(), said("go on")], &[(1, compacted(None)), (2, user("go on"))]);
    check(&[summary], &[(1, compacted(Some("1. Primary Request: …")))]);
}

#[test]
fn where_it_runs_is_told_when_it_changes() {
    let at = |cwd: &str, text: &str| json!({"type": "user", "sessionId": "s", "cwd": cwd, "gitBranch": "main", "version": "2.1.0", "message": {"content": text}});
    let title = |kind: &str, key: &str, title: &str| json!({"type": kind, key: title});
    let some = |text: &str| Some(text.to_owned());
    check(
        &[
            at("/p", "a"),
            at("/p", "b"),
            at("/q", "c"),
            title("ai-title", "aiTitle", "Made up"),
            title("custom-title", "customTitle", "Mine"),
            title("ai-title", "aiTitle", "Made up again"),
            json!({"type": "pr-link", "prUrl": "https://example.org/pull/1", "prNumber": 1}),
        ],
        &[
            (
                1,
                EventKind::Context(Context {
                    session: some("s"),
                    cwd: some("/p"),
                    branch: some("main"),
                    agent: some("Claude Code 2.1.0"),
                    ..Context::default()
                }),
            ),
            (1, user("a")),
            (2, user("b")),
            (3, EventKind::Context(Context { cwd: some("/q"), ..Context::default() })),
            (3, user("c")),
            (4, EventKind::Context(Context { title: some("Made up"), ..Context::default() })),
            (5, EventKind::Context(Context { title: some("Mine"), ..Context::default() })),
            (
                7,
                EventKind::Context(Context {
                    pull_request: some("https://example.org/pull/1"),
                    ..Context::default()
                }),
            ),
        ],
    );
}

#[test]
fn attachments() {
    let attached =
        |attachment: Value| json!({"type": "attachment", "parentUuid": null, "attachment": attachment});
    check(
        &[attached(json!({"type": "edited_text_file", "filename": "/p/a", "snippet": "1\tx"}))],
        &[(1, EventKind::ChangedOutside { path: "/p/a".to_owned() }), (1, injected("1\tx"))],
    );
    check(
        &[attached(
            json!({"type": "nested_memory", "path": "/p/m", "content": {"type": "Project", "content": "be kind", "rawContent": "be kind"}}),
        )],
        &[(1, injected("be kind"))],
    );
    check(
        &[attached(
            json!({"type": "file", "filename": "/p/a", "content": {"type": "text", "file": {"filePath": "/p/a", "content": "x"}}}),
        )],
        &[(1, injected("x"))],
    );
    check(
        &[attached(
            json!({"type": "task_reminder", "content": [{"id": "1", "subject": "a", "status": "completed"}], "itemCount": 1}),
        )],
        &[(1, todos(&[("a", TodoState::Completed)]))],
    );
    check(
        &[
            attached(json!({"type": "hook_system_message", "content": "for the screen"})),
            attached(json!({"type": "new_kind", "x": [1]})),
        ],
        &[],
    );
    let mut rendered = attached(json!({"type": "date", "date": "2026-03-01"}));
    rendered["rendered"] = json!([{"content": "Today is Sunday."}]);
    check(&[rendered], &[(1, injected("Today is Sunday."))]);
}

#[test]
fn subagents() {
    let inner = |kind: &str, content: Value| json!({"type": "progress", "data": {"type": "agent_progress", "message": blocks(kind, &content)}});
    let lines = [
        said("go"),
        inner("user", json!("look around")),
        inner(
            "assistant",
            json!([{"type": "tool_use", "id": "c", "name": "Bash", "input": {"command": "ls"}}]),
        ),
        inner("user", json!([{"type": "tool_result", "tool_use_id": "c", "content": "a"}])),
    ];
    check(
        &lines,
        &[
            (1, user("go")),
            (2, injected("look around")),
            (3, run("ls")),
            (4, EventKind::Result(ToolResult { exit: Some(0), ..result(2, "a") })),
        ],
    );
    let actors: Vec<Actor> = read(&lines).events.iter().map(|event| event.actor).collect();
    assert_eq!(actors, [Actor::Main, Actor::Subagent, Actor::Subagent, Actor::Subagent]);

    let mut aside = said("look");
    aside["isSidechain"] = json!(true);
    let actors = |lines: &[Value]| read(lines).events.iter().map(|event| event.actor).collect::<Vec<_>>();
    assert_eq!(actors(&[said("go"), aside.clone()]), [Actor::Main, Actor::Subagent]);
    check(&[aside.clone(), aside], &[(1, user("look")), (2, user("look"))]);
}

/// A record in the tree.
pub(super) fn node(uuid: &str, parent: &str, mut record: Value) -> Value {
    record["uuid"] = json!(uuid);
    record["parentUuid"] = json!(parent);
    record
}

#[test]
fn lost_records_cost_themselves() {
    let text = format!(
        "{}\nnot json\n\n[1]\n{}{}\n{}",
        said("a"),
        said("b"),
        said("c"),
        &said("torn").to_string()[..30]
    );
    let transcript = (super::FORMAT.read)(text.as_bytes());
    let told: Vec<(u32, EventKind)> =
        transcript.events.into_iter().map(|event| (event.line, event.kind)).collect();
    assert_eq!(told, [(1, user("a")), (5, user("b")), (5, user("c"))]);
    let warned: Vec<u32> = transcript.warnings.iter().map(|warning| warning.line).collect();
    assert_eq!(warned, [2, 4, 6]);
    assert_eq!(
        transcript.warnings[2].message,
        "the file ends in the middle of this line; its record is lost"
    );
}

#[test]
fn half_a_surrogate_pair_costs_a_character() {
    let line = r#"{"type":"user","message":{"content":"cut \ud83d, whole \ud83d\ude00, \\ud83d"}}"#;
    let transcript = (super::FORMAT.read)(line.as_bytes());
    assert_eq!(transcript.events[0].kind, user("cut \u{fffd}, whole \u{1f600}, \\ud83d"));
}

#[test]
fn claims_its_own_files() {
    let claims = |text: &str| (super::FORMAT.claims)(&crate::format::Head::of(text.as_bytes()));
    assert!(claims(&said("a").to_string()));
    assert!(claims(r#"{"type":"summary","summary":"S","leafUuid":"x"}"#));
    assert!(claims(r#"{"type":"queue-operation","operation":"enqueue","content":"a","sessionId":"s"}"#));
    assert!(!claims(r#"{"role":"user","content":"a"}"#));
    assert!(!claims(r#"{"type":"message","message":{"role":"user","content":"a"}}"#));
    assert!(!claims(
        r#"{"type":"user","message":{"role":"user","parts":[{"text":"a"}]},"uuid":"u","sessionId":"s"}"#
    ));
    assert!(!claims(r#"{"type":"user.message","data":{"content":"a"}}"#));
    assert!(!claims("{\n  \"messages\": []\n}"));
    assert!(!claims("said: {\"type\":\"user\"}"));
}

#[test]
fn ignored_records_are_listed_once() {
    assert!(super::kinds::IGNORED.is_sorted_by(|(one, _), (other, _)| one < other));
}
