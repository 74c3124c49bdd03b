//! `baton doctor`: whether Baton is in place on this machine.

use baton::doctor::{self, Finding, Verdict};
use baton::error::{Error, Result};
use baton::surroundings::Surroundings;

use super::output;

/// Says what was found; that something will not work is an error.
pub fn run(surroundings: &Surroundings, as_json: bool) -> Result<()> {
    let findings = doctor::examine(surroundings);
    output::write(&if as_json { output::json(&findings) } else { table(&findings) }, None)?;
    let bad = findings.iter().filter(|finding| finding.verdict == Verdict::Bad).count();
    if bad > 0 { Err(Error::Unwell { bad }) } else { Ok(()) }
}

fn table(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.about.len()).max().unwrap_or(0);
    let line = |Finding { about, verdict, said }: &Finding| {
        let verdict = match verdict {
            Verdict::Good => "ok  ",
            Verdict::Note => "note",
            Verdict::Bad => "BAD ",
        };
        format!("{verdict}  {about:width$}  {said}\n")
    };
    findings.iter().map(line).collect()
}
