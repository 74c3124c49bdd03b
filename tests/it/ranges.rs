//! An editor whose lines know who wrote them, against the replay that only sees what a transcript shows.

use std::collections::BTreeSet;

use baton::event::{Change, FileEdit, FileRead, Hunk, HunkPosition, LineRange};
use baton::replay::{FileReplay, Origin, TrackedRange};
use proptest::prelude::*;

/// Lines that stand in a file many times.
const REPEATED: [&str; 4] = ["}", "", "    return None;", "    done()"];

#[derive(Debug, Clone)]
struct Line {
    text: String,
    /// The edit that wrote it.
    writer: Option<usize>,
}

/// The file as it really is, and the replay of what is seen of it.
struct Editor {
    lines: Vec<Line>,
    fresh: usize,
    edits: usize,
    replay: FileReplay,
}

/// What to do, as numbers that are taken modulo what is possible.
type Step = (u8, usize, usize, usize);

impl Editor {
    fn new(length: usize, repeated: usize) -> Self {
        let replay = FileReplay::new("src/file.rs");
        let mut editor = Self { lines: Vec::new(), fresh: 0, edits: 0, replay };
        for number in 0..length {
            // Whether the last line is empty, or there is none, a transcript does not say.
            let text = match number % 7 {
                spot if spot < repeated && number + 1 < length => {
                    REPEATED[(number / 2) % REPEATED.len()].to_owned()
                }
                _ => editor.fresh_text(),
            };
            editor.lines.push(Line { text, writer: None });
        }
        editor
    }

    fn fresh_text(&mut self) -> String {
        self.fresh += 1;
        format!("    value {:05} = read();", self.fresh)
    }

    /// New lines in the place of others, none of which is among them: such a line would not have changed.
    fn fresh_lines(&mut self, count: usize, removed: &[String], writer: Option<usize>) -> Vec<Line> {
        let mut lines = Vec::new();
        for index in 0..count {
            let inner = index > 0 && index + 1 < count && index % 2 == 1;
            let repeated = REPEATED[index % 4].to_owned();
            let text = if inner && !removed.contains(&repeated) { repeated } else { self.fresh_text() };
            lines.push(Line { text, writer });
        }
        lines
    }

    fn texts(&self, from: usize, to: usize) -> Vec<String> {
        self.lines[from..to].iter().map(|line| line.text.clone()).collect()
    }

    fn read(&mut self, from: usize, to: usize, total: Option<usize>) {
        let content = self.texts(from, to).join("\n");
        let total = total.map(number);
        self.replay.read(&FileRead { path: String::new(), start: number(from) + 1, content, total });
    }

    fn edit(&mut self, hunks: Vec<Hunk>, content: Option<String>) {
        let edit = FileEdit { path: String::new(), change: Change::Edited, hunks, content };
        self.replay.edit(&edit);
        self.edits += 1;
    }

    /// A region of up to four lines, and how many lines replace it (0 only if there is something to remove).
    fn region(&self, (_, a, b, c): Step) -> (usize, usize, usize) {
        let from = a % (self.lines.len() + 1);
        let removed = (b % 5).min(self.lines.len() - from);
        let added = if removed == 0 { 1 + c % 4 } else { c % 5 };
        (from, removed, added)
    }

    /// A patch with line numbers, of one or two hunks.
    fn patch(&mut self, step: Step) {
        let writer = Some(self.edits);
        let first = self.region(step);
        let second = (first.0 + first.1 + 7 + step.3 % 5, 1 + step.1 % 3, step.2 % 4);
        let mut regions = vec![first];
        if step.2.is_multiple_of(2) && second.0 + second.1 <= self.lines.len() {
            regions.push(second);
        }
        let (mut hunks, mut gone, mut come) = (Vec::new(), 0, 0);
        let old = self.lines.clone();
        for (from, removed, added) in regions {
            let texts: Vec<String> = old[from..from + removed].iter().map(|line| line.text.clone()).collect();
            let new = self.fresh_lines(added, &texts, writer);
            let (start, end) =
                (from.saturating_sub(step.3 % 4), (from + removed + step.1 % 4).min(old.len()));
            let mut lines: Vec<String> = Vec::new();
            lines.extend(old[start..from].iter().map(|line| format!(" {}", line.text)));
            lines.extend(old[from..from + removed].iter().map(|line| format!("-{}", line.text)));
            lines.extend(new.iter().map(|line| format!("+{}", line.text)));
            lines.extend(old[from + removed..end].iter().map(|line| format!(" {}", line.text)));
            let (old_lines, new_lines) = (end - start, end - start - removed + added);
            let new_from = from + come - gone;
            let new_start = start + come - gone;
            let position = HunkPosition {
                old_start: number(start + usize::from(old_lines > 0)),
                old_lines: number(old_lines),
                new_start: number(new_start + usize::from(new_lines > 0)),
                new_lines: number(new_lines),
            };
            hunks.push(Hunk { position: Some(position), lines: lines.join("\n"), ..Hunk::default() });
            self.lines.splice(new_from..new_from + removed, new);
            come += added;
            gone += removed;
        }
        self.edit(hunks, None);
    }

