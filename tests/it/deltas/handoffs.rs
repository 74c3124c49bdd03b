//! Made-up handoffs of any content, and edits of them.

use baton::state::{
    Constraint, Decision, Environment, FileChange, FileEntry, Finding, FocusRange, HandoffState, Metadata,
    NextStep, OpenError, OpenQuestion, Priority, Rejected, Said, Source, Status, Task, Tokens, Used,
    Verification,
};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;

pub fn empty() -> HandoffState {
    HandoffState {
        task: Task {
            objective: "Limit the rate of every tenant".into(),
            status: Status::InProgress,
            evidence: vec![1],
            ..Task::default()
        },
        files: vec![],
        decisions: vec![],
        next_steps: vec![],
        metadata: Metadata {
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            session_id: "one".into(),
            base_session: None,
            source: None,
            tokens: None,
            said: None,
        },
        constraints: vec![],
        findings: vec![],
        errors: vec![],
        verification: vec![],
        questions: vec![],
        environment: Environment::default(),
    }
}

pub fn with_step(text: &str) -> HandoffState {
    HandoffState { next_steps: vec![step(text)], ..empty() }
}

pub fn step(text: &str) -> NextStep {
    NextStep { action: text.into(), priority: Priority::High, evidence: vec![2] }
}

pub fn constraint(text: &str) -> Constraint {
    Constraint { text: text.into(), evidence: vec![2] }
}

pub fn finding(text: &str) -> Finding {
    Finding { text: text.into(), evidence: vec![2] }
}

pub fn error(signature: &str, command: &str) -> OpenError {
    OpenError { signature: signature.into(), command: command.into(), evidence: vec![2] }
}

pub fn file(path: &str, relevance: &str) -> FileEntry {
    FileEntry {
        path: path.into(),
        relevance: relevance.into(),
        change: Some(FileChange::Edited),
        evidence: vec![2],
        ..FileEntry::default()
    }
}

/// Texts that are alike, long, empty, or made to break something.
pub fn text() -> impl Strategy<Value = String> {
    let words = select(vec![
        "alpha",
        "beta",
        "gamma",
        "delta",
        "the",
        "In progress: ",
        "Status: ",
        "über",
        "日本",
        "e\u{301}",
        "\n",
        "\r\n",
        " ",
        "\t",
        "",
        "\"",
        "\\",
        "\u{0}",
        "\u{202e}",
        "😀",
        "[-x-]",
        "{+y+}",
        "# ",
        "- ",
        "src/a.rs",
        "../",
        "./",
        "…",
        "1",
        "22",
    ]);
    let few = prop::collection::vec(words.clone(), 0..4).prop_map(|words| words.join(" "));
    let many = prop::collection::vec(words, 12..40).prop_map(|words| words.join(" "));
    prop_oneof![3 => few, 1 => many]
}

pub fn evidence() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 0..3)
}

pub fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        Just(Timestamp::UNIX_EPOCH),
        (-9_000_000_000_i64..9_000_000_000, 0..1_000_000_000_i32).prop_map(|(second, nanosecond)| {
            Timestamp::new(second.max(-8_000_000_000), if second < 0 { -nanosecond } else { nanosecond })
                .unwrap()
        })
    ]
}

pub fn list<T: std::fmt::Debug + Clone>(entry: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(entry, 0..5)
}

pub fn files() -> impl Strategy<Value = Vec<FileEntry>> {
    let range = (any::<u32>(), any::<u32>(), text(), any::<Option<bool>>());
    let range = range.prop_map(|(start, end, note, changed_since_save)| FocusRange {
        start,
        end,
        note,
        changed_since_save,
        ..FocusRange::default()
    });
    let change =
        prop::option::of(select(vec![FileChange::Created, FileChange::Deleted, FileChange::Renamed]));
    let entry = (text(), text(), prop::collection::vec(range, 0..3), change, evidence());
    list(entry.prop_map(|(path, relevance, focus_ranges, change, evidence)| FileEntry {
        path,
        relevance,
        focus_ranges,
        change,
        evidence,
        ..FileEntry::default()
    }))
}

pub fn decisions() -> impl Strategy<Value = Vec<Decision>> {
    let rejected = (text(), text()).prop_map(|(option, reason)| Rejected { option, reason });
    let entry = (text(), text(), time(), prop::collection::vec(rejected, 0..2), evidence());
    list(entry.prop_map(|(decision, rationale, timestamp, rejected, evidence)| Decision {
        decision,
        rationale,
        timestamp,
        rejected,
        evidence,
    }))
}

pub fn steps() -> impl Strategy<Value = Vec<NextStep>> {
    let priority = select(vec![Priority::High, Priority::Medium, Priority::Low]);
    list((text(), priority, evidence()).prop_map(|(action, priority, evidence)| NextStep {
        action,
        priority,
        evidence,
    }))
}

pub fn findings() -> impl Strategy<Value = Vec<Finding>> {
    list((text(), evidence()).prop_map(|(text, evidence)| Finding { text, evidence }))
}

pub fn constraints() -> impl Strategy<Value = Vec<Constraint>> {
    list((text(), evidence()).prop_map(|(text, evidence)| Constraint { text, evidence }))
}

