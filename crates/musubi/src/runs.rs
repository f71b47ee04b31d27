//! What was done, run by run, as a person reads it.

use crate::period::Stretch;
use jiff::Timestamp;
use musubi_engine::runs::Run;
use musubi_engine::sync::RunKind;
use musubi_engine::{Before, Hub, Result};

/// So many are read at a time.
const AT_ONCE: usize = 100;
/// How records come out, in the order in which it is told; anything else comes behind.
const ORDER: [&str; 8] = ["added", "updated", "linked", "deleted", "unchanged", "skipped", "held", "failed"];

/// The newest runs of an integration that went on in this stretch of time; of this left module, if one is given.
pub async fn read(
    hub: &Hub,
    integration: &str,
    module: Option<&str>,
    stretch: Stretch,
    limit: usize,
) -> Result<Vec<Run>> {
    let begin = |at| Before { at, number: i64::MIN, module: String::new() };
    let (mut runs, mut before) = (Vec::new(), stretch.until.map(begin));
    loop {
        let some = hub.runs(integration, before.as_ref(), stretch.since, AT_ONCE).await?;
        let more = some.len() == AT_ONCE;
        before = some.last().map(|last| Before {
            at: last.started_at,
            number: last.number,
            module: last.module.clone(),
        });
        runs.extend(some.into_iter().filter(|run| module.is_none_or(|module| module == run.module)));
        if runs.len() >= limit || !more {
            runs.truncate(limit);
            return Ok(runs);
        }
    }
}

/// Two lines for each run: which it is, and how its records came out, which adds up.
pub fn text(runs: &[Run], stretch: Stretch) -> String {
    match stretch {
        Stretch { usual: true, .. } if runs.is_empty() => {
            return "There was no run in the last seven days; `--all` shows those before.".to_owned();
        }
        _ if runs.is_empty() => return "There was no run.".to_owned(),
        _ => {}
    }
    runs.iter().map(told).collect::<Vec<_>>().join("\n")
}

fn told(run: &Run) -> String {
    let pair = match (&run.module, &run.right_module) {
        (left, right) if left == right => left.clone(),
        (left, right) => format!("{left} ↔ {right}"),
    };
    let kind = match run.kind {
        RunKind::FirstLoad => "first load",
        RunKind::FullPass => "comparison of everything",
        RunKind::Changes => "following changes",
    };
    let ended = run.ended_at.map_or_else(|| "goes on".to_owned(), |at| format!("ended {}", time(at)));
    format!(
        "{pair}, run {}: {kind}, began {}, {ended}\n    {} seen{}",
        run.number,
        time(run.started_at),
        run.seen,
        outcomes(run)
    )
}

/// ` = 3 added (right 3) + 2 skipped (scope 2)`: what the records that were seen came to.
fn outcomes(run: &Run) -> String {
    let place = |outcome: &str| ORDER.iter().position(|known| *known == outcome).unwrap_or(ORDER.len());
    let mut kinds: Vec<&str> = run.outcomes.iter().map(|each| each.outcome.as_str()).collect();
    kinds.sort_by_key(|kind| (place(kind), *kind));
    kinds.dedup();
    let part = |kind: &&str| {
        let of = || run.outcomes.iter().filter(move |each| each.outcome == *kind);
        let whys: Vec<String> = of()
            .filter(|each| !each.reason.is_empty())
            .map(|each| format!("{} {}", each.reason, each.count))
            .collect();
        let why = if whys.is_empty() { String::new() } else { format!(" ({})", whys.join(", ")) };
        format!("{} {kind}{why}", of().map(|each| each.count).sum::<u64>())
    };
    let parts: Vec<String> = kinds.iter().map(part).collect();
    if parts.is_empty() { String::new() } else { format!(" = {}", parts.join(" + ")) }
}

fn time(millis: i64) -> String {
    let at = Timestamp::from_millisecond(millis);
    at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_engine::runs::{RunOutcome, WrittenBySide};

    #[test]
    fn what_a_person_reads() {
        let outcome = |outcome: &str, reason: &str, count: u64| RunOutcome {
            outcome: outcome.into(),
            reason: reason.into(),
            count,
            sample: Vec::new(),
        };
        let run = Run {
            number: 4,
            module: "Contacts".into(),
            right_module: "Contacts".into(),
            kind: RunKind::FullPass,
            started_at: 1_795_334_400_000,
            ended_at: Some(1_795_338_000_000),
            seen: 117,
            outcomes: vec![
                outcome("skipped", "scope", 7),
                outcome("skipped", "direction", 3),
                outcome("unchanged", "", 100),
                outcome("failed", "write.refused", 1),
                outcome("added", "right", 4),
                outcome("added", "left", 2),
            ],
            written: WrittenBySide::default(),
        };
        let leads =
            Run { module: "Leads".into(), ended_at: None, seen: 0, outcomes: Vec::new(), ..run.clone() };
        insta::assert_snapshot!(text(&[run, leads], Stretch::default()), @r"
        Contacts, run 4: comparison of everything, began 2026-11-22 08:00, ended 2026-11-22 09:00
            117 seen = 6 added (right 4, left 2) + 100 unchanged + 10 skipped (scope 7, direction 3) + 1 failed (write.refused 1)
        Leads ↔ Contacts, run 4: comparison of everything, began 2026-11-22 08:00, goes on
            0 seen
        ");
    }
}
