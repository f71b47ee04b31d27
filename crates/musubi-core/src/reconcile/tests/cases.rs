//! Single cases, each with what is to come of it.

use super::*;

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

/// One field, of which the two records hold these, told to behave so.
fn first(left: &str, right: &str, direction: Direction, policy: Policy) -> (World, Verdict) {
    let rules = Rules { policy, ..rules(ConflictPolicy::Latest, direction) };
    let mut world = World::new();
    world.records.left[0] = left.into();
    world.records.right[0] = right.into();
    world.look(Side::Left, &rules);
    world.look(Side::Right, &rules);
    let verdict = reconcile(&mut world.body.clone(), &rules, &Prefix, Side::Left);
    world.settle(Side::Left, &rules);
    (world, verdict)
}

fn meeting(initial: InitialPolicy) -> Policy {
    Policy { initial: Some(initial), ..Policy::default() }
}

#[test]
fn what_meets_for_the_first_time_follows_its_own_policy() {
    let held = |world: &World| [world.records.left[0].clone(), world.records.right[0].clone()];
    let both = |left, right, initial| held(&first(left, right, Direction::Both, meeting(initial)).0);
    assert_eq!(both("l", "r", InitialPolicy::Left), ["l", "l"]);
    assert_eq!(both("l", "r", InitialPolicy::Right), ["r", "r"]);
    assert_eq!(both("l", "r", InitialPolicy::FillBlanks), ["l", "r"]);
    assert_eq!(both("l", "", InitialPolicy::FillBlanks), ["l", "l"]);
    assert_eq!(both("l", "r", InitialPolicy::Hold), ["l", "r"]);
    // A blank meets no value: nothing is emptied, whoever wins.
    assert_eq!(both("", "r", InitialPolicy::Left), ["r", "r"]);
    let master = Policy { master: Side::Right, ..meeting(InitialPolicy::Latest) };
    assert_eq!(held(&first("l", "r", Direction::Both, master).0), ["r", "r"]);
    let one_way = |initial| held(&first("l", "r", Direction::LeftToRight, meeting(initial)).0);
    assert_eq!(one_way(InitialPolicy::Left), ["l", "l"]);
    assert_eq!(one_way(InitialPolicy::Right), ["l", "r"]);
    assert_eq!(one_way(InitialPolicy::FillBlanks), ["l", "r"]);
    let (_, verdict) = first("l", "r", Direction::Both, meeting(InitialPolicy::Hold));
    assert_eq!(verdict.conflicts[0].policy, ConflictPolicy::Hold);
    assert!(verdict.conflicts[0].first);
}

#[test]
fn what_was_left_apart_at_first_follows_the_next_change() {
    let (mut world, _) = first("l", "r", Direction::Both, meeting(InitialPolicy::FillBlanks));
    let rules = Rules {
        policy: meeting(InitialPolicy::FillBlanks),
        ..rules(ConflictPolicy::Latest, Direction::Both)
    };
    world.edit(Side::Right, 0, "again");
    world.settle(Side::Left, &rules);
    assert_eq!(world.records.left[0], "again");
}

#[test]
fn a_field_may_have_a_policy_of_its_own() {
    let mut rules = rules(ConflictPolicy::Left, Direction::Both);
    rules.mapping.pairs[1].policy.conflict = Some(ConflictPolicy::Right);
    let mut world = World::new();
    world.settle(Side::Left, &rules);
    for slot in 0..2 {
        world.edit(Side::Left, slot, "l");
        world.edit(Side::Right, slot, "r");
    }
    world.settle(Side::Left, &rules);
    assert_eq!(world.records.left, ["l", "r", ""]);
    assert_eq!(world.records.right, world.records.left);
}

#[test]
fn a_blank_empties_the_other_side_only_where_it_may() {
    let cleared = |policy: BlankPolicy, from: Side| {
        let policy = Policy { blank: policy, master: Side::Right, ..Policy::default() };
        let rules = Rules { policy, ..rules(ConflictPolicy::Latest, Direction::Both) };
        let mut world = World::new();
        world.edit(Side::Left, 0, "x");
        world.settle(Side::Left, &rules);
        world.edit(from, 0, "");
        world.settle(Side::Left, &rules);
        world.records.get(from.other())[0].is_empty()
    };
    assert!(cleared(BlankPolicy::Clear, Side::Left));
    assert!(!cleared(BlankPolicy::Keep, Side::Left));
    assert!(!cleared(BlankPolicy::ClearFromMaster, Side::Left));
    assert!(cleared(BlankPolicy::ClearFromMaster, Side::Right));
}

