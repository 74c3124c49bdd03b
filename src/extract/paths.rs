//! Words that are paths of files, and which of those are worth following.

/// The last part of a path.
pub fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a path ends as files do.
pub fn has_extension(path: &str) -> bool {
    let base = base(path);
    base.rsplit_once('.').is_some_and(|(_, extension)| {
        (1..=8).contains(&extension.len())
            && extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && extension.bytes().any(|b| b.is_ascii_lowercase())
            && extension != "git"
            && !is_version(extension)
    }) || matches!(base, "Makefile" | "Dockerfile" | "justfile" | "Justfile" | "LICENSE")
}

/// Whether the end of a name is a version, as of a package: `v3`.
fn is_version(extension: &str) -> bool {
    let number = extension.strip_prefix('v').unwrap_or_default();
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a file lies where temporary files and devices do.
pub fn is_temporary(name: &str) -> bool {
    ["/tmp/", "/dev/", "/proc/", "/var/folders/", "/private/tmp/", "/private/var/"]
        .iter()
        .any(|start| name.starts_with(start))
        || name.contains("/AppData/Local/Temp/")
}

/// Whether a path is a temporary, or no path at all: of no use to the next session.
pub fn is_scratch(name: &str) -> bool {
    is_temporary(name)
        || name.contains("/.claude/projects/")
        || name.contains("..")
        || name.starts_with("//")
        || name.starts_with("_test.")
        || name.contains('(') != name.contains(')')
        || name.contains(['*', '$', '{', '<', '>', '|', '"', '\n'])
}

/// Whether a bare name ends as files of source, text or settings do; `user.name` does not.
pub fn is_source(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "rs", "go", "py", "ts", "tsx", "js", "jsx", "mjs", "md", "mdx", "toml", "json", "jsonl", "yaml",
        "yml", "c", "h", "cc", "cpp", "hpp", "java", "kt", "php", "rb", "sh", "sql", "css", "html", "swift",
        "cs", "vue", "svelte", "txt", "lock", "cfg", "ini", "xml", "proto", "ex", "exs", "zig", "lua", "mod",
        "sum", "tf", "env", "csv", "gradle", "ps1", "scss",
    ];
    name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending))
        || matches!(name, "Makefile" | "Dockerfile" | "justfile" | "Justfile")
}

/// Whose a file is that is not the work itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A tool or a host keeps it in a hidden folder of the project.
    Tool,
    /// It is a package's, or lies in an agent's folder outside the project.
    Stranger,
}

/// Whose a file is, if it is not the work's: by the folders that packages and tools keep what is theirs in. Those of code
/// hosts are written by hand.
pub fn owner(name: &str) -> Option<Owner> {
    const BY_HAND: &[&str] = &[".", "..", ".github", ".gitlab", ".circleci"];
    let (folders, _) = name.rsplit_once('/')?;
    let outside = is_absolute(name) || name.starts_with('~');
    let is_strange = |folder: &str| match folder {
        "node_modules" | ".codex" => true,
        ".claude" => outside,
        _ => false,
    };
    if folders.split('/').any(is_strange) {
        return Some(Owner::Stranger);
    }
    let first = folders.split('/').next().unwrap_or_default();
    (first.starts_with('.') && !BY_HAND.contains(&first)).then_some(Owner::Tool)
}

/// Whether a path says where it is from the top.
pub fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.as_bytes().get(1) == Some(&b':')
}

/// The path that a line of a listing begins with: `src/a.rs:12: …`, ` src/a.rs | 4 +-`, `M src/a.rs`.
pub fn leading_path(line: &str) -> Option<String> {
    if line.len() > 400 {
        return None;
    }
    let line = line.trim_start();
    // The colon behind a drive is of the path.
    let drive = if line.get(1..2) == Some(":") && is_absolute(line) { 2 } else { 0 };
    let ends = |(at, c): &(usize, char)| *at >= drive && (c.is_whitespace() || *c == ':');
    let end = line.char_indices().find(ends).map_or(line.len(), |(at, _)| at);
    let (first, rest) = line.split_at(end);
    let mut words = rest.split(|c: char| c.is_whitespace() || c == ':').filter(|word| !word.is_empty());
    let word = if first.len() <= 2 { words.next()? } else { first };
    let word = word.trim_matches(|c: char| matches!(c, '"' | '\'' | '`' | ','));
    if !word.contains(['/', '\\']) {
        return None;
    }
    let word = word.replace('\\', "/");
    (word.contains('/') && has_extension(&word) && word.len() < 160).then_some(word)
}

/// The words of a text that look like paths of files.
pub fn paths_in(text: &str) -> Vec<&str> {
    let mut out: Vec<&str> = text
        .split(|c: char| {
            c.is_whitespace()
                || matches!(c, '`' | '"' | '\'' | '(' | ')' | ',' | ';' | '*' | '[' | ']' | '<' | '>' | '|')
        })
        .map(|word| word.trim_end_matches(['.', ':', '!', '?']))
        .map(|word| {
            word.split_once(':').map_or(word, |(head, tail)| {
                if head.len() > 1 && !tail.starts_with("//") { head } else { word }
            })
        })
        .filter(|word| word.len() > 4 && word.len() < 200 && has_extension(word) && !word.contains("://"))
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<&str>) {
        assert_eq!(leading_path(line).as_deref(), expected, "{line:?}");
    }

    #[test]
    fn a_listing_names_files_first() {
        check("src/a.rs:12: fn main", Some("src/a.rs"));
        check(" src/a.rs | 4 +-", Some("src/a.rs"));
        check("M src/a.rs", Some("src/a.rs"));
        check("D:\\app\\src\\a.rs:12: fn main", Some("D:/app/src/a.rs"));
        check("a.rs", None);
        check("", None);
    }

    #[test]
    fn tools_and_strangers_own_files() {
        let check = |name: &str, expected: Option<Owner>| assert_eq!(owner(name), expected, "{name}");
        check(".agent/settings.json", Some(Owner::Tool));
        check("web/node_modules/a/b.js", Some(Owner::Stranger));
        check("/home/me/.claude/skills/a.md", Some(Owner::Stranger));
        check(".github/workflows/ci.yml", None);
        check("src/a.rs", None);
    }
}