pub fn questions() -> impl Strategy<Value = Vec<OpenQuestion>> {
    list((text(), evidence()).prop_map(|(question, evidence)| OpenQuestion { question, evidence }))
}

pub fn errors() -> impl Strategy<Value = Vec<OpenError>> {
    list((text(), text(), evidence()).prop_map(|(signature, command, evidence)| OpenError {
        signature,
        command,
        evidence,
    }))
}

pub fn verification() -> impl Strategy<Value = Vec<Verification>> {
    list((text(), text(), any::<u32>(), evidence()).prop_map(|(command, outcome, edits_since, evidence)| {
        Verification { command, outcome, edits_since, evidence }
    }))
}

pub fn task() -> impl Strategy<Value = Task> {
    let status = select(vec![Status::InProgress, Status::Blocked, Status::NeedsReview]);
    let progress = (text(), prop::collection::vec(evidence(), 0..4));
    (text(), status, progress, evidence()).prop_map(|(objective, status, progress, evidence)| Task {
        objective,
        status,
        progress_summary: progress.0,
        progress_evidence: progress.1,
        evidence,
    })
}

pub fn environment() -> impl Strategy<Value = Environment> {
    (text(), text(), text(), text(), findings()).prop_map(|(cwd, branch, commit, pull_request, notes)| {
        Environment { cwd, branch, commit, pull_request, notes, ..Environment::default() }
    })
}

pub fn metadata() -> impl Strategy<Value = Metadata> {
    let used = prop::option::of(any::<u64>().prop_map(|input| Used { input, ..Used::default() }));
    let source = (text(), any::<u64>(), any::<u64>(), text(), used)
        .prop_map(|(format, events, tokens, model, used)| Source { format, events, tokens, model, used });
    let tokens = (text(), any::<u64>()).prop_map(|(encoding, budget)| Tokens { encoding, budget });
    let said = (time(), any::<u32>(), prop::collection::vec(text(), 0..3));
    let said = said.prop_map(|(at, after, parts)| Said { at, after, parts });
    let made = (prop::option::of(source), prop::option::of(tokens), prop::option::of(said));
    (time(), time(), text(), prop::option::of(text()), made).prop_map(
        |(created_at, updated_at, session_id, base_session, (source, tokens, said))| Metadata {
            created_at,
            updated_at,
            session_id,
            base_session,
            source,
            tokens,
            said,
        },
    )
}

pub fn state() -> impl Strategy<Value = HandoffState> {
    let told = (task(), files(), decisions(), steps(), metadata());
    let ours = (constraints(), findings(), errors(), verification(), questions(), environment());
    (told, ours).prop_map(
        |(
            (task, files, decisions, next_steps, metadata),
            (constraints, findings, errors, verification, questions, environment),
        )| {
            HandoffState {
                task,
                files,
                decisions,
                next_steps,
                metadata,
                constraints,
                findings,
                errors,
                verification,
                questions,
                environment,
            }
        },
    )
}

/// Something that happens to a list.
#[derive(Debug, Clone)]
pub enum Edit {
    Remove(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Repeat(prop::sample::Index),
    Rewrite(prop::sample::Index, String),
    Summary(String),
}

pub fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let index = any::<prop::sample::Index>;
    let edit = prop_oneof![
        index().prop_map(Edit::Remove),
        (index(), index()).prop_map(|(one, other)| Edit::Swap(one, other)),
        index().prop_map(Edit::Repeat),
        (index(), text()).prop_map(|(at, text)| Edit::Rewrite(at, text)),
        text().prop_map(Edit::Summary),
    ];
    prop::collection::vec(edit, 0..6)
}

/// The same handoff after some edits, each of them of several lists.
pub fn edited(state: &HandoffState, edits: &[Edit]) -> HandoffState {
    let mut state = state.clone();
    for edit in edits {
        change(&mut state.files, edit, |it, text| it.relevance.push_str(text));
        change(&mut state.decisions, edit, |it, text| it.decision.insert_str(0, text));
        change(&mut state.next_steps, edit, |it, text| text.clone_into(&mut it.action));
        change(&mut state.findings, edit, |it, text| it.text.push_str(text));
        change(&mut state.environment.notes, edit, |it, text| it.text.push_str(text));
        if let Edit::Summary(text) = edit {
            state.task.progress_summary.push_str(text);
            state.task.objective.insert_str(0, text);
        }
    }
    state
}

pub fn change<T: Clone>(list: &mut Vec<T>, edit: &Edit, rewrite: impl Fn(&mut T, &str)) {
    if list.is_empty() {
        return;
    }
    let end = list.len();
    match edit {
        Edit::Remove(at) => drop(list.remove(at.index(end))),
        Edit::Swap(one, other) => list.swap(one.index(end), other.index(end)),
        Edit::Repeat(at) => list.push(list[at.index(end)].clone()),
        Edit::Rewrite(at, text) => rewrite(&mut list[at.index(end)], text),
        Edit::Summary(_) => {}
    }
}

pub fn damage() -> impl Strategy<Value = char> {
    select(vec!['0', '1', '9', 'a', '"', ',', '}', ']', 'é'])
}
