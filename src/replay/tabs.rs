//! One way to write indentation. Some records show each leading tab as two blanks, and others of the same file
//! show the tabs; what is compared must not differ by that.

use std::borrow::Cow;

use crate::event::{FileEdit, Hunk};

/// A text with each leading tab of each line as two blanks.
pub(super) fn flat(text: &str) -> Cow<'_, str> {
    with_marks(text, 0)
}

/// An edit with each leading tab of each line as two blanks.
pub(super) fn flat_edit(edit: &FileEdit) -> Cow<'_, FileEdit> {
    let tab = |text: &String| text.contains('\t');
    if !edit.hunks.iter().any(|hunk| tab(&hunk.lines)) && !edit.content.iter().any(tab) {
        return Cow::Borrowed(edit);
    }
    let hunk = |hunk: &Hunk| Hunk { lines: with_marks(&hunk.lines, 1).into_owned(), ..hunk.clone() };
    Cow::Owned(FileEdit {
        path: edit.path.clone(),
        change: edit.change.clone(),
        hunks: edit.hunks.iter().map(hunk).collect(),
        content: edit.content.as_deref().map(|content| flat(content).into_owned()),
    })
}

/// Each line may begin with so many marks, which stay.
fn with_marks(text: &str, marks: usize) -> Cow<'_, str> {
    if !text.contains('\t') {
        return Cow::Borrowed(text);
    }
    let mut flat = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        let (mark, rest) = line.split_at_checked(marks).unwrap_or(("", line));
        let code = rest.trim_start_matches([' ', '\t']);
        flat.push_str(mark);
        for blank in rest[..rest.len() - code.len()].chars() {
            flat.push_str(if blank == '\t' { "  " } else { " " });
        }
        flat.push_str(code);
    }
    Cow::Owned(flat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_leading_tabs_become_blanks() {
        for (marks, text, expected) in [
            (0, "\t\ta\tb\n \tc\n\n\t", "    a\tb\n   c\n\n  "),
            (1, " \ta\n+\tb\n-\t\tc\n\\ note", "   a\n+  b\n-    c\n\\ note"),
            (1, "é\ta\t", "é\ta\t"),
            (0, "\n", "\n"),
        ] {
            assert_eq!(with_marks(text, marks), expected);
        }
    }
}
