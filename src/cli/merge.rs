//! `baton merge`: makes one handoff of several kept ones.

use std::fmt::Write;

use baton::error::Result;
use baton::service::{self, Merged, Order};
use baton::surroundings::Surroundings;
use clap::Args;

use super::arguments::{Counting, budget};
use super::{output, store::At};

/// Make one handoff of several kept ones.
#[derive(Args)]
pub struct Merge {
    /// Ids of the handoffs, two or more
    #[arg(required = true, value_name = "ID", num_args = 2..)]
    pub ids: Vec<String>,
    /// Let the one named last win, and not the one saved last
    #[arg(long)]
    pub in_order: bool,
    /// Id of the result [default: made from the objective and the time]
    #[arg(long = "as", visible_alias = "id", value_name = "ID")]
    pub id: Option<String>,
    /// What to call it
    #[arg(long)]
    pub title: Option<String>,
    /// The most tokens the result may have; at least 200 [default: all of both]
    #[arg(short, long, value_name = "TOKENS", value_parser = budget, allow_negative_numbers = true)]
    pub budget: Option<usize>,
    #[command(flatten)]
    pub counting: Counting,
    #[command(flatten)]
    pub at: At,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(request: &Merge, surroundings: &Surroundings) -> Result<()> {
    let wanted = service::Merge {
        ids: request.ids.clone(),
        order: if request.in_order { Order::Given } else { Order::Chronological },
        id: request.id.clone(),
        title: request.title.clone(),
        budget: request.budget,
        model: request.counting.name(),
    };
    let merged = request.at.open(surroundings)?.merge(&wanted)?;
    output::write(&if request.json { output::json(&merged) } else { said(&merged) }, None)
}

fn said(merged: &Merged) -> String {
    let Merged { saved, sources, conflicts, overtaken } = merged;
    let mut text = format!(
        "merged {} into {}: {} tokens ({})\n",
        sources.join(" < "),
        saved.id,
        saved.tokens,
        saved.encoding
    );
    for pair in overtaken {
        let (earlier, later) = (&pair.earlier, &pair.later);
        let _ = writeln!(
            text,
            "{earlier} and {later} are of one session; where they differ, {later} stands: it ends later"
        );
    }
    for conflict in conflicts {
        let (earlier, later) = (&conflict.earlier, &conflict.later);
        let _ = writeln!(text, "decisions disagree; the later one stands:");
        let _ =
            writeln!(text, "  - {}: {}\n  + {}: {}", earlier.id, earlier.decision, later.id, later.decision);
    }
    text
}
