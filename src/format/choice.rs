//! Files of many conversations: which of them is read.

use crate::format::json::Value;

use super::lines;
use super::scan::{self, LineCounter, Slice};
use super::sink::Sink;
use super::value::{owned, time};
use crate::error::{Error, Result};

/// A conversation in a file of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Its title; may be empty.
    pub title: String,
    /// When something was last said in it.
    pub updated: Option<jiff::Timestamp>,
}

/// The conversations in a file of many, in its order. A file of one session has none to choose from.
pub fn conversations(bytes: &[u8]) -> Vec<Conversation> {
    let text = lines::text(bytes);
    found(&text).into_iter().map(|(_, conversation)| conversation).collect()
}

/// The input with nothing but the conversation of that title or id. Its lines keep their numbers.
///
/// # Errors
/// [`Error::NoSuchConversation`] if no conversation, or more than one, is called that.
pub fn choose(bytes: &[u8], wanted: &str) -> Result<Vec<u8>> {
    let text = lines::text(bytes);
    let all = found(&text);
    let fits = |one: &Conversation| one.id.as_deref() == Some(wanted) || one.title == wanted;
    let part = |one: &Conversation| one.title.to_lowercase().contains(&wanted.to_lowercase());
    let whole: Vec<_> = all.iter().filter(|(_, one)| fits(one)).collect();
    let like: Vec<_> = all.iter().filter(|(_, one)| part(one)).collect();
    match (whole.as_slice(), like.as_slice()) {
        ([(slice, _)], _) | ([], [(slice, _)]) => {
            let first = LineCounter::new(&text).line(slice.offset);
            Ok(["\n".repeat(first as usize - 1).as_bytes(), slice.text.as_bytes()].concat())
        }
        ([], []) => Err(refused(wanted, all.iter().map(|(_, one)| one))),
        ([], like) => Err(refused(wanted, like.iter().map(|(_, one)| one))),
        (whole, _) => Err(refused(wanted, whole.iter().map(|(_, one)| one))),
    }
}

fn refused<'a>(wanted: &str, offered: impl Iterator<Item = &'a Conversation>) -> Error {
    const MOST: usize = 8;
    let names: Vec<String> = offered.map(Conversation::name).collect();
    let more = names.len().saturating_sub(MOST);
    let known = names[..names.len() - more].join(", ");
    let known = if more > 0 { format!("{known} and {more} more") } else { known };
    Error::NoSuchConversation { wanted: wanted.to_owned(), known }
}

impl Conversation {
    fn of(value: &Value) -> Self {
        let times = ["update_time", "updated_at", "create_time", "created_at"];
        Self {
            id: owned(value, &["conversation_id", "id", "uuid"]),
            title: owned(value, &["title", "name"]).unwrap_or_default(),
            updated: times.iter().find_map(|key| time(&value[*key])),
        }
    }

    fn name(&self) -> String {
        let id = self.id.as_deref().unwrap_or("no id");
        format!("'{}' ({id})", self.title)
    }
}

/// Where the conversation begins that is read where none was chosen: the only one, or of many the one of which
/// something was said last.
pub(super) fn only(text: &str, out: &mut Sink) -> Option<usize> {
    let start = scan::skip(text.as_bytes(), 0, b"");
    match text.as_bytes().get(start)? {
        b'{' => return Some(start),
        b'[' => {}
        _ => return None,
    }
    let all = found(text);
    let Some(last) = all.iter().max_by_key(|(slice, one)| (one.updated, std::cmp::Reverse(slice.offset)))
    else {
        // The only one, and the file breaks off in it.
        let first = scan::skip(text.as_bytes(), start + 1, b"");
        return text[first..].starts_with('{').then_some(first);
    };
    if all.len() > 1 {
        out.warn(format!(
            "read only {}, the last used of {} conversations; name another with --conversation",
            last.1.name(),
            all.len()
        ));
    }
    Some(last.0.offset)
}

/// The members of the list that the file is, if they are conversations.
fn found(text: &str) -> Vec<(Slice<'_>, Conversation)> {
    let start = scan::skip(text.as_bytes(), 0, b"");
    if text.as_bytes().get(start) != Some(&b'[') {
        return Vec::new();
    }
    let all = scan::elements(text, start).complete.into_iter();
    all.filter_map(|slice| Some((slice, Conversation::of(&around(slice.text)?)))).collect()
}

/// What a conversation says of itself, without its messages; nothing if it has none.
fn around(text: &str) -> Option<Value> {
    if !text.starts_with('{') {
        return None;
    }
    let members = scan::members(text, 0);
    let holds = ["mapping", "chat_messages"];
    members.iter().find(|member| holds.contains(&member.key))?;
    let plain = members.iter().filter(|member| !text[member.start..].starts_with(['{', '[']));
    let pairs = plain.filter_map(|member| {
        let value: Value = lines::json(&text[member.start..member.end?]).ok()?;
        Some((member.key.to_owned(), value))
    });
    Some(Value::Object(pairs.collect()))
}
