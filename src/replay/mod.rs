//! Replays what a transcript says of one file, and follows the places of interest in it to where they are now.
//!
//! A wrong line number is worse than none. So every change is checked against what is known of the file; where it
//! cannot be placed, or contradicts what is known, all numbers it may have moved are in doubt until the text of
//! their lines is seen again. What stays in doubt is told by its symbol only.

mod anchor;
mod hunk;
mod locate;
mod output;
mod sparse;
mod symbol;
mod tabs;
mod track;

use crate::event::{Change, FileEdit, FileRead, Hunk, LineRange};
use anchor::Window;
use hunk::{Replaced, Sides, differences, lines, sides};
use locate::{Found, Spot};
use sparse::{SparseFile, Stretch, count};
use symbol::Language;
use track::{Note, Place, Tracks};

/// Highest line number that is believed.
const LAST_LINE: u32 = 1 << 30;

/// Known lines around a new window in which places are looked for.
const AROUND: u32 = 60;

/// Lines that are searched for hunks without numbers, all in all; then such hunks are not placed any more.
const SEARCHED: usize = 200_000_000;

/// Most pieces in which a file is known; then what is known is forgotten, so that a change stays cheap.
const PIECES: usize = 8192;

/// Names a place that is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackedId(pub u32);

/// Why a place is of interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// An edit changed these lines.
    Edit,
    /// The file was written whole, and these are its lines.
    Write,
    /// The caller said so.
    Mark,
}

/// A place in the file as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedRange {
    /// Its lines now; none where they are gone, or where nobody can say which they are.
    pub range: Option<LineRange>,
    /// Where it was last, if its numbers are in doubt: worth a look only where the working tree can confirm it.
    pub last: Option<LineRange>,
    /// The text of its lines, where it is known; of lines in doubt, as they were last.
    pub lines: Option<Vec<String>>,
    /// Why it is of interest.
    pub origin: Origin,
    /// Names of what it defines, or of what encloses it; bare, as in the text.
    pub symbols: Vec<String>,
    /// The places that became this one.
    pub ids: Vec<TrackedId>,
    /// Which calls of [`FileReplay::edit`] changed it, counted from 0.
    pub edits: Vec<usize>,
    /// Lines added here by those edits.
    pub added: u32,
    /// Lines removed here by those edits.
    pub removed: u32,
}

/// Replays what the transcript says of one file. The caller resolves all names of it to one.
#[derive(Clone)]
pub struct FileReplay {
    language: Option<&'static Language>,
    file: SparseFile,
    tracks: Tracks,
    edits: usize,
    searched: usize,
}

/// The edit that is being replayed.
struct Current<'a> {
    number: usize,
    heading: Option<&'a str>,
    begun: Vec<TrackedId>,
}

impl FileReplay {
    /// A file of which nothing is known but its name.
    pub fn new(path: &str) -> Self {
        Self {
            language: symbol::language(path),
            file: SparseFile::default(),
            tracks: Tracks::default(),
            edits: 0,
            searched: 0,
        }
    }

    /// Lines of the file were shown: they are as shown.
    pub fn read(&mut self, read: &FileRead) {
        let start = read.start.max(1);
        let content = tabs::flat(&read.content);
        let shown: Vec<&str> = lines(&content).collect();
        if start > LAST_LINE || shown.len() > LAST_LINE as usize {
            return;
        }
        let last = start + count(shown.len()) - 1;
        // Some count an empty line behind the last line end.
        let end =
            read.total.filter(|total| last == *total || (last + 1 == *total && read.content.ends_with('\n')));
        if !self.file.agrees(start, &shown) || end.is_some_and(|_| self.file.get(last + 1).is_some()) {
            self.unknown_change();
        }
        self.file.learn(start, &shown);
        if end.is_some() {
            self.file.set_end(last);
        }
        self.settle(start, count(shown.len()));
    }

    /// An edit took effect. Follows all places through it, and begins one for every changed place.
    pub fn edit(&mut self, edit: &FileEdit) -> Vec<TrackedId> {
        let edit = &*tabs::flat_edit(edit);
        let mut current = Current { number: self.edits, heading: None, begun: Vec::new() };
        self.edits += 1;
        match edit.change {
            Change::Deleted => {
                self.file = SparseFile::whole(&[]);
                self.tracks.lose_all();
            }
            Change::Created => self.create(edit, &mut current),
            Change::Edited | Change::Renamed { .. } => self.change(edit, &mut current),
        }
        if self.file.pieces() > PIECES {
            self.file = SparseFile::default();
        }
        current.begun
    }