    /// One text for another, as an edit tool does it: the old text must be there once.
    fn text(&mut self, step: Step) {
        let (from, removed, added) = self.region(step);
        let writer = Some(self.edits);
        let new = self.fresh_lines(added.max(1), &self.texts(from, from + removed), writer);
        let whole = self.texts(0, self.lines.len()).join("\n");
        for context in 0..4 {
            let (start, end) =
                (from.saturating_sub(context), (from + removed + context).min(self.lines.len()));
            let old = self.texts(start, end);
            if occurrences(&whole, &old.join("\n")) != 1 {
                continue;
            }
            let mut lines: Vec<String> = old.iter().map(|text| format!("-{text}")).collect();
            lines.extend(self.texts(start, from).iter().map(|text| format!("+{text}")));
            lines.extend(new.iter().map(|line| format!("+{}", line.text)));
            lines.extend(self.texts(from + removed, end).iter().map(|text| format!("+{text}")));
            self.lines.splice(from..from + removed, new);
            return self.edit(vec![Hunk { lines: lines.join("\n"), ..Hunk::default() }], None);
        }
    }

    /// A part of one line for another.
    fn within_line(&mut self, (_, a, _, _): Step) {
        let Some(index) = a.checked_rem(self.lines.len()) else { return };
        let old = self.lines[index].text.clone();
        let whole = self.texts(0, self.lines.len()).join("\n");
        let Some(part) = old.get(8..15).filter(|part| occurrences(&whole, part) == 1) else { return };
        let new = self.fresh_text();
        let lines = format!("-{part}\n+{}", &new[8..15]);
        self.lines[index] = Line { text: old.replacen(part, &new[8..15], 1), writer: Some(self.edits) };
        self.edit(vec![Hunk { lines, ..Hunk::default() }], None);
    }

    /// A patch without line numbers: it goes to the first place where its lines stand.
    fn unnumbered(&mut self, step: Step) {
        let (from, removed, added) = self.region(step);
        let (start, end) = (from.saturating_sub(3), (from + removed + 3).min(self.lines.len()));
        let old = self.texts(start, end);
        let whole = self.texts(0, self.lines.len());
        let first = whole.windows(old.len().max(1)).position(|lines| lines == old);
        if start == end || start == from && from + removed == end || first != Some(start) {
            return;
        }
        let new = self.fresh_lines(added, &self.texts(from, from + removed), Some(self.edits));
        let mut lines: Vec<String> = self.texts(start, from).iter().map(|text| format!(" {text}")).collect();
        lines.extend(self.texts(from, from + removed).iter().map(|text| format!("-{text}")));
        lines.extend(new.iter().map(|line| format!("+{}", line.text)));
        lines.extend(self.texts(from + removed, end).iter().map(|text| format!(" {text}")));
        self.lines.splice(from..from + removed, new);
        self.edit(vec![Hunk { lines: lines.join("\n"), ..Hunk::default() }], None);
    }

    /// A text that is replaced wherever it stands, perhaps by two lines.
    fn everywhere(&mut self, (_, a, b, _): Step) {
        let old = ["return None;", "done()"][a % 2];
        if !self.lines.iter().any(|line| line.text.contains(old)) {
            return;
        }
        let new: Vec<String> = (0..=b % 2).map(|_| self.fresh_text()).collect();
        let writer = Some(self.edits);
        let lines = std::mem::take(&mut self.lines);
        for line in lines {
            if line.text.contains(old) {
                let text = line.text.replace(old, &new.join("\n"));
                self.lines.extend(text.split('\n').map(|text| Line { text: text.to_owned(), writer }));
            } else {
                self.lines.push(line);
            }
        }
        let lines = format!("-{old}\n+{}", new.join("\n+"));
        self.edit(vec![Hunk { lines, everywhere: true, ..Hunk::default() }], None);
    }

