//! Getting back what a handoff left out: the exact words of a session at a line, or about a question.
//!
//! A session is cut into passages of a few lines. Those at the lines asked for come first, then those that hold the rarest
//! words of the question; what fits the budget is given in the order of the session, word for word behind the gate.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use rayon::prelude::*;

use crate::error::Result;
use crate::event::{Action, Call, Event, EventKind, Todo, TodoState};
use crate::token::Tokenizer;
use crate::{format, redact, text};

/// What is to be got back.
#[derive(Clone)]
pub struct Ask {
    /// Words of what is looked for; may be empty if lines are named.
    pub query: String,
    /// Lines of the transcript that are wanted in any case.
    pub lines: BTreeSet<u32>,
    /// The most tokens that are given.
    pub budget: usize,
    /// What counts them.
    pub tokenizer: Tokenizer,
    /// Format of the transcript; detected if none.
    pub format: Option<String>,
    /// The host's own summary, where one was kept beside the transcript: it is searched too.
    pub summary: Option<String>,
}

/// What was got back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalled {
    /// The passages, each below a line that says where it stands and who said it.
    pub text: String,
    /// Its size in tokens, never more than the budget.
    pub tokens: usize,
    /// How many more passages have to do with the question.
    pub left_out: usize,
}

/// Longest passage, in bytes; a paragraph ends one from half of it on.
const PASSAGE: usize = 900;

/// Most words of a question that are looked for.
const WORDS: usize = 64;

/// A passage is left out where it tells less than this part of what the best one does.
const TELLING: u32 = 3;

/// What a passage gains by standing at a line that was asked for: more than any words can tell.
const ASKED: u32 = 1 << 20;

/// Gets back what a session said at some lines or about a question. Without a transcript there may still be a summary.
pub fn recall(bytes: Option<&[u8]>, ask: &Ask) -> Result<Recalled> {
    let mut spoken = bytes.map_or_else(|| Ok(Vec::new()), |bytes| said(bytes, ask))?;
    let summary = ask.summary.as_ref().filter(|summary| !is_said(&spoken, summary));
    spoken.extend(summary.map(|summary| Spoken { line: KEPT, who: SUMMARY, text: summary.clone() }));
    let passages: Vec<Passage> =
        spoken.iter().enumerate().flat_map(|(index, spoken)| passages(index, &spoken.text)).collect();
    let ranked = rank(&passages, &spoken, ask);
    Ok(fit(&ranked, &passages, &spoken, ask.budget, ask.tokenizer))
}

/// All that was said in a session, behind the gate.
fn said(bytes: &[u8], ask: &Ask) -> Result<Vec<Spoken>> {
    let mut transcript = format::read(bytes, ask.format.as_deref())?;
    redact::transcript(&mut transcript);
    Ok(transcript.events.iter().filter_map(Spoken::of).collect())
}

/// Whether the transcript itself holds a summary; most hosts write it there.
fn is_said(spoken: &[Spoken], summary: &str) -> bool {
    spoken.iter().any(|spoken| spoken.text.contains(summary.trim()))
}

/// The line of what stands in no line of the transcript.
const KEPT: u32 = 0;

/// Who says a summary.
const SUMMARY: &str = "the host's summary";

/// The last messages of a session, within a budget; of the first of them perhaps only its end.
pub fn last(bytes: &[u8], messages: usize, budget: usize, tokenizer: Tokenizer) -> Result<String> {
    let mut transcript = format::read(bytes, None)?;
    redact::transcript(&mut transcript);
    let is_message =
        |event: &&Event| matches!(event.kind, EventKind::User { .. } | EventKind::Assistant { .. });
    let events: Vec<&Event> = transcript.events.iter().filter(is_message).collect();
    let spoken: Vec<Spoken> = events
        .iter()
        .skip(events.len().saturating_sub(messages))
        .filter_map(|event| Spoken::of(event))
        .collect();
    let passages: Vec<Passage> =
        spoken.iter().enumerate().flat_map(|(index, spoken)| passages(index, &spoken.text)).collect();
    let latest: Vec<usize> = (0..passages.len()).rev().collect();
    Ok(fit(&latest, &passages, &spoken, budget, tokenizer).text)
}

/// What somebody said or something showed, in one record.
struct Spoken {
    line: u32,
    who: &'static str,
    text: String,
}

impl Spoken {
    fn of(event: &Event) -> Option<Spoken> {
        let (who, text) = match &event.kind {
            EventKind::User { text } => ("user", text.clone()),
            EventKind::Command { name, arguments } => ("user", format!("{name} {arguments}")),
            EventKind::Assistant { text } => ("agent", text.clone()),
            EventKind::Reasoning { text } => ("agent, thinking", text.clone()),
            EventKind::Call(call) => ("call", called(call)),
            EventKind::Result(result) => ("result", result.text.clone()),
            EventKind::Todos(todos) => ("to-do list", listed(todos)),
            EventKind::PlanApproved { plan } => ("plan, approved by the user", plan.clone()),
            EventKind::Compacted { summary } => (SUMMARY, summary.clone()?),
            _ => return None,
        };
        (!text.trim().is_empty()).then_some(Spoken { line: event.line, who, text })
    }
}

