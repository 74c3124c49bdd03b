//! Which folders the chats in Cursor's database are about: the database of each workspace lists its chats, and a file
//! beside it names the folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rayon::prelude::*;
use serde_json::Value;

use super::database;

const CHATS: &str = "SELECT json_extract(chat.value, '$.composerId') FROM \
    (SELECT CAST(value AS TEXT) AS value FROM ItemTable WHERE key = 'composer.composerData') AS list, \
    json_each(list.value, '$.allComposers') AS chat WHERE json_valid(list.value)";

/// The folders by the ids of the chats, for the database in `globalStorage`.
pub(super) fn folders(state: &Path) -> BTreeMap<String, String> {
    let user = state.parent().and_then(Path::parent);
    let entries = user.and_then(|user| fs::read_dir(user.join("workspaceStorage")).ok());
    let mut workspaces: Vec<_> =
        entries.into_iter().flatten().flatten().map(|workspace| workspace.path()).collect();
    workspaces.sort();
    workspaces.par_iter().filter_map(|workspace| of_workspace(workspace)).flatten_iter().collect()
}

fn of_workspace(workspace: &Path) -> Option<Vec<(String, String)>> {
    let folder = folder(&workspace.join("workspace.json"))?;
    let chats = chats(&workspace.join("state.vscdb")).ok()?;
    Some(chats.into_iter().map(|chat| (chat, folder.clone())).collect())
}

/// The folder that a workspace is: one of many folders is where the file lies that names them.
fn folder(file: &Path) -> Option<String> {
    let named: Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    let many = || named["workspace"].as_str().and_then(|file| Some(file.rsplit_once('/')?.0));
    path(named["folder"].as_str().or_else(many)?)
}

fn chats(state: &Path) -> rusqlite::Result<Vec<String>> {
    let connection = database::open(state)?;
    let mut statement = connection.prepare(CHATS)?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The path that a `file:` address names on this machine.
fn path(address: &str) -> Option<String> {
    let path = decoded(address.strip_prefix("file://")?)?;
    let drive = path.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    Some(drive.unwrap_or(&path).to_owned())
}

/// The text with its `%20` and the like as the bytes that they stand for.
fn decoded(text: &str) -> Option<String> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_folders() {
        let check = |address, expected: Option<&str>| assert_eq!(path(address).as_deref(), expected);
        check("file:///src/my%20tool", Some("/src/my tool"));
        check("file:///c%3A/Src/t%C3%B6ol", Some("c:/Src/töol"));
        check("file:///src/100%", None);
        check("vscode-remote://ssh/src", None);
    }
}
