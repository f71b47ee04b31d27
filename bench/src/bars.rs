//! What the figures should at least be: each bar beside its figure.

use serde::Serialize;

/// A bar and how the figure stands to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// Where the figure stands in the JSON object.
    pub figure: &'static str,
    /// What was measured.
    pub value: f64,
    /// In words.
    pub bar: String,
    /// Whether it is met.
    pub met: bool,
}

impl Bar {
    /// The figure must be this or more.
    pub fn at_least(figure: &'static str, value: f64, least: f64, unit: &str) -> Bar {
        Bar { figure, value, bar: format!("at least {least}{unit}"), met: value >= least }
    }

    /// The figure must be this or less.
    pub fn at_most(figure: &'static str, value: f64, most: f64, unit: &str) -> Bar {
        Bar { figure, value, bar: format!("at most {most}{unit}"), met: value <= most }
    }

    /// One line of the table.
    pub fn line(&self) -> String {
        let met = if self.met { "met" } else { "NOT MET" };
        format!("  {:32} {:>12.2}   {:24} {met}", self.figure, self.value, self.bar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_itself_is_met() {
        assert!(Bar::at_least("x", 0.4, 0.4, "").met && Bar::at_most("x", 3.0, 3.0, "").met);
        assert!(!Bar::at_least("x", 0.39, 0.4, "").met && !Bar::at_most("x", 3.1, 3.0, " ms").met);
        assert!(Bar::at_most("x", 3.1, 3.0, " ms").line().ends_with("NOT MET"));
    }
}
