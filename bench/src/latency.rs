//! From an edit to its arrival on the other side.

use crate::service::{Module, Org};
use crate::usage::Usage;
use crate::{Failure, page, service, setup};
use serde::Serialize;
use std::collections::HashMap;
use std::time::Duration;

/// Arrivals are looked for so often.
const LOOK: Duration = Duration::from_millis(1);
/// An edit that has not arrived by then is lost.
const PATIENCE: f64 = 150.0;

/// Milliseconds from an edit to its arrival.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Half of the edits arrived within this time.
    pub p50_ms: f64,
    /// All but one in a hundred did.
    pub p99_ms: f64,
    /// How many edits.
    pub edits: usize,
}

impl Latency {
    fn of(mut millis: Vec<f64>) -> Option<Latency> {
        millis.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let rank = (millis.len() as f64 * share).ceil() as usize;
            millis.get(rank.saturating_sub(1)).copied()
        };
        Some(Latency { p50_ms: at(0.5)?, p99_ms: at(0.99)?, edits: millis.len() })
    }
}

/// How edits follow one another.
#[derive(Clone, Copy, PartialEq)]
pub enum Rhythm {
    /// Each when the one before has arrived.
    OneByOne,
    /// One after so many milliseconds, whatever has arrived: at all moments of a poll's interval.
    Every(u64),
}

/// Edits so many records of the source and watches the target.
pub async fn measure(source: &Org, target: &Org, edits: usize, rhythm: Rhythm) -> Result<Latency, Failure> {
    let client = service::client()?;
    let from = Module::new(client.clone(), source, setup::MODULE);
    let to = Module::new(client, target, setup::MODULE);
    let records = page::read(&from.page(None).await?)?;
    let clock = Usage::start();
    let mut under_way: HashMap<String, f64> = HashMap::new();
    let (mut took, mut made, mut next_at) = (Vec::new(), 0, 0.0);
    while took.len() <= edits {
        // The first edit finds the intervals of the polls grown long, as nothing happened for a while; it is not counted.
        let may = match rhythm {
            Rhythm::Every(_) if !took.is_empty() => true,
            _ => under_way.is_empty(),
        };
        if made <= edits && may && clock.wall() >= next_at {
            let record = records.get(made % records.len().max(1));
            let id = record.ok_or_else(|| Failure("there is nothing to edit".into()))?.id;
            // The process id keeps the marks of one measurement apart from those of another over the same orgs.
            let mark = format!("mark {}-{made}.", clock.mark());
            under_way.insert(mark.clone(), clock.wall());
            from.change(format!(r#"{{"data":[{{"id":"{id}","Description":"{mark}"}}]}}"#).into_bytes())
                .await?;
            made += 1;
            next_at = clock.wall() + pause(rhythm, made);
        }
        let text = to.newest().await?;
        let text = String::from_utf8_lossy(&text);
        let now = clock.wall();
        under_way.retain(|mark, began| {
            let arrived = text.contains(mark.as_str());
            if arrived {
                took.push((now - *began) * 1e3);
            }
            !arrived
        });
        if under_way.values().any(|began| now - began > PATIENCE) {
            return Err(Failure("an edit did not arrive".into()));
        }
        tokio::time::sleep(LOOK).await;
    }
    Latency::of(took.split_off(1)).ok_or_else(|| Failure("no edit was made".into()))
}

/// Seconds until the next edit: no regular beat, so that no timer of the hub is always met at the same moment.
fn pause(rhythm: Rhythm, made: usize) -> f64 {
    let usual = match rhythm {
        Rhythm::OneByOne => 0.05,
        Rhythm::Every(millis) => millis as f64 / 1e3,
    };
    usual * (0.5 + (made * 37 % 100) as f64 / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_last_but_one_in_a_hundred() {
        let latency = Latency::of((1..=200).rev().map(f64::from).collect()).unwrap();
        assert_eq!(latency, Latency { p50_ms: 100.0, p99_ms: 198.0, edits: 200 });
        assert_eq!(Latency::of(vec![7.0]).unwrap(), Latency { p50_ms: 7.0, p99_ms: 7.0, edits: 1 });
        assert!(Latency::of(Vec::new()).is_none());
    }

    #[test]
    fn pauses_average_the_rhythm() {
        let mean = (0..100).map(|made| pause(Rhythm::Every(1000), made)).sum::<f64>() / 100.0;
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
    }
}