    /// Somebody else changes lines, and the transcript shows no more than that.
    fn unseen(&mut self, step: Step) {
        let (from, removed, added) = self.region(step);
        let new = self.fresh_lines(added, &self.texts(from, from + removed), None);
        self.lines.splice(from..from + removed, new);
        self.replay.unknown_change();
    }

    fn step(&mut self, step: Step) {
        match step.0 % 6 {
            0 | 1 => self.patch(step),
            2 => self.text(step),
            3 => self.within_line(step),
            4 => self.unnumbered(step),
            _ => self.everywhere(step),
        }
    }

    /// A step of a session in which not everything is seen.
    fn blind_step(&mut self, step: Step) {
        match step.0 % 12 {
            0 => self.unseen(step),
            1..=4 => {
                let from = step.1 % (self.lines.len() + 1);
                let to = (from + 1 + step.2 % 40).min(self.lines.len());
                let total = (step.3.is_multiple_of(2)).then_some(self.lines.len());
                self.read(from.min(to), to, total);
            }
            5 => self.read(0, self.lines.len(), Some(self.lines.len())),
            _ => self.step(step),
        }
    }

    /// The lines that edits wrote, merged as the replay promises.
    fn truth(&self) -> Vec<LineRange> {
        let mut ranges: Vec<LineRange> = Vec::new();
        for (number, _) in (1..).zip(&self.lines).filter(|(_, line)| line.writer.is_some()) {
            match ranges.last_mut() {
                Some(last) if number <= last.end + 4 => last.end = number,
                _ => ranges.push(LineRange { start: number, end: number }),
            }
        }
        ranges
    }

    /// Why an emitted range is wrong, if it is.
    fn wrong(&self, place: &TrackedRange) -> Option<String> {
        let range = place.range?;
        let Some(lines) = self.lines.get(range.start as usize - 1..range.end as usize) else {
            return Some("out of the file".to_owned());
        };
        let theirs = |line: &Line| line.writer.is_some_and(|writer| place.edits.contains(&writer));
        let text = |line: &Line| line.text.clone();
        if place.lines.as_ref().is_some_and(|known| *known != lines.iter().map(text).collect::<Vec<_>>()) {
            return Some("its text is not the file's".to_owned());
        }
        let gaps = lines.split(theirs).map(<[Line]>::len).max().unwrap_or(0);
        let ends = theirs(&lines[0]) && theirs(&lines[lines.len() - 1]);
        (!ends || gaps > 3).then(|| "its lines are not those of its edits".to_owned())
    }
}

fn number(lines: usize) -> u32 {
    u32::try_from(lines).expect("the files are short")
}

fn occurrences(text: &str, part: &str) -> usize {
    if part.is_empty() {
        return 0;
    }
    (0..text.len()).filter(|&at| text.get(at..).is_some_and(|rest| rest.starts_with(part))).count()
}

