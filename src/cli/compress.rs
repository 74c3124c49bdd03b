//! `baton compress`: a handoff of a transcript.

use std::io::{IsTerminal, stderr};

use baton::build::{Handoff, build};
use baton::error::Result;

use super::{arguments, input, output, progress::Progress, report};

pub fn run(request: &arguments::Compress, verbose: bool) -> Result<()> {
    let file = request.target.file.as_deref();
    output::keep_input(&request.handoff.transcript, file)?;
    let handoff = make(&request.handoff, verbose)?;
    output::write(&handoff.text, file)?;
    if request.stats || stderr().is_terminal() {
        report::say(&stats(&handoff));
    }
    Ok(())
}

/// Reads the transcript, makes its handoff and says what was lost.
pub fn make(request: &arguments::Handoff, verbose: bool) -> Result<Handoff> {
    let name = input::name(&request.transcript);
    let progress = Progress::spinner(&format!("reading {}", name.display()));
    let bytes = input::chosen(&request.transcript, request.conversation.as_deref())?;
    let handoff = build(&bytes, &request.options()?).map_err(|error| error.of(name))?;
    drop(progress);
    report::print_warnings(&handoff.warnings, None, verbose);
    Ok(handoff)
}

/// What was read and what came out, in one line.
fn stats(handoff: &Handoff) -> String {
    let metadata = &handoff.state.metadata;
    let (events, read) = metadata.source.as_ref().map_or((0, 0), |source| (source.events, source.tokens));
    let (encoding, budget) =
        metadata.tokens.as_ref().map_or(("", 0), |tokens| (&tokens.encoding, tokens.budget));
    let share = percent(handoff.tokens as u64, read);
    let written = handoff.tokens;
    format!(
        "{events} events, {read} tokens read → {written} tokens ({share} %), budget {budget}, counted by {encoding}"
    )
}

/// A share in percent, with two decimals.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = (part.saturating_mul(10_000) + whole / 2) / whole.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages() {
        assert_eq!(percent(1, 3), "33.33");
        assert_eq!(percent(2, 3), "66.67");
        assert_eq!(percent(1998, 1_234_567), "0.16");
        assert_eq!(percent(300, 200), "150.00");
        assert_eq!(percent(5, 0), "500.00");
    }
}
