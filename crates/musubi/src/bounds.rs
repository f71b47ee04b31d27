//! How late and how stale a service may be, as the hub believes: what it waits out before it takes a lost answer for a call that was
//! never carried out (DESIGN §2.7). Right for Zoho as they are; short ones are for a sandbox on the same machine.

use crate::duration;
use musubi_engine::sync::Settings;
use std::time::Duration;

/// Bounds that every process on one database should share.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "How late a service may be")]
pub struct Bounds {
    /// A call ends within this; a lease lasts twice as long, and three seconds longer at least.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = at_least_100ms)]
    call_timeout: Duration,
    /// A call that got no answer may still be carried out for so long.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration::parse)]
    lateness: Duration,
    /// A change stands in the service's lists after this at the latest.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration::parse)]
    list_lag: Duration,
    /// Both sides are asked for changes and deletions so often at least, when they do not tell by themselves.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = at_least_100ms)]
    poll: Duration,
}

impl Bounds {
    /// The settings with these bounds.
    pub fn settings(self) -> Settings {
        let millis =
            |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 8).min(i64::MAX / 8);
        let usual = Settings::default();
        let poll = millis(self.poll);
        Settings {
            call_timeout: millis(self.call_timeout),
            lateness: millis(self.lateness),
            horizon: millis(self.list_lag),
            poll_min: usual.poll_min.min(poll),
            poll_max: poll,
            poll_watched: usual.poll_watched.max(poll),
            settle_every: poll,
            ..usual
        }
    }
}

/// What is shorter keeps a machine busy with nothing, or cuts off every call.
fn at_least_100ms(text: &str) -> Result<Duration, String> {
    let time = duration::parse(text)?;
    if time < Duration::from_millis(100) { Err("at least 100ms".to_owned()) } else { Ok(time) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        bounds: Bounds,
    }

    #[test]
    fn nothing_said_is_as_the_engine_has_it() {
        let line = Line::try_parse_from(["m"]).unwrap();
        assert_eq!(line.bounds.settings(), Settings::default());
    }

    #[test]
    fn what_is_said_reaches_the_engine() {
        let said = ["m", "--call-timeout", "2s", "--lateness", "0s", "--list-lag", "3s", "--poll", "500ms"];
        let settings = Line::try_parse_from(said).unwrap().bounds.settings();
        assert_eq!((settings.call_timeout, settings.lateness, settings.horizon), (2_000, 0, 3_000));
        assert_eq!((settings.poll_min, settings.poll_max, settings.settle_every), (500, 500, 500));
        assert!(Line::try_parse_from(["m", "--call-timeout", "5ms"]).is_err());
    }
}
