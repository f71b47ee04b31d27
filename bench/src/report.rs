//! The figures side by side, for people and for programs.

use crate::bars::Bar;
use crate::bulk::ByBulk;
use crate::engine::{EngineFigures, Second};
use crate::figures::Figures;
use crate::idle::Idle;
use crate::latency::Latency;
use crate::least::Least;
use crate::lone::Lone;
use crate::rest::Rest;
use crate::service::{BATCH, PAGE};
use serde_json::{Map, Value, json};

/// Records in each answer of a listing by id after the first: what the connector asks of CRM.
const LARGE_PAGE: usize = 600;
/// Batches under way at once.
const WRITERS: usize = 5;
/// What an edit costs at least: one reading of it, one write, and one reading back.
const CREDITS_PER_EDIT: f64 = 3.0;
/// And one reading more of a target that was written moments before.
const CREDITS_PER_EDIT_AGAIN: f64 = 4.0;
/// The longest a quiet hub without webhooks waits between two looks after something happened, in milliseconds.
const POLL_INTERVAL_MS: f64 = 5_000.0;

/// Both contenders on the same number of records.
pub struct Report {
    /// The ceiling loop.
    pub ceiling: Figures,
    /// The hub.
    pub engine: EngineFigures,
    /// The hub's load with time added to each call.
    pub delayed: Option<Delayed>,
    /// The hub at work.
    pub at_work: Option<AtWork>,
    /// The hub at rest.
    pub idle: Option<Idle>,
    /// What a quiet day costs.
    pub rest: Option<Rest>,
    /// The load by listing and in bulk.
    pub bulk: Option<ByBulk>,
    /// In the long run: the peak of the usual one.
    pub peak_before_mb: Option<f64>,
}

/// A load in which every call takes longer.
pub struct Delayed {
    /// Milliseconds added to each call.
    pub delay_ms: u64,
    /// The load.
    pub engine: EngineFigures,
}

impl Delayed {
    /// Seconds that the calls alone take: pages one after another beside batches five at a time; reading and writing overlap.
    pub fn bound_s(&self) -> f64 {
        let pages = 1 + self.engine.records.saturating_sub(PAGE).div_ceil(LARGE_PAGE);
        let batches = self.engine.records.div_ceil(BATCH).div_ceil(WRITERS);
        pages.max(batches) as f64 * self.delay_ms as f64 / 1e3
    }
}

/// The hub as a service that people run.
pub struct AtWork {
    /// Milliseconds from the start of the process until it is ready, the middle of several.
    pub ready_ms: f64,
    /// Memory held some seconds after a start, with nothing to do, in megabytes.
    pub idle_mb: f64,
    /// Memory held after the edits, in megabytes.
    pub memory_mb: f64,
    /// Edits told by webhooks.
    pub webhook: Latency,
    /// Edits found by polls.
    pub poll: Latency,
    /// Credits of both orgs for an edit that comes alone, told by a webhook.
    pub edit: Lone,
}

impl Report {
    /// The most memory the hub's process held in both passes.
    pub fn peak_mb(&self) -> f64 {
        self.engine.second.as_ref().map_or(self.engine.first.peak_mb, |second| second.pass.peak_mb)
    }

    fn least(&self) -> Least {
        Least::of(self.ceiling.records)
    }

    fn ratio_to_ceiling(&self) -> f64 {
        self.engine.records_per_s() / self.ceiling.records_per_s
    }

    fn cpu_ratio(&self) -> f64 {
        self.engine.cpu_us_per_record() / self.ceiling.cpu_us_per_record
    }

    fn cpu_ratio_until_agreed(&self) -> f64 {
        self.engine.cpu_us_per_record_until_agreed() / self.ceiling.cpu_us_per_record
    }

