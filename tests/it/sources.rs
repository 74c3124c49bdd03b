//! Sessions in databases and in folders, made here as their agents make them, and read while they are open.
#![cfg(feature = "sqlite")]

use std::fs;
use std::path::Path;

use baton::error::Error;
use baton::event::EventKind;
use baton::project::Project;
use baton::surroundings::{Platform, Surroundings};
use baton::{discover, format, source};
use jiff::Timestamp;
use rusqlite::Connection;

const OPENCODE: &str = r#"
CREATE TABLE session (id TEXT, parent_id TEXT, directory TEXT, title TEXT, version TEXT, time_updated INTEGER);
CREATE TABLE message (id TEXT, session_id TEXT, data TEXT);
CREATE TABLE part (id TEXT, message_id TEXT, data TEXT);
INSERT INTO session VALUES ('ses_1', NULL, '/w', 'Old', '1.3', 1), ('ses_2', NULL, '/w', 'New', '1.3', 2), ('ses_3', 'ses_2', '/w', 'Sub', '1.3', 3);
INSERT INTO message VALUES ('msg_1', 'ses_1', '{"role":"user","time":{"created":1772442000000}}'), ('msg_2', 'ses_2', '{"role":"user"}'), ('msg_3', 'ses_2', '{"role":"assistant"}');
INSERT INTO part VALUES ('prt_1', 'msg_1', '{"type":"text","text":"old"}'), ('prt_2', 'msg_2', '{"type":"text","text":"new"}'), ('prt_3', 'msg_3', '{"type":"text","text":"done"}');
"#;

const GOOSE: &str = r#"
CREATE TABLE sessions (id TEXT, description TEXT, working_dir TEXT, updated_at TEXT,
    accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER);
CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id TEXT, role TEXT, content_json TEXT, created_timestamp INTEGER);
INSERT INTO sessions VALUES ('1', 'Old', '/w', '2026-01-01', 5, 6), ('2', 'New', '/w', '2026-01-02', 7, 8);
INSERT INTO messages VALUES (1, '1', 'user', '[{"type":"text","text":"old"}]', 1772442000), (2, '2', 'user', '[{"type":"text","text":"new"}]', 1772442000), (3, '2', 'assistant', '[{"type":"text","text":"done"}]', 1772442001);
"#;

/// As newer versions make it: sessions have names and kinds.
const GOOSE_NAMED: &str = r#"
CREATE TABLE sessions (id TEXT, name TEXT, description TEXT, session_type TEXT, working_dir TEXT, updated_at TEXT,
    accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER);
CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id TEXT, role TEXT, content_json TEXT, created_timestamp INTEGER);
INSERT INTO sessions VALUES ('1', 'Old', '', 'user', '/w', '2026-01-01', 5, 6), ('2', 'New', '', 'user', '/w', '2026-01-02', 7, 8),
    ('3', 'Sub', '', 'sub_agent', '/w', '2026-01-03', 0, 0);
INSERT INTO messages VALUES (1, '1', 'user', '[{"type":"text","text":"old"}]', 1772442000), (2, '2', 'user', '[{"type":"text","text":"new"}]', 1772442000),
    (3, '2', 'assistant', '[{"type":"text","text":"done"}]', 1772442001), (4, '2', 'assistant', '[{"type":', 1772442002);
"#;

/// Older chats hold their bubbles themselves, values may be bytes, and a chat without a word is no chat.
const CURSOR_OLD: &str = r#"
CREATE TABLE cursorDiskKV (key TEXT UNIQUE, value BLOB);
INSERT INTO cursorDiskKV VALUES
 ('composerData:1', '{"composerId":"1","name":"Old","lastUpdatedAt":1,"conversation":[{"bubbleId":"a","type":1,"text":"old"}]}'),
 ('composerData:2', CAST('{"composerId":"2","name":"New","lastUpdatedAt":2,"conversation":[{"bubbleId":"c","type":1,"text":"new"},{"bubbleId":"b","type":2,"text":"done"}]}' AS BLOB)),
 ('composerData:3', '{"composerId":"3","lastUpdatedAt":3,"fullConversationHeadersOnly":[]}'),
 ('composerData:4', 'torn {');
"#;