fn called(call: &Call) -> String {
    match &call.action {
        Action::Run { command, .. } => format!("{}: {command}", call.tool),
        _ => format!("{}: {}", call.tool, call.input),
    }
}

fn listed(todos: &[Todo]) -> String {
    let line = |todo: &Todo| {
        let mark = match todo.state {
            TodoState::Pending => "[ ]",
            TodoState::InProgress => "[>]",
            TodoState::Completed => "[x]",
            TodoState::Cancelled => "[-]",
        };
        format!("{mark} {}", todo.text)
    };
    todos.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A few lines of what was said.
struct Passage {
    spoken: usize,
    start: usize,
    end: usize,
}

/// Cuts a text into passages, at ends of paragraphs and lines where that is possible.
fn passages(spoken: usize, text: &str) -> Vec<Passage> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        for piece in pieces(line) {
            let paragraph = piece.trim().is_empty() && end - start > PASSAGE / 2;
            if end > start && (paragraph || end - start + piece.len() > PASSAGE) {
                out.push(Passage { spoken, start, end });
                start = end;
            }
            end += piece.len();
        }
    }
    if end > start {
        out.push(Passage { spoken, start, end });
    }
    out
}

/// A line in pieces that are no longer than a passage.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (piece, behind) = rest.split_at(rest.floor_char_boundary(PASSAGE));
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The passages that have to do with the question, the best first.
fn rank(passages: &[Passage], spoken: &[Spoken], ask: &Ask) -> Vec<usize> {
    let words: Vec<String> = text::words(&ask.query)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .take(WORDS)
        .map(Cow::into_owned)
        .collect();
    let held: Vec<u64> = passages.par_iter().map(|passage| held(&words, passage.of(spoken))).collect();
    let weights: Vec<u32> = (0..words.len()).map(|word| weight(&held, word)).collect();
    let mut ranked: Vec<(u32, usize)> = (0..passages.len())
        .map(|index| {
            let asked = ask.lines.contains(&spoken[passages[index].spoken].line);
            let told: u32 =
                (0..words.len()).filter(|word| held[index] >> word & 1 == 1).map(|word| weights[word]).sum();
            (if asked { ASKED + told } else { told }, index)
        })
        .filter(|(score, _)| *score > 0)
        .collect();
    let telling = ranked.iter().map(|(score, _)| score % ASKED).max().unwrap_or(0) / TELLING;
    ranked.retain(|(score, _)| *score >= ASKED || *score >= telling);
    // What was said last is truer than what was said first; at a line asked for, reading begins at its beginning.
    ranked.sort_by_key(|&(score, index)| {
        (std::cmp::Reverse(score), if score >= ASKED { index } else { usize::MAX - index })
    });
    ranked.into_iter().map(|(_, index)| index).collect()
}

impl Passage {
    fn of<'a>(&self, spoken: &'a [Spoken]) -> &'a str {
        &spoken[self.spoken].text[self.start..self.end]
    }
}

/// Which of the words a text holds, a bit a word.
fn held(words: &[String], text: &str) -> u64 {
    let text = text.to_lowercase();
    let found = |word: &str| {
        text.match_indices(word)
            .any(|(at, _)| !word.is_ascii() || !text[..at].ends_with(char::is_alphanumeric))
    };
    words.iter().enumerate().filter(|(_, word)| found(word)).map(|(index, _)| 1 << index).sum()
}

/// What a word tells: more, the fewer passages hold it.
fn weight(held: &[u64], word: usize) -> u32 {
    let holding = held.iter().filter(|held| **held >> word & 1 == 1).count();
    10 + 10 * held.len().checked_div(holding).map_or(0, usize::ilog2)
}

/// As many of the best passages as the budget allows, in the order of the session.
fn fit(
    ranked: &[usize],
    passages: &[Passage],
    spoken: &[Spoken],
    budget: usize,
    tokenizer: Tokenizer,
) -> Recalled {
    let mut chosen: Vec<usize> = Vec::new();
    let mut estimate = 0;
    for &index in ranked {
        let size = HEADING + tokenizer.count_upper(passages[index].of(spoken));
        if estimate + size <= budget {
            estimate += size;
            chosen.push(index);
        }
    }
    loop {
        let text = write(&chosen, passages, spoken);
        let tokens = tokenizer.count_upper(&text);
        if tokens <= budget {
            return Recalled { text, tokens, left_out: ranked.len() - chosen.len() };
        }
        chosen.pop();
    }
}

/// About what the line above a passage costs, in tokens.
const HEADING: usize = 8;

