//! A file of which only some lines are known: runs of known lines, each at its number, and gaps between them.

/// Longest run kept in one piece; longer ones are split, so that a change in the middle moves little.
const CHUNK: usize = 1024;

/// What is known of a file now. Lines count from 1 and have no line end.
#[derive(Debug, Clone, Default)]
pub(super) struct SparseFile {
    runs: Vec<Run>,
    /// Number of the last line, where it is known.
    end: Option<u32>,
}

#[derive(Debug, Clone)]
struct Run {
    start: u32,
    lines: Vec<Box<str>>,
}

/// Known lines without a gap, and the number of the first.
pub(super) struct Stretch<'a> {
    pub start: u32,
    pub lines: Vec<&'a str>,
}

impl Run {
    /// Number of the line behind the last one.
    fn after(&self) -> u32 {
        self.start.saturating_add(count(self.lines.len()))
    }
}

/// A number of lines as the positions count them.
pub(super) fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}

impl SparseFile {
    /// A file of which everything is known.
    pub fn whole(lines: &[&str]) -> Self {
        let mut file = Self::default();
        file.learn(1, lines);
        file.end = Some(count(lines.len()));
        file
    }

    /// Number of the last line, where it is known.
    pub fn end(&self) -> Option<u32> {
        self.end
    }

    /// Notes the number of the last line, and drops what was thought to stand behind it.
    pub fn set_end(&mut self, end: u32) {
        let behind = self.split(end.saturating_add(1));
        self.runs.truncate(behind);
        self.end = Some(end);
    }

    /// The text of a line, if it is known.
    pub fn get(&self, line: u32) -> Option<&str> {
        let run = self.runs[..self.runs.partition_point(|run| run.start <= line)].last()?;
        run.lines.get((line - run.start) as usize).map(AsRef::as_ref)
    }

    /// Whether no known line says otherwise.
    pub fn agrees(&self, start: u32, lines: &[&str]) -> bool {
        let after = start.saturating_add(count(lines.len()));
        // Not everybody counts an empty last line.
        let full = after - u32::from(lines.last().is_some_and(|last| last.is_empty()));
        let fits = lines.is_empty() || self.end.is_none_or(|end| full <= end.saturating_add(1));
        let first = self.runs.partition_point(|run| run.after() <= start);
        fits && self.runs[first..].iter().take_while(|run| run.start < after).all(|run| {
            let (from, to) = (run.start.max(start), run.after().min(after));
            let known = &run.lines[(from - run.start) as usize..(to - run.start) as usize];
            let shown = &lines[(from - start) as usize..(to - start) as usize];
            known.iter().zip(shown).all(|(known, shown)| **known == **shown)
        })
    }

    /// Notes lines that are seen at their numbers.
    pub fn learn(&mut self, start: u32, lines: &[&str]) {
        let first = self.cut(start, count(lines.len()));
        self.insert(first, start, lines);
        let last = start.saturating_add(count(lines.len())).saturating_sub(1);
        self.end = self.end.map(|end| end.max(last));
    }

    /// Replaces `removed` lines from `at` on; everything behind moves.
    pub fn replace(&mut self, at: u32, removed: u32, added: &[&str]) {
        let first = self.cut(at, removed);
        for run in &mut self.runs[first..] {
            run.start = moved(run.start, removed, count(added.len()));
        }
        self.end = self.end.map(|end| moved(end, removed, count(added.len())));
        self.insert(first, at, added);
    }

    /// Forgets everything from a line on.
    pub fn forget_from(&mut self, line: u32) {
        let behind = self.split(line);
        self.runs.truncate(behind);
        self.end = None;
    }

    /// How many lines from the first on are known without a gap.
    pub fn known_prefix(&self) -> u32 {
        let mut after = 1;
        for run in &self.runs {
            if run.start != after {
                break;
            }
            after = run.after();
        }
        after - 1
    }

    /// Whether every line is known.
    pub fn is_whole(&self) -> bool {
        self.end == Some(self.known_prefix())
    }

    /// How many pieces it is in: what a change costs.
    pub fn pieces(&self) -> usize {
        self.runs.len()
    }

