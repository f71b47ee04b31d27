//! Worlds beyond those of every run that once showed a mistake.

use musubi_core::mutant::Mutant;
use musubi_testkit::{
    campaign::{Engine, Ground},
    scenario::Scenario,
};

#[test]
fn what_was_wrong_in_these_worlds_stays_right() {
    // Of a pair that was no more, a late reading came out anew (K-24); a value of which the other side had nothing was filled over (I10).
    let earlier = [14_140, 14_904];
    // Another scope counted, and before both records of a pair were read again, one was written to that took no part any more; a record waited for nothing (I10, I1).
    let judged = [1_235, 4_653, 13_290, 13_634, 16_594];
    for seed in earlier.into_iter().chain(judged) {
        let done = Ground::new(&Engine::Sqlite, 1).run(&Scenario::draw(seed), Mutant::None, false);
        assert!(done.is_ok(), "seed {seed}: {done:?}");
    }
}
