//! The figures side by side, for people and for programs.

use crate::engine::EngineFigures;
use crate::figures::Figures;
use crate::least::Least;
use serde_json::{Map, Value, json};

/// Both contenders on the same number of records.
pub struct Report {
    /// The ceiling loop.
    pub ceiling: Figures,
    /// The hub, where it was measured.
    pub engine: Option<EngineFigures>,
}

impl Report {
    /// The object other programs read; the names are stable.
    pub fn json(&self) -> Map<String, Value> {
        let least = Least::of(self.ceiling.records);
        let mut object = Map::new();
        object.insert("records".into(), json!(self.ceiling.records));
        object.insert("ceiling".into(), json!(self.ceiling));
        object.insert("least".into(), json!(least));
        let Some(engine) = &self.engine else {
            return object;
        };
        let first_load = json!({
            "records_per_s": engine.records_per_s,
            "ratio_to_ceiling": engine.records_per_s / self.ceiling.records_per_s,
            "cpu_us_per_record": engine.cpu_us_per_record,
            "cpu_ratio": engine.cpu_us_per_record / self.ceiling.cpu_us_per_record,
            "calls": engine.calls,
            "calls_ratio": engine.calls as f64 / least.calls as f64,
            "credits": engine.credits,
            "credits_ratio": engine.credits as f64 / least.credits as f64,
            "queries_per_record": engine.queries_per_record,
        });
        let second_pass = json!({
            "records_per_s": engine.second_pass_records_per_s,
            "ratio_to_first": engine.second_pass_records_per_s / engine.records_per_s,
        });
        object.insert("first_load".into(), first_load);
        object.insert("second_pass".into(), second_pass);
        object.insert("memory".into(), json!({"peak_mb": engine.peak_mb}));
        object.insert("store".into(), json!({"bytes_per_link": engine.bytes_per_link}));
        let latency = json!({
            "webhook_p50_ms": engine.webhook.p50_ms,
            "webhook_p99_ms": engine.webhook.p99_ms,
            "poll_p50_ms": engine.poll.p50_ms,
            "poll_p99_ms": engine.poll.p99_ms,
        });
        object.insert("latency".into(), latency);
        object
    }

    /// The table people read.
    pub fn table(&self) -> String {
        let ceiling = &self.ceiling;
        let least = Least::of(ceiling.records);
        let mut rows: Vec<(&str, String, Option<String>)> = vec![
            ("records/s", whole(ceiling.records_per_s), None),
            ("CPU µs/record", tenth(ceiling.cpu_us_per_record), None),
            ("peak memory MB", tenth(ceiling.peak_mb), None),
        ];
        if let Some(engine) = &self.engine {
            let ratio = |value: f64, of: f64| format!("{:.2}", value / of);
            rows[0].2 = Some(format!(
                "{} ({} of the ceiling)",
                whole(engine.records_per_s),
                ratio(engine.records_per_s, ceiling.records_per_s)
            ));
            rows[1].2 = Some(format!(
                "{} ({} times the ceiling's)",
                tenth(engine.cpu_us_per_record),
                ratio(engine.cpu_us_per_record, ceiling.cpu_us_per_record)
            ));
            rows[2].2 = Some(tenth(engine.peak_mb));
            let only = |name, text| (name, "-".to_string(), Some(text));
            rows.extend([
                only("second pass records/s", whole(engine.second_pass_records_per_s)),
                only("API calls", format!("{} (least {})", engine.calls, least.calls)),
                only("API credits", format!("{} (least {})", engine.credits, least.credits)),
                only("queries/record", format!("{:.3}", engine.queries_per_record)),
                only("bytes/link", whole(engine.bytes_per_link)),
                only(
                    "webhook ms p50, p99",
                    format!("{:.0}, {:.0}", engine.webhook.p50_ms, engine.webhook.p99_ms),
                ),
                only("poll ms p50, p99", format!("{:.0}, {:.0}", engine.poll.p50_ms, engine.poll.p99_ms)),
            ]);
        }
        let mut text = format!("first load of {} contacts\n\n", whole(ceiling.records as f64));
        let hub = if self.engine.is_some() { "hub" } else { "" };
        text.push_str(format!("  {:22} {:>12}   {hub}", "", "ceiling loop").trim_end());
        for (name, ceiling, engine) in rows {
            let line = format!("  {name:22} {ceiling:>12}   {}", engine.unwrap_or_default());
            text.push_str(&format!("\n{}", line.trim_end()));
        }
        text.push_str(&format!(
            "\n\n  least possible: {} calls, {} credits: {}",
            least.calls, least.credits, least.terms
        ));
        text
    }
}

fn tenth(value: f64) -> String {
    format!("{value:.1}")
}

/// A whole number with its thousands apart.
fn whole(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Latency;

    fn ceiling() -> Figures {
        Figures::new(20_000, 20_000, 0.25, 0.2, 18.0)
    }

    fn engine() -> EngineFigures {
        let latency = Latency { p50_ms: 40.0, p99_ms: 90.0 };
        EngineFigures {
            records_per_s: 40_000.0,
            second_pass_records_per_s: 160_000.0,
            cpu_us_per_record: 20.0,
            peak_mb: 60.0,
            calls: 400,
            credits: 2_200,
            queries_per_record: 0.05,
            bytes_per_link: 700.0,
            webhook: latency,
            poll: latency,
        }
    }

    #[test]
    fn the_stable_names_are_there() {
        let json = Value::Object(Report { ceiling: ceiling(), engine: Some(engine()) }.json());
        for (pointer, expect) in [
            ("/first_load/ratio_to_ceiling", 0.5),
            ("/first_load/credits_ratio", 1.0),
            ("/first_load/records_per_s", 40_000.0),
            ("/first_load/cpu_ratio", 2.0),
            ("/second_pass/ratio_to_first", 4.0),
            ("/memory/peak_mb", 60.0),
            ("/store/bytes_per_link", 700.0),
            ("/latency/webhook_p50_ms", 40.0),
            ("/latency/poll_p50_ms", 40.0),
        ] {
            let value = json.pointer(pointer).and_then(Value::as_f64);
            assert!(value.is_some_and(|value| (value - expect).abs() < 1e-9), "{pointer} is {value:?}");
        }
    }

    #[test]
    fn without_the_hub_only_the_ceiling_is_told() {
        let report = Report { ceiling: ceiling(), engine: None };
        assert!(!report.json().contains_key("first_load"));
        assert!(!report.table().contains("hub"));
        assert!(report.table().contains("80,000"));
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"],
            [0.0, 999.0, 1_000.0, 1_234_567.0].map(whole).each_ref().map(String::as_str)
        );
    }
}
