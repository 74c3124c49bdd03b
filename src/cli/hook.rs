//! `baton hook`: answers an event of a host. Whatever happens, the process ends well.

use std::io::{self, Read, Write};

use baton::hook::{self, Answer};
use baton::surroundings::Surroundings;
use clap::Args;

use super::report;

const AFTER: &str = "\
The host calls this by itself once 'baton install' has told it to. It reads the event on standard input, saves or restores,
and answers as the host demands. It always ends with status 0: what goes wrong is said on stderr and in the store's hook.log.
BATON_DISABLE=1 stops all saving by itself.";

/// Answer an event of a host.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Hook {
    /// The host: claude-code, codex, cursor, gemini, opencode
    pub host: Option<String>,
    /// What a newer host may add; not looked at
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub rest: Vec<String>,
}

/// The most bytes of an event that are read: a summary may be long, a session is not sent.
const LIMIT: u64 = 16 << 20;

pub fn run(request: &Hook, surroundings: &Surroundings) {
    let mut event = Vec::new();
    // What could not be read is no event, and the hook says so.
    let _ = io::stdin().lock().take(LIMIT).read_to_end(&mut event);
    let Answer { output, problem } =
        hook::answer(request.host.as_deref().unwrap_or_default(), &event, surroundings);
    // A host that is gone needs no answer.
    let _ = io::stdout().lock().write_all(output.as_bytes());
    if let Some(problem) = problem {
        report::say(&format!("baton hook: {problem}"));
    }
}
