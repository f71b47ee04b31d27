//! The time zone of an org, and how its times are printed.

use jiff::tz::TimeZone;

use crate::clock::instant;

/// Zones known without a zone database on the machine.
const KNOWN: &[(&str, &str)] = &[
    ("Asia/Tokyo", "JST-9"),
    ("Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"),
    ("Africa/Nairobi", "EAT-3"),
    ("Asia/Kolkata", "IST-5:30"),
    ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
    ("America/Los_Angeles", "PST8PDT,M3.2.0,M11.1.0"),
    ("UTC", "UTC0"),
];

/// The zone of this name; `None` when neither the machine nor the list knows it.
pub fn find(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok().or_else(|| {
        let posix = KNOWN.iter().find(|(known, _)| *known == name)?.1;
        TimeZone::posix(posix).ok()
    })
}

/// Appends `2026-05-14T12:53:58+03:00`.
pub fn write_time(out: &mut Vec<u8>, zone: &TimeZone, seconds: i64) {
    let at = instant(seconds);
    let offset = zone.to_offset(at);
    let civil = offset.to_datetime(at);
    four(out, civil.year());
    out.push(b'-');
    two(out, civil.month());
    out.push(b'-');
    two(out, civil.day());
    out.push(b'T');
    two(out, civil.hour());
    out.push(b':');
    two(out, civil.minute());
    out.push(b':');
    two(out, civil.second());
    let minutes = offset.seconds() / 60;
    out.push(if minutes < 0 { b'-' } else { b'+' });
    two(out, (minutes.abs() / 60) as i8);
    out.push(b':');
    two(out, (minutes.abs() % 60) as i8);
}

/// Appends `2026-05-14`.
pub fn write_date(out: &mut Vec<u8>, date: jiff::civil::Date) {
    four(out, date.year());
    out.push(b'-');
    two(out, date.month());
    out.push(b'-');
    two(out, date.day());
}

/// `2026-05-14T12:53:58+03:00` as a string.
pub fn time_text(zone: &TimeZone, seconds: i64) -> String {
    let mut out = Vec::with_capacity(25);
    write_time(&mut out, zone, seconds);
    String::from_utf8(out).expect("digits and signs only")
}

fn two(out: &mut Vec<u8>, n: i8) {
    out.push(b'0' + (n / 10) as u8);
    out.push(b'0' + (n % 10) as u8);
}

fn four(out: &mut Vec<u8>, n: i16) {
    two(out, (n / 100) as i8);
    two(out, (n % 100) as i8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_in_the_zone() {
        assert_eq!(time_text(&find("Africa/Nairobi").unwrap(), 1_778_752_438), "2026-05-14T12:53:58+03:00");
        assert_eq!(time_text(&find("Europe/London").unwrap(), 1_778_752_438), "2026-05-14T10:53:58+01:00");
        assert_eq!(time_text(&find("America/New_York").unwrap(), 1_778_752_438), "2026-05-14T05:53:58-04:00");
    }
}
