//! Sessions in `SQLite` databases. They are opened to be read only, so that an agent that has one open never notices.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use super::{Session, workspaces};
use crate::error::{Error, Result};

/// How long an agent may hold a database before reading it is given up.
const PATIENCE: Duration = Duration::from_secs(3);

/// A database of an agent: how to find its sessions in it, and the records of one.
struct Store {
    /// The table that tells it from others.
    table: &'static str,
    /// Of its sessions in which something was said, the last used first: the id, the title, when it was last used in
    /// milliseconds, and the folder.
    sessions: &'static str,
    /// The folders of sessions whose own row does not say them, from what lies beside the database.
    folders: fn(&Path) -> BTreeMap<String, String>,
    /// The session itself, as JSON, by its id.
    session: &'static str,
    /// Its records, as JSON, in order, by its id.
    records: &'static str,
    /// How they are written out.
    write: fn(Value, Vec<Value>) -> String,
}

/// The databases that are known. What cannot be read as JSON is passed over. A column that only some versions have is
/// looked for in a query of its own, inside of one with a column of that name that holds nothing: so it may be missing.
const STORES: &[Store] = &[
    // The value may be text or bytes. A chat names its bubbles; older ones hold them themselves.
    Store {
        table: "cursorDiskKV",
        sessions: "SELECT substr(key, 14), coalesce(json_extract(value, '$.name'), ''), \
            coalesce(json_extract(value, '$.lastUpdatedAt'), json_extract(value, '$.createdAt')), \
            json_extract(value, '$.workspaceIdentifier.uri.fsPath') FROM \
            (SELECT key, CAST(value AS TEXT) AS value FROM cursorDiskKV WHERE key >= 'composerData:' AND key < 'composerData;') \
            WHERE json_valid(value) AND coalesce(json_array_length(value, '$.fullConversationHeadersOnly'), 0) \
                + coalesce(json_array_length(value, '$.conversation'), 0) > 0 \
            ORDER BY 3 DESC",
        folders: workspaces::folders,
        session: "SELECT json_remove(CAST(value AS TEXT), '$.conversation', '$.conversationMap') FROM cursorDiskKV \
            WHERE key = 'composerData:' || ?1",
        records: "WITH chat AS (SELECT CAST(value AS TEXT) AS value FROM cursorDiskKV WHERE key = 'composerData:' || ?1) \
            SELECT value FROM (\
                SELECT head.key AS place, CAST(bubble.value AS TEXT) AS value \
                FROM chat, json_each(chat.value, '$.fullConversationHeadersOnly') AS head JOIN cursorDiskKV AS bubble \
                ON bubble.key = 'bubbleId:' || ?1 || ':' || json_extract(head.value, '$.bubbleId') \
                UNION ALL SELECT bubble.key, bubble.value FROM chat, json_each(chat.value, '$.conversation') AS bubble\
            ) ORDER BY place",
        write: lines,
    },
    Store {
        table: "part",
        sessions: "SELECT id, coalesce(title, ''), time_updated, directory FROM session WHERE parent_id IS NULL \
            AND EXISTS (SELECT 1 FROM message WHERE session_id = session.id) ORDER BY time_updated DESC",
        folders: |_| BTreeMap::new(),
        session: "SELECT json_object('id', id, 'directory', directory, 'title', title, 'version', version) FROM session WHERE id = ?1",
        records: "SELECT json_object('info', json_patch(data, json_object('id', id, 'sessionID', session_id)), \
            'parts', json((SELECT json_group_array(json_patch(part.data, json_object('id', part.id)) ORDER BY part.id) \
                FROM part WHERE part.message_id = message.id AND json_valid(part.data)))) \
            FROM message WHERE session_id = ?1 AND json_valid(data) ORDER BY id",
        write: |session, messages| {
            let messages: Vec<String> = messages.iter().map(Value::to_string).collect();
            format!("{{\"info\":{session},\n\"messages\":[\n{}\n]}}\n", messages.join(",\n"))
        },
    },
    Store {
        table: "sessions",
        sessions: "SELECT id, (SELECT coalesce(nullif(name, ''), description, '') FROM sessions AS one WHERE one.id = sessions.id), \
            strftime('%s', updated_at) * 1000, working_dir \
            FROM sessions, (SELECT NULL AS name, 'user' AS session_type) \
            WHERE EXISTS (SELECT 1 FROM messages WHERE session_id = sessions.id) AND (SELECT session_type FROM sessions AS one WHERE one.id = sessions.id) NOT IN ('sub_agent', 'hidden') \
            ORDER BY updated_at DESC",
        folders: |_| BTreeMap::new(),
        session: "SELECT json_object('id', id, 'working_dir', working_dir, 'description', \
            (SELECT coalesce(nullif(name, ''), description, '') FROM sessions AS one WHERE one.id = sessions.id), \
            'accumulated_input_tokens', accumulated_input_tokens, 'accumulated_output_tokens', accumulated_output_tokens) \
            FROM sessions, (SELECT NULL AS name) WHERE id = ?1",
        records: "SELECT json_object('role', role, 'created', created_timestamp, 'content', json(content_json)) FROM messages \
            WHERE session_id = ?1 AND json_valid(content_json) ORDER BY id",
        write: lines,
    },
];

