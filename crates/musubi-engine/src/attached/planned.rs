//! What looking for attachments will cost.

use super::{calls_a_look, looks_a_day};
use crate::config::ModuleConfig;
use musubi_core::{CountBySide, Sides};
use serde::Serialize;
use utoipa::ToSchema;

/// Looking for attachments. Each file that is read or made is a call more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlannedAttachments {
    /// Calls to look at every pair once, per side.
    pub calls: CountBySide,
    /// Days that takes, within the calls of a day that may be spent on it; then it begins again.
    pub days: u64,
}

/// The cost for so many pairs, if attachments are asked for.
pub(crate) fn planned(config: &ModuleConfig, pairs: u64) -> Option<PlannedAttachments> {
    config.attachments.limits()?;
    let calls = calls_a_look(config);
    let calls = Sides::from_fn(|side| calls.get(side) * pairs);
    Some(PlannedAttachments { calls, days: pairs.div_ceil(a_day(config)).max(1) })
}

/// The calls of a first run for so many new pairs, per side: what goes beyond a day's is made on the next ones.
pub(crate) fn at_once(config: &ModuleConfig, pairs: u64) -> Sides<u64> {
    let calls = calls_a_look(config);
    let looks = config.attachments.limits().map_or(0, |_| pairs.min(a_day(config)));
    Sides::from_fn(|side| calls.get(side) * looks)
}

fn a_day(config: &ModuleConfig) -> u64 {
    looks_a_day(config).unsigned_abs().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> ModuleConfig {
        let text = format!("left = \"Contacts\"\nright = \"Contacts\"\n{text}");
        toml::from_str(&text).expect("it is a module pair")
    }

    // C-44
    #[test]
    fn the_cost_is_known_before() {
        assert_eq!(planned(&config(""), 5_000), None);
        assert_eq!(at_once(&config(""), 5_000), Sides { left: 0, right: 0 });
        let both = planned(&config("attachments = true"), 5_000).expect("it is asked for");
        assert_eq!((both.calls, both.days), (Sides { left: 5_000, right: 5_000 }, 5));
        let one_way = "direction = \"left_to_right\"\nattachments = { calls_a_day = 500 }";
        let one_way = config(one_way);
        let planned = planned(&one_way, 5_000).expect("it is asked for");
        assert_eq!((planned.calls, planned.days), (Sides { left: 5_000, right: 0 }, 10));
        assert_eq!(at_once(&one_way, 5_000), Sides { left: 500, right: 0 });
    }
}
