//! Times as people type them: a date, a time, or how long ago.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};

/// When something is: a time, or so long before now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A time.
    At(Timestamp),
    /// Seconds before now.
    Ago(i64),
}

impl When {
    /// The time it means now.
    pub fn before(self, now: Timestamp) -> Timestamp {
        match self {
            When::At(time) => time,
            When::Ago(seconds) => {
                Timestamp::from_second(now.as_second().saturating_sub(seconds)).unwrap_or(Timestamp::MIN)
            }
        }
    }
}

/// `2026-11-21`, `2026-11-21T13:00:00Z`, `30d`, `2w` or `12h`.
pub fn when(text: &str) -> Result<When, String> {
    let ago = || seconds(text).map(When::Ago);
    let date = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp());
    let time = text.parse::<Timestamp>().ok().or_else(date).map(When::At);
    time.or_else(ago)
        .ok_or_else(|| "neither a date such as 2026-11-21 nor an age such as 30d, 2w or 12h".to_owned())
}

fn seconds(text: &str) -> Option<i64> {
    let span: Span = text.parse().ok()?;
    let seconds = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?.as_secs();
    (seconds >= 0).then_some(seconds)
}

/// A time as people read it, in UTC.
pub fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%MZ").to_string()
}

/// How long ago something was, in the largest unit that counts it: `3 hours ago`.
pub fn ago(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(time.as_second());
    let units = [(86400, "day"), (3600, "hour"), (60, "minute")];
    let Some((count, unit)) =
        units.into_iter().map(|(size, unit)| (seconds / size, unit)).find(|(count, _)| *count > 0)
    else {
        return "just now".to_owned();
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_type_them() {
        let at = |text: &str| When::At(text.parse().unwrap());
        let check = |text: &str, expected: When| assert_eq!(when(text), Ok(expected), "{text}");
        check("2026-11-21", at("2026-11-21T00:00:00Z"));
        check("2026-11-21T13:00", at("2026-11-21T13:00:00Z"));
        check("2026-11-21T13:00:00+02:00", at("2026-11-21T11:00:00Z"));
        check("30d", When::Ago(30 * 86400));
        check("2w", When::Ago(14 * 86400));
        check("12h", When::Ago(12 * 3600));
        for wrong in ["", "soon", "30", "-3d", "1 month", "2026-13-01"] {
            assert!(when(wrong).is_err(), "{wrong}");
        }
        let now: Timestamp = "2026-11-21T13:00:00Z".parse().unwrap();
        assert_eq!(When::Ago(i64::MAX).before(now), Timestamp::MIN);
        assert_eq!(minute(When::Ago(60).before(now)), "2026-11-21 12:59Z");
        let check = |seconds: i64, expected: &str| {
            assert_eq!(ago(When::Ago(seconds).before(now), now), expected);
        };
        check(59, "just now");
        check(119, "1 minute ago");
        check(2 * 3600, "2 hours ago");
        check(400 * 86400, "400 days ago");
        assert_eq!(ago(now, When::Ago(3600).before(now)), "just now", "a clock that was set back");
    }
}