    /// How many lines are known.
    pub fn known_count(&self) -> usize {
        self.runs.iter().map(|run| run.lines.len()).sum()
    }

    /// Every known line with its number, in order.
    pub fn lines(&self) -> impl Iterator<Item = (u32, &str)> {
        self.runs.iter().flat_map(|run| (run.start..).zip(run.lines.iter().map(AsRef::as_ref)))
    }

    /// Known lines before a line, from the nearest back to the first gap.
    pub fn back_from(&self, line: u32) -> impl Iterator<Item = (u32, &str)> {
        let mut run = self.runs.partition_point(|run| run.start < line);
        let mut next = line;
        std::iter::from_fn(move || {
            next = next.checked_sub(1)?;
            if self.runs.get(run).is_none_or(|run| next < run.start) {
                run = run.checked_sub(1)?;
            }
            let here = self.runs.get(run)?;
            let text = here.lines.get(next.checked_sub(here.start)? as usize)?;
            Some((next, text.as_ref()))
        })
    }

    /// The known lines from a line on, up to a number of them or the first gap.
    pub fn ahead_from(&self, line: u32, most: u32) -> Vec<&str> {
        let first = self.runs.partition_point(|run| run.after() <= line);
        let mut next = line;
        let mut lines = Vec::new();
        for run in &self.runs[first..] {
            if run.start > next || lines.len() >= most as usize {
                break;
            }
            let rest = &run.lines[(next - run.start) as usize..];
            lines.extend(rest.iter().take(most as usize - lines.len()).map(AsRef::<str>::as_ref));
            next = run.after();
        }
        lines
    }

    /// All known lines, piece by piece without a gap.
    pub fn stretches(&self) -> Vec<Stretch<'_>> {
        let mut stretches: Vec<Stretch<'_>> = Vec::new();
        let mut after = 0;
        for run in &self.runs {
            let lines = run.lines.iter().map(AsRef::as_ref);
            match stretches.last_mut() {
                Some(last) if run.start == after => last.lines.extend(lines),
                _ => stretches.push(Stretch { start: run.start, lines: lines.collect() }),
            }
            after = run.after();
        }
        stretches
    }

    /// Takes lines out without moving the others; returns where their run stood.
    fn cut(&mut self, start: u32, lines: u32) -> usize {
        let from = self.split(start);
        let to = self.split(start.saturating_add(lines));
        self.runs.drain(from..to);
        from
    }

    /// Makes a run begin at the line if one crosses it; returns the first run from the line on.
    fn split(&mut self, line: u32) -> usize {
        let next = self.runs.partition_point(|run| run.start < line);
        if let Some(before) = next.checked_sub(1).map(|index| &mut self.runs[index])
            && before.after() > line
        {
            let lines = before.lines.split_off((line - before.start) as usize);
            self.runs.insert(next, Run { start: line, lines });
        }
        next
    }

    /// Puts lines where a gap is, and joins them with their neighbours where that stays short.
    fn insert(&mut self, first: usize, start: u32, lines: &[&str]) {
        let mut at = start;
        let runs = lines.chunks(CHUNK).map(|chunk| {
            let run = Run { start: at, lines: chunk.iter().map(|line| Box::from(*line)).collect() };
            at = run.after();
            run
        });
        let runs: Vec<Run> = runs.collect();
        let last = first + runs.len();
        self.runs.splice(first..first, runs);
        self.join(last);
        if last != first {
            self.join(first);
        }
    }

    /// Joins a run with the one before it, if they touch and are short together.
    fn join(&mut self, index: usize) {
        let Some((before, rest)) =
            index.checked_sub(1).and_then(|before| self.runs[before..].split_first_mut())
        else {
            return;
        };
        if let Some(run) = rest.first_mut()
            && before.after() == run.start
            && before.lines.len() + run.lines.len() <= CHUNK
        {
            before.lines.append(&mut run.lines);
            self.runs.remove(index);
        }
    }
}

/// A line number behind a change that removed and added lines.
pub(super) fn moved(line: u32, removed: u32, added: u32) -> u32 {
    line.saturating_sub(removed).saturating_add(added)
}
