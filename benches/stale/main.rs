//! How often a place in a file is said to stand as it was saved, and does not.
//!
//! `cargo bench --bench stale`. Places are anchored in an old text of a file and looked for in a later one; where they
//! truly are is known from following every line through each single change between the two. Three sources: the
//! project's own history (or the repository that `BATON_HISTORY` names), two versions of one crate where the registry
//! cache has both, and random edits of sources from there. The same table on every run; what is absent is left out.
#![expect(clippy::print_stdout, reason = "the table is for people")]

mod edits;
mod history;
mod truth;
mod versions;

use truth::Tally;

fn main() {
    println!(
        "{:<34} {:>8} {:>9} {:>6} {:>8} {:>9} {:>8} {:>7} {:>6}",
        "source", "places", "as saved", "stale", "of 200", "unmoved*", "kept %", "changed", "gone"
    );
    let mut all = Tally::default();
    for (name, tally) in history::tallies().into_iter().chain(versions::tallies()).chain(edits::tallies()) {
        print(&name, &tally);
        all.add(&tally);
    }
    print("all", &all);
    println!("* stale if the numbers are taken as they were saved, of 200");
}

fn print(name: &str, tally: &Tally) {
    let per = |part: usize, whole: usize, of: usize| {
        let hundredths = 100 * of * part / whole.max(1);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    };
    println!(
        "{name:<34} {:>8} {:>9} {:>6} {:>8} {:>9} {:>8} {:>7} {:>6}",
        tally.places,
        tally.valid,
        tally.stale,
        per(tally.stale, tally.valid, 200),
        per(tally.stale_unmoved, tally.places, 200),
        per(tally.kept, tally.same, 100),
        tally.changed,
        tally.gone,
    );
}

/// Numbers that look random and are the same on every run (Vigna's splitmix64).
struct Dice(u64);

impl Dice {
    /// A number below this one.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from(mixed >> 33).expect("31 bits") % limit.max(1)
    }
}
