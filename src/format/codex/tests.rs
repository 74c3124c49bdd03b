//! Every kind of record, old and new, in made-up sessions.

#![expect(clippy::needless_pass_by_value, reason = "a record is written where it is handed over")]

mod laws;

use serde_json::{Value, json};

use super::*;
use crate::event::{
    Answer, Call, Change, FileEdit, FileRead, Hunk, HunkPosition, LineRange, Question, QuestionOption, Todo,
    TodoState, Transcript,
};

fn read(lines: &[Value]) -> Transcript {
    let text: Vec<_> = lines.iter().map(Value::to_string).collect();
    (FORMAT.read)(text.join("\n").as_bytes())
}

#[track_caller]
fn check(lines: &[Value], expected: &[EventKind]) {
    let transcript = read(lines);
    let kinds: Vec<_> = transcript.events.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, expected);
    assert_eq!(transcript.warnings, []);
}

fn item(payload: Value) -> Value {
    json!({"timestamp": "2026-01-02T03:04:05.000Z", "type": "response_item", "payload": payload})
}

fn event(payload: Value) -> Value {
    json!({"timestamp": "2026-01-02T03:04:05.000Z", "type": "event_msg", "payload": payload})
}

fn message(role: &str, text: &str) -> Value {
    item(json!({"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}))
}

fn function(name: &str, id: &str, arguments: &Value) -> Value {
    item(json!({"type": "function_call", "name": name, "call_id": id, "arguments": arguments.to_string()}))
}

fn custom(name: &str, id: &str, input: &str) -> Value {
    item(json!({"type": "custom_tool_call", "name": name, "call_id": id, "input": input}))
}

fn output(id: &str, output: impl Into<Value>) -> Value {
    item(json!({"type": "function_call_output", "call_id": id, "output": output.into()}))
}

fn wrapped(text: &str, exit: i32) -> Value {
    json!({"output": text, "metadata": {"exit_code": exit, "duration_seconds": 0.1}}).to_string().into()
}

fn user(text: &str) -> EventKind {
    EventKind::User { text: text.to_owned() }
}

fn assistant(text: &str) -> EventKind {
    EventKind::Assistant { text: text.to_owned() }
}

fn injected(text: &str) -> EventKind {
    EventKind::Injected { text: text.to_owned() }
}

fn call(tool: &str, input: &str, action: Action) -> EventKind {
    EventKind::Call(Call { tool: tool.to_owned(), input: input.to_owned(), action })
}

fn run(command: &str) -> Action {
    Action::Run { command: command.to_owned(), cwd: None }
}

fn result(call: usize, status: Status, exit: Option<i32>, text: &str) -> EventKind {
    EventKind::Result(ToolResult { status, exit, text: text.to_owned(), ..empty(Some(call)) })
}

fn created(path: &str, content: &str) -> FileEdit {
    let (path, content) = (path.to_owned(), Some(content.to_owned()));
    FileEdit { path, change: Change::Created, hunks: Vec::new(), content }
}

const PATCH: &str = "*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch";

#[test]
fn headers_and_turns_tell_changes_only() {
    let git = json!({"branch": "main", "commit_hash": "c0ffee", "repository_url": "git@host:x.git"});
    let meta = json!({"type": "session_meta", "payload": {
        "id": "s1", "cwd": "/w", "originator": "codex-tui", "cli_version": "0.1.0", "git": git}});
    let other = json!({"type": "session_meta", "payload": {
        "id": "s0", "cwd": "/old", "git": {"branch": "older"}, "originator": "codex-tui"}});
    let turn = json!({"type": "turn_context", "payload": {"cwd": "/w", "model": "gpt-x"}});
    let moved = json!({"type": "turn_context", "payload": {"cwd": "/w2", "model": "gpt-x"}});
    let named = event(json!({"type": "thread_name_updated", "thread_name": "A title"}));
    let some = |text: &str| Some(text.to_owned());
    check(
        &[meta.clone(), other, turn.clone(), turn, meta, moved, named],
        &[
            EventKind::Context(Context {
                session: some("s1"),
                cwd: some("/w"),
                branch: some("main"),
                commit: some("c0ffee"),
                repository: some("git@host:x.git"),
                agent: some("codex-tui 0.1.0"),
                ..Context::default()
            }),
            EventKind::Context(Context { model: some("gpt-x"), ..Context::default() }),
            EventKind::Context(Context { cwd: some("/w2"), ..Context::default() }),
            EventKind::Context(Context { title: some("A title"), ..Context::default() }),
        ],
    );
}

#[test]
fn the_same_talk_is_counted_once_whoever_tells_it_first() {
    let said = [user("hello"), assistant("hi")];
    let items = [message("user", "hello"), message("assistant", "hi")];
    let events = [
        event(json!({"type": "user_message", "message": " hello\n"})),
        event(json!({"type": "agent_message", "message": "hi"})),
    ];
    let completed = |item: Value| event(json!({"type": "item_completed", "item": item}));
    let done = [
        completed(json!({"type": "UserMessage", "content": [{"type": "text", "text": "hello"}]})),
        completed(json!({"type": "AgentMessage", "content": [{"type": "Text", "text": "hi"}]})),
    ];
    let (items, events, done) = (items.as_slice(), events.as_slice(), done.as_slice());
    check(items, &said);
    check(&[items, events].concat(), &said);
    check(&[done, items, events].concat(), &said);
    check(&[items, events, items, events].concat(), &[said.as_slice(), said.as_slice()].concat());
    check(events, &[user("hello"), assistant("hi")]);
}

#[test]
fn the_screen_leaves_plans_and_citations_out() {
    let seen = "Done.\n\n<oai-mem-citation>\nx\n</oai-mem-citation>";
    let shown = |text: &str| event(json!({"type": "agent_message", "message": text}));
    check(&[shown("Done.\n\n"), message("assistant", seen)], &[assistant("Done.\n\n")]);
    check(&[message("assistant", seen), shown("Done.\n\n")], &[assistant("Done.")]);
    let planned = "So:\n<proposed_plan>p</proposed_plan>\nYes?";
    let plan = call("proposed_plan", "", Action::Plan { text: "p".to_owned() });
    check(&[message("assistant", planned), shown("So:\n\nYes?")], &[assistant(planned), plan]);
}

#[test]
fn what_the_host_puts_into_a_message_is_not_the_users() {
    for text in [
        "<environment_context>\n<cwd>/w</cwd>\n</environment_context>",
        "<user_instructions>be kind</user_instructions>",
        "<permissions instructions>x</permissions instructions>",
        "<INSTRUCTIONS>\nx</INSTRUCTIONS>",
        "<skill>\n<name>x</name></skill>",
        "<subagent_notification>{}</subagent_notification>",
        "# AGENTS.md instructions for /w\n\nx",
    ] {
        check(&[message("user", text)], &[injected(text)]);
    }
    check(&[message("developer", "rules")], &[injected("rules")]);
    check(&[message("user", "<div>what is this?</div>")], &[user("<div>what is this?</div>")]);
    check(&[message("user", "# Plan\ndo it")], &[user("# Plan\ndo it")]);
    let wrapped =
        "# Context from my IDE setup:\n\n## Active file: a.rs\n\n## My request for Codex:\nfix it\n";
    check(
        &[message("user", wrapped), event(json!({"type": "user_message", "message": wrapped}))],
        &[injected("# Context from my IDE setup:\n\n## Active file: a.rs"), user("fix it")],
    );
    let image = json!([{"type": "input_text", "text": "<image name=[Image #1]>"}, {"type": "input_image"},
        {"type": "input_text", "text": "</image>"}, {"type": "input_text", "text": "look"}]);
    check(&[item(json!({"type": "message", "role": "user", "content": image}))], &[user("look")]);
}

#[test]
fn a_stop_is_told_once() {
    let aborted = event(json!({"type": "turn_aborted", "reason": "interrupted"}));
    let marked = message("user", "<turn_aborted>\nThe user interrupted.\n</turn_aborted>");
    check(&[marked, aborted], &[EventKind::Interrupted]);
    check(&[event(json!({"type": "turn_aborted", "reason": "replaced"}))], &[]);
}

#[test]
fn thoughts_are_told_piece_by_piece() {
    let reasoning = item(json!({"type": "reasoning", "encrypted_content": "x", "content": null,
        "summary": [{"type": "summary_text", "text": "one"}, {"type": "summary_text", "text": "two"}]}));
    let again = event(json!({"type": "agent_reasoning", "text": "one"}));
    let thought = |text: &str| EventKind::Reasoning { text: text.to_owned() };
    check(&[again, reasoning], &[thought("one"), thought("two")]);
}

#[test]
fn commands_come_in_many_shapes() {
    let check = |record: Value, tool: &str, input: &str, action: Action| {
        check(&[record], &[call(tool, input, action)]);
    };
    let list = json!({"command": ["bash", "-lc", "ls -a"], "workdir": "/w", "timeout_ms": 5});
    let in_w = Action::Run { command: "ls -a".to_owned(), cwd: Some("/w".to_owned()) };
    check(function("shell", "c", &list), "shell", "bash\n-lc\nls -a\n/w\n5", in_w);
    check(function("exec_command", "c", &json!({"cmd": "ls"})), "exec_command", "ls", run("ls"));
    check(function("shell_command", "c", &json!({"command": "ls"})), "shell_command", "ls", run("ls"));
    check(
        function("container.exec", "c", &json!({"cmd": ["ls", "a b"]})),
        "container.exec",
        "ls\na b",
        run("ls 'a b'"),
    );
    let local =
        json!({"type": "local_shell_call", "call_id": "c", "action": {"type": "exec", "command": ["ls"]}});
    check(item(local), "local_shell", "exec\nls", run("ls"));
    let object = json!({"type": "function_call", "name": "exec_command", "arguments": {"cmd": "ls"}});
    check(item(object), "exec_command", "ls", run("ls"));
    check(function("exec_command", "c", &json!({"cmd": 3})), "exec_command", "3", Action::Other);
    let torn = json!({"type": "function_call", "name": "shell", "arguments": "{\"command\": [\"ls"});
    check(item(torn), "shell", "{\"command\": [\"ls", Action::Other);
    check(item(json!({"type": "function_call", "name": "shell"})), "shell", "", Action::Other);
}

#[test]
fn other_tools_mean_what_they_do() {
    let check = |name: &str, arguments: Value, action: Action| {
        let transcript = read(&[function(name, "c", &arguments)]);
        let EventKind::Call(call) = &transcript.events[0].kind else { panic!("a call") };
        assert_eq!(call.action, action);
    };
    let path = || "a.png".to_owned();
    check("view_image", json!({"path": "a.png"}), Action::Read { path: path(), range: None });
    let range = Some(LineRange { start: 3, end: 4 });
    check(
        "read_file",
        json!({"file_path": "a.png", "offset": 3, "limit": 2}),
        Action::Read { path: path(), range },
    );
    let pattern = "x".to_owned();
    check("grep_files", json!({"pattern": "x"}), Action::Search { pattern, path: None });
    check("spawn_agent", json!({"message": "look"}), Action::Delegate { prompt: "look".to_owned() });
    check("apply_patch", json!({"input": PATCH}), Action::Edit(vec![created("a.txt", "hi\n")]));
    check("apply_patch", json!({"patch": "nonsense"}), Action::Other);
    check("write_stdin", json!({"session_id": 7, "chars": ""}), Action::Other);
    check("mcp__host__tool", json!({"query": "x"}), Action::Other);
}

#[test]
fn patches_are_edits_whatever_carries_them() {
    let heredoc = format!("apply_patch <<'EOF'\n{PATCH}\nEOF\n");
    let script = format!("const p = `{PATCH}`;\nawait tools.apply_patch(p);");
    let lines: Vec<_> = PATCH.lines().map(|line| json!(line).to_string()).collect();
    let joined = format!("text(await tools.apply_patch([{}].join(\"\\n\")))", lines.join(","));
    for record in [
        function("shell", "c", &json!({"command": ["apply_patch", PATCH]})),
        function("shell", "c", &json!({"command": ["bash", "-lc", heredoc]})),
        function("exec_command", "c", &json!({"cmd": heredoc})),
        function("apply_patch", "c", &json!({"input": PATCH})),
        custom("apply_patch", "c", PATCH),
        custom("exec", "c", &script),
        custom("exec", "c", &joined),
        custom("exec", "c", &format!("await tools.exec_command({{cmd: {}}})", json!(heredoc))),
        function("exec", "c", &json!({"input": script})),
    ] {
        let transcript = read(std::slice::from_ref(&record));
        let EventKind::Call(call) = &transcript.events[0].kind else { panic!("a call") };
        assert_eq!(call.action, Action::Edit(vec![created("a.txt", "hi\n")]), "{record}");
    }
}

#[test]
fn paths_of_a_patch_follow_its_folder() {
    let turn = json!({"type": "turn_context", "payload": {"cwd": "/w"}});
    let path = |workdir: &str| {
        let command = format!("apply_patch <<'EOF'\n{PATCH}\nEOF\n");
        let record = function("exec_command", "c", &json!({"cmd": command, "workdir": workdir}));
        let transcript = read(&[turn.clone(), record]);
        match &transcript.events[1].kind {
            EventKind::Call(Call { action: Action::Edit(edits), .. }) => edits[0].path.clone(),
            other => panic!("an edit, not {other:?}"),
        }
    };
    assert_eq!(path("/w"), "a.txt");
    assert_eq!(path("/v"), "/v/a.txt");
    assert_eq!(path("sub"), "sub/a.txt");
}

#[test]
fn outputs_come_in_many_wrappers() {
    let check = |given: Value, text: &str, status: Status, exit: Option<i32>| {
        let ran = call("exec_command", "make", run("make"));
        let records = [function("exec_command", "c", &json!({"cmd": "make"})), output("c", given)];
        check(&records, &[ran, result(0, status, exit, text)]);
    };
    check(wrapped("built\n", 0), "built\n", Status::Ok, Some(0));
    check(wrapped("broke\n", 2), "broke\n", Status::Failed, Some(2));
    let text = "Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 1\nOutput:\nno\n";
    check(text.into(), text, Status::Failed, Some(1));
    let text = "Exit code: 0\nWall time: 1 seconds\nOutput:\nProcess exited with code 9\n";
    check(text.into(), text, Status::Ok, Some(0));
    check("Exit code: 7".into(), "Exit code: 7", Status::Ok, None);
    let text = "failed in sandbox X with execution error: denied, exit code: 2, stdout: ";
    check(text.into(), text, Status::Failed, Some(2));
    check("exec command rejected by user".into(), "", Status::Denied, None);
    check("aborted by user after 2.0s".into(), "aborted by user after 2.0s", Status::Interrupted, None);
    let text = "apply_patch verification failed: no such lines";
    check(text.into(), text, Status::Failed, None);
    check(json!({"content": "no", "success": false}), "no", Status::Failed, None);
    check(json!({"type": "input_text", "text": "yes"}), "yes", Status::Ok, None);
    check(
        json!([{"type": "input_text", "text": "a"}, {"type": "input_image"}, "b"]),
        "a\nb",
        Status::Ok,
        None,
    );
    check(Value::Null, "", Status::Ok, None);
    check(json!(3), "", Status::Ok, None);
    check("{\"output\": 3}".into(), "{\"output\": 3}", Status::Ok, None);
}

#[test]
fn a_plain_read_keeps_its_place() {
    let read_in = |folder: &str, exit| {
        let turn = json!({"type": "turn_context", "payload": {"cwd": "/w"}});
        let arguments = json!({"command": ["bash", "-lc", "sed -n '3,4p' a.rs"], "workdir": folder});
        let records = [turn, function("shell", "c", &arguments), output("c", wrapped("x\ny\n", exit))];
        match read(&records).events.pop().map(|event| event.kind) {
            Some(EventKind::Result(result)) => result.read,
            other => panic!("a result, not {other:?}"),
        }
    };
    let shown = |path: &str| {
        Some(FileRead { path: path.to_owned(), start: 3, content: "x\ny".to_owned(), total: None })
    };
    assert_eq!(read_in("/w", 0), shown("a.rs"));
    assert_eq!(read_in("/v", 0), shown("/v/a.rs"));
    assert_eq!(read_in("sub", 0), shown("sub/a.rs"));
    assert_eq!(read_in("/w", 1), None);
}

#[test]
fn a_script_shows_a_file_only_where_it_shows_nothing_else() {
    let read_by = |source: &str, shown: &str| {
        let header = "Script completed\nWall time 0.1 seconds\nOutput:\n";
        let parts = json!([{"type": "input_text", "text": header}, {"type": "input_text", "text": shown}]);
        match read(&[custom("exec", "c", source), output("c", parts)]).events.pop().map(|event| event.kind) {
            Some(EventKind::Result(result)) => result.read.map(|read| (read.start, read.content)),
            other => panic!("a result, not {other:?}"),
        }
    };
    let shown = Some((3, "x\ny".to_owned()));
    let plain = "const r = await tools.exec_command({\"cmd\":\"sed -n '3,4p' a\"}); text(r.output)";
    assert_eq!(read_by(plain, "x\ny\n"), shown);
    let whole = "text(await tools.exec_command({cmd: \"sed -n '3,4p' a\"}))";
    assert_eq!(read_by(whole, r#"{"exit_code":0,"output":"x\ny\n"}"#), shown);
    assert_eq!(read_by(whole, "x\ny\n"), None);
    assert_eq!(read_by(&format!("{plain}; text(1)"), "x\ny\n"), None);
}

#[test]
fn a_command_left_running_gets_its_exit_status_later() {
    let running = "Wall time: 1 seconds\nProcess running with session ID 7\nOutput:\n";
    let ended = "Wall time: 1 seconds\nProcess exited with code 1\nOutput:\nbad\n";
    let records = [
        function("exec_command", "a", &json!({"cmd": "make"})),
        output("a", running),
        function("write_stdin", "b", &json!({"session_id": 7, "chars": ""})),
        output("b", ended),
        event(json!({"type": "exec_command_end", "call_id": "a", "command": ["make"], "exit_code": 1})),
    ];
    check(
        &records,
        &[
            call("exec_command", "make", run("make")),
            result(0, Status::Ok, None, running),
            call("write_stdin", "7\n", Action::Other),
            result(2, Status::Failed, Some(1), ended),
            result(0, Status::Failed, Some(1), ""),
        ],
    );
}

#[test]
fn a_script_left_running_is_waited_for() {
    let records = [
        custom("exec", "a", "await tools.exec_command({cmd: 'make'})"),
        output("a", "Script running with cell ID 3\nWall time 9 seconds\nOutput:\n"),
        function("wait", "b", &json!({"cell_id": "3"})),
        event(json!({"type": "exec_command_end", "call_id": "inner", "command": ["make"], "exit_code": 2})),
        output("b", "Script completed\nWall time 1 seconds\nOutput:\n"),
    ];
    let kinds: Vec<_> = read(&records).events.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds[3], result(0, Status::Failed, Some(2), ""));
    assert_eq!(kinds.len(), 5);
}

#[test]
fn the_hosts_account_stands_with_the_answer() {
    let diff = "@@ -4,1 +4,2 @@\n x\n+y\n";
    let changes = json!({"/w/a.rs": {"type": "update", "unified_diff": diff, "move_path": null},
        "/w/b.rs": {"type": "add", "content": "b\n"}, "/w/c.rs": {"type": "delete", "content": "c"},
        "/w/d.rs": {"update": {"unified_diff": "", "move_path": "/w/e.rs"}}, "/w/f.rs": {"type": "other"}});
    let end = event(json!({"type": "patch_apply_end", "call_id": "c", "success": true, "changes": changes}));
    let position = Some(HunkPosition { old_start: 4, old_lines: 1, new_start: 4, new_lines: 2 });
    let hunk = Hunk { position, lines: " x\n+y".to_owned(), ..Hunk::default() };
    let edit = |path: &str, change, hunks| FileEdit { path: path.to_owned(), change, hunks, content: None };
    let edits = vec![
        edit("/w/a.rs", Change::Edited, vec![hunk]),
        created("/w/b.rs", "b\n"),
        edit("/w/c.rs", Change::Deleted, Vec::new()),
        edit("/w/e.rs", Change::Renamed { from: "/w/d.rs".to_owned() }, Vec::new()),
    ];
    let patch = call("apply_patch", PATCH, Action::Edit(vec![created("a.txt", "hi\n")]));
    let answered = |text: &str, exit, edits| {
        EventKind::Result(ToolResult { text: text.to_owned(), exit, edits, ..empty(Some(0)) })
    };
    let (made, done) = (custom("apply_patch", "c", PATCH), output("c", wrapped("Done", 0)));
    check(
        &[made.clone(), end.clone(), done.clone()],
        &[patch.clone(), answered("Done", Some(0), edits.clone())],
    );
    check(
        &[made, done, end.clone(), end.clone()],
        &[patch, answered("Done", Some(0), Vec::new()), answered("", None, edits.clone())],
    );
    check(&[end], &[EventKind::Result(ToolResult { edits, ..empty(None) })]);
}

#[test]
fn a_failed_patch_changes_nothing() {
    let changes = json!({"/w/b.rs": {"type": "add", "content": "b\n"}});
    let end = event(json!({"type": "patch_apply_end", "call_id": "c", "success": false, "changes": changes}));
    check(
        &[custom("apply_patch", "c", PATCH), end, output("c", "no")],
        &[
            call("apply_patch", PATCH, Action::Edit(vec![created("a.txt", "hi\n")])),
            result(0, Status::Failed, None, "no"),
        ],
    );
}

#[test]
fn a_command_known_only_from_events_is_a_call_and_an_answer() {
    let end =
        json!({"type": "exec_command_end", "call_id": "c", "command": ["bash", "-lc", "ls"], "exit_code": 1});
    check(&[event(end)], &[call("exec_command", "", run("ls")), result(0, Status::Failed, Some(1), "")]);
}

#[test]
fn plans_questions_and_their_answers() {
    let steps = json!({"explanation": "why", "plan": [{"step": "a", "status": "completed"},
        {"step": "b", "status": "in_progress"}, {"step": "c", "status": "pending"}]});
    let todo = |text: &str, state| Todo { text: text.to_owned(), state };
    let todos = EventKind::Todos(vec![
        todo("a", TodoState::Completed),
        todo("b", TodoState::InProgress),
        todo("c", TodoState::Pending),
    ]);
    let input = "why\na\ncompleted\nb\nin_progress\nc\npending";
    check(
        &[function("update_plan", "c", &steps)],
        &[call("update_plan", input, Action::Other), todos.clone()],
    );
    let script = "tools.update_plan({plan: [{step: 'a', status: 'completed'}, {step: \"b\", status: `in_progress`}, \
                  {step: 'c', status: 'pending'}]})";
    check(&[custom("exec", "c", script)], &[call("exec", script, Action::Other), todos]);

    let asked = json!({"questions": [{"id": "q", "question": "Which?", "options": [{"label": "A", "description": "a"}]}]});
    let question = Question {
        text: "Which?".to_owned(),
        options: vec![QuestionOption { label: "A".to_owned(), description: "a".to_owned() }],
    };
    let answer = r#"{"answers":{"q":{"answers":["A","user_note: but soon"]}}}"#;
    let answers = vec![Answer { question: "Which?".to_owned(), answer: "A, but soon".to_owned() }];
    check(
        &[function("request_user_input", "c", &asked), output("c", answer)],
        &[
            call("request_user_input", "q\nWhich?\nA\na", Action::Ask(vec![question])),
            EventKind::Result(ToolResult { text: answer.to_owned(), answers, ..empty(Some(0)) }),
        ],
    );
}

#[test]
fn an_accepted_plan_is_known_by_the_message_that_accepts_it() {
    let shown = "Here:\n<proposed_plan>\nDo it\n</proposed_plan>";
    let plan = || "Do it".to_owned();
    check(
        &[message("assistant", shown), message("user", "Implement the plan.")],
        &[
            assistant(shown),
            call("proposed_plan", "", Action::Plan { text: plan() }),
            user("Implement the plan."),
            EventKind::PlanApproved { plan: plan() },
        ],
    );
    let repeated = "PLEASE IMPLEMENT THIS PLAN:\nDo it";
    check(&[message("user", repeated)], &[user(repeated), EventKind::PlanApproved { plan: plan() }]);
}

#[test]
fn usage_is_told_once_per_message() {
    let count = |total: u64, last: u64| {
        event(json!({"type": "token_count", "info": {"total_token_usage": {"total_tokens": total},
            "last_token_usage": {"input_tokens": last, "cached_input_tokens": 2, "output_tokens": 3}}}))
    };
    let used = |input| EventKind::Usage(Usage { input, cached: 2, output: 3 });
    let none = event(json!({"type": "token_count", "info": null}));
    check(&[none, count(9, 4), count(9, 4), count(18, 4), count(30, 5)], &[used(4), used(4), used(5)]);
}

#[test]
fn compaction_repeats_the_user_only_where_the_file_begins_with_it() {
    let old = |role: &str, text: &str| json!({"type": "message", "role": role, "content": [{"text": text}]});
    let history =
        json!([old("user", "first"), old("assistant", "yes"), old("user", "<environment_context>")]);
    let compacted = json!({"type": "compacted", "payload": {"message": "", "replacement_history": history}});
    let boundary = EventKind::Compacted { summary: None };
    let again = event(json!({"type": "context_compacted"}));
    check(&[compacted.clone(), again], &[user("first"), boundary.clone()]);
    check(&[message("user", "begin"), compacted], &[user("begin"), boundary]);
    let told = json!({"type": "compacted", "payload": {"message": "so far", "replacement_history": "odd"}});
    check(&[told], &[EventKind::Compacted { summary: Some("so far".to_owned()) }]);
}

#[test]
fn lines_without_an_envelope_are_read() {
    let records = [
        json!({"id": "s1", "timestamp": "2025-05-01T00:00:00Z", "instructions": null, "git": {"branch": "main"}}),
        json!({"record_type": "state"}),
        json!({"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}),
        json!({"role": "assistant", "content": "hi"}),
        json!({"type": "function_call", "name": "shell", "call_id": "c", "arguments": "{\"command\":[\"ls\"]}"}),
        json!({"type": "function_call_output", "call_id": "c", "output": wrapped("a\n", 0)}),
        json!({"type": "function_call", "function": {"name": "look"}, "arguments": {"at": "x"}}),
        json!({"type": "function_result", "name": "look", "result": "seen"}),
    ];
    let (session, branch) = (Some("s1".to_owned()), Some("main".to_owned()));
    check(
        &records,
        &[
            EventKind::Context(Context { session, branch, ..Context::default() }),
            user("hello"),
            assistant("hi"),
            call("shell", "ls", run("ls")),
            result(3, Status::Ok, Some(0), "a\n"),
            call("look", "x", Action::Other),
            result(5, Status::Ok, None, "seen"),
        ],
    );
}

#[test]
fn a_bad_record_costs_itself_and_a_warning() {
    let text = format!(
        "{}\n{{\"type\": \"resp\n[1]\n{{\"type\":\"event_msg\",\"payload\":3}}\n\n{}\n{}\n{}\n",
        message("user", "a"),
        json!({"type": "new_kind", "payload": {}}),
        json!({"type": "new_kind", "payload": {}}),
        message("user", "b")
    );
    let transcript = (FORMAT.read)(text.as_bytes());
    let lines: Vec<_> = transcript.warnings.iter().map(|warning| warning.line).collect();
    assert_eq!(lines, [2, 3, 4, 6]);
    let kinds: Vec<_> = transcript.events.into_iter().map(|event| (event.line, event.kind)).collect();
    assert_eq!(kinds, [(1, user("a")), (8, user("b"))]);
}

#[test]
fn only_rollouts_are_claimed() {
    let check = |records: &[Value], claimed: bool| {
        let head = Head {
            text: "".into(),
            records: serde_json::from_value(json!(records)).unwrap(),
            document: None,
        };
        assert_eq!(claims(&head), claimed, "{records:?}");
    };
    check(&[message("user", "x")], true);
    check(
        &[
            json!({"id": "s"}),
            json!({"type": "message", "role": "user", "content": [{"type": "input_text"}]}),
        ],
        true,
    );
    check(&[json!({"type": "function_call", "call_id": "c"})], true);
    check(&[json!({"type": "user", "message": {"role": "user", "content": "x"}, "uuid": "u"})], false);
    check(&[json!({"type": "message", "id": "m", "message": {"role": "user"}})], false);
    check(&[json!({"role": "user", "content": "x"})], false);
    check(&[json!({"type": "session.start", "data": {}})], false);
    check(&[], false);
}
