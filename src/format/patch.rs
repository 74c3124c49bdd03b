//! The `*** Begin Patch` envelope of `apply_patch`, wherever it hides.

use super::diff::hunk_header;
use super::tool::edited;
use crate::event::{Change, FileEdit, Hunk};

const BEGIN: &str = "*** Begin Patch";
const END: &str = "\n*** End Patch";

/// Reads the first envelope in a text. A broken one gives what can be read of it, none gives nothing.
pub(super) fn apply_patch(text: &str) -> Vec<FileEdit> {
    let Some(begin) = text.find(BEGIN) else { return Vec::new() };
    let body = &text[begin + BEGIN.len()..];
    let body = body.find(END).map_or(body, |end| body[..end].trim_end_matches('\r'));
    let mut edits = Vec::new();
    for line in body.lines().skip(1) {
        envelope_line(&mut edits, line);
    }
    for edit in &mut edits {
        drop_empty_hunks(edit);
    }
    edits
}

/// Reads every patch that a shell command hands to `apply_patch`: as a heredoc or as an argument, with or without
/// a `cd` before it, whose folder then stands before the paths.
pub(super) fn in_command(command: &str) -> Vec<FileEdit> {
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(begin) = command[at..].find(BEGIN).map(|found| at + found) {
        let end = command[begin..].find(END).map_or(command.len(), |end| begin + end + END.len());
        if let Some(quote) = invocation(&command[at..begin]) {
            edits.extend(apply_patch(&unquote(&command[begin..end], quote)));
        }
        at = end;
    }
    if let Some(folder) = folder_before(command).filter(|_| !edits.is_empty()) {
        place_in(folder, &mut edits);
    }
    edits
}

/// Puts a folder before every path that is not absolute.
pub(super) fn place_in(folder: &str, edits: &mut [FileEdit]) {
    for edit in edits {
        edit.path = crate::text::joined(folder, &edit.path);
        if let Change::Renamed { from } = &mut edit.change {
            *from = crate::text::joined(folder, from);
        }
    }
}

/// A file's hunks in that notation, without the envelope.
pub(super) fn bare(path: &str, text: &str) -> FileEdit {
    let mut edit = edited(path);
    for line in text.lines() {
        update_line(&mut edit.hunks, line);
    }
    drop_empty_hunks(&mut edit);
    edit
}

fn envelope_line(edits: &mut Vec<FileEdit>, line: &str) {
    if let Some(header) = line.strip_prefix("*** ") {
        return envelope_header(edits, header.trim_end());
    }
    let Some(edit) = edits.last_mut() else { return };
    match &edit.change {
        Change::Created => {
            if let (Some(added), Some(content)) = (line.strip_prefix('+'), &mut edit.content) {
                content.push_str(added);
                content.push('\n');
            }
        }
        Change::Deleted => {}
        Change::Edited | Change::Renamed { .. } => update_line(&mut edit.hunks, line),
    }
}

fn envelope_header(edits: &mut Vec<FileEdit>, header: &str) {
    let mut begin = |path: &str, change: Change| {
        let content = (change == Change::Created).then(String::new);
        edits.push(FileEdit { path: path.trim().to_owned(), change, hunks: Vec::new(), content });
    };
    if let Some(path) = header.strip_prefix("Add File:") {
        begin(path, Change::Created);
    } else if let Some(path) = header.strip_prefix("Update File:") {
        begin(path, Change::Edited);
    } else if let Some(path) = header.strip_prefix("Delete File:") {
        begin(path, Change::Deleted);
    } else if let Some(path) = header.strip_prefix("Move to:")
        && let Some(edit) = edits.last_mut()
    {
        let from = std::mem::replace(&mut edit.path, path.trim().to_owned());
        edit.change = Change::Renamed { from };
    }
}

/// A line of an updated file. The numbers some models write after `@@` are made up, so they give no position.
fn update_line(hunks: &mut Vec<Hunk>, line: &str) {
    if let Some(rest) = line.strip_prefix("@@") {
        let heading = hunk_header(line).map_or(rest, |(_, heading)| heading.unwrap_or_default());
        hunks.push(Hunk { heading: some_text(heading), ..Hunk::default() });
        return;
    }
    if hunks.is_empty() {
        hunks.push(Hunk::default());
    }
    if let Some(hunk) = hunks.last_mut() {
        push_line(&mut hunk.lines, line);
    }
}

/// Adds a line with its mark. An empty line is an empty context line; a line without a mark is no part of a hunk.
fn push_line(lines: &mut String, line: &str) {
    let line = if line.is_empty() { " " } else { line };
    if line.starts_with([' ', '+', '-']) {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(line);
    }
}

/// Several `@@` lines in a row narrow one place down: only the last one has lines. Empty lines alone are a gap
/// between headers, not context.
fn drop_empty_hunks(edit: &mut FileEdit) {
    edit.hunks.retain(|hunk| hunk.lines.lines().any(|line| line != " "));
}

fn some_text(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches("@@").trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// How the text before an envelope hands it to `apply_patch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    Heredoc,
    Single,
    Double,
}

fn invocation(before: &str) -> Option<Quote> {
    let line = before.trim_end().rsplit('\n').next()?;
    if !line.contains("apply_patch") && !line.contains("applypatch") {
        return None;
    }
    if line.contains("<<") {
        return Some(Quote::Heredoc);
    }
    Some(if line.ends_with('"') {
        Quote::Double
    } else if line.ends_with('\'') {
        Quote::Single
    } else {
        Quote::Heredoc
    })
}

