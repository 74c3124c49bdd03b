//! Nothing is invented: every fact names lines of the transcript, its words stand in the events of these lines, and its
//! numbers are counted from the transcript.

use std::collections::BTreeSet;

use baton::build::{Options, build};
use baton::event::{Action, Event, EventKind, FileEdit, Status, TodoState, Transcript};
use baton::fact::{Fact, Item};
use baton::render::Citations;
use baton::state::{FileEntry, Verification};
use baton::text::plain;
use baton::{extract, format, redact};

use crate::fixtures::{self, Fixture};

/// The words that an entry may have of its own, around what it quotes.
fn template(item: &Item) -> &'static str {
    match item {
        Item::Objective(_) => "then now meaning",
        Item::Progress(_) => "Committed Done of the plan Ran failed",
        Item::File(_) => "created edited deleted renamed from in",
        Item::Decision(_) => {
            "user chose agreed The user refused running editing the plan as proposed Tried and taken back by the user rewound"
        }
        Item::Verification(_) => "passed failed not finished started result not seen no tests ran",
        Item::NextStep(_) => "Answer the user meaning In the middle of In progress Fix rerun Rerun",
        Item::Status(..) => {
            "nothing committed in this session changed files uncommitted since the last commit all edits committed last \
             the user interrupted the last step at a subagent commit was begun its end not seen before it"
        }
        Item::Finding(_) => "Told a subagent",
        Item::Constraint(_) | Item::Error(_) | Item::Question(_) | Item::Environment(_) => "",
        Item::Note(_) => "compared with",
    }
}

/// A fixture as everything after the gate sees it.
fn redacted(fixture: &Fixture) -> Transcript {
    let mut transcript = format::read(&fixture.bytes, None).unwrap();
    redact::transcript(&mut transcript);
    transcript
}

