//! What can be asked on the command line, and its help.

use std::path::PathBuf;

use baton::build::{MINIMUM, Options};
use baton::error::{self, Error};
use baton::format::FORMATS;
use baton::render::{self, Citations, RENDERERS, Renderer};
use baton::token::{Encoding, Tokenizer};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

const AFTER: &str = "\
Examples:
  baton compress session.jsonl                     a handoff of at most 2000 tokens
  baton compress - --budget 800 < session.jsonl    from a pipe, shorter
  baton save --latest                              keep one of the newest session here
  baton load                                       give it to the next
  baton explain session.jsonl                      why each entry is in it
  baton count src/*.rs --model gpt-5               exact token counts

Exit status:
  0  all went well, or the reader of the output closed it
  1  something could not be read, understood or written
  2  the command line is wrong, as is a budget that is too small";

const AFTER_COMPRESS: &str = "\
Examples:
  baton compress session.jsonl -o HANDOFF.md
  baton compress session.jsonl --budget 4000 --model claude-opus-5
  baton compress session.jsonl --output json --cite";

const AFTER_COUNT: &str = "\
Examples:
  baton count session.jsonl          what the models saw of a session
  baton count README.md src          text files, and their total
  baton count --text session.jsonl   the file itself, with all it holds";

const AFTER_EXPLAIN: &str = "\
Examples:
  baton explain session.jsonl --budget 800
  baton explain session.jsonl --json | jq '.sections[].left_out_tokens'";

/// Turn the transcript of a coding-agent session into a handoff that fits an exact token budget
#[derive(Parser)]
#[command(name = "baton", version, after_help = AFTER, arg_required_else_help = true, max_term_width = 100)]
pub struct Arguments {
    /// Name every lost record and show every entry in full
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Make a handoff of a transcript
    Compress(Compress),
    /// Say why each entry is in the handoff, and what was left out
    Explain(Explain),
    /// Count the tokens of transcripts and text files
    Count(Count),
    /// Show what is read of a transcript, event by event, or what becomes of its records
    Read(super::read::Read),
    /// List the transcript formats
    Formats,
    /// List the sessions of coding agents on this machine
    Sessions(super::sessions::Sessions),
    /// Make a handoff and keep it
    Save(super::save::Save),
    /// Give a kept handoff to the next session
    Load(super::load::Load),
    /// List the kept handoffs
    List(super::list::List),
    /// Show all that is kept of a handoff
    Show(super::show::Show),
    /// List the versions of a kept handoff
    Log(super::log::Log),
    /// Search in kept handoffs, their comments and conversations
    Search(super::search::Search),
    /// Make one handoff of several kept ones
    Merge(super::merge::Merge),
    /// Say something about a kept handoff
    Comment(super::comment::Comment),
    /// Remove kept handoffs
    Rm(super::rm::Rm),
    /// Remove the kept handoffs that are old
    Prune(super::prune::Prune),
    /// Write kept handoffs to a file
    Export(super::export::Export),
    /// Keep handoffs from a file
    Import(super::import::Import),
    /// Say what changed from one handoff to the next
    Diff(super::diff::Diff),
    /// Make the later handoff of the earlier one and what changed
    Apply(super::diff::Apply),
    /// Say what handoffs saved
    Stats(super::stats::Show),
    /// Put Baton into an agent: MCP server, hooks, skill
    Install(super::install::Install),
    /// Take Baton out of an agent again
    Uninstall(super::install::Install),
    /// Say whether Baton is in place on this machine
    Doctor {
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Answer an MCP client on standard input and output
    #[cfg(feature = "server")]
    Mcp(super::mcp::Mcp),
    /// Answer MCP clients over HTTP, at /mcp
    #[cfg(feature = "server")]
    Serve(super::serve::Serve),
    /// Answer an event of a host
    Hook(super::hook::Hook),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual pages, in roff
    Man,
}

/// Make a handoff of a transcript.
#[derive(Args)]
#[command(after_help = AFTER_COMPRESS)]
pub struct Compress {
    #[command(flatten)]
    pub handoff: Handoff,
    #[command(flatten)]
    pub target: Target,
    /// Say what was read and written on stderr, as is done anyway on a terminal
    #[arg(long)]
    pub stats: bool,
}

/// Count the tokens of transcripts and text files.
#[derive(Args)]
#[command(after_help = AFTER_COUNT)]
pub struct Count {
    /// The files; of a folder all in it and below that git would not ignore; '-' is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub counting: Counting,
    /// Count transcripts as plain text, too
    #[arg(long)]
    pub text: bool,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

/// Say why each entry is in the handoff, and what was left out.
#[derive(Args)]
#[command(after_help = AFTER_EXPLAIN)]
pub struct Explain {
    #[command(flatten)]
    pub handoff: Handoff,
    #[command(flatten)]
    pub target: Target,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

/// What a handoff is made of, and how.
#[derive(Args)]
pub struct Handoff {
    /// The transcript; '-' is standard input
    pub transcript: PathBuf,
    /// The most tokens the handoff may have; at least 200
    #[arg(short, long, value_name = "TOKENS", default_value = "2000", value_parser = budget, allow_negative_numbers = true)]
    pub budget: usize,
    #[command(flatten)]
    pub counting: Counting,
    /// Format of the transcript
    #[arg(long, default_value = "auto", value_parser = PossibleValuesParser::new(format_names()))]
    pub format: String,
    /// Title or id of the conversation, in a file or a database of many; the last used if nothing is named
    #[arg(long, visible_alias = "of", value_name = "TITLE")]
    pub conversation: Option<String>,
    /// How the handoff is written
    #[arg(long, value_name = "RENDERING", default_value = "markdown", value_parser = renderer())]
    pub output: &'static Renderer,
    /// Working tree to check the places in files against
    #[arg(long, value_name = "DIR", value_parser = folder)]
    pub root: Option<PathBuf>,
    /// The handoff before, in JSON: what stands in it is preferred
    #[arg(long, value_name = "FILE")]
    pub base: Option<PathBuf>,
    /// Show the lines of the transcript that prove each entry
    #[arg(long)]
    pub cite: bool,
}

/// What counts tokens.
#[derive(Args)]
pub struct Counting {
    /// Count with this encoding; `o200k_base` if nothing is named
    #[arg(long, value_name = "NAME", value_parser = encoding(), conflicts_with = "model")]
    encoding: Option<Encoding>,
    /// Count as this model does, such as gpt-5; claude-* is a measured estimate
    #[arg(long, value_name = "NAME", value_parser = model)]
    model: Option<String>,
}

/// Where the result goes.
#[derive(Args)]
pub struct Target {
    /// Write to this file, whole or not at all, instead of standard output
    #[arg(short = 'o', value_name = "FILE")]
    pub file: Option<PathBuf>,
}

impl Handoff {
    /// The request to the library.
    pub fn options(&self) -> error::Result<Options> {
        Ok(Options {
            budget: self.budget,
            tokenizer: self.counting.tokenizer(),
            renderer: self.output,
            citations: if self.cite { Citations::Shown } else { Citations::Hidden },
            format: Some(self.format.clone()),
            root: self.root.clone(),
            recorded_root: false,
            base: self.base.as_deref().map(super::diff::read).transpose()?,
        })
    }
}

impl Counting {
    /// What was named, or the default.
    pub fn tokenizer(&self) -> Tokenizer {
        let named =
            self.model.as_deref().map(|name| Tokenizer::resolve(name).expect("only known names are taken"));
        named.unwrap_or(Tokenizer::Exact(self.encoding.unwrap_or_default()))
    }

    /// The name of what was named.
    pub fn name(&self) -> Option<String> {
        self.model.clone().or_else(|| self.encoding.map(|encoding| encoding.name().to_owned()))
    }
}

/// A number of tokens that is enough for a handoff.
pub fn budget(text: &str) -> Result<usize, String> {
    let parsed = text.parse().map_err(|_| "not a number of tokens; give one such as 2000")?;
    if parsed < MINIMUM {
        return Err(Error::BudgetTooSmall { budget: parsed, minimum: MINIMUM }.to_string());
    }
    Ok(parsed)
}

pub fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_dir() {
        Ok(path)
    } else {
        Err("there is no such folder; name the one the session worked in".to_owned())
    }
}

fn model(name: &str) -> Result<String, Error> {
    Tokenizer::resolve(name).map(|_| name.to_owned())
}

/// The names that a format can be asked for by.
pub fn format_names() -> Vec<PossibleValue> {
    let auto = PossibleValue::new("auto").help("by its content");
    let named = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.title));
    std::iter::once(auto).chain(named).collect()
}

/// A rendering, by its name.
pub fn renderer() -> impl TypedValueParser<Value = &'static Renderer> {
    let values = RENDERERS.iter().map(|renderer| PossibleValue::new(renderer.name).help(renderer.title));
    PossibleValuesParser::new(values.collect::<Vec<_>>())
        .map(|name| render::find(&name).expect("only names of the list are possible"))
}

fn encoding() -> impl TypedValueParser<Value = Encoding> {
    PossibleValuesParser::new(Encoding::ALL.map(Encoding::name))
        .map(|name| Encoding::from_name(&name).expect("only names of the list are possible"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_names_the_true_minimum_and_defaults() {
        let help = Arguments::command().find_subcommand_mut("compress").unwrap().render_help().to_string();
        assert!(help.contains(&format!("at least {MINIMUM}")), "{help}");
        let defaults = Options::default();
        let arguments = Arguments::parse_from(["baton", "compress", "-"]);
        let Command::Compress(request) = arguments.command else { panic!("compress was asked for") };
        let options = request.handoff.options().unwrap();
        assert_eq!(options.budget, defaults.budget);
        assert_eq!(options.tokenizer, defaults.tokenizer);
        assert_eq!(options.renderer.name, defaults.renderer.name);
        assert_eq!(options.citations, defaults.citations);
    }
}