/// The session and its records, one a line.
fn lines(session: Value, records: Vec<Value>) -> String {
    let lines = std::iter::once(session).chain(records);
    lines.map(|line| line.to_string() + "\n").collect()
}

/// The sessions in which something was said, the last used first.
pub(super) fn sessions(path: &Path) -> Result<Vec<Session>> {
    let (connection, store) = known(path)?;
    let mut sessions = listed(&connection, store).map_err(|error| failed(path, &error))?;
    if sessions.iter().any(|session| session.folder.is_none()) {
        let mut folders = (store.folders)(path);
        for session in sessions.iter_mut().filter(|session| session.folder.is_none()) {
            session.folder = folders.remove(&session.id);
        }
    }
    Ok(sessions)
}

/// The session of that title or id, or the last used.
pub(super) fn gather(path: &Path, wanted: Option<&str>) -> Result<Vec<u8>> {
    let failed = |error: rusqlite::Error| failed(path, &error);
    let (connection, store) = known(path)?;
    let id = choose(&listed(&connection, store).map_err(failed)?, wanted)?;
    let session = values(&connection, store.session, &id).map_err(failed)?;
    let records = values(&connection, store.records, &id).map_err(failed)?;
    let session = session.into_iter().next().unwrap_or_else(|| json!({ "id": id }));
    Ok((store.write)(session, records).into_bytes())
}

/// A database of an agent that is known, and which.
fn known(path: &Path) -> Result<(Connection, &'static Store)> {
    let connection = open(path).map_err(|error| failed(path, &error))?;
    let store = STORES.iter().find(|store| has(&connection, store.table));
    let unknown = || Error::Database {
        path: path.to_owned(),
        message:
            "none of the tables of an agent that is known is in it; export the session and name the export"
                .to_owned(),
    };
    Ok((connection, store.ok_or_else(unknown)?))
}

fn failed(path: &Path, error: &rusqlite::Error) -> Error {
    Error::Database { path: path.to_owned(), message: error.to_string() }
}

pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

fn has(connection: &Connection, table: &str) -> bool {
    connection.table_exists(None, table).unwrap_or(false)
}

fn listed(connection: &Connection, store: &Store) -> rusqlite::Result<Vec<Session>> {
    let mut statement = connection.prepare(store.sessions)?;
    let rows = statement.query_map([], |row| {
        let updated: Option<i64> = row.get(2).unwrap_or_default();
        Ok(Session {
            id: row.get(0)?,
            title: row.get(1)?,
            folder: row.get::<_, Option<String>>(3)?.filter(|folder| !folder.is_empty()),
            updated: updated.and_then(|time| Timestamp::from_millisecond(time).ok()),
        })
    })?;
    rows.collect()
}

/// The JSON in the first column of each row; what is none is passed over.
fn values(connection: &Connection, query: &str, id: &str) -> rusqlite::Result<Vec<Value>> {
    let mut statement = connection.prepare(query)?;
    let rows = statement.query_map([id], |row| row.get::<_, String>(0))?;
    let texts: rusqlite::Result<Vec<String>> = rows.collect();
    Ok(texts?.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
}

fn choose(sessions: &[Session], wanted: Option<&str>) -> Result<String> {
    const MOST: usize = 8;
    let fits =
        |session: &&Session| wanted.is_none_or(|wanted| wanted == session.id || wanted == session.title);
    if let Some(session) = sessions.iter().find(fits) {
        return Ok(session.id.clone());
    }
    let name = |Session { id, title, .. }: &Session| format!("'{title}' ({id})");
    let known: Vec<String> = sessions.iter().take(MOST).map(name).collect();
    Err(Error::NoSuchConversation { wanted: wanted.unwrap_or_default().to_owned(), known: known.join(", ") })
}
