//! `baton install` and `baton uninstall`: Baton in the agents' own configurations.

use baton::error::{Error, Result};
use baton::install::{self, Change, HOSTS, Host, Scope};
use baton::surroundings::Surroundings;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::output;

const AFTER: &str = "\
Examples:
  baton install claude-code              for all your projects
  baton install codex --project          for everybody who works on the project at hand
  baton install cursor --dry-run         only show what would change";

/// Put Baton into an agent, or take it out again: its MCP server, hooks and skill.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Install {
    /// The agent
    #[arg(required = true, value_name = "AGENT", value_parser = host())]
    pub hosts: Vec<&'static Host>,
    /// In the files of the project at hand, which others may share
    #[arg(long, conflicts_with = "user")]
    pub project: bool,
    /// In your own files, for all projects; this is what happens if nothing is said
    #[arg(long)]
    pub user: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

type Plan = fn(&Host, Scope, &Surroundings) -> Result<Vec<Change>>;

/// Puts Baton in.
pub fn install(request: &Install, surroundings: &Surroundings) -> std::result::Result<(), Vec<Error>> {
    each(request, |host| {
        let changes = carry_out(host, request, surroundings, install::install)?;
        let next = if request.dry_run || changes == 0 { "" } else { host.confirm };
        output::write(
            &if next.is_empty() { String::new() } else { format!("{}: {next}\n", host.title) },
            None,
        )
    })
}

/// Takes Baton out.
pub fn uninstall(request: &Install, surroundings: &Surroundings) -> std::result::Result<(), Vec<Error>> {
    each(request, |host| carry_out(host, request, surroundings, install::uninstall).map(drop))
}

/// One host that fails does not keep the others from theirs.
fn each(request: &Install, one: impl Fn(&Host) -> Result<()>) -> std::result::Result<(), Vec<Error>> {
    let errors: Vec<Error> = request.hosts.iter().filter_map(|host| one(host).err()).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Shows and makes the changes of one host, and says how many there are.
fn carry_out(host: &Host, request: &Install, surroundings: &Surroundings, plan: Plan) -> Result<usize> {
    let scope = if request.project { Scope::Project } else { Scope::User };
    let changes = plan(host, scope, surroundings)?;
    if changes.is_empty() {
        output::write(&format!("{}: nothing to do\n", host.title), None)?;
    }
    for change in &changes {
        if !request.dry_run {
            change.apply()?;
        }
        output::write(&told(host, change, request.dry_run), None)?;
    }
    Ok(changes.len())
}

fn told(host: &Host, change: &Change, dry_run: bool) -> String {
    let done = match (&change.after, dry_run) {
        (Some(_), false) => "written",
        (None, false) => "removed",
        (Some(_), true) => "would be written",
        (None, true) => "would be removed",
    };
    let kept = change.backup_path().filter(|_| !dry_run);
    let kept = kept.map(|path| format!("; what it was is kept as {}", path.display())).unwrap_or_default();
    let path = change.path.display();
    // A file that is written or removed whole has nothing of the user's to look after.
    let is_edit = change.before.is_some() && change.after.is_some();
    let diff = if is_edit || dry_run { format!("{}\n", change.diff()) } else { String::new() };
    format!("{}, {}: {path} {done}{kept}\n{diff}", host.title, change.what)
}

fn host() -> impl TypedValueParser<Value = &'static Host> {
    let names = HOSTS.iter().map(|host| PossibleValue::new(host.name).help(host.title));
    PossibleValuesParser::new(names.collect::<Vec<_>>())
        .map(|name| install::find(&name).expect("only names of the list are possible"))
}
