//! What a reply offered to choose from, and what the user took.

use super::session::{Session, Turn};
use super::worth::option_label;
use crate::event::EventKind;
use crate::text::{plain, statements};

/// The options of a reply that the user answered in a few words.
pub struct Offer {
    /// Index of the event that offered them.
    pub at: usize,
    /// Index of the event that answered.
    pub answered: usize,
    /// The question that they answer.
    pub question: String,
    /// Each option as it was worded.
    pub options: Vec<String>,
    /// Which of them were taken; none if the user answered in other words.
    pub taken: Vec<usize>,
}

impl Offer {
    /// Whether a statement only tells one of the options.
    pub fn tells(&self, statement: &str) -> bool {
        self.options.iter().any(|option| option.contains(statement) || statement.contains(option.as_str()))
    }
}

/// The offers of a session that were answered, in order.
pub fn offers(session: &Session) -> Vec<Offer> {
    session.turns.iter().filter_map(|turn| offer(session, turn)).collect()
}

fn offer(session: &Session, turn: &Turn) -> Option<Offer> {
    let at = turn.reply?;
    let EventKind::Assistant { text } = &session.events[at].kind else { return None };
    let answer = session.turn_after(at)?;
    let options = options(text);
    if options.len() < 2 {
        return None;
    }
    let question = statements(text).into_iter().rev().map(|s| s.text).find(|text| text.contains('?'))?;
    let taken = if answer.text.len() < 40 { taken(answer.text, &options) } else { Vec::new() };
    let options = options.into_iter().map(|(_, words)| words).collect();
    Some(Offer { at, answered: answer.at, question, options, taken })
}

/// The options of a message: label and words of each line that begins with one.
fn options(text: &str) -> Vec<(String, String)> {
    let bare = |line: &str| plain(line.trim().trim_start_matches(['-', '*', '•', ' ', '>']));
    text.lines()
        .filter_map(|line| {
            let line = bare(line);
            let (label, words) = option_label(&line)?;
            Some((label.to_lowercase(), words.to_owned()))
        })
        .collect()
}

/// Which options an answer names: every word of it is a label, or it is one word that stands in one option only.
fn taken(answer: &str, options: &[(String, String)]) -> Vec<usize> {
    const AROUND: &[&str] = &[
        "and", "option", "yes", "please", "go", "with", "i", "choose", "the", "lets", "do", "both", "number",
        "on", "continue", "proceed", "ok", "okay", "yeah", "let", "s", "start",
    ];
    let answer = answer.to_lowercase();
    let words: Vec<&str> =
        answer.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let label = |word: &&str| options.iter().rposition(|(label, _)| label == word);
    let telling: Vec<&str> =
        words.iter().copied().filter(|word| label(word).is_some() || !AROUND.contains(word)).collect();
    if let Some(chosen) = telling.iter().map(label).collect::<Option<Vec<usize>>>() {
        return chosen;
    }
    let [word] = telling[..] else { return Vec::new() };
    let says = |(_, text): &&(String, String)| {
        text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|other| other == word)
    };
    match options.iter().filter(says).count() {
        1 if word.len() > 3 => options.iter().position(|option| says(&option)).into_iter().collect(),
        _ => Vec::new(),
    }
}
