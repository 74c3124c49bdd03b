//! What a message cost, as the program says it.

use crate::event::Usage;

/// `9.8k sent, 2k cache hit, 141 received. Cost: …`
pub(super) fn usage(figures: &str) -> Usage {
    let mut usage = Usage::default();
    for figure in figures.split(". Cost").next().unwrap_or_default().split(", ") {
        let Some((number, what)) = figure.trim().split_once(' ') else { continue };
        let tokens = tokens(number);
        match what.trim_end_matches('.') {
            "sent" | "cache write" => usage.input += tokens,
            "cache hit" => (usage.input, usage.cached) = (usage.input + tokens, usage.cached + tokens),
            "received" => usage.output += tokens,
            _ => {}
        }
    }
    usage
}

/// A number of tokens as aider rounds it: `141`, `9.8k`, `12k`, `1.2M`.
fn tokens(text: &str) -> u64 {
    let (digits, unit) = match text.strip_suffix(['k', 'M']) {
        Some(digits) => (digits, if text.ends_with('k') { 1_000 } else { 1_000_000 }),
        None => (text, 1),
    };
    let (whole, tenths) = digits.split_once('.').unwrap_or((digits, "0"));
    let number = |text: &str| text.replace(',', "").parse::<u64>().unwrap_or_default();
    number(whole).saturating_mul(unit) + number(tenths.get(..1).unwrap_or_default()).saturating_mul(unit / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rounded() {
        let check =
            |figures, input, cached, output| assert_eq!(usage(figures), Usage { input, cached, output });
        check("9.8k sent, 2k cache hit, 141 received. Cost: $0.04 message", 11_800, 2_000, 141);
        check("1.2M sent, 3 received.", 1_200_000, 0, 3);
        check("1.\u{fffd}k sent", 1_000, 0, 0);
    }
}
