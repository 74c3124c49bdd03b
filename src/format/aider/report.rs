//! What the program tells the model of blocks that failed.

/// How the program's own words on failed blocks end.
const RULE: &str = "The SEARCH section must exactly match";

/// How many of the lines are the program's own: it tells the model which blocks failed, and so begins its answer.
pub(super) fn reported(lines: &[&str]) -> usize {
    let first = lines.iter().find(|line| !line.trim().is_empty());
    if !first.is_some_and(|line| line.starts_with("## SearchReplaceNoExactMatch")) {
        return 0;
    }
    let Some(end) = lines.iter().position(|line| line.starts_with(RULE)) else { return 0 };
    // Where other blocks could be put in, it says so behind that.
    let more = lines[end..].iter().take(8).position(|line| line.contains("above that failed to match."));
    end + more.unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_reports_is_not_the_models() {
        let failed = "## SearchReplaceNoExactMatch: This SEARCH block failed to exactly match lines in a.rs\n\
            <<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n\nDid you mean to match some of these actual lines from a.rs?\n\n";
        let rule =
            "The SEARCH section must exactly match an existing block of lines including all white space\n";
        let others = "\n# The other 1 SEARCH/REPLACE block were applied successfully.\nDon't re-send them.\n\
            Just reply with fixed versions of the block above that failed to match.\n";
        let check = |report: &str| {
            let text = format!("{report}\nYou are right.\n");
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines[reported(&lines)..].join("\n").trim(), "You are right.", "{report}");
        };
        check("");
        check(&format!("{failed}{rule}"));
        check(&format!("\n{failed}{failed}{rule}{others}"));
    }
}
