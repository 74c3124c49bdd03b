//! `baton save`: makes a handoff and keeps it.

use std::path::{Path, PathBuf};

use baton::error::Result;
use baton::service::{self, Saved, Service, Tree, latest_session, read_given};
use baton::source::Origin;
use baton::store::{Stage, Visibility};
use baton::surroundings::Surroundings;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::arguments::{Counting, budget, folder, format_names};
use super::sessions::{agents, whereabouts};
use super::{input, output, progress::Progress, report, store::At, time::minute};

const AFTER: &str = "\
Examples:
  baton save --latest                               of the newest session of this project
  baton save session.jsonl                          of a transcript, under an id made from its objective
  baton save session.jsonl --id parser --tag rust   under this id; what was there stays as a version
  baton save < handoff.json                         a handoff as JSON, or a transcript, from a pipe";

/// Make a handoff and keep it.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Save {
    /// The transcript, or a handoff as JSON; '-' is standard input
    #[arg(default_value = "-", conflicts_with = "latest")]
    pub transcript: PathBuf,
    /// Of a file or a database of many conversations the one of that title or id; the last used if nothing is named
    #[arg(long, value_name = "TITLE", conflicts_with = "latest")]
    pub of: Option<String>,
    /// Take the newest session of this project that is on this machine
    #[arg(long)]
    pub latest: bool,
    /// Of sessions of this agent only
    #[arg(long, value_name = "NAME", requires = "latest", value_parser = PossibleValuesParser::new(agents()))]
    pub agent: Option<String>,
    /// Id of the handoff [default: made from the objective and the time]
    #[arg(long)]
    pub id: Option<String>,
    /// Id of the handoff this one goes on from
    #[arg(long, value_name = "ID")]
    pub base: Option<String>,
    /// The most tokens the handoff may have; at least 200 [default: 2000 for a transcript]
    #[arg(short, long, value_name = "TOKENS", value_parser = budget, allow_negative_numbers = true)]
    pub budget: Option<usize>,
    #[command(flatten)]
    pub counting: Counting,
    /// Format of the transcript
    #[arg(long, default_value = "auto", value_parser = PossibleValuesParser::new(format_names()))]
    pub format: String,
    /// What to call it
    #[arg(long)]
    pub title: Option<String>,
    /// A word to find it by; may be given more than once
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Whether it is still needed
    #[arg(long, value_parser = PossibleValuesParser::new(Stage::ALL.map(Stage::name)))]
    pub status: Option<String>,
    /// The project it belongs to [default: where the session worked]
    #[arg(long)]
    pub project: Option<String>,
    /// Whose it is
    #[arg(long)]
    pub owner: Option<String>,
    /// Who works on it too; may be given more than once
    #[arg(long = "collaborator", value_name = "NAME")]
    pub collaborators: Vec<String>,
    /// Who may see it
    #[arg(long, value_parser = PossibleValuesParser::new(Visibility::ALL.map(Visibility::name)))]
    pub visibility: Option<String>,
    /// Keep the conversation word for word: that of the transcript, or of this file
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    #[expect(clippy::option_option, reason = "not wanted, wanted, or wanted from a file")]
    pub conversation: Option<Option<PathBuf>>,
    /// Working tree to check and anchor places in files in [default: the one the session worked in]
    #[arg(long, value_name = "DIR", value_parser = folder)]
    pub root: Option<PathBuf>,
    /// Keep it in the project's repository, in a .handoffs folder that others may see
    #[arg(long)]
    pub shared: bool,
    #[command(flatten)]
    pub at: At,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(request: &Save, surroundings: &Surroundings, verbose: bool) -> Result<()> {
    let origin = transcript(request, surroundings)?;
    let name = input::name(&origin.path);
    let progress = Progress::spinner(&format!("reading {}", name.display()));
    let service = open(request, surroundings)?;
    let bytes = input::chosen(&origin.path, origin.session.as_deref())?;
    let given = read_given(bytes, surroundings.clock.now());
    let wanted = service::Save { folder: Some(surroundings.folder.clone()), ..wanted(request)? };
    let saved = given.and_then(|given| service.save(given, &wanted)).map_err(|error| error.of(name))?;
    drop(progress);
    report::print_warnings(&saved.warnings, None, verbose);
    output::write(&if request.json { output::json(&saved) } else { said(&saved) }, None)
}

fn transcript(request: &Save, surroundings: &Surroundings) -> Result<Origin> {
    if request.latest {
        let found = latest_session(request.agent.as_deref(), surroundings)?;
        report::say(&format!("newest session of this project: {}, {}", found.agent, whereabouts(&found)));
        return Ok(found.origin());
    }
    Ok(Origin { path: request.transcript.clone(), session: request.of.clone() })
}

fn open(request: &Save, surroundings: &Surroundings) -> Result<Service> {
    if request.shared { request.at.open_shared(surroundings) } else { request.at.open(surroundings) }
}

/// The request to the service.
fn wanted(request: &Save) -> Result<service::Save> {
    let conversation = request.conversation.as_ref().and_then(Option::as_deref).map(text).transpose()?;
    Ok(service::Save {
        id: request.id.clone(),
        base: request.base.clone(),
        budget: request.budget,
        model: request.counting.name(),
        format: Some(request.format.clone()),
        title: request.title.clone(),
        tags: request.tags.clone(),
        status: request.status.as_deref().and_then(Stage::from_name),
        project: request.project.clone(),
        folder: None,
        agent: None,
        owner: request.owner.clone(),
        collaborators: request.collaborators.clone(),
        visibility: request.visibility.as_deref().and_then(Visibility::from_name),
        conversation,
        keep_conversation: request.conversation.is_some(),
        comments: Vec::new(),
        automatic: false,
        tree: request.root.clone().map_or(Tree::Recorded, Tree::At),
    })
}

fn text(path: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&input::read(path)?).into_owned())
}

/// What was saved, and what to do with it.
fn said(saved: &Saved) -> String {
    let Saved { id, store, version, tokens, encoding, .. } = saved;
    let goes_on = match &saved.before {
        Some(before) => format!("\nthe session goes on as {id} from now on; {before} stays as it is\n"),
        None => "\n".to_owned(),
    };
    if saved.unchanged {
        let since = minute(saved.saved_at);
        return format!(
            "nothing changed since {id} in {store} was saved {since}: version {version} stays{goes_on}"
        );
    }
    let replaced = match saved.replaced {
        Some(time) => {
            format!(", version {version}; the one saved {} is kept as version {}", minute(time), version - 1)
        }
        None => String::new(),
    };
    let secrets =
        if saved.redacted > 0 { format!(", {} secrets taken out", saved.redacted) } else { String::new() };
    format!("saved {id} in {store}: {tokens} tokens ({encoding}){secrets}{replaced}{goes_on}")
}