const CURSOR: &str = r#"
CREATE TABLE cursorDiskKV (key TEXT UNIQUE, value BLOB);
INSERT INTO cursorDiskKV VALUES
 ('composerData:1', '{"composerId":"1","name":"Old","lastUpdatedAt":1,"fullConversationHeadersOnly":[{"bubbleId":"a","type":1}]}'),
 ('composerData:2', '{"composerId":"2","name":"New","lastUpdatedAt":2,"fullConversationHeadersOnly":[{"bubbleId":"c","type":1},{"bubbleId":"b","type":2}]}'),
 ('bubbleId:1:a', '{"bubbleId":"a","type":1,"text":"old"}'),
 ('bubbleId:2:b', '{"bubbleId":"b","type":2,"text":"done"}'),
 ('bubbleId:2:c', '{"bubbleId":"c","type":1,"text":"new"}');
"#;

/// What was said in the session, by everybody in it.
fn said(bytes: &[u8]) -> Vec<String> {
    let events = format::read(bytes, None).unwrap().events.into_iter();
    let said = events.filter_map(|event| match event.kind {
        EventKind::User { text } | EventKind::Assistant { text } => Some(text),
        _ => None,
    });
    said.collect()
}

#[test]
fn a_database_is_read_while_its_agent_has_it_open() {
    for tables in [OPENCODE, GOOSE, GOOSE_NAMED, CURSOR, CURSOR_OLD] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.db");
        let agent = Connection::open(&path).unwrap();
        agent.pragma_update(None, "journal_mode", "wal").unwrap();
        agent.execute_batch(tables).unwrap();
        let before = fs::read(&path).unwrap();
        let read = |wanted: Option<&str>| source::gather(&path, wanted).map(|bytes| said(&bytes.unwrap()));
        assert_eq!(read(None).unwrap(), ["new", "done"], "{tables}");
        assert_eq!(read(Some("Old")).unwrap(), ["old"], "{tables}");
        assert!(matches!(read(Some("Odd")), Err(Error::NoSuchConversation { .. })), "{tables}");
        assert_eq!(fs::read(&path).unwrap(), before, "reading wrote: {tables}");
        drop(agent);
    }
}

/// The places of the agents' databases in a home, and what lies in them.
const DATABASES: &[(&str, &str)] = &[
    (".local/share/opencode/opencode.db", OPENCODE),
    (".local/share/goose/sessions/sessions.db", GOOSE_NAMED),
    (".config/Cursor/User/globalStorage/state.vscdb", CURSOR),
    (".config/Cursor/User/workspaceStorage/0f/state.vscdb", WORKSPACE),
];

/// The chats of a workspace.
const WORKSPACE: &str = r#"
CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB);
INSERT INTO ItemTable VALUES ('composer.composerData', '{"allComposers":[{"composerId":"2"},{"composerId":"9"}]}'), ('other', 'torn {');
"#;