    /// A place of interest, in line numbers of now.
    pub fn mark(&mut self, range: LineRange) -> TrackedId {
        let id = self.tracks.next_id();
        let note = Note { ids: vec![id], ..Note::default() };
        let (from, to) = (range.start.clamp(1, LAST_LINE), range.end.min(LAST_LINE).saturating_add(1));
        self.tracks.begin(Origin::Mark, from, to.max(from + 1), note);
        id
    }

    /// Something changed the file unseen: all numbers are in doubt until lines are seen again.
    pub fn unknown_change(&mut self) {
        self.doubt_from(1);
    }

    /// The whole text, if every line is known. A leading tab is written as two blanks, here as in all lines, since
    /// some records write it so.
    pub fn content(&self) -> Option<String> {
        self.file.is_whole().then(|| self.file.lines().flat_map(|(_, line)| [line, "\n"]).collect())
    }

    /// The known lines with their numbers, in order.
    pub fn known_lines(&self) -> impl Iterator<Item = (u32, &str)> {
        self.file.lines()
    }

    fn doubt_from(&mut self, line: u32) {
        self.tracks.doubt_from(line, &self.file);
        self.file.forget_from(line);
    }

    /// Looks for places in doubt around lines that were just seen.
    fn settle(&mut self, start: u32, length: u32) {
        if !self.tracks.any_doubtful() || length == 0 {
            return;
        }
        let before = count(self.file.back_from(start).take(AROUND as usize).count());
        let from = start - before;
        let lines = self.file.ahead_from(from, before + length + AROUND);
        let window = Window::new(Stretch { start: from, lines }, self.file.end());
        for tracked in &mut self.tracks.live {
            if let Place::Doubtful(anchor) = &tracked.place
                && let Some((from, to)) = window.find(anchor)
            {
                tracked.place = Place::At(from, to);
            }
        }
        self.tracks.unite();
    }

