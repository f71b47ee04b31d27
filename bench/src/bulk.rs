//! The first load by listing beside the one by bulk reads: into an empty org, where nearly all that it costs are the writes, and between two orgs that hold the same
//! already, where it is all reading.

use crate::engine::EngineFigures;
use serde_json::{Value, json};

/// The same load both ways.
pub struct Ways {
    /// Page by page.
    pub list: EngineFigures,
    /// In bulk.
    pub bulk: EngineFigures,
}

/// Both loads, both ways.
pub struct ByBulk {
    /// One org has the records, the other has none.
    pub empty: Ways,
    /// Both have them.
    pub same: Ways,
}

impl Ways {
    fn json(&self) -> Value {
        let figures = |engine: &EngineFigures| {
            json!({
                "records_per_s": engine.records_per_s(),
                "loaded_s": engine.first.loaded_s,
                "agreed_s": engine.first.agreed_s,
                "calls": engine.first.calls,
                "credits": engine.first.credits,
                "peak_mb": engine.first.peak_mb,
            })
        };
        json!({"list": figures(&self.list), "bulk": figures(&self.bulk), "credits_ratio": self.credits_ratio()})
    }

    /// Credits in bulk by those of listing.
    pub fn credits_ratio(&self) -> f64 {
        self.bulk.first.credits as f64 / self.list.first.credits.max(1) as f64
    }

    fn line(&self) -> String {
        let figures = |engine: &EngineFigures| {
            let first = &engine.first;
            format!(
                "{:.0} records/s, {} calls, {} credits",
                engine.records_per_s(),
                first.calls,
                first.credits
            )
        };
        format!("{} (by list {})", figures(&self.bulk), figures(&self.list))
    }
}

impl ByBulk {
    /// The object other programs read.
    pub fn json(&self) -> Value {
        json!({"records": self.empty.bulk.records, "into_empty": self.empty.json(), "of_the_same": self.same.json()})
    }

    /// The lines people read.
    pub fn lines(&self) -> [(&'static str, String); 2] {
        [
            ("in bulk, into an empty org", self.empty.line()),
            ("in bulk, of the same records", self.same.line()),
        ]
    }
}
