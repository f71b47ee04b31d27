//! The laws of deciding.

use super::*;
use crate::{
    convert::tests::Prefix,
    link::Absorbed,
    mapping::{
        Wanted,
        tests::{module, text},
    },
    policy::{DeletionPolicy, Direction},
};
use proptest::prelude::*;

const FIELDS: usize = 3;

fn rules(conflict: ConflictPolicy, direction: Direction) -> Rules {
    let schema = module(vec![text("A"), text("B"), text("C")]);
    let sides = Sides { left: &schema, right: &schema };
    let mapping = Mapping::compile(sides, &Wanted::SameName, direction, &[]).unwrap();
    Rules {
        mapping,
        version: 1,
        policy: Policy { conflict, deletion: DeletionPolicy::Unlink },
        mutant: Mutant::None,
    }
}

/// Two services in the small: a record each, with whole-second times.
#[derive(Clone, Debug)]
struct World {
    records: Sides<[String; FIELDS]>,
    modified: Sides<i64>,
    now: i64,
    body: LinkBody,
}

impl World {
    fn new() -> World {
        World {
            records: Sides::default(),
            modified: Sides { left: 1, right: 1 },
            now: 1,
            body: LinkBody::unknown(1, FIELDS),
        }
    }

    fn edit(&mut self, side: Side, slot: usize, value: &str) {
        self.now += 1;
        self.records.get_mut(side)[slot] = value.to_owned();
        *self.modified.get_mut(side) = self.now;
    }

    fn look(&mut self, side: Side, rules: &Rules) -> Absorbed {
        let slots = self.records.get(side).iter().map(|text| Some(Value::text(text))).collect();
        let modified = Instant::from_seconds(*self.modified.get(side));
        let observation = Observation {
            id: "1".into(),
            modified,
            created: None,
            created_by: None,
            modified_by: None,
            slots,
        };
        self.body.absorb(
            side,
            &observation,
            Instant::from_seconds(self.now + 1),
            &rules.mapping,
            Mutant::None,
        )
    }

    /// Looks at both sides, in this order, and acts until nothing is left to do. Returns the number of writes.
    fn settle(&mut self, first: Side, rules: &Rules) -> usize {
        let mut writes = 0;
        for round in 0.. {
            assert!(round < 10, "does not rest: {self:?}");
            self.look(first, rules);
            self.look(first.other(), rules);
            let verdict = reconcile(&mut self.body, rules, &Prefix, first);
            let Some(side) = Side::BOTH.into_iter().find(|side| !verdict.writes.get(*side).is_empty()) else {
                break;
            };
            let assignments = verdict.writes.get(side);
            self.now += 1;
            for assignment in assignments {
                let text = assignment.value.as_text().unwrap_or("").to_owned();
                self.records.get_mut(side)[usize::from(assignment.slot)] = text;
            }
            *self.modified.get_mut(side) = self.now;
            written(&mut self.body, side, assignments, Instant::from_seconds(self.now), Mutant::None);
            writes += 1;
        }
        writes
    }
}

fn any_edit() -> impl Strategy<Value = (Side, usize, String)> {
    (prop_oneof![Just(Side::Left), Just(Side::Right)], 0..FIELDS, "[a-c]?")
}