fn edited(replay: &FileReplay) -> Vec<TrackedRange> {
    replay.ranges().into_iter().filter(|place| place.origin == Origin::Edit).collect()
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((any::<u8>(), 0_usize..1000, 0_usize..1000, 0_usize..1000), 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    /// Who has seen the file and every edit knows every place.
    #[test]
    fn all_is_known_of_a_file_that_was_seen(length in 0_usize..90, repeated in 0_usize..4, steps in steps(14)) {
        let mut editor = Editor::new(length, repeated);
        editor.read(0, length, Some(length));
        for step in steps {
            let before = editor.replay.clone();
            editor.step(step);
            let ranges: Vec<LineRange> = edited(&editor.replay).iter().filter_map(|place| place.range).collect();
            // A patch whose lines stand at more than one place behind its own is rightly given up.
            if step.0 % 6 == 4 && editor.replay.content().is_none() {
                editor.replay = before;
                break;
            }
            prop_assert_eq!(ranges, editor.truth(), "after {:?}", step);
            let text = editor.texts(0, editor.lines.len()).join("\n");
            let content = editor.replay.content().map(|content| content.trim_end_matches('\n').to_owned());
            prop_assert_eq!(content.as_deref(), Some(text.trim_end_matches('\n')));
        }
    }

    /// Who has not seen everything says nothing wrong.
    #[test]
    fn no_range_is_wrong(length in 0_usize..90, repeated in 0_usize..4, steps in steps(20)) {
        let mut editor = Editor::new(length, repeated);
        for step in steps {
            editor.blind_step(step);
            for place in edited(&editor.replay) {
                let wrong = editor.wrong(&place);
                prop_assert!(wrong.is_none(), "{:?} after {:?}: {:?}", wrong, step, place);
            }
        }
    }

    /// No input makes it panic, whatever its numbers.
    #[test]
    fn nothing_panics(
        hunks in prop::collection::vec((any::<[u32; 4]>(), "([ +-][ab]?\n){0,4}", any::<bool>(), any::<bool>()), 0..6),
        start in any::<u32>(),
        content in "([ab]\n?){0,6}",
    ) {
        let mut replay = FileReplay::new("a.rs");
        replay.read(&FileRead { path: String::new(), start, content: content.clone(), total: Some(start) });
        replay.mark(LineRange { start, end: 3 });
        for (numbers, lines, numbered, everywhere) in hunks {
            let [old_start, old_lines, new_start, new_lines] = numbers.map(|number| number >> (number % 32));
            let position = HunkPosition { old_start, old_lines, new_start, new_lines };
            let hunk = Hunk { position: numbered.then_some(position), lines, everywhere, heading: None };
            let content = (old_start.is_multiple_of(7)).then(|| content.clone());
            replay.edit(&FileEdit { path: String::new(), change: Change::Edited, hunks: vec![hunk], content });
            replay.read(&FileRead { path: String::new(), start: old_start, content: "a\nb".into(), total: None });
            replay.ranges();
        }
    }
}

/// One step with marks: what is marked, a patch `(at, removed, added)`, and where the mark is then.
fn check_mark(marked: (u32, u32), (at, removed, added): (u32, u32, u32), expected: Option<(u32, u32)>) {
    let mut replay = FileReplay::new("a.rs");
    let id = replay.mark(LineRange { start: marked.0, end: marked.1 });
    let lines: Vec<String> =
        (0..removed).map(|n| format!("-old {n}")).chain((0..added).map(|n| format!("+new {n}"))).collect();
    let position = HunkPosition {
        old_start: if removed > 0 { at } else { at - 1 },
        old_lines: removed,
        new_start: if added > 0 { at } else { at - 1 },
        new_lines: added,
    };
    let hunk = Hunk { position: Some(position), lines: lines.join("\n"), ..Hunk::default() };
    replay.edit(&FileEdit { path: String::new(), change: Change::Edited, hunks: vec![hunk], content: None });
    let place =
        replay.ranges().into_iter().find(|place| place.ids.contains(&id)).expect("a mark is never forgotten");
    assert_eq!(
        place.range.map(|range| (range.start, range.end)),
        expected,
        "{marked:?} {at} -{removed} +{added}"
    );
}

#[test]
fn a_mark_moves_with_its_lines() {
    for (marked, change, expected) in [
        ((10, 20), (30, 2, 5), Some((10, 20))),
        ((10, 20), (2, 2, 5), Some((13, 23))),
        ((10, 20), (12, 2, 5), Some((10, 23))),
        ((10, 20), (12, 3, 0), Some((10, 17))),
        ((10, 20), (10, 0, 2), Some((12, 22))),
        ((10, 20), (21, 0, 2), Some((10, 20))),
        ((10, 20), (18, 6, 1), Some((10, 17))),
        ((10, 20), (8, 6, 1), Some((9, 15))),
        ((10, 20), (10, 11, 0), None),
        ((10, 10), (8, 5, 2), Some((8, 9))),
        ((10, 10), (8, 5, 0), None),
    ] {
        check_mark(marked, change, expected);
    }
}

#[test]
fn every_place_has_an_identity_of_its_own() {
    let mut editor = Editor::new(60, 2);
    for step in [(0, 3, 1, 2), (0, 40, 2, 1), (0, 20, 0, 3), (3, 10, 0, 0)] {
        editor.step(step);
    }
    let all: Vec<_> = editor.replay.ranges().into_iter().flat_map(|place| place.ids).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}