    /// Each bar beside its figure.
    pub fn bars(&self) -> Vec<Bar> {
        let credits = self.engine.first.credits as f64 / self.least().credits as f64;
        let mut bars = Vec::new();
        // How fast is asked of the usual load; a long one is asked for its memory.
        if self.peak_before_mb.is_none() {
            bars.push(Bar::at_least("first_load.ratio_to_ceiling", self.ratio_to_ceiling(), 0.4, ""));
            bars.push(Bar::at_most("first_load.cpu_ratio", self.cpu_ratio(), 3.0, ""));
        }
        bars.push(Bar::at_most("first_load.credits_ratio", credits, 1.05, ""));
        bars.push(Bar::at_most("store.bytes_per_link", self.engine.bytes_per_link, 1_024.0, " bytes"));
        let (most, peak) = (self.peak_before_mb.map_or(100.0, |peak| peak * 1.5), self.peak_mb());
        bars.push(Bar::at_most("memory.peak_mb", peak, (most * 10.0).round() / 10.0, " MB"));
        let second = self.engine.second.as_ref().map(Second::to_first);
        bars.extend(second.map(|ratio| Bar::at_least("second_pass.ratio_to_first", ratio, 3.0, "")));
        if let Some(delayed) = &self.delayed {
            let ratio = delayed.engine.first.loaded_s / delayed.bound_s();
            bars.push(Bar::at_most("delayed.ratio_to_bound", ratio, 1.25, ""));
        }
        if let Some(work) = &self.at_work {
            bars.push(Bar::at_most("latency.webhook_p50_ms", work.webhook.p50_ms, 150.0, " ms"));
            bars.push(Bar::at_most("latency.poll_p50_ms", work.poll.p50_ms, POLL_INTERVAL_MS, " ms"));
            bars.push(Bar::at_most("serve.ready_ms", work.ready_ms, 200.0, " ms"));
            bars.push(Bar::at_most("serve.idle_mb", work.idle_mb, 30.0, " MB"));
            bars.push(Bar::at_most("edit.credits", work.edit.first, CREDITS_PER_EDIT, ""));
            bars.push(Bar::at_most("edit.credits_again", work.edit.again, CREDITS_PER_EDIT_AGAIN, ""));
        }
        if let Some(rest) = &self.rest {
            bars.push(Bar::at_most("rest.credits_per_day", rest.credits_per_day, 1_500.0, ""));
        }
        if let Some(idle) = &self.idle {
            bars.push(Bar::at_most("idle.memory_mb", idle.memory_mb, 30.0, " MB"));
            bars.push(Bar::at_most("idle.cpu_percent", idle.cpu_percent, 1.0, " % of a core"));
        }
        bars
    }

    /// The object other programs read; the names are stable.
    pub fn json(&self) -> Map<String, Value> {
        let (least, engine) = (self.least(), &self.engine);
        let records = engine.records.max(1) as f64;
        let mut object = Map::new();
        let mut put = |name: &str, value: Value| drop(object.insert(name.into(), value));
        put("records", json!(self.ceiling.records));
        put("ceiling", json!(self.ceiling));
        put("least", json!(least));
        put(
            "first_load",
            json!({
                "records_per_s": engine.records_per_s(),
                "ratio_to_ceiling": self.ratio_to_ceiling(),
                "agreed_records_per_s": records / engine.first.agreed_s,
                "cpu_us_per_record": engine.cpu_us_per_record(),
                "cpu_us_per_record_until_agreed": engine.cpu_us_per_record_until_agreed(),
                "cpu_ratio": self.cpu_ratio(),
                "cpu_ratio_until_agreed": self.cpu_ratio_until_agreed(),
                "calls": engine.first.calls,
                "calls_ratio": engine.first.calls as f64 / least.calls as f64,
                "credits": engine.first.credits,
                "credits_ratio": engine.first.credits as f64 / least.credits as f64,
                "queries_per_record": engine.first.statements as f64 / records,
            }),
        );
        if let (Some(second), Some(ratio)) =
            (&engine.second, self.engine.second.as_ref().map(Second::to_first))
        {
            put(
                "second_pass",
                json!({
                    "records_per_s": records / second.pass.agreed_s,
                    "ratio_to_first": ratio,
                    "calls": second.pass.calls,
                    "credits": second.pass.credits,
                    "queries_per_record": second.pass.statements as f64 / records,
                }),
            );
        }
        put("memory", json!({"peak_mb": self.peak_mb()}));
        put("store", json!({"bytes_per_link": engine.bytes_per_link}));
        if let Some(delayed) = &self.delayed {
            put(
                "delayed",
                json!({
                    "delay_ms": delayed.delay_ms,
                    "loaded_s": delayed.engine.first.loaded_s,
                    "agreed_s": delayed.engine.first.agreed_s,
                    "bound_s": delayed.bound_s(),
                    "ratio_to_bound": delayed.engine.first.loaded_s / delayed.bound_s(),
                }),
            );
        }
        if let Some(work) = &self.at_work {
            put(
                "latency",
                json!({
                    "webhook_p50_ms": work.webhook.p50_ms,
                    "webhook_p99_ms": work.webhook.p99_ms,
                    "poll_p50_ms": work.poll.p50_ms,
                    "poll_p99_ms": work.poll.p99_ms,
                }),
            );
            put(
                "serve",
                json!({"ready_ms": work.ready_ms, "idle_mb": work.idle_mb, "memory_mb": work.memory_mb}),
            );
            put("edit", json!({"credits": work.edit.first, "credits_again": work.edit.again}));
        }
        if let Some(idle) = &self.idle {
            put("idle", json!(idle));
        }
        if let Some(rest) = &self.rest {
            put("rest", json!(rest));
        }
        if let Some(bulk) = &self.bulk {
            put("bulk", bulk.json());
        }
        put("bars", json!(self.bars()));
        object
    }

