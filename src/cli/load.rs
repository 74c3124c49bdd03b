//! `baton load`: a kept handoff as text for the next session.

use std::path::PathBuf;

use baton::error::Result;
use baton::project;
use baton::render::Renderer;
use baton::service::{self, Changed, Compare, Current, Loaded, Service, Tree};
use baton::surroundings::Surroundings;
use clap::Args;
use jiff::Timestamp;

use super::arguments::{Counting, Target, budget, folder, renderer};
use super::{output, report, store::At, time::ago};

const AFTER: &str = "\
Examples:
  baton load                        the one of this project that was saved last
  baton load parser --budget 800    what is most telling of it
  baton load parser --since parser@1     what changed since its first version
  baton load parser --version 2     as it was saved the second time";

/// Give a kept handoff to the next session.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Load {
    /// Id of the handoff; ID@2 is its second version [default: the one of this project that was saved last]
    pub id: Option<String>,
    /// Which version of it [default: the last]
    #[arg(long, value_name = "NUMBER")]
    pub version: Option<u32>,
    /// Only what changed since this handoff; ID@2 is the second version of one
    #[arg(long, value_name = "ID", requires = "id", conflicts_with = "version")]
    pub since: Option<String>,
    /// The most tokens the text may have; at least 200 [default: all that was saved]
    #[arg(short, long, value_name = "TOKENS", value_parser = budget, allow_negative_numbers = true)]
    pub budget: Option<usize>,
    #[command(flatten)]
    pub counting: Counting,
    /// How the handoff is written
    #[arg(long, value_name = "RENDERING", default_value = "markdown", value_parser = renderer())]
    pub output: &'static Renderer,
    /// Give the last messages of the conversation along, at most so many
    #[arg(long, value_name = "NUMBER", conflicts_with = "since")]
    pub messages: Option<usize>,
    /// Show the lines of the transcript that prove each entry
    #[arg(long)]
    pub cite: bool,
    /// Working tree that says what changed since the save [default: the one the session worked in]
    #[arg(long, value_name = "DIR", value_parser = folder)]
    pub root: Option<PathBuf>,
    #[command(flatten)]
    pub target: Target,
    #[command(flatten)]
    pub at: At,
}

pub fn run(request: &Load, surroundings: &Surroundings) -> Result<()> {
    let service = request.at.open(surroundings)?;
    let id = current(request, &service, surroundings)?;
    if let Some(base) = &request.since {
        return changes(request, base, &id, &service);
    }
    let wanted = service::Load {
        id: Some(id),
        version: request.version,
        budget: request.budget,
        model: request.counting.name(),
        output: Some(request.output.name.to_owned()),
        messages: request.messages,
        cite: request.cite,
        tree: request.root.clone().map_or(Tree::Recorded, Tree::At),
    };
    let loaded = service.load(&wanted)?;
    let conversation = loaded.conversation.as_deref().map(|talk| format!("\n{talk}")).unwrap_or_default();
    output::write(&format!("{}{conversation}", loaded.text), request.target.file.as_deref())?;
    report::say(&said(&loaded, surroundings.clock.now()));
    Ok(())
}

/// The handoff that is meant, with all that is on disk of its session.
fn current(request: &Load, service: &Service, surroundings: &Surroundings) -> Result<String> {
    let Current { id, warning } = match &request.id {
        Some(id) if request.version.is_some() => return Ok(id.clone()),
        Some(id) => service.current(id, surroundings),
        None => {
            let project = project::of(&surroundings.folder);
            service.current_of(&project, service::session_around(surroundings), surroundings)?
        }
    };
    if let Some(warning) = warning {
        report::say(&format!("warning: {warning}"));
    }
    Ok(id)
}

/// Writes what changed since a base.
fn changes(request: &Load, base: &str, id: &str, service: &Service) -> Result<()> {
    let wanted = Compare {
        base: base.to_owned(),
        id: id.to_owned(),
        budget: request.budget,
        model: request.counting.name(),
        output: Some(request.output.name.to_owned()),
        cite: request.cite,
    };
    let changed = service.load_changes(&wanted)?;
    output::write(&changed.text, request.target.file.as_deref())?;
    report::say(&change(&changed));
    Ok(())
}

fn change(changed: &Changed) -> String {
    let Changed { base, id, tokens, full, encoding, left_out, .. } = changed;
    let of_what = if changed.whole { "entries" } else { "changes" };
    let left = if *left_out > 0 { format!(", {left_out} {of_what} left out") } else { String::new() };
    if changed.whole {
        return format!(
            "the whole of {id}: what changed since {base} would hardly be shorter ({tokens} tokens, {encoding}){left}"
        );
    }
    format!("changes of {id} since {base}: {tokens} tokens of {full} ({encoding}){left}")
}

/// Which handoff was given, how old it is and how much of it.
fn said(loaded: &Loaded, now: Timestamp) -> String {
    let Loaded { id, version, tokens, encoding, left_out, .. } = loaded;
    let age = loaded.saved_at.map(|time| format!(", saved {}", ago(time, now))).unwrap_or_default();
    let left = if *left_out > 0 { format!(", {left_out} entries left out") } else { String::new() };
    format!("loaded {id}, version {version}{age}: {tokens} tokens ({encoding}){left}")
}