#[test]
fn what_a_policy_let_be_stays_so_under_another_one_until_it_is_changed() {
    let by = |blank: BlankPolicy, later: LaterChanges| {
        let policy = Policy { blank, ..Policy::default() };
        let mut rules = Rules { policy, ..rules(ConflictPolicy::Latest, Direction::Both) };
        rules.mapping.pairs[0].policy.later = later;
        rules
    };
    let carries = by(BlankPolicy::Clear, LaterChanges::Carry);
    let blank_kept = (by(BlankPolicy::Keep, LaterChanges::Carry), "");
    let all_kept = (by(BlankPolicy::Clear, LaterChanges::Keep), "own");
    for (rules, edited) in [blank_kept, all_kept] {
        let mut world = World::new();
        world.edit(Side::Left, 0, "x");
        world.settle(Side::Left, &carries);
        world.edit(Side::Left, 0, edited);
        assert_eq!(world.settle(Side::Left, &rules), 0);
        assert_eq!(world.body.let_be, [0]);
        assert_eq!(world.settle(Side::Left, &carries), 0);
        assert_eq!(world.body.let_be, [0]);
        world.edit(Side::Right, 0, "y");
        world.settle(Side::Left, &carries);
        assert_eq!((world.records.left[0].as_str(), world.body.let_be.len()), ("y", 0));
        world.edit(Side::Left, 0, "");
        world.settle(Side::Left, &carries);
        assert_eq!(world.records.right[0], "");
    }
}

#[test]
fn what_a_direction_lets_differ_is_not_told_to_be_so_for_ever() {
    let rules = rules(ConflictPolicy::Latest, Direction::LeftToRight);
    let mut world = World::new();
    world.edit(Side::Right, 0, "r");
    assert_eq!(world.settle(Side::Left, &rules), 0);
    assert!(world.body.let_be.is_empty());
}

#[test]
fn a_blank_that_empties_nothing_wins_no_conflict() {
    for conflict in [ConflictPolicy::Left, ConflictPolicy::Hold, ConflictPolicy::Skip] {
        let mut rules = rules(conflict, Direction::Both);
        rules.policy.blank = BlankPolicy::Keep;
        let mut world = World::new();
        world.edit(Side::Left, 0, "x");
        world.settle(Side::Left, &rules);
        world.edit(Side::Right, 0, "y");
        world.edit(Side::Left, 0, "");
        world.settle(Side::Left, &rules);
        assert_eq!((world.records.left[0].as_str(), world.records.right[0].as_str()), ("y", "y"));
    }
}

/// One text becomes another, and any other a blank.
fn only(from: &str, to: &str) -> Steps {
    let values = [(from.to_owned(), to.to_owned())].into();
    Steps::try_from(vec![Step::Map(ValueMap { values, unknown: Unknown::Blank })]).unwrap()
}

#[test]
fn values_of_which_steps_make_blanks_count_as_blanks() {
    let mut rules = rules(ConflictPolicy::Latest, Direction::Both);
    rules.mapping.pairs[0].steps = Sides { left: only("one", "eins"), right: only("eins", "one") };
    let mut world = World::new();
    let held = |world: &World| (world.records.left[0].clone(), world.records.right[0].clone());
    world.edit(Side::Left, 0, "x");
    world.edit(Side::Right, 0, "y");
    world.settle(Side::Left, &rules);
    assert_eq!(held(&world), ("x".into(), "y".into()), "neither has anything for the other");
    world.edit(Side::Left, 0, "one");
    world.settle(Side::Left, &rules);
    assert_eq!(held(&world), ("one".into(), "eins".into()));
    world.edit(Side::Left, 0, "x");
    rules.policy.blank = BlankPolicy::Keep;
    world.settle(Side::Left, &rules);
    assert_eq!(held(&world), ("x".into(), "eins".into()), "a blank that may not clear");
    rules.policy.blank = BlankPolicy::Clear;
    world.edit(Side::Left, 0, "z");
    world.settle(Side::Left, &rules);
    assert_eq!(held(&world), ("z".into(), "".into()));
}

// S2-55: only what holds nothing is filled from the other side; what its steps make a blank of is somebody's value.
#[test]
fn a_value_of_which_the_other_side_has_nothing_is_not_filled_over() {
    let meet = |initial: InitialPolicy| {
        let mut rules = rules(ConflictPolicy::Latest, Direction::Both);
        rules.mapping.pairs[0].steps = Sides { left: only("one", "eins"), right: only("eins", "one") };
        rules.policy.initial = Some(initial);
        let mut world = World::new();
        world.records.left[0] = "one".into();
        world.records.right[0] = "zwei".into();
        world.settle(Side::Left, &rules);
        (world.records.left[0].clone(), world.records.right[0].clone())
    };
    assert_eq!(meet(InitialPolicy::Hold), ("one".into(), "zwei".into()));
    assert_eq!(meet(InitialPolicy::FillBlanks), ("one".into(), "zwei".into()));
    assert_eq!(meet(InitialPolicy::Left), ("one".into(), "eins".into()));
    assert_eq!(meet(InitialPolicy::Right), ("one".into(), "zwei".into()), "nothing empties the other side");
}

