//! Turns: the ceiling loop and then the hub over the same work, several times. A machine drifts, and one turn says little.

use crate::engine::EngineFigures;
use crate::figures::Figures;

/// One turn.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The ceiling loop.
    pub ceiling: Figures,
    /// The hub.
    pub engine: EngineFigures,
}

impl Turn {
    /// The hub's records per second as a share of the ceiling loop's, in this turn.
    fn ratio(&self) -> f64 {
        self.engine.records_per_s() / self.ceiling.records_per_s
    }
}

/// The turn in the middle by that share, with the second pass that is in the middle by how it compares with its own first.
pub fn middle(turns: Vec<Turn>) -> Option<Turn> {
    let seconds = turns.iter().filter_map(|turn| turn.engine.second.clone()).collect();
    let second = middle_by(seconds, |second| second.to_first());
    let mut turn = middle_by(turns, Turn::ratio)?;
    turn.engine.second = second;
    Some(turn)
}

fn middle_by<T>(mut all: Vec<T>, of: impl Fn(&T) -> f64) -> Option<T> {
    all.sort_by(|a, b| of(a).total_cmp(&of(b)));
    let middle = all.len() / 2;
    all.into_iter().nth(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_in_the_middle_counts() {
        assert_eq!(middle_by(vec![1.0, 9.0, 2.0], |each| *each), Some(2.0));
        assert_eq!(middle_by(Vec::<f64>::new(), |each| *each), None);
    }
}
