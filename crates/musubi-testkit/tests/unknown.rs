//! Lost answers in numbers that drawn worlds do not reach.

use musubi_core::{Side, mutant::Mutant};
use musubi_testkit::{
    act::Act,
    campaign::{Engine, Ground},
    scenario::Scenario,
    weather::Weather,
};

/// Creates without an answer are resolved by reading; however many there are, reading must go on.
#[test]
fn more_lost_answers_than_writes_are_kept_at_hand() {
    let weather = Weather { lost_writes: 1_000, webhooks: false, ..Weather::FAIR };
    let create = |person| (0, Act::Create { side: Side::Left, person, with_email: true });
    let scenario = Scenario::plain((10..110).map(create).collect(), weather);
    let report =
        Ground::new(&Engine::Sqlite, 1).run(&scenario, Mutant::None, false).expect("all invariants hold");
    assert_eq!((report.records.left.len(), report.records.right.len()), (100, 100));
    assert_eq!(report.writes, 100, "each record is created once");
}