/// Checks every fact of every fixture, and lists those that do not hold.
#[track_caller]
fn check(holds: fn(&Transcript, &Fact) -> Result<(), String>) {
    let mut wrong = Vec::new();
    for fixture in fixtures::all() {
        let transcript = redacted(fixture);
        for fact in extract::extract(&transcript) {
            if let Err(reason) = holds(&transcript, &fact) {
                wrong
                    .push(format!("{} {:?}: {reason}\n    {:?}", fixture.name, fact.evidence, fact.forms[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} facts do not hold:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn evidence_exists() {
    check(|transcript, fact| {
        let has_event = |line: &u32| transcript.events.iter().any(|event| event.line == *line);
        let sorted = fact.evidence.is_sorted_by(|one, other| one < other);
        match fact.evidence.iter().find(|line| !has_event(line)) {
            Some(line) => Err(format!("nothing happened in line {line}")),
            None if fact.evidence.is_empty() && needs_evidence(fact) => Err("no evidence".to_owned()),
            None if !sorted => Err("not sorted, or twice".to_owned()),
            None => Ok(()),
        }
    });
}

/// How a task stands can follow from what is not there, if nothing was said at all.
fn needs_evidence(fact: &Fact) -> bool {
    !matches!(fact.forms[0], Item::Status(..))
}

#[test]
fn entries_carry_the_evidence_of_their_fact() {
    check(|_, fact| {
        let own = fact.forms.iter().filter_map(evidence);
        let strays: Vec<&u32> = own.flatten().filter(|line| !fact.evidence.contains(line)).collect();
        if strays.is_empty() {
            Ok(())
        } else {
            Err(format!("{strays:?} is evidence of a form, and not of the fact"))
        }
    });
}

/// The summary is put together from many facts; each of its lines names those of its own, and every bullet of it cites them.
#[test]
fn progress_names_its_lines() {
    let options = Options { citations: Citations::Shown, budget: 4000, ..Options::default() };
    let mut told = 0;
    for fixture in fixtures::all() {
        let made = build(&fixture.bytes, &options).unwrap();
        let is_of = |fact: &Fact, text: &str, lines: &Vec<u32>| {
            fact.evidence == *lines && fact.forms.iter().any(|form| form.text() == text)
        };
        let task = &made.state.task;
        for (text, lines) in task.progress().chain(task.status_words()) {
            let has_fact = made.facts.iter().any(|fact| is_of(fact, text, lines));
            assert!(has_fact, "{}: {lines:?} do not prove {text}", fixture.name);
            told += 1;
        }
        let section = made.text.split("\n## ").find(|section| section.starts_with("Progress\n"));
        for bullet in section.unwrap_or_default().lines().filter(|line| line.starts_with("- ")) {
            assert!(bullet.contains(" [L") && bullet.ends_with(']'), "{}: {bullet}", fixture.name);
        }
    }
    assert!(told > 100, "only {told} statements");
}

fn evidence(item: &Item) -> Option<&Vec<u32>> {
    match item {
        Item::Constraint(entry) => Some(&entry.evidence),
        Item::File(entry) => Some(&entry.evidence),
        Item::Decision(entry) => Some(&entry.evidence),
        Item::Finding(entry) | Item::Note(entry) => Some(&entry.evidence),
        Item::Error(entry) => Some(&entry.evidence),
        Item::Verification(entry) => Some(&entry.evidence),
        Item::Question(entry) => Some(&entry.evidence),
        Item::NextStep(entry) => Some(&entry.evidence),
        Item::Objective(_) | Item::Status(..) | Item::Progress(_) | Item::Environment(_) => None,
    }
}

#[test]
fn words_stand_in_the_evidence() {
    check(|transcript, fact| {
        let mut known = vocabulary(transcript, |event| fact.evidence.contains(&event.line));
        if matches!(fact.forms[0], Item::Status(..)) {
            known = vocabulary(transcript, |_| true);
        }
        for form in &fact.forms {
            let text = quoted(form);
            let own: BTreeSet<String> = words(template(form)).map(str::to_owned).collect();
            let numbers = counted(transcript, fact);
            let is_known = |word: &str| known.contains(word) || own.contains(word) || numbers.contains(word);
            let missing: Vec<&str> =
                words(&text).filter(|word| !is_known(word) && !is_cut(word, &text, &known)).collect();
            if !missing.is_empty() {
                return Err(format!("not in these lines: {missing:?}"));
            }
        }
        Ok(())
    });
}

/// What an entry says in words. The numbers of files and the names of environments are checked for themselves.
fn quoted(item: &Item) -> String {
    match item {
        Item::File(entry) => said_of(entry).to_owned(),
        Item::Environment(entry) => {
            [&entry.cwd, &entry.branch, &entry.commit, &entry.repository, &entry.pull_request]
                .map(String::as_str)
                .join(" ")
        }
        item => item.text().into_owned(),
    }
}

/// What was said of a file, behind what was counted.
fn said_of(entry: &FileEntry) -> &str {
    entry.relevance.split_once("; ").map_or("", |(_, said)| said)
}

/// Numbers that an entry may say because they are counted here.
fn counted(transcript: &Transcript, fact: &Fact) -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    for event in transcript.events.iter().filter(|event| fact.evidence.contains(&event.line)) {
        if let EventKind::Todos(todos) = &event.kind {
            numbers.insert(todos.len().to_string());
            numbers
                .insert(todos.iter().filter(|todo| todo.state == TodoState::Completed).count().to_string());
        }
    }
    if matches!(fact.forms[0], Item::Status(..)) {
        let edited: BTreeSet<&str> =
            effective_edits(transcript).iter().map(|(_, edit)| edit.path.as_str()).collect();
        numbers.extend((0..=edited.len()).map(|number| number.to_string()));
    }
    numbers
}

/// Whether a word was cut short: the text says so with "…", or it is the beginning of a commit's hash.
fn is_cut(word: &str, text: &str, known: &BTreeSet<String>) -> bool {
    let is_hash = word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hash || text.contains(&format!("{word}…"))) && known.iter().any(|whole| whole.starts_with(word))
}

/// What somebody said is quoted in one piece, behind the heading it stood under; what the user said, from the user.
#[test]
fn statements_are_word_for_word() {
    check(|transcript, fact| {
        if fact.source == "ledger" {
            return Ok(());
        }
        let by_user = matches!(fact.forms[0], Item::Constraint(_));
        let at_hand = |event: &&Event| fact.evidence.contains(&event.line) && (!by_user || is_user(event));
        let said: Vec<String> =
            transcript.events.iter().filter(at_hand).flat_map(texts).map(|text| run(&plain(&text))).collect();
        for form in &fact.forms {
            let text = quoted(form);
            let text = text.trim_end_matches('…');
            let starts = [0].into_iter().chain(text.match_indices(": ").map(|(at, _)| at + 2));
            let mut pieces = starts.map(|start| run(&text[start..])).filter(|piece| !piece.is_empty());
            if !text.is_empty() && !pieces.any(|piece| said.iter().any(|said| said.contains(&piece))) {
                return Err("not said in these words".to_owned());
            }
        }
        Ok(())
    });
}

/// The words of a text in a row.
fn run(text: &str) -> String {
    words(text).collect::<Vec<_>>().join(" ")
}

fn is_user(event: &Event) -> bool {
    matches!(event.kind, EventKind::User { .. } | EventKind::Command { .. })
        || matches!(&event.kind, EventKind::Result(result) if !result.answers.is_empty() || result.status == Status::Denied)
}

/// `edited +12/−3` is what the edits of the file sum up to.
#[test]
fn sizes_of_changes_are_counted() {
    check(|transcript, fact| {
        let Item::File(entry) = &fact.forms[0] else { return Ok(()) };
        let (added, removed) = effective_edits(transcript)
            .iter()
            .filter(|(_, edit)| is_named(&edit.path, &entry.path))
            .map(|(_, edit)| weigh(edit))
            .fold((0, 0), |sum, size| (sum.0 + size.0, sum.1 + size.1));
        let says = |sign: char| number_behind(entry.relevance.split("; ").next().unwrap_or_default(), sign);
        let told = (says('+').unwrap_or(0), says('−').unwrap_or(0));
        if told == (0, 0) || told == (added, removed) {
            return Ok(());
        }
        Err(format!("the edits add {added} and remove {removed} lines"))
    });
}

/// `3 edits since` is how many calls changed files after the check.
#[test]
fn edits_since_a_check_are_counted() {
    check(|transcript, fact| {
        let Item::Verification(Verification { edits_since, evidence, .. }) = &fact.forms[0] else {
            return Ok(());
        };
        let last = evidence.last().copied().unwrap_or(0);
        let calls: BTreeSet<usize> = effective_edits(transcript).iter().map(|(call, _)| *call).collect();
        let is_later =
            |call: &&usize| transcript.events[**call].line > last && is_edit(&transcript.events[**call]);
        let later = calls.iter().filter(is_later).count();
        if later == *edits_since as usize { Ok(()) } else { Err(format!("{later} edits came after")) }
    });
}

fn is_edit(event: &Event) -> bool {
    matches!(&event.kind, EventKind::Call(call) if matches!(call.action, Action::Edit(_)))
}

/// What was really changed, each with the index of the call that did it.
fn effective_edits(transcript: &Transcript) -> Vec<(usize, &FileEdit)> {
    let mut edits: Vec<(usize, &FileEdit)> = Vec::new();
    for event in transcript.events.iter().filter(|event| !event.abandoned) {
        let EventKind::Result(result) = &event.kind else { continue };
        let Some(call) = result.call.filter(|call| !transcript.events[*call].abandoned) else { continue };
        let EventKind::Call(called) = &transcript.events[call].kind else { continue };
        match &called.action {
            Action::Edit(said) if result.edits.is_empty() && result.status == Status::Ok => {
                edits.extend(said.iter().map(|edit| (call, edit)));
            }
            _ => edits.extend(result.edits.iter().map(|edit| (call, edit))),
        }
    }
    edits
}

fn is_named(path: &str, name: &str) -> bool {
    let path = path.replace('\\', "/");
    path == name || path.strip_suffix(name).is_some_and(|head| head.ends_with('/'))
}

fn weigh(edit: &FileEdit) -> (usize, usize) {
    let lines = |mark: char| {
        edit.hunks.iter().flat_map(|hunk| hunk.lines.lines()).filter(|line| line.starts_with(mark)).count()
    };
    match &edit.content {
        Some(content) if edit.hunks.is_empty() => (content.lines().count(), 0),
        _ => (lines('+'), lines('-')),
    }
}

fn number_behind(text: &str, sign: char) -> Option<usize> {
    let rest = &text[text.find(sign)? + sign.len_utf8()..];
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The words of the events that count.
fn vocabulary(transcript: &Transcript, counts: impl Fn(&Event) -> bool) -> BTreeSet<String> {
    let events = transcript.events.iter().filter(|event| counts(event));
    events
        .flat_map(texts)
        .flat_map(|text| words(&plain(&text)).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// Names, words and numbers, as they are written.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Everything that an event says.
fn texts(event: &Event) -> Vec<String> {
    let mut texts: Vec<String> = event.seen().map(str::to_owned).collect();
    match &event.kind {
        EventKind::Call(call) => texts.extend(action(&call.action)),
        EventKind::Result(result) => {
            texts.extend(
                result.answers.iter().flat_map(|answer| [answer.question.clone(), answer.answer.clone()]),
            );
            texts.extend(result.edits.iter().flat_map(edit));
        }
        EventKind::Todos(todos) => texts.extend(todos.iter().map(|todo| todo.text.clone())),
        EventKind::PlanApproved { plan } => texts.push(plan.clone()),
        EventKind::Command { name, .. } => texts.push(name.clone()),
        EventKind::ChangedOutside { path } => texts.push(path.clone()),
        EventKind::Context(context) => texts.extend(
            [
                &context.session,
                &context.cwd,
                &context.branch,
                &context.commit,
                &context.repository,
                &context.pull_request,
                &context.title,
            ]
            .into_iter()
            .flatten()
            .cloned(),
        ),
        _ => {}
    }
    texts
}

fn action(action: &Action) -> Vec<String> {
    match action {
        Action::Run { command, .. } => vec![command.clone()],
        Action::Read { path, .. } => vec![path.clone()],
        Action::Edit(edits) => edits.iter().flat_map(edit).collect(),
        Action::Search { pattern, path } => vec![pattern.clone(), path.clone().unwrap_or_default()],
        Action::Plan { text } => vec![text.clone()],
        Action::Delegate { prompt } => vec![prompt.clone()],
        Action::Ask(questions) => questions
            .iter()
            .flat_map(|question| {
                let options = question
                    .options
                    .iter()
                    .flat_map(|option| [option.label.clone(), option.description.clone()]);
                options.chain([question.text.clone()]).collect::<Vec<_>>()
            })
            .collect(),
        Action::Other => Vec::new(),
    }
}

fn edit(edit: &FileEdit) -> Vec<String> {
    let hunks = edit.hunks.iter().map(|hunk| hunk.lines.clone());
    hunks.chain([edit.path.clone(), edit.content.clone().unwrap_or_default()]).collect()
}