    fn create<'a>(&mut self, edit: &'a FileEdit, current: &mut Current<'a>) {
        let parts: Vec<Sides<'_>> = edit.hunks.iter().map(sides).collect();
        let content: Vec<&str> = match &edit.content {
            Some(content) => lines(content).collect(),
            None if parts.iter().all(|part| part.old.is_empty()) => {
                parts.iter().flat_map(|part| part.new.iter().copied()).collect()
            }
            None => return self.change(edit, current),
        };
        self.tracks.lose_all();
        self.file = if edit.content.is_some() || !edit.hunks.is_empty() {
            SparseFile::whole(&content)
        } else {
            SparseFile::default()
        };
        self.write(&content, current);
    }

    /// Begins a place for a file that was written whole.
    fn write(&mut self, content: &[&str], current: &mut Current<'_>) {
        let id = self.tracks.next_id();
        let note = self.note(id, current, content, &[], 1);
        self.tracks.begin(Origin::Write, 1, 1 + count(content.len()), note);
        current.begun.push(id);
    }

    fn change<'a>(&mut self, edit: &'a FileEdit, current: &mut Current<'a>) {
        if !edit.hunks.is_empty() {
            self.apply(&edit.hunks, current);
        }
        let Some(content) = &edit.content else { return };
        let content: Vec<&str> = lines(content).collect();
        if edit.hunks.is_empty() {
            self.rewrite(&content, current);
        } else if !self.file.agrees(1, &content) {
            self.unknown_change();
        }
        self.file = SparseFile::whole(&content);
        self.settle(1, count(content.len()));
    }

    /// The file was written anew, and nobody says what is different.
    fn rewrite(&mut self, content: &[&str], current: &mut Current<'_>) {
        if !self.file.is_whole() {
            self.unknown_change();
            self.write(content, current);
            return;
        }
        let old: Vec<String> = self.file.lines().map(|(_, line)| line.to_owned()).collect();
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        // Only what differs counts as changed.
        self.replace_parts(1, &old, content, &differences(&old, content), current);
    }

    fn apply<'a>(&mut self, hunks: &'a [Hunk], current: &mut Current<'a>) {
        if let Some(placed) = placed(hunks) {
            self.apply_placed(&placed, current);
            return;
        }
        let mut from = 1;
        for hunk in hunks {
            current.heading = hunk.heading.as_deref();
            from = self.apply_unplaced(hunk, from, current);
        }
    }

    /// Applies hunks with line numbers: first all are checked, then all are believed.
    fn apply_placed<'a>(&mut self, placed: &[Placed<'a>], current: &mut Current<'a>) {
        let contradicted = |hunk: &Placed<'_>| !self.file.agrees(hunk.before, &hunk.sides.old);
        let fits = placed.iter().all(|hunk| hunk.fits);
        if !fits || placed.iter().any(contradicted) {
            self.unknown_change();
        }
        for hunk in placed {
            current.heading = hunk.heading;
            if !fits {
                self.lose(&hunk.sides, current);
                continue;
            }
            self.file.learn(hunk.at, &hunk.sides.old);
            self.settle(hunk.at, count(hunk.sides.old.len()));
            self.replace_parts(hunk.at, &hunk.sides.old, &hunk.sides.new, &hunk.sides.replaced, current);
        }
    }

    /// Finds the place of a hunk by its text and applies it there. Returns the line behind it.
    fn apply_unplaced(&mut self, hunk: &Hunk, from: u32, current: &mut Current<'_>) -> u32 {
        let sides = sides(hunk);
        let spots = match self.locate(hunk, &sides, from) {
            Found::At(spots) => spots,
            unclear => {
                self.lose(&sides, current);
                self.doubt_after_lost(&sides, &unclear);
                return from;
            }
        };
        let moves = spots.iter().any(|spot| spot.old.len() != spot.new.len());
        let unseen = hunk.everywhere && moves && !self.file.is_whole();
        let gap = self.file.known_prefix();
        for spot in spots.iter().rev() {
            let new: Vec<&str> = spot.new.iter().map(String::as_str).collect();
            let old: Vec<&str> = spot.old.iter().map(String::as_str).collect();
            self.replace_parts(spot.line, &old, &new, &spot.parts, current);
        }
        if unseen {
            self.doubt_everywhere(&spots, gap);
        }
        let behind = |spot: &Spot| spot.line + count(spot.new.len());
        if sides.context { spots.last().map_or(from, behind) } else { from }
    }

    fn locate(&mut self, hunk: &Hunk, sides: &Sides<'_>, from: u32) -> Found {
        let effort = self.file.known_count();
        if self.searched + effort > SEARCHED {
            return Found::Ambiguous(1);
        }
        self.searched += effort;
        if hunk.everywhere {
            return locate::locate_everywhere(&self.file, sides);
        }
        if !sides.context && hunk.heading.is_none() {
            return locate::locate_text(&self.file, sides);
        }
        let heading = hunk.heading.as_deref().map(str::trim).filter(|heading| !heading.is_empty());
        let below = heading.and_then(|heading| locate::line_with(&self.file, heading, from));
        let (found, heading) = match below.map(|line| locate::locate_lines(&self.file, sides, line)) {
            Some(found @ Found::At(_)) => (found, heading),
            _ => (locate::locate_lines(&self.file, sides, from), None),
        };
        let first = |spot: &Spot| locate::is_first(&self.file, &sides.old, heading, from, spot.line);
        match found {
            Found::At(spots) if !spots.iter().all(first) => Found::Nowhere,
            found => found,
        }
    }

    /// A text was replaced everywhere, and parts of the file are unknown: behind the first gap numbers are in doubt.
    fn doubt_everywhere(&mut self, spots: &[Spot], gap: u32) {
        let known = spots.iter().take_while(|spot| spot.line <= gap);
        let gap =
            known.fold(gap, |gap, spot| sparse::moved(gap, count(spot.old.len()), count(spot.new.len())));
        let longest = spots.iter().map(|spot| spot.old.len()).max().unwrap_or(0);
        self.doubt_from((gap + 1).saturating_sub(count(longest)).max(1));
    }

    /// A hunk could not be placed: what may stand behind it is in doubt.
    fn doubt_after_lost(&mut self, sides: &Sides<'_>, found: &Found) {
        match found {
            Found::Ambiguous(first) if *first <= self.file.known_prefix() => self.doubt_from(*first),
            // It is not in the lines known without a gap from the first on, so those stay where they are.
            Found::Nowhere | Found::Ambiguous(_) if !sides.old.is_empty() && !self.file.is_whole() => {
                let behind = (self.file.known_prefix() + 1).saturating_sub(count(sides.old.len()));
                self.doubt_from(behind.max(1));
            }
            Found::Nowhere | Found::Ambiguous(_) | Found::At(_) => self.unknown_change(),
        }
    }

    /// Notes an edit of which nobody knows the place.
    fn lose(&mut self, sides: &Sides<'_>, current: &mut Current<'_>) {
        let id = self.tracks.next_id();
        let changed = |side: &[&str], part: fn(&Replaced) -> (usize, usize)| -> Vec<String> {
            let parts = sides.replaced.iter().map(part);
            parts.flat_map(|(at, length)| side[at..at + length].iter().map(ToString::to_string)).collect()
        };
        let added = changed(&sides.new, |part| (part.new, part.added));
        let removed = changed(&sides.old, |part| (part.old, part.removed));
        let mut note = Note { ids: vec![id], edits: vec![current.number], ..Note::default() };
        note.added = count(added.len());
        note.removed = count(removed.len());
        let text: Vec<&str> = added.iter().chain(&removed).map(String::as_str).collect();
        note.symbols = self.symbols_of(&text, current.heading);
        if note.symbols.is_empty()
            && let Some(language) = self.language
            && let Some(first) = sides.replaced.first()
            && let Some(indentation) = symbol::indentation(&text)
        {
            let before = sides.old[..first.old].iter().rev().copied();
            note.symbols.extend(language.enclosing(indentation, before).map(String::from));
        }
        self.tracks.begin_lost(Origin::Edit, note);
        current.begun.push(id);
    }

    /// Applies what differs between two sides that begin at a line, from the first to the last.
    fn replace_parts(
        &mut self,
        line: u32,
        old: &[&str],
        new: &[&str],
        parts: &[Replaced],
        current: &mut Current<'_>,
    ) {
        for part in parts {
            // Everything before is already as on the new side.
            let at = line + count(part.new);
            let (removed, added) =
                (&old[part.old..part.old + part.removed], &new[part.new..part.new + part.added]);
            self.tracks.shift(at, count(part.removed), count(part.added));
            self.file.replace(at, count(part.removed), added);
            let id = self.tracks.next_id();
            let note = self.note(id, current, added, removed, at);
            self.tracks.begin(Origin::Edit, at, at + count(part.added), note);
            current.begun.push(id);
        }
    }

    fn note(&self, id: TrackedId, current: &Current<'_>, added: &[&str], removed: &[&str], at: u32) -> Note {
        let changed = if added.is_empty() { removed } else { added };
        let mut symbols = self.symbols_of(changed, None);
        if symbols.is_empty() {
            symbols.extend(self.enclosing(changed, at));
        }
        if symbols.is_empty() {
            symbols = self.symbols_of(&[], current.heading);
        }
        let (added, removed) = (count(added.len()), count(removed.len()));
        Note { ids: vec![id], edits: vec![current.number], symbols, added, removed }
    }

    /// What the lines define, or else what the heading names.
    fn symbols_of(&self, lines: &[&str], heading: Option<&str>) -> Vec<String> {
        let Some(language) = self.language else { return Vec::new() };
        let names: Vec<String> = language.defined(lines).into_iter().map(String::from).collect();
        if !names.is_empty() {
            return names;
        }
        heading.and_then(|heading| symbol::in_heading(self.language, heading)).into_iter().collect()
    }

    fn enclosing(&self, lines: &[&str], at: u32) -> Option<String> {
        let indentation = symbol::indentation(lines)?;
        let before = self.file.back_from(at).map(|(_, text)| text);
        self.language?.enclosing(indentation, before).map(String::from)
    }
}