#[test]
fn a_new_record_is_given_its_defaults_and_they_are_agreed() {
    let mut rules = rules(ConflictPolicy::Latest, Direction::Both);
    rules.mapping.pairs[1].policy.default.right = Some(Value::text("New"));
    let observation = Observation {
        id: "1".into(),
        modified: Instant::from_seconds(1),
        created: None,
        created_by: None,
        modified_by: None,
        member: Membership::Inside,
        slots: vec![Some(Value::text("a")), Some(Value::Blank), None].into(),
    };
    let memory = first_sight(&observation, Instant::from_seconds(2), &rules);
    let (assignments, _) = new_record(&memory, Side::Left, &rules, &Prefix);
    let given: Vec<_> = assignments.iter().map(|a| (a.slot, a.value.as_text().unwrap())).collect();
    assert_eq!(given, [(0, "a"), (1, "New")]);
    let mut body = created(memory, Side::Left, assignments, Instant::from_seconds(3), &rules);
    assert!(reconcile(&mut body, &rules, &Prefix, Side::Left).is_nothing());
    assert!(rules.may_stay_apart(1, Sides { left: &Value::Blank, right: &Value::text("New") }));
    assert_eq!(body.let_be, [1], "another default changes nothing about it");
    // The other way there is none.
    assert_eq!(
        new_record(&first_sight(&observation, Instant::START, &rules), Side::Right, &rules, &Prefix).0.len(),
        1
    );
}

/// Two people of each side: `1` is `9`, and nobody is `2`; `F` stands in for whom has no counterpart on the right.
struct People;
impl crate::convert::Translate for People {
    fn record(&self, _slot: u16, _from: Side, _id: &crate::RemoteId) -> crate::convert::Counterpart {
        crate::convert::Counterpart::NotSynced
    }
    fn user(&self, from: Side, user: &crate::value::UserRef) -> Option<crate::value::UserRef> {
        let id = match (from, user.id.as_str()) {
            (Side::Left, "1") => "9",
            (Side::Right, "9") => "1",
            _ => return None,
        };
        Some(crate::value::UserRef { id: id.into(), email: None })
    }
    fn stand_in(&self, _slot: u16, from: Side) -> Option<crate::value::UserRef> {
        (from == Side::Left).then(|| crate::value::UserRef { id: "F".into(), email: None })
    }
}

// S2-9, AMB-24
#[test]
fn who_stands_in_is_no_change_and_replaces_nobody() {
    use crate::{mapping::tests::field, schema::FieldType, value::UserRef};
    let schema = module(vec![field("Owner", FieldType::User)]);
    let sides = Sides { left: &schema, right: &schema };
    let mapping = Mapping::compile(sides, &Wanted::SameName, Direction::Both, &[]).unwrap();
    let policy = Policy { conflict: ConflictPolicy::Latest, ..Policy::default() };
    let rules = Rules { mapping, version: 1, policy, mutant: Mutant::None };
    let user = |id: &str| Value::User(Box::new(UserRef { id: id.into(), email: None }));
    let read = |body: &mut LinkBody, side: Side, id: &str, at: i64| {
        let observation = Observation {
            id: "r".into(),
            modified: Instant::from_seconds(at),
            created: None,
            created_by: None,
            modified_by: None,
            member: Membership::Inside,
            slots: vec![Some(user(id))].into(),
        };
        body.absorb(side, &observation, Instant::from_seconds(at + 1), &rules.mapping, Mutant::None);
    };
    let writes = |body: &mut LinkBody| {
        let verdict = reconcile(body, &rules, &People, Side::Left);
        let id = |write: &Assignment| match &write.value {
            Value::User(user) => user.id.to_string(),
            other => format!("{other:?}"),
        };
        let ids = |side| verdict.writes.get(side).iter().map(id).collect::<Vec<_>>();
        (ids(Side::Left), ids(Side::Right))
    };
    let nothing = (vec![], vec![]);
    let mut body = LinkBody::unknown(1, 1);
    // What we made: the left one's owner is unknown there, so that somebody stands in.
    read(&mut body, Side::Left, "2", 1);
    read(&mut body, Side::Right, "F", 1);
    assert_eq!(writes(&mut body), nothing, "that is no change");
    assert_eq!(body.let_be, [0], "nor is it one when the left one's owner is known there later");
    // The right one is given to somebody known: that is carried over.
    read(&mut body, Side::Right, "9", 2);
    assert_eq!(writes(&mut body), (vec!["1".into()], vec![]));
    // Two that were there before keep their owners.
    let mut body = LinkBody::unknown(1, 1);
    read(&mut body, Side::Left, "2", 1);
    read(&mut body, Side::Right, "9", 2);
    assert_eq!(writes(&mut body), nothing);
    // A later change to somebody unknown goes to who stands in.
    let mut body = LinkBody::unknown(1, 1);
    read(&mut body, Side::Left, "1", 1);
    read(&mut body, Side::Right, "9", 1);
    assert_eq!(writes(&mut body), nothing);
    read(&mut body, Side::Left, "2", 3);
    assert_eq!(writes(&mut body), (vec![], vec!["F".into()]));
}

