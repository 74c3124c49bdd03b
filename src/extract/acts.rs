//! What was done lately outside the working tree: pushes, tags, branches, pull requests, releases. No diff shows it, and
//! it cannot be had back.

use super::Material;
use super::cues::{Cue, Cues};
use super::shell;
use crate::event::Status;
use crate::fact::{Fact, Item};
use crate::text::clip;

/// How many of them are told.
const TOLD: usize = 6;

/// How old one may be, in tool calls after it.
const LATELY: u32 = 60;

/// The longest command that is told, in bytes.
const LONGEST: usize = 80;

/// What the acts are worth beside their recency, in points: where a reply reported them, and where none did.
const REPORTED: i64 = -20;
const UNREPORTED: i64 = 100;

/// An act of the session.
struct Act {
    /// Index of the call's event.
    at: usize,
    /// The line of its result.
    result: Option<u32>,
    /// The command, with how it ended unless it went well.
    words: String,
}

/// The last acts of the session, as one entry.
pub(super) fn fact(material: &Material) -> Option<Fact> {
    let session = &material.session;
    let mut acts = lately(material);
    acts.drain(..acts.len().saturating_sub(TOLD));
    let last = acts.last()?.at;
    let words = |acts: &[Act]| {
        let words: Vec<&str> = acts.iter().map(|act| act.words.as_str()).collect();
        Item::Progress(format!("Ran {}", words.join("; ")))
    };
    let evidence = acts.iter().flat_map(|act| [session.line(act.at)].into_iter().chain(act.result)).collect();
    let worth = 100 * session.recency(last) / 1000
        + if is_unreported(material, last) { UNREPORTED } else { REPORTED };
    let latest = &acts[acts.len().saturating_sub(2)..];
    Some(
        Fact::new(words(&acts), evidence, worth.max(5), "it reaches out of the working tree")
            .or(words(latest), 70),
    )
}

/// Whether an act came after the user's last words, and the agent's last words do not report that all was done.
fn is_unreported(material: &Material, act: usize) -> bool {
    let session = &material.session;
    let since_asked = session.turns.last().is_none_or(|turn| turn.at < act);
    let reports = |(at, text): (usize, &str)| at > act && Cues::of(text).has(Cue::Done);
    since_asked && !session.last_say().is_some_and(reports)
}

/// The acts of the last calls, in order; one that was done again, only where it was done last.
fn lately(material: &Material) -> Vec<Act> {
    let session = &material.session;
    let mut acts: Vec<Act> = Vec::new();
    for (used, command) in session.commands().filter(|(used, _)| session.ages[used.at] < LATELY) {
        let ended = match used.result.map(|result| result.status) {
            Some(Status::Failed) => " (failed)",
            Some(Status::Ok) => "",
            _ => continue,
        };
        for part in shell::parts(command).into_iter().filter(|part| reaches_out(part)) {
            let words = format!("{}{ended}", clip(&shell::tidy(part), LONGEST));
            acts.retain(|act| act.words.trim_end_matches(" (failed)") != words.trim_end_matches(" (failed)"));
            acts.push(Act { at: used.at, result: used.result_at.map(|at| session.line(at)), words });
        }
    }
    acts
}

/// Whether a part of a command line changes something beside the files: branches, tags, what others see.
fn reaches_out(part: &str) -> bool {
    let words: Vec<&str> = shell::words(part).filter(|word| !word.contains('=')).take(8).collect();
    let has = |names: &[&str]| words.iter().skip(1).any(|word| names.contains(word));
    let reads = has(&["--dry-run", "--help", "--list", "--contains", "--merged", "-l", "-n"]);
    let reaches = match words.first().copied() {
        Some("git") => git_reaches(&words),
        Some("gh" | "glab") => words.get(2).is_some_and(|word| {
            matches!(*word, "create" | "merge" | "close" | "comment" | "edit" | "delete")
        }),
        Some(
            "npm" | "pnpm" | "yarn" | "bun" | "cargo" | "poetry" | "uv" | "make" | "just" | "mix" | "gem",
        ) => has(&["publish", "release", "deploy"]),
        Some("twine" | "docker" | "podman" | "vercel" | "netlify" | "fly" | "wrangler") => {
            has(&["upload", "push", "deploy", "--prod"])
        }
        Some("kubectl" | "terraform" | "helm") => has(&["apply", "install", "upgrade", "destroy"]),
        _ => false,
    };
    reaches && !reads && !part.contains(['$', '`']) && !part.contains("/tmp/")
}

/// Whether a command of git's moves something that stays: a commit is told by itself.
fn git_reaches(words: &[&str]) -> bool {
    let mut rest = words.iter().skip(1).skip_while(|word| word.starts_with('-') || word.contains('/'));
    match rest.next().copied() {
        Some("push" | "merge" | "rebase" | "revert" | "cherry-pick") => true,
        Some("checkout" | "switch") => rest.any(|word| matches!(*word, "-b" | "-B" | "-c" | "-C")),
        Some("reset") => rest.any(|word| *word == "--hard"),
        Some("tag" | "branch") => rest.any(|word| !word.starts_with('-')),
        Some("worktree") => rest.next().is_some_and(|word| matches!(*word, "add" | "remove")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_reach_out_of_the_tree() {
        for part in [
            "git push origin main",
            "git -C /repo push",
            "git tag v1.2.0",
            "git checkout -b fix/gate",
            "gh pr create --fill",
            "npm publish --access public",
            "npm run publish",
            "docker push app:1",
            "git worktree add ../other",
        ] {
            assert!(reaches_out(part), "{part}");
        }
    }

    #[test]
    fn others_do_not() {
        for part in [
            "git tag -l",
            "git branch",
            "git branch -a",
            "git branch --contains 1a2b3c4",
            "git checkout main",
            "git commit -m push",
            "git push --dry-run",
            "gh pr view 12",
            "gh issue list --search 'create a thread'",
            "npm run build",
            "echo git push",
            "docker build .",
            "git -C \"$PLACE\" push origin main",
        ] {
            assert!(!reaches_out(part), "{part}");
        }
    }
}
