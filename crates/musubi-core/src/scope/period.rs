//! Days counted from the present one: `${TODAY}`, `${LASTMONTH}`, `${NEXT30DAYS}` …

use compact_str::CompactString;
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// A period named relative to the present day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "CompactString", try_from = "CompactString")]
pub enum Period {
    /// So many days before or after today.
    Day(i64),
    /// So many weeks before or after the present one; weeks begin on Sunday.
    Week(i64),
    /// So many months.
    Month(i64),
    /// So many quarters.
    Quarter(i64),
    /// So many years.
    Year(i64),
    /// So many days up to and with today.
    Last(i64),
    /// So many days from today on, today included.
    Next(i64),
}

/// The words of list views for before, now and after.
const WHEN: [(&str, i64); 5] = [("THIS", 0), ("CURRENT", 0), ("LAST", -1), ("PREVIOUS", -1), ("NEXT", 1)];

impl Period {
    /// Reads a name without its `${}`.
    pub fn parse(name: &str) -> Option<Period> {
        match name {
            "TODAY" => return Some(Period::Day(0)),
            "TOMORROW" => return Some(Period::Day(1)),
            "YESTERDAY" => return Some(Period::Day(-1)),
            _ => {}
        }
        let days = name.strip_suffix("DAYS");
        let count = |text: &str| text.parse().ok().filter(|count| (1..=3_660).contains(count));
        if let Some(count) = days.and_then(|rest| rest.strip_prefix("LAST")).and_then(count) {
            return Some(Period::Last(count));
        }
        if let Some(count) = days.and_then(|rest| rest.strip_prefix("NEXT")).and_then(count) {
            return Some(Period::Next(count));
        }
        let (unit, offset) =
            WHEN.iter().find_map(|(word, offset)| Some((name.strip_prefix(word)?, *offset)))?;
        Some(match unit {
            "WEEK" => Period::Week(offset),
            "MONTH" => Period::Month(offset),
            "QUARTER" => Period::Quarter(offset),
            "YEAR" => Period::Year(offset),
            _ => return None,
        })
    }

    /// The name without its `${}`.
    pub fn name(self) -> CompactString {
        let of = |offset: i64, unit: &str| {
            let word = match offset {
                0 => "THIS",
                1 => "NEXT",
                _ => "LAST",
            };
            compact_str::format_compact!("{word}{unit}")
        };
        match self {
            Period::Day(0) => "TODAY".into(),
            Period::Day(1) => "TOMORROW".into(),
            Period::Day(_) => "YESTERDAY".into(),
            Period::Week(offset) => of(offset, "WEEK"),
            Period::Month(offset) => of(offset, "MONTH"),
            Period::Quarter(offset) => of(offset, "QUARTER"),
            Period::Year(offset) => of(offset, "YEAR"),
            Period::Last(count) => compact_str::format_compact!("LAST{count}DAYS"),
            Period::Next(count) => compact_str::format_compact!("NEXT{count}DAYS"),
        }
    }

    /// Its first day, and the day after its last one.
    pub fn span(self, today: Date) -> (Date, Date) {
        let tomorrow = today.saturating_add(1.day());
        match self {
            Period::Day(offset) => {
                let day = today.saturating_add(offset.days());
                (day, day.saturating_add(1.day()))
            }
            Period::Week(offset) => {
                let since_sunday = i64::from(today.weekday().to_sunday_zero_offset());
                let first = today.saturating_add((offset * 7 - since_sunday).days());
                (first, first.saturating_add(7.days()))
            }
            Period::Month(offset) => {
                let first = today.first_of_month().saturating_add(offset.months());
                (first, first.saturating_add(1.month()))
            }
            Period::Quarter(offset) => {
                let into = i64::from((today.month() - 1) % 3);
                let first = today.first_of_month().saturating_add((offset * 3 - into).months());
                (first, first.saturating_add(3.months()))
            }
            Period::Year(offset) => {
                let first = today.first_of_year().saturating_add(offset.years());
                (first, first.saturating_add(1.year()))
            }
            Period::Last(count) => (tomorrow.saturating_sub(count.days()), tomorrow),
            Period::Next(count) => (today, today.saturating_add(count.days())),
        }
    }
}

impl From<Period> for CompactString {
    fn from(period: Period) -> CompactString {
        period.name()
    }
}

impl TryFrom<CompactString> for Period {
    type Error = &'static str;
    fn try_from(name: CompactString) -> Result<Period, &'static str> {
        Period::parse(&name).ok_or("no such period")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn periods_are_whole_days() {
        // A Thursday.
        let today = date(2026, 5, 14);
        let check = |name: &str, first: Date, end: Date| {
            assert_eq!(Period::parse(name).unwrap().span(today), (first, end), "{name}");
        };
        check("TODAY", today, date(2026, 5, 15));
        check("THISWEEK", date(2026, 5, 10), date(2026, 5, 17));
        check("PREVIOUSMONTH", date(2026, 4, 1), date(2026, 5, 1));
        check("NEXTQUARTER", date(2026, 7, 1), date(2026, 10, 1));
        check("CURRENTYEAR", date(2026, 1, 1), date(2027, 1, 1));
        check("LAST7DAYS", date(2026, 5, 8), date(2026, 5, 15));
        check("NEXT30DAYS", today, date(2026, 6, 13));
    }

    #[test]
    fn a_name_comes_back() {
        for name in ["TODAY", "TOMORROW", "YESTERDAY", "THISWEEK", "LASTYEAR", "LAST90DAYS", "NEXT1DAYS"] {
            assert_eq!(Period::parse(name).unwrap().name(), name);
        }
        for name in ["LASTDAYS", "LAST0DAYS", "SOON", "THISDAY", ""] {
            assert_eq!(Period::parse(name), None, "{name}");
        }
    }
}