/// Undoes what quoting did to the text.
fn unquote(text: &str, quote: Quote) -> String {
    match quote {
        Quote::Heredoc => text.to_owned(),
        Quote::Single => text.replace("'\\''", "'").replace("'\"'\"'", "'"),
        Quote::Double => unescape(text),
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('\\', Some(&next @ ('"' | '\\' | '$' | '`'))) => {
                out.push(next);
                chars.next();
            }
            _ => out.push(char),
        }
    }
    out
}

/// The folder of a `cd` that the command begins with.
fn folder_before(command: &str) -> Option<&str> {
    let rest = command.trim_start().strip_prefix("cd ")?;
    let end = rest.find("&&").into_iter().chain(rest.find([';', '\n'])).min()?;
    let folder = rest[..end].trim().trim_matches(['"', '\'']);
    let plain = !folder.is_empty() && !folder.contains(['$', '`', '"', '\'', '(', '~']);
    plain.then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(heading: Option<&str>, lines: &str) -> Hunk {
        Hunk { heading: heading.map(ToOwned::to_owned), lines: lines.to_owned(), ..Hunk::default() }
    }

    fn edit(path: &str, change: Change, hunks: Vec<Hunk>, content: Option<&str>) -> FileEdit {
        FileEdit { path: path.to_owned(), change, hunks, content: content.map(ToOwned::to_owned) }
    }

    const PATCH: &str = "*** Begin Patch\n*** Update File: a.rs\n@@ fn it's\n-old\n+new\n*** End Patch";

    fn patched(path: &str) -> Vec<FileEdit> {
        vec![edit(path, Change::Edited, vec![hunk(Some("fn it's"), "-old\n+new")], None)]
    }

    #[test]
    fn an_envelope_holds_every_kind_of_change() {
        let text = "*** Begin Patch\n*** Add File: new.txt\n+one\n+\n+two\n*** Update File: old.rs\n\
                    *** Move to: moved.rs\n@@ class A\n@@ fn b\n  kept\n-gone\n+come\n\n@@\n+end\n*** End of File\n\
                    *** Delete File: dead.txt\n*** End Patch\n trailing";
        let renamed = Change::Renamed { from: "old.rs".to_owned() };
        let hunks = vec![hunk(Some("fn b"), "  kept\n-gone\n+come\n "), hunk(None, "+end")];
        let expected = vec![
            edit("new.txt", Change::Created, Vec::new(), Some("one\n\ntwo\n")),
            edit("moved.rs", renamed, hunks, None),
            edit("dead.txt", Change::Deleted, Vec::new(), None),
        ];
        assert_eq!(apply_patch(text), expected);
    }

    #[test]
    fn a_broken_envelope_gives_what_can_be_read() {
        let check = |text: &str, expected: Vec<FileEdit>| assert_eq!(apply_patch(text), expected, "{text}");
        let headless = hunk(None, " a\n+b");
        check("", Vec::new());
        check("*** Begin Patch", Vec::new());
        check("*** Begin Patch\n+lost\n*** Move to: x\n*** End Patch", Vec::new());
        check(
            "*** Begin Patch\n*** Update File: a\n a\n+b",
            vec![edit("a", Change::Edited, vec![headless.clone()], None)],
        );
        check(
            "*** Begin Patch\r\n*** Update File: a\r\n a\r\n+b\r\n*** End Patch",
            vec![edit("a", Change::Edited, vec![headless], None)],
        );
        check(
            "*** Begin Patch\n*** Update File: a\n@@ -1,9 +1,9 @@ fn x\n+b\n*** End Patch",
            vec![edit("a", Change::Edited, vec![hunk(Some("fn x"), "+b")], None)],
        );
    }

    #[test]
    fn a_patch_is_found_in_all_its_disguises() {
        let check =
            |command: String, path: &str| assert_eq!(in_command(&command), patched(path), "{command}");
        check(format!("apply_patch <<'PATCH'\n{PATCH}\nPATCH"), "a.rs");
        check(format!("apply_patch << \"EOF\"\n{PATCH}\nEOF\n"), "a.rs");
        check(format!("applypatch <<EOF\n{PATCH}\nEOF\ncargo test"), "a.rs");
        check(format!("cat <<'EOF' | apply_patch\n{PATCH}\nEOF"), "a.rs");
        check(format!("cd sub && apply_patch <<'EOF'\n{PATCH}\nEOF"), "sub/a.rs");
        check(format!("cd '/x y'; apply_patch <<'EOF'\n{PATCH}\nEOF"), "/x y/a.rs");
        check(format!("apply_patch '{}'", PATCH.replace('\'', "'\\''")), "a.rs");
        check(format!("apply_patch \"{PATCH}\""), "a.rs");
        check(format!("apply_patch \"$(cat <<'EOF'\n{PATCH}\nEOF\n)\""), "a.rs");
    }

    #[test]
    fn a_patch_that_is_only_written_down_is_none() {
        let check = |command: String| assert_eq!(in_command(&command), Vec::new(), "{command}");
        check(format!("cat > example.md <<'EOF'\n{PATCH}\nEOF"));
        check("rg '*** Begin Patch' src".to_owned());
        check("apply_patch --help".to_owned());
    }

    #[test]
    fn two_patches_in_one_command_are_both_read() {
        let command = format!("apply_patch <<'A'\n{PATCH}\nA\napply_patch <<'B'\n{PATCH}\nB");
        assert_eq!(in_command(&command), [patched("a.rs"), patched("a.rs")].concat());
    }

    proptest::proptest! {
        #[test]
        fn no_patch_panics(lines in proptest::collection::vec("(\\*\\*\\* (Begin Patch|End Patch|Add File: a|Update File: b|Move to: c|Delete File: d)|@@( -1,2 \\+1 @@)?|[ +-]?é?|apply_patch <<'E'|cd x &&)", 0..12)) {
            let text = lines.join("\n");
            let _ = (apply_patch(&text), in_command(&text), bare("a", &text));
        }
    }
}
