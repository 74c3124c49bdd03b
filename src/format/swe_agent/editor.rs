//! The agent's own editor: a window on one file, and commands that open, search and replace lines, by number, by their
//! text, or at a cursor.

use std::collections::BTreeMap;

use crate::event::{Action, Change, FileEdit, Hunk, HunkPosition};
use crate::format::{numbered, shell, tool};

/// The file in the window, and what the window showed of it last.
#[derive(Debug, Default)]
pub(super) struct Editor {
    path: Option<String>,
    /// The path of an `open` whose window is still to come.
    opening: Option<String>,
    lines: BTreeMap<u32, String>,
}

/// Whether the editor refused an edit.
pub(super) fn is_refused(observation: &str) -> bool {
    const REFUSALS: &[&str] =
        &["Your proposed edit has introduced new syntax error", "Your edit was not applied"];
    REFUSALS.iter().any(|start| observation.starts_with(start))
}

impl Editor {
    /// What a command of the editor does; none if it is one for the shell.
    pub fn action(&mut self, command: &str) -> Option<Action> {
        let (first, rest) = command.split_once('\n').unwrap_or((command, ""));
        let (name, arguments) = first.trim().split_once(' ').unwrap_or((first.trim(), ""));
        let words: Vec<&str> =
            arguments.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
        match name {
            "open" => {
                self.opening = Some((*words.first()?).to_owned());
                Some(Action::Read { path: self.opening.clone()?, range: None })
            }
            "goto" | "scroll_down" | "scroll_up" => {
                Some(Action::Read { path: self.path.clone()?, range: None })
            }
            "create" => Some(created(words.first()?)),
            "edit" => match words.first() {
                Some(range) if range.contains(|c: char| c.is_ascii_digit()) && range.contains(':') => {
                    self.edit(range, rest)
                }
                _ => self.replace(command),
            },
            "insert" => self.replace(command),
            "search_file" | "search_dir" | "find_file" => {
                let (pattern, path) = (words.first()?, words.get(1));
                Some(Action::Search {
                    pattern: (*pattern).to_owned(),
                    path: path.map(|path| (*path).to_owned()),
                })
            }
            "submit" => Some(Action::Other),
            _ => None,
        }
    }

    /// Looks at what a command showed: the window, if the name of the file in it is there. The name is whole, and what
    /// stands in it before the path that was opened is the working folder.
    pub fn shown(&mut self, observation: &str) -> Option<String> {
        let (path, _) = observation.split_once("[File: ")?.1.split_once(" (")?;
        self.path = Some(path.to_owned());
        self.lines = match numbered::shown(path, observation) {
            Some(read) => (read.start..).zip(read.content.split('\n').map(str::to_owned)).collect(),
            None => BTreeMap::new(),
        };
        let folder = path.strip_suffix(&self.opening.take()?)?.strip_suffix('/')?;
        (!folder.is_empty()).then(|| folder.to_owned())
    }

    /// `edit 3:5` and the new lines, up to `end_of_edit`. Without the old lines in the window its place is not known
    /// well enough.
    fn edit(&self, range: &str, body: &str) -> Option<Action> {
        let (start, end) = range.split_once(':')?;
        let (start, end): (u32, u32) = (start.parse().ok()?, end.parse().ok()?);
        let body = body.split("\nend_of_edit").next().unwrap_or(body).trim_end_matches("end_of_edit");
        let added: Vec<&str> = body.lines().collect();
        let removed: Option<Vec<&str>> =
            (start..=end).map(|line| self.lines.get(&line).map(String::as_str)).collect();
        let hunks = removed.and_then(|removed| hunk(start, &removed, &added)).into_iter().collect();
        let edit = FileEdit { hunks, ..tool::edited(self.path.as_deref()?) };
        Some(Action::Edit(vec![edit]))
    }