// S2-53, S2-55
#[test]
fn what_was_changed_during_a_rest_is_decided_by_its_own_rule_and_first_meetings_are_not() {
    for (meanwhile, winner) in [
        (ConflictPolicy::Left, Some(Side::Left)),
        (ConflictPolicy::Right, Some(Side::Right)),
        (ConflictPolicy::Latest, Some(Side::Left)),
        (ConflictPolicy::Skip, None),
    ] {
        let mut rules = rules(ConflictPolicy::Hold, Direction::Both);
        rules.mapping.pairs[0].policy.conflict = Some(ConflictPolicy::Hold);
        rules.policy.meanwhile = Some(meanwhile);
        let verdict = reconcile(&mut link(Some("old"), ["l", "r"]), &rules, &Prefix, Side::Left);
        assert_eq!((verdict.conflicts[0].policy, verdict.conflicts[0].winner), (meanwhile, winner));
        // Changed on one side only: nothing to decide.
        let verdict = reconcile(&mut link(Some("old"), ["old", "r"]), &rules, &Prefix, Side::Left);
        assert!(verdict.conflicts.is_empty() && verdict.writes.left.len() == 1, "{verdict:?}");
        let verdict = reconcile(&mut link(None, ["l", "r"]), &rules, &Prefix, Side::Left);
        assert_eq!((verdict.conflicts[0].policy, verdict.conflicts[0].first), (ConflictPolicy::Hold, true));
    }
}

// I2, AMB-22
#[test]
fn what_a_service_puts_into_a_new_record_does_not_win_against_what_could_not_go_along() {
    let rules = rules(ConflictPolicy::Latest, Direction::Both);
    let reading = |at: i64, texts: [&str; 2]| Observation {
        id: "1".into(),
        modified: Instant::from_seconds(at),
        created: None,
        created_by: None,
        modified_by: None,
        member: Membership::Inside,
        slots: texts.map(|text| Some(Value::text(text))).into_iter().chain([Some(Value::Blank)]).collect(),
    };
    let kind = |_| crate::schema::FieldType::Text { max: 100, multiline: false };
    // The second field was refused when the record was made; its service filled it in. Somebody may have edited another field since.
    for read_at in [3, 4] {
        let memory = first_sight(&reading(1, ["a", "mine"]), Instant::from_seconds(2), &rules);
        let (mut assignments, _) = new_record(&memory, Side::Left, &rules, &Prefix);
        assignments.retain(|assignment| assignment.slot == 0);
        let mut body = created(memory, Side::Left, assignments, Instant::from_seconds(3), &rules);
        let asked = Instant::from_seconds(9);
        body.sides.right.absorb(&reading(read_at, ["a", "default"]), asked, kind, Mutant::None);
        let verdict = reconcile(&mut body, &rules, &Prefix, Side::Right);
        assert!(verdict.writes.left.is_empty() && verdict.conflicts.is_empty(), "{verdict:?}");
        assert_eq!(verdict.writes.right[0].source, Value::text("mine"));
        // What a person writes there afterwards is a change like any other.
        body.sides.right.absorb(&reading(20, ["a", "theirs"]), Instant::from_seconds(30), kind, Mutant::None);
        let verdict = reconcile(&mut body, &rules, &Prefix, Side::Right);
        assert_eq!(verdict.writes.left[0].value, Value::text("theirs"));
        assert_eq!(verdict.conflicts.len(), 1);
    }
}

// S0-9
#[test]
fn what_a_record_without_a_say_holds_is_decided_once_it_has_one() {
    let mut rules = rules(ConflictPolicy::Latest, Direction::Both);
    rules.policy.leaving = crate::policy::LeavingPolicy::StopSending;
    rules.policy.initial = Some(crate::policy::InitialPolicy::Left);
    let mut body = link(None, ["mine", "theirs"]);
    body.sides.left.outside = true;
    assert!(reconcile(&mut body, &rules, &Prefix, Side::Left).is_nothing());
    body.sides.left.outside = false;
    let verdict = reconcile(&mut body, &rules, &Prefix, Side::Left);
    assert_eq!(verdict.writes.right[0].value, Value::text("mine"));
    assert_eq!(verdict.conflicts.len(), 1);
}