/// The passages in the order of the session; those that follow one another are joined.
fn write(chosen: &[usize], passages: &[Passage], spoken: &[Spoken]) -> String {
    let mut order = chosen.to_vec();
    order.sort_unstable();
    let mut out = String::new();
    for part in order.chunk_by(|a, b| a + 1 == *b && passages[*a].spoken == passages[*b].spoken) {
        let (first, last) = (&passages[part[0]], &passages[part[part.len() - 1]]);
        let Spoken { line, who, text } = &spoken[first.spoken];
        let cut = |is: bool| if is { "…" } else { "" };
        let quoted = text[first.start..last.end].trim_end_matches('\n');
        let (before, after) = (cut(first.start > 0), cut(last.end < text.len()));
        let place = if *line == KEPT { "kept".to_owned() } else { format!("L{line}") };
        let _ = writeln!(out, "[{place}] {who}:\n{before}{quoted}{after}\n");
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Encoding;

    fn session(lines: &[(&str, &str)]) -> Vec<u8> {
        let record = |(role, text): &(&str, &str)| {
            serde_json::json!({"type": role, "message": {"role": role, "content": text}}).to_string() + "\n"
        };
        lines.iter().map(record).collect::<String>().into_bytes()
    }

    #[track_caller]
    fn check(lines: &[(&str, &str)], query: &str, at: &[u32], budget: usize, expected: (&str, usize)) {
        let tokenizer = Tokenizer::Exact(Encoding::O200kBase);
        let ask = Ask {
            query: query.to_owned(),
            lines: at.iter().copied().collect(),
            budget,
            tokenizer,
            format: None,
            summary: None,
        };
        let recalled = recall(Some(&session(lines)), &ask).unwrap();
        assert_eq!((recalled.text.as_str(), recalled.left_out), expected);
        assert!(recalled.tokens <= budget);
        assert_eq!(recalled.tokens, tokenizer.count_upper(&recalled.text));
    }

    const TALK: &[(&str, &str)] = &[
        ("user", "Round the totals to cents"),
        ("assistant", "The totals are rounded twice, in invoice.rs and in report.rs."),
        ("user", "Keep the one in report.rs"),
    ];

    #[test]
    fn words_and_lines_find_what_was_said() {
        check(
            TALK,
            "invoice.rs",
            &[],
            200,
            ("[L2] agent:\nThe totals are rounded twice, in invoice.rs and in report.rs.", 0),
        );
        check(TALK, "", &[3], 200, ("[L3] user:\nKeep the one in report.rs", 0));
        check(
            TALK,
            "report.rs",
            &[1],
            200,
            (
                "[L1] user:\nRound the totals to cents\n\n[L2] agent:\nThe totals are rounded twice, in invoice.rs and in report.rs.\n\n[L3] user:\nKeep the one in report.rs",
                0,
            ),
        );
        check(TALK, "zebra", &[9], 200, ("", 0));
        check(TALK, "", &[], 200, ("", 0));
    }

    #[test]
    fn the_budget_holds_and_what_it_cost_is_said() {
        check(TALK, "report.rs", &[], 16, ("[L3] user:\nKeep the one in report.rs", 1));
        check(TALK, "report.rs", &[], 3, ("", 2));
    }

    #[test]
    fn of_a_long_text_the_part_asked_for_is_given() {
        let long =
            format!("{}the needle stands here\n{}", "some hay\n".repeat(300), "more hay\n".repeat(300));
        let lines = [("user", long.as_str())];
        let ask = |budget| Ask {
            query: "needle".to_owned(),
            lines: BTreeSet::from([1]),
            budget,
            tokenizer: Tokenizer::Exact(Encoding::O200kBase),
            format: None,
            summary: None,
        };
        let recalled = recall(Some(&session(&lines)), &ask(400)).unwrap();
        assert!(recalled.text.contains("the needle stands here"), "{}", recalled.text);
        assert!(recalled.text.contains('…'));
        assert!(recalled.left_out > 0);
    }

    #[test]
    fn a_kept_summary_is_searched_too() {
        let check = |bytes: Option<&[u8]>, summary: &str, expected: &str| {
            let tokenizer = Tokenizer::Exact(Encoding::O200kBase);
            let ask = Ask {
                query: "report.rs".to_owned(),
                lines: BTreeSet::new(),
                budget: 200,
                tokenizer,
                format: None,
                summary: Some(summary.to_owned()),
            };
            assert_eq!(recall(bytes, &ask).unwrap().text, expected);
        };
        let session = session(&TALK[2..]);
        let said = "[L1] user:\nKeep the one in report.rs";
        let kept = "[kept] the host's summary:\nreport.rs rounds";
        check(None, "report.rs rounds", kept);
        check(Some(&session), "report.rs rounds", &format!("{said}\n\n{kept}"));
        check(Some(&session), " Keep the one in report.rs\n", said);
    }

    #[test]
    fn passages_hold_the_whole_text() {
        for text in ["", "a", "a\n\nb\n", &"ä".repeat(2000), &"line\n\n".repeat(500)] {
            let joined: String =
                passages(0, text).iter().map(|passage| &text[passage.start..passage.end]).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_secret_stays_behind_the_gate() {
        let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
        check(
            &[("user", &format!("use token {secret}"))],
            "token",
            &[],
            200,
            ("[L1] user:\nuse token [redacted:github-token]", 0),
        );
    }
}
