//! The rendered text never exceeds the budget, counted again by tiktoken-rs on the final text.

use baton::build::{self, MINIMUM, Options};
use baton::error::Error;
use baton::render::{Citations, RENDERERS};
use baton::token::{Encoding, Tokenizer};
use proptest::prelude::*;
use rayon::prelude::*;
use serde_json::Value;

use crate::fixtures::{self, Fixture};
use crate::tokens::oracle;

/// Budgets at which other handoffs are packed, from the least to more than any fixture fills.
const BUDGETS: &[usize] = &[200, 233, 300, 450, 700, 1000, 1500, 2000, 4000, 32_000];

#[track_caller]
fn check(fixture: &Fixture, options: &Options) {
    let place = format!(
        "{} as {} in {} tokens of {}",
        fixture.name,
        options.renderer.name,
        options.budget,
        options.tokenizer.name()
    );
    let handoff = build::build(&fixture.bytes, options).unwrap_or_else(|error| panic!("{place}: {error}"));
    let counted = oracle(options.tokenizer.encoding()).encode_ordinary(&handoff.text).len();
    assert!(counted <= options.budget, "{place}: {counted}");
    assert_eq!(handoff.tokens, counted, "{place}: what is reported is what it is");
}

/// Every fixture in every rendering, in every encoding, and in every budget; every pair of them occurs, and in turn all
/// of the rest.
#[test]
fn never_over() {
    let encodings = |at: usize| Encoding::ALL[at % Encoding::ALL.len()];
    fixtures::all().par_iter().enumerate().for_each(|(first, fixture)| {
        for (second, renderer) in RENDERERS.iter().enumerate() {
            for (third, &budget) in BUDGETS.iter().enumerate() {
                let is_usual = (first + second + third) % 2 == 0;
                let encoding =
                    if is_usual { Encoding::default() } else { encodings(first + second + third / 2) };
                let tokenizer = Tokenizer::Exact(encoding);
                check(fixture, &Options { budget, renderer, tokenizer, ..Options::default() });
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_over_any_budget(
        fixture in 0..fixtures::all().len(),
        renderer in 0..RENDERERS.len(),
        encoding in prop::sample::select(Encoding::ALL.to_vec()),
        budget in prop_oneof![MINIMUM..600, MINIMUM..6000, MINIMUM..32_000],
        shown in any::<bool>(),
    ) {
        let citations = if shown { Citations::Shown } else { Citations::Hidden };
        let renderer = &RENDERERS[renderer];
        check(&fixtures::all()[fixture], &Options { budget, renderer, tokenizer: Tokenizer::Exact(encoding), citations, ..Options::default() });
    }
}

/// A handoff in the least budget still says what is to be done and how it stands.
#[test]
fn the_least_budget_holds_the_task() {
    for fixture in fixtures::all() {
        let markdown = fixture.handoff(MINIMUM, "markdown").text;
        let line =
            |start: &str| markdown.lines().find_map(|line| line.strip_prefix(start)).unwrap_or_default();
        assert!(line("## Task: ").len() > 10, "{}: {markdown}", fixture.name);
        assert!(line("**Status:** ").starts_with(&fixture.sheet.status), "{}: {markdown}", fixture.name);
        let json: Value = serde_json::from_str(&fixture.handoff(MINIMUM, "json").text).unwrap();
        assert!(json["task"]["objective"].as_str().unwrap().len() > 10, "{}: {json}", fixture.name);
        assert_eq!(json["task"]["status"], fixture.sheet.status.as_str(), "{}", fixture.name);
    }
}

#[test]
fn less_than_the_minimum_is_refused() {
    let bytes = &fixtures::all()[0].bytes;
    for budget in [0, 1, 199] {
        let error = build::build(bytes, &fixtures::options(budget, "markdown"))
            .map(|handoff| handoff.text)
            .unwrap_err();
        assert!(matches!(error, Error::BudgetTooSmall { minimum: 200, .. }), "{error}");
        assert!(error.to_string().contains("200"), "{error}");
    }
}

/// Claude's tokenizer is not public: the figure is an estimate, says so, and holds with its upper bound.
#[test]
fn an_estimate_says_so_and_holds_with_its_upper_bound() {
    let tokenizer = Tokenizer::resolve("claude-sonnet-4-5").unwrap();
    for fixture in fixtures::all() {
        let options = Options { budget: 1000, tokenizer, ..fixtures::options(1000, "markdown") };
        let handoff = build::build(&fixture.bytes, &options).unwrap();
        let counted = oracle(tokenizer.encoding()).encode_ordinary(&handoff.text).len();
        assert!(
            tokenizer.upper(counted) <= 1000 && handoff.tokens == tokenizer.upper(counted),
            "{}",
            fixture.name
        );
        assert!(
            counted < handoff.tokens,
            "{}: an upper bound lies above the count it is made from",
            fixture.name
        );
        assert!(handoff.text.contains("estimate"), "{}: {}", fixture.name, handoff.text);
    }
}

/// More room is used for more: twice the budget does not tell less.
#[test]
fn room_is_used() {
    for fixture in fixtures::all() {
        let sizes: Vec<usize> =
            [250, 500, 1000, 2000].iter().map(|budget| fixture.handoff(*budget, "markdown").tokens).collect();
        assert!(sizes.is_sorted(), "{}: {sizes:?}", fixture.name);
    }
}
