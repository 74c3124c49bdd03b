//! Who calls: what a host tells of its session with a call.

use std::path::PathBuf;

use serde_json::Value;

/// The session that a call is made in, as far as its host tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caller {
    /// The agent's id of the session.
    pub session: Option<String>,
    /// The folder it works in: a server that is started for many sessions, or by a plugin, is started elsewhere.
    pub folder: Option<PathBuf>,
}

/// Where hosts name the session; that of a subagent before the one it is a part of.
const SESSION: &[&str] = &["/threadId", "/sessionId"];
/// Where hosts name the folders of the session, as keys.
const FOLDERS: &str = "/x-codex-turn-metadata/workspaces";

impl Caller {
    /// Reads what was told beside the arguments of a call.
    pub fn of(told: &Value) -> Self {
        let session = SESSION.iter().find_map(|place| told.pointer(place)?.as_str());
        let folders = told.pointer(FOLDERS).and_then(Value::as_object);
        Caller {
            session: session.filter(|session| !session.is_empty()).map(str::to_owned),
            folder: folders.and_then(|folders| folders.keys().next()).map(PathBuf::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hosts_tell_of_their_sessions() {
        let check = |told: Value, session: Option<&str>, folder: Option<&str>| {
            let expected = Caller { session: session.map(str::to_owned), folder: folder.map(PathBuf::from) };
            assert_eq!(Caller::of(&told), expected, "{told}");
        };
        let codex = json!({
            "sessionId": "a", "threadId": "b", "x-codex-turn-metadata": {"workspaces": {"/src/tool": {"has_changes": false}}},
        });
        check(codex, Some("b"), Some("/src/tool"));
        check(json!({"sessionId": "a", "x-codex-turn-metadata": {"workspaces": {}}}), Some("a"), None);
        check(json!({"sessionId": "", "threadId": 7, "x-codex-turn-metadata": []}), None, None);
        check(json!({"claudecode/toolUseId": "toolu_1", "progressToken": 3}), None, None);
        check(json!(null), None, None);
    }
}
