//! Lost answers in numbers that drawn worlds do not reach.

use musubi_core::{
    Side, Sides,
    mutant::Mutant,
    policy::{Direction, Policy},
};
use musubi_testkit::{
    act::Act,
    campaign::{Engine, Ground},
    scenario::{Scenario, Weather},
    scopes::Scopes,
};

/// Creates without an answer are resolved by reading; however many there are, reading must go on.
#[test]
fn more_lost_answers_than_writes_are_kept_at_hand() {
    let drawn = Scenario::draw(1);
    let weather = Weather {
        throttled: 0,
        failed: 0,
        lost: 0,
        lost_writes: 1_000,
        late: 0,
        item: 0,
        crash: 0,
        webhook_lost: 0,
        webhooks: false,
        list_lag: 0,
    };
    let create = |person| (0, Act::Create { side: Side::Left, person, with_email: true });
    let scenario = Scenario {
        acts: (10..110).map(create).collect(),
        weather,
        direction: Direction::Both,
        policy: Policy::default(),
        phone: Direction::Both,
        hostile: Sides::default(),
        before_engine: false,
        restores: false,
        shared: false,
        scopes: Scopes::default(),
        steps: Default::default(),
        fields: Default::default(),
        ..drawn
    };
    let report =
        Ground::new(&Engine::Sqlite, 1).run(&scenario, Mutant::None, false).expect("all invariants hold");
    assert_eq!((report.records.left.len(), report.records.right.len()), (100, 100));
    assert_eq!(report.writes, 100, "each record is created once");
}
