//! The right-hand side of a condition.

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;

use super::Setting;

/// A value to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// `${EMPTY}`, `null`: blank.
    Empty,
    /// A span of days, end exclusive: `${TODAY}`, `${THISWEEK}` …
    Days {
        /// First day.
        from: Date,
        /// The day after the last.
        until: Date,
        /// Start of the first day in the org's zone, seconds since 1970.
        from_second: i64,
        /// End of the last day, exclusive.
        until_second: i64,
    },
    /// A written value.
    Value(Box<Typed>),
}

/// A written value, read in every way it may be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    /// As written.
    pub text: String,
    /// In lower case: text compares without case.
    pub folded: String,
    /// As a number.
    pub number: Option<Decimal>,
    /// As a whole number, which is also how ids are written.
    pub integer: Option<i64>,
    /// As a date.
    pub date: Option<Date>,
    /// As a time; a date alone means the start of that day in the org's zone.
    pub second: Option<i64>,
    /// As a checkbox.
    pub boolean: Option<bool>,
}

impl Operand {
    /// A written value.
    pub fn value(text: impl Into<String>, setting: &Setting) -> Operand {
        let text = text.into();
        let trimmed = text.trim();
        let date = trimmed.parse::<Date>().ok().filter(|_| trimmed.len() == 10);
        let second = match date {
            Some(date) => start_of_day(date, setting),
            None => parse_time(trimmed, setting),
        };
        let boolean = match trimmed {
            "true" | "TRUE" | "True" | "${TRUE}" => Some(true),
            "false" | "FALSE" | "False" | "${FALSE}" => Some(false),
            _ => None,
        };
        Operand::Value(Box::new(Typed {
            folded: trimmed.to_lowercase(),
            number: trimmed.parse().ok(),
            integer: trimmed.parse().ok(),
            date,
            second,
            boolean,
            text,
        }))
    }

    /// A span of days from `from` up to and without `until`.
    pub fn days(from: Date, until: Date, setting: &Setting) -> Operand {
        Operand::Days {
            from,
            until,
            from_second: start_of_day(from, setting).unwrap_or(i64::MIN),
            until_second: start_of_day(until, setting).unwrap_or(i64::MAX),
        }
    }
}

fn start_of_day(date: Date, setting: &Setting) -> Option<i64> {
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let zoned = setting.zone.to_ambiguous_zoned(midnight).compatible().ok()?;
    Some(zoned.timestamp().as_second())
}

/// Reads an ISO time; one without offset is in the org's zone.
fn parse_time(text: &str, setting: &Setting) -> Option<i64> {
    // A plus sign of the offset that was not percent-encoded in a query string arrives as a space.
    let repaired = match text.rfind(' ') {
        Some(at) if at >= 19 => format!("{}+{}", &text[..at], &text[at + 1..]),
        _ => text.to_owned(),
    };
    if let Ok(time) = repaired.parse::<Timestamp>() {
        return Some(time.as_second());
    }
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    let zoned = setting.zone.to_ambiguous_zoned(civil).compatible().ok()?;
    Some(zoned.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokyo() -> Setting {
        Setting {
            now: "2026-05-14T10:00:00Z".parse().unwrap(),
            zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(9)),
            user_id: 1,
        }
    }

    fn second(text: &str) -> Option<i64> {
        match Operand::value(text, &tokyo()) {
            Operand::Value(typed) => typed.second,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_time_is_read_with_any_offset_and_a_lost_plus_sign() {
        let expected = "2026-05-14T01:00:00Z".parse::<Timestamp>().unwrap().as_second();
        assert_eq!(second("2026-05-14T10:00:00+09:00"), Some(expected));
        assert_eq!(second("2026-05-14T10:00:00 09:00"), Some(expected));
        assert_eq!(second("2026-05-14T10:00:00"), Some(expected));
        assert_eq!(second("2026-05-14T01:00:00Z"), Some(expected));
    }

    #[test]
    fn a_date_alone_is_the_start_of_its_day_in_the_zone_of_the_org() {
        let expected = "2026-05-13T15:00:00Z".parse::<Timestamp>().unwrap().as_second();
        assert_eq!(second("2026-05-14"), Some(expected));
        assert_eq!(second("tomorrow"), None);
    }

    #[test]
    fn a_number_is_also_an_id() {
        let Operand::Value(typed) = Operand::value("600123000000001", &tokyo()) else {
            panic!("not a value")
        };
        assert_eq!(typed.integer, Some(600_123_000_000_001));
        assert_eq!(typed.number, Some(Decimal::from(600_123_000_000_001_i64)));
        assert_eq!(typed.boolean, None);
    }
}