    /// The table people read.
    pub fn table(&self) -> String {
        let (ceiling, engine, least) = (&self.ceiling, &self.engine, self.least());
        let records = engine.records.max(1) as f64;
        let mut rows: Vec<(&str, String, String)> = vec![
            ("records/s", whole(ceiling.records_per_s), whole(engine.records_per_s())),
            ("  until both sides agree", "-".into(), whole(records / engine.first.agreed_s)),
            ("CPU µs/record", tenth(ceiling.cpu_us_per_record), tenth(engine.cpu_us_per_record())),
            ("  until both sides agree", "-".into(), tenth(engine.cpu_us_per_record_until_agreed())),
            ("peak memory MB", tenth(ceiling.peak_mb), tenth(self.peak_mb())),
        ];
        let mut only = |name, text| rows.push((name, "-".to_string(), text));
        if let Some(second) = engine.second_pass_records_per_s() {
            only("second pass records/s", whole(second));
        }
        only("API calls", format!("{} (least {})", engine.first.calls, least.calls));
        only("API credits", format!("{} (least {})", engine.first.credits, least.credits));
        only("queries/record", format!("{:.3}", engine.first.statements as f64 / records));
        only("bytes/link", whole(engine.bytes_per_link));
        if let Some(delayed) = &self.delayed {
            let (first, bound) = (&delayed.engine.first, delayed.bound_s());
            let text =
                format!("{:.1}, agreed {:.1} (calls alone {bound:.1})", first.loaded_s, first.agreed_s);
            only("load with slow calls, s", text);
        }
        if let Some(work) = &self.at_work {
            let both = |latency: &Latency| {
                format!("{:.0}, {:.0} ({} edits)", latency.p50_ms, latency.p99_ms, latency.edits)
            };
            only("webhook ms p50, p99", both(&work.webhook));
            only("poll ms p50, p99", both(&work.poll));
            only("ready after ms", whole(work.ready_ms));
            only("memory idle, after edits MB", format!("{:.1}, {:.1}", work.idle_mb, work.memory_mb));
            let Lone { first, again } = work.edit;
            only("credits of a lone edit, again", format!("{first:.1}, {again:.1}"));
        }
        if let Some(bulk) = &self.bulk {
            bulk.lines().into_iter().for_each(|(name, text)| only(name, text));
        }
        if let Some(rest) = &self.rest {
            only(
                "credits of a quiet day",
                format!("{} (an org, {} modules)", whole(rest.credits_per_day), rest.modules),
            );
        }
        if let Some(idle) = &self.idle {
            let text = format!("{:.1} MB, {:.2} % of a core", idle.memory_mb, idle.cpu_percent);
            only("at rest, 10 integrations", text);
        }
        let mut text = format!("first load of {} contacts\n\n", whole(records));
        text.push_str(&format!("  {:26} {:>12}   hub", "", "ceiling loop"));
        for (name, ceiling, engine) in rows {
            text.push_str(&format!("\n  {name:26} {ceiling:>12}   {engine}"));
        }
        text.push_str(&format!(
            "\n\n  least possible: {} calls, {} credits: {}\n",
            least.calls, least.credits, least.terms
        ));
        for bar in self.bars() {
            text.push('\n');
            text.push_str(&bar.line());
        }
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
    use crate::hub::Pass;

    fn pass(seconds: f64) -> Pass {
        Pass {
            loaded_s: seconds,
            loaded_cpu_s: 0.3,
            agreed_s: seconds * 2.0,
            cpu_s: 0.4,
            peak_mb: 60.0,
            calls: 400,
            credits: 2_200,
            added: 20_000,
            links: 20_000,
            statements: 1_000,
        }
    }

    fn report() -> Report {
        let engine = EngineFigures {
            records: 20_000,
            first: pass(0.5),
            second: Some(Second { pass: pass(0.125), first_s: 1.0 }),
            bytes_per_link: 700.0,
        };
        let latency = Latency { p50_ms: 40.0, p99_ms: 90.0, edits: 100 };
        Report {
            ceiling: Figures::new(20_000, 20_000, 0.25, 0.2, 18.0),
            delayed: Some(Delayed {
                delay_ms: 200,
                engine: EngineFigures { second: None, first: pass(9.0), ..engine.clone() },
            }),
            engine,
            at_work: Some(AtWork {
                ready_ms: 90.0,
                idle_mb: 15.0,
                memory_mb: 20.0,
                webhook: latency,
                poll: latency,
                edit: Lone { first: 3.0, again: 4.0 },
            }),
            idle: Some(Idle { integrations: 10, memory_mb: 20.0, cpu_percent: 0.2 }),
            rest: Some(Rest { modules: 10, credits_per_day: 1_100.0, renewals_per_day: 20 }),
            bulk: None,
            peak_before_mb: None,
        }
    }

    #[test]
    fn the_stable_names_are_there() {
        let json = Value::Object(report().json());
        for (pointer, expect) in [
            ("/first_load/ratio_to_ceiling", 0.5),
            ("/first_load/credits_ratio", 1.0),
            ("/first_load/records_per_s", 40_000.0),
            ("/first_load/agreed_records_per_s", 20_000.0),
            ("/first_load/cpu_ratio", 1.5),
            ("/first_load/cpu_ratio_until_agreed", 2.0),
            ("/second_pass/ratio_to_first", 4.0),
            ("/memory/peak_mb", 60.0),
            ("/store/bytes_per_link", 700.0),
            ("/delayed/bound_s", 8.0),
            ("/latency/webhook_p50_ms", 40.0),
            ("/latency/poll_p50_ms", 40.0),
            ("/edit/credits", 3.0),
            ("/rest/credits_per_day", 1_100.0),
        ] {
            let value = json.pointer(pointer).and_then(Value::as_f64);
            assert!(value.is_some_and(|value| (value - expect).abs() < 1e-9), "{pointer} is {value:?}");
        }
    }

    #[test]
    fn every_bar_is_told_beside_its_figure() {
        let mut report = report();
        assert!(report.bars().iter().all(|bar| bar.met), "{}", report.table());
        report.engine.first.credits = 3_000;
        assert!(report.table().contains("first_load.credits_ratio"));
        let missed: Vec<_> = report.bars().into_iter().filter(|bar| !bar.met).map(|bar| bar.figure).collect();
        assert_eq!(missed, ["first_load.credits_ratio"]);
    }

    #[test]
    fn the_long_run_may_hold_half_as_much_again() {
        let long = Report { peak_before_mb: Some(30.0), ..report() };
        let memory = long.bars().into_iter().find(|bar| bar.figure == "memory.peak_mb").unwrap();
        assert_eq!((memory.met, memory.bar.as_str()), (false, "at most 45 MB"));
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"],
            [0.0, 999.0, 1_000.0, 1_234_567.0].map(whole).each_ref().map(String::as_str)
        );
    }
}
