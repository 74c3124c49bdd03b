//! The events of the server: a part is told again whenever something of it changes. It counts once, when nothing more
//! can come.

use super::part::part;
use super::{IGNORED, OpenCode, assistant, interrupted, usage};
use crate::event::Actor;
use crate::format::conversation::{Role, role};
use crate::format::json::Value;
use crate::format::lines::Sink;
use crate::format::value::{string, text};

impl OpenCode {
    /// Adds what an event says.
    pub fn event(&mut self, kind: &str, properties: &Value, out: &mut Sink) {
        out.actor = Actor::Main;
        match kind {
            "session.created" | "session.updated" => self.about(&properties["info"], out),
            "message.updated" => self.message(&properties["info"], out),
            "message.part.updated" => self.changed(&properties["part"], out),
            "session.idle" => self.flush(text(properties, "sessionID"), out),
            kind => out.other(kind, IGNORED),
        }
    }

    fn message(&mut self, info: &Value, out: &mut Sink) {
        let (Some(id), Some(role)) = (string(info, &["id"]), string(info, &["role"]).and_then(role)) else {
            return;
        };
        self.actor(info, out);
        if self.roles.insert(id.to_owned(), role).is_none() && role == Role::Assistant {
            assistant(info, out);
        }
        let ended = !info["time"]["completed"].is_null() || !info["error"].is_null();
        if ended && self.told.insert(id.to_owned()) {
            self.flush(text(info, "sessionID"), out);
            usage(info, out);
            interrupted(info, out);
        }
    }

    /// A part that is new or not as it was.
    fn changed(&mut self, piece: &Value, out: &mut Sink) {
        self.actor(piece, out);
        let role = self.roles.get(text(piece, "messageID")).copied().unwrap_or(Role::Assistant);
        let id = text(piece, "id").to_owned();
        let kind = text(piece, "type");
        let ended = role == Role::User || !piece["time"]["end"].is_null();
        if !matches!(kind, "text" | "reasoning") {
            part(role, piece, out);
        } else if !ended {
            self.open.retain(|(open, _)| *open != id);
            self.open.push((id, piece.clone()));
        } else if self.told.insert(id.clone()) {
            self.open.retain(|(open, _)| *open != id);
            part(role, piece, out);
        }
    }

    /// Tells the texts that were never finished.
    fn flush(&mut self, session: &str, out: &mut Sink) {
        let (flushed, open) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|(_, part)| text(part, "sessionID") == session);
        self.open = open;
        let flushed: Vec<(String, Value)> = flushed;
        for (id, piece) in flushed {
            if self.told.insert(id) {
                self.actor(&piece, out);
                part(Role::Assistant, &piece, out);
            }
        }
    }
}