    /// `edit 'old' 'new'` and `insert 'new'`; or what stands at the cursor, which nothing says.
    fn replace(&self, command: &str) -> Option<Action> {
        let (name, rest) = command.split_once([' ', '\n'])?;
        let word = |text: &str| shell::word(text.trim_start()).map(|(word, rest)| (word, rest.to_owned()));
        let marked = |mark: char, text: &str| -> Vec<String> {
            text.lines().map(|line| format!("{mark}{line}")).collect()
        };
        let quoted = word(rest).filter(|_| rest.trim_start_matches(' ').starts_with(['\'', '"']));
        let lines = quoted.and_then(|(first, rest)| match name {
            "insert" => Some(marked('+', &first)),
            _ => Some([marked('-', &first), marked('+', &word(&rest)?.0)].concat()),
        });
        let hunks = lines.map(|lines| Hunk { lines: lines.join("\n"), ..Hunk::default() });
        let edit = FileEdit { hunks: hunks.into_iter().collect(), ..tool::edited(self.path.as_deref()?) };
        Some(Action::Edit(vec![edit]))
    }
}

fn created(path: &str) -> Action {
    Action::Edit(vec![FileEdit {
        change: Change::Created,
        content: Some("\n".to_owned()),
        ..tool::edited(path)
    }])
}

fn hunk(start: u32, removed: &[&str], added: &[&str]) -> Option<Hunk> {
    let count = |lines: &[&str]| u32::try_from(lines.len()).ok();
    let new_start = if added.is_empty() { start.checked_sub(1)? } else { start };
    let position =
        HunkPosition { old_start: start, old_lines: count(removed)?, new_start, new_lines: count(added)? };
    let marked =
        removed.iter().map(|line| format!("-{line}")).chain(added.iter().map(|line| format!("+{line}")));
    let lines = marked.collect::<Vec<_>>().join("\n");
    Some(Hunk { position: Some(position), lines, ..Hunk::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_by_text_or_at_a_cursor_is_of_the_open_file() {
        let mut editor = Editor::default();
        editor.shown("[File: /r/a.py (1 lines total)]\n1:a b");
        let check = |editor: &mut Editor, command: &str, lines: &[&str]| {
            let hunks = lines.iter().map(|lines| Hunk { lines: (*lines).to_owned(), ..Hunk::default() });
            let edit = FileEdit { hunks: hunks.collect(), ..tool::edited("/r/a.py") };
            assert_eq!(editor.action(command), Some(Action::Edit(vec![edit])), "{command}");
        };
        check(&mut editor, "edit 'a b' 'a\n c'", &["-a b\n+a\n+ c"]);
        check(&mut editor, "edit \"a b\" \"c\" replace-all", &["-a b\n+c"]);
        check(&mut editor, "insert 'x: 1' 4", &["+x: 1"]);
        check(&mut editor, "edit\nx = f(1)\nend_of_edit", &[]);
        check(&mut editor, "edit 'torn", &[]);
    }

    #[test]
    fn an_edit_by_number_knows_what_it_replaces() {
        let mut editor = Editor::default();
        assert_eq!(editor.action("ls -l"), None);
        assert_eq!(editor.action("edit 1:2\nx\nend_of_edit"), None);
        editor.shown(
            "[File: /r/a.py (9 lines total)]\n(3 more lines above)\n4:a\n5: b\n6:c\n(3 more lines below)",
        );
        let position = HunkPosition { old_start: 5, old_lines: 2, new_start: 5, new_lines: 1 };
        let lines = "- b\n-c\n+x".to_owned();
        let hunks = vec![Hunk { position: Some(position), lines, ..Hunk::default() }];
        let edit = FileEdit { hunks, ..tool::edited("/r/a.py") };
        assert_eq!(editor.action("edit 5:6\nx\nend_of_edit"), Some(Action::Edit(vec![edit])));
        let unknown = tool::edited("/r/a.py");
        assert_eq!(editor.action("edit 1:2\nx\nend_of_edit"), Some(Action::Edit(vec![unknown])));
        let read = |path: &str| Some(Action::Read { path: path.to_owned(), range: None });
        assert_eq!(
            (editor.action("open \"b.py\" 12"), editor.action("scroll_down")),
            (read("b.py"), read("/r/a.py"))
        );
    }
}
