//! A stretch of time as people type it.

use crate::duration;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What is looked at if nothing is said, in milliseconds: the last seven days.
const USUAL: i64 = 7 * 24 * 3_600_000;

/// From when to when.
#[derive(Debug, Default, clap::Args)]
pub struct Period {
    /// Only what happened at this time or later: a date (2026-11-22), a time (2026-11-22T09:00:00Z), or so long ago (7d, 12h). The last seven days, if nothing is said.
    #[arg(long, value_name = "TIME", value_parser = parse)]
    since: Option<Moment>,
    /// Only what happened before this time, said likewise.
    #[arg(long, value_name = "TIME", value_parser = parse)]
    until: Option<Moment>,
    /// Everything, since the beginning.
    #[arg(long, conflicts_with_all = ["since", "until"])]
    all: bool,
}

/// What is looked at, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// At this time or later.
    pub since: Option<i64>,
    /// Before this time.
    pub until: Option<i64>,
    /// Nobody said from when.
    pub usual: bool,
}

/// A moment, or how long it is ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    At(i64),
    Ago(i64),
}

impl Moment {
    fn millis(self, now: i64) -> i64 {
        match self {
            Moment::At(at) => at,
            Moment::Ago(long) => now.saturating_sub(long),
        }
    }
}

impl Period {
    /// What is meant, seen from now. Without anything said it is the last seven days.
    pub fn seen_from(&self, now: i64) -> Stretch {
        let usual = !self.all && self.since.is_none() && self.until.is_none();
        let of = |moment: Option<Moment>| moment.map(|moment| moment.millis(now));
        let since = if usual { Some(now - USUAL) } else { of(self.since) };
        Stretch { since, until: of(self.until), usual }
    }

    /// The same, but everything if nothing is said.
    pub fn or_all(&self, now: i64) -> Stretch {
        match self.seen_from(now) {
            Stretch { usual: true, .. } => Stretch::default(),
            said => said,
        }
    }
}

/// Dates are those of UTC, as times are printed.
fn parse(text: &str) -> Result<Moment, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment::At(at.as_millisecond()));
    }
    if let Ok(day) = text.parse::<Date>()
        && let Ok(begin) = day.to_zoned(TimeZone::UTC)
    {
        return Ok(Moment::At(begin.timestamp().as_millisecond()));
    }
    let wrong =
        || format!("{text:?} is no time: use 2026-11-22, 2026-11-22T09:00:00Z, or 7d for seven days ago");
    // A bare number could be a year.
    let has_unit = text.ends_with(|last: char| last.is_ascii_alphabetic());
    let long = duration::parse(text).ok().filter(|_| has_unit).ok_or_else(wrong)?;
    i64::try_from(long.as_millis()).map(Moment::Ago).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_334_400_000; // 2026-11-22T08:00:00Z
    const DAY: i64 = 86_400_000;

    #[test]
    fn moments() {
        assert_eq!(parse("2026-11-22"), Ok(Moment::At(NOW - 8 * 3_600_000)));
        assert_eq!(parse("2026-11-22T08:00:00Z"), Ok(Moment::At(NOW)));
        assert_eq!(parse("7d"), Ok(Moment::Ago(7 * DAY)));
        assert_eq!(parse("90m"), Ok(Moment::Ago(90 * 60_000)));
        for wrong in ["", "2026", "yesterday", "-1d", "2026-13-01"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn it_is_the_last_seven_days_unless_somebody_says_otherwise() {
        let usual = Period::default();
        let week = Stretch { since: Some(NOW - 7 * DAY), until: None, usual: true };
        assert_eq!(usual.seen_from(NOW), week);
        assert_eq!(usual.or_all(NOW), Stretch::default());
        let all = Period { all: true, ..Period::default() };
        assert_eq!(all.seen_from(NOW), Stretch::default());
        let until = Period { until: Some(Moment::Ago(DAY)), ..Period::default() };
        assert_eq!(until.seen_from(NOW), Stretch { until: Some(NOW - DAY), ..Stretch::default() });
        let since = Period { since: Some(Moment::At(5)), ..Period::default() };
        assert_eq!(since.or_all(NOW), Stretch { since: Some(5), ..Stretch::default() });
    }
}
