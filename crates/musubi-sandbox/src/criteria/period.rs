//! Literals in list views: `${TODAY}`, `${THISWEEK}`, `${CURRENTUSER}`, `${EMPTY}` …

use jiff::{ToSpan, civil::Date};

use super::{Operand, Setting};

/// The operand a literal such as `${TODAY}` stands for now; `None` when it is not a known literal.
pub fn literal(text: &str, setting: &Setting) -> Option<Operand> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    let today = setting.now.to_zoned(setting.zone.clone()).date();
    let days = |from: Date, until: Date| Some(Operand::days(from, until, setting));
    let day = |offset: i64| {
        let from = today.saturating_add(offset.days());
        days(from, from.saturating_add(1.day()))
    };
    match name {
        "EMPTY" => Some(Operand::Empty),
        "CURRENTUSER" => Some(Operand::value(setting.user_id.to_string(), setting)),
        "TRUE" | "FALSE" => Some(Operand::value(text, setting)),
        "TODAY" => day(0),
        "TOMORROW" => day(1),
        "YESTERDAY" => day(-1),
        "NOW" => Some(Operand::value(setting.now.to_string(), setting)),
        "THISWEEK" | "CURRENTWEEK" => week(today, 0, setting),
        "LASTWEEK" | "PREVIOUSWEEK" => week(today, -1, setting),
        "NEXTWEEK" => week(today, 1, setting),
        "THISMONTH" | "CURRENTMONTH" => month(today, 0, setting),
        "LASTMONTH" | "PREVIOUSMONTH" => month(today, -1, setting),
        "NEXTMONTH" => month(today, 1, setting),
        "THISQUARTER" | "CURRENTQUARTER" => quarter(today, 0, setting),
        "LASTQUARTER" | "PREVIOUSQUARTER" => quarter(today, -1, setting),
        "NEXTQUARTER" => quarter(today, 1, setting),
        "THISYEAR" | "CURRENTYEAR" => year(today, 0, setting),
        "LASTYEAR" | "PREVIOUSYEAR" => year(today, -1, setting),
        "NEXTYEAR" => year(today, 1, setting),
        _ => last_or_next_days(name, today, setting),
    }
}

/// `LAST7DAYS` and `NEXT30DAYS`: that many days up to and with today.
fn last_or_next_days(name: &str, today: Date, setting: &Setting) -> Option<Operand> {
    let name = name.strip_suffix("DAYS")?;
    let tomorrow = today.saturating_add(1.day());
    if let Some(count) = name.strip_prefix("LAST") {
        let count = count.parse::<i64>().ok().filter(|n| (1..=3660).contains(n))?;
        return Some(Operand::days(tomorrow.saturating_sub(count.days()), tomorrow, setting));
    }
    let count = name.strip_prefix("NEXT")?.parse::<i64>().ok().filter(|n| (1..=3660).contains(n))?;
    Some(Operand::days(today, today.saturating_add(count.days()), setting))
}

/// Weeks start on Sunday, the default of a new org.
fn week(today: Date, offset: i64, setting: &Setting) -> Option<Operand> {
    let since_sunday = i64::from(today.weekday().to_sunday_zero_offset());
    let from = today.saturating_add((offset * 7 - since_sunday).days());
    Some(Operand::days(from, from.saturating_add(7.days()), setting))
}

fn month(today: Date, offset: i64, setting: &Setting) -> Option<Operand> {
    let from = today.first_of_month().saturating_add(offset.months());
    Some(Operand::days(from, from.saturating_add(1.month()), setting))
}

fn quarter(today: Date, offset: i64, setting: &Setting) -> Option<Operand> {
    let into_quarter = i64::from((today.month() - 1) % 3);
    let from = today.first_of_month().saturating_add((offset * 3 - into_quarter).months());
    Some(Operand::days(from, from.saturating_add(3.months()), setting))
}

fn year(today: Date, offset: i64, setting: &Setting) -> Option<Operand> {
    let from = today.first_of_year().saturating_add(offset.years());
    Some(Operand::days(from, from.saturating_add(1.year()), setting))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn check(text: &str, from: Date, until: Date) {
        let setting = Setting {
            // Thursday 2026-05-14 in Tokyo, still Wednesday in London.
            now: "2026-05-13T16:00:00Z".parse().unwrap(),
            zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(9)),
            user_id: 7,
        };
        match literal(text, &setting) {
            Some(Operand::Days { from: f, until: u, .. }) => assert_eq!((f, u), (from, until), "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn periods_are_days_in_the_zone_of_the_org() {
        check("${TODAY}", date(2026, 5, 14), date(2026, 5, 15));
        check("${YESTERDAY}", date(2026, 5, 13), date(2026, 5, 14));
        check("${THISWEEK}", date(2026, 5, 10), date(2026, 5, 17));
        check("${LASTMONTH}", date(2026, 4, 1), date(2026, 5, 1));
        check("${NEXTQUARTER}", date(2026, 7, 1), date(2026, 10, 1));
        check("${THISYEAR}", date(2026, 1, 1), date(2027, 1, 1));
        check("${LAST7DAYS}", date(2026, 5, 8), date(2026, 5, 15));
        check("${NEXT30DAYS}", date(2026, 5, 14), date(2026, 6, 13));
    }

    #[test]
    fn what_is_no_literal_is_none() {
        let setting = Setting {
            now: "2026-05-13T16:00:00Z".parse().unwrap(),
            zone: jiff::tz::TimeZone::UTC,
            user_id: 7,
        };
        for text in ["TODAY", "${SOON}", "${LAST0DAYS}", "${LASTDAYS}", ""] {
            assert_eq!(literal(text, &setting), None, "{text}");
        }
        assert_eq!(literal("${CURRENTUSER}", &setting), Some(Operand::value("7", &setting)));
    }
}