proptest! {
    /// I1, I5: after any edits both sides agree, and a second pass writes nothing.
    #[test]
    fn both_sides_come_to_agree_and_rest(
        bursts in proptest::collection::vec(proptest::collection::vec(any_edit(), 1..5), 1..6),
        policy in prop_oneof![Just(ConflictPolicy::Latest), Just(ConflictPolicy::Left), Just(ConflictPolicy::Right)],
    ) {
        let rules = rules(policy, Direction::Both);
        let mut world = World::new();
        for burst in bursts {
            for (side, slot, value) in burst { world.edit(side, slot, &value); }
            world.settle(Side::Left, &rules);
            prop_assert_eq!(&world.records.left, &world.records.right);
            prop_assert_eq!(standing(&world.body), Standing::Agrees);
            prop_assert_eq!(world.settle(Side::Right, &rules), 0);
        }
    }

    /// I16: it does not matter which side is looked at first.
    #[test]
    fn the_order_of_looking_does_not_matter(
        bursts in proptest::collection::vec(proptest::collection::vec(any_edit(), 1..6), 1..4),
        policy in prop_oneof![
            Just(ConflictPolicy::Latest), Just(ConflictPolicy::Left), Just(ConflictPolicy::Right),
            Just(ConflictPolicy::Skip), Just(ConflictPolicy::Hold),
        ],
    ) {
        let rules = rules(policy, Direction::Both);
        let (mut one, mut two) = (World::new(), World::new());
        for burst in bursts {
            for (side, slot, value) in burst {
                one.edit(side, slot, &value);
                two.edit(side, slot, &value);
            }
            one.settle(Side::Left, &rules);
            two.settle(Side::Right, &rules);
            prop_assert_eq!(&one.records, &two.records);
            let now = one.now.max(two.now);
            (one.now, two.now) = (now, now);
        }
    }

    /// I10: one way means that the source is never written.
    #[test]
    fn one_way_never_writes_the_source(edits in proptest::collection::vec(any_edit(), 1..8)) {
        let rules = rules(ConflictPolicy::Latest, Direction::LeftToRight);
        let mut world = World::new();
        let mut left = world.records.left.clone();
        for (side, slot, value) in edits {
            if side == Side::Left { left[slot] = value.clone(); }
            world.edit(side, slot, &value);
            world.settle(Side::Left, &rules);
            prop_assert_eq!(&world.records.left, &left);
        }
    }
}

#[test]
fn two_fields_changed_on_two_sides_are_merged_both_ways() {
    let rules = rules(ConflictPolicy::Latest, Direction::Both);
    let mut world = World::new();
    world.settle(Side::Left, &rules);
    world.edit(Side::Left, 0, "l");
    world.edit(Side::Right, 1, "r");
    assert_eq!(world.settle(Side::Left, &rules), 2);
    assert_eq!(world.records.left, ["l", "r", ""]);
}

#[test]
fn the_latest_change_wins_and_the_loser_is_kept() {
    let rules = rules(ConflictPolicy::Latest, Direction::Both);
    let mut world = World::new();
    world.settle(Side::Left, &rules);
    world.edit(Side::Left, 0, "older");
    world.edit(Side::Right, 0, "newer");
    world.look(Side::Left, &rules);
    world.look(Side::Right, &rules);
    let verdict = reconcile(&mut world.body, &rules, &Prefix, Side::Left);
    assert_eq!(verdict.conflicts[0].winner, Some(Side::Right));
    assert_eq!(verdict.writes.left[0].replaced, Some(Value::text("older")));
}

#[test]
fn skip_leaves_each_side_and_lets_the_next_change_through() {
    let rules = rules(ConflictPolicy::Skip, Direction::Both);
    let mut world = World::new();
    world.settle(Side::Left, &rules);
    world.edit(Side::Left, 0, "l");
    world.edit(Side::Right, 0, "r");
    assert_eq!(world.settle(Side::Left, &rules), 0);
    assert_eq!((world.records.left[0].as_str(), world.records.right[0].as_str()), ("l", "r"));
    world.edit(Side::Left, 0, "again");
    world.settle(Side::Left, &rules);
    assert_eq!(world.records.right[0], "again");
}

#[test]
fn a_blank_that_never_agreed_does_not_empty_the_other_side() {
    let rules = rules(ConflictPolicy::Left, Direction::LeftToRight);
    let mut world = World::new();
    world.records.right[0] = "kept".into();
    world.settle(Side::Left, &rules);
    assert_eq!(world.records.right[0], "kept");
}
