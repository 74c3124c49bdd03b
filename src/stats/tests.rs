//! Every rule of the figures, by an example.

use super::*;

const MODEL: &str = "claude-opus-4-5";

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn load(at: &str, tokens: u64, source_tokens: u64) -> Load {
    Load {
        at: time(at),
        id: "a".to_owned(),
        project: "p".to_owned(),
        model: MODEL.to_owned(),
        encoding: "o200k_base".to_owned(),
        tokens,
        source_tokens,
        context: None,
        ended: time("2026-11-20T10:00:00Z"),
    }
}

/// What loads come to: tokens replayed and saved, dollars saved in millionths.
#[track_caller]
fn check(loads: &[Load], expected: (u64, i64, i64)) {
    let total = stats(&[], loads, &Prices::built_in(), None).total;
    assert_eq!((total.replayed_tokens, total.saved_tokens, total.saved.0 / 1000), expected);
}

#[test]
fn a_load_saves_the_session() {
    check(&[load("2026-11-20T12:00:00Z", 2000, 100_000)], (100_000, 98_000, 490_000));
}

#[test]
fn a_saving_is_capped_by_the_window_and_by_what_stood_before_the_model() {
    let long = load("2026-11-20T12:00:00Z", 2000, 5_000_000);
    check(std::slice::from_ref(&long), (200_000, 198_000, 990_000));
    check(&[Load { context: Some(50_000), ..long.clone() }], (50_000, 48_000, 240_000));
    check(&[Load { model: "claude-opus-5".to_owned(), ..long }], (1_000_000, 998_000, 4_990_000));
}

#[test]
fn what_is_still_in_the_cache_is_priced_as_cached() {
    check(&[load("2026-11-20T10:05:00Z", 2000, 100_000)], (100_000, 98_000, 40_000));
    check(&[load("2026-11-20T10:05:01Z", 2000, 100_000)], (100_000, 98_000, 490_000));
    check(&[load("2026-11-20T09:00:00Z", 2000, 100_000)], (100_000, 98_000, 490_000));
}

#[test]
fn a_second_load_on_a_day_only_costs() {
    let loads = ["2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z", "2026-11-21T00:00:00Z"];
    check(&loads.map(|at| load(at, 2000, 100_000)), (200_000, 194_000, 970_000));
}

#[test]
fn a_handoff_longer_than_its_session_loses() {
    check(&[load("2026-11-20T12:00:00Z", 2000, 500)], (500, -1500, -7500));
}

#[test]
fn a_model_without_a_price_is_counted_in_tokens_and_named() {
    let loads = [Load { model: "unheard-of".to_owned(), ..load("2026-11-20T12:00:00Z", 2000, 100_000) }];
    let stats = stats(&[], &loads, &Prices::built_in(), None);
    assert_eq!((stats.total.saved_tokens, stats.total.saved), (98_000, Money(0)));
    assert_eq!(stats.unpriced, ["unheard-of"]);
    assert_eq!(stats.total.dollars(stats.total.saved), "–");
    let priced = super::stats(&[], &loads, &Prices::built_in(), Some(MODEL));
    assert_eq!((priced.total.saved, priced.unpriced), (Money(490_000_000), Vec::new()));
}

#[test]
fn a_session_that_is_kept_twice_is_counted_once() {
    let used = Used { input: 1_000_000, cached: 900_000, output: 10_000, context: 90_000 };
    let kept = |id: &str, saved: &str| Kept {
        id: id.to_owned(),
        project: "p".to_owned(),
        session: "s".to_owned(),
        saved_at: time(saved),
        model: MODEL.to_owned(),
        source_tokens: 100_000,
        used: Some(used.clone()),
        tokens: 2000,
    };
    let both = [kept("a", "2026-11-20T10:00:00Z"), kept("b", "2026-11-21T10:00:00Z")];
    let stats = stats(&both, &[], &Prices::built_in(), None);
    let told = |line: &Line| (line.handoffs, line.source_tokens, line.tokens, line.session_cost.0 / 1000);
    // 100 000 fresh at $5, 900 000 cached at $0.50, 10 000 out at $25 a million.
    assert_eq!(told(&stats.total), (2, 100_000, 4000, 1_200_000));
    assert_eq!(stats.projects.iter().map(told).collect::<Vec<_>>(), [(2, 100_000, 4000, 1_200_000)]);
    assert_eq!(
        stats.days.iter().map(told).collect::<Vec<_>>(),
        [(1, 0, 2000, 0), (1, 100_000, 2000, 1_200_000)]
    );
    assert_eq!(stats.handoffs.iter().map(told).collect::<Vec<_>>(), [(1, 100_000, 2000, 1_200_000); 2]);
}

#[test]
fn the_fullest_state_of_a_session_stands_for_it() {
    let kept = |id: &str, saved: &str, source_tokens: u64| Kept {
        id: id.to_owned(),
        session: "s".to_owned(),
        saved_at: time(saved),
        source_tokens,
        ..Kept::default()
    };
    let both = [kept("a", "2026-11-20T10:00:00Z", 40_000), kept("b", "2026-11-21T10:00:00Z", 10_000)];
    assert_eq!(stats(&both, &[], &Prices::built_in(), None).total.source_tokens, 40_000);
}

#[test]
fn a_page_shows_names_as_text() {
    let loads = [Load {
        id: "<script>".to_owned(),
        project: "a&\"b".to_owned(),
        ..load("2026-11-20T12:00:00Z", 9, 100)
    }];
    let page = page(&stats(&[], &loads, &Prices::built_in(), None));
    assert!(
        !page.contains("<script>") && page.contains("&lt;script&gt;") && page.contains("a&amp;&quot;b"),
        "{page}"
    );
    assert!(!page.contains("http"), "nothing comes from elsewhere");
}

#[test]
fn a_session_under_two_ids_saves_once_a_day() {
    let kept = ["a", "b"].map(|id| Kept { id: id.to_owned(), session: "s".to_owned(), ..Kept::default() });
    let first = load("2026-11-20T12:00:00Z", 2000, 100_000);
    let twin = Load { id: "b".to_owned(), ..load("2026-11-20T13:00:00Z", 2000, 100_000) };
    let total = stats(&kept, &[first, twin], &Prices::built_in(), None).total;
    assert_eq!((total.loads, total.replayed_tokens, total.saved_tokens), (2, 100_000, 96_000));
}
