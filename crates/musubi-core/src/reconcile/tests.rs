//! The laws of deciding.

mod cases;

use super::*;
use crate::{
    convert::tests::Prefix,
    link::Absorbed,
    mapping::{
        Wanted,
        tests::{module, text},
    },
    policy::{BlankPolicy, Direction, FieldPolicy, InitialPolicy},
    transform::{Step, Steps, Unknown, ValueMap},
};
use proptest::prelude::*;

const FIELDS: usize = 3;

pub(super) fn rules(conflict: ConflictPolicy, direction: Direction) -> Rules {
    let schema = module(vec![text("A"), text("B"), text("C")]);
    let sides = Sides { left: &schema, right: &schema };
    let mapping = Mapping::compile(sides, &Wanted::SameName, direction, &[]).unwrap();
    Rules { mapping, version: 1, policy: Policy { conflict, ..Policy::default() }, mutant: Mutant::None }
}

/// A pair that agreed on this text in its first field, or never did, and holds these now.
pub(super) fn link(base: Option<&str>, holds: [&str; 2]) -> LinkBody {
    let mut body = LinkBody::unknown(1, FIELDS);
    for (side, text) in Side::BOTH.into_iter().zip(holds) {
        let memory = body.sides.get_mut(side);
        memory.base.fill(Some(Value::Blank));
        memory.base[0] = base.map(Value::text);
        let value = Value::text(text);
        if memory.base[0].as_ref() != Some(&value) {
            memory.dirty.push(Dirty { slot: 0, value, since: Instant::from_seconds(10) });
        }
    }
    body
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
            member: Membership::Inside,
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

fn any_conflict() -> impl Strategy<Value = ConflictPolicy> {
    prop_oneof![
        Just(ConflictPolicy::Latest),
        Just(ConflictPolicy::Left),
        Just(ConflictPolicy::Right),
        Just(ConflictPolicy::Skip),
        Just(ConflictPolicy::Hold),
    ]
}

fn any_initial() -> impl Strategy<Value = InitialPolicy> {
    prop_oneof![
        Just(InitialPolicy::Latest),
        Just(InitialPolicy::Left),
        Just(InitialPolicy::Right),
        Just(InitialPolicy::FillBlanks),
        Just(InitialPolicy::Hold),
    ]
}

fn any_blank() -> impl Strategy<Value = BlankPolicy> {
    prop_oneof![Just(BlankPolicy::Clear), Just(BlankPolicy::Keep), Just(BlankPolicy::ClearFromMaster)]
}

/// The policies of a module, and what is different for its second field.
fn any_policies() -> impl Strategy<Value = (Policy, FieldPolicy)> {
    let side = || prop_oneof![Just(Side::Left), Just(Side::Right)];
    let module = (any_conflict(), proptest::option::of(any_initial()), side(), any_blank());
    use proptest::option::of;
    let field = (of(any_conflict()), of(side()), of(any_blank()));
    (module, field).prop_map(|((conflict, initial, master, blank), own)| {
        let field = FieldPolicy { conflict: own.0, master: own.1, blank: own.2, ..FieldPolicy::default() };
        (Policy { conflict, initial, master, blank, ..Policy::default() }, field)
    })
}

fn told((policy, field): (Policy, FieldPolicy), direction: Direction) -> Rules {
    let mut rules = Rules { policy, ..rules(ConflictPolicy::Latest, direction) };
    rules.mapping.pairs[1].policy = field;
    rules
}

proptest! {
    /// Whatever the policies: it comes to rest, and what differs then is what they may leave apart, or waits for a person.
    #[test]
    fn whatever_is_told_it_comes_to_rest(
        bursts in proptest::collection::vec(proptest::collection::vec(any_edit(), 1..5), 1..6),
        policies in any_policies(),
    ) {
        let rules = told(policies, Direction::Both);
        let mut world = World::new();
        for burst in bursts {
            for (side, slot, value) in burst { world.edit(side, slot, &value); }
            world.settle(Side::Left, &rules);
            prop_assert_eq!(world.settle(Side::Right, &rules), 0);
            let held = |slot: u16| world.body.sides.left.dirty_at(slot).is_some();
            for slot in 0..FIELDS as u16 {
                let [left, right] =
                    Side::BOTH.map(|side| Value::text(&world.records.get(side)[usize::from(slot)]));
                let apart = rules.may_stay_apart(slot, Sides { left: &left, right: &right });
                prop_assert!(left == right || apart || held(slot), "{slot}: {left:?} and {right:?}");
            }
        }
    }

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
        policies in any_policies(),
    ) {
        let rules = told(policies, Direction::Both);
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