/// A home with a database of each agent, and what `OpenCode` left behind when it took to one.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (path, tables) in DATABASES {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        Connection::open(&path).unwrap().execute_batch(tables).unwrap();
    }
    let storage = home.path().join(".local/share/opencode/storage/session/p");
    write(&storage.join("ses_1.json"), r#"{"id":"ses_1","directory":"/w"}"#);
    write(&storage.join("ses_0.json"), r#"{"id":"ses_0","directory":"/w"}"#);
    let cursor = home.path().join(".config/Cursor/User");
    write(&cursor.join("workspaceStorage/0f/workspace.json"), r#"{"folder":"file:///w/a%20b"}"#);
    write(&cursor.join("workspaceStorage/1e/workspace.json"), "torn {");
    home
}

fn surroundings(home: &Path) -> Surroundings {
    Surroundings { home: Some(home.to_owned()), platform: Platform::Linux, ..Surroundings::default() }
}

#[test]
fn each_session_of_a_database_is_found() {
    let home = home();
    let found = discover::sessions(&surroundings(home.path()));
    let told = found.iter().map(|found| {
        let opening = found.opening();
        let said = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let time = found.session.as_ref().and_then(|session| session.updated).map(Timestamp::as_millisecond);
        (found.agent, said(opening.session), said(opening.title), said(opening.cwd), time)
    });
    let told: Vec<_> = told.collect();
    let expected = [
        ("opencode", "ses_0", "-", "/w", None),
        ("goose", "2", "New", "/w", Some(1_767_312_000_000)),
        ("goose", "1", "Old", "/w", Some(1_767_225_600_000)),
        ("cursor-store", "2", "New", "/w/a b", Some(2)),
        ("opencode", "ses_2", "New", "/w", Some(2)),
        ("cursor-store", "1", "Old", "-", Some(1)),
        ("opencode", "ses_1", "Old", "/w", Some(1)),
    ];
    let expected = expected.map(|(agent, id, title, folder, time)| {
        (agent, id.to_owned(), title.to_owned(), folder.to_owned(), time)
    });
    assert_eq!(told, expected);
    for found in found.iter().filter(|found| found.session.is_some()) {
        let origin = found.origin();
        let words = said(&source::gather(&origin.path, origin.session.as_deref()).unwrap().unwrap());
        assert_eq!(words[0], found.opening().title.unwrap().to_lowercase());
    }
}

#[test]
fn without_a_title_the_first_words_tell_a_session() {
    let home = home();
    let goose = home.path().join(".local/share/goose/sessions/sessions.db");
    Connection::open(goose).unwrap().execute_batch("UPDATE sessions SET name = ''").unwrap();
    let found = discover::sessions(&surroundings(home.path()));
    let goose = found.iter().filter(|found| found.agent == "goose").map(discover::Found::opening);
    let told: Vec<_> = goose.map(|opening| (opening.title, opening.first.unwrap())).collect();
    assert_eq!(told, [(None, "new".to_owned()), (None, "old".to_owned())]);
}

#[test]
fn the_latest_of_a_project_may_lie_in_a_database() {
    let home = home();
    let surroundings = surroundings(home.path());
    let latest = |root: &str, agent| {
        let project = Project { id: format!("folder:{root}"), name: "w".to_owned(), root: root.into() };
        discover::latest(&surroundings, &project, agent)
            .and_then(|found| Some((found.agent, found.session?.id)))
    };
    assert_eq!(latest("/w", None), Some(("goose", "2".to_owned())));
    assert_eq!(latest("/w", Some("opencode")), Some(("opencode", "ses_2".to_owned())));
    assert_eq!(latest("/w/a b", None), Some(("cursor-store", "2".to_owned())));
    assert_eq!(latest("/v", None), None);
}

#[test]
fn a_database_that_cannot_be_read_hides_no_other() {
    let home = home();
    let goose = home.path().join(".local/share/goose/sessions/sessions.db");
    fs::write(&goose, b"SQLite format 3\0 and nothing more").unwrap();
    fs::write(home.path().join(".config/Cursor/User/globalStorage/state.vscdb"), "no database").unwrap();
    let agents: Vec<_> =
        discover::sessions(&surroundings(home.path())).iter().map(|found| found.agent).collect();
    assert_eq!(agents, ["opencode"; 3]);
}

/// A file that breaks off, as one does that is copied while it is written: never a panic, and never half a session.
#[test]
fn a_torn_database_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.db");
    let agent = Connection::open(&path).unwrap();
    agent.execute_batch(GOOSE_NAMED).unwrap();
    let long = format!(r#"[{{"type":"text","text":"{}"}}]"#, "x".repeat(100_000));
    agent.execute("INSERT INTO messages VALUES (9, '2', 'user', ?1, 0)", [long]).unwrap();
    drop(agent);
    let whole = fs::read(&path).unwrap();
    for length in (100..whole.len()).step_by(whole.len() / 23) {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(
            matches!(source::gather(&path, None), Err(Error::Database { .. })),
            "{length} bytes of {}",
            whole.len()
        );
    }
    let noise: Vec<u8> =
        whole.iter().enumerate().map(|(at, byte)| if at % 997 == 996 { !byte } else { *byte }).collect();
    fs::write(&path, noise).unwrap();
    if let Ok(bytes) = source::gather(&path, None) {
        let _ = format::read(&bytes.unwrap(), None);
    }
}

/// Exports hold all conversations of an account in one file.
#[test]
fn one_conversation_of_a_file_of_many() {
    let chat = |id: &str, title: &str, time: u32, text: &str| {
        format!(
            r#"{{"title":"{title}","conversation_id":"{id}","update_time":{time},"current_node":"m","mapping":{{"m":{{"id":"m","parent":null,"children":[],"message":{{"author":{{"role":"user"}},"content":{{"content_type":"text","parts":["{text}"]}}}}}}}}}}"#
        )
    };
    let account = |id: &str, title: &str, day: u32, text: &str| {
        format!(
            r#"{{"uuid":"{id}","name":"{title}","updated_at":"2026-01-{day:02}T00:00:00Z","chat_messages":[{{"sender":"human","text":"{text}"}}]}}"#
        )
    };
    let exports = [
        format!(
            "[{},\n{}]",
            chat("a", "Trip to Rome", 1_772_442_001, "rome"),
            chat("b", "Tax", 1_772_442_000, "tax")
        ),
        format!("[{},\n{}]", account("a", "Trip to Rome", 2, "rome"), account("b", "Tax", 1, "tax")),
    ];
    for export in exports {
        let bytes = export.as_bytes();
        let chosen = |wanted: &str| said(&format::choose(bytes, wanted).unwrap());
        assert_eq!(said(bytes), ["rome"], "the last used");
        assert_eq!(
            (chosen("Tax"), chosen("b"), chosen("rome")),
            (vec!["tax".into()], vec!["tax".into()], vec!["rome".into()])
        );
        assert!(matches!(format::choose(bytes, "Paris"), Err(Error::NoSuchConversation { .. })));
        let ids: Vec<_> = format::conversations(bytes).into_iter().filter_map(|one| one.id).collect();
        assert_eq!(ids, ["a", "b"]);
    }
}

#[test]
fn a_database_of_nobody_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE fruit (name TEXT)").unwrap();
    assert!(matches!(source::gather(&path, None), Err(Error::Database { .. })));
    fs::write(&path, b"SQLite format 3\0 and nothing more").unwrap();
    assert!(matches!(source::gather(&path, None), Err(Error::Database { .. })));
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn a_session_in_many_files_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let storage = folder.path().join("storage");
    let session = storage.join("session/project/ses_1.json");
    write(&session, r#"{"id":"ses_1","directory":"/w","title":"New"}"#);
    write(
        &storage.join("message/ses_1/msg_2.json"),
        r#"{"id":"msg_2","sessionID":"ses_1","role":"assistant"}"#,
    );
    write(
        &storage.join("message/ses_1/msg_1.json"),
        "{\n \"id\":\"msg_1\",\"sessionID\":\"ses_1\",\"role\":\"user\"}",
    );
    write(&storage.join("part/msg_1/prt_1.json"), r#"{"type":"text","text":"new"}"#);
    write(&storage.join("part/msg_2/prt_2.json"), r#"{"type":"text","text":"done"}"#);
    assert_eq!(said(&source::gather(&session, None).unwrap().unwrap()), ["new", "done"]);

    let talk = folder.path().join("talk");
    let event = |source: &str, text: &str| {
        format!(
            r#"{{"kind":"MessageEvent","source":"{source}","llm_message":{{"role":"{source}","content":[{{"type":"text","text":"{text}"}}]}}}}"#
        )
    };
    write(&talk.join("events/event-00001-b.json"), &event("assistant", "done"));
    write(&talk.join("events/event-00000-a.json"), &event("user", "new"));
    let cline = folder.path().join("tasks/17");
    let words = r#"[{"role":"user","content":"<task>new</task>"},{"role":"assistant","content":"done"}]"#;
    write(&cline.join("api_conversation_history.json"), words);
    let cursor = folder.path().join("agent-transcripts/0f3c");
    let line = |role: &str, text: &str| format!(r#"{{"role":"{role}","message":{{"content":"{text}"}}}}"#);
    write(&cursor.join("0f3c.jsonl"), &format!("{}\n{}\n", line("user", "new"), line("assistant", "done")));
    let first = talk.join("events/event-00000-a.json");
    for path in [talk.clone(), talk.join("events"), first, storage.join("message/ses_1"), cline, cursor] {
        let bytes = source::gather(&path, None).unwrap();
        assert_eq!(said(&bytes.expect("a session")), ["new", "done"], "{}", path.display());
    }
    fs::create_dir_all(folder.path().join("events")).unwrap();
    assert_eq!(source::gather(&folder.path().join("events"), None).unwrap(), None);
    assert_eq!(source::gather(folder.path(), None).unwrap(), None);
    assert_eq!(source::gather(Path::new("missing"), None).unwrap(), None);
}
