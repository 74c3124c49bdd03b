//! `baton explain`: why each entry is in a handoff, and what was left out.

use std::fmt::Write;

use baton::error::Result;
use baton::explain::{Entry, Explanation, Section, explain};

use super::{arguments, compress, output};

/// Most entries of a section that are listed as left out, and most characters of an entry, unless all is asked for.
const LISTED: usize = 5;
const SHOWN: usize = 100;

pub fn run(request: &arguments::Explain, verbose: bool) -> Result<()> {
    let file = request.target.file.as_deref();
    output::keep_input(&request.handoff.transcript, file)?;
    let handoff = compress::make(&request.handoff, verbose)?;
    let explanation = explain(&handoff, &request.handoff.counting.tokenizer());
    let text = if request.json { json(&explanation) } else { list(&explanation, verbose) };
    output::write(&text, file)
}

fn json(explanation: &Explanation) -> String {
    let text = serde_json::to_string_pretty(explanation).expect("an explanation is plain data");
    text + "\n"
}

fn list(explanation: &Explanation, verbose: bool) -> String {
    let Explanation { tokens, budget, encoding, tokens_read, sections } = explanation;
    let mut text = format!("{tokens} of {budget} tokens, from {tokens_read} read, counted by {encoding}\n");
    text.push_str("+ in the handoff, ! in any handoff, - left out; then worth, tokens, and why\n");
    for section in sections {
        list_section(&mut text, section, verbose);
    }
    text
}

fn list_section(text: &mut String, section: &Section, verbose: bool) {
    let Section { title, taken, left_out, left_out_tokens } = section;
    let _ = writeln!(
        text,
        "\n{title}: {} in, {} left out ({left_out_tokens} tokens)",
        taken.len(),
        left_out.len()
    );
    for entry in taken {
        list_entry(text, if entry.floor { '!' } else { '+' }, entry, verbose);
    }
    let listed = if verbose { left_out.len() } else { LISTED };
    for entry in left_out.iter().take(listed) {
        list_entry(text, '-', entry, verbose);
    }
    if let Some(rest @ [_, ..]) = left_out.get(listed..) {
        let tokens: usize = rest.iter().map(|entry| entry.tokens).sum();
        let _ = writeln!(text, "  and {} more ({tokens} tokens); --verbose lists all", rest.len());
    }
}

fn list_entry(text: &mut String, mark: char, entry: &Entry, verbose: bool) {
    let Entry { worth, tokens, source, reason, form, forms, .. } = entry;
    let shortened = if *form > 1 { format!(", form {form} of {forms}") } else { String::new() };
    let lines = lines(&entry.evidence, verbose);
    let _ = writeln!(text, "{mark} {worth:>5} {tokens:>4}  {source}: {reason}; {lines}{shortened}");
    let _ = writeln!(text, "              {}", words(&entry.text, verbose));
}

/// The lines that prove an entry: `line 3`, `lines 3 8 9`.
fn lines(evidence: &[u32], verbose: bool) -> String {
    let named = if verbose { evidence.len() } else { LISTED };
    let numbers: Vec<String> = evidence.iter().take(named).map(u32::to_string).collect();
    match (numbers.len(), evidence.len()) {
        (_, 0) => "no line of its own".to_owned(),
        (_, 1) => format!("line {}", numbers[0]),
        (shown, all) if shown < all => format!("lines {} and {} more", numbers.join(" "), all - shown),
        _ => format!("lines {}", numbers.join(" ")),
    }
}

/// The words in one line, and only so many.
fn words(text: &str, verbose: bool) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) if !verbose => format!("{}…", &line[..end]),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_things_are_cut() {
        assert_eq!(words("a  b\nc", false), "a b c");
        assert_eq!(words(&"é".repeat(200), false), "é".repeat(SHOWN) + "…");
        assert_eq!(words(&"é".repeat(200), true), "é".repeat(200));
        assert_eq!(lines(&[], false), "no line of its own");
        assert_eq!(lines(&[7], false), "line 7");
        assert_eq!(lines(&[1, 2, 3, 4, 5, 6], false), "lines 1 2 3 4 5 and 1 more");
        assert_eq!(lines(&[1, 2, 3, 4, 5, 6], true), "lines 1 2 3 4 5 6");
    }
}
