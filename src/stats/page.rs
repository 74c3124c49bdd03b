//! The figures as one page that needs nothing else: tables, and plots drawn as SVG.

use std::fmt::Write;

use super::{Line, Stats};

/// Most bars in a plot; of more, the last or the largest are shown.
const BARS: usize = 40;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#667085;--line:#d8dde3;--bar:#2f6fde;--loss:#d0453b;--back:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#98a2b3;--line:#333b45;--bar:#6aa0ff;--loss:#ff7a70;--back:#14181d}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2.2rem}p{color:var(--soft);max-width:50rem}
.figures{display:flex;flex-wrap:wrap;gap:2.5rem}.figures b{display:block;font-size:1.7rem;font-weight:600}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .7rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:500}th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere}
svg{width:100%;height:auto}svg text{fill:var(--soft);font-size:11px}rect{fill:var(--bar)}rect.loss{fill:var(--loss)}line{stroke:var(--line)}";

/// One self-contained page.
pub fn page(stats: &Stats) -> String {
    let mut page = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    let _ = write!(
        page,
        "<meta name=\"viewport\" content=\"width=device-width\"><title>What handoffs saved</title><style>{STYLE}</style></head><body>"
    );
    let _ =
        write!(page, "<h1>What handoffs saved</h1><div class=\"figures\">{}</div>", figures(&stats.total));
    let _ = write!(
        page,
        "<p>Measured against {}. Tokens are counted by {}; list prices of {}.",
        escaped(stats.baseline),
        listed(&stats.encodings),
        escaped(&stats.prices_of)
    );
    if !stats.unpriced.is_empty() {
        let _ = write!(page, " Without a price, and in tokens only: {}.", listed(&stats.unpriced));
    }
    page.push_str("</p>");
    for (title, first, lines) in [
        ("By day", "Day", &stats.days),
        ("By project", "Project", &stats.projects),
        ("By handoff", "Handoff", &stats.handoffs),
    ] {
        let _ = write!(page, "<h2>{title}</h2>{}{}", plot(lines), table(first, lines));
    }
    page.push_str("</body></html>\n");
    page
}

fn figures(total: &Line) -> String {
    let figures = [
        ("tokens saved", grouped(total.saved_tokens)),
        ("saved", total.dollars(total.saved)),
        ("loads", total.loads.to_string()),
        ("tokens loaded", grouped(signed(total.loaded_tokens))),
        ("handoffs kept", total.handoffs.to_string()),
    ];
    figures
        .iter()
        .map(|(name, value)| format!("<div><b>{value}</b>{name}</div>"))
        .collect::<Vec<_>>()
        .concat()
}

fn table(first: &str, lines: &[Line]) -> String {
    let headings = [
        first,
        "Handoffs",
        "Session tokens",
        "Session cost",
        "Handoff tokens",
        "Loads",
        "Loaded",
        "Saved tokens",
        "Saved",
    ];
    let mut table = String::from("<table><tr>");
    for heading in headings {
        table.extend(["<th>", heading, "</th>"]);
    }
    for line in lines {
        let cells = [
            escaped(&line.name),
            line.handoffs.to_string(),
            grouped(signed(line.source_tokens)),
            line.dollars(line.session_cost),
            grouped(signed(line.tokens)),
            line.loads.to_string(),
            grouped(signed(line.loaded_tokens)),
            grouped(line.saved_tokens),
            line.dollars(line.saved),
        ];
        table.push_str("</tr><tr>");
        for cell in &cells {
            table.extend(["<td>", cell, "</td>"]);
        }
    }
    table + "</tr></table>"
}

/// Bars of the tokens saved; what was lost hangs below the line.
fn plot(lines: &[Line]) -> String {
    let shown: Vec<&Line> = lines.iter().filter(|line| line.loads > 0).collect();
    let shown = &shown[shown.len().saturating_sub(BARS)..];
    if shown.is_empty() {
        return String::new();
    }
    let most = shown.iter().map(|line| line.saved_tokens.max(0)).max().unwrap_or(0);
    let least = shown.iter().map(|line| line.saved_tokens.min(0)).min().unwrap_or(0);
    let (wide, high) = (960, 150);
    let height = |tokens: i64| tokens.saturating_mul(high) / (most - least).max(1);
    let zero = 20 + height(most);
    let step = wide / i64::try_from(shown.len()).unwrap_or(1);
    let mut plot = format!(
        "<svg viewBox=\"0 0 1000 {}\" role=\"img\"><title>tokens saved</title><text x=\"4\" y=\"12\">{} tokens saved</text>",
        high + 50,
        grouped(most)
    );
    for (at, line) in (0_i64..).zip(shown) {
        let (x, bar) = (20 + at * step, height(line.saved_tokens.abs()).max(1));
        let (y, kind) = if line.saved_tokens < 0 { (zero, " class=\"loss\"") } else { (zero - bar, "") };
        let name: String = line.name.chars().take(usize::try_from(step / 7).unwrap_or(4).max(3)).collect();
        let _ = write!(
            plot,
            "<rect{kind} x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{bar}\"><title>{}: {}</title></rect>",
            (step - 4).clamp(2, 60),
            escaped(&line.name),
            grouped(line.saved_tokens)
        );
        if step >= 24 {
            let _ = write!(plot, "<text x=\"{x}\" y=\"{}\">{}</text>", high + 40, escaped(&name));
        }
    }
    let _ = write!(plot, "<line x1=\"16\" x2=\"984\" y1=\"{zero}\" y2=\"{zero}\"/></svg>");
    plot
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

/// A number with a thin gap before every three digits.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { String::from("-") } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "nothing yet".to_owned() } else { escaped(&names.join(", ")) }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
