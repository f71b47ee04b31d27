//! Times as CRM and Bigin write them: `2026-05-14T12:53:58+03:00`, in any zone's offset, whole seconds.

use musubi_core::Instant;
use std::fmt::Write as _;

const DAY: i64 = 86_400;

/// Reads a time with any offset.
pub(crate) fn parse(text: &str) -> Option<Instant> {
    fixed(text.as_bytes()).or_else(|| Instant::parse(text))
}

/// The form the service always uses, read without any searching: this runs several times for every record.
fn fixed(text: &[u8]) -> Option<Instant> {
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        mo1,
        mo2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        mi1,
        mi2,
        b':',
        s1,
        s2,
        sign,
        oh1,
        oh2,
        b':',
        om1,
        om2,
    ] = *text
    else {
        return None;
    };
    let (year, month, day) = (two(y1, y2)? * 100 + two(y3, y4)?, two(mo1, mo2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(mi1, mi2)?, two(s1, s2)?);
    let offset = two(oh1, oh2)? * 3600 + two(om1, om2)? * 60;
    let offset = match sign {
        b'+' => offset,
        b'-' => -offset,
        _ => return None,
    };
    // Whatever is not an ordinary time is left to the thorough reader.
    let ordinary = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && year >= 1
        && hour < 24
        && minute < 60
        && second < 60
        && offset.abs() <= 18 * 3600;
    ordinary.then(|| {
        Instant::from_seconds(days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset)
    })
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01, in years that begin in March, so that the leap day is a year's last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468
}

/// The form that is sent: whole seconds, offset `+00:00`.
pub(crate) fn text(at: Instant) -> String {
    let mut out = String::with_capacity(25);
    match jiff::Timestamp::from_second(at.second()) {
        Ok(stamp) => {
            let civil = jiff::tz::Offset::UTC.to_datetime(stamp);
            let written = write!(
                out,
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+00:00",
                civil.year(),
                civil.month(),
                civil.day(),
                civil.hour(),
                civil.minute(),
                civil.second()
            );
            written.expect("writing to a string cannot fail");
            out
        }
        // Outside of the years 1 to 9999: the service will refuse it with its own words.
        Err(_) => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(given: &str, utc: &str) {
        assert_eq!(parse(given).map(text).as_deref(), Some(utc), "{given}");
    }

    #[test]
    fn every_offset_is_understood() {
        check("2026-05-14T12:53:58+03:00", "2026-05-14T09:53:58+00:00");
        check("2026-05-14T00:00:00-09:30", "2026-05-14T09:30:00+00:00");
        check("2024-02-29T23:59:59+00:00", "2024-02-29T23:59:59+00:00");
        check("2026-05-14T09:53:58Z", "2026-05-14T09:53:58+00:00");
        check("2026-05-14T09:53:58.789Z", "2026-05-14T09:53:58+00:00");
        check("1969-12-31T23:59:59+00:00", "1969-12-31T23:59:59+00:00");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2026-05-14",
            "2026-13-01T00:00:00+00:00",
            "2026-02-30T00:00:00+00:00",
            "2026-05-14T12:53:58",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_fast_reader_agrees_with_the_thorough_one(
            second in -60_000_000_000i64..250_000_000_000, offset in -57_600i64..57_600,
        ) {
            let at = Instant::from_seconds(second);
            prop_assert_eq!(parse(&text(at)), Some(at));
            let offset = i32::try_from(offset / 60 * 60).unwrap();
            let stamp = jiff::Timestamp::from_second(second).unwrap();
            let zone = jiff::tz::Offset::from_seconds(offset).unwrap();
            let shown = stamp.display_with_offset(zone).to_string();
            prop_assert_eq!(parse(&shown), Some(at), "{}", shown);
        }

        #[test]
        fn garbage_is_no_panic(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }
    }
}
