//! How often everything is compared though nothing asks for it.

use serde::{Deserialize, Serialize};

/// The most days.
const MOST: u16 = 366;

/// After so many days, written as `"7d"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^([1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])d$", example = "7d")]
pub struct CompareEvery(u16);

impl CompareEvery {
    /// In days.
    pub fn days(self) -> i64 {
        i64::from(self.0)
    }
}

impl TryFrom<String> for CompareEvery {
    type Error = String;

    fn try_from(text: String) -> Result<CompareEvery, String> {
        let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
        days.filter(|days| (1..=MOST).contains(days))
            .map(CompareEvery)
            .ok_or_else(|| format!("{text:?} is no number of days: write 1d to {MOST}d"))
    }
}

impl From<CompareEvery> for String {
    fn from(every: CompareEvery) -> String {
        format!("{}d", every.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_written() {
        let read = |text: &str| CompareEvery::try_from(text.to_owned());
        let week = read("7d").unwrap();
        assert_eq!((week.days(), String::from(week)), (7, "7d".to_owned()));
        for wrong in ["", "7", "0d", "367d", "-1d", "7h", "d"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
