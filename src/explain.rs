//! Why a handoff says what it says: every entry that was found, taken or left out, with its worth and its evidence.

use serde::Serialize;

use crate::build::Handoff;
use crate::fact::{Fact, Item};
use crate::token::Tokenizer;

/// The sections of a handoff, in the order in which they are read.
const SECTIONS: &[&str] = &[
    "Task",
    "Progress",
    "Relevant Files",
    "User Instructions",
    "Key Decisions",
    "Findings",
    "Open Errors",
    "Verification",
    "Open Questions",
    "Next Steps",
    "Environment",
];

/// Why a handoff says what it says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Size of the handoff in tokens.
    pub tokens: usize,
    /// The most tokens it could have.
    pub budget: u64,
    /// What counted them.
    pub encoding: String,
    /// Size of what the models saw, in tokens.
    pub tokens_read: u64,
    /// Its sections, those without any entry left out.
    pub sections: Vec<Section>,
}

/// The entries of a section; in each list, what is worth most comes first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Its title.
    pub title: &'static str,
    /// What the handoff says.
    pub taken: Vec<Entry>,
    /// What it leaves out, each entry in its longest form.
    pub left_out: Vec<Entry>,
    /// Size of all that is left out, in tokens.
    pub left_out_tokens: usize,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its words.
    pub text: String,
    /// Its size in tokens, without the marks a rendering puts around it.
    pub tokens: usize,
    /// Which of its forms this is, from 1, the longest.
    pub form: usize,
    /// How many forms it has.
    pub forms: usize,
    /// What it is worth, in points: about 100 for an ordinary statement.
    pub worth: i64,
    /// Whether it was to be in any handoff, however small.
    pub floor: bool,
    /// Who said it or what shows it.
    pub source: &'static str,
    /// Why it is an entry.
    pub reason: &'static str,
    /// Lines of the transcript that prove it.
    pub evidence: Vec<u32>,
}

/// Explains a handoff, counting with the tokenizer that it was made with.
pub fn explain(handoff: &Handoff, tokenizer: &Tokenizer) -> Explanation {
    let metadata = &handoff.state.metadata;
    let sections = SECTIONS.iter().map(|title| Section::of(title, handoff, tokenizer));
    Explanation {
        tokens: handoff.tokens,
        budget: metadata.tokens.as_ref().map_or(0, |tokens| tokens.budget),
        encoding: tokenizer.name(),
        tokens_read: metadata.source.as_ref().map_or(0, |source| source.tokens),
        sections: sections
            .filter(|section| !section.taken.is_empty() || !section.left_out.is_empty())
            .collect(),
    }
}

impl Section {
    fn of(title: &'static str, handoff: &Handoff, tokenizer: &Tokenizer) -> Self {
        let mut section = Section { title, taken: Vec::new(), left_out: Vec::new(), left_out_tokens: 0 };
        for (index, fact) in
            handoff.facts.iter().enumerate().filter(|(_, fact)| title_of(&fact.forms[0]) == title)
        {
            match handoff.choice.get(&index) {
                Some(&form) => section.taken.push(Entry::of(fact, form, tokenizer)),
                None => section.left_out.push(Entry::of(fact, 0, tokenizer)),
            }
        }
        section.taken.sort_by_key(|entry| -entry.worth);
        section.left_out.sort_by_key(|entry| -entry.worth);
        section.left_out_tokens = section.left_out.iter().map(|entry| entry.tokens).sum();
        section
    }
}

impl Entry {
    fn of(fact: &Fact, form: usize, tokenizer: &Tokenizer) -> Self {
        let text = words(&fact.forms[form]);
        Entry {
            tokens: tokenizer.count_upper(&text),
            text,
            form: form + 1,
            forms: fact.forms.len(),
            worth: fact.worth,
            floor: fact.floor.is_some(),
            source: fact.source,
            reason: fact.reason,
            evidence: fact.evidence.clone(),
        }
    }
}

/// The words of an entry; a status has its name before them.
fn words(item: &Item) -> String {
    match item {
        Item::Status(status, words) if words.is_empty() => status.name().to_owned(),
        Item::Status(status, words) => format!("{}: {words}", status.name()),
        item => item.text().into_owned(),
    }
}

/// The title of the section that an entry stands in.
fn title_of(item: &Item) -> &'static str {
    match item {
        Item::Objective(_) | Item::Status(..) => "Task",
        Item::Progress(_) => "Progress",
        Item::File(_) => "Relevant Files",
        Item::Constraint(_) => "User Instructions",
        Item::Decision(_) => "Key Decisions",
        Item::Finding(_) => "Findings",
        Item::Error(_) => "Open Errors",
        Item::Verification(_) => "Verification",
        Item::Question(_) => "Open Questions",
        Item::NextStep(_) => "Next Steps",
        Item::Environment(_) | Item::Note(_) => "Environment",
    }
}
