//! Once a day: what is unresolved. Nothing is sent when nothing is.

use super::conditions::Kind;
use super::told::{Body, Matter};
use crate::error::Result;
use crate::hub::Inner;
use jiff::Timestamp;
use jiff::civil::Date;
use musubi_notices::{Event, Settings};
use musubi_store::ConditionRow;

/// What it is kept under.
const KIND: &str = "digest";

/// The day whose digest is due, and whether it is only noted: on the first look nobody knows whether one was sent today.
pub(crate) fn due(settings: &Settings, known: &[ConditionRow], now: i64) -> Option<(Date, Noted)> {
    let at = settings.digest_at()?;
    let here = Timestamp::from_millisecond(now).ok()?.to_zoned(settings.time_zone());
    if here.time() < at {
        return None;
    }
    let last = known.iter().find(|row| row.kind == KIND);
    let Some(last) = last else { return Some((here.date(), Noted::Only)) };
    let day: Option<Date> = last.body.parse().ok();
    (day != Some(here.date())).then_some((here.date(), Noted::AndTold))
}

/// What is done with a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noted {
    /// It counts as dealt with.
    Only,
    /// What is unresolved is told.
    AndTold,
}

/// The row that says which day was dealt with last. Before the first time of day is reached it stands for no day, so that the first digest comes on that very day.
pub(crate) fn row(day: Option<Date>, now: i64) -> ConditionRow {
    ConditionRow {
        about: String::new(),
        kind: KIND.to_owned(),
        since: now,
        told_at: Some(now),
        body: day.map(|day| day.to_string()).unwrap_or_default(),
    }
}

/// Whether any day was noted.
pub(crate) fn is_noted(known: &[ConditionRow]) -> bool {
    known.iter().any(|row| row.kind == KIND)
}

/// What is unresolved in all integrations, given what holds; `None` when nothing is.
pub(crate) async fn body(hub: &Inner, known: &[ConditionRow]) -> Result<Option<Body>> {
    let mut matters = Vec::new();
    for integration in hub.store.integrations(hub.workspace).await? {
        matters.extend(known.iter().filter(|row| row.about == integration.name).filter_map(stands_still));
        let syncs = hub.store.module_syncs(integration.id).await?;
        let open = hub.store.open_matters(syncs.iter().map(|sync| sync.id).collect()).await?;
        for sync in &syncs {
            let of = open.get(&sync.id).into_iter().flatten();
            matters.extend(
                of.filter_map(|(code, count)| unresolved(&integration.name, &sync.left_module, code, *count)),
            );
        }
    }
    Ok((!matters.is_empty()).then_some(Body { event: Event::Digest, matters, over: Vec::new() }))
}

/// What keeps a whole integration, or a module of it, from working.
fn stands_still(row: &ConditionRow) -> Option<Matter> {
    let mut module = None;
    let code = match Kind::read(&row.kind).filter(|_| row.told_at.is_some())? {
        Kind::Paused => "paused".to_owned(),
        Kind::ModulePaused(of) => {
            module = Some(of);
            "paused".to_owned()
        }
        Kind::Login => "login".to_owned(),
        Kind::Unreachable => "unreachable".to_owned(),
        Kind::Stopped(code) => code,
        // Wanted so for as long as it lasts, or told by how many there are now.
        Kind::There
        | Kind::Inactive(_)
        | Kind::Loaded(_)
        | Kind::Drift(_)
        | Kind::Breaker(_)
        | Kind::Decision(_)
        | Kind::Failed(_) => {
            return None;
        }
        Kind::StoodIn(_) => "connection.stood_in".to_owned(),
    };
    Some(Matter { integration: row.about.clone(), module, code, count: 1 })
}

/// What goes on by itself, or was left so on purpose, waits for nobody.
fn unresolved(integration: &str, module: &str, code: &str, count: i64) -> Option<Matter> {
    if matches!(code, "conflict.skipped" | "lookup.parent_not_linked") || count <= 0 {
        return None;
    }
    Some(Matter {
        integration: integration.to_owned(),
        module: Some(module.to_owned()),
        code: code.to_owned(),
        count: count.unsigned_abs(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let (zone, digest) = (Some("Asia/Tokyo".to_owned()), Some("09:00".to_owned()));
        Settings { zone, digest, ..Settings::default() }
    }

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn each_day_is_told_once_at_its_hour_in_its_zone() {
        let known = vec![row(Some(day("2026-11-26")), 0)];
        // 08:59 in Tokyo.
        assert_eq!(due(&settings(), &known, at("2026-11-26T23:59:00Z")), None);
        let now = at("2026-11-27T00:00:00Z");
        assert_eq!(due(&settings(), &known, now), Some((day("2026-11-27"), Noted::AndTold)));
        let known = vec![row(Some(day("2026-11-27")), now)];
        assert_eq!(due(&settings(), &known, at("2026-11-27T14:59:00Z")), None);
        // After days without a process one digest is told, not several.
        let late = due(&settings(), &known, at("2026-11-30T05:00:00Z"));
        assert_eq!(late, Some((day("2026-11-30"), Noted::AndTold)));
        assert_eq!(due(&Settings::default(), &known, at("2026-11-30T05:00:00Z")), None);
    }

    #[test]
    fn the_first_one_comes_at_the_next_hour_not_at_once() {
        let noon = at("2026-11-27T03:00:00Z");
        assert_eq!(due(&settings(), &[], noon), Some((day("2026-11-27"), Noted::Only)));
        // Set up in the early morning, it comes on that very day.
        let known = vec![row(None, 0)];
        assert!(is_noted(&known));
        assert_eq!(due(&settings(), &known, noon), Some((day("2026-11-27"), Noted::AndTold)));
    }

    #[test]
    fn what_waits_for_nobody_is_not_counted() {
        assert!(unresolved("tl", "Contacts", "conflict.skipped", 3).is_none());
        assert!(unresolved("tl", "Contacts", "lookup.parent_not_linked", 3).is_none());
        assert_eq!(unresolved("tl", "Contacts", "write.refused", 3).unwrap().count, 3);
    }

    #[test]
    fn what_stands_still_is_counted_and_what_is_over_is_not() {
        let condition = |kind: &str, told_at| ConditionRow {
            about: "tl".into(),
            kind: kind.into(),
            since: 0,
            told_at,
            body: "{}".into(),
        };
        let code = |kind: &str, told_at| stands_still(&condition(kind, told_at)).map(|matter| matter.code);
        assert_eq!(code("login", Some(1)).as_deref(), Some("login"));
        assert_eq!(
            code("stopped:connection.schema_changed", Some(1)).as_deref(),
            Some("connection.schema_changed")
        );
        let module = stands_still(&condition("module_paused:Deals", Some(1))).unwrap();
        assert_eq!((module.module.as_deref(), module.code.as_str()), (Some("Deals"), "paused"));
        assert_eq!(code("unreachable", None), None, "not for long enough");
        assert_eq!(code("failed:write.refused", Some(1)), None);
        assert_eq!(code("digest", Some(1)), None);
    }
}
