//! Reading shell command lines: which files they name and change, which of them check the work.

mod check;
mod effect;

pub use check::tidy;
pub use effect::Effect;

use check::is_check;
use effect::looks_like_path;

/// A command line, taken apart once: every extractor asks it something else.
pub struct CommandLine<'a> {
    /// As it was typed.
    pub text: &'a str,
    /// What stands between `&&`, `||`, `;`, `|` and line ends, in order. Here-documents are left out.
    pub parts: Vec<Part<'a>>,
    /// The check that it runs, as one would type it again; nothing if it checks nothing.
    pub check: Option<String>,
    /// What the output of the check was searched for.
    pub filter: Option<String>,
    /// The paths that it names outside of here-documents, told from the folder that it starts in.
    pub paths: Vec<String>,
    /// What it does to files that it names.
    pub effects: Vec<Effect>,
    /// Whether it may rewrite files that it does not name: formatters, fixers, and git moving the working tree.
    pub may_rewrite: bool,
    /// Whether it may have written files without saying which: anything but what only looks, or only checks.
    pub may_write: bool,
}

/// A part of a command line: one program's run.
pub struct Part<'a> {
    /// As it was typed.
    pub text: &'a str,
    /// Its words, without quotes.
    pub words: Vec<&'a str>,
    /// Whether it checks the work.
    pub checks: bool,
    /// The folder that it runs in, told from the one that the line starts in; nothing if nobody knows, as behind
    /// `cd "$PLACE"`, or if it only goes to another folder.
    folder: Option<String>,
}

impl<'a> CommandLine<'a> {
    /// Takes a command line apart.
    pub fn read(text: &'a str) -> Self {
        let parts = placed(cut(text));
        CommandLine {
            check: check::of(text, &parts),
            filter: check::filter(text, &parts),
            paths: paths(&parts),
            effects: effect::all(&parts),
            may_rewrite: effect::may_rewrite(&parts),
            may_write: effect::may_write(&parts),
            text,
            parts,
        }
    }

    /// The folder that its last part runs in, told from the one that the line starts in; nothing if nobody knows.
    pub fn folder(&self) -> Option<&str> {
        self.parts.last()?.folder.as_deref()
    }
}

impl<'a> Part<'a> {
    fn of(text: &'a str) -> Self {
        let words: Vec<&str> = words(text).collect();
        Part { text, checks: is_check(text, &words), words, folder: None }
    }

    /// The program that it runs, or what stands in its place.
    pub fn program(&self) -> &'a str {
        self.words.first().copied().unwrap_or_default()
    }

    /// What it is about, whatever its flags: program and subcommands, for telling whether a later run repeats it.
    pub fn subject(&self) -> String {
        let says =
            |word: &&&str| !word.starts_with('-') && !word.contains(['/', '.', '\'', '"', '|', '^', '$']);
        let behind_settings = self.words.iter().skip_while(|word| word.contains('='));
        behind_settings.filter(says).take(3).copied().collect::<Vec<_>>().join(" ")
    }
}

/// The parts of a command line, without what is known of each.
pub fn parts(command: &str) -> impl Iterator<Item = Part<'_>> {
    cut(command).into_iter().map(Part::of)
}

/// Cuts a command line into the texts of its parts.
fn cut(command: &str) -> Vec<&str> {
    let head = command.split("<<").next().unwrap_or(command);
    let mut out = Vec::new();
    let mut start = 0;
    let mut quote = None;
    let bytes = head.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None | Some(b'"'), b'\\') => at += 1,
            (None, b'&') if bytes.get(at + 1) != Some(&b'&') => {}
            (None, b';' | b'\n' | b'|' | b'&') => {
                out.push(head[start..at].trim());
                while bytes.get(at + 1).is_some_and(|next| matches!(next, b'|' | b'&')) {
                    at += 1;
                }
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    out.push(head.get(start..).unwrap_or_default().trim());
    out.retain(|part| !part.is_empty());
    out
}

/// The parts, each with the folder it runs in.
fn placed(texts: Vec<&str>) -> Vec<Part<'_>> {
    let mut folder = Some(String::new());
    let place = |text| {
        let part = Part::of(text);
        if !text.starts_with("cd ") {
            return Part { folder: folder.clone(), ..part };
        }
        let to = part.words.get(1).copied().unwrap_or_default();
        let from = folder.take().or_else(|| to.starts_with('/').then(String::new));
        folder = from.filter(|_| !to.starts_with(['-', '$'])).map(|from| join(Some(&from), to));
        part
    };
    texts.into_iter().map(place).collect()
}

/// Joins a path to the folder a command ran in.
pub fn join(cwd: Option<&str>, path: &str) -> String {
    cwd.map_or_else(|| path.to_owned(), |cwd| crate::text::joined(cwd, path))
}

/// The words of a part, without quotes.
pub fn words(part: &str) -> impl Iterator<Item = &str> {
    part.split_ascii_whitespace().map(unquoted)
}

/// A word without the quotes at its ends.
fn unquoted(word: &str) -> &str {
    let quotes = |byte: &u8| matches!(byte, b'"' | b'\'');
    let bytes = word.as_bytes();
    let start = bytes.iter().take_while(|byte| quotes(byte)).count();
    let end = bytes.len() - bytes[start..].iter().rev().take_while(|byte| quotes(byte)).count();
    &word[start..end]
}

/// The paths that the parts name.
fn paths(parts: &[Part]) -> Vec<String> {
    let mut out = Vec::new();
    for (part, folder) in parts.iter().filter_map(|part| Some((part, part.folder.as_ref()?))) {
        for word in places(part) {
            let word = path_in(word.strip_prefix("--file=").unwrap_or(word));
            if looks_like_path(word) {
                out.push(join(Some(folder), word));
            }
        }
    }
    out.dedup();
    out
}

/// The words of a part that may be places: not what is said, and not what is looked for.
fn places<'a>(part: &Part<'a>) -> impl Iterator<Item = &'a str> {
    let program = part.program();
    let says = matches!(program, "echo" | "printf") && !part.text.contains('>');
    let mut seeks = usize::from(matches!(program, "grep" | "rg" | "ag" | "egrep"));
    let mut before = "";
    part.words.iter().copied().skip(1).filter(move |word| {
        let sought =
            seeks == 1 && !word.starts_with('-') || matches!(before, "-name" | "-iname" | "-path" | "-e");
        seeks -= usize::from(seeks == 1 && sought);
        before = word;
        !says && !sought
    })
}

/// The path in a word: `src/a.rs` of `src/a.rs:12` and of `HEAD:src/a.rs`, all of `D:/src/a.rs`.
fn path_in(word: &str) -> &str {
    match word.split_once(':') {
        Some((head, _)) if looks_like_path(head) => head,
        Some((head, tail)) if head.len() > 1 => tail,
        _ => word,
    }
}
