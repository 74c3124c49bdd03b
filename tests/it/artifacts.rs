//! Which files a session changed: each under one name, and none that was changed by somebody else.

use baton::event::{
    Action, Actor, Call, Change, Context, Event, EventKind, FileEdit, Status, ToolResult, Transcript,
};
use baton::extract;
use baton::fact::Item;

/// A session that began in a folder, event by event.
struct Session(Vec<Event>);

impl Session {
    fn in_folder(folder: &str) -> Self {
        let began = EventKind::Context(Context { cwd: Some(folder.to_owned()), ..Context::default() });
        Session(Vec::new()).then(began)
    }

    fn then(mut self, kind: EventKind) -> Self {
        let line = u32::try_from(self.0.len() + 1).unwrap();
        self.0.push(Event { line, time: None, actor: Actor::Main, abandoned: false, kind });
        self
    }

    fn called(self, action: Action, output: &str) -> Self {
        let call = self.0.len();
        let result = ToolResult {
            call: Some(call),
            status: Status::Ok,
            exit: None,
            text: output.to_owned(),
            edits: Vec::new(),
            read: None,
            answers: Vec::new(),
        };
        self.then(EventKind::Call(Call { tool: String::new(), input: String::new(), action }))
            .then(EventKind::Result(result))
    }

    fn ran(self, command: &str, output: &str) -> Self {
        self.called(Action::Run { command: command.to_owned(), cwd: None }, output)
    }

    fn edited(self, path: &str) -> Self {
        let edit = FileEdit {
            path: path.to_owned(),
            change: Change::Edited,
            hunks: Vec::new(),
            content: Some("x\n".to_owned()),
        };
        self.called(Action::Edit(vec![edit]), "done")
    }

    fn read(self, path: &str) -> Self {
        self.called(Action::Read { path: path.to_owned(), range: None }, "1 x")
    }

    fn said(self, text: &str) -> Self {
        self.then(EventKind::Assistant { text: text.to_owned() })
    }

    /// The files that the session is said to have to do with, each with what became of it, by name.
    #[track_caller]
    fn check(self, expected: &[&str]) {
        let transcript = Transcript { format: "messages", events: self.0, warnings: Vec::new() };
        let told = extract::extract(&transcript).into_iter().filter_map(|fact| match &fact.forms[0] {
            Item::File(file) => Some(format!("{} {}", file.path, file.change.unwrap().name())),
            _ => None,
        });
        let mut told: Vec<String> = told.collect();
        told.sort();
        assert_eq!(told, expected);
    }
}

#[test]
fn a_file_has_one_name_whoever_tells_it() {
    Session::in_folder("/home/me/shop/web")
        .edited("/home/me/shop/web/src/a.ts")
        .ran("git diff --stat", " web/src/a.ts | 2 +-\n 1 file changed")
        .ran("cd src && grep -rn total .", "./a.ts:3: total")
        .ran("cd src && cat a.ts", "")
        .said("In `src/a.ts` the total is wrong.")
        .check(&["src/a.ts edited"]);
    Session::in_folder("/home/me/shop")
        .read("web/src/deep/a.ts")
        .ran("grep -rn total", "deep/a.ts:3: total\nweb/src/deep/b.ts:4: total")
        .check(&["web/src/deep/a.ts read", "web/src/deep/b.ts read"]);
}

#[test]
fn files_of_the_same_name_in_two_folders_are_two() {
    Session::in_folder("/home/me/shop")
        .edited("docs/guide/intro.md")
        .edited("web/docs/guide/intro.md")
        .edited("README.md")
        .read("web/README.md")
        .check(&[
            "README.md edited",
            "docs/guide/intro.md edited",
            "web/README.md read",
            "web/docs/guide/intro.md edited",
        ]);
}

#[test]
fn a_command_names_files_from_where_it_runs() {
    Session::in_folder("/home/me/shop")
        .ran("cd web && cat > src/new.ts <<'EOF'\nx\nEOF", "")
        .ran("cd web/src; echo '// end' >> old.ts", "")
        .ran("cd \"$PLACE\" && touch main.rs && cat Cargo.toml", "")
        .ran("grep -n package.json notes.md && echo setup.py", "")
        .check(&["notes.md read", "web/src/new.ts created", "web/src/old.ts edited"]);
}

#[test]
fn what_was_changed_before_is_nobodys_edit() {
    let status = " M src/before.rs\n M src/own.rs\n";
    Session::in_folder("/home/me/app")
        .edited("src/own.rs")
        .ran("git status --short", status)
        .check(&["src/before.rs read", "src/own.rs edited"]);
    Session::in_folder("/home/me/app")
        .ran("git status --short", " M src/before.rs\n")
        .edited("src/own.rs")
        .ran("git status --short", " M src/before.rs\n M src/own.rs\n M src/since.rs\n")
        .check(&["src/before.rs read", "src/own.rs edited", "src/since.rs edited"]);
    Session::in_folder("/home/me/app")
        .edited("src/own.rs")
        .ran("npm run codegen", "")
        .ran("git status --short", " M src/own.rs\n M src/generated.rs\n")
        .check(&["src/generated.rs edited", "src/own.rs edited"]);
}

#[test]
fn what_was_said_of_a_file_goes_with_it() {
    let session = Session::in_folder("/home/me/app")
        .edited("docs/blue.md")
        .said("docs/blue.md is created and verified, with all colours.")
        .ran("rm docs/blue.md", "")
        .said("Red is better, so the blue one went.");
    let transcript = Transcript { format: "messages", events: session.0, warnings: Vec::new() };
    let said =
        extract::extract(&transcript).iter().any(|fact| fact.forms[0].text().contains("blue.md is created"));
    assert!(!said);
}
