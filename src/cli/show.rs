//! `baton show`: all that is kept of a handoff.

use std::fmt::Write;

use baton::error::Result;
use baton::project;
use baton::redact;
use baton::service::Point;
use baton::store::Record;
use baton::surroundings::Surroundings;
use clap::Args;

use super::{output, store::At, time::minute};

/// Show all that is kept of a handoff.
#[derive(Args)]
pub struct Show {
    /// Id of the handoff; ID@2 is its second version
    pub id: String,
    /// Show the conversation, too
    #[arg(long)]
    pub conversation: bool,
    #[command(flatten)]
    pub at: At,
    /// Write the JSON that is kept
    #[arg(long)]
    pub json: bool,
}

pub fn run(request: &Show, surroundings: &Surroundings) -> Result<()> {
    let service = request.at.open(surroundings)?;
    let record = service.point(&request.id)?;
    if request.json {
        return output::write(&output::json(&record), None);
    }
    let Point { id, .. } = Point::of(&request.id)?;
    let mut text = page(id.as_str(), &record, request.conversation);
    if let Some(summary) = service.summary(id.as_str())? {
        let _ = write!(text, "\n## The Host's Own Summary\n{summary}\n");
    }
    output::write(&text, None)
}

fn page(id: &str, record: &Record, whole: bool) -> String {
    let mut text = String::new();
    for (name, value) in fields(id, record) {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<13} {}", value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    let renderer = baton::render::find("markdown").expect("markdown is in the list");
    let _ = write!(text, "\n{}", (renderer.render)(&record.state, baton::render::Citations::Hidden));
    if !record.comments.is_empty() {
        text.push_str("\n## Comments\n");
    }
    for comment in &record.comments {
        let author = if comment.author.is_empty() { "somebody" } else { &comment.author };
        let _ = writeln!(
            text,
            "- {} {author}: {}",
            minute(comment.at),
            redact::text(&comment.text).replace('\n', " ")
        );
    }
    if let Some(conversation) = record.conversation.as_deref().filter(|_| whole) {
        let _ = write!(text, "\n## Conversation\n{conversation}\n");
    }
    text
}

fn fields(id: &str, record: &Record) -> [(&'static str, String); 12] {
    let size =
        record.conversation.as_ref().map(|text| format!("{} bytes; --conversation shows it", text.len()));
    [
        ("id", id.to_owned()),
        ("title", record.title.clone()),
        ("saved", record.saved_at.map(minute).unwrap_or_default()),
        ("version", record.version.to_string()),
        ("status", record.status.name().to_owned()),
        ("tags", record.tags.join(", ")),
        ("project", project::id_of(&record.project)),
        ("agent", format!("{} {}", record.agent, record.agent_session)),
        ("owner", record.owner.clone()),
        ("collaborators", record.collaborators.join(", ")),
        ("visibility", record.visibility.name().to_owned()),
        ("conversation", size.unwrap_or_default()),
    ]
}
