//! Dates of points in time, and points in time on dates. Zones are those that this program was built with, so that every process reckons alike.

use super::StepError;
use crate::{Instant, Value, convert::Refusal};
use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{TimeZone, TimeZoneDatabase},
};

/// The zone of this name.
pub(super) fn zone(name: &str) -> Result<TimeZone, StepError> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| StepError::NoSuchZone(name.to_owned()))
}

/// A time of day in a zone.
#[derive(Debug)]
pub(super) struct Moment {
    zone: TimeZone,
    at: Time,
}

impl Moment {
    pub(super) fn new(name: &str, at: &str) -> Result<Moment, StepError> {
        let at_time = at.parse().map_err(|_| StepError::NoSuchTime(at.to_owned()))?;
        Ok(Moment { zone: zone(name)?, at: at_time })
    }

    /// The point in time at which the clock shows this on that date; where it never does, as much later as the clock is put forward.
    pub(super) fn on(&self, date: Date) -> Result<Value, Refusal> {
        let at = self.zone.to_timestamp(date.to_datetime(self.at)).map_err(|_| Refusal::NotConvertible)?;
        Ok(Value::Instant(Instant::from_millis(at.as_millisecond())))
    }
}

pub(super) fn date_of(at: Instant, zone: &TimeZone) -> Result<Value, Refusal> {
    let at = Timestamp::from_millisecond(at.millis()).map_err(|_| Refusal::NotConvertible)?;
    Ok(Value::Date(zone.to_datetime(at).date()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_that_of_its_zone() {
        // 2026-03-31 23:30 in London, the next day in Tokyo.
        let late =
            Instant::from_millis("2026-03-31T22:30:00Z".parse::<Timestamp>().unwrap().as_millisecond());
        let of = |zone: &str| date_of(late, &super::zone(zone).unwrap());
        assert_eq!(of("Europe/London"), Ok(Value::Date(jiff::civil::date(2026, 3, 31))));
        assert_eq!(of("Asia/Tokyo"), Ok(Value::Date(jiff::civil::date(2026, 4, 1))));
        let midnight = Moment::new("Asia/Tokyo", "00:00").unwrap();
        let there = midnight.on(jiff::civil::date(2026, 4, 1)).unwrap();
        assert_eq!(super::super::text_of(&there).as_deref(), Some("2026-03-31T15:00:00Z"));
        assert_eq!(midnight.on(Date::MAX), Ok(Value::Instant(Instant::from_millis(253_402_182_000_000))));
        assert_eq!(
            Moment::new("America/New_York", "23:59").unwrap().on(Date::MAX),
            Err(Refusal::NotConvertible)
        );
        assert!(super::zone("Asia/Tokio").is_err() && Moment::new("UTC", "25:00").is_err());
    }
}
