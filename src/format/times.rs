//! Times as people and programs write them into transcripts.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads a time in one of the common notations. One without a zone counts as UTC.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim().trim_end_matches([',', '.']);
    if text.len() < 10 || text.len() > 40 || !text.is_ascii() {
        return None;
    }
    // Far from every text that is asked about is one, and finding out what is wrong with it takes long.
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.bytes().filter(u8::is_ascii_digit).count() < 8
    {
        return None;
    }
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    // SpecStory writes a blank before the zone's letter or the time: both are forms that jiff reads once tidied.
    let tidy = text.replace(" UTC", "Z").replace(" Z", "Z").replace(", ", " ");
    tidy.parse::<Timestamp>().ok().or_else(|| local(&tidy)).or_else(|| dashed(&tidy))
}

/// Seconds or milliseconds since 1970.
pub(super) fn from_number(number: f64) -> Option<Timestamp> {
    let milliseconds = if number > 1e11 { number } else { number * 1e3 };
    if !(1e11..1e14).contains(&milliseconds) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "in range, checked above; below a millisecond nothing counts"
    )]
    Timestamp::from_millisecond(milliseconds as i64).ok()
}

fn local(text: &str) -> Option<Timestamp> {
    let time: DateTime = text.parse().ok().or_else(|| {
        let shapes =
            ["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"];
        shapes.iter().find_map(|shape| DateTime::strptime(shape, text).ok())
    })?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// File names cannot hold colons, and some headers repeat the file's name.
fn dashed(text: &str) -> Option<Timestamp> {
    let text = text.trim_end_matches('Z');
    let time = DateTime::strptime("%Y-%m-%d_%H-%M-%S", text).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn common_notations() {
        check("2025-01-02T10:00:00Z", Some("2025-01-02T10:00:00Z"));
        check("2025-01-02T10:00:00.500+02:00", Some("2025-01-02T08:00:00.5Z"));
        check("2025-01-02 10:00:07Z", Some("2025-01-02T10:00:07Z"));
        check("2025-01-02 10:00:07 UTC", Some("2025-01-02T10:00:07Z"));
        check("2025-01-02 10:00", Some("2025-01-02T10:00:00Z"));
        check("2025-01-02", Some("2025-01-02T00:00:00Z"));
        check("2025/01/02, 10:00:03", Some("2025-01-02T10:00:03Z"));
        check("02.01.2025 10:00", Some("2025-01-02T10:00:00Z"));
        check("2025-01-02_10-00-01Z", Some("2025-01-02T10:00:01Z"));
        check("claude-opus-4", None);
        check("", None);
    }

    #[test]
    fn numbers_are_seconds_or_milliseconds() {
        let shown = |number| from_number(number).map(|time| time.to_string());
        assert_eq!(shown(1_700_000_000.0), Some("2023-11-14T22:13:20Z".into()));
        assert_eq!(shown(1_700_000_000_000.0), Some("2023-11-14T22:13:20Z".into()));
        assert_eq!(shown(5.0), None);
        assert_eq!(shown(f64::NAN), None);
    }
}
