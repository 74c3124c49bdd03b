//! Times as people and programs write them into transcripts.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

/// Reads a time in one of the common notations. One without a zone counts as UTC.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if let Some(time) = in_utc(text.as_bytes()) {
        return Some(time);
    }
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

/// Reads `2025-01-02T10:00:00.500Z`: nearly every record begins with one, and a parser of all notations takes long.
fn in_utc(text: &[u8]) -> Option<Timestamp> {
    let [date @ .., b'Z'] = text else { return None };
    let (date, fraction) = date.split_at_checked(19)?;
    let (b"--T::" | b"-- ::") = &[date[4], date[7], date[10], date[13], date[16]] else { return None };
    let number =
        |from: usize, to: usize| digits(&date[from..to]).and_then(|number| i8::try_from(number).ok());
    let year = i16::try_from(digits(&date[..4])?).ok()?;
    let day = Date::new(year, number(5, 7)?, number(8, 10)?).ok()?;
    let time = Time::new(number(11, 13)?, number(14, 16)?, number(17, 19)?, nanoseconds(fraction)?).ok()?;
    Offset::UTC.to_timestamp(day.to_datetime(time)).ok()
}

/// What `.500` is of a second; nothing where nothing stands.
fn nanoseconds(fraction: &[u8]) -> Option<i32> {
    let [b'.', places @ ..] = fraction else { return fraction.is_empty().then_some(0) };
    let missing = 9_u32.checked_sub(u32::try_from(places.len()).ok()?)?;
    Some(digits(places)? * 10_i32.pow(missing))
}

/// A number of at most nine digits.
fn digits(text: &[u8]) -> Option<i32> {
    let add = |number: i32, digit: &u8| digit.is_ascii_digit().then(|| number * 10 + i32::from(digit - b'0'));
    if text.is_empty() { None } else { text.iter().try_fold(0, add) }
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

    proptest::proptest! {
        #[test]
        fn the_short_way_is_the_long_one(text in "[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?Z") {
            if let Some(time) = in_utc(text.as_bytes()) {
                assert_eq!(text.parse::<Timestamp>().ok(), Some(time));
            }
        }
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