/// The innermost definition around a line of a text, counted from 0: what the line defines, or what it stands in.
pub fn symbol<'a>(path: &str, lines: &[&'a str], at: usize) -> Option<&'a str> {
    let language = symbol::language(path)?;
    let line = lines.get(at)?;
    let indentation = symbol::indentation(&[line]).unwrap_or(usize::MAX);
    language.defines(line).or_else(|| language.enclosing(indentation, lines[..at].iter().rev().copied()))
}

/// A hunk with line numbers, ready to be applied after those before it.
struct Placed<'a> {
    /// First line in the file before the edit, to check it; in a sequence of edits the same as `at`.
    before: u32,
    /// First line in the file as it is when this hunk is applied.
    at: u32,
    sides: Sides<'a>,
    heading: Option<&'a str>,
    /// Whether the numbers are those of its lines.
    fits: bool,
}

/// Hunks in the order in which they are applied, if all of them have line numbers.
fn placed(hunks: &[Hunk]) -> Option<Vec<Placed<'_>>> {
    let mut sorted: Vec<(crate::event::HunkPosition, &Hunk)> =
        hunks.iter().map(|hunk| Some((hunk.position?, hunk))).collect::<Option<_>>()?;
    sorted.sort_by_key(|(position, _)| (position.old_start, position.new_start));
    let mut gained = 0_i64;
    let mut behind = 0_i64;
    let mut placed = Vec::with_capacity(sorted.len());
    for (position, hunk) in sorted {
        let sides = sides(hunk);
        let (old, new) = (count(sides.old.len()), count(sides.new.len()));
        // With no new lines the new side does not say where; with no old lines the old side does not.
        let by_old = i64::from(position.old_start) + gained;
        let at = if new > 0 { i64::from(position.new_start) } else { by_old };
        let fits = (old, new) == (position.old_lines, position.new_lines)
            && (old == 0 || at == by_old)
            && at > behind
            && at <= i64::from(LAST_LINE);
        behind = at + i64::from(new) - 1;
        let before = u32::try_from(at - gained).unwrap_or(0);
        gained += i64::from(new) - i64::from(old);
        placed.push(Placed {
            before,
            at: u32::try_from(at).unwrap_or(0),
            sides,
            heading: hunk.heading.as_deref(),
            fits,
        });
    }
    Some(placed)
}
